"""Sources whose sensors speak by themselves: what counts of it, and when, is decided here."""

from abc import abstractmethod
from collections.abc import Iterable
from heapq import heappop, heappush
from math import inf
import time
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..lot.model import Reading
from ..lot.occupancy.reports import ReportOptions, Reports
from .base import NodeConfig, Sink, Source

# Timers ring a little early or late; bays that are due so soon are taken along.
TIMER_S = 0.05


class PushedSource(Source):
    """A node that is told things.

    A subclass subscribes, and hands every report over with `async_report`. Everything here belongs
    to the event loop.
    """

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; nothing is subscribed to yet."""
        super().__init__(hass, node)
        self.sink: Sink | None = None
        self._reports: dict[str, Reports] = {}
        self._due: list[tuple[float, str]] = []
        """When bays want to be called, the soonest first; of some it has become later."""
        self._due_at: dict[str, float] = {}
        """The same by bay."""
        self._timer_at = inf
        self._cancel_timer: CALLBACK_TYPE | None = None

    @abstractmethod
    def _make_reports(self, options: ReportOptions) -> Iterable[Reports]:
        """Return what takes the reports of each bay."""

    @abstractmethod
    def _async_subscribe(self) -> list[Reading]:
        """Subscribe, and return what the sensors have said already, in order of time."""

    @abstractmethod
    def _async_unsubscribe(self) -> None:
        """Listen no longer. Also when nothing was listened to."""

    @property
    def _options(self) -> ReportOptions:
        """How reports are to be taken."""
        return ReportOptions()

    @override
    async def async_start(self, sink: Sink) -> None:
        self.sink = sink
        self._reports = {one.bay_id: one for one in self._make_reports(self._options)}
        # The first sweep says that the node is up, even when nothing counts yet.
        sink.sweep([one for said in self._async_subscribe() for one in self._take(said)])
        for bay_id in self._reports:
            self._schedule(bay_id)
        self._async_arm()

    @override
    async def async_stop(self) -> None:
        self.sink = None
        self._async_unsubscribe()
        self._due.clear()
        self._due_at.clear()
        self._timer_at = inf
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def async_report(self, reading: Reading) -> None:
        """Add a report of a sensor."""
        if reading.bay_id not in self._reports or self.sink is None:
            return
        self._async_count(self._take(reading))
        self._schedule(reading.bay_id)
        self._async_arm()

    @callback
    def async_alive(self, bay_id: str, at: float) -> bool:
        """Record that a sensor was heard of at a time on the monotonic clock.

        Returns whether it was taken for silent.
        """
        return self._reports[bay_id].alive(at)

    def _take(self, reading: Reading) -> list[Reading]:
        """Return what a report makes count."""
        return self._reports[reading.bay_id].report(reading)

    @callback
    def _async_count(self, readings: list[Reading]) -> None:
        """Pass on readings, if there are any."""
        if self.sink is not None and readings:
            self.sink.sweep(readings)

    def _schedule(self, bay_id: str) -> None:
        """Schedule the call of a bay; when it has become later, the old entry will do."""
        due_at = self._reports[bay_id].due_at
        if due_at < self._due_at.get(bay_id, inf):
            self._due_at[bay_id] = due_at
            heappush(self._due, (due_at, bay_id))

    def _pop(self) -> str:
        """Pop the bay that is due first."""
        due_at, bay_id = heappop(self._due)
        if self._due_at.get(bay_id) == due_at:
            del self._due_at[bay_id]
        return bay_id

    @callback
    def _async_arm(self) -> None:
        """Set the timer to whoever is due first."""
        while self._due and self._reports[self._due[0][1]].due_at > self._due[0][0]:
            self._schedule(self._pop())
        due_at = self._due[0][0] if self._due else inf
        if due_at == self._timer_at:
            return
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        self._timer_at = due_at
        if due_at < inf:
            delay_s = max(TIMER_S, due_at - time.monotonic())
            self._cancel_timer = async_call_later(self.hass, delay_s, self._async_tick)

    @callback
    def _async_tick(self, _now: object) -> None:
        """Count what has stood for long enough."""
        self._cancel_timer, self._timer_at = None, inf
        now = time.monotonic()
        counted: list[Reading] = []
        rung: list[str] = []
        while self._due and self._due[0][0] <= now + TIMER_S:
            rung.append(self._pop())
        for bay_id in rung:
            counted += self._reports[bay_id].tick(now + TIMER_S)
            self._schedule(bay_id)
        self._async_count(counted)
        self._async_arm()
