"""The card's files in a browser's hand."""

from pathlib import Path

from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking import resources
from tests.integration.lots import lot, node, row, set_up
from tests.integration.sources.driven import Hand

pytestmark = pytest.mark.filterwarnings("ignore:It is recommended to use web")

MODULES = frontend.DATA_EXTRA_MODULE_URL
# What every page loads, and what a card needs besides.
SENT_AT_MOST_BYTES = {"smart-parking.js": 3_000, "card.js": 60_000}


@pytest.fixture(name="folder")
def folder_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a folder with a card in it."""
    folder = tmp_path / "frontend"
    (folder / "texts").mkdir(parents=True)
    (folder / "smart-parking.js").write_text("export {};\n")
    (folder / "texts" / "en.json").write_text("{}\n")
    monkeypatch.setattr(resources, "FOLDER", folder)
    return folder


async def test_every_page_loads_the_card(
    hass: HomeAssistant, folder: Path, hass_client_no_auth: ClientSessionGenerator, hand: Hand
) -> None:
    urls = hass.data[MODULES]
    await set_up(hass, lot(node("North", row("A", 2))))
    (url,) = urls.urls
    assert url.startswith("/smart_parking/")
    client = await hass_client_no_auth()
    answer = await client.get(url)
    assert (answer.status, await answer.text()) == (200, "export {};\n")
    assert "javascript" in answer.headers["Content-Type"]
    assert "max-age" in answer.headers["Cache-Control"]
    beside = await client.get(url.replace("smart-parking.js", "texts/en.json"))
    assert await beside.json() == {}


@pytest.mark.parametrize("encoding", ["gzip", "br", None])
async def test_files_are_sent_compressed_to_who_reads_that(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    hand: Hand,
    encoding: str | None,
) -> None:
    urls = hass.data[MODULES]
    await set_up(hass, lot(node("North", row("A", 2))))
    (url,) = urls.urls
    client = await hass_client_no_auth()
    for name, at_most in SENT_AT_MOST_BYTES.items():
        answer = await client.get(
            url.replace("smart-parking.js", name),
            headers={"Accept-Encoding": encoding or "identity"},
            auto_decompress=False,
        )
        assert answer.status == 200
        assert answer.headers.get("Content-Encoding") == encoding
        assert "javascript" in answer.headers["Content-Type"]
        assert "max-age" in answer.headers["Cache-Control"]
        assert (len(await answer.read()) <= at_most) == (encoding is not None)


async def test_lots_share_the_card(hass: HomeAssistant, folder: Path, hand: Hand) -> None:
    urls = hass.data[MODULES]
    await set_up(hass, lot(node("North", row("A", 2))))
    await set_up(hass, lot(node("South", row("B", 2)), lot_id="roof"))
    assert await hass.config_entries.async_reload("roof")
    assert len(urls.urls) == 1


def test_a_changed_card_has_another_address(folder: Path) -> None:
    seen = {resources.digest(folder)}
    (folder / "smart-parking.js").write_text("export const changed = 1;\n")
    seen.add(resources.digest(folder))
    (folder / "texts" / "en.json").rename(folder / "texts" / "de.json")
    seen.add(resources.digest(folder))
    (folder / "more.js").write_text("")
    seen.add(resources.digest(folder))
    assert len(seen) == 4
    assert resources.digest(folder) in seen
