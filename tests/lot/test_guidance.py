"""The nearest free bay, and the set of ranks that finds it."""

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
import pytest

from custom_components.smart_parking.lot.guidance import Guide, RankSet, distance_m
from custom_components.smart_parking.lot.model import Bay, BayKind, Gate

GATE = Gate(gate_id="g", name="West")
SIZES = [0, 1, 63, 64, 65, 4095, 4096, 4097, 10_000]


class AnyRanks(RuleBasedStateMachine):
    """A rank set beside a plain one."""

    @initialize(size=st.one_of(st.sampled_from(SIZES[1:]), st.integers(1, 10_000)))
    def begin(self, size: int) -> None:
        self.size = size
        self.ranks = RankSet(size)
        self.plain: set[int] = set()

    @rule(where=st.floats(0, 1, exclude_max=True))
    def add(self, where: float) -> None:
        self.ranks.add(int(where * self.size))
        self.plain.add(int(where * self.size))

    @rule(where=st.floats(0, 1, exclude_max=True))
    def discard(self, where: float) -> None:
        self.ranks.discard(int(where * self.size))
        self.plain.discard(int(where * self.size))

    @rule(data=st.data())
    def discard_a_member(self, data: st.DataObject) -> None:
        if self.plain:
            number = data.draw(st.sampled_from(sorted(self.plain)))
            self.ranks.discard(number)
            self.plain.discard(number)

    @rule()
    def take_the_first(self) -> None:
        if self.plain:
            first = self.ranks.first
            assert first is not None
            self.ranks.discard(first)
            self.plain.remove(first)

    @invariant()
    def is_a_sorted_set(self) -> None:
        assert self.ranks.first == min(self.plain, default=None)
        assert list(self.ranks) == sorted(self.plain)


TestAnyRanks = AnyRanks.TestCase


@pytest.mark.parametrize("size", SIZES)
def test_a_full_set_empties_from_the_nearest_on(size: int) -> None:
    ranks = RankSet(size)
    for number in range(size):
        ranks.add(number)

    taken = []
    while ranks.first is not None:
        taken.append(ranks.first)
        ranks.discard(ranks.first)

    assert taken == list(range(size))


def bay(label: str, **place: float | str) -> Bay:
    """Return a standard bay."""
    return Bay(
        bay_id=label.lower(),
        label=label,
        level=str(place.get("level", "")),
        x=float(place.get("x", 0.0)),
        y=float(place.get("y", 0.0)),
    )


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
    guide = Guide(GATE, bays := [bay("B1", x=1.0), bay("A2", x=-1.0)])
    for one in bays:
        guide.set_free(one, free=True)

    assert [way.bay.label for way in guide.find(BayKind.STANDARD)] == ["A2", "B1"]


def test_a_change_behind_the_nearest_bay_is_no_news_for_the_gate() -> None:
    near, far = bay("A1", x=1.0), bay("A2", x=2.0)
    guide = Guide(GATE, [near, far])

    assert guide.set_free(far, free=True)
    assert guide.set_free(near, free=True)
    assert not guide.set_free(far, free=False)
    assert not guide.set_free(near, free=True)
    assert guide.set_free(near, free=False)
    assert guide.nearest() is None


def test_a_gate_without_bays_has_nothing_to_offer() -> None:
    guide = Guide(GATE, [])

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
    guide = Guide(GATE, bays)
    for one in bays:
        guide.set_free(one, free=True)

    found = [way.bay for way in guide.find(asked)]

    own = [one for one in bays if one.kind is asked]
    standard = [one for one in bays if one.kind is BayKind.STANDARD]
    assert found == (own if asked is BayKind.STANDARD else own + standard)
    nearest = guide.nearest()
    assert (nearest.bay if nearest else None) == (standard[0] if standard else None)
