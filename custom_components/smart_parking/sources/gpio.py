"""Ultrasonic sensors on the GPIO header of the Raspberry Pi that Home Assistant runs on."""

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Final, override

from homeassistant.core import HomeAssistant

from ..hcsr04.bank import Bank
from ..hcsr04.errors import GpioError, LineLostError
from ..hcsr04.schedule import Plan
from ..lot.model import Reading
from ..node.messages import ChipInfo
from ..node.wiring import explain
from ..requirements import TIMEOUT_S, RequirementsMissingError, async_load
from .banked import BankSource
from .base import FreeSensor, Schema, SensorSearch, Sink, SourceError, Value, refused
from .header import HeaderSource, chip_field, chip_of

if TYPE_CHECKING:
    from ..hcsr04.chips import Chip
    from ..hcsr04.pin_factory import GpiodFactory

# Asked for here and not in the manifest: a lot without GPIO needs none of it.
REQUIREMENTS: Final = ("gpiod>=2.4,<3", "gpiozero>=2.0.1,<3")
# Who sets up a node waits for as long as an installation may take on a small machine.
PROBE_TIMEOUT_S = 60.0


def _explained(err: GpioError, chip: str | None) -> SourceError:
    """Return what to say when a chip, such as one that was chosen, or a line cannot be used."""
    # Another lot, or another integration, may have a line.
    return refused(explain(err, chip, "Home Assistant").refusal)


async def _async_load(hass: HomeAssistant, name: str, timeout_s: float) -> ModuleType:
    """Return a module that knows the hardware, or raise `SourceError` when it cannot be had."""
    try:
        return await async_load(hass, f"hcsr04.{name}", REQUIREMENTS, timeout_s)
    except RequirementsMissingError as err:
        raise SourceError("packages_missing", {"packages": err.packages}) from err


async def _async_count_lines(hass: HomeAssistant, chip: str | None) -> int:
    """Return how many lines a chip of this machine has; raise `SourceError` when it is not there.

    None is the one behind the header.
    """
    hardware = await _async_load(hass, "chips", PROBE_TIMEOUT_S)
    try:
        found: Chip = await hass.async_add_executor_job(hardware.find_header_chip, chip)
    except GpioError as err:
        raise _explained(err, chip) from err
    return found.lines


class GpioSource(HeaderSource, BankSource):
    """This Raspberry Pi's own header."""

    key = "gpio"
    model = "Raspberry Pi GPIO"
    # Two banks would ping without knowing of one another.
    only_one = True

    @classmethod
    @override
    async def async_settings_schema(cls, hass: HomeAssistant) -> Schema:
        try:
            hardware = await _async_load(hass, "chips", TIMEOUT_S)
            found = await hass.async_add_executor_job(hardware.find_chips)
        except SourceError, GpioError:
            found = []
        chips = [ChipInfo(chip.path, chip.label, chip.lines) for chip in found]
        return {**cls.settings_schema(), **chip_field(chips)}

    @classmethod
    @override
    async def async_lacking(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> SourceError | None:
        try:
            await _async_count_lines(hass, chip_of(settings))
        except SourceError as err:
            return err
        return None

    @classmethod
    @override
    async def async_get_free_sensors(
        cls, hass: HomeAssistant, search: SensorSearch
    ) -> list[FreeSensor]:
        try:
            lines = await _async_count_lines(hass, chip_of(search.settings))
        except SourceError:
            return []
        return cls.free_pins(search, lines)

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        await self._async_prepare(PROBE_TIMEOUT_S)
        return await super().async_probe()

    @override
    async def async_start(self, sink: Sink) -> None:
        await self._async_prepare(TIMEOUT_S)
        await super().async_start(sink)

    async def _async_prepare(self, timeout_s: float) -> None:
        """Load what claims lines, or raise `SourceError` when that cannot be had."""
        hardware = await _async_load(self.hass, "pin_factory", timeout_s)
        self._factory: type[GpiodFactory] = hardware.GpiodFactory

    @override
    def _open_bank(self, plan: Plan) -> Bank:
        sensors = [sensor for slot in plan.slots for sensor in slot.sensors]
        chip = chip_of(self.node.settings)
        try:
            lines = self._factory(chip).lines(
                sorted({sensor.trigger for sensor in sensors}),
                [sensor.echo for sensor in sensors],
            )
        except GpioError as err:
            raise _explained(err, chip) from err
        except LineLostError as err:
            raise SourceError("line_lost") from err
        return Bank(lines, plan)
