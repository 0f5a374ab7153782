"""Sources that sweep a bank of ultrasonic sensors: one thread per bank, 500 ms apart."""

from abc import abstractmethod
import asyncio
from collections.abc import Collection, Mapping, Sequence
import logging
from threading import Event, Thread
import time
from typing import override

from homeassistant.core import HomeAssistant

from ..const import CONF_BAY_ID, CONF_LABEL, CONF_LEVEL, CONF_X, CONF_Y
from ..hcsr04.bank import Bank
from ..hcsr04.errors import LineLostError
from ..hcsr04.model import Measurement, Sensor
from ..hcsr04.schedule import HEARING_M, RANGE_MAX_M, Plan, PlanError, make_plan
from ..lot.model import Fault, Reading
from .base import BLIND_M, CONF_BLIND_M, NodeConfig, Row, Sink, Source, SourceError, number_in

_LOGGER = logging.getLogger(__name__)

PERIOD_S = 0.5
# A sweep and the way out of it take less than this, whatever the sensors do.
STOP_S = 1.0
# Bays in doubt are measured again this often between two sweeps; the rest of the time is idle.
AGAIN_MAX = 3
MARGIN_S = 0.05
# A test of sensors uses the median of this many sweeps: a single echo may be wrong.
PROBE_SWEEPS = 5


class BankSource(Source):
    """A node whose bays are measured by a bank."""

    period_s = PERIOD_S

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; nothing is claimed yet."""
        super().__init__(hass, node)
        self._bank: Bank | None = None
        self._thread: Thread | None = None
        self._stop = Event()
        self._temperature_c = 20.0
        self._blind_m = node.number(CONF_BLIND_M, BLIND_M)

    @classmethod
    @abstractmethod
    def sensors(cls, node: NodeConfig) -> list[Sensor]:
        """Return the sensors over a node's bays, named by bay id."""

    @abstractmethod
    def _open_bank(self, plan: Plan) -> Bank:
        """Claim the lines, in a thread; raise `SourceError` when they cannot be claimed."""

    def _wake(self) -> None:
        """End the bank's current wait."""

    @classmethod
    def plan(cls, node: NodeConfig) -> Plan:
        """Return the order of pings, or raise `SourceError` when there is none."""
        labels = {str(row[CONF_BAY_ID]): str(row[CONF_LABEL]) for row in node.rows}
        try:
            return make_plan(
                cls.sensors(node),
                range_m=node.number("range_m", RANGE_MAX_M),
                hearing_m=node.number("hearing_m", HEARING_M),
                period_s=PERIOD_S,
            )
        except PlanError as err:
            named = {key: labels.get(word, word) for key, word in err.placeholders.items()}
            raise SourceError(f"plan_{err.problem}", named) from err

    @classmethod
    @override
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        cls.plan(node)

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        plan = self.plan(self.node)

        def sweeps() -> list[list[Reading]]:
            bank = self._open_bank(plan)
            bank.temperature_c = self._temperature_c
            try:
                return [
                    [self._reading(one) for one in bank.sweep().measurements]
                    for _ in range(PROBE_SWEEPS)
                ]
            except LineLostError as err:
                raise SourceError("line_lost") from err
            finally:
                bank.close()

        by_bay = zip(*await self.hass.async_add_executor_job(sweeps), strict=True)
        return {readings[0].bay_id: _typical(readings) for readings in by_bay}

    @override
    async def async_start(self, sink: Sink) -> None:
        plan = self.plan(self.node)
        # Each thread has its own event: a thread that was abandoned must not start again.
        self._stop = stop = Event()

        def claim_and_run() -> tuple[Bank, Thread]:
            bank = self._open_bank(plan)
            bank.temperature_c = self._temperature_c
            thread = Thread(
                target=self._run,
                args=(bank, sink, stop),
                name=f"smart_parking {self.node.name}",
                daemon=True,
            )
            try:
                thread.start()
            except BaseException:
                bank.close()
                raise
            return bank, thread

        # The job runs to its end even when the caller is cancelled, so that no lines stay claimed.
        claiming = self.hass.async_add_executor_job(claim_and_run)
        try:
            self._bank, self._thread = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([claiming])
            raise

    @override
    async def async_stop(self) -> None:
        self._stop.set()
        self._wake()
        thread, self._thread, self._bank = self._thread, None, None
        if thread is not None:
            await self.hass.async_add_executor_job(thread.join, STOP_S)

    @override
    def set_temperature(self, celsius: float) -> None:
        self._temperature_c = celsius
        if self._bank is not None:
            self._bank.temperature_c = celsius

    def _reading(self, measurement: Measurement) -> Reading:
        """Return the lot's reading for a measurement of the bank."""
        sensor_id, at_ns, distance_m, fault = measurement
        if distance_m is not None and distance_m <= self._blind_m:
            return Reading(sensor_id, at_ns / 1e9, fault=Fault.TOO_NEAR)
        found = None if fault is None else Fault(fault)
        return Reading(sensor_id, at_ns / 1e9, distance_m, fault=found)

    def _bays_to_repeat(
        self, bank: Bank, sink: Sink, doubtful: Collection[str], *, until: float
    ) -> None:
        """Measure bays in doubt again, as often as time permits before the next sweep."""
        for _ in range(AGAIN_MAX):
            if not doubtful or time.monotonic() + bank.again_s(doubtful) > until - MARGIN_S:
                return
            doubtful = sink.sweep(map(self._reading, bank.again(doubtful).measurements))

    def _run(self, bank: Bank, sink: Sink, stop: Event) -> None:
        """Sweep on a steady beat until `stop` is set. A missed beat is skipped."""
        beat = time.monotonic()
        try:
            while not stop.is_set():
                sweep = bank.sweep()
                if stop.is_set():
                    break
                doubtful = sink.sweep(map(self._reading, sweep.measurements), sweep.duration_s)
                self._bays_to_repeat(bank, sink, doubtful, until=beat + PERIOD_S)
                beat += PERIOD_S
                late_s = time.monotonic() - beat
                if late_s > 0:
                    beat += PERIOD_S * (1 + late_s // PERIOD_S)
                stop.wait(beat - time.monotonic())
        except LineLostError:
            if not stop.is_set():
                sink.lost(Fault.LINE_LOST)
        except Exception:
            _LOGGER.exception("Measuring %s has failed", self.node.name)
            sink.lost(Fault.NODE_SILENT)
        finally:
            bank.close()


def _typical(readings: Sequence[Reading]) -> Reading:
    """Return the median reading of one bay, or the first fault when most have no distance."""
    good = sorted(
        (one for one in readings if one.distance_m is not None), key=lambda one: one.distance_m or 0
    )
    if 2 * len(good) > len(readings):
        return good[len(good) // 2]
    return next(one for one in readings if one.fault is not None)


def place(row: Row) -> tuple[float, float, str]:
    """Return the place of a bay: x and y in metres, and its level."""
    return (
        number_in(row, CONF_X) or 0.0,
        number_in(row, CONF_Y) or 0.0,
        str(row.get(CONF_LEVEL) or ""),
    )
