"""How an owner sets up a lot, its sensor nodes and its gates."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import MappingProxyType
from typing import Any, override

from homeassistant.components.sensor.const import SensorDeviceClass
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentry,
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
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
import voluptuous as vol

from .bay_entities import other_entities, rows_of
from .const import (
    CONF_BAYS,
    CONF_LABEL,
    CONF_LEVEL,
    CONF_SOURCE,
    CONF_TEMPERATURE_ENTITY,
    DOMAIN,
    SUBENTRY_GATE,
    SUBENTRY_NODE,
    SUBENTRY_PROMOTION,
)
from .data import SmartParkingConfigEntry
from .editor.panel import editor_path
from .errors import SmartParkingError
from .flow_preview import PlanPreviewSteps, async_show_plan
from .gate_flow import GateFlow
from .gate_form import (
    AT_FIRST,
    GateForm,
    GateLevels,
    gate_form,
    read_gate,
    read_unfinished_gate,
    usual_level,
)
from .lot.labels import clean, name_key
from .mqtt_publisher.options import MqttPublisherOptions
from .node.fields import MessageError
from .node.messages import Announcement
from .node.topics import Said, read_said
from .options_flow import LotOptionsFlow
from .plan_preview import PlanChange, ReadChange, bays_in
from .promotions.flow import PromotionFlow
from .sources import SOURCES
from .sources.base import NodeConfig, Row
from .sources.flow import NodeSteps, nodes_of_kind
from .sources.levels import levels_in, levels_of_lot, zones_of_lot
from .sources.remote import RemoteSource
from .sources.remote.discovery import CONF_MACHINE, CONF_NODE, discovery_id
from .sources.test_results import as_plain
from .sources.unequipped import UnequippedSource
from .text_input import has_controls

DRAWN = "drawn"
"""What is chosen in place of sensors by who draws the plan first."""

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


CONF_LOT = "lot"
NEW_LOT = "new"

type ReadRows = Callable[[Mapping[str, Any]], Sequence[Row]]


def bays_by(read: ReadRows) -> ReadChange:
    """Return what reads the bays of a form, of which `read` returns the rows."""
    return lambda answers: PlanChange(bays=bays_in(read(answers)))


def read_announcement(info: MqttServiceInfo) -> Announcement | None:
    """Return what a node has announced; None where that is not in order."""
    said, payload = read_said(info.topic), info.payload
    if said is None or said[1] is not Said.ANNOUNCE:
        return None
    try:
        return Announcement.parse(
            said[0], payload.encode() if isinstance(payload, str) else bytes(payload)
        )
    except MessageError:
        return None


def labels_of(entry: SmartParkingConfigEntry, *, without: str | None = None) -> set[str]:
    """Return the labels of the bays of a lot, perhaps without those of one node."""
    return {
        str(row[CONF_LABEL])
        for subentry in entry.get_subentries_of_type(SUBENTRY_NODE)
        if subentry.subentry_id != without
        for row in subentry.data[CONF_BAYS]
    }


class SmartParkingConfigFlow(
    PlanPreviewSteps[ConfigFlowContext, ConfigFlowResult, str],
    NodeSteps[ConfigFlowContext, ConfigFlowResult, str],
    ConfigFlow,
    domain=DOMAIN,
):
    """Sets up a lot: its name, its first node with bays, and a gate."""

    VERSION = 1
    MINOR_VERSION = 1
    _title: str
    _data: Mapping[str, Any]
    _first_node: ConfigSubentryData
    _options: Mapping[str, Any] = {}
    _model = ""
    """That of the Raspberry Pi that was found, when one was."""
    _lot: SmartParkingConfigEntry | None = None
    """The lot that it joins; None for a new one."""

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
            if self._model:
                return await self.async_step_settings()
            return await self.async_step_node()
        return self._show_lot("user", {}, None)

    @override
    async def async_step_mqtt(self, discovery_info: MqttServiceInfo) -> ConfigFlowResult:
        """Offer a Raspberry Pi that has announced itself and is nobody's yet."""
        if (found := read_announcement(discovery_info)) is None:
            return self.async_abort(reason="not_a_node")
        known = await self.async_set_unique_id(discovery_id(found.name))
        if known is not None or found.is_configured or self._is_known(found.name):
            return self.async_abort(reason="node_known")
        self._kind, self._name = RemoteSource, found.name
        self._model = as_plain(found.model or RemoteSource.model)
        self._settings = {CONF_NODE: found.name, CONF_MACHINE: found.machine}
        self.context["title_placeholders"] = {"name": found.name}
        return await self.async_step_found()

    def _is_known(self, name: str) -> bool:
        """Return whether a node of any lot has a name."""
        nodes = nodes_of_kind(self.hass, RemoteSource)
        return any(subentry.data.get(CONF_NODE) == name for _, subentry in nodes)

    async def async_step_found(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which lot the Raspberry Pi belongs to."""
        lots = {
            entry.entry_id: entry.title
            for entry in self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        }
        if user_input is not None:
            if (lot_id := user_input.get(CONF_LOT, NEW_LOT)) in lots:
                self._lot = self.hass.config_entries.async_get_known_entry(lot_id)
                return await self.async_step_settings()
            return await self.async_step_user()
        texts = await self._texts(CONF_LOT)
        options = [
            *(SelectOptionDict(value=key, label=title) for key, title in lots.items()),
            SelectOptionDict(value=NEW_LOT, label=texts(NEW_LOT)),
        ]
        config = SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
        field = vol.Required(CONF_LOT, default=options[0]["value"])
        return self.async_show_form(
            step_id="found",
            data_schema=vol.Schema({field: SelectSelector(config)} if lots else {}),
            description_placeholders={"name": self._name, "model": self._model},
            last_step=False,
        )

    @override
    def taken_labels(self) -> set[str]:
        """Return the labels of the bays that the lot has already."""
        return set() if self._lot is None else labels_of(self._lot)

    @override
    def other_levels(self) -> Sequence[str]:
        """Return the levels that the lot has already."""
        return () if self._lot is None else levels_of_lot(self._lot)

    @override
    def plan_of(self, read: ReadRows, answers: Mapping[str, Any]) -> str:
        return async_show_plan(self.hass, self.flow_id, bays_by(read), answers, self._lot)

    @override
    async def async_step_node(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what measures the bays; who draws them says that in the editor."""
        if user_input is not None and user_input[CONF_SOURCE] == DRAWN:
            return self._create([])
        return await super().async_step_node(user_input)

    @override
    def source_kinds(self) -> list[str]:
        # Bays that have no sensors yet are drawn.
        return [DRAWN, *(kind for kind in super().source_kinds() if kind != UnequippedSource.key)]

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
        """Store the node until the lot is complete, or add it to the one that it joins."""
        if self._lot is not None:
            self.hass.config_entries.async_add_subentry(
                self._lot,
                ConfigSubentry(
                    data=MappingProxyType(node.to_data()),
                    subentry_type=SUBENTRY_NODE,
                    title=node.name,
                    unique_id=None,
                ),
            )
            return self.async_abort(
                reason="node_added",
                description_placeholders={"node": node.name, "lot": self._lot.title},
            )
        self._first_node = ConfigSubentryData(
            data=node.to_data(), subentry_type=SUBENTRY_NODE, title=node.name, unique_id=None
        )
        return await self.async_step_gate()

    @override
    def set_lot_options(self, chosen: Mapping[str, Any]) -> None:
        """Set options of the lot, until it is complete."""
        self._options = chosen

    async def async_step_gate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where drivers come in, and finish."""
        node = self._first_node["data"]
        levels = GateLevels(levels_in(node[CONF_BAYS], CONF_LEVEL))
        if user_input is None:
            return self._show_gate(levels, gate_form(levels), usual_level(node))
        try:
            name, data = read_gate(user_input, levels)
        except SmartParkingError as err:
            return self._show_gate(levels, gate_form(levels, err), user_input)
        gate = ConfigSubentryData(
            data=data, subentry_type=SUBENTRY_GATE, title=name, unique_id=None
        )
        # A lot is more than the Raspberry Pi that was found first.
        await self.async_set_unique_id(None)
        return self._create([self._first_node, gate])

    def _create(self, parts: Sequence[ConfigSubentryData]) -> ConfigFlowResult:
        """Create the lot, and lead to the editor."""
        return self.async_create_entry(
            title=self._title,
            data=self._data,
            options=self._options,
            subentries=parts,
            description_placeholders={"url": editor_path()},
        )

    def _show_gate(
        self, levels: GateLevels, form: GateForm, answers: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Show the form of a gate, and where it is."""
        rows = self._first_node["data"][CONF_BAYS]

        def read(answers: Mapping[str, Any]) -> PlanChange:
            """Return the gate, beside the bays."""
            return PlanChange(bays=bays_in(rows), gate=read_unfinished_gate(answers, levels))

        plan = async_show_plan(self.hass, self.flow_id, read, {**AT_FIRST, **answers})
        return self.async_show_form(
            step_id="gate",
            data_schema=self.add_suggested_values_to_schema(form.schema, answers),
            errors=form.errors,
            description_placeholders={**form.placeholders, "plan": plan},
            preview=self.plan_preview,
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
    PlanPreviewSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
    NodeSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
    ConfigSubentryFlow,
):
    """Adds a node to a lot, or changes one."""

    @override
    def plan_of(self, read: ReadRows, answers: Mapping[str, Any]) -> str:
        entry, own_id = self._get_entry(), self.own_node_id()
        return async_show_plan(self.hass, self.flow_id, bays_by(read), answers, entry, own_id)

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
        return labels_of(self._get_entry(), without=self.own_node_id())

    @override
    def own_topic(self) -> str | None:
        """Return where the lot itself is published on MQTT, if it is."""
        return MqttPublisherOptions.from_entry(self._get_entry()).topic

    @override
    def other_levels(self) -> Sequence[str]:
        """Return the levels that the rest of the lot has."""
        return levels_of_lot(self._get_entry())

    @override
    def other_rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the bays of the lot's other nodes."""
        own = self.own_node_id()
        nodes = self._get_entry().get_subentries_of_type(SUBENTRY_NODE)
        return [row for one in nodes if one.subentry_id != own for row in one.data[CONF_BAYS]]

    @override
    def bays_before(self) -> int:
        """Return how many bays the lot had until now."""
        return len(rows_of(self._get_entry()))

    @override
    def other_entities(self) -> int:
        """Return how many entities the lot has beside those of its bays."""
        return other_entities(self.hass, self._get_entry())

    @override
    def lot_options(self) -> Mapping[str, Any]:
        """Return the options of the lot."""
        return self._get_entry().options

    @override
    def set_lot_options(self, chosen: Mapping[str, Any]) -> None:
        """Set options of the lot."""
        entry = self._get_entry()
        self.hass.config_entries.async_update_entry(entry, options={**entry.options, **chosen})

    @override
    def other_zones(self) -> Sequence[str]:
        """Return the zones that the rest of the lot has."""
        return zones_of_lot(self._get_entry())

    @override
    def sensors_at_rest(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which the node itself does not measure."""
        entry: SmartParkingConfigEntry = self._get_entry()
        if entry.state is ConfigEntryState.LOADED and (own := self.own_node_id()) is not None:
            return entry.runtime_data.coordinator.nodes[own].async_paused()
        return super().sensors_at_rest()

    @override
    def own_node_id(self) -> str | None:
        """Return the id of the node that is being changed, if one is."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_subentry().subentry_id
        return None
