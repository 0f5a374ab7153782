"""Views of promotions: the picture, and the link, which counts a click.

For logged-in users, and for signed paths. Visitors have views of their own.
"""

from datetime import timedelta
from hashlib import blake2b
import hmac
from http import HTTPStatus
import secrets

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util.hass_dict import HassKey
from yarl import URL

from ..const import DOMAIN
from ..data import SmartParkingConfigEntry, SmartParkingData
from ..errors import SmartParkingError
from ..lot.promotions.model import Promotion
from ..permissions import Caller
from .picture import async_read_picture

PICTURE_URL = f"/api/{DOMAIN}/promotion/{{entry_id}}/{{promotion_id}}/picture"
LINK_URL = f"/api/{DOMAIN}/promotion/{{entry_id}}/{{promotion_id}}/link/{{way}}"

# A message may be read the next day.
VALID = timedelta(days=2)

# Browsers must not guess a picture's type, load anything for it, or share it in a cache.
PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
LINK_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

# Number of counted clicks that are stored; more within two days come from no people.
CLICKS_MAX = 10_000
_NONCE_BYTES = 9
_MAC_BYTES = 12


class Clicks:
    """Tokens of links, one for each impression: they are signed, and each counts one click."""

    def __init__(self) -> None:
        """Initialize with a new secret at every start, as Home Assistant's signatures do."""
        self._key = secrets.token_bytes(16)
        self._counted: dict[str, None] = {}

    def new(self, entry_id: str, promotion_id: str) -> str:
        """Return a new token for the path of a link."""
        nonce = secrets.token_hex(_NONCE_BYTES)
        return f"{nonce}{self._mac(entry_id, promotion_id, nonce)}"

    def take(self, entry_id: str, promotion_id: str, way: str) -> bool:
        """Return whether a token was made here, and is used for the first time."""
        nonce, mac = way[: 2 * _NONCE_BYTES], way[2 * _NONCE_BYTES :]
        expected = self._mac(entry_id, promotion_id, nonce)
        is_ours = hmac.compare_digest(mac.encode(errors="replace"), expected.encode())
        if not is_ours or way in self._counted:
            return False
        self._counted[way] = None
        if len(self._counted) > CLICKS_MAX:
            del self._counted[next(iter(self._counted))]
        return True

    def _mac(self, *parts: str) -> str:
        """Return the signature of a token."""
        signed = "\0".join(parts).encode(errors="replace")
        return blake2b(signed, key=self._key, digest_size=_MAC_BYTES).hexdigest()


CLICKS: HassKey[Clicks] = HassKey(f"{DOMAIN}_clicks")


@callback
def async_setup_promotion_views(hass: HomeAssistant) -> None:
    """Serve pictures and links."""
    hass.http.register_view(PictureView)
    hass.http.register_view(LinkView)


@callback
def picture_path(hass: HomeAssistant, entry_id: str, promotion: Promotion) -> str | None:
    """Return the signed path of a promotion's picture, valid for two days; None without one."""
    path = PICTURE_URL.format(entry_id=entry_id, promotion_id=promotion.promotion_id)
    return _signed(hass, path) if promotion.picture else None


@callback
def link_path(hass: HomeAssistant, entry_id: str, promotion: Promotion) -> str | None:
    """Return the signed path of a promotion's link, valid for two days; None without a link.

    It is for one impression: it counts one click, however often it is followed.
    """
    path = LINK_URL.format(
        entry_id=entry_id,
        promotion_id=promotion.promotion_id,
        way=_clicks(hass).new(entry_id, promotion.promotion_id),
    )
    return _signed(hass, path) if promotion.link else None


@callback
def whole_address(hass: HomeAssistant, path: str | None) -> str | None:
    """Return a path with the address of this Home Assistant; None when that is unknown.

    The companion apps open a bare path in their own window, and add a parameter that breaks its
    signature; a whole address they open in the browser unchanged.
    """
    if path is None:
        return None
    try:
        return f"{get_url(hass, prefer_external=True)}{path}"
    except NoURLAvailableError:
        return None


@callback
def _signed(hass: HomeAssistant, path: str) -> str:
    """Return a path signed by Home Assistant itself."""
    return async_sign_path(hass, path, VALID, use_content_user=True)


@callback
def _clicks(hass: HomeAssistant) -> Clicks:
    """Return the tokens of this Home Assistant, which are the same after a lot is reloaded."""
    if (clicks := hass.data.get(CLICKS)) is None:
        clicks = hass.data[CLICKS] = Clicks()
    return clicks


def _lot(request: web.Request, entry_id: str) -> SmartParkingData:
    """Return a loaded lot that the caller may see.

    Raises `HTTPNotFound` when there is none, `HTTPForbidden` without permission.
    """
    entries: list[SmartParkingConfigEntry]
    entries = request.app[KEY_HASS].config_entries.async_loaded_entries(DOMAIN)
    found = next((one.runtime_data for one in entries if one.entry_id == entry_id), None)
    if found is None:
        raise web.HTTPNotFound
    if not Caller.of_request(request).may_read(found.coordinator):
        raise web.HTTPForbidden
    return found


class PictureView(HomeAssistantView):
    """View of a promotion's picture."""

    url = PICTURE_URL
    name = f"api:{DOMAIN}:promotion:picture"

    async def get(self, request: web.Request, entry_id: str, promotion_id: str) -> web.Response:
        """Return the picture."""
        promotion = _lot(request, entry_id).promotions.get(promotion_id)
        if promotion is None or not promotion.picture:
            raise web.HTTPNotFound
        try:
            picture = await async_read_picture(request.app[KEY_HASS], promotion.picture)
        except SmartParkingError:
            raise web.HTTPNotFound from None
        return web.Response(
            body=picture.body, content_type=picture.content_type, headers=PICTURE_HEADERS
        )


class LinkView(HomeAssistantView):
    """View of a promotion's link."""

    url = LINK_URL
    name = f"api:{DOMAIN}:promotion:link"

    async def get(
        self, request: web.Request, entry_id: str, promotion_id: str, way: str
    ) -> web.Response:
        """Redirect, and count a click for a valid token."""
        promotions = _lot(request, entry_id).promotions
        promotion = promotions.get(promotion_id)
        if promotion is None or not promotion.link:
            raise web.HTTPNotFound
        if _clicks(request.app[KEY_HASS]).take(entry_id, promotion_id, way):
            promotions.async_clicked(promotion_id)
        return web.Response(
            status=HTTPStatus.FOUND, headers={**LINK_HEADERS, "Location": str(URL(promotion.link))}
        )
