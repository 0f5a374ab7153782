"""When a lot is open."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from opening_hours import OpeningHours as Judge
import pytest

from custom_components.smart_parking.open_data.formats.hours import DAYS, OpeningHours

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("24/7", "24/7"),
        ("08:00-20:00", "Mo-Su 08:00-20:00"),
        (" Mo-Fr  08:00 - 20:00 ; ", "Mo-Fr 08:00-20:00"),
        ("Mo-Fr 08:00-20:00; Sa,Su 10:00-18:00", "Mo-Fr 08:00-20:00; Sa,Su 10:00-18:00"),
        ("Mo-Fr 06:00-12:00, 13:00-24:00", "Mo-Fr 06:00-12:00,13:00-24:00"),
        ("Fr-Mo 22:00-02:00;", "Fr-Mo 22:00-02:00"),
        ("Mo,We-Fr 00:00-24:00", "Mo,We-Fr 00:00-24:00"),
    ],
)
def test_what_is_understood(text: str, written: str) -> None:
    assert OpeningHours.read(text).written == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "always",
        "9-5",
        "Mo",
        "Mo-Fr",
        "Mon 08:00-20:00",
        "Mo - Fr 08:00-20:00",
        "Mo-Fr 8:00-20:00",
        "Mo-Fr 08:00-25:00",
        "Mo-Fr 08:60-20:00",
        "Mo-Fr 08:00-24:30",
        "Mo-Fr 24:00-02:00",
        "Mo-Fr 08:00-08:00",
        "Mo-Fr 08:00-20:00; Fr 10:00-12:00",
        "Mo,Mo 08:00-20:00",
        "Mo-Fr 08:00-20:00 off",
        "PH off",
    ],
)
def test_what_is_not(text: str) -> None:
    with pytest.raises(ValueError):
        OpeningHours.read(text)


@pytest.mark.parametrize(
    ("text", "day", "clock", "is_open"),
    [
        ("24/7", 3, "03:00", True),
        ("Mo-Fr 08:00-20:00", 0, "07:59", False),
        ("Mo-Fr 08:00-20:00", 0, "08:00", True),
        ("Mo-Fr 08:00-20:00", 4, "19:59", True),
        ("Mo-Fr 08:00-20:00", 4, "20:00", False),
        ("Mo-Fr 08:00-20:00", 5, "12:00", False),
        ("Fr 22:00-02:00", 4, "23:00", True),
        ("Fr 22:00-02:00", 5, "01:59", True),
        ("Fr 22:00-02:00", 5, "02:00", False),
        ("Fr 22:00-02:00", 4, "01:00", False),
        ("Su 22:00-02:00", 0, "01:00", True),
    ],
)
def test_open(text: str, day: int, clock: str, is_open: bool) -> None:
    assert OpeningHours.read(text).is_open(_at(day, clock)) is is_open


minutes = st.integers(0, 1439)
spans = st.tuples(minutes, minutes).filter(lambda span: span[0] != span[1])


def _rule(days: list[str], span: tuple[int, int]) -> str:
    """Return a rule."""
    begin, end = span
    return f"{','.join(days)} {begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw opening hours of one group of days, or of two that are not open past midnight.

    Whether a rule for a day ends what has begun on the day before, nobody has written down.
    """
    days = draw(st.permutations(DAYS))
    cut = draw(st.integers(1, 6))
    if draw(st.booleans()):
        return _rule(days[:cut], draw(spans))
    evenings = spans.filter(lambda span: span[0] < span[1])
    return "; ".join(_rule(group, draw(evenings)) for group in (days[:cut], days[cut:]))


@given(texts(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001  (local)
def test_it_means_what_openstreetmap_means(text: str, at: datetime) -> None:
    hours = OpeningHours.read(text)
    assert hours.is_open(at) is Judge(text).is_open(at)
    assert OpeningHours.read(hours.written) == hours


@pytest.mark.parametrize(
    ("text", "day", "clock", "turned"),
    [
        ("24/7", 3, "03:00", None),
        ("00:00-24:00", 3, "03:00", None),
        ("Mo-Fr 08:00-20:00", 4, "08:00", (4, "08:00")),
        ("Mo-Fr 08:00-20:00", 4, "07:59", (3, "20:00")),
        ("Mo-Fr 08:00-20:00", 6, "12:00", (4, "20:00")),
        ("Mo-Fr 08:00-12:00,13:00-20:00", 4, "12:30", (4, "12:00")),
        ("Mo-Fr 08:00-12:00,12:00-20:00", 4, "12:30", (4, "08:00")),
        ("Fr,Sa 22:00-02:00", 5, "12:00", (5, "02:00")),
        ("Mo 08:00-20:00", 7, "07:59", (0, "20:00")),
    ],
)
def test_when_it_last_opened_or_closed(
    text: str, day: int, clock: str, turned: tuple[int, str] | None
) -> None:
    found = OpeningHours.read(text).turned(_at(day, clock))
    assert found == (None if turned is None else _at(*turned))


def _at(day: int, clock: str) -> datetime:
    """Return a time of the week that begins on Monday, the 2nd of November 2026."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 2 + day, hour, minute, tzinfo=BERLIN)


@given(texts(), st.datetimes(datetime(2026, 1, 8), datetime(2027, 1, 1)))  # noqa: DTZ001  (local)
def test_since_it_last_turned_nothing_has(text: str, at: datetime) -> None:
    judge, turned = Judge(text), OpeningHours.read(text).turned(at)
    if turned is None:
        assert judge.next_change(at) is None
    else:
        assert judge.is_open(turned) is not judge.is_open(turned - timedelta(minutes=1))
        following = judge.next_change(turned)
        assert following is not None
        assert following > at
