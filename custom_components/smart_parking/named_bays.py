"""Bays that triggers and conditions know by their labels, for they need not have entities."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import BEHAVIOR_ALL, BEHAVIOR_EACH
import voluptuous as vol

from .const import DOMAIN
from .data import SmartParkingConfigEntry, SmartParkingData
from .lookup import ATTR_BAY, LABELS, refuse
from .lot.lot import BayStatus, Changes
from .lot.model import BayState

NAMES = {vol.Optional(ATTR_CONFIG_ENTRY_ID): str, vol.Optional(ATTR_BAY): LABELS}
NO_TARGET: dict[str, Any] = {}

type Known = Callable[[BayStatus], bool | None]
"""Whether something is true of a bay; None while that is not known."""


# What is asked of a bay.


def is_free(bay: BayStatus) -> bool | None:
    """Return whether a driver may be sent there: vacant, and neither held nor closed."""
    return None if bay.occupied is None else bay.state is BayState.VACANT


def is_occupied(bay: BayStatus) -> bool | None:
    """Return whether a vehicle stands there."""
    return bay.occupied


def has_failed(bay: BayStatus) -> bool | None:
    """Return whether nothing is known because of its own sensor."""
    if bay.occupied is not None:
        return False
    return True if bay.fault is not None and bay.fault.is_of_one_sensor else None


def with_names(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written down of a trigger or condition, with an empty target if it has none.

    Raises `Invalid` when bays are both picked and named.
    """
    options, target = config.get(CONF_OPTIONS) or {}, config.get(CONF_TARGET) or {}
    if not options.get(ATTR_BAY):
        return {**config, CONF_OPTIONS: {**options}}
    if any(target.values()):
        raise vol.Invalid("bays are either picked or named by their labels")
    return {**config, CONF_TARGET: NO_TARGET}


class NamedBays:
    """Bays of one lot by their labels, whether the lot is at work or not."""

    def __init__(self, hass: HomeAssistant, options: Mapping[str, Any]) -> None:
        """Name a lot, unless there is only one, and its bays."""
        self._hass = hass
        self._entry_id: str | None = options.get(ATTR_CONFIG_ENTRY_ID)
        self.labels: list[str] = list(dict.fromkeys(options[ATTR_BAY]))

    @property
    def entry(self) -> SmartParkingConfigEntry:
        """The lot, or `ServiceValidationError` when it is not clear which, or it is no more."""
        entries: list[SmartParkingConfigEntry] = self._hass.config_entries.async_entries(DOMAIN)
        meant = [one for one in entries if self._entry_id in (None, one.entry_id)]
        if len(meant) == 1:
            return meant[0]
        raise refuse("which_lot" if meant else "no_lot")

    @property
    def _data(self) -> SmartParkingData | None:
        """The lot at work."""
        try:
            entry = self.entry
        except ServiceValidationError:
            return None
        return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None

    def __iter__(self) -> Iterator[tuple[str, BayStatus | None]]:
        """Yield what is known of each bay by its label; nothing where there is no such bay."""
        data = self._data
        for label in self.labels:
            bay = None if data is None else data.lot.find_bay(label)
            yield label, None if data is None or bay is None else data.lot[bay.bay_id]

    @callback
    def async_follow(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when any of them may have changed, until the returned is called."""
        entry = self.entry
        leave: list[CALLBACK_TYPE] = []

        @callback
        def changed(changes: Changes) -> None:
            ids = (one.bay.bay_id for _, one in self if one is not None)
            if changes.layout or not changes.bays.isdisjoint(ids):
                listener()

        @callback
        def attach() -> None:
            while leave:
                leave.pop()()
            if entry.state is ConfigEntryState.LOADED:
                leave.append(entry.runtime_data.coordinator.async_follow(changed))

        @callback
        def state_changed() -> None:
            attach()
            listener()

        attach()
        stop = entry.async_on_state_change(state_changed)

        @callback
        def unsubscribe() -> None:
            stop()
            while leave:
                leave.pop()()

        return unsubscribe


class BayWatch:
    """Tells when something becomes true of bays that are named.

    What comes back after nothing was known of it has become something only if it was something
    else before, and a time that it has to last begins anew.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        bays: NamedBays,
        known: Known,
        behavior: str,
        duration: timedelta | None,
        fire: Callable[[str], object],
    ) -> None:
        """Watch from now on; `fire` is called with the label of the bay that has become so."""
        self._hass = hass
        self._bays = bays
        self._known = known
        self._behavior = behavior
        self._duration = duration
        self._fire = fire
        self._values: dict[str, bool | None] = dict(self._look())
        self._last = {label: value for label, value in self._values.items() if value is not None}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._interrupted: set[str] = set()
        self._leave = bays.async_follow(self._async_update)

    @callback
    def async_stop(self) -> None:
        """Watch no longer."""
        self._leave()
        for key in [*self._timers]:
            self._timers.pop(key)()

    def _look(self) -> Iterator[tuple[str, bool | None]]:
        """Yield whether it is true of each bay."""
        for label, status in self._bays:
            yield label, None if status is None else self._known(status)

    @callback
    def _async_update(self) -> None:
        """Look what has changed."""
        before, self._values = self._values, dict(self._look())
        for label, now in self._values.items():
            if now is before[label]:
                continue
            key = label if self._behavior == BEHAVIOR_EACH else self._behavior
            was = self._last.get(label)
            if now is not None:
                self._last[label] = now
            if not self._holds(key):
                self._async_give_up(key, is_gap=now is None)
            if now and (was is False or key in self._interrupted) and self._is_complete(key):
                self._interrupted.discard(key)
                self._async_begin(key, label)

    def _holds(self, key: str) -> bool:
        """Return whether what is waited for is still so."""
        if self._behavior == BEHAVIOR_EACH:
            return bool(self._values[key])
        truths = [bool(value) for value in self._values.values()]
        return all(truths) if self._behavior == BEHAVIOR_ALL else any(truths)

    def _is_complete(self, key: str) -> bool:
        """Return whether it has just become so of as many bays as it takes."""
        if self._behavior in (BEHAVIOR_EACH, BEHAVIOR_ALL):
            return self._holds(key)
        return sum(bool(value) for value in self._values.values()) == 1

    @callback
    def _async_give_up(self, key: str, *, is_gap: bool) -> None:
        """Wait no longer, or again when it is known once more."""
        cancel = self._timers.pop(key, None)
        if cancel is not None:
            cancel()
        if not is_gap:
            self._interrupted.discard(key)
        elif cancel is not None:
            self._interrupted.add(key)

    @callback
    def _async_begin(self, key: str, label: str) -> None:
        """Tell it, or wait whether it lasts."""
        if not self._duration:
            self._fire(label)
            return

        @callback
        def lasted(_now: datetime) -> None:
            del self._timers[key]
            self._fire(label)

        if (cancel := self._timers.pop(key, None)) is not None:
            cancel()
        self._timers[key] = async_call_later(self._hass, self._duration, lasted)
