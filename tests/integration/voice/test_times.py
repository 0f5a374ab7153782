"""Times of day, as people say them in their languages."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.texts import read_texts
from custom_components.smart_parking.voice.times import BETWEEN, MEANS, read_time

ZONE = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 5, 18, 9, 0, tzinfo=ZONE)
LANGUAGES = read_texts()


def read(language: str, spoken: str, now: datetime = NINE) -> datetime | None:
    """Return what is understood, in local time."""
    found = read_time(spoken, LANGUAGES[language].texts, now)
    return None if found is None else found.astimezone(ZONE)


@pytest.mark.parametrize(
    ("language", "spoken", "hour", "minute"),
    [
        ("en", "five", 17, 0),
        ("en", "Five o'clock", 17, 0),
        ("en", "half past five", 17, 30),
        ("en", "a quarter to six", 17, 45),
        ("en", "five thirty", 17, 30),
        ("en", "5", 17, 0),
        ("en", "5pm", 17, 0),
        ("en", "11 p.m.", 23, 0),
        ("en", "17:05", 17, 5),
        ("en", "09:30", 9, 30),
        ("en", "noon", 12, 0),
        ("en", "ten in the evening", 22, 0),
        ("de", "fünf", 17, 0),
        ("de", "halb sechs", 17, 30),
        ("de", "dreiviertel sechs", 17, 45),
        ("de", "17 Uhr 30", 17, 30),
        ("de", "siebzehn Uhr dreißig", 17, 30),
        ("de", "elf Uhr abends", 23, 0),
        ("es", "las cinco y media", 17, 30),
        ("es", "siete menos cuarto", 18, 45),
        ("es", "diez de la noche", 22, 0),
        ("fr", "cinq heures et demie", 17, 30),
        ("fr", "17h30", 17, 30),
        ("fr", "dix-sept heures", 17, 0),
        ("fr", "midi", 12, 0),
        ("hi", "साढ़े पाँच", 17, 30),
        ("hi", "पौने छह बजे", 17, 45),
        ("hi", "शाम सात", 19, 0),
        ("pl", "piątej", 17, 0),
        ("pl", "wpół do szóstej", 17, 30),
        ("pl", "siedemnastej trzydzieści", 17, 30),
        ("pl", "za kwadrans szósta", 17, 45),
    ],
)
def test_a_time_of_today_is_understood(language: str, spoken: str, hour: int, minute: int) -> None:
    assert read(language, spoken) == NINE.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("spoken", "now", "expected"),
    [
        ("five", NINE.replace(hour=3), NINE.replace(hour=5)),
        ("five", NINE.replace(hour=20), NINE.replace(hour=5) + timedelta(days=1)),
        ("five am", NINE, NINE.replace(hour=5) + timedelta(days=1)),
        ("17:00", NINE.replace(hour=18), NINE.replace(hour=17) + timedelta(days=1)),
        ("nine", NINE.replace(second=30), NINE),
        ("midnight", NINE, NINE.replace(hour=0) + timedelta(days=1)),
        ("24:00", NINE, NINE.replace(hour=0) + timedelta(days=1)),
        ("10:30", NINE.replace(hour=11), NINE.replace(hour=22, minute=30)),
        (
            "10:30:00",
            NINE.replace(hour=11),
            NINE.replace(hour=10, minute=30) + timedelta(days=1),
        ),
        ("twelve", NINE, NINE.replace(hour=12)),
        ("twelve", NINE.replace(hour=13), NINE.replace(hour=0) + timedelta(days=1)),
    ],
)
def test_of_all_times_that_may_be_meant_it_is_the_next(
    spoken: str, now: datetime, expected: datetime
) -> None:
    assert read("en", spoken, now) == expected


@pytest.mark.parametrize("spoken", ["", "the weekend", "25", "17:75", "soon", "123"])
def test_what_is_no_time_is_not_taken_for_one(spoken: str) -> None:
    assert read("en", spoken) is None


@given(hour=st.integers(0, 23), minute=st.integers(0, 59), language=st.sampled_from(["en", "pl"]))
def test_digits_of_a_day_mean_that_time(hour: int, minute: int, language: str) -> None:
    found = read(language, f"{hour:02}:{minute:02}", NINE.replace(hour=0) - timedelta(hours=1))

    assert found is not None
    assert found.minute == minute
    assert found.hour in {hour, (hour + 12) % 24}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_an_hour_is_understood(language: str) -> None:
    for named in LANGUAGES[language].texts["heard_hours"].split(BETWEEN):
        meaning, name = named.split(MEANS)
        found = read(language, name)

        assert found is not None, name
        assert found.hour % 12 == int(meaning.partition(":")[0]) % 12
        assert found.minute == 0


def test_a_time_before_the_clocks_change_is_right() -> None:
    eve = datetime(2026, 10, 24, 22, 0, tzinfo=ZONE)

    assert read("en", "five", eve) == datetime(2026, 10, 25, 5, 0, tzinfo=ZONE)
