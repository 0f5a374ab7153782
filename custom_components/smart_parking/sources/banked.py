"""Sources that sweep a bank of ultrasonic sensors: one thread per bank, 500 ms apart."""

from abc import abstractmethod
from collections.abc import Mapping
import logging
from threading import Event, Thread
import time
from typing import override

from homeassistant.core import HomeAssistant

from ..const import CONF_BAY_ID, CONF_LABEL, CONF_LEVEL, CONF_X, CONF_Y
from ..hcsr04.bank import Bank
from ..hcsr04.model import LineLostError, Measurement, Sensor
from ..hcsr04.schedule import HEARING_M, RANGE_MAX_M, Plan, PlanError, make_plan
from ..lot.model import Fault, Reading
from .base import NodeConfig, Row, Sink, Source, SourceError, number_in

_LOGGER = logging.getLogger(__name__)

PERIOD_S = 0.5
# A sweep and the way out of it take less than this, whatever the sensors do.
STOP_S = 1.0


class BankSource(Source):
    """A node whose bays are measured by a bank."""

    period_s = PERIOD_S

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Prepare; nothing is claimed yet."""
        super().__init__(hass, node)
        self._bank: Bank | None = None
        self._thread: Thread | None = None
        self._stop = Event()
        self._temperature_c = 20.0

    @classmethod
    @abstractmethod
    def sensors(cls, node: NodeConfig) -> list[Sensor]:
        """Return the sensors over a node's bays, named by bay id."""

    @abstractmethod
    def _open_bank(self, plan: Plan) -> Bank:
        """Claim the lines. Runs in a thread; raises `SourceError` when they cannot be had."""

    def _wake(self) -> None:
        """Cut short whatever wait the bank is in."""

    @classmethod
    def plan(cls, node: NodeConfig) -> Plan:
        """Return the order of pings, or raise `SourceError` with the reason why there is none."""
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
    def check(cls, node: NodeConfig) -> None:
        cls.plan(node)

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        plan = self.plan(self.node)

        def one_sweep() -> list[Reading]:
            bank = self._open_bank(plan)
            bank.temperature_c = self._temperature_c
            try:
                return [_reading(one) for one in bank.sweep().measurements]
            except LineLostError as err:
                raise SourceError("line_lost") from err
            finally:
                bank.close()

        readings = await self.hass.async_add_executor_job(one_sweep)
        return {reading.bay_id: reading for reading in readings}

    @override
    async def async_start(self, sink: Sink) -> None:
        plan = self.plan(self.node)
        bank = await self.hass.async_add_executor_job(self._open_bank, plan)
        bank.temperature_c = self._temperature_c
        self._bank = bank
        # Each thread has an event of its own: one that was given up must not come to life again.
        self._stop = Event()
        self._thread = Thread(
            target=self._run,
            args=(bank, sink, self._stop),
            name=f"smart_parking {self.node.name}",
            daemon=True,
        )
        self._thread.start()

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

    def _run(self, bank: Bank, sink: Sink, stop: Event) -> None:
        """Sweep on a steady beat until told to stop. A beat that is missed is left out."""
        beat = time.monotonic()
        try:
            while not stop.is_set():
                sweep = bank.sweep()
                if stop.is_set():
                    break
                sink.sweep(map(_reading, sweep.measurements), sweep.duration_s)
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
            sink.lost(Fault.SILENT)
        finally:
            bank.close()


def _reading(measurement: Measurement) -> Reading:
    """Return what a bank measured in the words of the lot."""
    return Reading(
        measurement.sensor_id,
        measurement.at_ns / 1e9,
        distance_m=measurement.distance_m,
        fault=None if measurement.fault is None else Fault(measurement.fault),
    )


def place(row: Row) -> tuple[float, float, str]:
    """Return where a bay is: x and y in metres, and its level."""
    return (
        number_in(row, CONF_X) or 0.0,
        number_in(row, CONF_Y) or 0.0,
        str(row.get(CONF_LEVEL) or ""),
    )
