"""Ultrasonic sensors on the GPIO header of the Raspberry Pi that Home Assistant runs on."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Final, override

from homeassistant.core import HomeAssistant

from ..const import CONF_EMPTY_M
from ..hcsr04.bank import Bank
from ..hcsr04.errors import GpioError, LineLostError
from ..hcsr04.schedule import Plan
from ..lot.model import Reading
from ..node.messages import ChipInfo
from ..node.wiring import explain
from ..requirements import TIMEOUT_S, RequirementsMissingError, async_load
from .banked import BankSource
from .base import (
    CONF_EMPTY_IS,
    EMPTY_IS_FLOOR,
    FreeSensor,
    Row,
    Schema,
    Sink,
    SourceError,
    Value,
    refused,
)
from .header import (
    CONF_ECHO,
    CONF_TRIGGER,
    EMPTY_M,
    HeaderSource,
    chip_field,
    chip_of,
    lines_of,
)

if TYPE_CHECKING:
    from ..hcsr04.pin_factory import GpiodFactory

# Asked for here and not in the manifest: a lot without GPIO needs none of it.
REQUIREMENTS: Final = ("gpiod>=2.4,<3", "gpiozero>=2.0.1,<3")
# Who sets up a node waits for as long as an installation may take on a small machine.
PROBE_TIMEOUT_S = 60.0
# So many take turns where triggers are shared: neighbours in a row have different ones.
SHARED_TRIGGERS = 3
# So many pairs of lines are offered at once.
OFFERS_MAX = 64


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
        chip = chip_of(settings)
        try:
            hardware = await _async_load(hass, "chips", PROBE_TIMEOUT_S)
            await hass.async_add_executor_job(hardware.find_header_chip, chip)
        except SourceError as err:
            return err
        except GpioError as err:
            return _explained(err, chip)
        return None

    @classmethod
    @override
    async def async_get_free_sensors(
        cls,
        hass: HomeAssistant,
        settings: Mapping[str, Value],
        used: Sequence[Row],
        *,
        shares_triggers: bool = False,
    ) -> list[FreeSensor]:
        if await cls.async_lacking(hass, settings) is not None:
            return []
        lines, _ = lines_of(settings)
        # A chip that somebody has chosen may have more lines than anybody wants to look through.
        most = min(len(lines), OFFERS_MAX)
        shared: list[str] = []
        if shares_triggers:
            taken = {row.get(key) for row in used for key in (CONF_TRIGGER, CONF_ECHO)}
            free = [str(line) for line in lines if line not in taken]
            known = [*dict.fromkeys(str(row[CONF_TRIGGER]) for row in used)]
            shared = known + free[: max(0, SHARED_TRIGGERS - len(known))]
            # They go on taking turns where the others have ended.
            begun = len(used) % len(shared)
            shared = shared[begun:] + shared[:begun]
        answers: dict[str, Value] = {**settings, "trigger_pins": shared}
        try:
            wired = cls.wire_row([{} for _ in range(most)], answers, used)
        except SourceError as err:
            fit = int(err.placeholders["fit"])
            wired = cls.wire_row([{} for _ in range(fit)], answers, used)
        empty: Row = (
            {CONF_EMPTY_M: EMPTY_M} if settings.get(CONF_EMPTY_IS) == EMPTY_IS_FLOOR else {}
        )
        return [
            FreeSensor(
                key=str(row[CONF_ECHO]),
                name=f"GPIO{row[CONF_TRIGGER]} → GPIO{row[CONF_ECHO]}",
                wiring={key: row[key] for key in (CONF_TRIGGER, CONF_ECHO)} | empty,
            )
            for row in wired
        ]

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
