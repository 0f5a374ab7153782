"""Addresses by which phones may reach this Home Assistant."""

from collections.abc import Iterator
from contextlib import suppress
import re

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, current_request
from homeassistant.helpers.network import NoURLAvailableError, get_url, is_cloud_connection

from ..web_address import read_address
from .manager import base_path

# A name or a number, and perhaps a port: phones send nothing else.
_HOST = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
# The usual address, used when none is known.
USUAL = "http://homeassistant.local:8123"


def origin_of(request: web.Request) -> str:
    """Return the origin of the address by which a client reaches this Home Assistant.

    It is the configured one when that has the same host: behind a proxy, only the owner knows that
    it is https.
    """
    try:
        asked = read_address(f"{request.scheme}://{request.host}").origin()
    except ValueError:
        raise web.HTTPBadRequest from None
    if not _HOST.fullmatch(request.host):
        raise web.HTTPBadRequest
    config = request.app[KEY_HASS].config
    for address in filter(None, (config.internal_url, config.external_url)):
        try:
            written = read_address(address).origin()
        except ValueError:
            continue
        if written.host == asked.host and asked.explicit_port in (None, written.port):
            return str(written)
    return str(asked)


def origins(hass: HomeAssistant) -> list[str]:
    """Return the origins of all known addresses, local ones first."""
    return list(dict.fromkeys((*_written_down(hass), *_asked_now(hass)))) or [USUAL]


def secure_origin(hass: HomeAssistant) -> str:
    """Return the origin of an address with a certificate, if there is one."""
    return min(origins(hass), key=lambda one: not one.startswith("https:"))


def _written_down(hass: HomeAssistant) -> Iterator[str]:
    """Yield the origins in Home Assistant's network settings, local first."""
    for external in (False, True):
        try:
            yield get_url(
                hass, allow_internal=not external, allow_external=external, allow_cloud=False
            )
        except NoURLAvailableError:
            continue


def _asked_now(hass: HomeAssistant) -> Iterator[str]:
    """Yield the origin of the current request; visitors cannot come through the cloud."""
    request = current_request.get()
    if request is not None and not is_cloud_connection(hass):
        with suppress(web.HTTPBadRequest):
            yield origin_of(request)


def captive_path(secret: str) -> str:
    """Return the path for DHCP option 114."""
    return f"{base_path(secret)}captive"
