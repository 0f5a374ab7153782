"""Triggers: a car park became full or will be, a bay became free, a sensor failed."""

from typing import override

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.trigger import NotTriggeredReasonReporter, Trigger

from . import named_bays
from .automation_targets import has_free, is_free, is_full, is_occupied, sensor_has_failed
from .forecast.trigger import LotWillBeFull
from .lot.lot import BayStatus
from .trigger_base import Became, OfBays, OfCounts, OfUnavailable


class BayBecameFree(OfBays, Became):
    """A bay becomes free: it may be offered, and could not be before."""

    @override
    def is_so(self, bay: BayStatus) -> bool | None:
        """Return whether it is so of a bay that is named."""
        return named_bays.is_free(bay)

    @override
    def fits(self, state: State) -> bool:
        """Return whether the bay is free."""
        return is_free(state)


class BayBecameOccupied(OfBays, Became):
    """A vehicle stands in a bay, and did not before."""

    @override
    def is_so(self, bay: BayStatus) -> bool | None:
        """Return whether it is so of a bay that is named."""
        return named_bays.is_occupied(bay)

    @override
    def fits(self, state: State) -> bool:
        """Return whether the bay is occupied."""
        return is_occupied(state)


class BaySensorFailed(OfBays, OfUnavailable):
    """A bay is unavailable because of its own sensor, and was available before."""

    @override
    def is_so(self, bay: BayStatus) -> bool | None:
        """Return whether it is so of a bay that is named."""
        return named_bays.has_failed(bay)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether the sensor has failed."""
        return state.state == STATE_UNAVAILABLE and sensor_has_failed(self._hass, state.entity_id)


class LotBecameFull(OfCounts, Became):
    """The last vacant bay is taken."""

    @override
    def fits(self, state: State) -> bool:
        """Return whether no bay is vacant."""
        return is_full(state)


class LotNoLongerFull(OfCounts, Became):
    """A bay is vacant in a lot that was full."""

    @override
    def fits(self, state: State) -> bool:
        """Return whether any bay is vacant."""
        return has_free(state)


TRIGGERS: dict[str, type[Trigger]] = {
    "bay_became_free": BayBecameFree,
    "bay_became_occupied": BayBecameOccupied,
    "bay_sensor_failed": BaySensorFailed,
    "lot_became_full": LotBecameFull,
    "lot_no_longer_full": LotNoLongerFull,
    "lot_will_be_full": LotWillBeFull,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
