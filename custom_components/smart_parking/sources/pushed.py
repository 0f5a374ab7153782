"""Base of sources whose sensors push reports: which reports count, and when."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from math import inf
import time
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import CONF_BAY_ID, CONF_EMPTY_M
from ..lot.model import Reading
from ..lot.occupancy.reports import OFF_AFTER_S, ON_AFTER_S, ReportOptions, Reports, Span
from ..lot.occupancy.schedule import ReportSchedule
from ..node.sweeping import BLIND_M
from .base import (
    CONF_BLIND_M,
    EMPTY_IS_NOTHING,
    NodeConfig,
    Row,
    Sink,
    Source,
    SourceError,
    Value,
    number_in,
)
from .pushed_settings import (
    CONF_NOTHING_M,
    CONF_OFF_AFTER_S,
    CONF_ON_AFTER_S,
    CONF_RANGE_M,
    CONF_SILENT_AFTER_H,
    NOTHING_M,
    RANGE_M,
)

# Timers fire a little early or late, so bays that are due within this time are included.
TIMER_S = 0.05
BATTERY_LOW_PERCENT = 15.0


def wire_each(
    rows: Sequence[Row], answers: Mapping[str, Value], field: str, column: str, error: str
) -> list[Row]:
    """Return a row of bays with the senders of a field, one each, in order.

    Raises `SourceError` when there are more or fewer of them than bays.
    """
    answer = answers.get(field)
    names = answer if isinstance(answer, list) else []
    if len(names) != len(rows):
        raise SourceError(error, {"count": str(len(rows)), field: str(len(names))})
    return [
        {**row, column: name, CONF_EMPTY_M: answers.get(CONF_EMPTY_M)}
        for row, name in zip(rows, names, strict=True)
    ]


def check_each_once(senders: Iterable[tuple[str, str, str]], error: str, field: str) -> None:
    """Raise `SourceError` when two bays have the same sender.

    `senders` are what a sender is told from others by, its name, and the label of its bay.
    """
    labels: dict[str, str] = {}
    for key, name, label in senders:
        if key in labels:
            raise SourceError(error, {field: name, "bay_a": labels[key], "bay_b": label})
        labels[key] = label


class PushedSource(Source):
    """A node whose sensors push reports.

    A subclass subscribes, and passes every report to `async_report`. Everything here runs in the
    event loop.
    """

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; nothing is subscribed to yet."""
        super().__init__(hass, node)
        farthest_m = node.number(CONF_RANGE_M, RANGE_M)
        if node.empty_is == EMPTY_IS_NOTHING:
            farthest_m = min(farthest_m, node.number(CONF_NOTHING_M, NOTHING_M))
        self._span = Span(node.number(CONF_BLIND_M, BLIND_M), farthest_m)
        self.sink: Sink | None = None
        self._reports: dict[str, Reports] = {}
        self._schedule = ReportSchedule(self._reports)
        self._timer_at = inf
        self._cancel_timer: CALLBACK_TYPE | None = None

    @abstractmethod
    def _make_reports(self, options: ReportOptions) -> Iterable[Reports]:
        """Return a filter for the reports of each bay."""

    @abstractmethod
    def _async_subscribe(self) -> list[Reading]:
        """Subscribe, and return the earlier reports of the sensors, in order of time."""

    @abstractmethod
    def _async_unsubscribe(self) -> None:
        """Unsubscribe, if subscribed."""

    @classmethod
    @abstractmethod
    def _measures(cls, node: NodeConfig, row: Row) -> bool:
        """Return whether the sensor of a bay measures a distance."""

    @classmethod
    @override
    def uncalibrated(cls, node: NodeConfig) -> list[str]:
        if node.empty_is == EMPTY_IS_NOTHING:
            return []
        return [
            str(row[CONF_BAY_ID])
            for row in node.rows
            if number_in(row, CONF_EMPTY_M) is None and cls._measures(node, row)
        ]

    @property
    def _options(self) -> ReportOptions:
        """The options for reports."""
        return ReportOptions(
            on_after_s=self.node.number(CONF_ON_AFTER_S, ON_AFTER_S),
            off_after_s=self.node.number(CONF_OFF_AFTER_S, OFF_AFTER_S),
            silent_after_s=self._silent_after_s,
        )

    @property
    def _silent_after_s(self) -> float | None:
        """Seconds of silence that are a fault, if the owner has set them."""
        hours = number_in(self.node.settings, CONF_SILENT_AFTER_H)
        return hours * 3600.0 if hours else None

    @override
    async def async_start(self, sink: Sink) -> None:
        self.sink = sink
        self._reports = {one.bay_id: one for one in self._make_reports(self._options)}
        self._schedule = ReportSchedule(self._reports)
        # The first sweep shows that the node is up, even when no reading counts yet.
        sink.sweep([one for report in self._async_subscribe() for one in self._take(report)])
        for bay_id in self._reports:
            self._schedule.schedule(bay_id)
        self._async_arm()

    @override
    async def async_stop(self) -> None:
        self.sink = None
        self._async_unsubscribe()
        self._schedule = ReportSchedule(self._reports)
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
        self._async_schedule(reading.bay_id)

    @callback
    def async_alive(self, bay_id: str, at: float) -> bool:
        """Record a signal of a sensor at a time on the monotonic clock.

        Returns whether the sensor was silent before.
        """
        return self._reports[bay_id].alive(at)

    def _take(self, reading: Reading) -> list[Reading]:
        """Return the readings that a report makes count."""
        return self._reports[reading.bay_id].report(reading)

    @callback
    def _async_count(self, readings: list[Reading]) -> None:
        """Pass readings to the sink, if there are any."""
        if self.sink is not None and readings:
            self.sink.sweep(readings)

    @callback
    def _async_schedule(self, bay_id: str) -> None:
        """Schedule a bay, and set the timer to the bay that is due first."""
        self._schedule.schedule(bay_id)
        self._async_arm()

    @callback
    def _async_arm(self) -> None:
        """Set the timer to the bay that is due first."""
        due_at = self._schedule.due_at
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
        """Pass on the readings that count by now."""
        self._cancel_timer, self._timer_at = None, inf
        self._async_count(self._schedule.tick(time.monotonic() + TIMER_S))
        self._async_arm()
