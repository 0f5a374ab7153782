"""How an owner says what parking costs, how long it may last and where its history is."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.smart_parking.analytics import flow
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.requirements import RequirementsMissingError
from tests.integration.analytics.history import NODE, manager_of
from tests.integration.lots import bay, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

SERVER = "postgresql://parking:secret@127.0.0.1:1/history"


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of three bays, one of which is for staff."""
    entry = lot(node(NODE, [*row("A", 2), bay("S01", 9.0, zone="Staff")]), gate("Main"))
    assert await set_up(hass, entry)
    return entry


async def begin(hass: HomeAssistant, entry: SmartParkingConfigEntry, step: str) -> dict[str, Any]:
    """Open a step of the options."""
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    assert step in menu["menu_options"]
    result = await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": step}
    )
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, step)
    return dict(result)


async def answer(hass: HomeAssistant, form: dict[str, Any], **answers: object) -> dict[str, Any]:
    """Answer a step."""
    result = await hass.config_entries.options.async_configure(form["flow_id"], answers)
    await hass.async_block_till_done(wait_background_tasks=True)
    return dict(result)


async def test_a_tariff(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    form = await begin(hass, entry, "tariff")
    rates = [{"per_hour": 2.5, "opens": "08:00:00", "closes": "20:00:00"}, {"per_hour": 0.5}]
    done = await answer(
        hass, form, free_minutes=15, interval_minutes=30, day_maximum=12, rates=rates
    )
    assert done["type"] is FlowResultType.CREATE_ENTRY
    tariff = manager_of(hass).options.tariff
    assert (tariff.free_s, tariff.interval_s, tariff.day_maximum) == (900.0, 1800.0, 12.0)
    assert [rate.per_hour for rate in tariff.rates] == [2.5, 0.5]
    # Emptied, there is no maximum any more.
    form = await begin(hass, entry, "tariff")
    await answer(hass, form, free_minutes=0, interval_minutes=60)
    tariff = manager_of(hass).options.tariff
    assert (tariff.rates, tariff.day_maximum) == ((), None)


async def test_limits(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    form = await begin(hass, entry, "limits")
    rows = [{"minutes": 120}, {"minutes": 30, "bay": "Z99"}]
    form = await answer(hass, form, stay_limits=rows)
    assert form["errors"] == {"stay_limits": "unknown_bay"}
    assert form["description_placeholders"]["row"] == "2"
    rows = [{"minutes": 120, "zone": "Guests"}]
    form = await answer(hass, form, stay_limits=rows)
    assert form["errors"] == {"stay_limits": "unknown_zone"}
    assert form["description_placeholders"]["zone"] == "Guests"
    rows = [{"minutes": 120, "zone": "staff"}, {"minutes": 30, "bay": "a01", "zone": ""}]
    done = await answer(hass, form, stay_limits=rows)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    limits = manager_of(hass).options.limits
    assert [(one.limit_s, one.label, one.zone) for one in limits] == [
        (7200.0, None, "Staff"),
        (1800.0, "A01", None),
    ]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("A database, please", "database_url"),
        ("postgresql://host", "database_url"),
        ("oracle://user@host/name", "database_kind"),
        (SERVER, "database_away"),
        (SERVER.replace("://", "+psycopg://"), "database_away"),
        (SERVER.replace("://", "+unknown://"), "database_away"),
    ],
)
async def test_a_database_that_cannot_be_used(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, url: str, error: str
) -> None:
    hass.config.skip_pip = True
    form = await begin(hass, entry, "history")
    form = await answer(hass, form, database_url=url, keep_days=100)
    assert form["errors"] == {"database_url": error}
    # It is corrected, and nothing that was typed is lost.
    done = await answer(hass, form, keep_days=100)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert (entry.options["database_url"], entry.options["keep_days"]) == ("", 100)
    assert manager_of(hass).options.keep_days == 100


async def test_a_driver_that_cannot_be_installed(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def missing(*_: object) -> None:
        raise RequirementsMissingError(["psycopg[binary]"])

    monkeypatch.setattr(flow, "async_load", missing)
    form = await begin(hass, entry, "history")
    form = await answer(hass, form, database_url=SERVER, keep_days=730)
    assert form["errors"] == {"database_url": "database_driver"}
    assert form["description_placeholders"]["packages"] == "psycopg[binary]"
