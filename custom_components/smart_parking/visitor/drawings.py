"""The plan of a lot as a page shows it: drawn when somebody looks, kept until the lot changes."""

import asyncio
from dataclasses import replace
from weakref import WeakKeyDictionary

from homeassistant.core import HomeAssistant, callback

from ..coordinator import LotCoordinator
from ..lot.lot import Lot
from ..plan.level import LotPlan, draw_level
from ..plan.scene import Sight
from ..plan.view import PAGE
from ..sights import sight_of
from ..words import Words

# A drawing takes some 20 kB.
KEPT_MAX = 64
# So many may wait for a drawing to be made; more get a page without one.
WAITING_MAX = 16

type _Key = tuple[int, str, str | None, str, bool]

_PLANS: WeakKeyDictionary[Lot, LotPlan] = WeakKeyDictionary()


def plan_of(lot: Lot) -> LotPlan:
    """Return the plan of a lot as it is built now."""
    plan = _PLANS.get(lot)
    if plan is None or plan.edition != lot.edition:
        plan = _PLANS[lot] = LotPlan(lot)
    return plan


class Drawings:
    """The drawings of one lot, made one at a time and beside the event loop."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self._state = 0
        self._kept: dict[_Key, str] = {}
        self._making: dict[_Key, asyncio.Future[str]] = {}
        self._pencil = asyncio.Lock()

    @callback
    def async_forget(self) -> None:
        """Have all drawings made anew; one that is being made is out of date already."""
        self._state += 1
        self._kept.clear()

    async def async_get(
        self,
        coordinator: LotCoordinator,
        gate_id: str,
        bay_id: str | None,
        words: Words,
        *,
        alone: bool = False,
    ) -> str | None:
        """Return the way from a gate to a bay as SVG, without a bay the gate's level.

        None when too many are being waited for.
        """
        key = self._state, gate_id, bay_id, words.language, alone
        if (known := self._kept.get(key)) is not None:
            return known
        making = self._making.get(key)
        if making is None:
            if len(self._making) >= WAITING_MAX:
                return None
            lot = coordinator.lot
            sight = replace(sight_of(lot, gate_id, bay_id, words), frame=PAGE)
            making = self._making[key] = coordinator.entry.async_create_task(
                self._hass, self._async_make(key, sight, plan_of(lot).name), "smart_parking drawing"
            )
            making.add_done_callback(lambda _: self._making.pop(key))
        # Whoever does not wait any longer does not stop it for the others.
        return await asyncio.shield(making)

    async def _async_make(self, key: _Key, sight: Sight, name: str) -> str:
        """Make a drawing when it is its turn, and keep it."""
        async with self._pencil:
            drawing = await self._hass.async_add_executor_job(_draw, sight, name, key[-1])
        if key[0] == self._state:
            if len(self._kept) >= KEPT_MAX:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = drawing
        return drawing


def _draw(sight: Sight, name: str, alone: bool) -> str:
    """Draw."""
    return draw_level(sight, name, alone=alone)
