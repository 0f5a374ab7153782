"""Access of strangers: authorization and limits of requests, and the headers of responses."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil
from typing import Any, Final, override

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView, request_handler_factory
from homeassistant.helpers.network import is_cloud_connection
from homeassistant.util import network

from ..clock import epoch_s
from ..const import DOMAIN
from ..coordinator import LotCoordinator
from ..data import SmartParkingData
from ..rate_limit import client_of
from ..texts import DATA_TEXTS, DriverTexts, get_texts
from .busy_page import busy_page, is_page_wanted
from .forms import is_from_here, read_form
from .manager import VisitorManager, manager_at
from .preferences import Preferences, accepted_language
from .send_timeout import async_send
from .sessions import Session
from .tokens import Token

BASE: Final = f"/api/{DOMAIN}/v/{{secret}}"

# A refusal costs something, too, so a client that keeps asking without waiting is delayed.
REFUSAL_S: Final = 1.0

# Waiting for a form costs next to nothing; its action is charged when it has arrived.
FORM_COST: Final = 0.2

TOKEN_COOKIE: Final = DOMAIN
CHOICE_COOKIE: Final = f"{DOMAIN}_choice"
CHOICE_S: Final = 365 * 86_400

# By default, nothing is loaded, framed, cached or guessed.
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Server": "",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(slots=True)
class VisitorRequest:
    """One authorized request of a visitor."""

    request: web.Request
    visitors: VisitorManager
    data: SmartParkingData
    """The lot and all its features, also when it is unloaded meanwhile."""
    client: str
    """The key of the phone."""
    token: Token
    is_known: bool
    """Whether the token came with the request; otherwise it is new."""
    choice: Preferences

    @property
    def hass(self) -> HomeAssistant:
        """The Home Assistant instance."""
        return self.visitors.hass

    @property
    def coordinator(self) -> LotCoordinator:
        """The coordinator of the lot."""
        return self.visitors.coordinator

    @property
    def is_head(self) -> bool:
        """Whether it is a HEAD request: it is not counted, and changes nothing."""
        return self.request.method == hdrs.METH_HEAD

    @property
    def driver(self) -> str:
        """The driver's name of the visitor's holds."""
        return self.token.driver

    @property
    def session(self) -> Session | None:
        """The session of the visitor."""
        return self.visitors.sessions.get(self.driver)

    @property
    def texts(self) -> DriverTexts:
        """The texts of the visitor's language."""
        return _texts(self.request, self.choice)

    @property
    def robots_header(self) -> dict[str, str]:
        """The header that lets search engines list a response, if they may.

        They may if an owner has switched on their feed, in a lot that is open to the internet. All
        other responses have the default header, which forbids it.
        """
        may = self.visitors.options.remote and self.data.open_data.is_for_search
        return {"X-Robots-Tag": "all"} if may else {}

    def choose(self, fields: Mapping[str, str]) -> None:
        """Apply the visitor's choice."""
        gates = {gate.gate_id for gate in self.coordinator.lot.gates}
        languages = self.hass.data[DATA_TEXTS]
        self.choice = self.choice.changed(fields, gates, languages)

    def begin(self) -> Session:
        """Return the session of the visitor, which begins now unless there is one."""
        return self.visitors.begin(self.driver, self.client, self.hass.loop.time())

    def check_open(self) -> None:
        """Raise `HTTPNotFound` when the page was closed or moved during the request.

        A request that has waited must not continue then: its response would be for another address.
        """
        if manager_at(self.hass, self.request.match_info["secret"]) is not self.visitors:
            raise web.HTTPNotFound

    async def read_form(self, cost: float) -> Mapping[str, str]:
        """Return the fields of the form, charged with the cost of its action.

        Raises an `HTTPException` if there is none, or it is not allowed now. All of that may take a
        while, so the page is checked to be still open. A form that never arrives costs nothing
        more.
        """
        form = await read_form(self.request)
        await _charge(self.visitors, self.client, cost)
        self.check_open()
        return form

    def is_own_form(self, text: str) -> bool:
        """Return whether a form comes from the visitor's own page."""
        return (
            self.is_known
            and is_from_here(self.request)
            and self.visitors.tokens.is_form(self.token, text)
        )

    def write_cookies(self, response: web.StreamResponse) -> None:
        """Write the cookies of the token, and of the choice."""
        if self.is_head:
            return
        now, options = epoch_s(), self.visitors.options
        # A token from the future was made by a clock that was wrong.
        if not self.is_known or abs(now - self.token.issued) > options.renew_s:
            tokens = self.visitors.tokens
            text = tokens.write(tokens.renewed(self.token, now))
            self._write_cookie(response, TOKEN_COOKIE, text, options.token_s)
        choice = self.choice.write()
        if choice != self.request.cookies.get(CHOICE_COOKIE, ""):
            self._write_cookie(response, CHOICE_COOKIE, choice, CHOICE_S)

    def forget_cookies(self, response: web.StreamResponse) -> None:
        """Delete all cookies."""
        for name in (TOKEN_COOKIE, CHOICE_COOKIE):
            response.del_cookie(name, path=self._path)

    @property
    def _path(self) -> str:
        """The path of cookies: the page with and without the slash at the end."""
        return self.visitors.base.rstrip("/")

    def _write_cookie(
        self, response: web.StreamResponse, name: str, text: str, lasts_s: float
    ) -> None:
        """Write a cookie that is hidden from scripts and not sent by other sites."""
        response.set_cookie(
            name,
            text,
            max_age=int(lasts_s),
            path=self._path,
            secure=self.request.secure,
            httponly=True,
            samesite="Lax",
        )


