"""A limit refuses legitimate visitors: they and the owner get a message that names it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor import refusals
from tests.integration.lots import LOT_ID
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import set_options
from tests.integration.visitor.test_actions_story import all_taken


def told(issues: ir.IssueRegistry, limit: str) -> dict[str, str] | None:
    """Return the issue of a limit."""
    issue = issues.async_get_issue(DOMAIN, f"{LOT_ID}_visitors_{limit}")
    return None if issue is None else issue.translation_placeholders


async def test_the_third_phone_behind_one_address(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    issue_registry: ir.IssueRegistry,
) -> None:
    for _ in range(2):
        assert (await phones().tap("guide")).status == "held"
    assert told(issue_registry, "holds") is None
    third = phones()

    page = await third.tap("guide")

    assert page.text("notice").startswith("Phones on your connection have as many bays")
    assert (await third.ask("guide"))[1]["error"] == "too_many_here"
    assert told(issue_registry, "holds") == {"lot": "Garage", "address": "127.0.0.1", "most": "2"}
    await set_options(hass, entry, visitors_holds=3)
    assert told(issue_registry, "holds") is None
    assert (await third.tap("guide")).status == "held"


async def test_in_a_full_lot_there_is_nothing_to_tell_the_owner(
    hand: Hand, phones: Phones, issue_registry: ir.IssueRegistry
) -> None:
    hand.settle("North", **all_taken())
    for _ in range(3):
        await phones().tap("guide")
    assert told(issue_registry, "holds") is None


async def test_the_share_of_all_visitors(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    issue_registry: ir.IssueRegistry,
) -> None:
    await set_options(hass, entry, visitors_share=50)
    for one in (2, 3):
        await phones(f"127.0.0.{one}").tap("guide")
    page = await phones("127.0.0.4").tap("guide")
    assert page.text("notice").startswith("Visitors have as many bays as they may have")
    assert told(issue_registry, "share") == {"lot": "Garage", "address": "127.0.0.4", "most": "2"}
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert told(issue_registry, "share") is None


async def test_requests_that_are_refused_again_and_again(
    phones: Phones, issue_registry: ir.IssueRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(refusals.REFUSALS_BEFORE_ISSUE, refusals.Limit.REQUESTS, 3)
    phone = phones()
    statuses = [(await phone.get()).status for _ in range(32)]
    assert statuses == [200] * 30 + [429] * 2
    assert told(issue_registry, "requests") is None
    await phone.get()
    shown = told(issue_registry, "requests")
    assert shown is not None
    assert (shown["address"], shown["most"]) == ("127.0.0.1", "120")
