"""Levels of a lot, chosen from the existing ones: a typing error creates no new level."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig

from ..const import (
    CONF_BAYS,
    CONF_FROM_LEVEL,
    CONF_LANES,
    CONF_LEVEL,
    CONF_RAMPS,
    CONF_TO_LEVEL,
    SUBENTRY_GATE,
    SUBENTRY_NODE,
)
from ..lot.labels import clean, name_key
from .base import Row, Value


def levels_in(rows: Iterable[Mapping[str, Any]], *columns: str) -> list[str]:
    """Return the levels of rows, each once; empty for those without one."""
    return [*dict.fromkeys(clean(str(row.get(key) or "")) for row in rows for key in columns)]


def levels_of_bays(entry: ConfigEntry) -> list[str]:
    """Return the levels of a lot's bays."""
    nodes = entry.get_subentries_of_type(SUBENTRY_NODE)
    return levels_in((row for node in nodes for row in node.data[CONF_BAYS]), CONF_LEVEL)


def levels_of_ways(entry: ConfigEntry) -> list[str]:
    """Return the levels of a lot's lanes and ramps."""
    lanes, ramps = (entry.options.get(name, ()) for name in (CONF_LANES, CONF_RAMPS))
    return [*levels_in(lanes, CONF_LEVEL), *levels_in(ramps, CONF_FROM_LEVEL, CONF_TO_LEVEL)]


def levels_of_lot(entry: ConfigEntry) -> list[str]:
    """Return all levels of a lot."""
    gates = (gate.data for gate in entry.get_subentries_of_type(SUBENTRY_GATE))
    return [*levels_of_bays(entry), *levels_in(gates, CONF_LEVEL), *levels_of_ways(entry)]


def level_selector(known: Iterable[str]) -> SelectSelector:
    """Return a field for a level: one of those known, or a new one."""
    options = sorted(filter(None, {*known}), key=_in_order)
    return SelectSelector(SelectSelectorConfig(options=options, custom_value=True))


def _in_order(level: str) -> tuple[bool, int, str]:
    """Return the sort key of a level: numbers in order, before names."""
    is_number = level.removeprefix("-").isdecimal()
    return not is_number, int(level) if is_number else 0, level


def as_known(level: object, known: Iterable[str]) -> str:
    """Return a level in the spelling that is known, if it is known."""
    wanted = clean(str(level or ""))
    return next((one for one in known if name_key(one) == name_key(wanted)), wanted)


def with_levels(rows: Iterable[Row], known: Sequence[str]) -> Iterator[Row]:
    """Yield rows with their levels in the known spelling, also that of other rows."""
    spelt = {name_key(level): level for level in reversed(known)}
    for row in rows:
        level: Value = row.get(CONF_LEVEL)
        if level is None:
            yield row
        else:
            wanted = clean(str(level))
            yield {**row, CONF_LEVEL: spelt.setdefault(name_key(wanted), wanted)}
