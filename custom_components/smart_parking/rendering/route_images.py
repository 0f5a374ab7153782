"""Pictures of the ways of a lot, painted when somebody looks, and kept for a little while."""

import asyncio
from dataclasses import replace
from typing import NamedTuple, override

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..coordinator import LotCoordinator
from ..data import SmartParkingData
from ..feature import Feature
from ..lot.holds.hold import Hold
from ..lot.lot import Changes
from ..texts import get_texts
from .png import to_png
from .scene import SceneData, draw
from .scene_builder import build_scene
from .view import WIDTH_PX

# So long a picture is given to whoever asks, with the other bays as they were when it was painted.
CACHED_S = 60.0
# A picture takes some 50 kB. As many may be waited for.
CACHED_MAX = 32


class _Cached(NamedTuple):
    """A picture, painted or about to be."""

    painting: asyncio.Task[bytes]
    until: float


class RouteImages(Feature):
    """The pictures of one lot.

    They are painted one at a time, as a picture takes a Raspberry Pi a good part of a second of one
    of its cores; who asks for what is being painted waits for the same picture.
    """

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Paint the ways of a lot."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._cached: dict[tuple[str, str | None], _Cached] = {}
        self._brush = asyncio.Lock()

    async def async_get(self, gate_id: str, bay_id: str | None) -> bytes:
        """Return the way from a gate to a bay as PNG; without a bay, that the lot is full.

        Raises `HomeAssistantError` when too many pictures are being waited for.
        """
        key = gate_id, bay_id
        now = self._hass.loop.time()
        cached = self._cached.get(key)
        if cached is None or cached.until <= now:
            self._cached.pop(key, None)
            self._make_room()
            painting = self._coordinator.entry.async_create_task(
                self._hass,
                self._async_paint(self._scene_data(gate_id, bay_id)),
                f"{DOMAIN} way picture",
            )
            cached = self._cached[key] = _Cached(painting, now + CACHED_S)
        try:
            # Whoever does not wait any longer does not stop it for the others.
            return await asyncio.shield(cached.painting)
        except Exception:
            self._cached.pop(key, None)
            raise

    @override
    @callback
    def async_follow(self, changes: Changes) -> None:
        """Prepare pictures painted anew when bays and gates are elsewhere."""
        if changes.layout:
            self.async_forget()

    @callback
    def async_forget(self) -> None:
        """Discard all pictures."""
        self._cached.clear()

    def _make_room(self) -> None:
        """Forget the oldest picture when there are too many."""
        if len(self._cached) < CACHED_MAX:
            return
        for key, cached in self._cached.items():
            if cached.painting.done():
                del self._cached[key]
                return
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="pictures_busy")

    async def _async_paint(self, scene_data: SceneData) -> bytes:
        """Paint a picture when it is its turn."""
        async with self._brush:
            return await self._hass.async_add_executor_job(_paint, scene_data)

    def _scene_data(self, gate_id: str, bay_id: str | None) -> SceneData:
        """Return what there is to be seen."""
        texts = get_texts(self._hass)
        scene_data = build_scene(self._coordinator.lot, gate_id, bay_id, texts)
        return scene_data if bay_id is not None else replace(scene_data, sign=texts.text("full"))


def _paint(scene_data: SceneData) -> bytes:
    """Paint a picture."""
    return to_png(draw(scene_data), WIDTH_PX)


async def async_hold_route_image(data: SmartParkingData, hold: Hold) -> bytes | None:
    """Return the way to the bay that a hold keeps as PNG, or None when its gate is no more.

    Raises `HomeAssistantError` when too many pictures are being waited for.
    """
    lot = data.coordinator.lot
    if not lot.has_gate(hold.gate_id):
        return None
    bay_id = hold.bay_id if hold.bay_id in lot else None
    return await data.route_images.async_get(hold.gate_id, bay_id)
