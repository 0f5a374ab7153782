"""Recorded stays agree with what happened, as far as it could be observed."""

from itertools import groupby

from hypothesis import given, strategies as st

from custom_components.smart_parking.lot.analytics.spells import Spell, SpellTracker, Track

SEEN = st.lists(
    st.tuples(
        st.floats(0.001, 50_000.0).map(lambda seconds: round(seconds, 3)),
        st.sampled_from([True, False, None]),
    ),
    min_size=1,
    max_size=60,
)


def make(spell_id: int, key: str, began: float) -> Spell:
    return Spell(spell_id=spell_id, key=key, began=began)


def watch(seen: list[tuple[float, bool | None]]) -> tuple[list[Spell], list[float]]:
    """Return the spells, and when each thing was seen."""
    tracker, at, spells, times = SpellTracker(make), 1_000_000.0, {}, []
    for wait_s, active in seen:
        at += wait_s
        times.append(at)
        if (spell := tracker.observe("a01", at, active=active)) is not None:
            spells[spell.spell_id] = spell
    return list(spells.values()), times


@given(SEEN)
def test_there_are_as_many_spells_as_were_seen(seen: list[tuple[float, bool | None]]) -> None:
    """A gap never makes one more: what is active before and after it is the same spell."""
    known = [active for _, active in seen if active is not None]
    spells, _ = watch(seen)
    assert len(spells) == sum(active for active, _ in groupby(known))


@given(SEEN)
def test_spells_are_in_order_and_never_overlap(seen: list[tuple[float, bool | None]]) -> None:
    spells, _ = watch(seen)
    ends = [0.0]
    for spell in spells:
        assert spell.began >= ends[-1]
        ends.append(spell.duration_s(spell.began) + spell.began)
    assert all(spell.ended is not None for spell in spells[:-1])
    assert [spell.spell_id for spell in spells] == sorted(spell.spell_id for spell in spells)


@given(SEEN)
def test_what_was_seen_all_the_time_is_sure(seen: list[tuple[float, bool | None]]) -> None:
    """Every instant at which something was seen lies where the spells say, give or take."""
    spells, times = watch(seen)
    for at, (_, active) in zip(times, seen, strict=True):
        inside = [
            spell
            for spell in spells
            if spell.began - spell.began_error_s <= at
            and (spell.ended is None or at <= spell.ended + spell.ended_error_s)
        ]
        if active:
            assert inside
    for spell in spells:
        if not spell.is_estimated:
            assert spell.began_error_s == spell.ended_error_s == spell.unknown_s == 0.0
            assert spell.began in times
            assert spell.ended is None or spell.ended in times


@given(SEEN, SEEN, st.floats(0.0, 100_000.0))
def test_a_restart_is_a_gap(
    before: list[tuple[float, bool | None]], after: list[tuple[float, bool | None]], down_s: float
) -> None:
    """A tracker that resumes from stored spells agrees with one that only had a gap."""
    whole, _ = watch([*before, (0.001, None), (down_s, None), *after])
    first, at, spells = SpellTracker(make), 1_000_000.0, {}
    for wait_s, active in before:
        at += wait_s
        if (spell := first.observe("a01", at, active=active)) is not None:
            spells[spell.spell_id] = spell
    at += 0.001
    second = SpellTracker(make)
    for key in first.known:
        second.restore(key, Track(**{name: getattr(first.track(key), name) for name in TRACK}))
    second.restore_open(first)
    second.lose(at)
    at += down_s
    for wait_s, active in after:
        at += wait_s
        if (spell := second.observe("a01", at, active=active)) is not None:
            spells[spell.spell_id] = spell
    assert [facts(one) for one in spells.values()] == [facts(one) for one in whole]


TRACK = ("is_active", "lost_at")


def facts(spell: Spell) -> tuple[object, ...]:
    """Return all of a spell but its id."""
    return (
        spell.began,
        spell.ended,
        spell.began_error_s,
        spell.ended_error_s,
        spell.unknown_s,
        spell.is_estimated,
    )


@given(st.floats(-200_000.0, 200_000.0), st.floats(1.0, 90_000.0))
def test_a_clock_that_is_set_changes_no_duration(set_by_s: float, stood_s: float) -> None:
    tracker = SpellTracker(make)
    tracker.observe("a01", 1_000_000.0, active=False)
    tracker.observe("a01", 1_000_100.0, active=True)
    tracker.shift(set_by_s)
    ended = tracker.observe("a01", 1_000_100.0 + set_by_s + stood_s, active=False)
    assert ended is not None
    assert abs(ended.duration_s(0.0) - stood_s) < 1e-3
    assert ended.is_estimated
    assert len(tracker) == 0


def test_who_is_found_standing_has_come_at_a_time_that_nobody_knows() -> None:
    tracker = SpellTracker(make)
    spell = tracker.observe("a01", 50.0, active=True)
    assert spell is not None
    assert spell.is_estimated
    assert "a01" in tracker
    assert tracker.get("a01") is spell
    assert tracker.observe("a01", 60.0, active=True) is None


def test_a_key_that_is_no_more_ends_its_spell() -> None:
    tracker = SpellTracker(make)
    assert tracker.forget("a01", 5.0) is None
    tracker.observe("a01", 10.0, active=False)
    tracker.observe("a01", 20.0, active=True)
    ended = tracker.forget("a01", 30.0)
    assert ended is not None
    assert (ended.ended, ended.is_estimated) == (30.0, True)
    assert "a01" not in tracker


def test_a_gap_is_followed_by_the_clock_as_well() -> None:
    tracker = SpellTracker(make)
    tracker.observe("a01", 10.0, active=False)
    tracker.observe("a01", 20.0, active=None)
    tracker.shift(100.0)
    spell = tracker.observe("a01", 140.0, active=True)
    assert spell is not None
    assert (spell.began, spell.began_error_s) == (130.0, 10.0)
