"""Views of the visitors' page."""

from http import HTTPStatus
from math import ceil
from typing import override

from aiohttp import ETag, hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS
from homeassistant.helpers.json import json_bytes

from ..const import DOMAIN
from ..ground_pictures import async_read_picture_for_visitors
from ..live.snapshot import Json
from ..lot.promotions.model import Promotion
from ..rendering.colours import colour
from .access import BASE, FORM_COST, HEADERS, VisitorRequest, VisitorView, authorize
from .actions import RefusedError, act
from .manager import manager_of_short_path
from .optional_parts import optional_part
from .page import render
from .page_data import async_drawing, async_get_page_data
from .plan_drawings import GROUND_PATH
from .promotion_http import LinkView, PictureView, async_promotion_for, async_recognise
from .push.http import PushFileView, PushView, async_setup_push_files
from .state import Action, Status
from .static_files import FILES, OWN, async_setup_files

# A page is drawn and written; the other costs are relative to that.
PAGE_COST = 4.0
FILE_COST = 0.2
# Many listeners follow an action, and the recorder writes it.
ACT_COST = 5.0
# The first stream makes a snapshot of the lot.
STREAM_COST = 4.0

HTML = "text/html"
SVG = "image/svg+xml"
EVENTS = "text/event-stream"

# The page asks for files at addresses with their version.
FOR_EVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"
# The same for all, and of now: a proxy may keep it for a moment, however many phones ask for it.
FOR_A_MOMENT = "public, max-age=1, stale-while-revalidate=5"
# When all pages that may be open are, a tenth more may be of those to whom something is promised.
EXTRA = 10
# A visitor with too many open pages may close one meanwhile.
STREAM_RETRY_S = "30"
DRAWING_RETRY_S = "5"

# The page may load its own files, and no others.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SHORT_URL = "/park/{short}"


async def async_setup_visitor_views(hass: HomeAssistant) -> None:
    """Register the views."""
    await async_setup_files(hass)
    await async_setup_push_files(hass)
    for view in VIEWS:
        hass.http.register_view(view)


class PageView(VisitorView):
    """View of the page."""

    url = f"{BASE}/"
    extra_urls = [BASE]  # noqa: RUF012  (as Home Assistant's views have it)
    name = f"api:{DOMAIN}:visitor"

    async def get(self, request: web.Request, secret: str) -> web.Response:
        """Return the page; choices in the query are applied."""
        visit = await authorize(request, secret, PAGE_COST)
        if not request.path.endswith("/"):
            # The page's relative addresses need the slash at the end.
            return _lead(visit.visitors.base, request.rel_url.raw_query_string)
        visit.choose(request.query)
        response = web.Response(
            content_type=HTML,
            charset="utf-8",
            headers={
                "Content-Security-Policy": POLICY,
                "Vary": "Accept-Language, Cookie",
                **visit.robots_header,
            },
            zlib_executor_size=32_768,
        )
        if visit.is_head:
            return response
        sheet = await async_get_page_data(visit, request.query.get("error"))
        visit.check_open()
        response.text = render(sheet)
        response.enable_compression()
        visit.write_cookies(response)
        return response


def _lead(base: str, query: str = "") -> web.Response:
    """Redirect to the page, by GET; the query is encoded already."""
    location = f"{base}?{query}" if query else base
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: location})


class ActView(VisitorView):
    """View of a visitor's actions."""

    url = f"{BASE}/act"
    name = f"api:{DOMAIN}:visitor:act"

    async def post(self, request: web.Request, secret: str) -> web.Response:
        """Run an action, and return the new state: as JSON to a script, else by the page."""
        visit = await authorize(request, secret, FORM_COST)
        form = await visit.read_form(ACT_COST)
        if not visit.is_own_form(form.get("form", "")):
            return _answer(visit, HTTPStatus.FORBIDDEN, {"error": "session"}, "error=session")
        if (wanted := form.get("do", "")) not in Action:
            raise web.HTTPBadRequest
        do = Action(wanted)
        visit.choose(form)
        try:
            with visit.visitors.push.answering(visit.driver):
                act(visit, do, form)
            await visit.visitors.async_store()
            visit.check_open()
        except RefusedError as err:
            response = _refusal(visit, err.key)
        else:
            shown = None
            if do in (Action.GUIDE, Action.PARKED, Action.YES):
                with optional_part(visit.hass, "promotions"):
                    shown = async_promotion_for(visit)
            response = _answer(
                visit, HTTPStatus.OK, {"mine": _state(visit), "promotion": _promotion(shown)}
            )
        if do is Action.FORGET:
            visit.forget_cookies(response)
        else:
            visit.write_cookies(response)
        return response


