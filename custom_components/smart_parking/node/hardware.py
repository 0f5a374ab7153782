"""What a node measures with: the GPIO header of its Raspberry Pi, or a simulated one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, override

from ..hcsr04.bank import Bank
from ..hcsr04.errors import GpioError, LineLostError
from ..hcsr04.model import Lines, Sensor
from ..hcsr04.schedule import Plan
from ..hcsr04.simulator import (
    AS_RECORDED,
    Mount,
    Quality,
    RealClock,
    SimulatedLines,
    VehicleKind,
    World,
)
from .messages import TEXT_MAX, ChipInfo
from .wiring import RefusedError, explain

PROGRAM = "smart-parking-node"
_MODEL = Path("/proc/device-tree/model")
# As good as well-mounted sensors in a garage.
_GOOD = replace(AS_RECORDED, dropout_share=0.01, outlier_share=0.005)


class Hardware(Protocol):
    """Where lines come from."""

    model: str
    """What the machine is called."""

    def chips(self) -> Sequence[ChipInfo]:
        """Return the GPIO chips that there are."""

    def lines(self, sensors: Sequence[Sensor], chip: str | None) -> Lines:
        """Claim the lines of sensors; raises `RefusedError`."""

    def simulate(self, bay_id: str, traffic: str) -> bool:
        """Park a vehicle, or let it leave; return whether that can be."""


def open_bank(hardware: Hardware, plan: Plan, chip: str | None) -> Bank:
    """Return a bank whose lines are claimed; raises `RefusedError`."""
    sensors = [sensor for slot in plan.slots for sensor in slot.sensors]
    return Bank(hardware.lines(sensors, chip), plan)


class GpioHardware(Hardware):
    """This Raspberry Pi's own header, or another chip of it."""

    def __init__(self) -> None:
        """Initialize; nothing is opened yet."""
        self.model = _model()

    @override
    def chips(self) -> Sequence[ChipInfo]:
        from ..hcsr04.chips import find_chips  # noqa: PLC0415 - only where there are chips

        try:
            return [ChipInfo(one.path, one.label, one.lines) for one in find_chips()]
        except GpioError:
            return []

    @override
    def lines(self, sensors: Sequence[Sensor], chip: str | None) -> Lines:
        from ..hcsr04.pin_factory import GpiodFactory  # noqa: PLC0415 - as above

        try:
            return GpiodFactory(chip).lines(
                sorted({sensor.trigger for sensor in sensors}),
                [sensor.echo for sensor in sensors],
            )
        except GpioError as err:
            raise explain(err, chip, PROGRAM) from err
        except LineLostError as err:
            raise RefusedError("line_lost") from err

    @override
    def simulate(self, bay_id: str, traffic: str) -> bool:
        return False


def _model() -> str:
    """Return what this machine calls itself, if it does."""
    try:
        return _MODEL.read_text().strip("\0 \n")[:TEXT_MAX]
    except (OSError, ValueError):
        return ""


class SimulatedHardware(Hardware):
    """A header with sensors in a simulated car park, empty until somebody parks."""

    model = "Simulated Raspberry Pi"

    def __init__(self, *, height_m: float = 2.5, quality: Quality = _GOOD, seed: int = 0) -> None:
        """Initialize without sensors."""
        self._height_m = height_m
        self._quality = quality
        self._seed = seed
        self.world = World(RealClock(), [])

    @override
    def chips(self) -> Sequence[ChipInfo]:
        return [ChipInfo("simulated", "pinctrl-simulated", 28)]

    @override
    def lines(self, sensors: Sequence[Sensor], chip: str | None) -> Lines:
        names = [sensor.sensor_id for sensor in sensors]
        if {*names} != {*self.world.bays}:
            mounts = [Mount(sensor_id=one, height_m=self._height_m) for one in names]
            self.world = World(RealClock(), mounts, seed=self._seed)
        try:
            return SimulatedLines(sensors, self.world, quality=self._quality, seed=self._seed)
        except LineLostError as err:
            raise RefusedError("line_lost") from err

    @override
    def simulate(self, bay_id: str, traffic: str) -> bool:
        if bay_id not in self.world.bays:
            return False
        if traffic == "park":
            self.world.park(bay_id, VehicleKind.CAR, at_once=True)
        elif traffic == "leave":
            self.world.drive_off(bay_id)
        else:
            return False
        return True
