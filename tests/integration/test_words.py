"""Drivers are told their way in their own language."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.lot.directions import Directions, Side
from custom_components.smart_parking.words import read_words, words_for
from tests.integration.driven import Hand
from tests.integration.lots import gate, lot, node, row, set_up

THERE = Directions(level="1", row="B", metres=35, side=Side.LEFT)


@pytest.fixture(autouse=True)
async def _a_lot(hass: HomeAssistant, hand: Hand) -> None:
    await set_up(hass, lot(node("North", row("A", 1)), gate("West")))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Level 1, row B, 35 m, on the left"),
        ("en-GB", "Level 1, row B, 35 m, on the left"),
        ("de", "Ebene 1, Reihe B, 35 m, links"),
        ("es-419", "Nivel 1, fila B, 35 m, a la izquierda"),
        ("fr_CA", "Niveau 1, rangée B, 35 m, à gauche"),
        ("hi", "स्तर 1, पंक्ति B, 35 मीटर, बाईं ओर"),
        ("nl", "Level 1, row B, 35 m, on the left"),
    ],
)
async def test_the_way_in_words(hass: HomeAssistant, language: str, told: str) -> None:
    assert words_for(hass, language).directions(THERE) == told


async def test_who_does_not_say_their_language_is_told_in_that_of_the_house(
    hass: HomeAssistant,
) -> None:
    hass.config.language = "de"

    assert words_for(hass).language == "de"
    assert words_for(hass, "nl").language == "de"


@pytest.mark.parametrize(
    ("directions", "told"),
    [
        (Directions(level=None, row=None, metres=5, side=Side.AHEAD), "5 m, straight ahead"),
        (Directions(level=None, row="A", metres=5, side=Side.RIGHT), "Row A, 5 m, on the right"),
        (Directions(level="2", row=None, metres=120, side=None), "Level 2, 120 m"),
    ],
)
async def test_what_is_not_known_is_not_told(
    hass: HomeAssistant, directions: Directions, told: str
) -> None:
    assert words_for(hass, "en").directions(directions) == told


def test_what_a_language_lacks_is_told_in_english(tmp_path: Path) -> None:
    (tmp_path / "en.json").write_text('{"left": "on the left", "right": "on the right"}')
    (tmp_path / "nl.json").write_text('{"left": "links"}')

    words = read_words(tmp_path)["nl"]

    assert (words.text("left"), words.text("right")) == ("links", "on the right")