def _state(visit: VisitorRequest) -> dict[str, Json]:
    """Return the visitor's state; a page without a script shows the message itself."""
    if _wants_json(visit):
        return visit.visitors.state_data(visit.driver, visit.texts)
    return {}


def _refusal(visit: VisitorRequest, key: str) -> web.Response:
    """Return the reason of a refusal."""
    texts = visit.texts.texts
    if f"page_error_{key}" not in texts:
        key = "other"
    content: dict[str, Json] = {
        "error": key,
        "text": texts[f"page_error_{key}"],
        "mine": _state(visit),
    }
    return _answer(visit, HTTPStatus.CONFLICT, content, f"error={key}")


def _answer(
    visit: VisitorRequest, status: HTTPStatus, content: dict[str, Json], query: str = ""
) -> web.Response:
    """Return JSON to a script, and to any other client a redirect to the page."""
    if not _wants_json(visit):
        return _lead(visit.visitors.base, query)
    return web.Response(status=status, body=json_bytes(content), content_type="application/json")


def _wants_json(visit: VisitorRequest) -> bool:
    """Return whether the client is a script."""
    return "application/json" in visit.request.headers.get(hdrs.ACCEPT, "")


def _promotion(one: Promotion | None) -> Json:
    """Return a promotion for a script."""
    if one is None:
        return None
    return {
        "id": one.promotion_id,
        "title": one.title,
        "text": one.text,
        "link": bool(one.link),
        "picture": bool(one.picture),
    }


class StreamView(VisitorView):
    """View of the stream, as server-sent events."""

    url = f"{BASE}/stream"
    name = f"api:{DOMAIN}:visitor:stream"

    async def get(self, request: web.Request, secret: str) -> web.StreamResponse:
        """Stream the changes until the page is closed."""
        visit = await authorize(request, secret, STREAM_COST)
        async_recognise(visit)
        if visit.is_head:
            return web.Response(content_type=EVENTS)
        streams = visit.visitors.streams
        if not streams.places.take(visit.client, extra=_extra_places(visit)):
            raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: STREAM_RETRY_S})
        # A proxy that buffers the stream would delay it.
        headers = {**HEADERS, "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        response.content_type = EVENTS
        try:
            await streams.async_serve(response, request, visit.driver, visit.texts)
        finally:
            streams.places.leave(visit.client)
        return response


def _extra_places(visit: VisitorRequest) -> int:
    """Return how many places there are besides; who waits for nothing can do with asking."""
    is_promised = visit.visitors.state(visit.driver).status is not Status.NONE
    return ceil(visit.visitors.options.streams_total / EXTRA) if is_promised else 0


class LotView(VisitorView):
    """The lot as every visitor sees it, for who asks now and then instead of following it."""

    url = f"{BASE}/lot"
    name = f"api:{DOMAIN}:visitor:lot"

    async def get(self, request: web.Request, secret: str) -> web.Response:
        """Return what a stream begins with."""
        visit = await authorize(request, secret)
        response = web.Response(
            content_type="application/json",
            headers={hdrs.CACHE_CONTROL: FOR_A_MOMENT, hdrs.VARY: hdrs.ACCEPT_ENCODING},
            zlib_executor_size=32_768,
        )
        if visit.is_head:
            return response
        picture = visit.visitors.streams.async_look()
        # Of what differs by the time in it, and perhaps is compressed.
        response.etag = ETag(picture.tag, is_weak=True)
        if any(picture.tag == tag.value for tag in request.if_none_match or ()):
            response.set_status(HTTPStatus.NOT_MODIFIED)
            return response
        response.body = picture.whole()
        response.enable_compression()
        return response


class PlanImageView(VisitorView):
    """View of the plan's image."""

    url = f"{BASE}/plan.svg"
    name = f"api:{DOMAIN}:visitor:plan"

    async def get(self, request: web.Request, secret: str) -> web.Response:
        """Return the plan."""
        visit = await authorize(request, secret, PAGE_COST)
        if not visit.coordinator.lot.gates:
            raise web.HTTPNotFound
        # A page has the style already, and its policy allows no other.
        in_page = "page" in request.query
        if (drawing := await async_drawing(visit, alone=not in_page)) is None:
            raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: DRAWING_RETRY_S})
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
        return web.Response(
            text=drawing, content_type=SVG, headers={"Content-Security-Policy": policy}
        )


