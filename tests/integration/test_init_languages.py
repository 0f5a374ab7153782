"""Owners read the settings, entities and errors in the language of their Home Assistant."""

from pathlib import Path

from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.smart_parking.const import DOMAIN
from tests.integration.lots import device_id, gate, look, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.repository.project import INTEGRATION, leaves, read_json

FILES = sorted((INTEGRATION / "translations").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_home_assistant_takes_every_text(hass: HomeAssistant, file: Path) -> None:
    for category, texts in read_json(file).items():
        taken = await async_get_translations(hass, file.stem, category, {DOMAIN})
        prefix = f"component.{DOMAIN}.{category}"
        assert taken == {".".join((prefix, *path)): text for path, text in leaves(texts)}


async def test_a_lot_is_named_in_the_language_of_the_house(hass: HomeAssistant, hand: Hand) -> None:
    hass.config.language = "de"
    await set_up(hass, lot(node("North", row("A", 1)), gate("West")))

    bay = dr.async_get(hass).async_get(device_id(hass, "a01"))
    assert bay is not None
    # A bay is called after its lot and its label, which are the owner's words.
    assert bay.name == "Garage A01"
    name = look(hass, "free").attributes[ATTR_FRIENDLY_NAME]
    assert name == "Garage Freie Stellplätze"
