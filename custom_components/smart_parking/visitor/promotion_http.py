"""Promotions on the page: the choice, the picture, and the link."""

from http import HTTPStatus

from aiohttp import hdrs, web
from homeassistant.core import callback
from yarl import URL

from ..const import DOMAIN
from ..errors import SmartParkingError
from ..lot.promotions.model import Promotion, When
from ..promotions.picture import async_read_picture
from .access import BASE, VisitorRequest, VisitorView, authorize
from .page import STILL
from .state import Status

# A picture is read from the owner's media.
PICTURE_COST = 2.0


@callback
def async_promotion_for(visit: VisitorRequest) -> Promotion | None:
    """Return the promotion for a visitor, and count it."""
    status = visit.visitors.state(visit.driver).status
    when = When.AFTER if status in (Status.ARRIVED, Status.PARKED, Status.DEPARTED) else When.BEFORE
    return visit.data.promotions.async_next(
        when,
        visit.driver,
        address=_address_of_stranger(visit),
        language=visit.texts.language,
        still=STILL in visit.request.query,
    )


@callback
def async_recognise(visit: VisitorRequest) -> None:
    """Record that a phone stores its cookie: it is no stranger at its address any more."""
    if visit.is_known and not visit.is_head:
        visit.data.promotions.async_recognise(visit.driver)


def _address_of_stranger(visit: VisitorRequest) -> str | None:
    """Return the address of a visitor who may be a program, or a browser without cookies."""
    return None if visit.is_known else visit.client


class LinkView(VisitorView):
    """View of a promotion's link."""

    url = f"{BASE}/p/{{promotion_id}}"
    name = f"api:{DOMAIN}:visitor:promotion"

    async def get(self, request: web.Request, secret: str, promotion_id: str) -> web.Response:
        """Count a click, and redirect."""
        visit = await authorize(request, secret)
        promotion = visit.data.promotions.get(promotion_id)
        if promotion is None or not promotion.link:
            raise web.HTTPNotFound
        if not visit.is_head:
            visit.data.promotions.async_clicked(
                promotion_id, visit.driver, address=_address_of_stranger(visit)
            )
        location = str(URL(promotion.link))
        response = web.Response(status=HTTPStatus.FOUND, headers={hdrs.LOCATION: location})
        # A visitor who opens the page next is no stranger then.
        visit.write_cookies(response)
        return response


class PictureView(VisitorView):
    """View of a promotion's picture."""

    url = f"{BASE}/p/{{promotion_id}}/picture"
    name = f"api:{DOMAIN}:visitor:promotion:picture"

    async def get(self, request: web.Request, secret: str, promotion_id: str) -> web.Response:
        """Return the picture."""
        visit = await authorize(request, secret, PICTURE_COST)
        async_recognise(visit)
        promotion = visit.data.promotions.get(promotion_id)
        if promotion is None or not promotion.picture:
            raise web.HTTPNotFound
        try:
            picture = await async_read_picture(visit.hass, promotion.picture)
        except SmartParkingError:
            raise web.HTTPNotFound from None
        return web.Response(
            body=picture.body,
            content_type=picture.content_type,
            headers={hdrs.CACHE_CONTROL: "private, max-age=3600"},
        )
