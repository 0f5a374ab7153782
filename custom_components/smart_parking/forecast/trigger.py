"""The trigger for what is to come: a lot will be full soon."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, cast, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..automation_targets import full_times_among
from ..clock import epoch_s
from ..data import SmartParkingConfigEntry

CONF_WITHIN: Final = "within"
WITHIN: Final = timedelta(minutes=30)

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS, default={}): {
            vol.Required(CONF_WITHIN, default=WITHIN): cv.positive_time_period
        },
    }
)

# A time that moves by less is the same one.
MARGIN_S: Final = 900.0
# What is said first after nothing was known has not become so now.
FRESH_S: Final = 120.0


class LotWillBeFull(Trigger):
    """A lot that has free bays will probably be full within a time, and was not to be before."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check the target and the time."""
        return cast("ConfigType", SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize for the lots that are targeted."""
        super().__init__(hass, config)
        assert config.target is not None  # noqa: S101  the schema wants one
        self._target = config.target
        options: Mapping[str, timedelta] = config.options or {}
        self._within_s = options.get(CONF_WITHIN, WITHIN).total_seconds()

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Start to watch when lots will be full."""
        watch = _Watch(self._hass, self._within_s, run_action)

        @callback
        def changed(data: TargetStateChangedData) -> None:
            change = data.state_change_event.data
            watch.async_look(change["entity_id"], change["new_state"])

        @callback
        def updated(added: set[str], removed: set[str], states: Mapping[str, State | None]) -> None:
            for entity_id in removed:
                watch.async_look(entity_id, None)
            for entity_id in added:
                watch.async_look(entity_id, states.get(entity_id), may_run=False)

        unsubscribe = await async_track_target_selector_state_change_event(
            self._hass, self._target, changed, self.entity_filter, updated
        )

        @callback
        def stop() -> None:
            unsubscribe()
            watch.async_stop()

        return stop

    def entity_filter(self, entity_ids: set[str]) -> set[str]:
        """Return the sensors of the lots that are targeted."""
        return full_times_among(self._hass, entity_ids, self._target)


class _Watch:
    """When some lots will be full, and which of them are so near to it that it has been told."""

    def __init__(
        self, hass: HomeAssistant, within_s: float, run_action: TriggerActionRunner
    ) -> None:
        """Initialize; nothing is watched yet."""
        self._hass = hass
        self._within_s = within_s
        self._run_action = run_action
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._near: set[str] = set()

    @callback
    def async_stop(self) -> None:
        """Watch nothing any more."""
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()

    @callback
    def async_look(self, entity_id: str, state: State | None, *, may_run: bool = True) -> None:
        """Run what is to be run if a lot has come near, or wait until it has."""
        if (cancel := self._timers.pop(entity_id, None)) is not None:
            cancel()
        full_at = None if state is None else dt_util.parse_datetime(state.state)
        if state is None or full_at is None:
            self._near.discard(entity_id)
            return
        wait_s = full_at.timestamp() - self._within_s - epoch_s()
        if wait_s > MARGIN_S:
            self._near.discard(entity_id)
        if wait_s > 0.0:
            self._async_wait(entity_id, wait_s)
        elif entity_id not in self._near:
            self._near.add(entity_id)
            if may_run and self._is_news(entity_id):
                self._run_action(
                    {ATTR_ENTITY_ID: entity_id, "full_at": full_at, "to_state": state},
                    f"time of {entity_id}",
                    state.context,
                )

    @callback
    def _async_wait(self, entity_id: str, wait_s: float) -> None:
        @callback
        def ring(_now: object) -> None:
            del self._timers[entity_id]
            self.async_look(entity_id, self._hass.states.get(entity_id))

        self._timers[entity_id] = async_call_later(self._hass, wait_s, ring)

    def _is_news(self, entity_id: str) -> bool:
        """Return whether a lot was known before, and is not full yet."""
        entry = er.async_get(self._hass).async_get(entity_id)
        lot_id = "" if entry is None else entry.config_entry_id or ""
        lot: SmartParkingConfigEntry | None = self._hass.config_entries.async_get_entry(lot_id)
        if lot is None or lot.state is not ConfigEntryState.LOADED:
            return False
        since = lot.runtime_data.forecast.known_since
        is_known = since is not None and epoch_s() - since > FRESH_S
        return is_known and lot.runtime_data.lot.is_full is not True
