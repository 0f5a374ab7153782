"""The card's files in a browser's hand."""

from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from homeassistant.components import frontend
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import (
    RESOURCE_STORAGE_KEY,
    ResourceStorageCollection,
)
from homeassistant.const import EVENT_COMPONENT_LOADED
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.smart_parking import resources
from tests.integration.lots import LOT_ID, lot, node, row, set_up
from tests.integration.sources.driven import Hand

MODULES = frontend.DATA_EXTRA_MODULE_URL
STARTUP = 'let x = "#1 %20 +"; // {ä}\nfind();\n'
OTHERS = {"id": "of-the-owner", "type": "module", "url": "/local/clock.js"}
# What every page loads, and what a card needs besides.
SENT_AT_MOST_BYTES = {"smart-parking.js": 3_000, "card.js": 60_000}


@pytest.fixture(name="folder")
def folder_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a folder with a card in it."""
    folder = tmp_path / "frontend"
    (folder / "texts").mkdir(parents=True)
    (folder / "smart-parking.js").write_text("export {};\n")
    (folder / "startup.js").write_text(STARTUP)
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


async def resources_of(hass: HomeAssistant, **lovelace: object) -> ResourceStorageCollection:
    """Set up the dashboards, and return their resources."""
    assert await async_setup_component(hass, "lovelace", {"lovelace": lovelace})
    found = hass.data[LOVELACE_DATA].resources
    assert isinstance(found, ResourceStorageCollection)
    return found


def ours(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    """Return what the owner has not put among the resources; what the owner has is all there."""
    items = resources.async_items()
    assert [item for item in items if item["id"] == OTHERS["id"]] == [OTHERS]
    return [item for item in items if item != OTHERS]


@pytest.fixture(name="owners")
def owners_fixture(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Provide what is stored of resources: one of the owner's."""
    stored = {"version": 1, "minor_version": 1, "key": RESOURCE_STORAGE_KEY}
    hass_storage[RESOURCE_STORAGE_KEY] = stored | {"data": {"items": [OTHERS]}}
    return hass_storage


async def test_startup_module_is_stored_as_it_is(
    hass: HomeAssistant,
    folder: Path,
    owners: dict[str, Any],
    hass_ws_client: WebSocketGenerator,
    hand: Hand,
) -> None:
    """Pages ask for it over their connection."""
    resources = await resources_of(hass)
    await set_up(hass, lot(node("North", row("A", 2))))
    (item,) = ours(resources)
    assert item["type"] == "module"
    kind, _, text = item["url"].partition(",")
    assert kind == "data:text/javascript"
    assert unquote(text) == "/*smart_parking*/" + STARTUP.strip()
    assert not {*' "#\n{ä'} & {*text}
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "lovelace/resources"})
    assert (await client.receive_json())["result"] == [OTHERS, item]


async def test_page_is_told_where_the_loader_is(
    hass: HomeAssistant,
    folder: Path,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    hand: Hand,
) -> None:
    """Stands for the frontend: it has pages, and notices requests."""
    urls = hass.data[MODULES]
    await set_up(hass, lot(node("North", row("A", 2))))
    client = await hass_ws_client(hass, hass_read_only_access_token)
    await client.send_json_auto_id(
        {"type": "subscribe_events", "event_type": EVENT_COMPONENT_LOADED}
    )
    assert (await client.receive_json())["success"]
    await client.send_json_auto_id({"type": "smart_parking/loader"})
    assert (await client.receive_json())["result"] == {"url": next(iter(urls.urls))}


async def test_startup_module_is_stored_once(
    hass: HomeAssistant, folder: Path, owners: dict[str, Any], hand: Hand
) -> None:
    resources = await resources_of(hass)
    await set_up(hass, lot(node("North", row("A", 2))))
    before = ours(resources)
    await set_up(hass, lot(node("South", row("B", 2)), lot_id="roof"))
    assert await hass.config_entries.async_reload("roof")
    assert ours(resources) == before
    assert len(before) == 1


async def test_startup_module_of_another_version_is_replaced(
    hass: HomeAssistant, folder: Path, owners: dict[str, Any], hand: Hand
) -> None:
    old = {"id": "old", "type": "module", "url": "data:text/javascript,/*smart_parking*/old()"}
    owners[RESOURCE_STORAGE_KEY]["data"]["items"].append(old)
    resources = await resources_of(hass)
    await set_up(hass, lot(node("North", row("A", 2))))
    (item,) = ours(resources)
    assert item["id"] == "old"
    assert unquote(item["url"]).endswith("find();")


async def test_startup_module_goes_with_the_last_lot(
    hass: HomeAssistant, folder: Path, owners: dict[str, Any], hand: Hand
) -> None:
    resources = await resources_of(hass)
    await set_up(hass, lot(node("North", row("A", 2))))
    await set_up(hass, lot(node("South", row("B", 2)), lot_id="roof"))
    await hass.config_entries.async_remove("roof")
    assert len(ours(resources)) == 1
    await hass.config_entries.async_remove(LOT_ID)
    assert ours(resources) == []
    await set_up(hass, lot(node("North", row("A", 2))))
    assert len(ours(resources)) == 1


async def test_resources_in_yaml_are_the_owners(
    hass: HomeAssistant, folder: Path, hand: Hand
) -> None:
    listed = [{"type": "module", "url": "/local/clock.js"}]
    config = {"lovelace": {"resource_mode": "yaml", "resources": listed}}
    assert await async_setup_component(hass, "lovelace", config)
    await set_up(hass, lot(node("North", row("A", 2))))
    await hass.config_entries.async_remove(LOT_ID)
    assert hass.data[LOVELACE_DATA].resources.async_items() == listed


@pytest.mark.parametrize("method", ["async_get_info", "async_create_item", "async_delete_item"])
async def test_lot_works_without_the_resource(
    hass: HomeAssistant,
    folder: Path,
    owners: dict[str, Any],
    hand: Hand,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    await resources_of(hass)
    with patch.object(ResourceStorageCollection, method, side_effect=HomeAssistantError("full")):
        assert await set_up(hass, lot(node("North", row("A", 2))))
        await hass.config_entries.async_remove(LOT_ID)
    assert "The dashboards' resources could not be changed" in caplog.text
