"""The form of a gate: what it asks, and what its answers mean."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import BooleanSelector, TextSelector, TextSelectorConfig
import voluptuous as vol

from .const import (
    CONF_BAYS,
    CONF_DISTANCES,
    CONF_HEADING,
    CONF_LEVEL,
    CONF_X,
    CONF_Y,
)
from .errors import InvalidInputError, SmartParkingError
from .lot.labels import clean, name_key
from .lot.model import Gate
from .sources.base import PLACE_MAX_M, metres
from .sources.bay_table import HEADING_SELECTOR, gate_of, read_distances
from .sources.levels import as_known, name_selector
from .text_input import check_controls, has_controls

# Shown for a level without a name.
NO_LEVEL = "\N{EN DASH}"
# Stands for a name that is still to come.
NO_NAME = "\N{EN DASH}"
# The owner confirms a gate on a level without bays.
CONF_NEW_LEVEL = "new_level"
# Where a new gate is until its owner says where.
AT_FIRST: Mapping[str, float] = {CONF_X: 0.0, CONF_Y: 0.0}

_FIELDS = {
    "bad_distance": CONF_DISTANCES,
    "gate_level": CONF_LEVEL,
    "control_in_level": CONF_LEVEL,
}


class GateLevels(NamedTuple):
    """The levels that a gate can be on."""

    usual: Sequence[str]
    """Levels with bays, lanes or ramps; any other needs to be confirmed."""
    own: str | None = None
    """The gate's level so far."""

    def fit(self, level: str) -> bool:
        """Return whether a gate on a level needs no confirmation."""
        return not self.usual or level == self.own or level in self.usual


def _gate_schema(levels: GateLevels, *, is_asked: bool) -> vol.Schema:
    """Return the form of a gate; with `is_asked`, a level without bays can be confirmed."""
    asked = {vol.Required(CONF_NEW_LEVEL, default=False): BooleanSelector()} if is_asked else {}
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Optional(CONF_LEVEL): name_selector(levels.usual),
            **asked,
            vol.Required(CONF_X, default=AT_FIRST[CONF_X]): metres(-PLACE_MAX_M),
            vol.Required(CONF_Y, default=AT_FIRST[CONF_Y]): metres(-PLACE_MAX_M),
            vol.Optional(CONF_HEADING): HEADING_SELECTOR,
            vol.Optional(CONF_DISTANCES): TextSelector(TextSelectorConfig(multiline=True)),
        }
    )


def read_gate(
    answers: Mapping[str, Any], levels: GateLevels, taken: Collection[str] = ()
) -> tuple[str, dict[str, Any]]:
    """Return a gate's name and data, or raise `InvalidInputError`; `taken` are used names."""
    read_distances(answers.get(CONF_DISTANCES, ""))
    data = dict(answers)
    check_controls(data[CONF_NAME].strip())
    if has_controls(str(data.get(CONF_LEVEL, "")).strip()):
        raise InvalidInputError("control_in_level")
    if not (name := clean(data.pop(CONF_NAME))):
        raise InvalidInputError("no_name")
    if name_key(name) in map(name_key, taken):
        raise InvalidInputError("gate_taken")
    level = as_known(data.pop(CONF_LEVEL, None), levels.usual)
    if not (data.pop(CONF_NEW_LEVEL, False) or levels.fit(level)):
        known = ", ".join(one or NO_LEVEL for one in levels.usual)
        raise InvalidInputError("gate_level", {"level": level or NO_LEVEL, "levels": known})
    return name, {CONF_LEVEL: level, **data} if level else data


def read_unfinished_gate(
    answers: Mapping[str, Any], levels: GateLevels, taken: Collection[str] = ()
) -> Gate:
    """Return the gate of a form that is being filled in: it may have no name yet.

    Raises `InvalidInputError` as `read_gate` does, and `vol.Invalid` while a number is missing or
    out of range.
    """
    if not answers.keys() >= {CONF_X, CONF_Y}:
        raise vol.Invalid("the place is missing")
    is_named = bool(clean(str(answers.get(CONF_NAME) or "")))
    named = answers if is_named else {**answers, CONF_NAME: NO_NAME}
    _gate_schema(levels, is_asked=True)({**named})
    name, data = read_gate(named, levels, taken if is_named else ())
    return gate_of("", name if is_named else "", data)


def usual_level(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the level of a node's first bay, where its gates usually are."""
    return {key: value for key, value in node[CONF_BAYS][0].items() if key == CONF_LEVEL}


class GateForm(NamedTuple):
    """The form of a gate with its errors."""

    schema: vol.Schema
    errors: dict[str, str]
    placeholders: Mapping[str, str]


def gate_form(levels: GateLevels, err: SmartParkingError | None = None) -> GateForm:
    """Return the form of a gate, with an error if there is one."""
    if err is None:
        return GateForm(_gate_schema(levels, is_asked=False), {}, {})
    field = _FIELDS.get(err.key, CONF_NAME)
    schema = _gate_schema(levels, is_asked=err.key == "gate_level")
    return GateForm(schema, {field: err.key}, err.placeholders)
