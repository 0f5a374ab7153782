"""The days that are not as usual, from a calendar of this Home Assistant."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.components.calendar.const import (
    DOMAIN as CALENDAR,
    EVENT_END_DATETIME,
    EVENT_START_DATETIME,
    SERVICE_GET_EVENTS,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)
from homeassistant.util import dt as dt_util

from ..data import SmartParkingConfigEntry
from ..issues import Issue, IssueTracker
from .options import CONF_CALENDAR, get_calendar

_LOGGER = logging.getLogger(__name__)

# A calendar may be asked of a server elsewhere in the house.
WAIT_S: Final = 30.0
# Of a month and more, where more days are special than this, what is special is the rest.
MOST_SHARE: Final = 0.4
LEAST_DAYS: Final = 28

_MISSING: Final = "forecast_calendar_missing"
_BUSY: Final = "forecast_calendar_busy"


class SpecialDays:
    """The days on which the calendar has events that an owner has named, if any.

    A calendar that is renamed is followed; the owner is told of one that is gone.
    """

    def __init__(
        self, hass: HomeAssistant, entry: SmartParkingConfigEntry, changed: CALLBACK_TYPE
    ) -> None:
        """Initialize; `changed` is called when other days may be special."""
        self.calendar: str | None = None
        self._hass = hass
        self._entry = entry
        self._changed = changed
        self._issues = IssueTracker(hass, entry.entry_id)
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._is_busy = False

    @callback
    def async_follow(self) -> None:
        """Follow the calendar that is named now."""
        self.async_close()
        self.calendar = get_calendar(self._entry)
        self._is_busy = False
        if self.calendar is None:
            return
        self._unsubscribe = [
            async_track_state_change_event(self._hass, self.calendar, self._async_state_changed),
            async_track_entity_registry_updated_event(
                self._hass, self.calendar, self._async_registry_updated
            ),
        ]
        self._async_check()

    @callback
    def async_close(self) -> None:
        """Follow no calendar any more."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._issues.async_remove_all()

    async def async_get(self, begin: date, end: date) -> frozenset[date] | None:
        """Return the special days from one to before another; None while nobody knows."""
        if self.calendar is None:
            return frozenset()
        zone = dt_util.get_default_time_zone()
        try:
            async with asyncio.timeout(WAIT_S):
                answer = await self._hass.services.async_call(
                    CALENDAR,
                    SERVICE_GET_EVENTS,
                    {
                        ATTR_ENTITY_ID: self.calendar,
                        EVENT_START_DATETIME: datetime.combine(begin, datetime.min.time(), zone),
                        EVENT_END_DATETIME: datetime.combine(end, datetime.min.time(), zone),
                    },
                    blocking=True,
                    return_response=True,
                )
            found: Any = answer
            events = found[self.calendar]["events"]
        except (HomeAssistantError, TimeoutError, KeyError, TypeError) as err:
            _LOGGER.debug("%s does not answer: %r", self.calendar, err)
            return None
        days = frozenset(day for event in events for day in _get_days(event, begin, end))
        self._check_share(len(days), (end - begin).days)
        return frozenset() if self._is_busy else days

    def _check_share(self, special: int, days: int) -> None:
        """Record whether a calendar has events on so many days that they are no exception."""
        if days < LEAST_DAYS or self.calendar is None:
            return
        self._is_busy = special > MOST_SHARE * days
        if self._is_busy:
            self._raise(_BUSY)
        else:
            self._issues.async_clear(_BUSY)

    @callback
    def _async_check(self) -> None:
        """Notify the owner of a calendar that is not there, and will not come by itself."""
        if self.calendar is None:
            return
        entry = er.async_get(self._hass).async_get(self.calendar)
        is_disabled = entry is not None and entry.disabled
        if self._hass.states.get(self.calendar) is None and (self._hass.is_running or is_disabled):
            self._raise(_MISSING)
        else:
            self._issues.async_clear(_MISSING)

    def _raise(self, key: str) -> None:
        words = {"lot": self._entry.title, "calendar": self.calendar or ""}
        self._issues.async_raise(key, Issue(key, words, timeout_s=0.0))

    @callback
    def _async_state_changed(self, _event: Event[EventStateChangedData]) -> None:
        self._async_check()
        self._changed()

    @callback
    def _async_registry_updated(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Follow a calendar that has another name now; take notice of one that is gone."""
        data = event.data
        if data["action"] != "update" or data.get("old_entity_id") != self.calendar:
            self._async_check()
            return
        options = {**self._entry.options, CONF_CALENDAR: data["entity_id"]}
        self._hass.config_entries.async_update_entry(self._entry, options=options)
        self.async_follow()


def _get_days(event: Mapping[str, str], begin: date, end: date) -> Iterator[date]:
    """Yield the local days on which there is an event, within a span."""
    first, last = _get_day(event["start"]), _get_day(event["end"], is_end=True)
    day = max(first, begin)
    while day <= max(first, last) and day < end:
        yield day
        day += timedelta(days=1)


def _get_day(text: str, *, is_end: bool = False) -> date:
    """Return the day of a moment; what ends as a day begins ends on the one before."""
    if (moment := dt_util.parse_datetime(text)) is not None and len(text) > len("2026-01-01"):
        moment = dt_util.as_local(moment)
        return (moment - timedelta(microseconds=is_end)).date()
    return date.fromisoformat(text) - timedelta(days=is_end)
