"""Why sensors cannot be measured as they are wired, in words that both ends know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ..hcsr04.errors import (
    ChipNotFoundError,
    ChipPermissionError,
    GpioError,
    LineBusyError,
    LineInUseError,
    LineUnusableError,
)
from ..hcsr04.model import Sensor
from ..hcsr04.schedule import Plan, PlanError, make_plan
from .messages import Config, Refusal

_ERRORS: Final[Mapping[type[GpioError], str]] = {
    ChipNotFoundError: "no_chip",
    ChipPermissionError: "no_permission",
    LineBusyError: "pin_busy",
    LineInUseError: "pin_busy",
    LineUnusableError: "pin_unusable",
}


class RefusedError(Exception):
    """Sensors cannot be measured; `refusal` says why."""

    def __init__(self, error: str, placeholders: Mapping[str, str] | None = None) -> None:
        """Name the words, and what is put into them."""
        self.refusal = Refusal(error, dict(placeholders or {}))
        super().__init__(error)


def explain(err: GpioError, chip: str | None, program: str) -> RefusedError:
    """Return what to say when a chip, such as one that was chosen, or a line cannot be used.

    `program` is what other parts of this process are known by.
    """
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
        values = {**values, "consumer": program}
    return RefusedError(key, values)


def plan_sensors(
    sensors: Iterable[Sensor],
    labels: Mapping[str, str],
    *,
    range_m: float,
    hearing_m: float,
    period_s: float,
) -> Plan:
    """Return the order of pings, or raise `RefusedError` with the reason why there is none.

    `labels` are what people call the bays of sensors.
    """
    try:
        return make_plan(list(sensors), range_m=range_m, hearing_m=hearing_m, period_s=period_s)
    except PlanError as err:
        named = {key: labels.get(word, word) for key, word in err.placeholders.items()}
        raise RefusedError(f"plan_{err.problem}", named) from err


def plan_of(config: Config, period_s: float) -> Plan:
    """Return the order of pings of a configuration, or raise `RefusedError`."""
    sensors = [
        Sensor(
            sensor_id=bay.bay_id,
            trigger=bay.trigger,
            echo=bay.echo,
            x=bay.x,
            y=bay.y,
            level=bay.level,
        )
        for bay in config.bays
    ]
    return plan_sensors(
        sensors,
        {bay.bay_id: bay.label for bay in config.bays},
        range_m=config.range_m,
        hearing_m=config.hearing_m,
        period_s=period_s,
    )
