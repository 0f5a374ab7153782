"""The sentences that ship, said to Home Assistant's own agent, without a language model."""

from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.integration.driven import Hand
from tests.integration.lots import EMPTY_M, LOT_ID, bay, gate, lot, node, set_up
from tests.integration.voice.talk import keeps, say
from tests.repository.project import ROOT

BLUEPRINT = Path("blueprints/automation/smart_parking/voice.yaml")
SENTENCES = ROOT / "docs" / "custom_sentences"
QUESTIONS = {
    "SmartParkingFindBay": "find_bay",
    "SmartParkingCountFree": "count_free",
    "SmartParkingHoldBay": "hold_bay",
    "SmartParkingReleaseBay": "release_bay",
}

# What is said in each language, and what is in the answer.
TALK = {
    "en": [
        ("Where can I park?", "The nearest free bay is A01. 40 m"),
        ("where can I park from the back gate", "is A02. 50 m"),
        ("Where is the nearest accessible bay?", "is A04. "),
        ("find me an electric parking space", "is A03. "),
        ("How many bays are free?", "4 bays are free."),
        ("how many free parking spots are there", "4 bays are free."),
        ("How many accessible bays are free?", "1 accessible bay is free."),
        ("how many bays are free in the garage", "4 bays are free."),
        ("how many family bays are there", "No family bay is free."),
        ("is the car park full", "4 bays are free."),
        ("Keep a bay for ten minutes", "Bay A01 is kept for you for 10 minutes. 40 m"),
        ("where can I park", "Bay A01 is kept for you for 10 minutes."),
        ("keep me a bay for 25 minutes", "Bay A01 is kept for you for 25 minutes."),
        ("Release my bay", "Bay A01 is no longer kept for you."),
        ("I don't need my bay any more", "No bay is kept for you."),
        ("reserve a charging bay for half an hour", "Bay A03 is kept for you for 30 minutes."),
    ],
    "de": [
        ("Wo kann ich parken?", "Der nächste freie Stellplatz ist A01. 40 m"),
        ("wo kann ich parken ab Back Gate", "ist A02. 50 m"),
        ("wo ist der nächste barrierefreie Stellplatz", "ist A04. "),
        ("wo ist ein Behindertenparkplatz", "ist A04. "),
        ("Wie viele Parkplätze sind frei?", "4 Stellplätze sind frei."),
        ("wie viele Plätze sind frei in Garage", "4 Stellplätze sind frei."),
        ("wie viele barrierefreie Stellplätze sind frei", "1 barrierefreier Stellplatz ist frei."),
        ("wie viele Familienparkplätze gibt es", "Kein Familienstellplatz ist frei."),
        ("ist das Parkhaus voll", "4 Stellplätze sind frei."),
        ("Halte mir einen Platz für zehn Minuten frei", "A01 wird 10 Minuten für dich freigehal"),
        ("Wo kann ich parken", "Stellplatz A01 wird 10 Minuten für dich freigehalten."),
        ("gib meinen Parkplatz wieder frei", "A01 wird nicht mehr für dich freigehalten."),
        ("ich brauche den Platz nicht mehr", "Für dich wird kein Stellplatz freigehalten."),
        ("halte mir einen Ladeplatz frei", "Stellplatz A03 wird 4 Minuten"),
    ],
    "es": [
        ("¿Dónde puedo aparcar?", "La plaza libre más cercana es la A01. 40 m"),
        ("dónde puedo aparcar por Back gate", "es la A02. 50 m"),
        ("dónde hay una plaza accesible", "es la A04. "),
        ("dónde hay una plaza libre", "es la A01. "),
        ("¿Cuántas plazas quedan libres?", "Quedan libres 4 plazas."),
        ("cuántas plazas hay en Garage", "Quedan libres 4 plazas."),
        ("cuántas plazas accesibles quedan", "Queda libre 1 plaza accesible."),
        ("cuántas plazas familiares hay libres", "No queda libre ninguna plaza familiar."),
        ("está lleno el aparcamiento", "Quedan libres 4 plazas."),
        ("Guárdame una plaza durante diez minutos", "A01 queda guardada para ti durante 10 min"),
        ("libera mi plaza", "La plaza A01 ya no está guardada para ti."),
        ("ya no necesito la plaza", "No hay ninguna plaza guardada para ti."),
        ("resérvame una plaza eléctrica por media hora", "A03 queda guardada para ti durante 30"),
    ],
    "fr": [
        ("Où puis-je me garer ?", "La place libre la plus proche est la A01. 40 m"),
        ("où puis-je me garer par back gate", "est la A02. 50 m"),
        ("trouve-moi une place handicapé", "est la A04. "),
        ("Combien de places sont libres ?", "Il reste 4 places."),
        ("combien de places y a-t-il dans Garage", "Il reste 4 places."),
        ("combien de places accessibles reste-t-il", "Il reste 1 place accessible."),
        ("combien de places famille y a-t-il", "Il ne reste aucune place famille."),
        ("le parking est-il complet", "Il reste 4 places."),
        ("Garde-moi une place pendant dix minutes", "A01 vous est gardée pendant 10 minutes."),
        ("libère ma place", "La place A01 ne vous est plus gardée."),
        ("je n'ai plus besoin de ma place", "Aucune place ne vous est gardée."),
        ("réserve-moi une place électrique pour une heure", "A03 vous est gardée pendant 60"),
    ],
    "hi": [
        ("मैं कहाँ पार्क करूँ?", "सबसे पास की खाली जगह A01 है। 40 मीटर"),
        ("दिव्यांग की खाली जगह कहाँ है", "A04 है।"),
        ("कितनी जगहें खाली हैं", "4 जगहें खाली हैं।"),
        ("Garage में कितनी जगहें खाली हैं", "4 जगहें खाली हैं।"),
        ("दिव्यांग की कितनी जगहें खाली हैं", "1 दिव्यांग जगह खाली है।"),
        ("परिवार की कितनी जगहें खाली हैं", "कोई पारिवारिक जगह खाली नहीं है।"),
        ("क्या पार्किंग भरी हुई है", "4 जगहें खाली हैं।"),
        ("मेरे लिए दस मिनट के लिए एक जगह रखो", "जगह A01 आपके लिए 10 मिनट तक रखी गई है।"),
        ("मेरी जगह छोड़ दो", "जगह A01 अब आपके लिए नहीं रखी गई है।"),
        ("मुझे जगह नहीं चाहिए", "आपके लिए कोई जगह नहीं रखी गई है।"),
        ("मेरे लिए इलेक्ट्रिक की जगह रखिए", "जगह A03 आपके लिए 4 मिनट तक रखी गई है।"),
    ],
}


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


def test_the_english_file_has_the_sentences_of_the_blueprint() -> None:
    inputs: dict[str, Any] = load_yaml_dict(ROOT / BLUEPRINT)["blueprint"]["input"]
    about = inputs["sentences"]["input"]
    assert sentences("en") == {name: one["default"] for name, one in about.items()}


async def converse(hass: HomeAssistant, context: Context, language: str) -> None:
    """Say all that is to be understood."""
    for sentence, answer in TALK[language]:
        answered = await say(hass, sentence, language=language, context=context)
        assert answer in answered, f"{sentence} → {answered}"


@pytest.mark.parametrize("language", TALK)
async def test_the_blueprint_understands_and_answers(
    hass: HomeAssistant, folder: Path, hass_admin_user: MockUser, language: str
) -> None:
    inputs = {} if language == "en" else sentences(language)
    await automate(hass, folder, **inputs)
    await converse(hass, Context(user_id=hass_admin_user.id), language)
    assert keeps(hass) == {f"user:{hass_admin_user.id}": "a03"}


@pytest.mark.parametrize("language", TALK)
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
