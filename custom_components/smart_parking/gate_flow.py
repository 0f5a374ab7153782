"""Forms of a gate, which an owner adds to a lot or changes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
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
    SUBENTRY_GATE,
    SUBENTRY_NODE,
)
from .errors import InvalidInputError, SmartParkingError
from .lot.labels import clean, name_key
from .sources.base import PLACE_MAX_M, metres
from .sources.bay_table import HEADING_SELECTOR, read_distances
from .sources.levels import as_known, levels_of_bays, levels_of_lanes, name_selector
from .text_input import check_controls, has_controls

# Shown for a level without a name.
NO_LEVEL = "\N{EN DASH}"
# The owner confirms a gate on a level without bays.
CONF_NEW_LEVEL = "new_level"

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
            vol.Required(CONF_X, default=0.0): metres(-PLACE_MAX_M),
            vol.Required(CONF_Y, default=0.0): metres(-PLACE_MAX_M),
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


class GateFlow(ConfigSubentryFlow):
    """Adds a gate to a lot, or changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form of a new gate."""
        nodes = self._get_entry().get_subentries_of_type(SUBENTRY_NODE)
        first = next((usual_level(node.data) for node in nodes), {})
        return self._step("user", user_input, first)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the form of an existing gate."""
        subentry = self._get_reconfigure_subentry()
        return self._step("reconfigure", user_input, {CONF_NAME: subentry.title, **subentry.data})

    def _other_gates(self) -> list[str]:
        """Return the names of the lot's other gates."""
        gates = self._get_entry().get_subentries_of_type(SUBENTRY_GATE)
        own = None
        if self.source == SOURCE_RECONFIGURE:
            own = self._get_reconfigure_subentry().subentry_id
        return [gate.title for gate in gates if gate.subentry_id != own]

    def _step(
        self, step_id: str, user_input: dict[str, Any] | None, before: Mapping[str, Any]
    ) -> SubentryFlowResult:
        """Show a form until its input is valid, and save the gate."""
        entry = self._get_entry()
        own = None
        if self.source == SOURCE_RECONFIGURE:
            own = str(self._get_reconfigure_subentry().data.get(CONF_LEVEL, ""))
        levels = GateLevels([*levels_of_bays(entry), *levels_of_lanes(entry)], own)
        form = gate_form(levels)
        if user_input is not None:
            try:
                name, data = read_gate(user_input, levels, self._other_gates())
            except SmartParkingError as err:
                form, before = gate_form(levels, err), user_input
            else:
                if self.source == SOURCE_RECONFIGURE:
                    return self.async_update_and_abort(
                        entry, self._get_reconfigure_subentry(), title=name, data=data
                    )
                return self.async_create_entry(title=name, data=data)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form.schema, before),
            errors=form.errors,
            description_placeholders=form.placeholders,
        )
