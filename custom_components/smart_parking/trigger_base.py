"""Base of the triggers.

A state after a gap triggers only if it differs from the one before the gap. `for` counts only known
time: after a gap it begins anew.

Home Assistant offers no hook for gaps. This is the one place that overrides its private members; a
test pins them, so that a release that changes them is noticed.
"""

from abc import abstractmethod
from typing import ClassVar, override

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    ATTR_BEHAVIOR,
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .automation_targets import BAYS, COUNTS, KIND_OPTIONS, UNKNOWN_STATES, bays_among, counts_among
from .const import CONF_KIND
from .lookup import ATTR_BAY
from .lot.lot import BayStatus
from .named_bays import NAMES, BayWatch, NamedBays, with_names


class OfBays(EntityTriggerBase):
    """Watches bays: entities that are targeted, or bays that are named by their labels."""

    _domain_specs = BAYS
    _schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(
        {vol.Required(CONF_OPTIONS, default={}): NAMES}
    )

    @abstractmethod
    def is_so(self, bay: BayStatus) -> bool | None:
        """Return whether what is waited for is so of a bay that is named, None if not known."""

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return what is written down, checked; bays that are named need no target."""
        return await super().async_validate_config(hass, with_names(config))

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Start to watch."""
        if not self._options.get(ATTR_BAY):
            return await super().async_attach_runner(run_action, did_not_trigger)
        bays = NamedBays(self._hass, self._options)

        @callback
        def fire(label: str) -> None:
            entry = bays.entry
            run_action(
                {
                    ATTR_BAY: label,
                    "lot": entry.title,
                    ATTR_CONFIG_ENTRY_ID: entry.entry_id,
                    "for": self._duration,
                },
                f"bay {label} of {entry.title}",
            )

        watch = BayWatch(
            self._hass,
            bays,
            self.is_so,
            self._options[ATTR_BEHAVIOR],
            self._duration,
            fire,
        )
        return watch.async_stop

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the bays among the entities."""
        return bays_among(self._hass, entities, self._target)


class OfCounts(EntityTriggerBase):
    """Watches counts of vacant bays."""

    _domain_specs = COUNTS
    _schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(KIND_OPTIONS)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the counts among the entities."""
        return counts_among(self._hass, entities, self._target, self._options[CONF_KIND])


class OfUnavailable(EntityTriggerBase):
    """Watches unavailable entities, too, which other triggers must not see."""

    _excluded_states = frozenset()  # type: ignore[misc]  # declared final


class Became(EntityTriggerBase):
    """A state becomes one that fits."""

    # The state before a gap is stored here instead.
    _excluded_from_states: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize without states."""
        super().__init__(hass, config)
        self._before_gap: dict[str, State] = {}
        self._interrupted: set[str] = set()

    @abstractmethod
    def fits(self, state: State) -> bool:
        """Return whether a state is one to trigger on."""

    @override
    def _should_include(self, state: State) -> bool:
        """Return True, because "all are free" is false when one is unknown."""
        return True

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether a state is one to trigger on."""
        return self.fits(state)

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether the state did not fit before, or the gap came while the trigger waited."""
        waiting = {to_state.entity_id, self._options[ATTR_BEHAVIOR]}
        was_interrupted = not self._interrupted.isdisjoint(waiting)
        self._interrupted -= waiting
        if from_state.state not in UNKNOWN_STATES:
            return not self.fits(from_state)
        before = self._before_gap.get(to_state.entity_id)
        return was_interrupted or (before is not None and not self.fits(before))

    @override
    @callback
    def _cancel_invalidated_timers(
        self,
        behavior: str,
        pending_timers: dict[str, CALLBACK_TYPE],
        target_state_change_data: TargetStateChangedData,
    ) -> None:
        """Record the timers that a gap has cancelled: they begin anew after it."""
        before = set(pending_timers)
        super()._cancel_invalidated_timers(behavior, pending_timers, target_state_change_data)
        if _opens_gap(target_state_change_data):
            self._interrupted |= before - pending_timers.keys()

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Start to watch."""

        @callback
        def remember(data: TargetStateChangedData) -> None:
            change = data.state_change_event.data
            if _opens_gap(data) and change["old_state"] is not None:
                self._before_gap[change["entity_id"]] = change["old_state"]

        stop_remembering = await async_track_target_selector_state_change_event(
            self._hass, self._target, remember, self.entity_filter
        )
        detach = await super().async_attach_runner(run_action, did_not_trigger)

        @callback
        def stop() -> None:
            stop_remembering()
            detach()

        return stop


def _opens_gap(data: TargetStateChangedData) -> bool:
    """Return whether a known state becomes unknown."""
    old, new = (data.state_change_event.data[key] for key in ("old_state", "new_state"))
    return _is_known(old) and not _is_known(new)


def _is_known(state: State | None) -> bool:
    """Return whether a state is known."""
    return state is not None and state.state not in UNKNOWN_STATES
