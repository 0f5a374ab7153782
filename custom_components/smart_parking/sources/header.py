"""Ultrasonic sensors on the header of a Raspberry Pi, wherever that is: their forms, their pins."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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
    CONF_EMPTY_IS,
    EMPTY_IS_FLOOR,
    Columns,
    FreeSensor,
    NodeConfig,
    Row,
    Schema,
    SensorSearch,
    Source,
    SourceError,
    Value,
    blind_field,
    empty_is_field,
    metres,
    number_in,
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

# So many take turns where triggers are shared: neighbours in a row have different ones.
SHARED_TRIGGERS = 3
# So many pairs of lines are offered at once.
OFFERS_MAX = 64

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
    def free_pins(cls, search: SensorSearch, lines_max: int) -> list[FreeSensor]:
        """Return pairs of lines that no bay has: those that are wired already, then by scheme.

        The chip has at most `lines_max` lines.
        """
        left = [*_left(search.used, search.given_up)]
        free = cls._by_scheme(replace(search, used=[*search.used, *left]))
        is_floor = search.settings.get(CONF_EMPTY_IS) == EMPTY_IS_FLOOR
        empty: Row = {CONF_EMPTY_M: EMPTY_M} if is_floor else {}
        known = [
            _free_sensor(row, {**empty, **_empty_of(row)}, str(row[CONF_BAY_ID])) for row in left
        ]
        return known + [
            _free_sensor(row, empty)
            for row in free
            if (pair := _pair(row)) is not None and max(pair) < lines_max
        ]

    @classmethod
    def _by_scheme(cls, search: SensorSearch) -> list[Row]:
        """Return the triggers and echoes of lines that bays do not use, as many as there are."""
        lines, _ = lines_of(search.settings)
        # A chip that somebody has chosen may have more lines than anybody wants to look through.
        most = min(len(lines), OFFERS_MAX)
        shared: list[str] = []
        pairs = [pair for row in search.used if (pair := _pair(row)) is not None]
        if search.shares_triggers:
            taken = {line for pair in pairs for line in pair}
            free = [str(line) for line in lines if line not in taken]
            known = [*dict.fromkeys(str(trigger) for trigger, _ in pairs)]
            shared = known + free[: max(0, SHARED_TRIGGERS - len(known))]
            # They go on taking turns where the others have ended.
            begun = len(pairs) % len(shared)
            shared = shared[begun:] + shared[:begun]
        answers: dict[str, Value] = {**search.settings, "trigger_pins": shared}
        try:
            return cls.wire_row([{} for _ in range(most)], answers, search.used)
        except SourceError as err:
            fit = int(err.placeholders["fit"])
            return cls.wire_row([{} for _ in range(fit)], answers, search.used)

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


def _pair(row: Row) -> tuple[int, int] | None:
    """Return the trigger and the echo of a bay; None where it has none yet."""
    trigger, echo = number_in(row, CONF_TRIGGER), number_in(row, CONF_ECHO)
    return None if trigger is None or echo is None else (int(trigger), int(echo))


def _left(used: Iterable[Row], given_up: Iterable[Row]) -> Iterator[Row]:
    """Yield the bays at work whose lines no bay that uses some is in the way of."""
    pairs = [pair for row in used if (pair := _pair(row)) is not None]
    triggers, echoes = {trigger for trigger, _ in pairs}, {echo for _, echo in pairs}
    for row in given_up:
        if (pair := _pair(row)) is not None:
            trigger, echo = pair
            if trigger not in echoes and echo not in triggers | echoes:
                yield row


def _empty_of(row: Row) -> Row:
    """Return the empty distance of a bay, if it has one."""
    empty_m = row.get(CONF_EMPTY_M)
    return {} if empty_m is None else {CONF_EMPTY_M: empty_m}


def _free_sensor(row: Row, empty: Row, bay_id: str | None = None) -> FreeSensor:
    """Return what is offered of the lines of a bay."""
    return FreeSensor(
        key=str(row[CONF_ECHO]),
        name=f"GPIO{row[CONF_TRIGGER]} → GPIO{row[CONF_ECHO]}",
        wiring={key: row[key] for key in (CONF_TRIGGER, CONF_ECHO)} | empty,
        bay_id=bay_id,
    )


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
