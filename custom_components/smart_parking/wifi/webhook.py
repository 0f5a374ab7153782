"""Webhook that access points call when a phone joins the lot's Wi-Fi or leaves it.

It is a webhook of Home Assistant. Every call fires an event without identities, and visits are
counted.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from math import ceil
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components import webhook
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change, async_track_time_interval
from homeassistant.helpers.network import is_cloud_connection
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest

from ..const import DOMAIN
from ..data import SmartParkingConfigEntry
from ..devices import async_get_or_create_lot_device
from ..listeners import Listeners
from ..lot.analytics.records import Resumed, VisitRecord
from ..rate_limit import FairBuckets, client_of
from ..visitor.forms import read_body
from ..visitor.options import HookOptions, VisitorOptions
from .reports import BODY_MAX, StationError, StationEvent, read_report
from .store import VisitStore
from .visit_counter import VisitCounter

EVENT_STATION = f"{DOMAIN}_station"

# 10,000 visitors an hour, who come and go, are half of what one access point may report.
REPORTS_PER_MINUTE: Final = 600
ALL_REPORTS_PER_MINUTE: Final = 1_200
# The clock may be set to another day at any time.
LOOK_EVERY = timedelta(minutes=1)


class WifiWebhook:
    """The webhook of one lot, and the counter of its visits."""

    def __init__(self, hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
        """Initialize; nothing is registered yet."""
        self.hass = hass
        self.entry = entry
        self._options = HookOptions()
        self._counter = VisitCounter(self._options.pause_s, dt_util.now().date())
        self._store = VisitStore(hass, entry.entry_id, lambda: self._counter.days)
        self._record: Callable[[VisitRecord], None] = _forget
        self._is_local = True
        self._reports = FairBuckets(REPORTS_PER_MINUTE, ALL_REPORTS_PER_MINUTE)
        self._listeners = Listeners[()]()
        self._unsubs: list[CALLBACK_TYPE] = []

    @property
    def on(self) -> bool:
        """Whether the webhook is registered."""
        return self._options.on

    @property
    def visits(self) -> int:
        """The number of visits that have begun today."""
        return self._counter.visits_on(dt_util.now().date())

    async def async_open(self) -> None:
        """Register the webhook, if the options have one, and follow the options."""
        await self._store.async_load(self._counter.resume)
        for record in self.async_all_recorded():
            self._record(record)
        self._unsubs = [
            self.entry.add_update_listener(self._async_updated),
            async_track_time_change(self.hass, self._async_look, hour=0, minute=0, second=0),
            async_track_time_interval(self.hass, self._async_look, LOOK_EVERY),
        ]
        self._async_register()

    async def async_close(self) -> None:
        """Unregister the webhook, and write the counts."""
        for unsub in self._unsubs:
            unsub()
        self._unsubs = []
        self._async_unregister()
        await self._store.async_save()

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when the count or the webhook changes; return a function to remove it."""
        return self._listeners.async_add(listener)

    @callback
    def async_resume(self, visits: int) -> None:
        """Add today's visits from before a restart of Home Assistant."""
        self._counter.resume({dt_util.now().date(): visits})

    # What the record of the lot keeps.

    @callback
    def async_attach_record(self, put: Callable[[VisitRecord], None]) -> None:
        """Write what is counted into the record of the lot, too."""
        self._record = put

    @callback
    def async_merge_recorded(self, resumed: Resumed) -> list[VisitRecord]:
        """Take over what the record knows; return what it does not know yet."""
        known = {date.fromordinal(one.day): one.visits for one in resumed.visits}
        self._counter.resume(known)
        self._async_notify()
        return [one for one in self.async_all_recorded() if one not in resumed.visits]

    @callback
    def async_all_recorded(self) -> list[VisitRecord]:
        """Return all that there is to be recorded, for a record that is new."""
        return [
            VisitRecord(day=day.toordinal(), visits=visits)
            for day, visits in self._counter.days.items()
        ]

    @callback
    def async_confirm_recorded(self, until: date) -> None:
        """Do nothing, because the last few days are stored in any case."""

    @callback
    def _async_register(self) -> None:
        """Register the webhook of the options."""
        options = HookOptions.from_entry(self.entry)
        is_local = not VisitorOptions.from_entry(self.entry).remote
        if (options, is_local) == (self._options, self._is_local):
            return
        self._async_unregister()
        self._options, self._is_local = options, is_local
        self._counter.pause_s = options.pause_s
        if options.on:
            webhook.async_register(
                self.hass,
                DOMAIN,
                self.entry.title,
                options.hook_id,
                self._async_called,
                local_only=is_local,
            )
        self._async_notify()

    @callback
    def _async_unregister(self) -> None:
        """Unregister the webhook."""
        if self._options.on:
            webhook.async_unregister(self.hass, self._options.hook_id)
        self._options = HookOptions()

    async def _async_updated(self, _hass: HomeAssistant, _entry: SmartParkingConfigEntry) -> None:
        """Update when the options may have changed."""
        self._async_register()

    @callback
    def _async_look(self, _now: datetime) -> None:
        """Begin another day, if it is one."""
        if self._counter.begin_day(dt_util.now().date(), self.hass.loop.time()):
            self._async_notify()

    @callback
    def _async_notify(self) -> None:
        """Notify the listeners of a change."""
        self._listeners.async_notify()

    async def _async_called(
        self, hass: HomeAssistant, hook_id: str, request: web.Request | MockRequest
    ) -> web.Response:
        """Handle a report of an access point."""
        if isinstance(request, MockRequest) or is_cloud_connection(hass):
            # Calls from the cloud come from no phone on the lot's Wi-Fi.
            return web.Response(status=HTTPStatus.NOT_FOUND)
        now_s = hass.loop.time()
        if wait_s := self._reports.wait_s(_client_of(request), now_s):
            # Each report is an event, which has listeners and is written by the recorder.
            headers = {hdrs.RETRY_AFTER: str(ceil(wait_s))}
            return web.Response(status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
        try:
            report = read_report(request.query.items(), await read_body(request, BODY_MAX))
        except StationError as err:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text=f"{err}.\n")
        except web.HTTPException as err:
            # If this were raised, it would be logged and answered as a success.
            return web.Response(status=err.status, text=f"{err.reason}.\n")
        self._async_look(dt_util.utcnow())
        passage = self._counter.take(report, now_s)
        if report.event_type is not StationEvent.SEEN:
            self._async_fire(report.event_type, passage.station, is_visit=passage.is_visit)
        if passage.is_visit:
            self._store.async_changed()
            today = dt_util.now().date()
            visits = self._counter.visits_on(today)
            self._record(VisitRecord(day=today.toordinal(), visits=visits))
            self._async_notify()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    @callback
    def _async_fire(self, event_type: StationEvent, station: str, *, is_visit: bool) -> None:
        """Fire the event."""
        self.hass.bus.async_fire(
            EVENT_STATION,
            {
                "type": event_type.value,
                "device_id": async_get_or_create_lot_device(self.hass, self.entry).id,
                "entry_id": self.entry.entry_id,
                "lot": self.entry.title,
                "station": station,
                "visit": is_visit,
            },
        )


def _forget(_record: VisitRecord) -> None:
    """Record nothing: there is no record."""


def _client_of(request: web.Request) -> str:
    """Return the key of an access point."""
    try:
        return client_of(ip_address(request.remote or ""), is_local=True)
    except ValueError:
        return ""
