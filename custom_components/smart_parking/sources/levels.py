"""The levels and zones of a lot, chosen from those that there are: no slip of the pen makes one."""

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
    CONF_ZONE,
    SUBENTRY_GATE,
    SUBENTRY_NODE,
)
from ..lot.labels import clean, name_key
from .base import Row, Value


def levels_in(rows: Iterable[Mapping[str, Any]], *columns: str) -> list[str]:
    """Return the levels of rows, each once; empty for those without one."""
    return [*dict.fromkeys(clean(str(row.get(key) or "")) for row in rows for key in columns)]


def zones_in(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the zones that rows name, each once."""
    return [zone for zone in levels_in(rows, CONF_ZONE) if zone]


def zones_of_lot(entry: ConfigEntry) -> list[str]:
    """Return all zones of a lot."""
    nodes = entry.get_subentries_of_type(SUBENTRY_NODE)
    return zones_in(row for node in nodes for row in node.data[CONF_BAYS])


def levels_of_bays(entry: ConfigEntry) -> list[str]:
    """Return the levels of a lot's bays."""
    nodes = entry.get_subentries_of_type(SUBENTRY_NODE)
    return levels_in((row for node in nodes for row in node.data[CONF_BAYS]), CONF_LEVEL)


def levels_of_lanes(entry: ConfigEntry) -> list[str]:
    """Return the levels of a lot's lanes and ramps."""
    lanes, ramps = (entry.options.get(name, ()) for name in (CONF_LANES, CONF_RAMPS))
    return [*levels_in(lanes, CONF_LEVEL), *levels_in(ramps, CONF_FROM_LEVEL, CONF_TO_LEVEL)]


def levels_of_lot(entry: ConfigEntry) -> list[str]:
    """Return all levels of a lot."""
    gates = (gate.data for gate in entry.get_subentries_of_type(SUBENTRY_GATE))
    return [*levels_of_bays(entry), *levels_in(gates, CONF_LEVEL), *levels_of_lanes(entry)]


def name_selector(known: Iterable[str]) -> SelectSelector:
    """Return a field for a level or a zone: one of those that there are, or another one."""
    options = sorted(filter(None, {*known}), key=_in_order)
    return SelectSelector(SelectSelectorConfig(options=options, custom_value=True))


def _in_order(level: str) -> tuple[bool, int, str]:
    """Return the sort key of a level: numbers in order, before names."""
    is_number = level.removeprefix("-").isdecimal()
    return not is_number, int(level) if is_number else 0, level


def as_known(level: object, known: Iterable[str]) -> str:
    """Return a level or a zone as it is written elsewhere, if it is one that there is."""
    wanted = clean(str(level or ""))
    return next((one for one in known if name_key(one) == name_key(wanted)), wanted)


def spelt_alike(rows: Iterable[Row], column: str, known: Sequence[str]) -> Iterator[Row]:
    """Yield rows with the names in a column written as they are elsewhere, also in other rows."""
    spelt = {name_key(name): name for name in reversed(known)}
    for row in rows:
        name: Value = row.get(column)
        if name is None:
            yield row
        else:
            wanted = clean(str(name))
            yield {**row, column: spelt.setdefault(name_key(wanted), wanted)}
