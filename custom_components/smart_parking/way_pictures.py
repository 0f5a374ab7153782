"""Pictures of the ways of a lot, painted when somebody looks, and kept for a little while."""

import asyncio
from dataclasses import replace
from typing import NamedTuple, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .coordinator import LotCoordinator
from .data import SmartParkingConfigEntry
from .feature import Feature
from .lot.lot import Changes
from .plan.png import to_png
from .plan.scene import Sight, draw
from .plan.view import WIDTH_PX
from .sights import sight_of
from .words import words_for

# So long a picture is given to whoever asks, with the other bays as they were when it was painted.
KEPT_S = 60.0
# A picture takes some 50 kB. As many may be waited for.
KEPT_MAX = 32


class _Kept(NamedTuple):
    """A picture, painted or about to be."""

    painting: asyncio.Task[bytes]
    until: float


class WayPictures(Feature):
    """The pictures of one lot.

    They are painted one at a time, as a picture takes a Raspberry Pi a good part of a second of one
    of its cores; who asks for what is being painted waits for the same picture.
    """

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Paint the ways of a lot."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._kept: dict[tuple[str, str | None], _Kept] = {}
        self._brush = asyncio.Lock()

    async def async_get(self, gate_id: str, bay_id: str | None) -> bytes:
        """Return the way from a gate to a bay as PNG; without a bay, that the lot is full.

        Raises `HomeAssistantError` when too many pictures are being waited for.
        """
        key = gate_id, bay_id
        now = self._hass.loop.time()
        kept = self._kept.get(key)
        if kept is None or kept.until <= now:
            self._kept.pop(key, None)
            self._make_room()
            painting = self._coordinator.entry.async_create_task(
                self._hass,
                self._async_paint(self._sight(gate_id, bay_id)),
                f"{DOMAIN} way picture",
            )
            kept = self._kept[key] = _Kept(painting, now + KEPT_S)
        try:
            # Whoever does not wait any longer does not stop it for the others.
            return await asyncio.shield(kept.painting)
        except Exception:
            self._kept.pop(key, None)
            raise

    @override
    @callback
    def async_follow(self, changes: Changes) -> None:
        """Have pictures painted anew when bays and gates are elsewhere."""
        if changes.layout:
            self.async_forget()

    @callback
    def async_forget(self) -> None:
        """Have all pictures painted anew."""
        self._kept.clear()

    def _make_room(self) -> None:
        """Forget the oldest picture when there are too many."""
        if len(self._kept) < KEPT_MAX:
            return
        for key, kept in self._kept.items():
            if kept.painting.done():
                del self._kept[key]
                return
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="pictures_busy")

    async def _async_paint(self, sight: Sight) -> bytes:
        """Paint a picture when it is its turn."""
        async with self._brush:
            return await self._hass.async_add_executor_job(_paint, sight)

    def _sight(self, gate_id: str, bay_id: str | None) -> Sight:
        """Return what there is to be seen."""
        words = words_for(self._hass)
        sight = sight_of(self._coordinator.lot, gate_id, bay_id, words)
        return sight if bay_id is not None else replace(sight, sign=words.text("full"))


def _paint(sight: Sight) -> bytes:
    """Paint a picture."""
    return to_png(draw(sight), WIDTH_PX)


async def async_way_of_hold(hass: HomeAssistant, hold_id: str) -> bytes | None:
    """Return the way to the bay that a hold keeps as PNG, or None when there is no such hold.

    Raises `HomeAssistantError` when too many pictures are being waited for.
    """
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        data = entry.runtime_data
        hold, lot = data.guidance.get(hold_id), data.coordinator.lot
        if hold is None or not lot.has_gate(hold.gate_id):
            continue
        bay_id = hold.bay_id if hold.bay_id in lot else None
        return await data.route_images.async_get(hold.gate_id, bay_id)
    return None
