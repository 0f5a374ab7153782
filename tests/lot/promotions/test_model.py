"""When a promotion may be shown, and whose turn it is."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from custom_components.smart_parking.lot.promotions.model import (
    Promotion,
    Rotation,
    When,
    base_language,
)

# A Friday.
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def promotion(promotion_id: str = "bakery", **more: Any) -> Promotion:
    return Promotion(promotion_id=promotion_id, title=promotion_id.title(), **more)


def is_due(at: datetime = FRIDAY, language: str | None = "en", **more: Any) -> bool:
    return promotion(**more).is_due(at, When.BEFORE, language)


def test_without_conditions_it_is_always_shown() -> None:
    assert is_due()
    assert is_due(language=None)
    assert is_due(at=FRIDAY.replace(hour=0))


@pytest.mark.parametrize(
    ("own", "before", "after"),
    [(When.BEFORE, True, False), (When.AFTER, False, True), (When.BOTH, True, True)],
)
def test_before_or_after_parking(own: When, before: bool, after: bool) -> None:
    one = promotion(when=own)
    assert one.is_due(FRIDAY, When.BEFORE) is before
    assert one.is_due(FRIDAY, When.AFTER) is after


def test_the_first_and_the_last_day_belong_to_it() -> None:
    day = FRIDAY.date()
    assert is_due(first_day=day, last_day=day)
    assert not is_due(first_day=date(2026, 11, 21))
    assert not is_due(last_day=date(2026, 11, 19))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("07:59:59", False), ("08:00", True), ("17:59:59", True), ("18:00", False)],
)
def test_hours_begin_with_the_first_and_end_before_the_last(clock: str, expected: bool) -> None:
    at = datetime.combine(FRIDAY, time.fromisoformat(clock))
    assert is_due(at=at, opens=time(8), closes=time(18)) is expected


def test_hours_may_be_open_at_one_end() -> None:
    assert is_due(opens=time(11))
    assert not is_due(opens=time(13))
    assert is_due(closes=time(13))
    assert not is_due(closes=time(11))
    assert is_due(opens=time(11), closes=time(0))
    assert not is_due(at=FRIDAY.replace(hour=0), opens=time(11), closes=time(0))


def test_what_goes_on_after_midnight_belongs_to_the_day_before() -> None:
    night: dict[str, Any] = {"opens": time(22), "closes": time(2), "weekdays": {4}}
    assert is_due(at=FRIDAY.replace(hour=23), **night)
    assert is_due(at=FRIDAY.replace(day=21, hour=1), **night)
    assert not is_due(at=FRIDAY.replace(hour=1), **night)
    assert not is_due(at=FRIDAY.replace(day=21, hour=23), **night)
    assert not is_due(at=FRIDAY.replace(day=21, hour=2), **night)
    assert is_due(at=FRIDAY.replace(day=21, hour=1), last_day=FRIDAY.date(), **night)


def test_days_of_the_week() -> None:
    assert is_due(weekdays={0, 4})
    assert not is_due(weekdays={5, 6})


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", True), ("de-CH", True), ("de_AT", True), ("DE", True), ("en", False), (None, False)],
)
def test_only_those_who_read_its_languages_see_it(language: str | None, expected: bool) -> None:
    assert is_due(language=language, languages={"de", "fr"}) is expected


def test_a_language_without_its_region() -> None:
    assert base_language("pt-BR") == "pt"
    assert base_language(None) == ""


def shown(rotation: Rotation, *due: Promotion, times: int) -> list[str]:
    chosen = [rotation.choose(due) for _ in range(times)]
    return [one.promotion_id for one in chosen if one is not None]


def test_nobody_there_means_nothing_shown() -> None:
    assert Rotation().choose([]) is None


def test_equal_ones_take_turns() -> None:
    a, b, c = (promotion(one) for one in "abc")
    assert shown(Rotation(), a, b, c, times=6) == ["a", "b", "c", "a", "b", "c"]


def test_twice_the_weight_twice_the_turns() -> None:
    turns = shown(Rotation(), promotion("a", weight=2), promotion("b"), times=6)
    assert turns == ["a", "b", "a", "a", "b", "a"]


def test_turns_go_on_where_they_were() -> None:
    due = [promotion("a", weight=3), promotion("b", weight=2), promotion("c")]
    whole = shown(Rotation(), *due, times=12)
    rotation = Rotation()
    first = shown(rotation, *due, times=5)
    assert first + shown(Rotation(rotation.owed), *due, times=7) == whole


def test_a_new_one_does_not_make_up_for_the_time_before_it() -> None:
    a, b = promotion("a"), promotion("b")
    rotation = Rotation()
    shown(rotation, a, times=100)
    assert sorted(shown(rotation, a, b, times=10)) == ["a"] * 5 + ["b"] * 5


def test_when_all_that_may_be_shown_are_ahead_it_is_who_is_so_least() -> None:
    a, b = promotion("a", weight=100), promotion("b", weight=100)
    c, d = promotion("c"), promotion("d")
    rotation = Rotation()
    assert "c" not in shown(rotation, a, c, times=99)
    assert "d" not in shown(rotation, b, d, times=90)
    # Both have had turns that the absent ones are still owed.
    assert shown(rotation, a, b, times=2) == ["b", "a"]


def test_one_that_is_gone_is_forgotten() -> None:
    rotation = Rotation()
    shown(rotation, promotion("a"), promotion("b"), times=1)
    rotation.keep(["b", "new"])
    assert rotation.owed.keys() == {"b"}


def test_a_turn_that_is_given_back_is_taken_by_the_same_next() -> None:
    due = [promotion("a", weight=3), promotion("b", weight=2), promotion("c")]
    whole = shown(Rotation(), *due, times=12)
    rotation = Rotation()
    first = shown(rotation, *due, times=5)
    for _ in range(3):
        missed = rotation.choose(due)
        assert missed is not None
        rotation.refund(missed, due)
    assert first + shown(rotation, *due, times=7) == whole


def test_a_turn_of_one_that_is_gone_cannot_be_given_back_to_it() -> None:
    a, b = promotion("a"), promotion("b")
    rotation = Rotation()
    chosen = rotation.choose([a, b])
    assert chosen is a
    rotation.keep(["b"])
    rotation.refund(a, [a, b])
    assert rotation.owed == {"b": 0.0}
