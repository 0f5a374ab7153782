"""How an owner opens the lot to visitors."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.options import VisitorOptions
from tests.integration.lots import gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import Walk

LIMITS = {
    "visitors_requests": 90,
    "visitors_requests_total": 1_000,
    "visitors_streams": 3,
    "visitors_streams_total": 100,
    "visitors_holds": 1,
    "visitors_share": 80,
}


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot that is not open to visitors yet."""
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    return entry


async def fill(hass: HomeAssistant, entry: SmartParkingConfigEntry, **answers: object) -> Walk:
    """Fill in the form, as it is suggested but for some answers."""
    walk = await Walk.through_options(hass, entry)
    await walk.pick("visitors")
    suggested = {
        "visitors": False,
        "visitors_remote": False,
        "visitors_hours": 24,
        "visitors_rotate": False,
        "limits": LIMITS,
    }
    fields = {str(field) for field in walk.shown["data_schema"].schema}
    await walk.fill(
        **{
            name: value
            for name, value in (suggested | walk.suggested | answers).items()
            if name in fields
        }
    )
    return walk


async def test_at_first_there_is_no_page(entry: SmartParkingConfigEntry) -> None:
    assert not VisitorOptions.from_entry(entry).on


async def test_switched_on_the_page_has_an_address(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await fill(hass, entry, visitors=True, visitors_hours=8)

    assert walk.step == "visitors_address"
    shown = walk.shown["description_placeholders"]
    await walk.fill()
    options = VisitorOptions.from_entry(entry)
    assert (options.on, options.remote, options.hours, options.requests) == (True, False, 8.0, 90)
    assert shown["address"].endswith(f"/api/smart_parking/v/{options.secret}/")
    assert shown["short"].endswith(f"/park/{options.secret[:8]}")


async def test_the_address_stays_unless_a_new_one_is_asked_for(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await (await fill(hass, entry, visitors=True)).fill()
    first = VisitorOptions.from_entry(entry).secret
    await fill(hass, entry, visitors=False)
    assert not VisitorOptions.from_entry(entry).on
    await (await fill(hass, entry, visitors=True)).fill()
    assert VisitorOptions.from_entry(entry).secret == first

    await (await fill(hass, entry, visitors=True, visitors_rotate=True)).fill()

    options = VisitorOptions.from_entry(entry)
    assert options.on
    assert options.secret != first
    assert "visitors_rotate" not in entry.options
    assert "limits" not in entry.options


async def test_the_form_shows_what_was_set(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await (await fill(hass, entry, visitors=True, visitors_remote=True)).fill()

    walk = await Walk.through_options(hass, entry)
    await walk.pick("visitors")

    assert walk.suggested["visitors"] is True
    assert walk.suggested["visitors_remote"] is True
    limits = walk.shown["data_schema"].schema["limits"].schema.schema
    assert {str(field): field.description["suggested_value"] for field in limits} == LIMITS


async def test_other_options_are_left_alone(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={"hold_minutes": 7})
    await (await fill(hass, entry, visitors=True)).fill()

    assert entry.options["hold_minutes"] == 7


async def test_the_page_is_shown_as_this_home_assistant_calls_itself(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await hass.config.async_update(internal_url="http://192.168.1.2:8123")

    walk = await fill(hass, entry, visitors=True)

    address = walk.shown["description_placeholders"]["address"]
    assert address.startswith("http://192.168.1.2:8123/api/smart_parking/v/")
