"""Capacity of a lot: an event when it becomes full, and when it has vacant bays again."""

from collections.abc import Callable
from enum import StrEnum
from typing import override

from homeassistant.core import CALLBACK_TYPE, callback

from ..const import EVENT
from ..coordinator import LotCoordinator
from ..devices import async_get_or_create_lot_device
from ..feature import Feature
from ..listeners import Listeners
from ..lot.lot import Changes
from ..lot.model import BayKind


class CapacityEvent(StrEnum):
    """Event of a lot's capacity."""

    FULL = "full"
    FREED = "freed"


type TurnListener = Callable[[CapacityEvent, int], None]


class CapacityMonitor(Feature):
    """Monitors whether one lot is full."""

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Initialize for a lot whose state is unknown."""
        self._hass = coordinator.hass
        self._entry = coordinator.entry
        self._lot = coordinator.lot
        self._was_full: bool | None = None
        self._listeners = Listeners[CapacityEvent, int]()

    @override
    @callback
    def async_follow(self, changes: Changes) -> None:
        """Notify of a capacity event; the first known state of the lot is none."""
        is_full = self._lot.is_full if changes.counts else None
        if is_full is None or is_full is self._was_full:
            return
        was_full, self._was_full = self._was_full, is_full
        if was_full is None:
            return
        turn = CapacityEvent.FULL if is_full else CapacityEvent.FREED
        free = self._lot.free_for(BayKind.STANDARD)
        self._hass.bus.async_fire(
            EVENT,
            {
                "type": turn.value,
                "device_id": async_get_or_create_lot_device(self._hass, self._entry).id,
                "entry_id": self._entry.entry_id,
                "lot": self._entry.title,
                "free": free,
            },
        )
        self._listeners.async_notify(turn, free)

    @callback
    def async_listen(self, listener: TurnListener) -> CALLBACK_TYPE:
        """Call a listener with capacity events; return a function that removes it."""
        return self._listeners.async_add(listener)
