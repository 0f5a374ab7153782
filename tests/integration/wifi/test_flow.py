"""An owner learns what to set in the router, prints the sign, and switches the hook on."""

import re

from aiohttp.test_utils import make_mocked_request
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers.http import current_request
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor import urls
from tests.integration.lots import said
from tests.integration.visitor.phones import set_options
from tests.integration.walk import Walk
from tests.integration.wifi.conftest import Client
from tests.integration.wifi.hook import HOOK_ID, HOOK_PATH, PHONE, SECRET


async def joining(hass: HomeAssistant, entry: SmartParkingConfigEntry, *picks: str) -> Walk:
    """Go to what there is about joining."""
    walk = await Walk.through_options(hass, entry)
    await walk.pick("joining", *picks)
    return walk


def told(walk: Walk, name: str = "address") -> str:
    """Return what a step tells."""
    return str(walk.shown["description_placeholders"][name])


async def test_a_sign_is_led_to(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    walk = await joining(hass, entry, "sign")
    found = re.fullmatch(r'<a href="(.+)" target="_blank">', told(walk, "link"))
    assert found is not None
    answer = await client.get(found[1])
    assert answer.status == 200
    assert "Garage" in await answer.text()
    await walk.fill()
    assert walk.step == "joining"


async def test_what_option_114_has_to_be(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    urls = {"internal_url": "http://192.0.2.5:8123", "external_url": "https://parking.example.org"}
    await async_process_ha_core_config(hass, urls)
    walk = await joining(hass, entry, "captive")
    path = f"/api/smart_parking/v/{SECRET}/captive"
    assert told(walk) == f"https://parking.example.org{path}"
    assert (await client.get(path)).status == 200
    await walk.fill()
    assert walk.step == "joining"


async def test_without_a_page_there_is_only_the_hook(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await set_options(hass, entry, visitors=False)
    walk = await joining(hass, entry)
    assert walk.options == ["hook", "visitors"]
    await walk.pick("visitors")
    assert walk.step == "visitors"


async def test_a_hook_is_switched_on(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    await set_options(hass, entry, visitors_hook=False, visitors_hook_id="")
    walk = await joining(hass, entry, "hook")
    await walk.fill(visitors_hook=True, visitors_hook_pause=10, visitors_hook_rotate=False)
    assert walk.step == "hook_address"
    path = re.sub(r"^https?://[^/]+", "", told(walk))
    assert (await client.post(path)).status == 200, "nothing is there before it is saved"
    await walk.fill()
    assert walk.step == "create_entry"
    answer = await client.post(path, data={"type": "joined", "station": PHONE})
    assert answer.status == 204
    assert said(hass, "visits_today") == "1"
    assert entry.options["visitors"], "everything else stays"


async def test_an_address_stays_until_another_is_wanted(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await joining(hass, entry, "hook")
    assert walk.suggested["visitors_hook"] is True
    await walk.fill(visitors_hook=True, visitors_hook_pause=30, visitors_hook_rotate=False)
    assert told(walk).endswith(HOOK_PATH)
    walk = await joining(hass, entry, "hook")
    await walk.fill(visitors_hook=True, visitors_hook_pause=30, visitors_hook_rotate=True)
    assert not told(walk).endswith(HOOK_PATH)
    await walk.fill()
    assert entry.options["visitors_hook_id"] != HOOK_ID
    assert "visitors_hook_rotate" not in entry.options


async def test_a_hook_is_switched_off_at_once(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await joining(hass, entry, "hook")
    await walk.fill(visitors_hook=False, visitors_hook_pause=30, visitors_hook_rotate=False)
    assert walk.step == "create_entry"
    assert entry.options["visitors_hook"] is False


async def test_without_network_settings_the_usual_name_is_told(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    hass.config.api = None
    walk = await joining(hass, entry, "captive")
    assert told(walk).startswith("http://homeassistant.local:8123/api/")


@pytest.mark.parametrize(("cloud", "origin"), [(False, "https://ours"), (True, "http://192.0.2.5")])
async def test_how_the_owner_has_come_is_an_address_unless_it_was_through_the_cloud(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    cloud: bool,
    origin: str,
) -> None:
    await async_process_ha_core_config(hass, {"internal_url": "http://192.0.2.5"})
    request = make_mocked_request("GET", "/", {"Host": "ours"}, app=hass.http.app)
    token = current_request.set(request.clone(scheme="https"))
    monkeypatch.setattr(urls, "is_cloud_connection", lambda _hass: cloud)
    walk = await joining(hass, entry, "captive")
    current_request.reset(token)
    assert told(walk).startswith(f"{origin}/api/")
