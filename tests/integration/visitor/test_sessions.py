"""What is stored of visitors, and what is not."""

from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.sessions import Session, Sessions
from tests.integration.clock import pass_time
from tests.integration.lots import LOT_ID, data_of
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, Phone, set_options

STORE = f"smart_parking.{LOT_ID}.visitors"


async def write(hass: HomeAssistant) -> None:
    """Make what is to be written be written."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await hass.async_block_till_done()


async def test_who_only_looks_leaves_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    hass_storage: dict[str, Any],
) -> None:
    await phone.look()
    await phone.get("plan.svg")
    await write(hass)

    assert len(data_of(hass).visitor.sessions) == 0
    assert STORE not in hass_storage


async def test_the_car_is_found_after_a_restart(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.tap("parked", bay="A02")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    page = await phone.look()

    assert (page.status, page.text("bay")) == ("parked", "A02")


async def test_a_bay_is_still_ones_own_after_a_restart(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.tap("guide")
    await phone.tap("extend")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    page = await phone.look()

    assert (page.status, page.text("bay")) == ("held", "A01")
    assert "extend" not in page.buttons


async def test_what_is_written_says_nobodys_token_or_address(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    hass_storage: dict[str, Any],
) -> None:
    phone = phones("127.0.0.2")
    await phone.tap("parked", bay="A02")
    await write(hass)

    data = hass_storage[STORE]["data"]
    ((driver, session),) = data["sessions"].items()
    assert driver.startswith("visitor:")
    assert session["parked"] == ["a02", "A02"]
    token = next(one.value for one in phone.jar if one.key == "smart_parking")
    text = json.dumps(data)
    assert token not in text
    assert token[:20] not in text
    assert "127.0.0.2" not in text
    assert BASE.split("/")[-2] not in text


async def test_after_a_day_a_visitor_is_forgotten(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
    hass_storage: dict[str, Any],
) -> None:
    await phone.tap("parked", bay="A02")
    await pass_time(hass, freezer, 24 * 3600.0 + 660.0)
    await write(hass)

    assert hass_storage[STORE]["data"]["sessions"] == {}
    page = await phone.look()
    assert page.status == "none"


async def test_forget_me(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    hass_storage: dict[str, Any],
) -> None:
    await phone.look("?kind=ev")
    await phone.tap("guide")

    page = await phone.tap("forget")

    assert (page.status, page.chosen["kind"]) == ("none", "standard")
    assert not list(entry.runtime_data.guidance.all())
    assert len(data_of(hass).visitor.sessions) == 0
    await write(hass)
    assert hass_storage[STORE]["data"]["sessions"] == {}


async def test_a_new_address_forgets_everybody(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    hass_storage: dict[str, Any],
) -> None:
    await phone.tap("parked", bay="A02")
    await write(hass)
    key = hass_storage[STORE]["data"]["key"]
    await set_options(hass, entry, visitors_secret="new" * 9)
    await write(hass)

    assert hass_storage[STORE]["data"]["sessions"] == {}
    assert hass_storage[STORE]["data"]["key"] != key


async def test_also_when_it_was_changed_while_the_lot_rested(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    hass_storage: dict[str, Any],
) -> None:
    await phone.tap("parked", bay="A02")
    await write(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    await set_options(hass, entry, visitors_secret="new" * 9)
    await hass.config_entries.async_setup(entry.entry_id)
    await write(hass)

    assert hass_storage[STORE]["data"]["sessions"] == {}


async def test_with_the_lot_everything_goes(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    hass_storage: dict[str, Any],
) -> None:
    await phone.tap("parked", bay="A02")
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert STORE not in hass_storage


@pytest.mark.parametrize("seen", [1, 2, 3])
def test_when_there_are_too_many_those_not_seen_for_longest_are_forgotten(seen: int) -> None:
    sessions = Sessions(most=3)
    for number in (1, 2, 3):
        sessions.of(f"visitor:{number}", f"phone {number}", float(number), each=9)
    sessions.touch(f"visitor:{seen}", 4.0)
    sessions.of("visitor:4", "phone 4", 5.0, each=9)

    assert len(sessions) == 3
    assert sessions.get(f"visitor:{seen}") is not None
    assert sessions.get("visitor:1" if seen != 1 else "visitor:2") is None


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ab")), max_size=60))
def test_nobody_is_forgotten_for_who_pretends_to_be_many(comers: list[tuple[int, str]]) -> None:
    sessions = Sessions(most=8)
    sessions.of("visitor:honest", "phone", 0.0, each=3)
    for now, (number, phone) in enumerate(comers):
        sessions.of(f"visitor:{number}{phone}", phone, float(now), each=3)

    assert sessions.get("visitor:honest") is not None
    for phone in "ab":
        assert sum(1 for _, one in sessions if one.client == phone) <= 3


async def test_who_is_forgotten_for_others_never_has_a_bay(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    """A phone could have more bays than it may, if its own were forgotten."""
    await set_options(hass, entry, visitors_requests=10_000, visitors_holds=1)
    await phones().tap("guide")
    for _ in range(30):
        await phones().tap("parked", bay="A03")

    assert (await phones().tap("guide")).status == "none"


async def test_a_phone_that_pretends_to_be_many_is_the_only_one_forgotten(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    await set_options(hass, entry, visitors_requests=10_000, visitors_holds=1)
    honest = phones("127.0.0.2")
    await honest.tap("parked", bay="A02")
    for _ in range(30):
        await phones("127.0.0.3").tap("parked", bay="A03")

    assert len(data_of(hass).visitor.sessions) == 1 + 25
    assert (await honest.look()).status == "parked"


async def test_when_somebody_was_last_seen_outlives_a_restart(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
) -> None:
    await phone.tap("parked", bay="A02")
    await write(hass)
    await pass_time(hass, freezer, 20 * 3600.0)
    await phone.look()
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, freezer, 20 * 3600.0)

    assert (await phone.look()).status == "parked"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"address": "x"},
        {"key": "no number"},
        {"sessions": {"visitor:1": {"seen": 1, "of": "another version"}}},
        {"sessions": {"visitor:1": {"seen": 1, "parked": 7, "push": None}}},
        {"sessions": []},
    ],
)
async def test_what_cannot_be_read_is_void_and_the_lot_goes_on(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    hass_storage: dict[str, Any],
    spoilt: dict[str, Any],
) -> None:
    await phone.tap("parked", bay="A02")
    await write(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[STORE]["data"] |= spoilt
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert (await phone.look()).status == "none"
    issue = ir.async_get(hass).async_get_issue("smart_parking", f"{STORE}_damaged")
    assert (issue is not None) is (spoilt != {"address": "x"})
    assert len(data_of(hass).visitor.sessions) == 0


def test_forgetting_stops_at_who_was_seen() -> None:
    sessions = Sessions()
    sessions.put("visitor:1", Session(10.0))
    sessions.put("visitor:2", Session(20.0))

    assert sessions.forget(before=15.0)
    assert [driver for driver, _ in sessions] == ["visitor:2"]
    assert not sessions.forget(before=15.0)
