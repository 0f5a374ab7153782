"""The plan of a lot, shown in the forms in which it is written down, as they are filled in.

Home Assistant's forms tell what stands in them while somebody types, and show a line of text for
that; the plan itself is a picture in the form's description, of which one comes after the other.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar, Final, override

from aiohttp import web
from homeassistant.components import websocket_api
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from .const import DOMAIN
from .errors import SmartParkingError
from .plan_preview import PlanPreview, ReadChange
from .texts import DATA_TEXTS, async_setup_texts
from .websocket import Message, RefusedError, refusing_later

START: Final = f"{DOMAIN}/start_preview"
URL: Final = f"/api/{DOMAIN}/preview/{{flow_id}}.png"

SIGNED_FOR: Final = timedelta(hours=12)
# So many forms may be open at once; the oldest is without a plan then.
PREVIEWS_MAX: Final = 16
# So often it is looked whether anybody looks.
SEEN_S: Final = 5.0
BOUNDARY: Final = "plan"

PREVIEWS: HassKey[dict[str, PlanPreview]] = HassKey(f"{DOMAIN}_previews")
"""By the id of the flow."""
READY: HassKey[bool] = HassKey(f"{DOMAIN}_previews_ready")


async def async_setup_previews(hass: HomeAssistant) -> None:
    """Register the command, and serve the plans: once, for the first lot is not there yet."""
    if hass.data.get(READY):
        return
    hass.data[READY] = True
    websocket_api.async_register_command(hass, ws_start_preview)
    hass.http.register_view(PreviewView)
    if DATA_TEXTS not in hass.data:
        await async_setup_texts(hass)


@callback
def async_show_plan(
    hass: HomeAssistant,
    flow_id: str,
    read: ReadChange,
    answers: Mapping[str, Any],
    entry: ConfigEntry | None = None,
    own_id: str | None = None,
) -> str:
    """Return the plan with what stands in a form, to be put into its description.

    It is of a new lot, or of the lot of an entry, without the node or the gate `own_id`.
    """
    previews = hass.data.setdefault(PREVIEWS, {})
    preview = PlanPreview(read, answers, entry, own_id, previews.get(flow_id))
    async_forget_plan(hass, flow_id)
    while len(previews) >= PREVIEWS_MAX:
        async_forget_plan(hass, next(iter(previews)))
    previews[flow_id] = preview
    path = async_sign_path(hass, URL.format(flow_id=flow_id), SIGNED_FOR, use_content_user=True)
    # The same address would be the same picture to the form.
    return f"![]({path}#{id(preview)})"


@callback
def async_forget_plan(hass: HomeAssistant, flow_id: str) -> None:
    """Forget the plan of a form that nobody looks at any more."""
    if (preview := hass.data.get(PREVIEWS, {}).pop(flow_id, None)) is not None:
        preview.async_wake()


class PlanPreviewSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[ContextT, ResultT, HandlerT]
):
    """A flow that shows the plan in its forms, as long as it is open."""

    plan_preview: ClassVar[str | None] = DOMAIN

    @staticmethod
    @override
    async def async_setup_preview(hass: HomeAssistant) -> None:
        await async_setup_previews(hass)

    @callback
    @override
    def async_remove(self) -> None:
        super().async_remove()
        async_forget_plan(self.hass, self.flow_id)


@require_admin
@websocket_command(
    {
        vol.Required("type"): START,
        vol.Required("flow_id"): str,
        vol.Required("flow_type"): str,
        vol.Required("user_input"): dict,
    }
)
@async_response
@refusing_later
async def ws_start_preview(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Draw the plan with what stands in a form now, and say what that is."""
    if (preview := hass.data.get(PREVIEWS, {}).get(msg["flow_id"])) is None:
        raise RefusedError(ERR_NOT_FOUND, "no_lot")
    event: dict[str, Any]
    try:
        summary = await preview.async_update(hass, msg["user_input"])
    except SmartParkingError as err:
        event = {"error": str(err)}
    else:
        event = {"state": summary.text, "attributes": {"friendly_name": summary.name}}
    connection.subscriptions[msg["id"]] = _end
    connection.send_result(msg["id"])
    connection.send_message(event_message(msg["id"], event))


def _end() -> None:
    """End a subscription, of which nothing is left."""


class PreviewView(HomeAssistantView):
    """The plan of a form: one picture after the other, as long as somebody looks."""

    url = URL
    name = f"api:{DOMAIN}:preview"

    async def get(self, request: web.Request, flow_id: str) -> web.StreamResponse:
        """Stream the pictures."""
        hass = request.app[KEY_HASS]
        if (preview := hass.data.get(PREVIEWS, {}).get(flow_id)) is None:
            raise web.HTTPNotFound
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        response.content_type = "multipart/x-mixed-replace"
        response.headers["Content-Type"] = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        await response.prepare(request)
        shown: asyncio.Event | None = None
        while hass.data[PREVIEWS].get(flow_id) is preview and _is_seen(hass, request):
            changed = preview.changed
            if changed is not shown:
                shown = changed
                picture = await preview.async_paint(hass)
                head = f"--{BOUNDARY}\r\nContent-Type: image/png\r\nContent-Length: {len(picture)}"
                # Browsers show a picture when the next one begins.
                for _ in range(2):
                    await response.write(f"{head}\r\n\r\n".encode() + picture + b"\r\n")
            with suppress(TimeoutError):
                async with asyncio.timeout(SEEN_S):
                    await changed.wait()
        return response


def _is_seen(hass: HomeAssistant, request: web.Request) -> bool:
    """Return whether somebody still looks: a window that is closed says nothing."""
    transport = request.transport
    return transport is not None and not transport.is_closing() and not hass.is_stopping
