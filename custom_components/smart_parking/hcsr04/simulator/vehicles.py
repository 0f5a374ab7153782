"""Vehicles as an ultrasonic sensor overhead sees them."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import NamedTuple


class VehicleKind(StrEnum):
    """Kinds of vehicles that differ for a sensor overhead."""

    CAR = "car"
    SUV = "suv"
    VAN = "van"
    MOTORCYCLE = "motorcycle"


class Section(NamedTuple):
    """A section of a vehicle's outline, seen from the side."""

    until: float
    """Where it ends, as a share of the length behind the nose."""
    from_m: float
    """Height over ground at its front end."""
    to_m: float
    """Height over ground at its rear end."""
    heard: float
    """Share of pings that it reflects; slanted glass deflects the others."""


class Body(NamedTuple):
    """A kind of vehicle in average size."""

    length_m: float
    sections: tuple[Section, ...]
    share: float
    """How many of all vehicles are of this kind."""
    floor_shows: bool = False
    """Whether a ping that it deflects comes back from the floor beside it."""


# Lengths and greatest heights are near those of a VW Golf, Tiguan and Transporter and a BMW R 1250
# GS; outlines between are estimates. The deflection of slanted surfaces is one, too: data sheets
# ask for a target that faces a cone of 15 degrees, and of a windscreen only the frame and the edge
# of the roof do. Shares are a guess at a town.
BODIES: dict[VehicleKind, Body] = {
    VehicleKind.CAR: Body(
        4.28,
        (
            Section(0.25, 0.75, 0.98, 0.90),  # bonnet
            Section(0.42, 0.98, 1.45, 0.50),  # windscreen
            Section(0.80, 1.49, 1.45, 1.00),  # roof
            Section(0.92, 1.42, 1.05, 0.50),  # rear window
            Section(1.00, 1.00, 0.95, 0.95),  # boot
        ),
        0.62,
    ),
    VehicleKind.SUV: Body(
        4.54,
        (
            Section(0.25, 0.95, 1.15, 0.92),
            Section(0.38, 1.15, 1.62, 0.50),
            Section(0.92, 1.66, 1.60, 1.00),
            Section(1.00, 1.50, 1.10, 0.60),
        ),
        0.28,
    ),
    VehicleKind.VAN: Body(
        4.90,
        (
            Section(0.15, 0.95, 1.20, 0.80),
            Section(0.28, 1.20, 1.90, 0.50),
            Section(1.00, 1.97, 1.95, 1.00),
        ),
        0.07,
    ),
    VehicleKind.MOTORCYCLE: Body(
        2.21,
        (
            Section(0.35, 0.80, 1.30, 0.60),  # wheel, screen, handlebar
            Section(0.55, 1.05, 0.95, 0.85),  # tank
            Section(0.85, 0.85, 0.90, 0.90),  # seat
            Section(1.00, 0.80, 0.60, 0.60),
        ),
        0.03,
        floor_shows=True,
    ),
}

# Two vehicles of one kind differ in length and height by about this much.
SIZE_SPREAD = 0.03


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle: a kind and its size relative to the average of that kind."""

    kind: VehicleKind
    size: float = 1.0

    @property
    def length_m(self) -> float:
        """Its length."""
        return BODIES[self.kind].length_m * self.size

    @property
    def floor_shows(self) -> bool:
        """Whether a ping that it deflects comes back from the floor beside it."""
        return BODIES[self.kind].floor_shows

    def outline(self, behind_nose_m: float) -> tuple[float, float]:
        """Return the height in m at a place in m behind the nose, and the share of pings heard."""
        place = min(max(behind_nose_m / self.length_m, 0.0), 1.0)
        sections = BODIES[self.kind].sections
        number = next(n for n, section in enumerate(sections) if place <= section.until)
        starts = sections[number - 1].until if number else 0.0
        until, from_m, to_m, heard = sections[number]
        along = (place - starts) / (until - starts)
        return (from_m + (to_m - from_m) * along) * self.size, heard


def some_vehicle(random: Random, kind: VehicleKind | None = None) -> Vehicle:
    """Return a random vehicle, of a kind when one is given."""
    if kind is None:
        kinds = list(BODIES)
        kind = random.choices(kinds, [BODIES[one].share for one in kinds])[0]
    spread = random.gauss(0.0, SIZE_SPREAD)
    return Vehicle(kind, 1.0 + min(max(spread, -3.0 * SIZE_SPREAD), 3.0 * SIZE_SPREAD))
