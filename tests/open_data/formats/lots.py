"""Lots that are published."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from string import ascii_lowercase

from hypothesis import strategies as st

from custom_components.smart_parking.lot.model import Bay, BayKind, BayState, Gate
from custom_components.smart_parking.lot.routing.geometry import Geometry
from custom_components.smart_parking.open_data.formats.earth import Anchor, Position
from custom_components.smart_parking.open_data.formats.hours import OpeningHours
from custom_components.smart_parking.open_data.formats.lot import (
    BayNow,
    Facts,
    PublicLot,
    Structure,
    public_lot,
)

ULM = Position(48.4011, 9.9876)
SET_UP = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
CHANGED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
# The afternoon is quiet.
AS_OF = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
SHAPE = Geometry(2.5, 5.0, 90.0)

FACTS = Facts(
    secret_id="garage",
    name="Market Square",
    language="en",
    time_zone="Europe/Berlin",
    anchor=Anchor(position=ULM, bearing=0.0),
    hours=OpeningHours.read("Mo-Fr 06:00-22:00; Sa,Su 08:00-20:00"),
    operator="Stadtwerke",
    website="https://parking.example.com/market",
    structure=Structure.SURFACE,
    set_up=SET_UP,
    changed=CHANGED,
    as_of=AS_OF,
    is_open=True,
)


def bay(
    label: str,
    state: BayState = BayState.VACANT,
    kind: BayKind = BayKind.STANDARD,
    x: float = 0.0,
    y: float = 0.0,
) -> BayNow:
    """Return a bay as it is now."""
    written = Bay(bay_id=label.lower(), label=label, kind=kind, level="1", x=x, y=y)
    return BayNow(written, SHAPE, state, CHANGED)


# One bay of each state, and one each for those who need another kind.
BAYS = (
    bay("A01"),
    bay("A02", BayState.OCCUPIED, x=2.5),
    bay("A03", BayState.HELD, x=5.0),
    bay("A04", BayState.OUT_OF_SERVICE, x=7.5),
    bay("A05", BayState.UNKNOWN, x=10.0),
    bay("A06", kind=BayKind.ACCESSIBLE, x=12.5),
    bay("A07", BayState.OCCUPIED, kind=BayKind.EV, x=15.0),
    bay("M01", kind=BayKind.MOTORCYCLE, x=20.0),
    bay("S01", kind=BayKind.STAFF, x=25.0),
)
GATES = (Gate(gate_id="north", name="North gate", level="1", x=0.0, y=10.0),)


def lot(
    bays: Iterable[BayNow] = BAYS, gates: Iterable[Gate] = GATES, **changes: object
) -> PublicLot:
    """Return what is public of a lot."""
    return public_lot(replace(FACTS, **changes), bays, gates)  # type: ignore[arg-type]  # of any kind


# Of places that ParkAPI knows, so that one strategy serves all.
_positions = st.builds(Position, st.floats(34.1, 71.9), st.floats(-26.9, 42.9))
_metres = st.floats(-500.0, 500.0)
_times = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001  (Hypothesis adds the zone)
    datetime(2100, 1, 1),  # noqa: DTZ001  (as above)
    timezones=st.timezones(),
)
_anchors = st.builds(
    Anchor, position=_positions, x=_metres, y=_metres, bearing=st.none() | st.floats(0.0, 360.0)
)
_shapes = st.builds(Geometry, st.floats(0.5, 20.0), st.floats(0.5, 40.0), st.floats(0.0, 360.0))
_hours = st.sampled_from(["24/7", "08:00-20:00", "Mo-Fr 06:00-22:00,23:00-02:00; Sa 10:00-24:00"])
_facts = st.builds(
    Facts,
    secret_id=st.text(),
    name=st.text(),
    language=st.text(ascii_lowercase, min_size=2, max_size=2),
    time_zone=st.just("Europe/Berlin"),
    anchor=_anchors,
    hours=st.none() | st.builds(OpeningHours.read, _hours),
    operator=st.none() | st.text(),
    website=st.none() | st.just("https://parking.example.com/"),
    structure=st.none() | st.sampled_from(Structure),
    set_up=_times,
    changed=_times,
    as_of=_times,
    is_open=st.none() | st.booleans(),
)


@st.composite
def _bays(draw: st.DrawFn) -> list[BayNow]:
    """Draw bays with anything written on them."""
    return [
        BayNow(
            Bay(
                bay_id=str(number),
                label=draw(st.text()),
                kind=draw(st.sampled_from(BayKind)),
                level=draw(st.text(max_size=3)),
                x=draw(_metres),
                y=draw(_metres),
            ),
            draw(_shapes),
            draw(st.sampled_from(BayState)),
            draw(_times),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


_gates = st.lists(
    st.builds(
        Gate,
        gate_id=st.text(),
        name=st.text(),
        level=st.text(max_size=3),
        x=_metres,
        y=_metres,
    ),
    max_size=2,
)
lots = st.builds(public_lot, _facts, _bays(), _gates)
