"""What is shown to whom, and what is counted of it."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    EVENT_HOMEASSISTANT_STOP,
    EVENT_STATE_CHANGED,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.promotions.scheduler import AGAIN_S
from custom_components.smart_parking.promotions import manager as promotions
from tests.integration.clock import pass_time
from tests.integration.lots import LOT_ID, add, change, device_of, entry_of, remove, said
from tests.integration.promotions.shops import promotion, show

STORE = f"{DOMAIN}.{LOT_ID}.promotions"


async def restart(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


def counted(hass: HomeAssistant, promotion_id: str = "bakery") -> tuple[str, str, str]:
    """Return what the sensors of a promotion say."""
    impressions, visits, clicks = (
        said(hass, promotion_id, key) for key in ("impressions", "visits", "clicks")
    )
    return impressions, visits, clicks


async def test_a_promotion_is_a_device_with_counts_and_a_switch(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    device = device_of(hass, "bakery")
    assert isinstance(device, dr.DeviceEntry)
    assert (device.name, device.entry_type) == ("Bakery", dr.DeviceEntryType.SERVICE)
    assert device.config_subentry_id == "bakery"
    assert counted(hass) == ("0", "0", "0")
    assert said(hass, "bakery", "shown") == STATE_ON
    state = hass.states.get("sensor.bakery_impressions")
    assert state is not None
    assert state.attributes["state_class"] == "total_increasing"


async def test_the_bakery_is_shown_twice_as_often_as_the_zoo(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    shown = [show(entry, f"visitor {number}") for number in range(30)]
    assert shown.count("Bakery") == 20
    assert shown.count("Zoo") == 10
    await pass_time(hass, freezer, 1)
    assert counted(hass) == ("20", "20", "0")
    assert counted(hass, "zoo") == ("10", "10", "0")


async def test_a_visitor_who_sees_it_again_is_one_visit(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(6):
        show(entry, "ann")
        freezer.tick(60)
    await pass_time(hass, freezer, 1)
    assert counted(hass) == ("4", "1", "0")
    # The next day is another visit.
    freezer.tick(timedelta(days=1))
    for _ in range(3):
        show(entry, "ann")
        freezer.tick(60)
    await pass_time(hass, freezer, 1)
    assert counted(hass) == ("6", "2", "0")


async def test_a_page_that_is_reloaded_shows_the_same_and_does_not_count(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    first = show(entry, "ann")
    freezer.tick(AGAIN_S - 1)
    assert [show(entry, "ann") for _ in range(5)] == [first] * 5
    # Once parked, there is something else to be seen.
    assert show(entry, "ann", "after") != first
    freezer.tick(1)
    assert show(entry, "ann", "before") == "Bakery"
    await pass_time(hass, freezer, 1)
    assert int(counted(hass)[0]) + int(counted(hass, "zoo")[0]) == 3


async def test_whom_nobody_knows_is_no_visit(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(3):
        show(entry)
    await pass_time(hass, freezer, 1)
    assert counted(hass) == ("2", "0", "0")


async def test_a_sign_counts_apart_and_is_no_visit(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await change(hass, entry, "bakery", most_per_visit=1)
    for _ in range(6):
        show(entry, "entrance", screen=True)
        freezer.tick(20)
    await pass_time(hass, freezer, 1)
    assert counted(hass) == ("4", "0", "0")
    assert entry.runtime_data.promotions.counts("bakery").on_signs == 4


async def test_a_visitor_sees_it_no_more_often_than_it_may_be(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await remove(hass, entry, "zoo")
    await change(hass, entry, "bakery", most_per_visit=2)
    shown = []
    for _ in range(4):
        shown.append(show(entry, "ann"))
        freezer.tick(60)
    assert shown == ["Bakery", "Bakery", None, None]
    assert show(entry, "bob") == "Bakery"


async def test_after_its_last_impression_it_is_shown_no_more(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await change(hass, entry, "bakery", most=3)
    await change(hass, entry, "zoo", most=2)
    shown = [show(entry) for _ in range(10)]
    assert shown.count("Bakery") == 3
    assert shown.count("Zoo") == 2
    assert shown[5:] == [None] * 5


async def test_the_hours_are_those_of_the_lot(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    await remove(hass, entry, "zoo")
    await change(hass, entry, "bakery", opens="13:00:00", closes="14:00:00")
    # It is one o'clock in Berlin.
    assert show(entry) == "Bakery"
    freezer.tick(3600)
    assert show(entry) is None
    assert show(entry, at=dt_util.utcnow() - timedelta(minutes=1)) == "Bakery"


async def test_a_promotion_in_ones_language(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await change(hass, entry, "bakery", languages=["de"])
    await change(hass, entry, "zoo", languages=["en"])
    assert {show(entry, language="de-CH") for _ in range(4)} == {"Bakery"}
    assert show(entry, language="fr") is None
    # Without a word about the language, it is this Home Assistant's.
    assert {show(entry) for _ in range(4)} == {"Zoo"}


async def test_a_click_counts_once_a_visit(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    shop = entry.runtime_data.promotions
    assert shop.async_clicked("bakery", "ann") == "https://bakery.example/"
    assert shop.async_clicked("bakery", "ann") == "https://bakery.example/"
    assert shop.async_clicked("bakery", "bob") == "https://bakery.example/"
    assert shop.async_clicked("bakery") == "https://bakery.example/"
    assert shop.async_clicked("zoo", "ann") is None
    assert shop.async_clicked("cinema") is None
    await pass_time(hass, freezer, 1)
    assert counted(hass) == ("0", "0", "3")


async def test_a_paused_promotion_is_not_shown(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    switch = entry_of(hass, "bakery", "shown")
    assert switch is not None
    target = {ATTR_ENTITY_ID: switch.entity_id}
    await hass.services.async_call(SWITCH, SERVICE_TURN_OFF, target, blocking=True)
    assert said(hass, "bakery", "shown") == STATE_OFF
    assert {show(entry) for _ in range(4)} == {"Zoo"}
    await restart(hass, entry)
    assert said(hass, "bakery", "shown") == STATE_OFF
    await hass.services.async_call(SWITCH, SERVICE_TURN_ON, target, blocking=True)
    assert said(hass, "bakery", "shown") == STATE_ON
    assert "Bakery" in {show(entry) for _ in range(4)}


async def test_it_disappears_at_once_from_who_looks_at_it(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert show(entry, "ann") == "Bakery"
    entry.runtime_data.promotions.async_set_paused("bakery", paused=True)
    assert show(entry, "ann") == "Zoo"


async def test_counts_and_turns_go_on_after_a_restart(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    before = [show(entry, f"visitor {number}") for number in range(4)]
    entry.runtime_data.promotions.async_clicked("bakery", "ann")
    await restart(hass, entry)
    assert counted(hass) == ("3", "3", "1")
    after = [show(entry) for _ in range(5)]
    assert (before + after).count("Bakery") == 6


async def test_nothing_of_a_visitor_is_written_down(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_storage: dict[str, Any]
) -> None:
    show(entry, "person.ann")
    entry.runtime_data.promotions.async_clicked("bakery", "person.ann")
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert hass_storage[STORE]["data"] == {
        "ledger": {
            "titles": {"bakery": "Bakery", "zoo": "Zoo"},
            "totals": {"bakery": [1, 0, 1, 1]},
            "days": {"2026-11-20": {"bakery": [1, 0, 1, 1]}},
        },
        "owed": {"bakery": -0.333333, "zoo": 0.333333},
        "paused": [],
    }


async def test_what_is_counted_is_written_together(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    show(entry)
    await pass_time(hass, freezer, promotions.WRITE_DELAY_S - 10)
    show(entry)
    assert STORE not in hass_storage
    await pass_time(hass, freezer, 11)
    totals = hass_storage[STORE]["data"]["ledger"]["totals"]
    assert totals == {"bakery": [1, 0, 0, 0], "zoo": [1, 0, 0, 0]}


async def test_promotions_come_change_and_go_without_a_restart(
    hass: HomeAssistant, hand: Any, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    show(entry)
    await add(hass, entry, promotion("Cinema", when="after"))
    assert "Cinema" in {show(entry, when="after") for _ in range(4)}
    assert "Cinema" not in {show(entry) for _ in range(8)}
    assert said(hass, "cinema", "clicks") == "0"
    await change(hass, entry, "cinema", title="Theatre", when="before")
    assert "Theatre" in {show(entry) for _ in range(4)}
    device = device_of(hass, "cinema")
    assert device is not None
    assert device.name == "Theatre"
    await remove(hass, entry, "cinema")
    assert "Theatre" not in {show(entry) for _ in range(8)}
    assert device_of(hass, "cinema") is None
    assert entry_of(hass, "cinema", "clicks") is None
    assert len(hand.made["North"]) == 1
    await pass_time(hass, freezer, 1)


async def test_sensors_follow_in_steps(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    changes: list[Event[EventStateChangedData]] = []
    hass.bus.async_listen(EVENT_STATE_CHANGED, changes.append)
    for number in range(300):
        show(entry, f"visitor {number}")
    assert changes == []
    await pass_time(hass, freezer, 1)
    assert counted(hass) == ("200", "200", "0")
    # Impressions and visits of two promotions.
    assert len(changes) == 4


async def test_a_deleted_lot_forgets_its_counts(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_storage: dict[str, Any]
) -> None:
    show(entry)
    await hass.config_entries.async_unload(entry.entry_id)
    assert STORE in hass_storage
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert STORE not in hass_storage
