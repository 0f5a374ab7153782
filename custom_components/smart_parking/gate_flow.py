"""Forms of a gate, which an owner adds to a lot or changes."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME

from .const import CONF_LEVEL, SUBENTRY_GATE, SUBENTRY_NODE
from .errors import SmartParkingError
from .flow_preview import PlanPreviewSteps, async_show_plan
from .gate_form import (
    AT_FIRST,
    GateLevels,
    gate_form,
    read_gate,
    read_unfinished_gate,
    usual_level,
)
from .plan_preview import PlanChange
from .sources.levels import levels_of_bays, levels_of_lanes


class GateFlow(
    PlanPreviewSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Adds a gate to a lot, or changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form of a new gate."""
        nodes = self._get_entry().get_subentries_of_type(SUBENTRY_NODE)
        first = next((usual_level(node.data) for node in nodes), {})
        return self._step("user", user_input, first, None)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the form of an existing gate."""
        subentry = self._get_reconfigure_subentry()
        before = {CONF_NAME: subentry.title, **subentry.data}
        return self._step("reconfigure", user_input, before, subentry)

    def _step(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        before: Mapping[str, Any],
        own: ConfigSubentry | None,
    ) -> SubentryFlowResult:
        """Show a form until its input is valid, and save the gate, or `own` as it is changed."""
        entry = self._get_entry()
        own_id = None if own is None else own.subentry_id
        own_level = None if own is None else str(own.data.get(CONF_LEVEL, ""))
        levels = GateLevels([*levels_of_bays(entry), *levels_of_lanes(entry)], own_level)
        gates = entry.get_subentries_of_type(SUBENTRY_GATE)
        taken = [gate.title for gate in gates if gate.subentry_id != own_id]
        form = gate_form(levels)

        def read(answers: Mapping[str, Any]) -> PlanChange:
            """Return the gate that stands in the form."""
            return PlanChange(gate=read_unfinished_gate(answers, levels, taken))

        if user_input is not None:
            try:
                name, data = read_gate(user_input, levels, taken)
            except SmartParkingError as err:
                form, before = gate_form(levels, err), user_input
            else:
                if own is not None:
                    return self.async_update_and_abort(entry, own, title=name, data=data)
                return self.async_create_entry(title=name, data=data)
        plan = async_show_plan(self.hass, self.flow_id, read, {**AT_FIRST, **before}, entry, own_id)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form.schema, before),
            errors=form.errors,
            description_placeholders={**form.placeholders, "plan": plan},
            preview=self.plan_preview,
        )
