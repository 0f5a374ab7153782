"""Drawings of a lot's plan for the page, made on request and cached until the layout changes."""

import asyncio
from dataclasses import replace
from weakref import WeakKeyDictionary

from homeassistant.core import HomeAssistant, callback

from ..coordinator import LotCoordinator
from ..lot.lot import Lot
from ..rendering.level import LotPlan, draw_level
from ..rendering.scene import SceneData
from ..rendering.scene_builder import build_scene
from ..rendering.view import PAGE
from ..texts import DriverTexts

# Where the page finds pictures below the plan, seen from where it is itself.
GROUND_PATH = "ground/"
# A drawing takes some 20 kB.
CACHED_MAX = 64
# This many requests may wait for a drawing; the others get a page without one.
WAITING_MAX = 16

type _Key = tuple[int, str, str | None, str, bool]

_PLANS: WeakKeyDictionary[Lot, LotPlan] = WeakKeyDictionary()


def plan_of(lot: Lot) -> LotPlan:
    """Return the plan of a lot's current layout."""
    plan = _PLANS.get(lot)
    if plan is None or plan.edition != lot.edition:
        plan = _PLANS[lot] = LotPlan(lot)
    return plan


class PlanDrawings:
    """The drawings of one lot, made one at a time and outside of the event loop."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without drawings."""
        self._hass = hass
        self._state = 0
        self._cached: dict[_Key, str] = {}
        self._making: dict[_Key, asyncio.Future[str]] = {}
        self._pencil = asyncio.Lock()

    @callback
    def async_forget(self) -> None:
        """Discard all drawings, also one that is being made."""
        self._state += 1
        self._cached.clear()

    async def async_get(
        self,
        coordinator: LotCoordinator,
        gate_id: str,
        bay_id: str | None,
        texts: DriverTexts,
        *,
        alone: bool = False,
    ) -> str | None:
        """Return the route from a gate to a bay as SVG, without a bay the gate's level.

        None when too many requests are waiting.
        """
        key = self._state, gate_id, bay_id, texts.language, alone
        if (known := self._cached.get(key)) is not None:
            return known
        making = self._making.get(key)
        if making is None:
            if len(self._making) >= WAITING_MAX:
                return None
            lot = coordinator.lot
            scene_data = replace(
                build_scene(lot, gate_id, bay_id, texts), frame=PAGE, ground_path=GROUND_PATH
            )
            making = self._making[key] = coordinator.entry.async_create_task(
                self._hass,
                self._async_make(key, scene_data, plan_of(lot).name),
                "smart_parking drawing",
            )
            making.add_done_callback(lambda _: self._making.pop(key))
        # A cancelled request must not stop the drawing for the others.
        return await asyncio.shield(making)

    async def _async_make(self, key: _Key, scene_data: SceneData, name: str) -> str:
        """Make a drawing when it is its turn, and cache it."""
        async with self._pencil:
            drawing = await self._hass.async_add_executor_job(_draw, scene_data, name, key[-1])
        if key[0] == self._state:
            if len(self._cached) >= CACHED_MAX:
                del self._cached[next(iter(self._cached))]
            self._cached[key] = drawing
        return drawing


def _draw(scene_data: SceneData, name: str, alone: bool) -> str:
    """Draw a plan."""
    return draw_level(scene_data, name, alone=alone)
