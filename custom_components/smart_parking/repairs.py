"""Repairs that an owner makes with a tap: what a bay measures, and what a node lacks."""

from typing import TYPE_CHECKING

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, SUBENTRY_NODE
from .fault_monitor import CHECK_INTERVAL_S, LOOKED_S

if TYPE_CHECKING:
    from .coordinator import LotCoordinator

type Data = dict[str, str | int | float | None]


class BayRepair(RepairsFlow):
    """A bay measures a distance that does not fit, and the owner says what it is."""

    def __init__(self, entry_id: str, bay_id: str) -> None:
        """Initialize with a bay of a lot."""
        self._entry_id = entry_id
        self._bay_id = bay_id

    @property
    def _coordinator(self) -> LotCoordinator | None:
        """The coordinator, if the lot is loaded and still has the bay."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        coordinator: LotCoordinator = entry.runtime_data.coordinator
        return coordinator if self._bay_id in coordinator.lot else None

    async def async_step_init(self, user_input: Data | None = None) -> RepairsFlowResult:
        """Show the distance, and ask what it is."""
        coordinator = self._coordinator
        if coordinator is None:
            return self.async_abort(reason="lot_not_loaded")
        tracker = coordinator.node_of(self._bay_id).tracker
        measured_m = tracker.steady_m(self._bay_id)
        if measured_m is None:
            return self.async_abort(reason="not_steady")
        written_m = tracker.empty_distances().get(self._bay_id)
        return self.async_show_menu(
            step_id="init",
            menu_options=["take", "vehicle", "look"],
            description_placeholders={
                "lot": coordinator.entry.title,
                "bay": coordinator.lot[self._bay_id].bay.label,
                "measured": f"{measured_m:.2f}",
                "written": "" if written_m is None else f"{written_m:.2f}",
            },
        )

    async def async_step_take(self, user_input: Data | None = None) -> RepairsFlowResult:
        """Set the distance as the empty bay's."""
        if (coordinator := self._coordinator) is None:
            return self.async_abort(reason="lot_not_loaded")
        measured_m = coordinator.node_of(self._bay_id).tracker.steady_m(self._bay_id)
        if measured_m is None:
            return self.async_abort(reason="not_steady")
        coordinator.async_set_empty_distance(self._bay_id, measured_m)
        return self.async_create_entry(data={})

    async def async_step_vehicle(self, user_input: Data | None = None) -> RepairsFlowResult:
        """Set the distance as that of a vehicle."""
        if (coordinator := self._coordinator) is None:
            return self.async_abort(reason="lot_not_loaded")
        coordinator.node_of(self._bay_id).tracker.confirm_vehicle(self._bay_id)
        coordinator.monitor.async_snooze(self._bay_id, LOOKED_S)
        return self.async_create_entry(data={})

    async def async_step_look(self, user_input: Data | None = None) -> RepairsFlowResult:
        """Snooze the issue until tomorrow."""
        if (coordinator := self._coordinator) is None:
            return self.async_abort(reason="lot_not_loaded")
        coordinator.monitor.async_snooze(self._bay_id, CHECK_INTERVAL_S)
        return self.async_create_entry(data={})


class NodeFormRepair(RepairsFlow):
    """What the bays of a node come from is gone or has changed: leads to the form of the node."""

    def __init__(self, entry_id: str, node_id: str) -> None:
        """Initialize with a node of a lot."""
        self._entry_id = entry_id
        self._node_id = node_id

    async def async_step_init(self, user_input: Data | None = None) -> RepairsFlowResult:
        """Show first what is wrong."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: Data | None = None) -> RepairsFlowResult:
        """Open the node's form; the issue goes when all is as it is written down."""
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders=self._texts)
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or self._node_id not in entry.subentries:
            return self.async_abort(reason="lot_not_loaded")
        flow = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, SUBENTRY_NODE),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._node_id},
        )
        return self.async_abort(
            reason="form_opened",
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"]),
        )

    @property
    def _texts(self) -> dict[str, str]:
        """The placeholders of the issue."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return dict((issue and issue.translation_placeholders) or {})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: Data | None
) -> RepairsFlow:
    """Return the repair flow of an issue."""
    known = data or {}
    if "damaged" in known:
        # Nothing can be repaired, but the owner has to confirm it.
        return ConfirmRepairFlow()
    entry_id = str(known.get("entry_id"))
    if (node_id := known.get("node_id")) is not None:
        return NodeFormRepair(entry_id, str(node_id))
    return BayRepair(entry_id, str(known.get("bay_id")))
