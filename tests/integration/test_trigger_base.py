"""What the triggers override of Home Assistant's own is there, and is what it was."""

from inspect import signature
from typing import Final

from homeassistant.helpers.trigger import EntityTriggerBase
import pytest

from custom_components.smart_parking import trigger, trigger_base

VALUES: Final = ("_domain_specs", "_excluded_from_states", "_excluded_states", "_schema")
METHODS: Final = {
    "_should_include": ["self", "state"],
    "_cancel_invalidated_timers": [
        "self",
        "behavior",
        "pending_timers",
        "target_state_change_data",
    ],
    "async_attach_runner": ["self", "run_action", "did_not_trigger"],
    "entity_filter": ["self", "entities"],
    "is_valid_state": ["self", "state", "report_not_triggered"],
    "is_valid_transition": ["self", "from_state", "to_state"],
}
BASES = (
    trigger_base.Became,
    trigger_base.OfBays,
    trigger_base.OfCounts,
    trigger_base.OfUnavailable,
)


@pytest.mark.parametrize("name", VALUES)
def test_values_that_are_replaced_are_there(name: str) -> None:
    assert name in EntityTriggerBase.__annotations__ or hasattr(EntityTriggerBase, name)


@pytest.mark.parametrize("name", METHODS)
def test_methods_that_are_replaced_take_what_they_took(name: str) -> None:
    assert [*signature(getattr(EntityTriggerBase, name)).parameters] == METHODS[name]


def test_nothing_else_that_is_private_is_overridden() -> None:
    private = {
        name
        for base in BASES
        for name in vars(base)
        if name.startswith("_") and not name.startswith(("__", "_abc_"))
    }
    assert private <= {*VALUES, *METHODS}


def test_triggers_themselves_override_nothing_private() -> None:
    for one in trigger.TRIGGERS.values():
        private = {name for name in vars(one) if name.startswith("_")}
        assert {name for name in private if not name.startswith(("__", "_abc_"))} == set()
