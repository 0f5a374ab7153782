"""Watches what is shown to people: every text must be there, with all that is to be put into it.

Home Assistant's own tests do this for its own integrations only.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigFlow, ConfigSubentryFlow, OptionsFlow
from homeassistant.core import HomeAssistant, ServiceRegistry
from homeassistant.data_entry_flow import FlowHandler, FlowManager, FlowResultType, section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
import voluptuous as vol

from custom_components.smart_parking.const import DOMAIN
from tests.repository.project import Json, english, placeholders

ENGLISH = english()

type Flow = FlowHandler[Any, Any, Any]


def _fill(where: str, text: object, given: Mapping[str, object]) -> None:
    """Fail unless there is a text, and everything that it mentions is given."""
    assert isinstance(text, str), f"no text for {where}"
    assert text, f"empty text for {where}"
    missing = placeholders(text) - given.keys()
    assert not missing, f"{where} mentions {missing}, which is not given"


def _texts_of(flow: Flow) -> tuple[str, Json]:
    """Return the name and the texts of a flow."""
    if isinstance(flow, ConfigSubentryFlow):
        kind = flow.handler[1]
        return f"config_subentries.{kind}", ENGLISH["config_subentries"][kind]
    if isinstance(flow, RepairsFlow):
        issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, flow.issue_id)
        assert issue is not None
        key = issue.translation_key or ""
        return f"issues.{key}.fix_flow", ENGLISH["issues"][key]["fix_flow"]
    if isinstance(flow, OptionsFlow):
        return "options", ENGLISH["options"]
    assert isinstance(flow, ConfigFlow)
    return "config", ENGLISH["config"]


def is_over(flow: Flow) -> bool:
    """Return whether a repair has outlived what it is about."""
    issues = ir.async_get(flow.hass)
    return isinstance(flow, RepairsFlow) and not issues.async_get_issue(DOMAIN, flow.issue_id)


def check_flow(flow: Flow, result: Mapping[str, Any]) -> None:
    """Fail when a flow shows something without words."""
    if result["type"] is FlowResultType.CREATE_ENTRY or is_over(flow):
        return
    name, texts = _texts_of(flow)
    given = result.get("description_placeholders") or {}
    if result["type"] is FlowResultType.ABORT:
        if result.get("translation_domain") in (None, DOMAIN):
            where = f"{name}.abort.{result['reason']}"
            _fill(where, texts.get("abort", {}).get(result["reason"]), given)
        return
    if result["type"] not in (FlowResultType.FORM, FlowResultType.MENU):
        return
    where = f"{name}.step.{result['step_id']}"
    step = texts["step"].get(result["step_id"])
    assert step, f"no texts for {where}"
    _fill(f"{where}.title", step.get("title"), given)
    if "description" in step:
        _fill(f"{where}.description", step["description"], given)
    if result["type"] is FlowResultType.MENU:
        for option in result["menu_options"]:
            _fill(f"{where}.menu_options.{option}", step["menu_options"].get(option), given)
        return
    if result["data_schema"] is not None:
        _check_fields(where, result["data_schema"].schema, step, given)
    for error in (result["errors"] or {}).values():
        _fill(f"{name}.error.{error}", texts["error"].get(error), given)


def _check_fields(
    where: str, schema: Mapping[Any, object], texts: Json, given: Mapping[str, object]
) -> None:
    """Fail when a field of a form, or of a section of it, has no words."""
    for field, content in schema.items():
        if isinstance(content, section):
            of_section = texts["sections"][str(field)]
            _fill(f"{where}.sections.{field}.name", of_section.get("name"), given)
            _check_fields(f"{where}.{field}", content.schema.schema, of_section, given)
            continue
        _fill(f"{where}.data.{field}", texts["data"].get(field), given)
        _fill(f"{where}.data_description.{field}", texts["data_description"].get(field), given)
        _check_selector(where, content)


def _check_selector(where: str, selector: object) -> None:
    """Fail when a choice has no words for one of its options, or a table for a column."""
    config = getattr(selector, "config", {})
    if (key := config.get("translation_key")) is None:
        return
    texts = ENGLISH["selector"][key]
    for option in config.get("options", ()):
        _fill(f"{where}: selector.{key}.options.{option}", texts["options"].get(option), {})
    for field in config.get("fields", ()):
        _fill(f"{where}: selector.{key}.fields.{field}", texts["fields"][field].get("name"), {})


def check_error(error: HomeAssistantError) -> None:
    """Fail when an error of ours has no words."""
    if error.translation_domain == DOMAIN:
        assert error.translation_key
        text = ENGLISH["exceptions"].get(error.translation_key, {}).get("message")
        given = error.translation_placeholders or {}
        _fill(f"exceptions.{error.translation_key}", text, given)


def _check_issues(hass: HomeAssistant) -> None:
    """Fail when a repair issue has no words."""
    for issue in ir.async_get(hass).issues.values():
        if issue.domain == DOMAIN and issue.translation_key:
            texts = ENGLISH["issues"].get(issue.translation_key, {})
            given = issue.translation_placeholders or {}
            _fill(f"issues.{issue.translation_key}.title", texts.get("title"), given)
            if not issue.is_fixable:
                where = f"issues.{issue.translation_key}.description"
                _fill(where, texts.get("description"), given)


def _check_entities(hass: HomeAssistant) -> None:
    """Fail when an entity has no name."""
    for entry in er.async_get(hass).entities.values():
        if entry.platform == DOMAIN and entry.translation_key and entry.original_name:
            texts = ENGLISH["entity"][entry.domain].get(entry.translation_key, {})
            # An entity that shares its device with others says of which bay it is.
            given = {"label": ""} if entry.translation_key.startswith("bay") else {}
            _fill(f"entity.{entry.domain}.{entry.translation_key}", texts.get("name"), given)


def watch(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check everything that is shown until the test ends."""
    handle_step = FlowManager._async_handle_step  # noqa: SLF001  (the one way every step goes)
    call = ServiceRegistry.async_call
    create_issue = ir.IssueRegistry.async_get_or_create

    async def handle_and_check(self: Any, flow: Flow, *args: Any) -> Any:
        result = await handle_step(self, flow, *args)
        if flow.handler == DOMAIN or isinstance(flow, ConfigSubentryFlow | OptionsFlow):
            check_flow(flow, result)
        return result

    async def call_and_check(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await call(self, *args, **kwargs)
        except vol.Invalid:
            raise
        except HomeAssistantError as err:
            check_error(err)
            raise

    def create_and_check(self: Any, *args: Any, **kwargs: Any) -> Any:
        issue = create_issue(self, *args, **kwargs)
        _check_issues(hass)
        return issue

    monkeypatch.setattr(FlowManager, "_async_handle_step", handle_and_check)
    monkeypatch.setattr(ServiceRegistry, "async_call", call_and_check)
    monkeypatch.setattr(ir.IssueRegistry, "async_get_or_create", create_and_check)
    yield
    _check_entities(hass)
