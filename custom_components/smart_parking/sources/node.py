"""Node at work: its source, the tracker of its bays, and its retries after a failure."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
import logging
from threading import get_ident
import time

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import CONF_BAY_ID
from ..lot.model import Fault, Observation, Reading
from ..lot.tracker import Calibration, Outcome, Past, Tracker
from .base import Source, SourceError

_LOGGER = logging.getLogger(__name__)

# Retries after a loss: soon at first, then once a minute.
RETRY_FIRST_S = 1.0
RETRY_LAST_S = 60.0
# A node without a sweep for this many periods is silent.
SILENT_PERIODS = 6
# The sweep time is published again when it has changed by this much, and at most once a minute: the
# recorder stores each update.
SWEEP_STEP_S = 0.005
SWEEP_PUBLISH_INTERVAL_S = 60.0
# Calibration takes 10 s of sweeps; a slower node has another problem.
CALIBRATION_LIMIT_S = 30.0

_PROBLEMS = {Fault.LINE_LOST: "line_lost", Fault.NODE_SILENT: "silent"}
"""Error keys of the faults that stop a node."""


class Node:
    """One node of a lot.

    Its source reports from whichever thread it likes, and a sweep that changes nothing ends there;
    everything else belongs to the event loop.
    `observed` is called there with what has changed of the bays, `changed` when the node itself
    has, `rewired` when its source has followed a change of its wiring, and `past` with what
    happened while it could not be heard.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        node_id: str,
        device_id: str,
        source: Source,
        tracker: Tracker,
        *,
        observed: Callable[[Collection[Observation]], None],
        changed: Callable[[Node], None],
        rewired: Callable[[Node], None],
        past: Callable[[Node, Past], None],
    ) -> None:
        """Initialize from its parts; nothing runs yet."""
        self.hass = hass
        self.node_id = node_id
        self.device_id = device_id
        self.source = source
        self.tracker = tracker
        self.connected = False
        self.problem: SourceError | None = None
        self.sweep_s: float | None = None
        self._sweep_told_at = -SWEEP_PUBLISH_INTERVAL_S
        self.faults: dict[str, Fault] = {}
        self._observed = observed
        self._changed = changed
        self._rewired = rewired
        self._past = past
        self._running = False
        self._measuring = False
        # Starts and stops must not overlap, also when a retry meets an unload.
        self._turn = asyncio.Lock()
        self._retry_s = RETRY_FIRST_S
        self._cancel_retry: CALLBACK_TYPE | None = None
        self._cancel_ready: CALLBACK_TYPE | None = None
        self._cancel_silence: CALLBACK_TYPE | None = None
        self._swept_at = 0.0
        self._calibrations: dict[str, asyncio.Future[Calibration]] = {}
        self._logged: set[str] = set()

    @property
    def name(self) -> str:
        """The owner's name for the node."""
        return self.source.node.name

    @property
    def bay_ids(self) -> list[str]:
        """The bays that the node measures."""
        return [str(row[CONF_BAY_ID]) for row in self.source.node.rows]

    @property
    def undecoded(self) -> list[str]:
        """The bays whose sensors' messages cannot be decoded, in the order of the bays."""
        undecoded = set(self.source.undecoded())
        return [bay_id for bay_id in self.bay_ids if bay_id in undecoded] if undecoded else []

    @property
    def all_faults(self) -> dict[str, Fault]:
        """The faults of sensors, also of those whose bay keeps its known state."""
        return {**dict.fromkeys(self.undecoded, Fault.UNDECODED), **self.faults}

    # Calls from the source, in its own thread.

    def sweep(
        self, readings: Iterable[Reading], duration_s: float | None = None
    ) -> Collection[str]:
        """Update the tracker; only changes go to the event loop.

        Returns the bays for which another reading at once would help.
        """
        outcome = self.tracker.observe(readings)
        self._swept_at = self.hass.loop.time()
        if outcome or not self.connected or self._is_new_duration(duration_s):
            self._in_loop(self._async_swept, outcome, duration_s)
        return outcome.doubtful

    def lost(self, fault: Fault, problem: SourceError | None = None) -> None:
        """Learn that the source can go no further, and perhaps why."""
        self._in_loop(self._async_lost, fault, problem or SourceError(_PROBLEMS[fault]))

    def past(self, past: Past) -> None:
        """Learn what happened while the node could not be heard."""
        self._in_loop(self._past, self, past)

    def rewired(self) -> None:
        """Notify that the source has followed a change of its wiring."""
        self._in_loop(self._rewired, self)

    def changed(self) -> None:
        """Notify that the source's missing parts or low batteries have changed."""
        self._in_loop(self._changed, self)

    def _is_new_duration(self, duration_s: float | None) -> bool:
        """Return whether the duration of a sweep differs enough to be published."""
        if duration_s is None or self.sweep_s is None:
            return duration_s is not None
        is_due = self.hass.loop.time() - self._sweep_told_at >= SWEEP_PUBLISH_INTERVAL_S
        return is_due and abs(duration_s - self.sweep_s) >= SWEEP_STEP_S

    def _in_loop[*Args](self, function: Callable[[*Args], None], *args: *Args) -> None:
        """Call a function in the event loop."""
        if get_ident() == self.hass.loop_thread_id:
            function(*args)
        else:
            self.hass.loop.call_soon_threadsafe(function, *args)

    # Calls from the lot.

    async def async_start(self) -> None:
        """Start to measure. A node that cannot is tried again; `problem` is the reason."""
        self._running = True
        await self._async_try()

    async def async_stop(self) -> None:
        """Stop, and release every line and thread."""
        self._running = False
        async with self._turn:
            await self._async_rest()

    @asynccontextmanager
    async def async_paused(self) -> AsyncGenerator[None]:
        """Pause the node while another caller uses the sensors."""
        async with self._turn:
            await self._async_rest()
            try:
                yield
            finally:
                await self._async_measure()

    async def async_calibrate(self, bay_ids: Collection[str]) -> dict[str, Calibration]:
        """Calibrate the empty distances of bays; there is none where readings do not agree.

        Raises `TimeoutError` when the node gives no readings.
        """
        if self.source.period_s is None:
            readings = await self.source.async_probe()
            return {
                bay_id: self.tracker.learn(Calibration(bay_id, readings[bay_id].distance_m))
                for bay_id in bay_ids
            }
        fresh = [bay_id for bay_id in bay_ids if bay_id not in self._calibrations]
        self._calibrations |= {bay_id: self.hass.loop.create_future() for bay_id in fresh}
        self.tracker.calibrate(fresh)
        waiting = {bay_id: self._calibrations[bay_id] for bay_id in bay_ids}
        await asyncio.wait(waiting.values(), timeout=CALIBRATION_LIMIT_S)
        if late := [bay_id for bay_id, future in waiting.items() if not future.done()]:
            self._async_end_calibrations(late)
            raise TimeoutError
        return {bay_id: future.result() for bay_id, future in waiting.items()}

    # In the event loop.

    async def _async_try(self, _now: object = None) -> None:
        """Start the source, or retry later."""
        self._cancel_timers()
        async with self._turn:
            await self._async_measure()

    @callback
    def _async_ready(self) -> None:
        """Retry now: what was missing is there."""
        self._cancel_timers()
        self._cancel_retry = async_call_later(self.hass, 0.0, self._async_try)

    async def _async_measure(self) -> None:
        """Start the source, unless it has been started or stopped meanwhile."""
        if self._measuring or not self._running:
            return
        self._measuring = True
        try:
            await self.source.async_start(self)
        except SourceError as err:
            await self._async_rest()
            self._async_down(err, Fault.LINE_LOST)
            return
        except Exception:
            # The other nodes must go on after any error, and this one is tried again.
            if self._is_first_failure("start"):
                _LOGGER.exception("%s could not start to measure", self.name)
            await self._async_rest()
            self._async_down(SourceError("unexpected"), Fault.LINE_LOST)
            return
        if self.source.period_s is not None:
            self._swept_at = self.hass.loop.time()
            self._async_listen(self.source.period_s * SILENT_PERIODS)

    async def _async_rest(self) -> None:
        """Stop the source, and cancel all waits for it."""
        self._measuring = False
        self._cancel_timers()
        self._async_end_calibrations(list(self._calibrations))
        try:
            await self.source.async_stop()
        except Exception:
            # Unloading a lot must always succeed.
            if self._is_first_failure("stop"):
                _LOGGER.exception("%s could not stop in good order", self.name)

    def _is_first_failure(self, what: str) -> bool:
        """Return whether an unexpected failure of a kind is the first one."""
        is_first = what not in self._logged
        self._logged.add(what)
        return is_first

    @callback
    def _async_swept(self, outcome: Outcome, duration_s: float | None) -> None:
        """Apply the changes of a sweep."""
        # A sweep that was on its way when the source stopped counts: the tracker does not repeat
        # it.
        if not self._running or not (self._measuring or self.connected):
            return
        is_changed = not self.connected
        if not self.connected:
            self._async_up()
        if self._is_new_duration(duration_s):
            if self.sweep_s is not None:
                self._sweep_told_at = self.hass.loop.time()
            self.sweep_s, is_changed = duration_s, True
        is_changed |= self._async_observed(outcome)
        for calibration in outcome.calibrations:
            self._async_calibrated(calibration)
        if is_changed:
            self._changed(self)

    @callback
    def _async_observed(self, outcome: Outcome) -> bool:
        """Apply the changes of bays; return whether a fault came or went."""
        if not outcome.observations:
            return False
        faults = dict(self.faults)
        for seen in outcome.observations:
            self.faults.pop(seen.bay_id, None)
            if seen.fault is not None and seen.fault is not Fault.NO_READING:
                self.faults[seen.bay_id] = seen.fault
        self._observed(outcome.observations)
        return faults != self.faults

    @callback
    def _async_calibrated(self, calibration: Calibration) -> None:
        """Set the result of a calibration for its caller."""
        future = self._calibrations.pop(calibration.bay_id, None)
        if future is not None:
            future.set_result(calibration)

    @callback
    def _async_end_calibrations(self, bay_ids: Collection[str]) -> None:
        """End calibrations without a result, so that later readings do not count for them."""
        self.tracker.end_calibrations(bay_ids)
        for bay_id in bay_ids:
            self._async_calibrated(Calibration(bay_id, None))

    @callback
    def _async_up(self) -> None:
        """Record that the node measures."""
        self.connected = True
        self._retry_s = RETRY_FIRST_S
        if self.problem is not None:
            _LOGGER.info("%s measures again", self.name)
            self.problem = None
            self._logged.clear()

    @callback
    def _async_lost(self, fault: Fault, problem: SourceError) -> None:
        """Stop a source that cannot go on, and retry later."""
        if self._measuring:
            self.hass.async_create_task(self._async_stop_source(fault, problem))

    async def _async_stop_source(self, fault: Fault, problem: SourceError) -> None:
        """Stop the source after a fault, and schedule a retry."""
        async with self._turn:
            if self._measuring:
                await self._async_rest()
                _LOGGER.warning("%s does not measure: %s", self.name, problem)
                self._async_down(problem, fault)

    @callback
    def _async_down(self, problem: SourceError, fault: Fault) -> None:
        """Record that the node does not measure, and schedule the retry."""
        self.problem = problem
        self.connected = False
        self.sweep_s = None
        self._cancel_retry = async_call_later(self.hass, self._retry_s, self._async_try)
        self._cancel_ready = self.source.async_watch_ready(self._async_ready)
        self._retry_s = min(RETRY_LAST_S, self._retry_s * 2)
        outcome = self.tracker.fail(fault, time.monotonic())
        self._async_observed(outcome)
        self._changed(self)

    @callback
    def _async_listen(self, timeout_s: float) -> None:
        """Watch for silence with a timer."""

        @callback
        def listen_again(_now: object) -> None:
            silent_s = self.hass.loop.time() - self._swept_at
            if silent_s < timeout_s:
                arm(timeout_s - silent_s)
            else:
                self._cancel_silence = None
                self.lost(Fault.NODE_SILENT)

        @callback
        def arm(seconds: float) -> None:
            self._cancel_silence = async_call_later(self.hass, seconds, listen_again)

        arm(timeout_s)

    @callback
    def _cancel_timers(self) -> None:
        """Cancel all timers."""
        for cancel in (self._cancel_retry, self._cancel_ready, self._cancel_silence):
            if cancel is not None:
                cancel()
        self._cancel_retry = self._cancel_ready = self._cancel_silence = None
