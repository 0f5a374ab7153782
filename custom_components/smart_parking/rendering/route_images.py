"""Images of a lot's routes, painted on request and cached for a short time."""

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

# Seconds for which an image is served from the cache; the other bays are as they were when it was
# painted.
CACHED_S = 60.0
# An image takes some 50 kB. The limit is for cached images, and for waiting requests.
CACHED_MAX = 32


class _Cached(NamedTuple):
    """An image that is painted or being painted."""

    painting: asyncio.Task[bytes]
    until: float


class RouteImages(Feature):
    """The route images of one lot.

    They are painted one at a time, because an image takes one core of a Raspberry Pi a good part of
    a second; requests for the same image share it.
    """

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Initialize for a lot."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._cached: dict[tuple[str, str | None], _Cached] = {}
        self._brush = asyncio.Lock()

    async def async_get(self, gate_id: str, bay_id: str | None) -> bytes:
        """Return the route from a gate to a bay as PNG; without a bay, the image of a full lot.

        Raises `HomeAssistantError` when too many requests are waiting.
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
            # A cancelled request must not stop the painting for the others.
            return await asyncio.shield(cached.painting)
        except Exception:
            self._cached.pop(key, None)
            raise

    @override
    @callback
    def async_follow(self, changes: Changes) -> None:
        """Discard all images when the layout changes."""
        if changes.layout:
            self.async_forget()

    @callback
    def async_forget(self) -> None:
        """Discard all images."""
        self._cached.clear()

    def _make_room(self) -> None:
        """Discard the oldest image when there are too many."""
        if len(self._cached) < CACHED_MAX:
            return
        for key, cached in self._cached.items():
            if cached.painting.done():
                del self._cached[key]
                return
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="pictures_busy")

    async def _async_paint(self, scene_data: SceneData) -> bytes:
        """Paint an image when it is its turn."""
        async with self._brush:
            return await self._hass.async_add_executor_job(_paint, scene_data)

    def _scene_data(self, gate_id: str, bay_id: str | None) -> SceneData:
        """Return the scene of an image."""
        texts = get_texts(self._hass)
        scene_data = build_scene(self._coordinator.lot, gate_id, bay_id, texts)
        return scene_data if bay_id is not None else replace(scene_data, sign=texts.text("full"))


def _paint(scene_data: SceneData) -> bytes:
    """Paint an image."""
    return to_png(draw(scene_data), WIDTH_PX)


async def async_hold_route_image(data: SmartParkingData, hold: Hold) -> bytes | None:
    """Return the route to a hold's bay as PNG, or None when its gate is removed.

    Raises `HomeAssistantError` when too many requests are waiting.
    """
    lot = data.coordinator.lot
    if not lot.has_gate(hold.gate_id):
        return None
    bay_id = hold.bay_id if hold.bay_id in lot else None
    return await data.route_images.async_get(hold.gate_id, bay_id)
