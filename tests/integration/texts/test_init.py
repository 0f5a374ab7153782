"""Drivers get directions in their own language."""

import json
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.lot.routing.directions import Directions, Side
from custom_components.smart_parking.texts import get_texts, read_texts
from custom_components.smart_parking.texts.plurals import categories, category
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

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
    assert get_texts(hass, language).directions(THERE) == told


async def test_who_does_not_say_their_language_is_told_in_that_of_the_house(
    hass: HomeAssistant,
) -> None:
    hass.config.language = "de"

    assert get_texts(hass).language == "de"
    assert get_texts(hass, "nl").language == "de"


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
    assert get_texts(hass, "en").directions(directions) == told


def write_texts(folder: Path, **languages: dict[str, str]) -> None:
    """Write the texts of languages."""
    for language, texts in languages.items():
        (folder / f"{language}.json").write_text(json.dumps(texts))


def test_what_a_language_lacks_is_told_in_english(tmp_path: Path) -> None:
    write_texts(tmp_path, en={"left": "on the left", "right": "on the right"}, nl={"left": "links"})

    texts = read_texts(tmp_path)["nl"]

    assert (texts.text("left"), texts.text("right")) == ("links", "on the right")


POLISH = "one: i = 1 and v = 0; few: v = 0 and i % 10 = 2..4 and i % 100 != 12..14; many: v = 0"


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 miejsc"), (1, "1 miejsce"), (2, "2 miejsca"), (13, "13 miejsc"), (104, "104 miejsca")],
)
def test_numbers_have_the_forms_of_their_language(tmp_path: Path, count: int, told: str) -> None:
    english = {"plural_rules": "one: i = 1 and v = 0", "bays_one": "{count} bay"}
    polish = {"plural_rules": POLISH, "bays_one": "{count} miejsce", "bays_few": "{count} miejsca"}
    write_texts(tmp_path, en=english | {"bays_other": "{count} bays"}, pl=polish)
    assert (
        read_texts(tmp_path)["pl"]
        .plural("bays", count)
        .endswith(told if count in (1, 2, 104) else "bays")
    )
    write_texts(tmp_path, pl=polish | {"bays_many": "{count} miejsc"})
    assert read_texts(tmp_path)["pl"].plural("bays", count) == told


@pytest.mark.parametrize("rules", ["one: some", "one: i is 1", "one: i = x"])
def test_rules_that_are_none_are_refused(rules: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        category(rules, 1)


def test_what_a_language_has_no_rule_for_is_other() -> None:
    assert categories("") == ["other"]
    assert category("", 1) == "other"
    assert category("few: n % 10 = 2,4..5 or n = 0; one: v != 0", 14) == "few"
    assert category("few: n % 10 = 2,4..5 or n = 0; one: v != 0", 0) == "few"
    assert category("few: n % 10 = 2,4..5 or n = 0; one: v != 0", 13) == "other"


@pytest.mark.parametrize(
    ("asked", "spoken", "left"), [("de-CH", "de", "links"), ("nl", "en", "on the left")]
)
async def test_the_card_is_sent_its_texts(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, asked: str, spoken: str, left: str
) -> None:
    """Who sees all else in English has no use for the language of the house."""
    hass.config.language = "fr"
    client = await hass_ws_client()

    await client.send_json_auto_id({"type": "smart_parking/texts", "language": asked})
    answer = await client.receive_json()

    assert answer["success"]
    assert answer["result"]["language"] == spoken
    texts = answer["result"]["texts"]
    assert texts["left"] == left
    own = {key.removeprefix("card_") for key in read_texts()[spoken].texts if "card_" in key}
    assert texts.keys() - own == {
        *("left", "right", "ahead", "ramp_up", "ramp_down", "ramp_other"),
    }
    assert own <= texts.keys()


async def test_some_texts_of_the_card(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client()

    await client.send_json_auto_id(
        {
            "type": "smart_parking/texts",
            "language": "de",
            "keys": ["card_name", "left", "page_free"],
        }
    )
    answer = await client.receive_json()

    assert answer["result"] == {
        "language": "de",
        "texts": {"card_name": "Smart Parking", "left": read_texts()["de"].text("left")},
    }
