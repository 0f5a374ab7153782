"""A draft is put to work: at once, as a whole, and nothing is lost by it."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from custom_components.smart_parking.bay_entities import DEVICES_MAX
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import SourceError
from custom_components.smart_parking.sources.unequipped import UnequippedSource
from tests.integration.editor.conftest import Open
from tests.integration.editor.draftsman import Change, Draftsman
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    device_of,
    entry_of,
    look,
    lot,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand


def with_bay(draftsman: Draftsman, bay_id: str, **more: object) -> Change:
    """Return a change of a bay."""
    known = draftsman.drawing["bays"].get(bay_id, {"x": 0, "y": 30, "level": "1"})
    return {"bays": {bay_id: {**known, **more}}}


def state_of(entry: SmartParkingConfigEntry) -> ConfigEntryState:
    """Return the state of a lot, which changes meanwhile."""
    return entry.state


def undisturbed(hand: Hand, name: str) -> bool:
    """Return whether a node has been at work all the time."""
    return len(hand.made[name]) == 1 and hand[name].starts == 1 and hand[name].stops == 0


async def test_what_did_not_change_goes_on(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await draftsman.change(
        {
            **with_bay(draftsman, "a01", label="Z1", x=-2.5),
            "lanes": {"l": {"level": "1", "points": [[-9, -6], [120, -6]], "one_way": True}},
            "walls": {"w": {"level": "1", "points": [[-9, 9], [120, 9]]}},
            "gates": {"back": {"name": "Back", "level": "1", "x": 120, "y": -6}},
        }
    )
    await draftsman.publish()
    event = await draftsman.wait_for("published")
    assert event["changed"] is False
    assert undisturbed(hand, "South")
    assert len(hand.made["North"]) == 2
    # The bay is the same one, with its history: what was known of it is known still.
    assert entry_of(hass, "a01", "occupancy") is not None
    assert said(hass, "a02", "occupancy") == STATE_ON
    device = device_of(hass, "a01")
    assert device is not None
    assert device.name == "Garage Z1"
    assert entry.options["lanes"] == [{"points": "-9, -6; 120, -6", "level": "1", "one_way": True}]
    assert entry.options["drawing"]["walls"] == {"w": {"level": "1", "points": [[-9, 9], [120, 9]]}}
    assert entry.subentries["back"].title == "Back"
    assert said(hass, "back", "nearest") == "B01"
    hand.settle("North", A01=CAR_M, A02=EMPTY_M)
    assert said(hass, "a01", "occupancy") == STATE_ON


async def test_only_ways_change_and_no_node_notices(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await draftsman.change({"lanes": {"l": {"level": "1", "points": [[-9, -6], [120, -6]]}}})
    await draftsman.publish()
    assert undisturbed(hand, "North")
    assert undisturbed(hand, "South")
    # What is published and what is drawn are one, also by their ids.
    assert list(draftsman.drawing["lanes"]) == ["l"]
    await draftsman.change({"lanes": {"l": None}})
    await draftsman.publish()
    assert entry.options["lanes"] == []


async def test_a_bay_gets_its_sensor_and_stays_the_same_bay(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await draftsman.change(with_bay(draftsman, "new", label="N1"))
    assert (await draftsman.problems())["unpaired"]["placeholders"] == {"count": "1", "label": "N1"}
    await draftsman.publish()
    waiting = next(
        one for one in entry.subentries.values() if one.data.get("source") == UnequippedSource.key
    )
    assert [one["label"] for one in waiting.data["bays"]] == ["N1"]
    # It is on the plan, but no driver is sent there.
    assert said(hass, "new", "occupancy") == STATE_UNAVAILABLE
    assert said(hass, waiting.subentry_id, "connectivity") == STATE_ON
    assert said(hass, "main", "nearest") == "A01"
    before = entry_of(hass, "new", "occupancy")
    assert before is not None
    er.async_get(hass).async_update_entity(before.entity_id, name="Corner")

    await draftsman.change(
        {**with_bay(draftsman, "new", node="north", wiring={"empty_m": EMPTY_M})}
    )
    await draftsman.publish()
    await hass.async_block_till_done()
    assert waiting.subentry_id not in entry.subentries
    assert undisturbed(hand, "South")
    hand.settle("North", A01=CAR_M, A02=CAR_M, NEW=EMPTY_M)
    assert said(hass, "new", "occupancy") == STATE_OFF
    after = entry_of(hass, "new", "occupancy")
    assert after is not None
    assert (after.entity_id, after.name) == (before.entity_id, "Corner")
    assert after.config_subentry_id == "north"
    device = device_of(hass, "new")
    parent = device_of(hass, "north")
    assert isinstance(device, dr.ChildDeviceEntry)
    assert parent is not None
    assert device.parent_device_id == parent.id


async def test_a_bay_goes_from_node_to_node_and_takes_along_what_is_known(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    entity = entry_of(hass, "a02", "occupancy")
    assert entity is not None
    entry.runtime_data.coordinator.async_set_out_of_service("a02", out=True)
    await draftsman.change(with_bay(draftsman, "a02", node="south"))
    await draftsman.publish()
    await hass.async_block_till_done()
    assert look(hass, "a02", "occupancy").entity_id == entity.entity_id
    assert said(hass, "a02", "out_of_service") == STATE_ON
    assert said(hass, "a02", "occupancy") == STATE_ON
    hand.settle("South", A02=EMPTY_M)
    assert said(hass, "a02", "occupancy") == STATE_OFF


async def test_what_is_taken_off_is_gone(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await draftsman.change({"bays": {"b01": None, "b02": None, "a01": None}})
    await draftsman.publish()
    await hass.async_block_till_done()
    assert "south" not in entry.subentries
    assert entry_of(hass, "b01", "occupancy") is None
    assert device_of(hass, "a01") is None
    assert [one["label"] for one in entry.subentries["north"].data["bays"]] == ["A02"]


async def test_old_plans_are_brought_back(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    for number in range(12):
        await draftsman.change(with_bay(draftsman, "a01", x=-3 - number))
        await draftsman.publish()
        event = await draftsman.wait_for("published")
    assert len(event["plans"]) == 11
    assert [plan["current"] for plan in event["plans"]] == [True] + 10 * [False]
    assert {plan["bays"] for plan in event["plans"]} == {4}
    oldest = event["plans"][-1]
    await draftsman.do("restore", number=oldest["number"])
    await draftsman.problems()
    assert draftsman.drawing["bays"]["a01"]["x"] == -4
    assert entry.subentries["north"].data["bays"][0]["x"] == -14
    await draftsman.publish()
    assert entry.subentries["north"].data["bays"][0]["x"] == -4


async def test_what_was_there_before_the_first_plan_is_kept_too(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    rows = [dict(one) for one in entry.subentries["north"].data["bays"]]
    await draftsman.change(with_bay(draftsman, "a01", x=-9))
    await draftsman.publish()
    event = await draftsman.wait_for("published")
    assert [plan["by"] for plan in event["plans"]] == [event["by"], ""]
    await draftsman.do("restore", number=event["plans"][-1]["number"])
    await draftsman.problems()
    await draftsman.publish()
    assert entry.subentries["north"].data["bays"] == rows


async def test_plans_outlast_a_restart(
    hass: HomeAssistant, draftsman: Draftsman, open_plan: Open
) -> None:
    await draftsman.change(with_bay(draftsman, "a01", x=-9))
    await draftsman.publish()
    del hass.data["smart_parking_editors"]
    again = Draftsman(draftsman.socket)
    await again.ask("subscribe", entry_id=LOT_ID)
    plans = (await again.wait_for("draft"))["plans"]
    assert [plan["current"] for plan in plans] == [True, False]


async def test_without_a_draft_there_is_nothing_to_publish(
    hass: HomeAssistant, hand: Hand, draftsman: Draftsman
) -> None:
    await draftsman.publish()
    assert undisturbed(hand, "North")


async def test_a_lot_that_cannot_start_is_drawn_until_it_can(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    draftsman: Draftsman,
) -> None:
    hand.refusals["North"] = hand.refusals["South"] = SourceError("no_chip")
    await hass.config_entries.async_reload(LOT_ID)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    hand.refusals.clear()
    await draftsman.change({"bays": {"b01": None, "b02": None}})
    await draftsman.publish()
    await hass.async_block_till_done()
    assert state_of(entry) is ConfigEntryState.LOADED
    assert set(entry.runtime_data.coordinator.nodes) == {"north"}


async def test_a_lot_is_drawn_from_nothing(hass: HomeAssistant, draftsman: Draftsman) -> None:
    await set_up(hass, lot(title="Roof", lot_id="roof"))
    roof = Draftsman(draftsman.socket)
    await roof.open("roof")
    await roof.change(
        {
            "levels": {"": {"order": 0}, "1": {"order": 1}},
            "nodes": {"sim": {"name": "Demo", "source": "simulated"}},
            "bays": {
                f"r{number}": {
                    "label": f"R{number}",
                    "x": 2.5 * number,
                    "y": 0,
                    "level": "1",
                    "heading": 90,
                    "width": 2.5,
                    "length": 5,
                    "node": "sim",
                }
                for number in range(3)
            },
            "gates": {"g": {"name": "Gate", "level": "1", "x": 0, "y": -9}},
        }
    )
    await roof.publish()
    coordinator = hass.config_entries.async_get_known_entry("roof").runtime_data
    assert [status.bay.label for status in coordinator.lot] == ["R0", "R1", "R2"]
    assert coordinator.lot.gates[0].name == "Gate"
    await roof.do("check", change={})
    assert await hass.config_entries.async_unload("roof")


async def test_a_lot_that_grows_large_has_no_device_for_each_bay(
    hass: HomeAssistant, draftsman: Draftsman
) -> None:
    await set_up(hass, lot(title="Roof", lot_id="roof"))
    roof = Draftsman(draftsman.socket)
    await roof.open("roof")
    await roof.change(
        {
            "levels": {"": {"order": 0}},
            "nodes": {"sim": {"name": "Demo", "source": "simulated"}},
            "bays": {
                f"r{number}": {
                    "label": f"R{number}",
                    "x": 2.5 * number,
                    "y": 0,
                    "heading": 90,
                    "width": 2.5,
                    "length": 5,
                    "node": "sim",
                }
                for number in range(DEVICES_MAX + 1)
            },
            "gates": {"g": {"name": "Gate", "x": 0, "y": -9}},
        }
    )
    looked = await roof.do("check", change={})
    (warning,) = (one for one in looked["problems"] if one["key"] == "many_bays")
    bays = str(DEVICES_MAX + 1)
    assert warning["severity"] == "warning"
    assert warning["placeholders"] == {"bays": bays, "entities": bays}
    await roof.publish()
    await hass.async_block_till_done()
    entry = hass.config_entries.async_get_known_entry("roof")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.options["bay_entities"] == "all"
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), "roof")
    assert len(devices) < 10
    # The choice is made once.
    looked = await roof.do("check", change={})
    assert "many_bays" not in [one["key"] for one in looked["problems"]]
    assert await hass.config_entries.async_unload("roof")


async def test_one_publishes_at_a_time(
    hass: HomeAssistant, hand: Hand, draftsman: Draftsman, open_plan: Open
) -> None:
    second = await open_plan()
    hold = hand.hold("North")
    await draftsman.change(with_bay(draftsman, "a01", x=-9))
    await second.wait_for("change")
    await draftsman.socket.send_json(
        {
            "id": 100_000,
            "type": "smart_parking/editor/publish",
            "author": draftsman.author,
            "revision": draftsman.revision,
        }
    )
    await hold.begun.wait()
    assert await second.refused("publish", revision=second.revision) == "draft_publishing"
    hold.may_end.set()
    await second.wait_for("published")


async def test_areas_are_the_zones_of_the_bays_in_them(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    first: dict[str, Any] = draftsman.drawing["bays"]["a01"]
    x, y = first["x"], first["y"]
    area: dict[str, Any] = {
        "level": first["level"],
        "name": "Staff",
        "points": [[x - 1, y - 1], [x + 1, y - 1]],
    }
    area["points"] += [[x + 1, y + 1], [x - 1, y + 1]]
    await draftsman.change({"zones": {"z": area}, **with_bay(draftsman, "a02", zone="Short stay")})
    await draftsman.publish()
    await hass.async_block_till_done()

    def zones() -> dict[str, str]:
        """Return the zones of the bays that have one."""
        bays = [status.bay for status in entry.runtime_data.lot]
        return {bay.label: bay.zone for bay in bays if bay.zone}

    assert zones() == {"A01": "Staff", "A02": "Short stay"}
    assert draftsman.drawing["bays"]["a01"]["zone"] == "Staff"
    assert draftsman.drawing["bays"]["a02"]["zone"] == "Short stay"
    await draftsman.change({"zones": {"z": None}})
    await draftsman.publish()
    await hass.async_block_till_done()
    assert zones() == {"A02": "Short stay"}
    await draftsman.change(with_bay(draftsman, "a02", zone=41 * "x"))
    assert "bad_zone" in await draftsman.problems()
