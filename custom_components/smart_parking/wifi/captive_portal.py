"""Tells a phone that joins the lot's Wi-Fi that there is a page: the captive portal API, RFC 8908.

The network keeps nobody captive. What is wanted of the standard is the address of the page, which
a phone shows to who has just joined. DHCP option 114 (RFC 8910) leads phones here.
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
    """Register the address that phones ask."""
    hass.http.register_view(CaptiveView)


class CaptiveView(VisitorView):
    """The state of the network, as RFC 8908 has it."""

    url = f"{BASE}/captive"
    name = f"api:{DOMAIN}:visitor:captive"

    async def get(self, request: web.Request, secret: str) -> web.Response:
        """Return that nobody is captive, and where the page is."""
        visit = await authorize(request, secret)
        return web.Response(
            body=json_bytes(
                {
                    "captive": False,
                    "venue-info-url": f"{origin_of(request)}{visit.visitors.base}",
                }
            ),
            content_type=CONTENT_TYPE,
            # RFC 8908, 4.1: an answer is for who asked.
            headers={hdrs.CACHE_CONTROL: "private"},
        )
