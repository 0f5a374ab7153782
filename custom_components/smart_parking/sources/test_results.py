"""Results of a node's test, as its owner reads them."""

from collections.abc import Callable, Collection, Mapping, Sequence
import re

from ..const import CONF_BAY_ID, CONF_EMPTY_M, CONF_LABEL
from ..lot.model import Fault, Reading
from .base import Row

# More bays than this are not listed one by one.
LISTED_MAX = 60

# Characters that Markdown, or HTML in it, would interpret.
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+.!|&~$-]")

type Words = Callable[[str], str]


def has_answered(reading: Reading, *, is_nothing: bool) -> bool:
    """Return whether a sensor works: no echo may be the right answer."""
    return reading.fault is None or (is_nothing and reading.fault is Fault.NO_TARGET)


def results_text(
    rows: Sequence[Row],
    measured: Mapping[str, Reading],
    lacking: Collection[str],
    texts: Words,
    *,
    is_nothing: bool,
) -> str:
    """Return the reading of each sensor, as a list: bays that need attention come first, marked.

    `lacking` are the ids of bays without an empty distance; `is_nothing` is whether an empty bay
    gives no value.
    """
    lines: list[tuple[int, str]] = []
    for row in rows:
        reading = measured.get(str(row[CONF_BAY_ID]))
        outcome, rank = _reading_text(reading, texts), 2
        if reading is None:
            # Some sources cannot be probed.
            rank = 0 if measured else 2
        elif not has_answered(reading, is_nothing=is_nothing):
            rank = 1 if reading.fault is Fault.NO_TARGET else 0
        elif is_nothing and row.get(CONF_EMPTY_M) is None and reading.distance_m:
            outcome, rank = f"{outcome}; {texts('taken_for_vehicle')}", 1
        mark = "" if rank == 2 else "⚠️ "
        lines.append((rank, f"- {mark}**{row[CONF_LABEL]}**: {outcome}"))
    lines.sort(key=lambda line: line[0])
    shown = [line for _, line in lines[:LISTED_MAX]]
    if lacking:
        labels = [str(row[CONF_LABEL]) for row in rows if row[CONF_BAY_ID] in lacking]
        shown += ["", f"{texts('uncalibrated')} {listed(labels)}"]
    return "\n".join(shown)


def _reading_text(reading: Reading | None, texts: Words) -> str:
    """Return the reading of one sensor, in words."""
    if reading is None:
        return texts("no_reading")
    if reading.distance_m is not None:
        return f"{reading.distance_m:.2f} m"
    if reading.fault is not None:
        return texts(reading.fault)
    return texts("occupied" if reading.occupied else "vacant")


def as_plain(text: str) -> str:
    """Return a text of unknown origin, escaped for Markdown."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def listed(labels: Sequence[str]) -> str:
    """Return labels in one line; of very many, only the first and the last."""
    if len(labels) > LISTED_MAX:
        return f"{', '.join(labels[: LISTED_MAX - 1])} … {labels[-1]}"
    return ", ".join(labels)
