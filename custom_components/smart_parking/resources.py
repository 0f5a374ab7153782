"""Files of the card, served to browsers at an address that changes whenever a file does."""

from hashlib import sha256
import logging
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from homeassistant.components import websocket_api
from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import CONF_RESOURCE_TYPE_WS, LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

# Built from the sources beside it; each file has a compressed copy, which is sent.
FOLDER = Path(__file__).with_name("frontend") / "dist"
ENTRY_MODULE = "smart-parking.js"
STARTUP_MODULE = "startup.js"
EDITOR_MODULE = "editor.js"

LOADER = f"{DOMAIN}/loader"
RESOURCE_PREFIX = f"data:text/javascript,/*{DOMAIN}*/"
"""Prefix of our resource, which no other has."""


class CardFiles(NamedTuple):
    """Addresses of the card's files."""

    loader_url: str
    """The module that defines the cards."""
    startup_url: str
    """A data URL with a script that asks for the loader, for pages that were opened without it."""
    editor_url: str
    """Of the editor's page, which alone loads it."""


CARD_FILES: HassKey[CardFiles] = HassKey(f"{DOMAIN}_card_files")


async def async_setup_resources(hass: HomeAssistant) -> None:
    """Serve the files, and add the loader to every page."""
    contents, startup_url = await hass.async_add_executor_job(_read, FOLDER)
    address = f"/{DOMAIN}/{contents}"
    await hass.http.async_register_static_paths([StaticPathConfig(address, str(FOLDER))])
    files = hass.data[CARD_FILES] = CardFiles(
        f"{address}/{ENTRY_MODULE}", startup_url, f"{address}/{EDITOR_MODULE}"
    )
    websocket_api.async_register_command(hass, ws_loader)
    add_extra_js_url(hass, files.loader_url)


def _read(folder: Path) -> tuple[str, str]:
    """Return the digest of a folder, and its startup module as a data URL."""
    code = (folder / STARTUP_MODULE).read_text("utf-8").strip()
    return digest(folder), RESOURCE_PREFIX + quote(code, safe="!$&'()*+,/:;=?@[]~")


def digest(folder: Path) -> str:
    """Return the digest of a folder: browsers cache its files for a month."""
    contents = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, data = path.relative_to(folder).as_posix().encode(), path.read_bytes()
        contents.update(b"%d:%b%d:%b" % (len(name), name, len(data), data))
    return contents.hexdigest()[:16]


@callback
@websocket_command({vol.Required("type"): LOADER})
def ws_loader(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Send the loader's address to a page that was opened without it."""
    connection.send_result(msg["id"], {"url": hass.data[CARD_FILES].loader_url})


async def async_store_startup_resource(hass: HomeAssistant) -> None:
    """Store the resource for pages that are opened before the next start gets to `async_setup`."""
    await _async_replace_startup_resource(hass, hass.data[CARD_FILES].startup_url)


async def async_remove_startup_resource(hass: HomeAssistant) -> None:
    """Remove the resource, because there is no lot any more."""
    await _async_replace_startup_resource(hass, None)


async def _async_replace_startup_resource(hass: HomeAssistant, url: str | None) -> None:
    """Replace our resource by one with this address, or by none; others stay as they are.

    Resources in YAML belong to the owner. Without the resource only such early pages fail.
    """
    lovelace = hass.data.get(LOVELACE_DATA)
    if lovelace is None or not isinstance(lovelace.resources, ResourceStorageCollection):
        return
    resources = lovelace.resources
    try:
        await resources.async_get_info()  # Loads them, in case no page has.
        ours = {
            item[CONF_ID]: item[CONF_URL]
            for item in resources.async_items()
            if item[CONF_URL].startswith(RESOURCE_PREFIX)
        }
        if url is None:
            for item_id in ours:
                await resources.async_delete_item(item_id)
        elif not ours:
            await resources.async_create_item({CONF_RESOURCE_TYPE_WS: "module", CONF_URL: url})
        elif url not in ours.values():
            await resources.async_update_item(next(iter(ours)), {CONF_URL: url})
    except Exception:
        _LOGGER.exception("The dashboards' resources could not be changed; all else works")
