"""What drivers are told is there in every language, and what they say is understood in it."""

import re

import pytest

from custom_components.smart_parking.hold_services import MINUTES_MAX, MINUTES_MIN
from custom_components.smart_parking.lot.model import BayKind
from custom_components.smart_parking.wishes import Asker, Wish
from custom_components.smart_parking.words import ENGLISH, Words, read_words

LANGUAGES = read_words()


def asker(words: Words) -> Asker:
    """Return somebody who speaks a language."""
    return Asker(user=None, driver="", lots=[], words=words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_names_of_its_own(language: str) -> None:
    words = LANGUAGES[language]
    kinds = [*BayKind, "any"]
    stems = [stem for kind in kinds for stem in words.text(f"heard_{kind}").split("|")]
    assert len(stems) == len(set(stems))
    for kind in BayKind:
        assert asker(words).kind(Wish(kind=kind)) is kind
        for number in (1, 2, 5):
            assert asker(words).kind(Wish(kind=words.plural(f"bays_{kind}", number))) is kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_minutes_is_understood(language: str) -> None:
    words = LANGUAGES[language]
    for name in words.text("heard_minutes").split("|"):
        number, spoken = name.split("=")
        assert re.fullmatch(r"[1-9]\d*", number)
        assert asker(words).seconds(Wish(minutes=spoken)) == float(number) * 60.0
    for minutes in (MINUTES_MIN, 7, MINUTES_MAX):
        assert asker(words).seconds(Wish(minutes=str(minutes))) == minutes * 60.0
        spoken = words.text("minutes_other", count=minutes)
        assert asker(words).seconds(Wish(minutes=spoken)) == minutes * 60.0


@pytest.mark.parametrize(
    ("items", "said"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_items_are_listed_as_one_says_them(items: list[str], said: str) -> None:
    assert LANGUAGES[ENGLISH].listed(items) == said
