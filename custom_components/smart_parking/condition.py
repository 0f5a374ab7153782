"""Conditions: a lot is full or has vacant bays, a bay is free or occupied.

An unknown state fulfils no condition: it is neither free nor occupied, neither full nor not.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Unpack, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State
from homeassistant.helpers.condition import (
    BEHAVIOR_ALL,
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    EntityConditionBase,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from . import named_bays
from .automation_targets import (
    BAYS,
    COUNTS,
    KIND_OPTIONS,
    bays_among,
    counts_among,
    has_free,
    is_free,
    is_full,
    is_occupied,
)
from .clock import epoch_s
from .const import CONF_KIND
from .lookup import ATTR_BAY
from .lot.lot import BayStatus
from .named_bays import NAMES, NamedBays, with_names

CONF_AT_LEAST = "at_least"


class _OfKnown(EntityConditionBase):
    """Checks all targeted entities, also the unknown ones."""

    @override
    def _should_include(self, _state: State) -> bool:
        """Return True, because "all are free" is false when one is unknown."""
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Return whether all entities match; False without any."""
        return bool(states) and super()._check_all_match_state(states)


class _OfBays(_OfKnown):
    """Looks at bays: entities that are targeted, or bays that are named by their labels."""

    _domain_specs = BAYS
    _schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
        {vol.Required(CONF_OPTIONS, default={}): NAMES}
    )

    @abstractmethod
    def is_so(self, bay: BayStatus) -> bool | None:
        """Return whether it is so of a bay that is named, None if that is not known."""

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return what is written down, checked; bays that are named need no target."""
        return await super().async_validate_config(hass, with_names(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Initialize for the bays that are targeted or named."""
        super().__init__(hass, config)
        options = config.options or {}
        self._bays = NamedBays(hass, options) if options.get(ATTR_BAY) else None

    @override
    async def _async_setup(self) -> None:
        """Start to follow what is targeted; a lot knows itself since when a bay is as it is."""
        if self._bays is None:
            await super()._async_setup()

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Return whether it is so."""
        if self._bays is None:
            return super()._async_check(**kwargs)
        truths = [status is not None and self._is_so(status) for _, status in self._bays]
        return all(truths) if self._behavior == BEHAVIOR_ALL else any(truths)

    def _is_so(self, bay: BayStatus) -> bool:
        """Return whether it is so of a bay, and has been for long enough."""
        lasts_s = 0.0 if self._duration is None else self._duration.total_seconds()
        return bool(self.is_so(bay)) and epoch_s() - bay.since >= lasts_s

    @override
    async def _async_track_changes(self, action: Callable[[], None]) -> CALLBACK_TYPE:
        """Call an action when it may be otherwise."""
        if self._bays is None:
            return await super()._async_track_changes(action)
        return self._bays.async_follow(action)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the bays among the entities."""
        return bays_among(self._hass, entities, self._target)


class _OfCounts(_OfKnown):
    """Checks counts of vacant bays."""

    _domain_specs = COUNTS
    _schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(KIND_OPTIONS)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Initialize for the counts of a kind."""
        super().__init__(hass, config)
        self._asked = config.options or {}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the counts among the entities."""
        return counts_among(self._hass, entities, self._target, self._asked[CONF_KIND])


class BayIsFree(_OfBays):
    """A driver may be sent to a bay."""

    @override
    def is_so(self, bay: BayStatus) -> bool | None:
        """Return whether it is so of a bay that is named."""
        return named_bays.is_free(bay)

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether it is free."""
        return is_free(entity_state)


class BayIsOccupied(_OfBays):
    """A vehicle stands in a bay."""

    @override
    def is_so(self, bay: BayStatus) -> bool | None:
        """Return whether it is so of a bay that is named."""
        return named_bays.is_occupied(bay)

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether it is occupied."""
        return is_occupied(entity_state)


class LotIsFull(_OfCounts):
    """No bay is vacant."""

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether no bay is vacant."""
        return is_full(entity_state)


class LotHasFree(_OfCounts):
    """Enough bays are vacant."""

    _schema = _OfCounts._schema.extend(  # noqa: SLF001  (its own family's)
        {
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Optional(CONF_AT_LEAST, default=1): vol.All(vol.Coerce(int), vol.Range(min=1))
            }
        }
    )

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether enough bays are vacant."""
        return has_free(entity_state, self._asked[CONF_AT_LEAST])


CONDITIONS: dict[str, type[Condition]] = {
    "bay_is_free": BayIsFree,
    "bay_is_occupied": BayIsOccupied,
    "lot_has_free": LotHasFree,
    "lot_is_full": LotIsFull,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
