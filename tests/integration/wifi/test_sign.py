"""An owner prints a sign, and phones read it."""

from html import unescape

from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
import pytest

from custom_components.smart_parking import requirements
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.wifi.sign import REQUIREMENTS, TICKETS_MAX, async_sign_path
from tests.integration.internet import Internet
from tests.integration.lots import LOT_ID
from tests.integration.visitor.phones import set_options
from tests.integration.wifi.codes import read_codes
from tests.integration.wifi.conftest import Client
from tests.integration.wifi.hook import SECRET

SHORT = f"/park/{SECRET[:8]}"
LOCAL = "http://192.0.2.5:8123"
PUBLIC = "https://parking.example.org"


@pytest.fixture(name="path")
async def path_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> str:
    """Give the sign's address, of a Home Assistant that has two."""
    await async_process_ha_core_config(hass, {"internal_url": LOCAL, "external_url": PUBLIC})
    return async_sign_path(hass, LOT_ID)


async def sign(client: Client, path: str, **wanted: str) -> str:
    """Return a sign as it is wanted."""
    answer = await client.post(path, data=wanted)
    assert answer.status == 200
    return await answer.text()


async def test_the_code_leads_to_the_page(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.status == 200
    html = await answer.text()
    assert read_codes(html) == [f"{LOCAL}{SHORT}"]
    assert "Garage" in html
    assert "Find a free bay" in html
    assert f"192.0.2.5:8123{SHORT}" in html, "it can be typed"

    page = await client.get(SHORT)
    assert page.url.path == f"/api/smart_parking/v/{SECRET}/"


async def test_the_owner_chooses_the_address_and_the_language(client: Client, path: str) -> None:
    html = await sign(client, path, address=PUBLIC, language="de")
    assert read_codes(html) == [f"{PUBLIC}{SHORT}"]
    assert "Freien Stellplatz finden" in html

    elsewhere = await sign(client, path, address="https://elsewhere.example", language="xx")
    assert read_codes(elsewhere) == [f"{LOCAL}{SHORT}"]
    assert "elsewhere" not in elsewhere


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"wifi": "Car park"}, "WIFI:T:nopass;S:Car park;;"),
        ({"wifi": "Car park", "password": "let us in"}, "WIFI:T:WPA;S:Car park;P:let us in;;"),
        (
            {"wifi": 'a;b:"c\\', "password": "x;y:z,ABC", "hidden": "1"},
            'WIFI:T:WPA;S:a\\;b\\:\\"c\\\\;P:x\\;y\\:z,ABC;H:true;',
        ),
        ({"wifi": "Café", "password": "paßwörter"}, "WIFI:T:WPA;S:Café;P:paßwörter;;"),
    ],
)
async def test_the_other_code_joins_the_wifi(
    client: Client, path: str, wanted: dict[str, str], code: str
) -> None:
    html = await sign(client, path, **wanted)
    assert read_codes(html) == [code, f"{LOCAL}{SHORT}"]
    assert f"Network: {wanted['wifi']}" in unescape(html)


async def test_the_wifi_is_on_the_sheet_only(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client, path: str
) -> None:
    before = dict(entry.options)
    await sign(client, path, wifi="Car park", password="let us in")
    assert dict(entry.options) == before
    assert "let us in" not in await (await client.get(path)).text()


@pytest.mark.parametrize(
    "wanted",
    [
        {"wifi": "x" * 33},
        {"wifi": "ü" * 17},
        {"wifi": "Car park", "password": "short"},
        {"wifi": "Car park", "password": "x" * 65},
    ],
    ids=["long", "long in bytes", "short password", "long password"],
)
async def test_no_phone_could_join_such_a_wifi(
    client: Client, path: str, wanted: dict[str, str]
) -> None:
    assert (await client.post(path, data=wanted)).status == 400


async def test_a_name_is_text_and_nothing_is_loaded(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client, path: str
) -> None:
    evil = '"><script>alert(1)</script>'
    hass.config_entries.async_update_entry(entry, title=evil)
    answer = await client.post(path, data={"wifi": evil})
    html = await answer.text()
    assert "alert(1)" in html
    assert "<script>alert" not in html
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    # Not even an icon, which browsers would look for elsewhere.
    assert '<link rel="icon" href="data:,">' in html
    assert "img-src data:;" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_only_with_a_ticket_and_for_an_hour(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (await client.get("/api/smart_parking/sign/guessed")).status == 404
    for _ in range(TICKETS_MAX):
        newest = async_sign_path(hass, LOT_ID)
    assert (await client.get(path)).status == 404, "who opens so many has no need of the first"
    assert (await client.get(newest)).status == 200
    monkeypatch.setattr("custom_components.smart_parking.wifi.sign.TICKET_S", -1.0)
    assert (await client.get(async_sign_path(hass, LOT_ID))).status == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
async def test_without_a_ticket_it_is_as_if_there_were_nothing(
    entry: SmartParkingConfigEntry, client: Client, method: str
) -> None:
    data = b"x" * 100_000
    answers = [
        await client.request(method, f"/api/smart_parking/{path}", data=data)
        for path in ("sign/guessed", "nothing/guessed")
    ]
    seen = [(one.status, await one.read(), {**one.headers, "Date": ""}) for one in answers]
    assert seen[0] == seen[1]


async def test_there_is_no_sign_for_a_page_that_is_off(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client, path: str
) -> None:
    await set_options(hass, entry, visitors=False)
    assert (await client.get(path)).status == 404
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get(path)).status == 404


async def test_without_what_draws_the_codes_it_is_said_why(
    hass: HomeAssistant, client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet = Internet.connect(hass, monkeypatch, REQUIREMENTS)
    internet.is_there = False
    answer = await client.post(path, data={"language": "de"})
    assert answer.status == 503
    assert await answer.text() == (
        f"Die Codes lassen sich nicht zeichnen: Das Python-Paket {REQUIREMENTS[0]} fehlt. "
        "Home Assistant holt es beim ersten Start und nach jedem seiner Updates aus dem Internet. "
        "Wenn es Internet gibt, starte es neu."
    )

    internet.is_there = True
    monkeypatch.setattr(requirements, "AGAIN_S", 0.0)
    assert len(read_codes(await sign(client, path))) == 1


async def test_it_may_stand_at_a_gate(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client, path: str
) -> None:
    gates = {gate.name: gate.gate_id for gate in entry.runtime_data.lot.gates}
    assert "Gate it stands at" not in await sign(client, path) or len(gates) > 1
    gate_id = next(iter(gates.values()))
    html = await sign(client, path, gate=gate_id)
    assert read_codes(html) == [f"{LOCAL}{SHORT}?gate={gate_id}"]
    assert f"192.0.2.5:8123{SHORT}<" in html, "what is typed stays short"
    asked = await (await client.get(async_sign_path(hass, LOT_ID, gate_id))).text()
    assert read_codes(asked) == [f"{LOCAL}{SHORT}?gate={gate_id}"]
    page = await client.get(f"{SHORT}?gate={gate_id}")
    assert page.url.query == {"gate": gate_id}
    assert read_codes(await sign(client, path, gate="none")) == [f"{LOCAL}{SHORT}"]
