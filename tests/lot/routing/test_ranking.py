"""The nearest free bay, and the ranks that find it."""

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
import pytest

from custom_components.smart_parking.lot.model import Bay, BayKind, Gate
from custom_components.smart_parking.lot.routing.ranking import Ranking, distance_m

GATE = Gate(gate_id="g", name="West")
SIZES = [0, 1, 2, 65, 1_000]


def bay(label: str, **place: float | str) -> Bay:
    """Return a standard bay."""
    return Bay(
        bay_id=label.lower(),
        label=label,
        level=str(place.get("level", "")),
        x=float(place.get("x", 0.0)),
        y=float(place.get("y", 0.0)),
    )


class AnyRanks(RuleBasedStateMachine):
    """The free bays of a guide beside a plain set of their numbers."""

    @initialize(size=st.one_of(st.sampled_from(SIZES[1:]), st.integers(1, 1_000)))
    def begin(self, size: int) -> None:
        self.bays = [bay(f"A{number:05}", x=float(number)) for number in range(size)]
        self.guide = Ranking(GATE, self.bays)
        self.plain: set[int] = set()

    def set_free(self, number: int, *, free: bool) -> None:
        before = min(self.plain, default=None)
        (self.plain.add if free else self.plain.discard)(number)
        has_changed = min(self.plain, default=None) != before
        assert self.guide.set_free(self.bays[number], free=free) is has_changed

    @rule(where=st.floats(0, 1, exclude_max=True))
    def add(self, where: float) -> None:
        self.set_free(int(where * len(self.bays)), free=True)

    @rule(where=st.floats(0, 1, exclude_max=True))
    def discard(self, where: float) -> None:
        self.set_free(int(where * len(self.bays)), free=False)

    @rule(data=st.data())
    def discard_a_member(self, data: st.DataObject) -> None:
        if self.plain:
            self.set_free(data.draw(st.sampled_from(sorted(self.plain))), free=False)

    @rule()
    def take_the_first(self) -> None:
        if (nearest := self.guide.nearest()) is not None:
            self.set_free(self.bays.index(nearest.bay), free=False)

    @invariant()
    def is_a_sorted_set(self) -> None:
        nearest, first = self.guide.nearest(), min(self.plain, default=None)
        assert (nearest and nearest.bay) == (None if first is None else self.bays[first])
        found = [way.bay for way in self.guide.find(BayKind.STANDARD)]
        assert found == [self.bays[number] for number in sorted(self.plain)]


TestAnyRanks = AnyRanks.TestCase


@pytest.mark.parametrize("size", SIZES)
def test_a_full_set_empties_from_the_nearest_on(size: int) -> None:
    bays = [bay(f"A{number:05}", x=float(number)) for number in range(size)]
    guide = Ranking(GATE, bays)
    for one in bays:
        guide.set_free(one, free=True)

    taken = []
    while (nearest := guide.nearest()) is not None:
        taken.append(nearest.bay)
        guide.set_free(nearest.bay, free=False)

    assert taken == bays


def test_what_is_offered_may_be_taken_at_once() -> None:
    bays = [bay(f"A{number:05}", x=float(number)) for number in range(5)]
    guide = Ranking(GATE, bays)
    for one in bays:
        guide.set_free(one, free=True)

    for way in guide.find(BayKind.STANDARD):
        guide.set_free(way.bay, free=False)

    assert guide.nearest() is None


def test_aisles_stand_at_right_angles() -> None:
    gate = Gate(gate_id="g", name="West", x=1.0, y=1.0)

    assert distance_m(gate, bay("A1", x=4.0, y=-3.0)) == 7.0


def test_what_the_owner_measured_goes_before_the_coordinates() -> None:
    gate = Gate(gate_id="g", name="West", distances={"A1": 99.0})

    assert distance_m(gate, bay("A1", x=1.0)) == 99.0
    assert distance_m(gate, bay("A2", x=1.0)) == 1.0


@pytest.mark.parametrize(
    ("gate_level", "bay_level", "way_m"),
    [("0", "0", 0.0), ("0", "2", 120.0), ("-1", "1", 120.0), ("P1", "P7", 60.0), ("P1", "", 60.0)],
)
def test_another_level_is_a_ramp_away(gate_level: str, bay_level: str, way_m: float) -> None:
    gate = Gate(gate_id="g", name="West", level=gate_level)

    assert distance_m(gate, bay("A1", level=bay_level)) == way_m


def test_bays_equally_far_are_offered_by_label() -> None:
    guide = Ranking(GATE, bays := [bay("B1", x=1.0), bay("A2", x=-1.0)])
    for one in bays:
        guide.set_free(one, free=True)

    assert [way.bay.label for way in guide.find(BayKind.STANDARD)] == ["A2", "B1"]


def test_a_change_behind_the_nearest_bay_is_no_news_for_the_gate() -> None:
    near, far = bay("A1", x=1.0), bay("A2", x=2.0)
    guide = Ranking(GATE, [near, far])

    assert guide.set_free(far, free=True)
    assert guide.set_free(near, free=True)
    assert not guide.set_free(far, free=False)
    assert not guide.set_free(near, free=True)
    assert guide.set_free(near, free=False)
    assert guide.nearest() is None


def test_a_gate_without_bays_has_nothing_to_offer() -> None:
    guide = Ranking(GATE, [])

    assert guide.nearest() is None
    assert list(guide.find(BayKind.EV)) == []


kinds = st.sampled_from(BayKind)


@settings(max_examples=200)
@given(st.lists(kinds, max_size=12), kinds)
def test_special_bays_are_offered_only_to_who_asks(of: list[BayKind], asked: BayKind) -> None:
    """Who asks gets those of the kind first, then standard ones, each by distance."""
    bays = [
        Bay(bay_id=str(n), label=f"A{n:02}", kind=kind, x=float(n)) for n, kind in enumerate(of)
    ]
    guide = Ranking(GATE, bays)
    for one in bays:
        guide.set_free(one, free=True)

    found = [way.bay for way in guide.find(asked)]

    own = [one for one in bays if one.kind is asked]
    standard = [one for one in bays if one.kind is BayKind.STANDARD]
    assert found == (own if asked is BayKind.STANDARD else own + standard)
    nearest = guide.nearest()
    assert (nearest.bay if nearest else None) == (standard[0] if standard else None)
