"""Serves a promotion's picture, and leads to its page while counting that somebody goes there.

For whoever is logged in, or has a signed path. Visitors have addresses of their own.
"""

from datetime import timedelta
from http import HTTPStatus
import secrets

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.setup import async_when_setup
from yarl import URL

from .const import DOMAIN
from .coordinator import SmartParkingConfigEntry
from .lot.promotions import Promotion
from .promotion_picture import async_read_picture
from .promotions import Promotions
from .sources.base import SourceError

PICTURE_URL = f"/api/{DOMAIN}/promotion/{{entry_id}}/{{promotion_id}}/picture"
LINK_URL = f"/api/{DOMAIN}/promotion/{{entry_id}}/{{promotion_id}}/link/{{whose}}"

# A message may be read the next day.
VALID = timedelta(days=2)

# A picture is read as what it is, and by nobody but the page that shows it.
PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
LINK_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@callback
def async_setup_promotion_views(hass: HomeAssistant) -> None:
    """Serve as soon as there is a server; many a test has none."""
    async_when_setup(hass, "http", _async_serve)


async def _async_serve(hass: HomeAssistant, _http: str) -> None:
    """Serve pictures and links."""
    hass.http.register_view(PictureView)
    hass.http.register_view(LinkView)


@callback
def picture_path(hass: HomeAssistant, entry_id: str, promotion: Promotion) -> str | None:
    """Return where a promotion's picture is for two days, without logging in; None without one."""
    path = PICTURE_URL.format(entry_id=entry_id, promotion_id=promotion.promotion_id)
    return _signed(hass, path) if promotion.picture else None


@callback
def link_path(hass: HomeAssistant, entry_id: str, promotion: Promotion) -> str | None:
    """Return what leads to a promotion's page for two days, and counts; None without a link.

    No two are the same: whoever gets one counts one click, however often they follow it.
    """
    path = LINK_URL.format(
        entry_id=entry_id, promotion_id=promotion.promotion_id, whose=secrets.token_urlsafe(8)
    )
    return _signed(hass, path) if promotion.link else None


@callback
def whole_address(hass: HomeAssistant, path: str | None) -> str | None:
    """Return a path with this Home Assistant's address before it; None when that is not known.

    The companion apps open a path within themselves, and add to it what breaks its signature; an
    address they leave to the browser as it is.
    """
    if path is None:
        return None
    try:
        return f"{get_url(hass, prefer_external=True)}{path}"
    except NoURLAvailableError:
        return None


@callback
def _signed(hass: HomeAssistant, path: str) -> str | None:
    """Return a path signed by Home Assistant itself; None while nothing is served yet."""
    if "http" not in hass.config.components:
        return None
    return async_sign_path(hass, path, VALID, use_content_user=True)


def _promotions(hass: HomeAssistant, entry_id: str) -> Promotions | None:
    """Return the promotions of a lot that is at work."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    found = (one.runtime_data.promotions for one in entries if one.entry_id == entry_id)
    return next(found, None)


class PictureView(HomeAssistantView):
    """The picture of a promotion."""

    url = PICTURE_URL
    name = f"api:{DOMAIN}:promotion:picture"

    async def get(self, request: web.Request, entry_id: str, promotion_id: str) -> web.Response:
        """Return the picture."""
        hass = request.app[KEY_HASS]
        promotions = _promotions(hass, entry_id)
        promotion = None if promotions is None else promotions.get(promotion_id)
        if promotion is None or not promotion.picture:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        try:
            picture = await async_read_picture(hass, promotion.picture)
        except SourceError:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(
            body=picture.body, content_type=picture.content_type, headers=PICTURE_HEADERS
        )


class LinkView(HomeAssistantView):
    """The way to a promotion's page."""

    url = LINK_URL
    name = f"api:{DOMAIN}:promotion:link"

    async def get(
        self, request: web.Request, entry_id: str, promotion_id: str, whose: str
    ) -> web.Response:
        """Count a click, and lead on."""
        promotions = _promotions(request.app[KEY_HASS], entry_id)
        link = None if promotions is None else promotions.async_clicked(promotion_id, whose)
        if link is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(
            status=HTTPStatus.FOUND, headers={**LINK_HEADERS, "Location": str(URL(link))}
        )
