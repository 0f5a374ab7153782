"""Sources that sweep a bank of ultrasonic sensors: one thread per bank, 500 ms apart."""

from abc import abstractmethod
import asyncio
from collections.abc import Mapping, Sequence
from threading import Event, Thread
from typing import override

from homeassistant.core import HomeAssistant

from ..const import CONF_BAY_ID, CONF_LABEL, CONF_LEVEL, CONF_X, CONF_Y
from ..hcsr04.bank import Bank
from ..hcsr04.errors import LineLostError
from ..hcsr04.model import Sensor
from ..hcsr04.schedule import HEARING_M, RANGE_MAX_M, Plan
from ..lot.model import Reading
from ..node.sweeping import BLIND_M, PERIOD_S, probe, run_sweeps
from ..node.wiring import RefusedError, plan_sensors
from .base import CONF_BLIND_M, NodeConfig, Row, Sink, Source, SourceError, number_in, refused

# A sweep and the way out of it take less than this, whatever the sensors do.
STOP_S = 1.0


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
        return plan_node(node, cls.sensors(node))

    @classmethod
    @override
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        cls.plan(node)

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        plan = self.plan(self.node)

        def sweep_it() -> Mapping[str, Reading]:
            bank = self._open_bank(plan)
            try:
                return probe(bank, self._temperature_c, self._blind_m)
            except LineLostError as err:
                raise SourceError("line_lost") from err

        return await self.hass.async_add_executor_job(sweep_it)

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

    def _run(self, bank: Bank, sink: Sink, stop: Event) -> None:
        """Sweep until told to stop."""
        run_sweeps(bank, sink, stop, blind_m=self._blind_m, period_s=PERIOD_S, name=self.node.name)


def plan_node(node: NodeConfig, sensors: Sequence[Sensor]) -> Plan:
    """Return the order in which a node's sensors ping, or raise `SourceError`."""
    try:
        return plan_sensors(
            sensors,
            {str(row[CONF_BAY_ID]): str(row[CONF_LABEL]) for row in node.rows},
            range_m=node.number("range_m", RANGE_MAX_M),
            hearing_m=node.number("hearing_m", HEARING_M),
            period_s=PERIOD_S,
        )
    except RefusedError as err:
        raise refused(err.refusal) from err


def place(row: Row) -> tuple[float, float, str]:
    """Return the place of a bay: x and y in metres, and its level."""
    return (
        number_in(row, CONF_X) or 0.0,
        number_in(row, CONF_Y) or 0.0,
        str(row.get(CONF_LEVEL) or ""),
    )
