"""Views for push subscriptions of visitors' browsers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ...live.snapshot import Json
from ...web_address import read_address
from ..access import BASE, FORM_COST, VisitorRequest, VisitorView, authorize
from ..static_files import FOLDER, OWN, PageFile, read_file
from .prompt import Prompt
from .subscription import Subscription, SubscriptionError, UnknownServiceError
from .vapid import async_push_keys

COST: Final = 2.0
# A browser on this machine takes the page for safe without https.
THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")

SCRIPT: Final = "push.js"
# A service worker may control what is below its own path, so its file is beside the page.
WORKER: Final = "sw.js"
PUSH_FILES: HassKey[Mapping[str, PageFile]] = HassKey(f"{DOMAIN}_push_files")


async def async_setup_push_files(hass: HomeAssistant) -> None:
    """Load the scripts."""
    folder = FOLDER / OWN / "push"
    hass.data[PUSH_FILES] = await hass.async_add_executor_job(
        lambda: {name: read_file(folder / name) for name in (SCRIPT, WORKER)}
    )


def _is_offered(visit: VisitorRequest) -> bool:
    """Return whether push is possible: browsers allow it to pages on https only."""
    return visit.visitors.options.push and (visit.request.secure or _is_this_machine(visit))


def _is_this_machine(visit: VisitorRequest) -> bool:
    """Return whether the browser's address is this machine."""
    try:
        return read_address(f"//{visit.request.host}").host in THIS_MACHINE
    except ValueError:
        return False


async def async_get_prompt(visit: VisitorRequest) -> Prompt | None:
    """Return the offer for the page, if push is possible."""
    if not _is_offered(visit):
        return None
    keys = await async_push_keys(visit.hass)
    visit.visitors.async_use_push_key(keys.public)
    visit.visitors.push.async_set_language(visit.driver, visit.texts.language)
    session = visit.session
    return Prompt(
        f"{SCRIPT}?v={visit.hass.data[PUSH_FILES][SCRIPT].tag}",
        keys.public,
        is_on=session is not None and session.push is not None,
        has_promotions=any(True for _ in visit.data.promotions),
    )


class PushFileView(VisitorView):
    """View of the scripts: one for the page, and the service worker."""

    url = f"{BASE}/{{name:push[.]js|sw[.]js}}"
    name = f"api:{DOMAIN}:visitor:push:file"

    async def get(self, request: web.Request, secret: str, name: str) -> web.Response:
        """Return a script."""
        visit = await authorize(request, secret)
        file = visit.hass.data[PUSH_FILES][name]
        return web.Response(
            body=file.body,
            content_type=file.content_type,
            charset="utf-8",
            headers={
                hdrs.CACHE_CONTROL: "public, max-age=3600",
                # Permissions of a service worker, which could not run in a sandbox.
                "Content-Security-Policy": "default-src 'none'; img-src 'self'",
            },
        )


class PushView(VisitorView):
    """View of subscriptions."""

    url = f"{BASE}/push"
    name = f"api:{DOMAIN}:visitor:push"

    async def post(self, request: web.Request, secret: str) -> web.Response:
        """Subscribe or unsubscribe."""
        visit = await authorize(request, secret, FORM_COST)
        if not _is_offered(visit):
            raise web.HTTPNotFound
        form = await visit.read_form(COST)
        if not _is_offered(visit):
            # Push has been switched off while the form was on its way.
            raise web.HTTPNotFound
        if not visit.is_own_form(form.get("form", "")):
            return _answer(HTTPStatus.FORBIDDEN, {"error": "session"})
        push = visit.visitors.push
        if form.get("do") == "off":
            push.async_unsubscribe(visit.driver)
            await visit.visitors.async_store()
            return _answer(HTTPStatus.OK, {"on": False})
        if visit.session is None:
            return _answer(HTTPStatus.CONFLICT, {"error": "nothing_asked"})
        try:
            subscription = Subscription.read(form, visit.texts.language)
        except UnknownServiceError:
            return _answer(HTTPStatus.CONFLICT, {"error": "unknown_service"})
        except SubscriptionError:
            raise web.HTTPBadRequest from None
        most = visit.visitors.options.holds
        push.async_subscribe(visit.driver, visit.begin(), subscription, most)
        await visit.visitors.async_store()
        return _answer(HTTPStatus.OK, {"on": True})


def _answer(status: HTTPStatus, content: dict[str, Json]) -> web.Response:
    """Return JSON to the page's script."""
    return web.Response(status=status, body=json_bytes(content), content_type="application/json")
