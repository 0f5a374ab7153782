"""Options for the open data of a lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from homeassistant.config_entries import ConfigEntry

from ..lot.model import Point
from ..sources.base import PLACE_MAX_M
from .formats.documents import Feed
from .formats.earth import Position
from .formats.hours import OpeningHours
from .formats.lot import Structure

CONF_FEEDS: Final = "feeds"
CONF_LOCATION: Final = "feeds_location"
CONF_ANCHOR: Final = "feeds_anchor"
CONF_BEARING: Final = "feeds_bearing"
CONF_STRUCTURE: Final = "feeds_structure"
CONF_OPENING_HOURS: Final = "feeds_opening_hours"
CONF_OPERATOR: Final = "feeds_operator"
CONF_WEBSITE: Final = "feeds_website"

type Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """The feeds of a lot, and the public data besides its bays."""

    feeds: frozenset[Feed] = frozenset()
    location: Position | None = None
    """None: the location of this Home Assistant."""
    anchor: Point = (0.0, 0.0)
    """The point of the plan that is at the location."""
    bearing: float | None = None
    """Direction of "up" on the plan, in degrees clockwise from north."""
    structure: Structure | None = None
    hours: OpeningHours | None = None
    operator: str | None = None
    website: str | None = None

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return the options of a lot's entry; they were checked before they were saved."""
        return cls.read(entry.options)

    @classmethod
    def read(cls, answers: Answers) -> Self:
        """Return the options in answers; an invalid one raises `ValueError` with its name."""
        location = answers.get(CONF_LOCATION)
        structure = answers.get(CONF_STRUCTURE)
        chosen = answers.get(CONF_FEEDS)
        bearing = answers.get(CONF_BEARING)
        return cls(
            feeds=frozenset(map(Feed, chosen)) if isinstance(chosen, list) else frozenset(),
            location=_position(location) if isinstance(location, Mapping) else None,
            anchor=_anchor(_text(answers, CONF_ANCHOR)),
            bearing=float(bearing) % 360.0 if isinstance(bearing, int | float) else None,
            structure=Structure(str(structure)) if structure else None,
            hours=_hours(_text(answers, CONF_OPENING_HOURS)),
            operator=_text(answers, CONF_OPERATOR) or None,
            website=_text(answers, CONF_WEBSITE) or None,
        )


def _text(answers: Answers, name: str) -> str:
    """Return a text, empty if there is none."""
    return str(answers.get(name) or "").strip()


def _position(location: Mapping[str, float]) -> Position:
    """Return a position on the map."""
    return Position(float(location["latitude"]), float(location["longitude"]))


def _anchor(text: str) -> Point:
    """Return a point of the plan such as `20, 7.5`; the origin if none is given."""
    try:
        x, y = (float(part) for part in (text or "0,0").split(","))
    except ValueError as err:
        raise ValueError(CONF_ANCHOR) from err
    if not (abs(x) <= PLACE_MAX_M and abs(y) <= PLACE_MAX_M):
        raise ValueError(CONF_ANCHOR)
    return x, y


def _hours(text: str) -> OpeningHours | None:
    """Return the opening hours in a text; none for an empty one."""
    try:
        return OpeningHours.read(text) if text else None
    except ValueError as err:
        raise ValueError(CONF_OPENING_HOURS) from err
