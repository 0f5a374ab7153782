"""A phone that has just joined asks whether it is captive, and learns where the page is."""

from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
import pytest
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.visitor.phones import set_options
from tests.integration.wifi.conftest import Client
from tests.integration.wifi.hook import SECRET

PAGE = f"/api/smart_parking/v/{SECRET}/"
CAPTIVE = f"{PAGE}captive"


async def page_of(client: Client, **headers: str) -> str:
    """Return where the page is said to be."""
    answer = await client.get(CAPTIVE, headers=headers)
    assert answer.status == 200
    said = await answer.json(content_type="application/captive+json")
    assert said.keys() == {"captive", "venue-info-url"}
    assert said["captive"] is False
    return str(said["venue-info-url"])


async def test_nobody_is_captive_and_there_is_a_page(client: Client) -> None:
    answer = await client.get(CAPTIVE, headers={"Accept": "application/captive+json"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/captive+json"
    assert answer.headers["Cache-Control"] == "private"
    assert not answer.cookies, "nobody is known by it"

    page = await client.get(URL((await answer.json(content_type=None))["venue-info-url"]).path)
    assert page.status == 200
    assert page.content_type == "text/html"


async def test_the_page_is_where_the_phone_has_asked(client: Client) -> None:
    assert await page_of(client) == str(client.make_url(PAGE))
    asked = await page_of(client, Host="parking.example.org:8443")
    assert asked == f"http://parking.example.org:8443{PAGE}"


@pytest.mark.parametrize("which", ["internal_url", "external_url"])
async def test_what_the_owner_has_written_down_counts_behind_a_proxy(
    hass: HomeAssistant, client: Client, which: str
) -> None:
    await async_process_ha_core_config(hass, {which: "https://parking.example.org"})

    assert await page_of(client, Host="parking.example.org") == f"https://parking.example.org{PAGE}"
    assert await page_of(client, Host="10.0.0.5:8123") == f"http://10.0.0.5:8123{PAGE}"


async def test_an_address_of_ours_that_cannot_be_read_is_none(
    hass: HomeAssistant, client: Client
) -> None:
    hass.config.internal_url = "https://xn--"
    hass.config.external_url = "https://parking.example.org"
    assert await page_of(client, Host="parking.example.org") == f"https://parking.example.org{PAGE}"


@pytest.mark.parametrize("host", ['x"y/z', "[::1", "a b", "example.org:99999999"])
async def test_what_is_no_host_is_a_mistake_of_who_asks(client: Client, host: str) -> None:
    answer = await client.get(CAPTIVE, headers={"Host": host})
    assert answer.status == 400
    assert host not in await answer.text()


async def test_it_only_answers_what_the_standard_asks(client: Client) -> None:
    assert (await client.post(CAPTIVE)).status == 405


async def test_without_a_page_there_is_nothing(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    unknown = await client.get("/api/smart_parking/v/somethingelse/captive")
    assert unknown.status == 404
    await set_options(hass, entry, visitors=False)
    for answer in (await client.get(CAPTIVE), await client.post(CAPTIVE)):
        assert answer.status == 404
        assert await answer.text() == await unknown.text()
