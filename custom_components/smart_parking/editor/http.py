"""Takes and serves the pictures below a plan: for administrators only."""

from http import HTTPStatus

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import DOMAIN
from ..data import SmartParkingConfigEntry
from ..errors import InvalidInputError
from ..permissions import Caller
from .pictures import BYTES_MAX, async_read_picture, async_save_picture

UPLOAD_URL = f"/api/{DOMAIN}/editor/{{entry_id}}/picture"
PICTURE_URL = f"{UPLOAD_URL}/{{name}}"

HEADERS = {
    "Cache-Control": "private, max-age=86400",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@callback
def async_setup_editor_views(hass: HomeAssistant) -> None:
    """Serve pictures, and take them."""
    hass.http.register_view(UploadView)
    hass.http.register_view(PictureView)


def _check(request: web.Request, entry_id: str) -> HomeAssistant:
    """Return Home Assistant for who may draw a lot that there is.

    Raises `HTTPNotFound` when there is none, `Unauthorized` when they may not.
    """
    hass = request.app[KEY_HASS]
    entry: SmartParkingConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        raise web.HTTPNotFound
    Caller.of_request(request).check_edits(entry.title)
    return hass


class UploadView(HomeAssistantView):
    """Takes pictures."""

    url = UPLOAD_URL
    name = f"api:{DOMAIN}:editor:upload"

    async def post(self, request: web.Request, entry_id: str) -> web.Response:
        """Save a picture, which is the whole body, and answer its id."""
        hass = _check(request, entry_id)
        body = bytearray()
        async for chunk in request.content.iter_chunked(1 << 16):
            body += chunk
            if len(body) > BYTES_MAX:
                return self._refuse("big_picture", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            name = await async_save_picture(hass, entry_id, bytes(body))
        except InvalidInputError as err:
            return self._refuse(err.key, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return self.json({"picture": name})

    def _refuse(self, key: str, status: HTTPStatus) -> web.Response:
        """Answer why a picture is not taken."""
        return self.json({"error": key}, status_code=status)


class PictureView(HomeAssistantView):
    """Serves pictures."""

    url = PICTURE_URL
    name = f"api:{DOMAIN}:editor:picture"

    async def get(self, request: web.Request, entry_id: str, name: str) -> web.Response:
        """Return a picture."""
        hass = _check(request, entry_id)
        if (picture := await async_read_picture(hass, entry_id, name)) is None:
            raise web.HTTPNotFound
        return web.Response(body=picture.body, content_type=picture.content_type, headers=HEADERS)
