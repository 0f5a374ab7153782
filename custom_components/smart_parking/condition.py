"""Conditions: a lot is full or has vacant bays, a bay is free or occupied.

An unknown state fulfils no condition: it is neither free nor occupied, neither full nor not.
"""

from typing import override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityConditionBase,
)
import voluptuous as vol

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
from .const import CONF_KIND

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
    """Checks bays."""

    _domain_specs = BAYS

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
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether it is free."""
        return is_free(entity_state)


class BayIsOccupied(_OfBays):
    """A vehicle stands in a bay."""

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
