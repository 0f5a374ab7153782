"""Which visitors are offered push messages, and which are not."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.diagnostics import async_get_config_entry_diagnostics
from custom_components.smart_parking.visitor.manager import VisitorManager
from custom_components.smart_parking.visitor.push import dispatcher
from custom_components.smart_parking.visitor.push.vapid import async_push_keys
from tests.integration.lots import CAR_M, add, lot, set_up
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, Page, Phone, set_options
from tests.integration.visitor.push.browsers import Browser, PushService, octets, say
from tests.integration.walk import Walk

PROXY = "127.0.0.1"


def offered(page: Page) -> bool:
    """Return whether a page offers it."""
    scripts = [str(one.get("src")) for one in page.all("script")]
    sections = [one.get("id") for one in page.all("section")]
    has_script = any(one.startswith("push.js?v=") for one in scripts)
    assert has_script is ("push" in sections)
    return has_script


@pytest.fixture(name="proxy")
async def proxy_fixture(hass: HomeAssistant) -> None:
    """Be behind a proxy that has a certificate."""
    trusted = {"use_x_forwarded_for": True, "trusted_proxies": [PROXY]}
    assert await async_setup_component(hass, "http", {"http": trusted})


@pytest.fixture(name="by_proxy")
def by_proxy_fixture(proxy: None, phones: Phones) -> Callable[[str], Phone]:
    """Give phones that come by the proxy."""

    def make(proto: str) -> Phone:
        return phones(
            PROXY,
            **{
                "Host": "park.example.org",
                "X-Forwarded-For": "192.168.1.20",
                "X-Forwarded-Proto": proto,
            },
        )

    return make


async def test_it_is_off_until_the_owner_switches_it_on(
    entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.tap("guide")

    assert not offered(await phone.look())
    assert await Browser().subscribe(phone) == (404, None)


@pytest.mark.usefixtures("proxy")
async def test_only_pages_on_https_offer_it(
    told_lot: VisitorManager, by_proxy: Callable[[str], Phone]
) -> None:
    on_http, on_https = by_proxy("http"), by_proxy("https")
    for phone in (on_http, on_https):
        await phone.look()
        await phone.post("guide")

    assert not offered(await on_http.look())
    assert await Browser().subscribe(on_http) == (404, None)
    assert offered(await on_https.look())


@pytest.mark.parametrize("host", ["lot:99999", "lot:x"])
async def test_nor_pages_of_a_host_that_is_none(
    told_lot: VisitorManager, phones: Phones, host: str
) -> None:
    phone = phones(Host=host)
    await phone.look()
    await phone.post("guide")

    assert not offered(await phone.look())
    assert await Browser().subscribe(phone) == (404, None)


async def test_a_browser_learns_the_key_to_subscribe_with(
    hass: HomeAssistant, told_lot: VisitorManager, phone: Phone
) -> None:
    page = await phone.look()

    key = octets(str(page.get("push")["data-key"]))
    assert (len(key), key[0]) == (65, 4)
    # It is hidden until a script knows that the browser can do it.
    assert "hidden" in page.get("push")
    assert page.get("push")["data-on"] == "false"


async def test_the_page_knows_who_is_told(phone: Phone, browser: Browser) -> None:
    assert (await phone.look()).get("push")["data-on"] == "true"


async def test_promotions_are_asked_about_where_there_are_any(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, told_lot: VisitorManager, phone: Phone
) -> None:
    assert "push-promotions" not in (await phone.look()).source

    await add(hass, entry, promotion("Coffee"))

    box = (await phone.look()).get("push-promotions")
    assert (box["type"], "checked" in box) == ("checkbox", False)


async def test_its_buttons_are_made_by_the_script_that_can_serve_them(
    told_lot: VisitorManager, phone: Phone
) -> None:
    page = await phone.tap("guide")

    assert page.get("push")["data-tell"] == "Tell me when something changes"
    assert page.get("push")["data-stop"] == "Stop telling me"
    assert not any(one.get("type") == "button" for one in page.all("button"))


@pytest.mark.parametrize("name", ["push.js", "sw.js"])
async def test_the_scripts_are_there(told_lot: VisitorManager, phone: Phone, name: str) -> None:
    response = await phone.get(name)

    assert (response.status, response.content_type) == (200, "text/javascript")
    assert "sandbox" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_nobody_is_told_who_has_asked_for_nothing(
    told_lot: VisitorManager, phone: Phone
) -> None:
    assert await say(phone, do="off") == (200, {"on": False})

    assert await Browser().subscribe(phone) == (409, {"error": "nothing_asked"})


async def test_a_browser_that_subscribes_while_it_is_switched_off_is_not_told(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    told_lot: VisitorManager,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = urlencode({**Browser().form, "form": (await phone.tap("guide")).hidden["form"]})
    async with phone.sending(monkeypatch, "push", form) as post:
        await set_options(hass, entry, push=False)

    assert (await post).status == 404
    assert len(told_lot.push) == 0


async def test_another_site_cannot_subscribe_a_visitor(
    told_lot: VisitorManager, phone: Phone
) -> None:
    await phone.tap("guide")

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        form = {**Browser().form, "form": (await phone.look()).hidden["form"]}
        response = await phone.session.post(f"{BASE}push", data=form, headers=headers)
        assert (response.status, await response.json()) == (403, {"error": "session"})
    form = {**Browser().form, "form": "guessed"}
    assert (await phone.session.post(f"{BASE}push", data=form)).status == 403
    assert len(told_lot.push) == 0


async def test_a_house_is_not_sent_to_knock_at_its_own_doors(
    hand: Hand, told_lot: VisitorManager, phone: Phone
) -> None:
    await phone.tap("guide")
    at_home = {**Browser().form, "endpoint": "https://192.168.1.1/api"}

    assert await say(phone, **at_home) == (409, {"error": "unknown_service"})
    assert await say(phone, **{**at_home, "endpoint": "http://x"}) == (400, None)
    assert len(told_lot.push) == 0


async def test_there_is_one_per_visitor_and_two_per_phone(
    told_lot: VisitorManager, phones: Phones
) -> None:
    visitors = [phones("127.0.0.2") for _ in range(3)]
    for visitor in visitors:
        await visitor.tap("parked", bay="A04")
        for _ in range(2):
            assert (await Browser().subscribe(visitor))[0] == 200

    assert len(told_lot.push) == 2
    first, *others = [(await one.look()).get("push")["data-on"] for one in visitors]
    assert (first, others) == ("false", ["true", "true"])


async def test_there_is_a_limit_for_all(
    told_lot: VisitorManager, phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "SUBSCRIPTIONS_MAX", 3)
    for number in range(2, 7):
        visitor = phones(f"127.0.0.{number}")
        await visitor.tap("parked", bay="A04")
        await Browser().subscribe(visitor)

    assert len(told_lot.push) == 3


async def test_whoever_is_forgotten_is_told_no_more(
    told_lot: VisitorManager, phone: Phone, browser: Browser
) -> None:
    await phone.tap("forget")

    assert len(told_lot.push) == 0


async def test_an_owner_who_switches_it_off_forgets_everybody(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hand: Hand,
    told_lot: VisitorManager,
    phone: Phone,
    browser: Browser,
    service: PushService,
) -> None:
    await set_options(hass, entry, push=False)
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert service.deliveries.empty()
    assert not offered(await phone.look())
    assert await say(phone, do="off") == (404, None)
    await set_options(hass, entry, push=True)
    assert (await phone.look()).get("push")["data-on"] == "false"


async def test_an_owner_finds_the_switch(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await Walk.through_options(hass, entry)
    await walk.pick("visitors")
    while walk.step != "visitors":
        await walk.pick("visitors")
    fields = {str(field) for field in walk.shown["data_schema"].schema}
    assert "push" in fields


# The key.


async def test_the_key_stays_over_restarts_and_is_for_all_lots(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hass_storage: dict[str, Any],
    told_lot: VisitorManager,
    phone: Phone,
) -> None:
    key = (await phone.look()).get("push")["data-key"]
    hass.data.pop("smart_parking_push_keys")

    assert (await async_push_keys(hass)).public == key
    assert (await phone.look()).get("push")["data-key"] == key
    assert len(bytes.fromhex(hass_storage["smart_parking.push"]["data"]["private"])) == 32


async def test_the_private_key_is_shown_nowhere(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    told_lot: VisitorManager,
    phone: Phone,
    entry: SmartParkingConfigEntry,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = await phone.look()
    keys = await async_push_keys(hass)
    private = hass_storage["smart_parking.push"]["data"]["private"]
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    shown = f"{keys}{page.source}{caplog.text}{diagnostics}"

    assert private not in shown
    assert browser.endpoint not in shown
    visitors = diagnostics["visitors"]
    assert {name: one for name, one in visitors.items() if name.startswith("push")} == {
        "push": True,
        "push_subscriptions": 1,
        "push_sent": 0,
        "push_failed": 0,
        "push_ended": 0,
    }


async def test_the_key_goes_with_the_last_lot(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hass_storage: dict[str, Any],
    told_lot: VisitorManager,
    phone: Phone,
) -> None:
    await phone.look()
    other = lot(lot_id="other")
    assert await set_up(hass, other)

    await hass.config_entries.async_remove(entry.entry_id)
    assert "smart_parking.push" in hass_storage
    await hass.config_entries.async_remove(other.entry_id)
    assert "smart_parking.push" not in hass_storage
