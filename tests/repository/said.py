"""A check that runs beside every test: what the integration says to a person, it can say.

Home Assistant looks a text up only when it shows it, and shows its key when there is none. Here
each form, menu, error and abort of a flow, each error of an action and each repair issue that comes
up in any test is looked up in the English texts, with its placeholders.

Loaded as a plugin: `pytest_plugins = ["tests.repository.said"]` in tests/conftest.py.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch

from homeassistant import data_entry_flow
from homeassistant.config_entries import ConfigSubentryFlow, OptionsFlow
from homeassistant.core import ServiceRegistry
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir, selector
import pytest

from custom_components.smart_parking.const import DOMAIN
from tests.repository.project import Json, english, placeholders


class Listener:
    """Hears what is said and notes what is missing."""

    def __init__(self) -> None:
        """Know the English texts."""
        self._english = english()
        self.missing: set[str] = set()

    def text(self, *path: str, given: Mapping[str, Any] | None = None) -> None:
        """Look a text up; every placeholder in it must be given."""
        texts: Any = self._english
        for key in path:
            texts = texts.get(key, {}) if isinstance(texts, dict) else {}
        where = ".".join(path)
        if not texts or not isinstance(texts, str):
            self.missing.add(where)
        elif nameless := placeholders(texts) - (given or {}).keys():
            self.missing.add(f"{where}: {sorted(nameless)} not given")

    def flow(self, flow: data_entry_flow.FlowHandler[Any, Any, Any], result: Json) -> None:
        """Look up what a step of a flow shows."""
        base = _base(flow)
        given = result.get("description_placeholders") or {}
        match result["type"]:
            case data_entry_flow.FlowResultType.FORM:
                step = (*base, "step", result["step_id"])
                self.text(*step, "title", given=given)
                self._fields(step, result["data_schema"], given)
                for error in (result.get("errors") or {}).values():
                    self.text(*base, "error", error, given=given)
            case data_entry_flow.FlowResultType.MENU:
                step = (*base, "step", result["step_id"])
                self.text(*step, "title", given=given)
                for option in result["menu_options"]:
                    self.text(*step, "menu_options", option, given=given)
            case data_entry_flow.FlowResultType.ABORT:
                self.text(*base, "abort", result["reason"], given=given)

    def _fields(self, step: tuple[str, ...], schema: Any, given: Mapping[str, Any]) -> None:
        """Look up the fields of a form, and the choices in them."""
        for key, field in ({} if schema is None else schema.schema).items():
            name = str(key)
            if isinstance(field, data_entry_flow.section):
                self.text(*step, "sections", name, "name", given=given)
                self._fields((*step, "sections", name), field.schema, given)
                continue
            self.text(*step, "data", name, given=given)
            self.text(*step, "data_description", name, given=given)
            match field:
                case selector.SelectSelector(
                    config={"translation_key": translation_key, "options": options}
                ):
                    for option in options:
                        value = option["value"] if isinstance(option, dict) else option
                        self.text("selector", translation_key, "options", value)
                case selector.ObjectSelector(
                    config={"translation_key": translation_key, "fields": fields}
                ):
                    for column in fields:
                        self.text("selector", translation_key, "fields", column, "name")


def _base(flow: data_entry_flow.FlowHandler[Any, Any, Any]) -> tuple[str, ...]:
    """Return where the texts of a flow are."""
    match flow:
        case ConfigSubentryFlow():
            return ("config_subentries", flow.handler[1])
        case OptionsFlow():
            return ("options",)
        case _ if (issue_id := getattr(flow, "issue_id", None)) is not None:
            issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, issue_id)
            return ("issues", str(issue and issue.translation_key), "fix_flow")
    return ("config",)


def _hearing_flows(listener: Listener) -> Callable[..., Any]:
    """Return the handling of a flow's step, overheard."""
    handle_step = data_entry_flow.FlowManager._async_handle_step  # noqa: SLF001 - all pass here

    async def step(self: Any, flow: Any, *args: Any) -> Any:
        result = await handle_step(self, flow, *args)
        if type(flow).__module__.startswith(f"custom_components.{DOMAIN}."):
            listener.flow(flow, result)
        return result

    return step


def _hearing_actions(listener: Listener) -> Callable[..., Any]:
    """Return the call of an action, overheard."""
    act = ServiceRegistry.async_call

    async def action(*args: Any, **kwargs: Any) -> Any:
        try:
            return await act(*args, **kwargs)
        except HomeAssistantError as error:
            if error.translation_domain == DOMAIN:
                given = error.translation_placeholders
                listener.text("exceptions", str(error.translation_key), "message", given=given)
            raise

    return action


def _hearing_issues(listener: Listener) -> Callable[..., Any]:
    """Return the creation of a repair issue, overheard."""
    create = ir.IssueRegistry.async_get_or_create

    def issue(self: ir.IssueRegistry, domain: str, issue_id: str, **about: Any) -> Any:
        if domain == DOMAIN:
            given = about["translation_placeholders"]
            listener.text("issues", about["translation_key"], "title", given=given)
            if not about["is_fixable"]:
                listener.text("issues", about["translation_key"], "description", given=given)
        return create(self, domain, issue_id, **about)

    return issue


@pytest.fixture(autouse=True)
def everything_said_is_translated() -> Iterator[None]:
    """Fail a test in which the integration lacks words."""
    listener = Listener()
    flows, actions, issues = (
        hearing(listener) for hearing in (_hearing_flows, _hearing_actions, _hearing_issues)
    )
    with (
        patch.object(data_entry_flow.FlowManager, "_async_handle_step", flows),
        patch.object(ServiceRegistry, "async_call", actions),
        patch.object(ir.IssueRegistry, "async_get_or_create", issues),
    ):
        yield
    assert listener.missing == set()
