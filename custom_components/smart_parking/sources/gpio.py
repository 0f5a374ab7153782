"""Ultrasonic sensors on the GPIO header of the Raspberry Pi that Home Assistant runs on."""

from collections.abc import Collection, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..const import CONF_BAY_ID, CONF_EMPTY_M, CONF_LABEL
from ..hcsr04.bank import Bank
from ..hcsr04.errors import (
    ChipNotFoundError,
    ChipPermissionError,
    GpioError,
    LineBusyError,
    LineInUseError,
    LineLostError,
    LineUnusableError,
)
from ..hcsr04.model import Sensor
from ..hcsr04.schedule import HEARING_M, RANGE_MAX_M, Plan
from ..lot.model import OUT_OF_REACH, Reading
from ..requirements import TIMEOUT_S, RequirementsMissingError, async_load
from .banked import BankSource, place
from .base import (
    CONF_EMPTY_IS,
    EMPTY_IS_FLOOR,
    Columns,
    FreeSensor,
    NodeConfig,
    Row,
    Schema,
    Sink,
    SourceError,
    Value,
    blind_field,
    empty_is_field,
    metres,
)

if TYPE_CHECKING:
    from ..hcsr04.pin_factory import GpiodFactory

# Asked for here and not in the manifest: a lot without GPIO needs none of it.
REQUIREMENTS: Final = ("gpiod>=2.4,<3", "gpiozero>=2.0.1,<3")
# Who sets up a node waits for as long as an installation may take on a small machine.
PROBE_TIMEOUT_S = 60.0

CONF_TRIGGER = "trigger"
CONF_ECHO = "echo"

# The 40-pin header of every Raspberry Pi since 2014. GPIO 0 and 1 are there, too, and belong to the
# memory chips of add-on boards; 2 and 3 have resistors to 3.3 V and cannot listen to an echo.
HEADER_GPIOS = range(2, 28)
PULLED_UP_GPIOS = (2, 3)

CONF_CHIP = "chip"
# Chips with more lines than this are none that anybody wires sensors to.
LINES_MAX = 1024
# Where sensors hang at first; calibration finds out.
EMPTY_M = 2.5
# So many take turns where triggers are shared: neighbours in a row have different ones.
SHARED_TRIGGERS = 3
# So many pairs of lines are offered at once.
OFFERS_MAX = 64


_ERRORS: Mapping[type[GpioError], str] = {
    ChipNotFoundError: "no_chip",
    ChipPermissionError: "no_permission",
    LineBusyError: "pin_busy",
    LineInUseError: "pin_busy",
    LineUnusableError: "pin_unusable",
}


def _explained(err: GpioError, chip: str | None) -> SourceError:
    """Return what to say when a chip, such as one that was chosen, or a line cannot be used."""
    found = (key for kind, key in _ERRORS.items() if isinstance(err, kind))
    key, values = next(found, "chip_refuses"), err.placeholders
    if isinstance(err, ChipNotFoundError) and chip is not None:
        key, values = "chip_missing", {"chip": chip}
    elif isinstance(err, ChipNotFoundError) and values["labels"]:
        key = "other_chips"
    elif isinstance(err, LineBusyError) and not err.consumer.strip(" ?"):
        # The kernel's own word for nobody is a question mark.
        key = "pin_busy_unnamed"
    elif isinstance(err, LineInUseError):
        # Another lot, or another integration.
        values = {**values, "consumer": "Home Assistant"}
    return SourceError(key, values)


async def _async_load(hass: HomeAssistant, name: str, timeout_s: float) -> ModuleType:
    """Return a module that knows the hardware, or raise `SourceError` when it cannot be had."""
    try:
        return await async_load(hass, f"hcsr04.{name}", REQUIREMENTS, timeout_s)
    except RequirementsMissingError as err:
        raise SourceError("packages_missing", {"packages": err.packages}) from err


def _pin() -> NumberSelector:
    """Return a field for a GPIO number."""
    return NumberSelector(
        NumberSelectorConfig(min=0, max=LINES_MAX - 1, step=1, mode=NumberSelectorMode.BOX)
    )


EMPTY_SELECTOR = metres(0.2, RANGE_MAX_M)