class GroundView(VisitorView):
    """The pictures below the plan that an owner shows to visitors."""

    url = f"{BASE}/{GROUND_PATH}{{name}}"
    name = f"api:{DOMAIN}:visitor:ground"

    async def get(self, request: web.Request, secret: str, name: str) -> web.Response:
        """Return the picture."""
        visit = await authorize(request, secret, PAGE_COST)
        grounds = visit.coordinator.lot.surroundings.grounds
        if not any(one.public and one.picture == name for one in grounds):
            raise web.HTTPNotFound
        entry_id = visit.coordinator.entry.entry_id
        picture = await async_read_picture_for_visitors(visit.hass, entry_id, name)
        visit.check_open()
        if picture is None:
            raise web.HTTPNotFound
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
        headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": policy}
        return web.Response(body=picture.body, content_type=picture.content_type, headers=headers)


class ManifestView(VisitorView):
    """View of the web app manifest, with which a phone can install the page."""

    url = f"{BASE}/manifest.webmanifest"
    name = f"api:{DOMAIN}:visitor:manifest"

    async def get(self, request: web.Request, secret: str) -> web.Response:
        """Return the manifest."""
        visit = await authorize(request, secret)
        files = visit.hass.data[FILES]
        icons: list[Json] = [
            {
                "src": f"{files.address}/{OWN}/{name}-{size}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, purpose in (("icon", "any"), ("mask", "maskable"))
            for size in (192, 512)
        ]
        manifest: dict[str, Json] = {
            "name": visit.coordinator.entry.title,
            "short_name": visit.coordinator.entry.title,
            "lang": visit.texts.language,
            "id": "./",
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": colour("background"),
            "theme_color": colour("background"),
            "icons": icons,
        }
        return web.Response(body=json_bytes(manifest), content_type="application/manifest+json")


class FileView(VisitorView):
    """View of the page's files."""

    url = f"{BASE}/files/{{version}}/{{name:(({OWN}|shared)/)?[a-z0-9-]+[.][a-z]+}}"
    name = f"api:{DOMAIN}:visitor:file"

    async def get(self, request: web.Request, secret: str, version: str, name: str) -> web.Response:
        """Return a file."""
        visit = await authorize(request, secret, FILE_COST)
        files = visit.hass.data[FILES]
        if (file := files.by_name.get(name)) is None:
            raise web.HTTPNotFound
        current = version == files.version
        response = web.Response(
            content_type=file.content_type,
            charset="utf-8" if file.compressed else None,
            headers={
                hdrs.CACHE_CONTROL: FOR_EVER if current else FOR_AN_HOUR,
                hdrs.VARY: "Accept-Encoding",
            },
        )
        response.etag = file.tag
        if any(tag.value == file.tag for tag in request.if_none_match or ()):
            response.set_status(HTTPStatus.NOT_MODIFIED)
        elif file.compressed and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            response.headers[hdrs.CONTENT_ENCODING] = "gzip"
            response.body = file.compressed
        else:
            response.body = file.body
        return response


class ShortView(VisitorView):
    """View of the short address, which people can type from a sign."""

    url = SHORT_URL
    name = f"{DOMAIN}:visitor:short"

    async def get(self, request: web.Request, short: str) -> web.Response:
        """Redirect to the page."""
        found = manager_of_short_path(request.app[KEY_HASS], short)
        visit = await authorize(request, "" if found is None else found.options.secret)
        return _lead(visit.visitors.base, request.rel_url.raw_query_string)

    @override
    async def refuse(self, request: web.Request, **parts: str) -> None:
        """Raise `HTTPNotFound` for a client without access."""
        await self.get(request, parts["short"])


VIEWS = (
    PageView,
    ActView,
    StreamView,
    LotView,
    PlanImageView,
    GroundView,
    ManifestView,
    FileView,
    LinkView,
    PictureView,
    PushView,
    PushFileView,
    ShortView,
)
