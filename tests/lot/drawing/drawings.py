"""Drawings of all shapes, and changes of them."""

from hypothesis import strategies as st

from custom_components.smart_parking.lot.drawing.model import (
    KINDS,
    Collection,
    Drawing,
    DrawnBay,
    DrawnGate,
    DrawnGround,
    DrawnLane,
    DrawnLevel,
    DrawnNode,
    DrawnRamp,
    DrawnRow,
    DrawnWall,
    DrawnZone,
    Thing,
)
from custom_components.smart_parking.lot.model import BayKind, Place

NODES = {
    "pi": DrawnNode(name="Pi", source="gpio", settings={"range_m": 4, "chip": "gpio"}),
    "home": DrawnNode(name="Home", source="entities"),
}

ids = st.sampled_from([f"id{number}" for number in range(6)])
levels = st.sampled_from(["", "0", "1", "Roof"])
metres = st.integers(-40_000, 40_000).map(lambda millimetres: millimetres / 1000)
sizes = st.integers(500, 20_000).map(lambda millimetres: millimetres / 1000)
turns = st.none() | st.integers(0, 3599).map(lambda tenths: tenths / 10)
texts = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
points = st.lists(st.tuples(metres, metres), min_size=2, max_size=5, unique=True).map(tuple)
cells = st.dictionaries(
    st.sampled_from(["entity_id", "trigger", "echo", "empty_m"]),
    texts | st.integers(0, 27) | st.integers(1, 9999).map(lambda number: number / 1000),
    max_size=4,
)


@st.composite
def ramps(draw: st.DrawFn) -> DrawnRamp:
    """Draw a ramp between two levels."""
    below, above = draw(st.lists(levels, min_size=2, max_size=2, unique=True))
    return DrawnRamp(
        start=Place(below, draw(metres), draw(metres)),
        end=Place(above, draw(metres), draw(metres)),
        one_way=draw(st.booleans()),
        length=draw(st.none() | st.integers(200, 900).map(float)),
    )


THINGS: dict[Collection, st.SearchStrategy[Thing]] = {
    Collection.LEVELS: st.builds(DrawnLevel, order=st.integers(-3, 9)),
    Collection.NODES: st.sampled_from(list(NODES.values())),
    Collection.BAYS: st.builds(
        DrawnBay,
        label=texts,
        kind=st.sampled_from(BayKind),
        level=levels,
        x=metres,
        y=metres,
        heading=turns,
        width=st.none() | sizes,
        length=st.none() | sizes,
        node=st.sampled_from(list(NODES)),
        wiring=cells,
    ),
    Collection.ROWS: st.builds(DrawnRow, bays=st.lists(ids).map(tuple), shape=cells),
    Collection.GATES: st.builds(
        DrawnGate, name=texts, level=levels, x=metres, y=metres, heading=turns
    ),
    Collection.LANES: st.builds(DrawnLane, level=levels, points=points, one_way=st.booleans()),
    Collection.RAMPS: ramps(),
    Collection.WALLS: st.builds(DrawnWall, level=levels, points=points),
    Collection.ZONES: st.builds(DrawnZone, name=texts, level=levels, points=points),
    Collection.GROUNDS: st.builds(
        DrawnGround,
        level=levels,
        picture=texts,
        x=metres,
        y=metres,
        width=sizes,
        height=sizes,
        turn=st.integers(0, 359).map(float),
        public=st.booleans(),
    ),
}

drawings = st.builds(
    Drawing,
    **{
        kind.value: st.dictionaries(ids, thing, max_size=3)
        for kind, thing in THINGS.items()
        if kind is not Collection.NODES
    },
    nodes=st.just(NODES),
)
changes = st.fixed_dictionaries(
    {},
    optional={
        kind: st.dictionaries(ids, st.none() | THINGS[kind], min_size=1, max_size=3)
        for kind in KINDS
    },
)
