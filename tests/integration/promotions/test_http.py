"""A promotion's picture, and its link."""

from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import change, remove
from tests.integration.promotions.shops import PNG, ask, keep

type Client = TestClient[web.Request, web.Application]


@pytest.fixture(name="client")
async def client_fixture(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    folder: Path,
    hass_client_no_auth: ClientSessionGenerator,
) -> Client:
    """Return a driver's phone, which is not logged in; the zoo has a picture, but no page."""
    keep(str(folder), "www/zoo.png", PNG)
    await change(hass, entry, "zoo", picture_path="/local/zoo.png?v=2")
    return await hass_client_no_auth()


async def address(hass: HomeAssistant, promotion_id: str, what: str) -> str:
    """Return an address that a message is given."""
    for _ in range(3):
        shown = (await ask(hass, "promotion"))["promotion"]
        if shown["promotion_id"] == promotion_id:
            return str(shown[what])
    raise LookupError(promotion_id)


def clicks(entry: SmartParkingConfigEntry) -> int:
    return entry.runtime_data.promotions.counts("bakery").clicks


async def test_who_follows_an_address_counts_once(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    first, second = [await address(hass, "bakery", "click") for _ in range(2)]
    for path, count in ((first, 1), (first, 1), (second, 2)):
        response = await client.get(path, allow_redirects=False)
        assert response.status == 302
        assert response.headers["Location"] == "https://bakery.example/"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert clicks(entry) == count


async def test_a_message_has_the_address_that_works_from_everywhere(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    await hass.config.async_update(external_url="https://park.example")
    path = (await address(hass, "bakery", "click_url")).removeprefix("https://park.example")
    assert (await client.get(path, allow_redirects=False)).status == 302
    assert clicks(entry) == 1


async def test_without_an_address_of_its_own_a_message_has_none(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.config, "api", None)
    shown = (await ask(hass, "promotion"))["promotion"]
    assert (shown["click_url"], shown["click"].startswith("/api/")) == (None, True)


async def test_who_only_asks_whether_it_is_there_is_no_click(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    path = await address(hass, "bakery", "click")
    assert (await client.head(path, allow_redirects=False)).status in (401, 405)
    assert clicks(entry) == 0


async def test_an_address_in_letters_of_ones_own(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    await change(hass, entry, "bakery", link="https://bäckerei.example/frühstück")
    response = await client.get(await address(hass, "bakery", "click"), allow_redirects=False)
    assert response.headers["Location"] == ("https://xn--bckerei-5wa.example/fr%C3%BChst%C3%BCck")


async def test_a_picture_is_nothing_but_a_picture(hass: HomeAssistant, client: Client) -> None:
    response = await client.get(await address(hass, "zoo", "image"))
    assert response.status == 200
    assert response.content_type == "image/png"
    assert await response.read() == PNG
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_only_signed_addresses_lead_somewhere(hass: HomeAssistant, client: Client) -> None:
    for promotion_id, what in (("bakery", "click"), ("zoo", "image")):
        path, _ = (await address(hass, promotion_id, what)).split("?")
        assert (await client.get(path, allow_redirects=False)).status == 401


async def test_what_is_not_there(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    folder: Path,
    hass_client: ClientSessionGenerator,
) -> None:
    image, click = await address(hass, "zoo", "image"), await address(hass, "bakery", "click")
    (folder / "www/zoo.png").unlink()
    assert (await client.get(image)).status == 404
    owner = await hass_client()
    for path in ("garage/bakery/picture", "garage/none/picture", "none/zoo/picture"):
        assert (await owner.get(f"/api/smart_parking/promotion/{path}")).status == 404
    for path in ("garage/zoo/link/x", "garage/none/link/x", "none/bakery/link/x"):
        assert (await owner.get(f"/api/smart_parking/promotion/{path}")).status == 404
    await remove(hass, entry, "bakery")
    assert (await client.get(click)).status == 404
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get(image)).status == 404