class GpioSource(BankSource):
    """This Raspberry Pi's own header."""

    key = "gpio"
    model = "Raspberry Pi GPIO"
    # Two banks would ping without knowing of one another.
    only_one = True

    @classmethod
    @override
    def settings_schema(cls) -> Schema:
        return {
            vol.Required("range_m", default=RANGE_MAX_M): metres(0.5, RANGE_MAX_M),
            vol.Required("hearing_m", default=HEARING_M): metres(0.0, 50.0),
            **blind_field(),
            **empty_is_field(),
        }

    @classmethod
    @override
    async def async_settings_schema(cls, hass: HomeAssistant) -> Schema:
        try:
            hardware = await _async_load(hass, "chips", TIMEOUT_S)
            chips = await hass.async_add_executor_job(hardware.find_chips)
        except SourceError, GpioError:
            chips = []
        options = [
            SelectOptionDict(value=chip.label, label=f"{chip.label} ({chip.path}, {chip.lines})")
            for chip in chips
        ]
        config = SelectSelectorConfig(options=options, custom_value=True)
        return {**cls.settings_schema(), vol.Optional(CONF_CHIP): SelectSelector(config)}

    @classmethod
    @override
    async def async_lacking(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> SourceError | None:
        chip = _chip_of(settings)
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
    def columns(cls) -> Columns:
        return {
            CONF_TRIGGER: {"selector": _pin(), "required": True},
            CONF_ECHO: {"selector": _pin(), "required": True},
            CONF_EMPTY_M: {"selector": EMPTY_SELECTOR},
        }

    @classmethod
    @override
    def row_schema(cls) -> Schema:
        return {
            vol.Optional("trigger_pins", default=[]): SelectSelector(
                SelectSelectorConfig(
                    options=[str(pin) for pin in HEADER_GPIOS], multiple=True, custom_value=True
                )
            ),
            vol.Optional("first_pin"): _pin(),
            vol.Optional(CONF_EMPTY_M, default=EMPTY_M): EMPTY_SELECTOR,
        }

    @classmethod
    @override
    def wire_row(
        cls, rows: Sequence[Row], answers: Mapping[str, Value], before: Sequence[Row]
    ) -> list[Row]:
        shared = [_number(pin) for pin in _texts(answers.get("trigger_pins"))]
        used = {row.get(key) for row in before for key in (CONF_TRIGGER, CONF_ECHO)} | set(shared)
        lines, pulled_up = _lines_of(answers)
        first = answers.get("first_pin")
        start = int(first) if isinstance(first, int | float) else 0
        free = [line for line in lines if line >= start and line not in used]
        wired: list[Row] = []
        try:
            for number, row in enumerate(rows):
                # A pin with a fixed pull-up is good for a trigger, so those go first.
                trigger = shared[number % len(shared)] if shared else free.pop(0)
                echo = next(pin for pin in free if pin not in pulled_up)
                free.remove(echo)
                wired.append(
                    {
                        **row,
                        CONF_TRIGGER: trigger,
                        CONF_ECHO: echo,
                        CONF_EMPTY_M: answers.get(CONF_EMPTY_M),
                    }
                )
        except (IndexError, StopIteration) as err:
            raise SourceError(
                "out_of_pins", {"count": str(len(rows)), "fit": str(len(wired))}
            ) from err
        return wired

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
        lines, _ = _lines_of(settings)
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

    @classmethod
    @override
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        lines, pulled_up = _lines_of(node.settings)
        for row in node.rows:
            for key in (CONF_TRIGGER, CONF_ECHO):
                pin = row.get(key)
                if pin not in lines:
                    raise SourceError(
                        "reserved_pin", {"label": str(row[CONF_LABEL]), "pin": str(pin)}
                    )
            if row.get(CONF_ECHO) in pulled_up:
                raise SourceError(
                    "pulled_up_pin", {"label": str(row[CONF_LABEL]), "pin": str(row[CONF_ECHO])}
                )
        super().check(hass, node)

    @classmethod
    @override
    def uncalibrated(cls, node: NodeConfig) -> list[str]:
        if node.empty_is != EMPTY_IS_FLOOR:
            return []
        return [str(row[CONF_BAY_ID]) for row in node.rows if row.get(CONF_EMPTY_M) is None]

    @override
    def empty_distances(self) -> dict[str, float | None]:
        # Before anybody was asked, a bay without a distance was one that gives no echo.
        distances = super().empty_distances()
        if self.node.empty_is is None:
            return {one: OUT_OF_REACH if m is None else m for one, m in distances.items()}
        return distances

    @classmethod
    @override
    def sensors(cls, node: NodeConfig) -> list[Sensor]:
        sensors: list[Sensor] = []
        for row in node.rows:
            x, y, level = place(row)
            sensors.append(
                Sensor(
                    sensor_id=str(row[CONF_BAY_ID]),
                    trigger=int(str(row[CONF_TRIGGER])),
                    echo=int(str(row[CONF_ECHO])),
                    x=x,
                    y=y,
                    level=level,
                )
            )
        return sensors

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
        chip = _chip_of(self.node.settings)
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


def _texts(value: Value) -> list[str]:
    """Return a value that is a list, or none."""
    return value if isinstance(value, list) else []


def _number(pin: str) -> int:
    """Return the number of a pin that was typed in, or raise `SourceError`."""
    if not pin.strip().isdecimal():
        raise SourceError("pin_number", {"pin": pin})
    return int(pin)


def _chip_of(settings: Mapping[str, Value]) -> str | None:
    """Return the chip that the owner has chosen; None is the one behind the header."""
    return str(settings.get(CONF_CHIP) or "").strip() or None


def _lines_of(settings: Mapping[str, Value]) -> tuple[range, Collection[int]]:
    """Return the lines that sensors may be wired to, and those of them that hear no echo.

    Whoever has chosen another chip than the header's knows its lines.
    """
    if _chip_of(settings) is not None:
        return range(LINES_MAX), ()
    return HEADER_GPIOS, PULLED_UP_GPIOS
