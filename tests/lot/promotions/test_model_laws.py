"""Laws of promotions, whatever their conditions, their weights and who looks."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, strategies as st

from custom_components.smart_parking.lot.promotions.model import Promotion, Rotation, When

weights = st.lists(st.integers(1, 100), min_size=1, max_size=12)
times = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def weighed(all_weights: list[int]) -> list[Promotion]:
    return [
        Promotion(promotion_id=str(number), title="", weight=weight)
        for number, weight in enumerate(all_weights)
    ]


@given(weights, st.integers(1, 200))
def test_shares_are_those_of_the_weights_to_within_one(all_weights: list[int], turns: int) -> None:
    promotions, rotation = weighed(all_weights), Rotation()
    shown: Counter[str] = Counter()
    for turn in range(1, turns + 1):
        chosen = rotation.choose(promotions)
        assert chosen is not None
        shown[chosen.promotion_id] += 1
        for one in promotions:
            fair = turn * one.weight / sum(all_weights)
            assert abs(shown[one.promotion_id] - fair) < 1 + 1e-6


@given(weights)
def test_after_a_whole_round_everybody_had_as_many_turns_as_their_weight(
    all_weights: list[int],
) -> None:
    promotions, rotation = weighed(all_weights), Rotation()
    shown = Counter(
        chosen.promotion_id
        for _ in range(sum(all_weights))
        if (chosen := rotation.choose(promotions)) is not None
    )
    assert shown == {one.promotion_id: one.weight for one in promotions}


@given(weights, st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=200))
def test_shares_are_fair_among_those_that_are_shown_though_some_turns_are_given_back(
    all_weights: list[int], turns: list[tuple[bool, int]]
) -> None:
    """Some turns are tried at a time; whichever ends first is shown or not."""
    promotions, rotation = weighed(all_weights), Rotation()
    most_at_a_time = max((at_a_time for _, at_a_time in turns), default=0)
    shown: Counter[str] = Counter()
    tried: list[Promotion] = []
    for is_shown, at_a_time in turns:
        chosen = rotation.choose(promotions)
        assert chosen is not None
        tried.append(chosen)
        while len(tried) > at_a_time:
            ended = tried.pop(0)
            if is_shown:
                shown[ended.promotion_id] += 1
            else:
                rotation.refund(ended, promotions)
        for one in promotions:
            fair = shown.total() * one.weight / sum(all_weights)
            assert abs(shown[one.promotion_id] - fair) < 1 + most_at_a_time + 1e-6


comings = st.lists(st.frozensets(st.integers(0, 11)), max_size=150)


@given(weights, comings)
def test_nobody_is_kept_waiting_when_others_come_and_go(
    all_weights: list[int], present: list[frozenset[int]]
) -> None:
    promotions, rotation = weighed(all_weights), Rotation()
    for numbers in present:
        due = [one for number, one in enumerate(promotions) if number in numbers]
        chosen = rotation.choose(due)
        assert (chosen is None) is (not due)
        assert chosen is None or chosen in due
        assert all(abs(owed) < 1 + len(promotions) for owed in rotation.owed.values())
        assert abs(sum(rotation.owed.values())) < 1e-6


@given(
    times,
    st.sampled_from([When.BEFORE, When.AFTER]),
    st.sampled_from([None, "de", "en-GB"]),
    st.builds(
        Promotion,
        promotion_id=st.just("a"),
        title=st.just(""),
        when=st.sampled_from(When),
        first_day=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        last_day=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        opens=st.none() | st.times(),
        closes=st.none() | st.times(),
        weekdays=st.frozensets(st.integers(0, 6)),
        languages=st.frozensets(st.sampled_from(["de", "en"])),
    ),
)
def test_it_is_shown_exactly_when_every_condition_holds(
    at: datetime, when: When, language: str | None, one: Promotion
) -> None:
    """Ask for each minute-exact window by itself, in the most pedestrian way."""

    def in_window_of(day: date) -> bool:
        begins = datetime.combine(day, one.opens or time.min, UTC)
        ends = datetime.combine(day, one.closes or time.min, UTC)
        if one.closes is None or ends <= begins:
            ends = datetime.combine(day + timedelta(days=1), one.closes or time.min, UTC)
        return (
            begins <= at < ends
            and (one.first_day or day) <= day <= (one.last_day or day)
            and (not one.weekdays or day.weekday() in one.weekdays)
        )

    days = (at.date(), at.date() - timedelta(days=1))
    assert one.is_due(at, when, language) is (
        one.when in (when, When.BOTH)
        and any(map(in_window_of, days))
        and (not one.languages or (language or "")[:2] in one.languages)
    )
