"""Printable sign for the entrance: codes for the Wi-Fi and the page.

An owner opens it from the lot's options, with a ticket that cannot be guessed and lasts an hour.
The Wi-Fi's data goes onto the sheet and is not stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
import secrets
from typing import Final, override
from urllib.parse import urlencode

from aiohttp import web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..data import SmartParkingConfigEntry
from ..requirements import RequirementsMissingError, async_load
from ..texts import DriverTexts, get_texts, own_names
from ..visitor.access import VisitorView
from ..visitor.forms import read_form
from ..visitor.http import SHORT_URL
from ..visitor.manager import VisitorManager
from ..visitor.options import SHORT_LENGTH
from ..visitor.preferences import GATE
from ..visitor.urls import origins

# Installed on first use and not by the manifest: a lot starts without a sign.
REQUIREMENTS: Final = ("segno>=1.6,<2",)

SIGN_URL: Final = f"/api/{DOMAIN}/sign/{{ticket}}"

TICKET_S: Final = 3600.0
# An owner who opens the options more often needs no earlier sign any more.
TICKETS_MAX: Final = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """Allows an owner to see the sign of a lot."""

    entry_id: str
    ends: float
    """On the loop's clock."""


TICKETS: HassKey[dict[str, Ticket]] = HassKey(f"{DOMAIN}_sign_tickets")


@callback
def async_setup_sign_view(hass: HomeAssistant) -> None:
    """Serve signs."""
    hass.http.register_view(SignView)


@callback
def async_sign_path(hass: HomeAssistant, entry_id: str, gate_id: str | None = None) -> str:
    """Return where the sign of a lot, or of one of its gates, is for an hour."""
    tickets = hass.data.setdefault(TICKETS, {})
    while len(tickets) >= TICKETS_MAX:
        del tickets[next(iter(tickets))]
    ticket = secrets.token_urlsafe(16)
    tickets[ticket] = Ticket(entry_id, hass.loop.time() + TICKET_S)
    query = f"?{urlencode({GATE: gate_id})}" if gate_id else ""
    return f"{SIGN_URL.format(ticket=ticket)}{query}"


class SignView(VisitorView):
    """View of a lot's sign."""

    url = SIGN_URL
    name = f"api:{DOMAIN}:sign"

    async def get(self, request: web.Request, ticket: str) -> web.Response:
        """Return the sign without a Wi-Fi."""
        gate_id = request.query.get(GATE, "")
        return await _async_answer(_admit(request, ticket), {GATE: gate_id})

    async def post(self, request: web.Request, ticket: str) -> web.Response:
        """Return the sign with the form's choices."""
        visitors = _admit(request, ticket)
        return await _async_answer(visitors, await read_form(request))

    @override
    async def refuse(self, request: web.Request, **parts: str) -> None:
        """Raise `HTTPNotFound` without a ticket."""
        _admit(request, parts["ticket"])


def _admit(request: web.Request, ticket: str) -> VisitorManager:
    """Return the visitors' page that a ticket is for, or raise `HTTPNotFound`."""
    hass = request.app[KEY_HASS]
    found = hass.data.get(TICKETS, {}).get(ticket)
    if found is None or found.ends < hass.loop.time():
        raise web.HTTPNotFound
    entry: SmartParkingConfigEntry | None
    entry = hass.config_entries.async_get_entry(found.entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise web.HTTPNotFound
    visitors = entry.runtime_data.visitor
    if not visitors.is_open or not visitors.options.on:
        raise web.HTTPNotFound
    return visitors


async def _async_answer(visitors: VisitorManager, parameters: Mapping[str, str]) -> web.Response:
    """Return a sign, or an error when it cannot be drawn."""
    texts = get_texts(visitors.hass, parameters.get("language"))
    try:
        await async_load(visitors.hass, "wifi.sign_page", REQUIREMENTS)
    except RequirementsMissingError as err:
        message = texts.text("sign_missing", packages=err.packages)
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text=message)
    return _answer(visitors, parameters, texts)


def _answer(
    visitors: VisitorManager, parameters: Mapping[str, str], texts: DriverTexts
) -> web.Response:
    """Return a sign."""
    from .sign_page import SignPage, Wifi, WifiError, render  # noqa: PLC0415 - just loaded, and not to be had any earlier

    hass = visitors.hass
    try:
        wifi = Wifi.read(parameters)
    except WifiError:
        raise web.HTTPBadRequest from None
    known = origins(hass)
    origin = parameters.get("address", "")
    gates = {gate.gate_id: gate.name for gate in visitors.coordinator.lot.gates}
    gate_id = parameters.get(GATE, "")
    nonce = secrets.token_urlsafe(16)
    sheet = SignPage(
        name=visitors.coordinator.entry.title,
        texts=texts,
        languages=own_names(hass),
        origin=origin if origin in known else known[0],
        origins=known,
        path=SHORT_URL.format(short=visitors.options.secret[:SHORT_LENGTH]),
        gates=gates,
        gate_id=gate_id if gate_id in gates else "",
        wifi=wifi,
        nonce=nonce,
    )
    policy = (
        "default-src 'none'; img-src data:; "
        f"style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=render(sheet), content_type="text/html", headers=headers)
