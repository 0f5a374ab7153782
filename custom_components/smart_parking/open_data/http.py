"""View of the feeds."""

from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..visitor.access import BASE, VisitorRequest, VisitorView, authorize
from .publisher import COPY_S, Copy

_GZIP = "gzip"
_ANY = "*"
_METHODS = f"{hdrs.METH_GET}, {hdrs.METH_HEAD}"
# Seconds for which a browser caches the answer to `options`.
_ASK_AGAIN_S = 3_600


@callback
def async_setup_open_data(hass: HomeAssistant) -> None:
    """Register the view."""
    hass.http.register_view(FeedView)


class FeedView(VisitorView):
    """A document, which pages of other origins may read, too."""

    url = f"{BASE}/feeds/{{name}}"
    name = f"api:{DOMAIN}:visitor:feed"

    async def get(self, request: web.Request, secret: str, name: str) -> web.Response:
        """Return a document, or 304 when the client has it."""
        visit, copy = await self._copy(request, secret, name)
        is_small = _GZIP in request.headers.get(hdrs.ACCEPT_ENCODING, "")
        # Different bytes need a different tag.
        tag = f"{copy.tag}-{_GZIP}" if is_small else copy.tag
        response = web.Response(
            headers={
                hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
                hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: hdrs.ETAG,
                hdrs.CACHE_CONTROL: f"public, max-age={COPY_S}",
                "Cross-Origin-Resource-Policy": "cross-origin",
                hdrs.LAST_MODIFIED: format_datetime(_seconds(copy.at), usegmt=True),
                hdrs.VARY: hdrs.ACCEPT_ENCODING,
                **visit.robots_header,
            },
        )
        response.etag = tag
        if _has_it(request, copy, tag):
            response.set_status(HTTPStatus.NOT_MODIFIED)
            return response
        response.content_type = copy.content_type
        if is_small:
            response.headers[hdrs.CONTENT_ENCODING] = _GZIP
        response.body = copy.compressed if is_small else copy.body
        return response

    async def options(self, request: web.Request, secret: str, name: str) -> web.Response:
        """Return to a browser what pages of other origins may send."""
        await self._copy(request, secret, name)
        return web.Response(
            status=HTTPStatus.NO_CONTENT,
            headers={
                hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
                hdrs.ACCESS_CONTROL_ALLOW_METHODS: _METHODS,
                hdrs.ACCESS_CONTROL_ALLOW_HEADERS: hdrs.IF_NONE_MATCH,
                hdrs.ACCESS_CONTROL_MAX_AGE: str(_ASK_AGAIN_S),
            },
        )

    async def _copy(
        self, request: web.Request, secret: str, name: str
    ) -> tuple[VisitorRequest, Copy]:
        """Return a document, or raise `HTTPNotFound` for an unknown one or one that is off."""
        visit = await authorize(request, secret)
        copy = await visit.data.open_data.async_get(name)
        if copy is None:
            raise web.HTTPNotFound
        return visit, copy


def _has_it(request: web.Request, copy: Copy, tag: str) -> bool:
    """Return whether a client has the current document: by its tag, else by its time."""
    if request.if_none_match is not None:
        return any(one.value in (tag, _ANY) for one in request.if_none_match)
    since = request.if_modified_since
    return since is not None and _seconds(copy.at) <= since


def _seconds(at: datetime) -> datetime:
    """Return a time in whole seconds, as in headers."""
    return at.astimezone(UTC).replace(microsecond=0)
