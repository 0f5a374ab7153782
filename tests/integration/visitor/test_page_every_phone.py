"""What the page is to phones of every age: whole without a script, and refused in words."""

import json
import re

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.options import SHORT_LENGTH
from custom_components.smart_parking.visitor.page import REFRESH_S, SIZES
from custom_components.smart_parking.visitor.static_files import FOLDER
from tests.integration.lots import EMPTY_M, bay, gate, lot, node, set_up
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, SECRET, Page, Phone, set_options

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OTHER = "othersecretothersecretot22"
SHORT = f"/park/{SECRET[:SHORT_LENGTH]}"


def refresh(page: Page) -> tuple[int, str]:
    """Return when a page is loaded again by itself, and from where."""
    (content,) = [
        str(one["content"]) for one in page.all("meta") if one.get("http-equiv") == "refresh"
    ]
    seconds, _, address = content.partition(";url=")
    return int(seconds), address


async def test_it_is_loaded_again_whatever_becomes_of_its_scripts(phone: Phone) -> None:
    page = await phone.look()

    assert refresh(page) == (REFRESH_S, "?still")
    assert page.all("noscript") == []


async def test_labels_are_words_to_who_sees_no_drawing(phone: Phone) -> None:
    page = await phone.look()

    assert {"A01", "A02", "A03", "A04"} <= set(page.text("plan").rpartition("}")[2].split())
    assert {"Deutsch", "English", "Español"} <= set(page.text("languages").split())
    assert page.text("gates").split()[-2:] == ["Main", "Back"]


@pytest.mark.parametrize(
    ("label", "size"),
    [
        ("A1", 0),
        ("A01", 0),
        ("A001", 1),
        ("P1-07", 2),
        ("Deck-007", 3),
        ("Nord 12-0017", 4),
        ("Parkhaus-Nord-17", 5),
        ("Behind the old bakery", 6),
    ],
)
async def test_the_longer_a_label_the_smaller_its_letters(
    hass: HomeAssistant, hand: Hand, phone: Phone, label: str, size: int
) -> None:
    entry = lot(node("North", [bay(label, 20.0)]), gate("Main", y=-6.0), lot_id="other")
    assert await set_up(hass, entry)
    await set_options(hass, entry, visitors=True, visitors_secret=OTHER)
    hand.settle("North", **{label: EMPTY_M})
    await hass.async_block_till_done()

    page = Page(await (await phone.session.get(f"/api/smart_parking/v/{OTHER}/")).text())

    assert (page.text("bay"), page.get("bay")["data-size"]) == (label, str(size))


def test_the_script_writes_as_big_as_the_server() -> None:
    script = (FOLDER / "visitor" / "page.js").read_text()
    found = re.search(r"^const SIZES = (\[.*\]);$", script, re.MULTILINE)

    assert found is not None
    assert tuple(json.loads(found[1])) == SIZES


async def asked_too_much(hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone) -> None:
    """Ask as often as one may."""
    await set_options(hass, entry, visitors_requests=30)
    while (await phone.get("manifest.webmanifest")).status == 200:
        pass


@pytest.mark.parametrize("path", [BASE, f"{BASE}?kind=ev", SHORT, f"{BASE}act"])
async def test_who_asks_for_too_much_reads_why_and_comes_back(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones, path: str
) -> None:
    phone = phones(**BROWSER, **{"Accept-Language": "de-CH, en;q=0.5"})
    await asked_too_much(hass, entry, phone)
    ask = phone.session.post if path.endswith("act") else phone.session.get

    response = await ask(path, data={"do": "guide"} if path.endswith("act") else None)

    assert (response.status, response.content_type) == (429, "text/html")
    page = Page(await response.text())
    assert page.all("html")[0]["lang"] == "de"
    assert "Zu viele Anfragen auf einmal. Bitte warten Sie einen Moment." in page.source
    seconds, address = refresh(page)
    assert str(seconds) == response.headers["Retry-After"]
    assert address == (SHORT if path == SHORT else BASE)
    policy = response.headers["Content-Security-Policy"]
    # In a sandbox it would not come back by itself.
    assert "sandbox" not in policy
    assert "script-src" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    # It asks for nothing more, not even for an icon.
    assert [one["href"] for one in page.all("link")] == ["data:,"]


async def test_who_has_chosen_a_language_is_refused_in_it(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    phone = phones(**BROWSER)
    await phone.look("?lang=fr")
    await asked_too_much(hass, entry, phone)

    page = Page(await (await phone.get()).text())

    assert page.all("html")[0]["lang"] == "fr"
    assert "Trop de demandes à la fois" in page.source


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "image/*", "*/*"])
async def test_who_wants_no_page_is_given_none(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones, accept: str
) -> None:
    phone = phones(Accept=accept)
    await asked_too_much(hass, entry, phone)

    response = await phone.get()

    assert (response.status, response.content_type) == (429, "text/plain")
    assert "Retry-After" in response.headers
