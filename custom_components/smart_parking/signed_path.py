"""Signed path of a hold's route image: it works for a while, without logging in."""

from datetime import timedelta
from hashlib import sha256

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN

ROUTE_IMAGE_URL = f"/api/{DOMAIN}/way/{{image_id}}.png"


def route_image_id(hold_id: str) -> str:
    """Return the id of a hold's route image.

    Messages carry the path, and are recorded: the hold's id cannot be derived from it.
    """
    return sha256(hold_id.encode()).hexdigest()[:24]


@callback
def route_image_path(hass: HomeAssistant, hold_id: str, valid_s: float) -> str:
    """Return the path of the image of the route to a hold's bay, signed for some seconds.

    It is signed by Home Assistant itself, so that it outlives the session of the user.
    """
    return async_sign_path(
        hass,
        ROUTE_IMAGE_URL.format(image_id=route_image_id(hold_id)),
        timedelta(seconds=valid_s),
        use_content_user=True,
    )
