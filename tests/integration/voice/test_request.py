"""Drivers' texts exist in every language, and requests are understood in it."""

import re

import pytest

from custom_components.smart_parking.guidance.services import MINUTES_MAX, MINUTES_MIN
from custom_components.smart_parking.lot.model import BayKind
from custom_components.smart_parking.texts import ENGLISH, DriverTexts, read_texts
from custom_components.smart_parking.voice.request import Request, Requester

LANGUAGES = read_texts()


def requester(texts: DriverTexts) -> Requester:
    """Return a requester who speaks a language."""
    return Requester(user=None, driver="", lots=[], texts=texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_names_of_its_own(language: str) -> None:
    texts = LANGUAGES[language]
    kinds = [*BayKind, "any"]
    stems = [stem for kind in kinds for stem in texts.text(f"heard_{kind}").split("|")]
    assert len(stems) == len(set(stems))
    for kind in BayKind:
        assert requester(texts).kind(Request(kind=kind)) is kind
        for number in (1, 2, 5):
            assert requester(texts).kind(Request(kind=texts.plural(f"bays_{kind}", number))) is kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_minutes_is_understood(language: str) -> None:
    texts = LANGUAGES[language]
    for name in texts.text("heard_minutes").split("|"):
        number, spoken = name.split("=")
        assert re.fullmatch(r"[1-9]\d*", number)
        assert requester(texts).seconds(Request(minutes=spoken)) == float(number) * 60.0
    for minutes in (MINUTES_MIN, 7, MINUTES_MAX):
        assert requester(texts).seconds(Request(minutes=str(minutes))) == minutes * 60.0
        spoken = texts.text("minutes_other", count=minutes)
        assert requester(texts).seconds(Request(minutes=spoken)) == minutes * 60.0


@pytest.mark.parametrize(
    ("items", "said"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_items_are_listed_as_one_says_them(items: list[str], said: str) -> None:
    assert LANGUAGES[ENGLISH].listed(items) == said
