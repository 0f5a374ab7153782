"""Ultrasonic sensors on the header of a Raspberry Pi, wherever that is: their forms, their pins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import override

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
from ..hcsr04.model import Sensor
from ..hcsr04.schedule import HEARING_M, RANGE_MAX_M
from ..lot.model import OUT_OF_REACH
from ..node.messages import ChipInfo
from .banked import place, plan_node
from .base import (
    EMPTY_IS_FLOOR,
    Columns,
    NodeConfig,
    Row,
    Schema,
    Source,
    SourceError,
    Value,
    blind_field,
    empty_is_field,
    metres,
)

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
EMPTY_SELECTOR = metres(0.2, RANGE_MAX_M)


def _pin() -> NumberSelector:
    """Return a field for a GPIO number."""
    return NumberSelector(
        NumberSelectorConfig(min=0, max=LINES_MAX - 1, step=1, mode=NumberSelectorMode.BOX)
    )


def chip_field(chips: Iterable[ChipInfo]) -> Schema:
    """Return the field for another chip than the header's."""
    options = [
        SelectOptionDict(value=chip.label, label=f"{chip.label} ({chip.path}, {chip.lines})")
        for chip in chips
    ]
    config = SelectSelectorConfig(options=options, custom_value=True)
    return {vol.Optional(CONF_CHIP): SelectSelector(config)}


class HeaderSource(Source):
    """Ultrasonic sensors that are wired to a header."""

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
        lines, pulled_up = lines_of(answers)
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
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        lines, pulled_up = lines_of(node.settings)
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
        plan_node(node, cls.sensors(node))

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
    def sensors(cls, node: NodeConfig) -> list[Sensor]:
        """Return the sensors over a node's bays, named by bay id."""
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


def _texts(value: Value) -> list[str]:
    """Return a value that is a list, or none."""
    return value if isinstance(value, list) else []


def _number(pin: str) -> int:
    """Return the number of a pin that was typed in, or raise `SourceError`."""
    if not pin.strip().isdecimal():
        raise SourceError("pin_number", {"pin": pin})
    return int(pin)


def chip_of(settings: Mapping[str, Value]) -> str | None:
    """Return the chip that the owner has chosen; None is the one behind the header."""
    return str(settings.get(CONF_CHIP) or "").strip() or None


def lines_of(settings: Mapping[str, Value]) -> tuple[range, Collection[int]]:
    """Return the lines that sensors may be wired to, and those of them that hear no echo.

    Whoever has chosen another chip than the header's knows its lines.
    """
    if chip_of(settings) is not None:
        return range(LINES_MAX), ()
    return HEADER_GPIOS, PULLED_UP_GPIOS
