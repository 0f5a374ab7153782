"""What holds of every way through every lot, however its lanes are drawn."""

from itertools import pairwise
from math import hypot, inf

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Bay, Gate, Lane, Place, Ramp
from custom_components.smart_parking.lot.routing.network import Network
from custom_components.smart_parking.lot.routing.shortest_paths import NOWHERE
from tests.lot.plans import bay, gate

LEVELS = ("0", "1")
CLOSE_M = 0.1

metres = st.integers(-40, 40).map(float)
points = st.tuples(metres, metres)
levels = st.sampled_from(LEVELS)


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    """Draw a lane with corners."""
    drawn = draw(st.lists(points, min_size=2, max_size=4, unique=True))
    return Lane(level=draw(levels), points=tuple(drawn), one_way=draw(st.booleans()))


@st.composite
def ramps(draw: st.DrawFn) -> Ramp:
    """Draw a ramp between the two levels."""
    ends = [Place(level, *draw(points)) for level in draw(st.permutations(LEVELS))]
    ramp = Ramp(start=ends[0], end=ends[1], one_way=draw(st.booleans()))
    length = draw(st.none() | st.floats(1.0, 90.0).map(lambda more: ramp.straight_m + more))
    return Ramp(start=ends[0], end=ends[1], one_way=ramp.one_way, length=length)


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, list[Bay], list[Gate], list[Lane], list[Ramp]]:
    """Draw a lot of two levels, with or without lanes."""
    places = draw(st.lists(st.tuples(levels, points), min_size=1, max_size=12, unique=True))
    bays = [bay(f"A{n:02}", x, y, level) for n, (level, (x, y)) in enumerate(places)]
    at = draw(st.lists(st.tuples(levels, points), min_size=1, max_size=3))
    gates = [gate(f"g{n}", x, y, level) for n, (level, (x, y)) in enumerate(at)]
    drawn = draw(st.lists(lanes(), max_size=5)), draw(st.lists(ramps(), max_size=2))
    return Network(bays, gates, *drawn), bays, gates, *drawn


def length_m(way: tuple[Place, ...], ramps: list[Ramp]) -> float:
    """Return how long a way is, with the ramps as long as they are."""
    ways = [(ramp.start, ramp.end, ramp) for ramp in ramps]
    ways += [(ramp.end, ramp.start, ramp) for ramp in ramps if not ramp.one_way]
    total = 0.0
    for a, b in pairwise(way):
        if a.level == b.level:
            total += hypot(b.x - a.x, b.y - a.y)
        else:
            of_ramps = [ramp for start, end, ramp in ways if (start, end) == (a, b)]
            total += min(
                max(60.0, ramp.straight_m) if ramp.length is None else ramp.length
                for ramp in of_ramps
            )
    return total


@given(networks())
def test_a_way_is_as_long_as_its_parts_and_no_shorter_than_straight(
    drawn: tuple[Network, list[Bay], list[Gate], list[Lane], list[Ramp]],
) -> None:
    network, bays, gates, _, ramps_of_it = drawn
    for start in gates:
        for to in bays:
            way = network.points(start.gate_id, to.bay_id)
            assert way[0] == (start.level, start.x, start.y)
            assert way[-1] == (to.level, to.x, to.y)
            driven_m = network.driven_m(start.gate_id, to.bay_id)
            if driven_m is not None:
                assert driven_m == pytest.approx(length_m(way, ramps_of_it), abs=CLOSE_M)
                assert driven_m >= hypot(to.x - start.x, to.y - start.y) - CLOSE_M


def against(lane: Lane, a: Place, b: Place) -> bool:
    """Return whether one drives along a lane against its direction."""
    for (ax, ay), (bx, by) in pairwise(lane.points):
        way = complex(bx - ax, by - ay)
        start, end = ((complex(p.x, p.y) - complex(ax, ay)) / way for p in (a, b))
        on_it = all(
            abs(part.imag) * abs(way) < 1e-6 and -1e-6 <= part.real <= 1.0 + 1e-6
            for part in (start, end)
        )
        if on_it and end.real < start.real:
            return True
    return False


@given(
    st.lists(points, min_size=2, max_size=5, unique=True),
    st.lists(points, min_size=1, max_size=6, unique=True),
    points,
)
def test_one_way_lanes_are_never_driven_against(
    corners: list[tuple[float, float]], at: list[tuple[float, float]], entrance: tuple[float, float]
) -> None:
    """All lanes are one-way here, so what is against one can be along no other."""
    lane = Lane(level="0", points=tuple(corners), one_way=True)
    bays = [bay(f"A{n}", x, y, "0") for n, (x, y) in enumerate(at)]
    start = gate("in", *entrance, "0")
    network = Network(bays, [start], [lane])
    plan = network.plan()
    (parents,) = plan.parents
    for node, parent in enumerate(parents):
        if parent != NOWHERE:
            a, b = plan.places[parent], plan.places[node]
            is_joint = hypot(b.x - a.x, b.y - a.y) <= 1.02
            assert is_joint or not against(lane, a, b) or is_along(lane, a, b)


def is_along(lane: Lane, a: Place, b: Place) -> bool:
    """Return whether another part of a lane that crosses itself leads the right way."""
    return against(Lane(level="0", points=lane.points[::-1], one_way=True), a, b)


@given(networks())
def test_every_bay_beside_lanes_without_one_way_can_be_reached(
    drawn: tuple[Network, list[Bay], list[Gate], list[Lane], list[Ramp]],
) -> None:
    _, bays, gates, of_lanes, of_ramps = drawn
    trunk = [Lane(level=level, points=((-50.0, 50.0), (50.0, 50.0))) for level in LEVELS]
    both_ways = [Lane(level=one.level, points=one.points) for one in of_lanes]
    starts = [(one.level, one.points[0]) for one in of_lanes]
    starts += [(one.level, (one.x, one.y)) for one in bays]
    starts += [(one.level, (one.x, one.y)) for one in gates]
    starts += [(end.level, (end.x, end.y)) for ramp in of_ramps for end in (ramp.start, ramp.end)]
    twigs = [Lane(level=level, points=((x, y), (x, 50.0))) for level, (x, y) in starts]
    ramp = Ramp(start=Place("0", 50.0, 50.0), end=Place("1", 50.0, 50.0))

    network = Network(bays, gates, trunk + twigs + both_ways, [*of_ramps, ramp])

    assert network.stranded() == []
    assert all(
        (network.driven_m(start.gate_id, to.bay_id) or inf) < inf for start in gates for to in bays
    )


@given(networks())
def test_the_plan_leads_to_the_same_ways(
    drawn: tuple[Network, list[Bay], list[Gate], list[Lane], list[Ramp]],
) -> None:
    network, bays, gates, _, _ = drawn
    plan = network.plan()
    for number, start in enumerate(gates):
        for to, stop in zip(bays, plan.bays, strict=True):
            node, count = stop, 0
            while node != NOWHERE and plan.parents[number][node] != NOWHERE:
                node, count = plan.parents[number][node], count + 1
                assert count <= len(plan.places)
            leads = node != NOWHERE and node == plan.gates[number]
            assert leads is (network.driven_m(start.gate_id, to.bay_id) is not None)
