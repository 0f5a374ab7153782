"""The plan of a lot, shown in the forms in which its bays are written down, as they are filled in.

Home Assistant's forms tell what stands in them while somebody types, and show a line of text for
that; the plan itself is a picture in the form's description, of which one comes after the other.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Final, override

from aiohttp import web
from homeassistant.components import websocket_api
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import require_admin, websocket_command
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from .const import CONF_BAY_ID, CONF_BAYS, CONF_LABEL, DOMAIN, SUBENTRY_GATE, SUBENTRY_NODE
from .errors import SmartParkingError
from .lot.drawing.surroundings import Surroundings
from .lot.lot import Lot
from .lot.model import Gate
from .options import read_surroundings
from .rendering.marks import Drawing, Window
from .rendering.png import to_png
from .rendering.scene import SceneData, draw
from .sources.base import Row
from .sources.bay_table import BAYS_MAX, bay_of, gate_of
from .texts import DATA_TEXTS, DriverTexts, async_setup_texts, get_texts
from .websocket import Message, RefusedError, refusing

START: Final = f"{DOMAIN}/start_preview"
URL: Final = f"/api/{DOMAIN}/preview/{{flow_id}}.png"

SIGNED_FOR: Final = timedelta(hours=12)
# So many forms may be open at once; the oldest is without a plan then.
PREVIEWS_MAX: Final = 16
WIDTH_PX: Final = 900
# So often it is looked whether anybody looks.
SEEN_S: Final = 5.0
BOUNDARY: Final = "plan"

NOTHING: Final = Drawing(title="", window=Window(0.0, 0.0, 300.0, 40.0), marks=())

type ReadRows = Callable[[Mapping[str, Any]], Sequence[Row]]


class PlanPreview:
    """The plan of a lot as it would be with what stands in a form."""

    def __init__(self, read: ReadRows, entry: ConfigEntry | None, own_id: str | None) -> None:
        """Read bays from answers by `read`; all else, but the node `own_id`, is the lot's."""
        self._read = read
        self._others: list[Row] = []
        self._gates: list[Gate] = []
        self._surroundings = Surroundings()
        if entry is not None:
            for node in entry.get_subentries_of_type(SUBENTRY_NODE):
                if node.subentry_id != own_id:
                    self._others += node.data[CONF_BAYS]
            self._gates = [
                gate_of(one.subentry_id, one.title, one.data)
                for one in entry.get_subentries_of_type(SUBENTRY_GATE)
            ]
            self._surroundings = read_surroundings(entry.options)
        self._rows: Sequence[Row] = ()
        self.changed = asyncio.Event()
        """Is set when something else stands in the form; then there is another one."""
        self._brush = asyncio.Lock()

    @callback
    def async_update(self, answers: Mapping[str, Any]) -> int:
        """Take over what stands in the form, and return how many bays there are.

        Raises `SmartParkingError` when it cannot be understood: the plan stays as it was.
        """
        self._rows = [*self._read(answers)][:BAYS_MAX]
        self.async_wake()
        return len(self._rows)

    @callback
    def async_wake(self) -> None:
        """Wake whoever waits for something else."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def async_paint(self, hass: HomeAssistant) -> bytes:
        """Return the plan as PNG, of the level of the last bay."""
        texts = get_texts(hass)
        async with self._brush:
            return await hass.async_add_executor_job(self._paint, self._rows, texts)

    def _paint(self, rows: Sequence[Row], texts: DriverTexts) -> bytes:
        """Return the plan. For the executor."""
        lot = Lot()
        lot.set_bays(
            bay_of({CONF_LABEL: "", **row, CONF_BAY_ID: str(number)})
            for number, row in enumerate([*self._others, *rows])
        )
        for gate in self._gates:
            lot.set_gate(gate)
        lot.set_surroundings(self._surroundings)
        for status in lot:
            status.occupied, status.fault = False, None
        bays = [status.bay for status in lot]
        if not bays:
            return to_png(NOTHING, WIDTH_PX)
        level = bays[-1].level
        network, note = lot.network, texts.level(level)
        scene_data = SceneData(
            bays=[*lot],
            shapes=network.shapes,
            gates=[replace(one, heading=network.headings[one.gate_id]) for one in lot.gates],
            gate=Gate(gate_id="", name="", level=level),
            surroundings=lot.surroundings.on(level),
            note=note[:1].upper() + note[1:] if level else "",
        )
        return to_png(draw(scene_data), WIDTH_PX)


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
    read: ReadRows,
    answers: Mapping[str, Any],
    entry: ConfigEntry | None = None,
    own_id: str | None = None,
) -> str:
    """Return the plan as it is now with what stands in a form, to be put into its description."""
    previews = hass.data.setdefault(PREVIEWS, {})
    preview = PlanPreview(read, entry, own_id)
    # The form says what is wrong; the plan comes when it is mended.
    with suppress(SmartParkingError):
        preview.async_update(answers)
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
@callback
@websocket_command(
    {
        vol.Required("type"): START,
        vol.Required("flow_id"): str,
        vol.Required("flow_type"): str,
        vol.Required("user_input"): dict,
    }
)
@refusing
def ws_start_preview(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
    """Draw the plan with what stands in a form now, and say how many bays there are."""
    if (preview := hass.data.get(PREVIEWS, {}).get(msg["flow_id"])) is None:
        raise RefusedError(ERR_NOT_FOUND, "no_lot")
    texts = get_texts(hass)
    event: dict[str, Any]
    try:
        count = preview.async_update(msg["user_input"])
    except SmartParkingError as err:
        event = {"error": str(err)}
    else:
        name = {"friendly_name": texts.text("editor_plan")}
        event = {"state": f"{count} {texts.plural('bays_any', count)}", "attributes": name}
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
