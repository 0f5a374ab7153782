"""Ultrasonic sensors on the GPIO header of the Raspberry Pi that Home Assistant runs on."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
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
    LineUnusableError,
)
from ..hcsr04.model import LineLostError, Sensor
from ..hcsr04.schedule import HEARING_M, RANGE_MAX_M, Plan
from ..lot.model import OUT_OF_REACH, Reading
from ..requirements import PATIENCE_S, RequirementsMissingError, async_load
from .banked import BankSource, place
from .base import (
    EMPTY_IS_FLOOR,
    Columns,
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
PROBE_PATIENCE_S = 60.0

CONF_TRIGGER = "trigger"
CONF_ECHO = "echo"

# The 40-pin header of every Raspberry Pi since 2014. GPIO 0 and 1 are there, too, and belong to the
# memory chips of add-on boards; 2 and 3 have resistors to 3.3 V and cannot listen to an echo.
HEADER_GPIOS = range(2, 28)
PULLED_UP_GPIOS = (2, 3)

_ERRORS: dict[type[GpioError], str] = {
    ChipPermissionError: "no_permission",
    LineBusyError: "pin_busy",
    LineInUseError: "pin_busy",
    LineUnusableError: "pin_unusable",
}


def _pin() -> NumberSelector:
    """Return a field for a GPIO number."""
    return NumberSelector(NumberSelectorConfig(min=0, max=63, step=1, mode=NumberSelectorMode.BOX))


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
                    options=[str(pin) for pin in HEADER_GPIOS], multiple=True, custom_value=False
                )
            ),
            vol.Optional("first_pin"): _pin(),
            vol.Optional(CONF_EMPTY_M, default=2.5): EMPTY_SELECTOR,
        }

    @classmethod
    @override
    def wire_row(
        cls, rows: Sequence[Row], answers: Mapping[str, Value], before: Sequence[Row]
    ) -> list[Row]:
        shared = [int(pin) for pin in _texts(answers.get("trigger_pins"))]
        used = {row.get(key) for row in before for key in (CONF_TRIGGER, CONF_ECHO)} | set(shared)
        first = answers.get("first_pin")
        free = _free_pins(int(first) if isinstance(first, int | float) else min(HEADER_GPIOS), used)
        wired: list[Row] = []
        try:
            for number, row in enumerate(rows):
                # A pin with a fixed pull-up is good for a trigger, so those go first.
                trigger = shared[number % len(shared)] if shared else free.pop(0)
                echo = next(pin for pin in free if pin not in PULLED_UP_GPIOS)
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
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        for row in node.rows:
            for key in (CONF_TRIGGER, CONF_ECHO):
                pin = row.get(key)
                if pin not in HEADER_GPIOS:
                    raise SourceError(
                        "reserved_pin", {"label": str(row[CONF_LABEL]), "pin": str(pin)}
                    )
            if row.get(CONF_ECHO) in PULLED_UP_GPIOS:
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
        await self._async_load(PROBE_PATIENCE_S)
        return await super().async_probe()

    @override
    async def async_start(self, sink: Sink) -> None:
        await self._async_load(PATIENCE_S)
        await super().async_start(sink)

    async def _async_load(self, patience_s: float) -> None:
        """Load what knows the hardware, or raise `SourceError` when that cannot be had."""
        try:
            module = await async_load(self.hass, "hcsr04.pin_factory", REQUIREMENTS, patience_s)
        except RequirementsMissingError as err:
            raise SourceError("packages_missing", {"packages": err.packages}) from err
        self._factory: type[GpiodFactory] = module.GpiodFactory

    @override
    def _open_bank(self, plan: Plan) -> Bank:
        sensors = [sensor for slot in plan.slots for sensor in slot.sensors]
        try:
            lines = self._factory().lines(
                sorted({sensor.trigger for sensor in sensors}),
                [sensor.echo for sensor in sensors],
            )
        except ChipNotFoundError as err:
            found = err.placeholders.get("labels")
            raise SourceError("other_chips" if found else "no_chip", err.placeholders) from err
        except GpioError as err:
            key = next((key for kind, key in _ERRORS.items() if isinstance(err, kind)), None)
            raise SourceError(key or "chip_refuses", err.placeholders) from err
        except LineLostError as err:
            raise SourceError("line_lost") from err
        return Bank(lines, plan)


def _texts(value: Value) -> list[str]:
    """Return a value that is a list, or none."""
    return value if isinstance(value, list) else []


def _free_pins(first: int, used: set[Value]) -> list[int]:
    """Return header pins from a first one upwards that nothing uses."""
    return [pin for pin in HEADER_GPIOS if pin >= first and pin not in used]
