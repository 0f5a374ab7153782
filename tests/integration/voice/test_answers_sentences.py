"""The sentences that ship, said to Home Assistant's own agent, without a language model."""

import json
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.smart_parking.texts import FOLDER
from tests.integration.lots import EMPTY_M, LOT_ID, bay, gate, lot, node, set_up
from tests.integration.sources.driven import Hand
from tests.integration.voice.talk import keeps, say
from tests.repository.project import ROOT

BLUEPRINT = Path("blueprints/automation/smart_parking/voice.yaml")
SENTENCES = ROOT / "docs" / "custom_sentences"
QUESTIONS = {
    "SmartParkingFindBay": "find_bay",
    "SmartParkingCountFree": "count_free",
    "SmartParkingWillBeFree": "will_be_free",
    "SmartParkingWhenFull": "when_full",
    "SmartParkingHoldBay": "hold_bay",
    "SmartParkingReleaseBay": "release_bay",
}

SAID = Path(__file__).with_name("said")
"""What is said in each language, and what is in the answer."""
LANGUAGES = sorted(path.stem for path in SAID.glob("*.json"))


@pytest.fixture(name="folder")
def folder_fixture(hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give Home Assistant a configuration of its own."""
    monkeypatch.setattr(hass.config, "config_dir", str(tmp_path))
    return tmp_path


async def automate(hass: HomeAssistant, folder: Path, **inputs: object) -> None:
    """Import the blueprint, and make an automation of it."""
    imported = folder / BLUEPRINT
    imported.parent.mkdir(parents=True)
    shutil.copy(ROOT / BLUEPRINT, imported)
    path = str(BLUEPRINT.relative_to("blueprints/automation"))
    config = {"alias": "Voice", "use_blueprint": {"path": path, "input": inputs}}
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [config]})
    await hass.async_block_till_done()
    (state,) = hass.states.async_all(AUTOMATION)
    assert state.state == "on", "the automation has no mistake"


def sentences(language: str) -> dict[str, list[str]]:
    """Return the sentences of a language, by question."""
    said: dict[str, Any] = load_yaml_dict(SENTENCES / language / "smart_parking.yaml")
    assert said["language"] == language
    return {
        QUESTIONS[name]: [one for data in about["data"] for one in data["sentences"]]
        for name, about in said["intents"].items()
    }


def test_there_are_sentences_in_every_language_that_drivers_are_told_in() -> None:
    assert sorted(path.name for path in SENTENCES.iterdir()) == LANGUAGES
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == LANGUAGES


def test_the_english_file_has_the_sentences_of_the_blueprint() -> None:
    inputs: dict[str, Any] = load_yaml_dict(ROOT / BLUEPRINT)["blueprint"]["input"]
    about = inputs["sentences"]["input"]
    assert sentences("en") == {name: one["default"] for name, one in about.items()}


async def converse(hass: HomeAssistant, context: Context, language: str) -> None:
    """Show all that is to be understood."""
    for sentence, answer in json.loads((SAID / f"{language}.json").read_text()):
        answered = await say(hass, sentence, language=language, context=context)
        assert answer in answered, f"{sentence} → {answered}"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_blueprint_understands_and_answers(
    hass: HomeAssistant, folder: Path, hass_admin_user: MockUser, language: str
) -> None:
    inputs = {} if language == "en" else sentences(language)
    await automate(hass, folder, **inputs)
    await converse(hass, Context(user_id=hass_admin_user.id), language)
    assert keeps(hass) == {f"user:{hass_admin_user.id}": "a03"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_custom_sentences_are_understood(
    hass: HomeAssistant, folder: Path, hass_admin_user: MockUser, language: str
) -> None:
    shutil.copytree(SENTENCES / language, folder / "custom_sentences" / language)
    await converse(hass, Context(user_id=hass_admin_user.id), language)
    assert keeps(hass) == {f"user:{hass_admin_user.id}": "a03"}


async def test_a_device_at_the_entrance_gives_everybody_a_bay(
    hass: HomeAssistant, folder: Path
) -> None:
    await automate(hass, folder, shared=True)
    for label in ("A01", "A02"):
        answer = await say(hass, "keep me a bay", device_id="speaker")
        assert f"Bay {label} is kept for you for 4 minutes." in answer
    assert await say(hass, "release my bay", device_id="speaker") == "No bay is kept for you."


async def test_a_device_elsewhere_keeps_one_bay(hass: HomeAssistant, folder: Path) -> None:
    await automate(hass, folder)
    for _ in range(2):
        assert "A01 is kept" in await say(hass, "keep me a bay", device_id="speaker")
    assert keeps(hass) == {"voice:speaker": "a01"}
    assert "A01 is no longer" in await say(hass, "release my bay", device_id="speaker")


async def test_what_is_not_said_is_taken_from_the_blueprint(
    hass: HomeAssistant, hand: Hand, folder: Path
) -> None:
    yard = lot(node("South", [bay("B01", 10.0)]), gate("Yard gate"), title="Yard", lot_id="yard")
    assert await set_up(hass, yard)
    hand.settle("South", B01=EMPTY_M)
    await automate(hass, folder, lot=LOT_ID, gate="Back gate")
    assert await say(hass, "where can I park") == (
        "The nearest free bay is A02. 50 m, straight ahead."
    )
    assert "A01" in await say(hass, "where can I park at the main gate")
    assert await say(hass, "how many bays are free in the yard") == "1 bay is free."


async def test_what_is_no_question_about_parking_is_left_to_others(
    hass: HomeAssistant, folder: Path
) -> None:
    await automate(hass, folder)
    for sentence in ("where is the nearest station", "turn on the light", "how many lights are on"):
        assert "bay" not in await say(hass, sentence)
