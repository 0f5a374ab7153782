"""How an owner sets up a lot, its sensor nodes and its gates."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, override

from homeassistant.components.sensor.const import SensorDeviceClass
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
)
import voluptuous as vol

from .const import (
    CONF_BAYS,
    CONF_LABEL,
    CONF_LEVEL,
    CONF_TEMPERATURE_ENTITY,
    DOMAIN,
    SUBENTRY_GATE,
    SUBENTRY_NODE,
    SUBENTRY_PROMOTION,
)
from .data import SmartParkingConfigEntry
from .editor.panel import editor_path
from .errors import SmartParkingError
from .gate_flow import GateFlow, GateForm, GateLevels, gate_form, read_gate, usual_level
from .lot.labels import clean, name_key
from .options_flow import LotOptionsFlow
from .promotions.flow import PromotionFlow
from .sources import SOURCES
from .sources.base import NodeConfig
from .sources.flow import NodeSteps
from .sources.levels import levels_in, levels_of_lot
from .text_input import has_controls

LOT_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Optional(CONF_TEMPERATURE_ENTITY): EntitySelector(
            EntitySelectorConfig(
                filter={"domain": "sensor", "device_class": SensorDeviceClass.TEMPERATURE.value}
            )
        ),
    }
)


class SmartParkingConfigFlow(
    NodeSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow, domain=DOMAIN
):
    """Sets up a lot: its name, its first node with bays, and a gate."""

    VERSION = 1
    MINOR_VERSION = 1

    _title: str
    _data: Mapping[str, Any]
    _first_node: ConfigSubentryData

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: SmartParkingConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to a lot."""
        return {
            SUBENTRY_NODE: NodeFlow,
            SUBENTRY_GATE: GateFlow,
            SUBENTRY_PROMOTION: PromotionFlow,
        }

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: SmartParkingConfigEntry) -> LotOptionsFlow:
        """Return what can be changed about a lot's guidance and ways."""
        return LotOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the lot."""
        if user_input is not None:
            if error := self._take_lot(user_input):
                return self._show_lot("user", user_input, error)
            return await self.async_step_node()
        return self._show_lot("user", {}, None)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the lot's name or its thermometer."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            if error := self._take_lot(user_input, entry.entry_id):
                return self._show_lot("reconfigure", user_input, error)
            return self.async_update_and_abort(entry, title=self._title, data=self._data)
        return self._show_lot("reconfigure", {CONF_NAME: entry.title, **entry.data}, None)

    @override
    async def async_save_node(self, node: NodeConfig) -> ConfigFlowResult:
        """Store the node until the lot is complete."""
        self._first_node = ConfigSubentryData(
            data=node.to_data(), subentry_type=SUBENTRY_NODE, title=node.name, unique_id=None
        )
        return await self.async_step_gate()

    async def async_step_gate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where drivers come in, and finish."""
        node = self._first_node["data"]
        levels = GateLevels(levels_in(node[CONF_BAYS], CONF_LEVEL))
        if user_input is None:
            return self._show_gate(gate_form(levels), usual_level(node))
        try:
            name, data = read_gate(user_input, levels)
        except SmartParkingError as err:
            return self._show_gate(gate_form(levels, err), user_input)
        gate = ConfigSubentryData(
            data=data, subentry_type=SUBENTRY_GATE, title=name, unique_id=None
        )
        return self.async_create_entry(
            title=self._title,
            data=self._data,
            subentries=[self._first_node, gate],
            description_placeholders={"url": editor_path()},
        )

    def _show_gate(self, form: GateForm, answers: Mapping[str, Any]) -> ConfigFlowResult:
        """Show the form of a gate."""
        return self.async_show_form(
            step_id="gate",
            data_schema=self.add_suggested_values_to_schema(form.schema, answers),
            errors=form.errors,
            description_placeholders=form.placeholders,
        )

    def _take_lot(self, answers: dict[str, Any], own_id: str | None = None) -> str | None:
        """Read a lot's name and thermometer, or return what is wrong with them."""
        data = dict(answers)
        title = clean(data.pop(CONF_NAME))
        others = {
            name_key(entry.title)
            for entry in self._async_current_entries()
            if entry.entry_id != own_id
        }
        if not title:
            return "no_name"
        if has_controls(answers[CONF_NAME].strip()):
            return "control_characters"
        if name_key(title) in others:
            return "name_taken"
        self._title, self._data = title, data
        return None

    def _show_lot(
        self, step_id: str, answers: Mapping[str, Any], error: str | None
    ) -> ConfigFlowResult:
        """Show the form of a lot."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(LOT_SCHEMA, answers),
            errors={CONF_NAME: error} if error else None,
            last_step=step_id == "reconfigure",
        )


class NodeFlow(
    NodeSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Adds a node to a lot, or changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Start a new node."""
        return await self.async_step_node()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Start from the node as it is."""
        subentry = self._get_reconfigure_subentry()
        node = NodeConfig.from_data(subentry.title, subentry.data)
        self._kind = SOURCES[node.source]
        self._name, self._settings, self._rows = node.name, node.own_settings(), node.rows
        await self._look_for_devices()
        return await self.async_step_bays()

    @override
    async def async_save_node(self, node: NodeConfig) -> SubentryFlowResult:
        """Add the node to the lot, or put it in the place of what it was."""
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=node.name,
                data=node.to_data(),
            )
        return self.async_create_entry(title=node.name, data=node.to_data())

    @override
    def taken_labels(self) -> set[str]:
        """Return the labels of bays that other nodes of the lot have."""
        own = self._own_id()
        return {
            str(row[CONF_LABEL])
            for subentry in self._get_entry().get_subentries_of_type(SUBENTRY_NODE)
            if subentry.subentry_id != own
            for row in subentry.data[CONF_BAYS]
        }

    @override
    def other_levels(self) -> Sequence[str]:
        """Return the levels that the rest of the lot has."""
        return levels_of_lot(self._get_entry())

    @override
    def sensors_at_rest(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which the node itself does not measure."""
        entry: SmartParkingConfigEntry = self._get_entry()
        if entry.state is ConfigEntryState.LOADED and (own := self._own_id()) is not None:
            return entry.runtime_data.coordinator.nodes[own].async_paused()
        return super().sensors_at_rest()

    def _own_id(self) -> str | None:
        """Return the id of the node that is being changed, if one is."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_subentry().subentry_id
        return None