async def authorize(request: web.Request, secret: str, cost: float = 1.0) -> VisitorRequest:
    """Authorize a request, and charge its cost to the client's limit per minute.

    Raises `HTTPNotFound`, as for an unknown address, unless the secret is that of a lot whose page
    is on and may be seen from the client's network; `HTTPTooManyRequests` above the limit.
    """
    hass = request.app[KEY_HASS]
    visitors = manager_at(hass, secret)
    if visitors is None or is_cloud_connection(hass):
        raise web.HTTPNotFound
    address = _address_of(request)
    if address is None or not ((is_local := network.is_local(address)) or visitors.options.remote):
        raise web.HTTPNotFound
    client = client_of(address, is_local=is_local)
    await _charge(visitors, client, cost)
    tokens, cookies = visitors.tokens, request.cookies
    token = tokens.read(cookies.get(TOKEN_COOKIE, ""))
    visit = VisitorRequest(
        request,
        visitors,
        visitors.coordinator.entry.runtime_data,
        client,
        token or tokens.new(epoch_s()),
        token is not None,
        _choice(request),
    )
    if not visit.is_head:
        visitors.sessions.touch(visit.driver, hass.loop.time())
    return visit


async def _charge(visitors: VisitorManager, client: str, cost: float) -> None:
    """Charge a client, or raise `HTTPTooManyRequests`."""
    if wait_s := visitors.wait_s(client, cost):
        await asyncio.sleep(REFUSAL_S)
        raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: str(ceil(wait_s))})


def _choice(request: web.Request) -> Preferences:
    """Return the visitor's choice from the cookie."""
    return Preferences.read(request.cookies.get(CHOICE_COOKIE, ""))


def _texts(request: web.Request, choice: Preferences) -> DriverTexts:
    """Return the texts of the visitor's language."""
    hass = request.app[KEY_HASS]
    header = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
    languages = hass.data[DATA_TEXTS]
    return get_texts(hass, choice.language or accepted_language(header, languages))


def _address_of(request: web.Request) -> IPv4Address | IPv6Address | None:
    """Return the client's address; None when there is none, as with a Unix socket."""
    try:
        return ip_address(request.remote or "")
    except ValueError:
        return None


class VisitorView(HomeAssistantView):
    """Base of the visitors' views. Its handlers begin with `authorize`.

    It answers every method, so that a 405 reveals nothing.
    """

    requires_auth = False

    @override
    def register(
        self, hass: HomeAssistant, app: web.Application, router: web.UrlDispatcher
    ) -> None:
        """Register for all methods; other origins may read nothing."""
        assert self.url is not None  # noqa: S101  every view has one
        handler = request_handler_factory(hass, self, self.handle)
        for url in (self.url, *self.extra_urls):
            router.add_route(hdrs.METH_ANY, url, handler)

    async def handle(self, request: web.Request, **parts: str) -> web.StreamResponse:
        """Handle a request, and secure the response."""
        handlers = {
            method: handler
            for method in (hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS, hdrs.METH_POST)
            if (handler := getattr(self, method.lower(), None)) is not None
        }
        if hdrs.METH_GET in handlers:
            # HEAD is GET without a body, and without its counts.
            handlers.setdefault(hdrs.METH_HEAD, handlers[hdrs.METH_GET])
        try:
            if (handler := handlers.get(request.method)) is None:
                await self.refuse(request, **parts)
                raise web.HTTPMethodNotAllowed(request.method, handlers)
            response: web.StreamResponse = await handler(request, **parts)
        except web.HTTPNotFound:
            raise
        except web.HTTPTooManyRequests as err:
            if not is_page_wanted(request):
                secure(err)
                raise
            # The action of a refused form is not repeated: the page is loaded instead.
            base = BASE.format_map(parts) + "/" if "secret" in parts else request.path
            response = busy_page(err, _texts(request, _choice(request)), base)
        except web.HTTPException as err:
            secure(err)
            raise
        if not response.prepared:
            secure(response)
            await async_send(request, response)
        return response

    async def refuse(self, request: web.Request, **parts: str) -> None:
        """Raise `HTTPNotFound` for a client without access."""
        await authorize(request, parts["secret"])


def secure(response: Any) -> None:
    """Set the security headers that a response has not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
