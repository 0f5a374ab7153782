"""View of the route image of a hold."""

from http import HTTPStatus

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import DOMAIN
from ..guidance.services import find_hold_of_image
from ..permissions import Caller
from ..signed_path import ROUTE_IMAGE_URL
from .route_images import async_hold_route_image

# The driver's phone may load it again after the route has changed.
NO_CACHE = {"Cache-Control": "private, no-cache"}


@callback
def async_setup_route_image_view(hass: HomeAssistant) -> None:
    """Register the view of route images."""
    hass.http.register_view(RouteImageView)


class RouteImageView(HomeAssistantView):
    """The route to a hold's bay; for logged-in users, and for signed paths."""

    url = ROUTE_IMAGE_URL
    name = f"api:{DOMAIN}:way"

    async def get(self, request: web.Request, image_id: str) -> web.Response:
        """Return the image."""
        hass = request.app[KEY_HASS]
        if (found := find_hold_of_image(hass, image_id)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        data, hold = found
        if not Caller.of_request(request).may_read(data.coordinator):
            raise web.HTTPForbidden
        try:
            image = await async_hold_route_image(data, hold)
        except HomeAssistantError:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from None
        if image is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(body=image, content_type="image/png", headers=NO_CACHE)
