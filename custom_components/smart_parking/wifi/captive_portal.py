"""Captive portal API (RFC 8908): a phone that joins the lot's Wi-Fi learns the page's address.

The network keeps no phone captive. Only the address of the page is used, which a phone shows to a
user who has just joined. DHCP option 114 (RFC 8910) leads phones here.
"""

from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import json_bytes

from ..const import DOMAIN
from ..visitor.access import BASE, VisitorView, authorize
from ..visitor.urls import origin_of

CONTENT_TYPE: Final = "application/captive+json"


@callback
def async_setup_captive_portal(hass: HomeAssistant) -> None:
    """Register the view."""
    hass.http.register_view(CaptiveView)


class CaptiveView(VisitorView):
    """View of the network's state, as in RFC 8908."""

    url = f"{BASE}/captive"
    name = f"api:{DOMAIN}:visitor:captive"

    async def get(self, request: web.Request, secret: str) -> web.Response:
        """Return that no phone is captive, and the address of the page."""
        visit = await authorize(request, secret)
        return web.Response(
            body=json_bytes(
                {
                    "captive": False,
                    "venue-info-url": f"{origin_of(request)}{visit.visitors.base}",
                }
            ),
            content_type=CONTENT_TYPE,
            # RFC 8908, 4.1: a response is for one client.
            headers={hdrs.CACHE_CONTROL: "private"},
        )
