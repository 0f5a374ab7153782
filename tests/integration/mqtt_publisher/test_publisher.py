"""What the broker has retained of a lot is what the lot is now."""

import asyncio
from datetime import timedelta
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.mqtt_publisher import publisher
from custom_components.smart_parking.sources.mqtt import client
from tests.integration.clock import until
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    bay,
    change,
    gate,
    lot,
    node,
    remove,
    said,
    set_up,
)
from tests.integration.mqtt_publisher.follower import TOPIC, Follower, publish
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.sources.mqtt.broker import Broker

BAYS = [
    bay("A01", 0.0, zone="Short stay"),
    bay("A02", 2.5, kind="ev"),
    bay("A03", 5.0, level="2"),
    bay("A/4", 7.5, level="+1 #"),
]
BAY_TOPICS = ["bay/A%2F4", "bay/A01", "bay/A02", "bay/A03"]
NAMES = sorted(
    [
        *BAY_TOPICS,
        *("heartbeat", "lot", "plan", "status"),
        *("kind/ev", "kind/standard"),
        *("level/%2B1 %23", "level/1", "level/2", "zone/Short stay"),
    ]
)


@pytest.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant,
    mqtt_entry: MockConfigEntry,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
) -> SmartParkingConfigEntry:
    """Set up a lot that is not published."""
    # Nobody wonders why the sensors are silent while a test waits for the broker.
    monkeypatch.setattr(DrivenSource, "period_s", None)
    entry = lot(node("North", BAYS), gate("Main"), gate("Back", 10.0))
    await set_up(hass, entry)
    return entry


async def measure(hass: HomeAssistant, hand: Hand, **distances: float | Fault) -> None:
    """Make sensors of the lot say something until it is believed."""
    hand.settle("North", **distances)
    await hass.async_block_till_done()


async def test_nothing_is_published_at_first(
    hass: HomeAssistant, broker: Broker, follower: Follower, hand: Hand
) -> None:
    await measure(hass, hand, a01=EMPTY_M)
    await broker.wait_for(hass)
    assert follower.below("parking") == {}


async def test_each_bay_each_level_each_kind_and_the_lot(
    hass: HomeAssistant, follower: Follower, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await measure(hass, hand, a01=EMPTY_M, a02=CAR_M, a03=EMPTY_M)
    publish(hass, entry)
    await follower.online(hass)
    assert [*follower.below()] == NAMES

    since = follower.says("bay/A01")["since"]
    assert since.endswith("Z")
    assert follower.says("bay/A01") == {
        "v": 1,
        "id": "a01",
        "label": "A01",
        "state": "vacant",
        "since": since,
    }
    assert follower.says("bay/A02")["state"] == "occupied"
    nothing = follower.says("bay/A%2F4")
    assert (nothing["label"], nothing["state"], nothing["fault"]) == (
        "A/4",
        "unknown",
        "no_reading",
    )
    numbers = {"held": 0, "out_of_service": 0}
    whole = follower.says("lot")
    assert whole == {
        "v": 1,
        "name": "Garage",
        "total": 4,
        "free": 2,
        "occupied": 1,
        "unknown": 1,
        **numbers,
        "full": None,
        "nearest": {"Main": "A01", "Back": "A01"},
        "at": whole["at"],
    }
    level = follower.says("level/1")
    assert level == {
        "v": 1,
        "name": "1",
        "total": 2,
        "free": 1,
        "occupied": 1,
        "unknown": 0,
        **numbers,
        "at": level["at"],
    }
    assert follower.says("level/%2B1 %23")["name"] == "+1 #"
    assert follower.says("kind/ev")["occupied"] == 1
    zone = follower.says("zone/Short stay")
    assert (zone["name"], zone["total"], zone["free"]) == ("Short stay", 1, 1)
    plan = follower.says("plan")
    assert plan["name"] == "Garage"
    assert plan["bays"][1] == ["a02", "A02", 1, 0, 1, 2.5, 0.0]
    assert plan["zones"] == ["Short stay", ""]
    assert [one["name"] for one in plan["gates"]] == ["Main", "Back"]
    assert follower.says("heartbeat").keys() == {"v", "at", "every_s"}
    # MQTT 5: the broker forgets a lot that is no more.
    assert follower.expiries[f"{TOPIC}/bay/A01"] == publisher.EXPIRES_S
    assert follower.expiries[f"{TOPIC}/status"] == publisher.ALIVE_EXPIRES_S


async def test_only_changes_are_said(
    hass: HomeAssistant,
    broker: Broker,
    follower: Follower,
    hand: Hand,
    entry: SmartParkingConfigEntry,
) -> None:
    await measure(hass, hand, a01=EMPTY_M, a02=CAR_M, a03=EMPTY_M)
    publish(hass, entry)
    await follower.online(hass)
    await broker.wait_for(hass)
    follower.heard.clear()
    # The vehicle moves by a hand's breadth: that is news of the bay, and not of its state.
    await measure(hass, hand, a02=CAR_M + 0.2)
    await measure(hass, hand, a01=CAR_M)
    await follower.until(hass, lambda: follower.says("lot").get("free") == 1)
    await broker.wait_for(hass)
    told = [topic.removeprefix(f"{TOPIC}/") for topic, _ in follower.heard if TOPIC in topic]
    assert sorted(told) == ["bay/A01", "kind/standard", "level/1", "lot", "zone/Short stay"]
    assert follower.says("lot")["nearest"] == {"Main": "A03", "Back": "A03"}


async def test_a_lot_of_which_much_changes_at_once_says_its_numbers_once(
    hass: HomeAssistant,
    broker: Broker,
    follower: Follower,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await measure(hass, hand, a01=EMPTY_M, a02=EMPTY_M, a03=EMPTY_M)
    publish(hass, entry)
    await follower.online(hass)
    monkeypatch.setattr(publisher, "PACE_S", 1.0)
    await measure(hass, hand, **{"a/4": EMPTY_M})
    await follower.until(hass, lambda: follower.says("lot").get("free") == 4)
    follower.heard.clear()
    for bay_id in ("a01", "a02", "a03", "a/4"):
        await measure(hass, hand, **{bay_id: CAR_M})
    await follower.until(hass, lambda: follower.says("lot").get("full") is True)
    assert [topic for topic, _ in follower.heard].count(f"{TOPIC}/lot") == 1


async def test_who_holds_a_bay_is_not_told(
    hass: HomeAssistant, follower: Follower, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await measure(hass, hand, a01=EMPTY_M, a03=EMPTY_M)
    publish(hass, entry)
    await follower.online(hass)
    hold = await hass.services.async_call(
        "smart_parking",
        "reserve",
        {
            "bay": "A01",
            "driver": "Ada Lovelace",
            "until": dt_util.utcnow() + timedelta(hours=1),
        },
        blocking=True,
        return_response=True,
    )
    assert hold is not None
    await follower.until(hass, lambda: follower.says("bay/A01").get("state") == "held")
    await follower.until(hass, lambda: follower.says("lot").get("held") == 1)
    everything = b" ".join(payload for _, payload in follower.heard).decode()
    assert "Ada" not in everything
    assert str(hold["hold_id"]) not in everything


async def test_a_closed_bay_is_told_of(
    hass: HomeAssistant, follower: Follower, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await measure(hass, hand, a01=EMPTY_M)
    publish(hass, entry)
    await follower.online(hass)
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    await follower.until(hass, lambda: follower.says("bay/A01").get("state") == "out_of_service")
    await measure(hass, hand, a03=Fault.STUCK_HIGH)
    await follower.until(hass, lambda: follower.says("bay/A03").get("fault") == "stuck_high")


async def test_topics_go_with_their_bays(
    hass: HomeAssistant, follower: Follower, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    renamed = [{**BAYS[0], "label": "B01"}, BAYS[1]]
    await change(hass, entry, "north", bays=renamed)
    wanted = {"bay/B01", "bay/A02", "level/1", "kind/ev", "kind/standard", "zone/Short stay"}
    wanted |= {"heartbeat", "lot", "plan", "status"}
    await follower.until(hass, lambda: {*follower.below()} == wanted)
    assert follower.says("bay/B01")["id"] == "a01"
    await follower.until(hass, lambda: follower.says("lot").get("total") == 2)
    await remove(hass, entry, "north")
    await follower.until(
        hass, lambda: {*follower.below()} == {"heartbeat", "lot", "plan", "status"}
    )
    await follower.until(hass, lambda: follower.says("lot").get("total") == 0)


async def test_another_name_of_the_lot_and_its_gates(
    hass: HomeAssistant, follower: Follower, entry: SmartParkingConfigEntry
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    hass.config_entries.async_update_entry(entry, title="Market")
    await follower.until(hass, lambda: follower.says("lot").get("name") == "Market")
    await follower.until(hass, lambda: follower.says("plan").get("name") == "Market")
    await remove(hass, entry, "back")
    await follower.until(hass, lambda: [*follower.says("lot")["nearest"]] == ["Main"])


async def test_switched_off_nothing_is_left(
    hass: HomeAssistant, follower: Follower, entry: SmartParkingConfigEntry
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    follower.heard.clear()
    publish(hass, entry, mqtt_publish=False, mqtt_topics_left=[TOPIC])
    await follower.until(hass, lambda: follower.below() == {})
    await until(hass, lambda: "mqtt_topics_left" not in entry.options)
    # Who follows the lot learns first that it goes.
    assert follower.heard[0] == (f"{TOPIC}/status", b"offline")


async def test_below_another_topic(
    hass: HomeAssistant, follower: Follower, entry: SmartParkingConfigEntry
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    publish(hass, entry, mqtt_topic="city/north", mqtt_topics_left=[TOPIC])
    await follower.online(hass, "city/north")
    assert [*follower.below("city/north")] == NAMES
    assert follower.below() == {}


async def test_unloaded_a_lot_is_offline_and_its_bays_stay(
    hass: HomeAssistant, follower: Follower, entry: SmartParkingConfigEntry
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await follower.until(hass, lambda: follower.below().get("status") == b"offline")
    assert [*follower.below()] == NAMES
    await hass.config_entries.async_setup(entry.entry_id)
    await follower.online(hass)


async def test_a_home_assistant_that_stops_says_so(
    hass: HomeAssistant, follower: Follower, entry: SmartParkingConfigEntry
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    await hass.async_stop(force=True)
    assert hass.state.name in ("stopped", "not_running")
    await until(hass, lambda: follower.below().get("status") == b"offline")


async def test_a_deleted_lot_leaves_nothing(
    hass: HomeAssistant, follower: Follower, entry: SmartParkingConfigEntry
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await follower.until(hass, lambda: follower.below() == {})


async def test_a_lot_that_is_deleted_without_a_broker_says_that_it_stays_there(
    hass: HomeAssistant,
    broker: Broker,
    follower: Follower,
    entry: SmartParkingConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    broker.stop()
    await until(hass, lambda: not broker.is_heard(hass))
    await hass.config_entries.async_remove(entry.entry_id)
    assert "Garage could not be cleared on MQTT" in caplog.text


async def test_what_went_while_nobody_could_say_so_goes_later(
    hass: HomeAssistant,
    broker: Broker,
    follower: Follower,
    entry: SmartParkingConfigEntry,
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await change(hass, entry, "north", bays=BAYS[:1])
    await hass.config_entries.async_setup(entry.entry_id)
    await follower.online(hass)
    assert [name for name in follower.below() if name.startswith("bay/")] == ["bay/A01"]
    assert "kind/ev" not in follower.below()


async def test_what_is_no_plan_below_the_topic_is_overwritten(
    hass: HomeAssistant, broker: Broker, follower: Follower, entry: SmartParkingConfigEntry
) -> None:
    await broker.publish(f"{TOPIC}/plan", "nonsense", retain=True)
    publish(hass, entry)
    await follower.online(hass)
    assert follower.says("plan")["name"] == "Garage"


async def test_a_broker_that_was_away_is_told_everything_again(
    hass: HomeAssistant,
    broker: Broker,
    follower: Follower,
    hand: Hand,
    entry: SmartParkingConfigEntry,
) -> None:
    await measure(hass, hand, a01=EMPTY_M)
    publish(hass, entry)
    await follower.online(hass)
    broker.stop()
    await until(hass, lambda: not broker.is_heard(hass))
    # What happens meanwhile is not lost, though nothing of it can be said.
    await measure(hass, hand, a01=CAR_M)
    await change(hass, entry, "north", bays=BAYS[:3])
    broker.forget()
    follower.retained.clear()
    broker.start()
    await follower.online(hass)
    assert [*follower.below()] == [
        one for one in NAMES if one not in ("bay/A%2F4", "level/%2B1 %23")
    ]
    assert follower.says("bay/A01")["state"] == "occupied"
    assert follower.says("lot")["total"] == 3


async def test_a_lot_says_again_and_again_that_it_is_there(
    hass: HomeAssistant,
    follower: Follower,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "BEAT_S", 0.2)
    assert await hass.config_entries.async_reload(entry.entry_id)
    publish(hass, entry)
    await follower.online(hass)

    def beats() -> list[object]:
        return [
            json.loads(payload)["at"]
            for topic, payload in [*follower.heard]
            if topic == f"{TOPIC}/heartbeat"
        ]

    await follower.until(hass, lambda: len(beats()) >= 3)
    assert len({*beats()}) >= 3


async def test_all_of_it_is_said_anew_before_the_broker_forgets_it(
    hass: HomeAssistant,
    follower: Follower,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    follower.heard.clear()
    monkeypatch.setattr(publisher, "REFRESH_S", 0.0)
    await measure(hass, hand, a01=EMPTY_M)
    await follower.until(hass, lambda: f"{TOPIC}/bay/A03" in [topic for topic, _ in follower.heard])


async def test_a_plan_that_no_broker_takes_is_left_out(
    hass: HomeAssistant,
    follower: Follower,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(hass, entry)
    await follower.online(hass)
    monkeypatch.setattr("custom_components.smart_parking.lot.publication.PLAN_BYTES_MAX", 100)
    for bays in (BAYS[:3], BAYS[:2]):
        await change(hass, entry, "north", bays=bays)
        await follower.until(hass, lambda: "plan" not in follower.below())
        await follower.until(hass, lambda: follower.says("lot")["total"] == len(bays))  # noqa: B023 - used at once
    assert caplog.text.count("too large for MQTT") == 1


async def test_bays_that_go_while_they_are_told_of(
    hass: HomeAssistant,
    follower: Follower,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    really = client.async_publish

    async def take_away(hass: HomeAssistant, topic: str, *args: Any) -> None:
        if topic == f"{TOPIC}/bay/A01" and len(entry.runtime_data.lot) == len(BAYS):
            await change(hass, entry, "north", bays=BAYS[:2])
        await really(hass, topic, *args)

    monkeypatch.setattr(publisher, "AT_ONCE", 1)
    monkeypatch.setattr(publisher, "async_publish", take_away)
    publish(hass, entry)
    await follower.until(hass, lambda: follower.says("lot").get("total") == 2)
    bays = {"bay/A01", "bay/A02"}
    await follower.until(
        hass, lambda: {name for name in follower.below() if name.startswith("bay/")} == bays
    )


@pytest.mark.parametrize("end", ["unload", "remove"])
async def test_a_broker_that_takes_nothing_keeps_no_lot_from_going(
    hass: HomeAssistant,
    follower: Follower,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    end: str,
) -> None:
    async def refuse(*_: object) -> None:
        raise HomeAssistantError("as a test wants it")

    publish(hass, entry)
    await follower.online(hass)
    with monkeypatch.context() as broken:
        broken.setattr(publisher, "async_publish", refuse)
        if end == "unload":
            assert await hass.config_entries.async_unload(entry.entry_id)
        else:
            await hass.config_entries.async_remove(entry.entry_id)
            assert "could not be cleared on MQTT" in caplog.text
    assert follower.below()["status"] == b"online"


async def test_what_a_broker_has_not_taken_is_said_again(
    hass: HomeAssistant,
    follower: Follower,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = asyncio.Event()

    async def refuse(*_: object) -> None:
        asked.set()
        raise HomeAssistantError("as a test wants it")

    publish(hass, entry)
    await follower.online(hass)
    with monkeypatch.context() as broken:
        broken.setattr(publisher, "async_publish", refuse)
        await measure(hass, hand, a01=EMPTY_M)
        await asked.wait()
    await measure(hass, hand, a03=EMPTY_M)
    await follower.until(hass, lambda: follower.says("lot")["free"] == 2)
    assert follower.says("bay/A01")["state"] == "vacant"


async def test_a_lot_that_cannot_be_published_works_all_the_same(
    hass: HomeAssistant,
    follower: Follower,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries = 0

    def fail(*_: object) -> object:
        nonlocal tries
        tries += 1
        raise RuntimeError("as a test wants it")

    with monkeypatch.context() as broken:
        broken.setattr(publisher, "bay_message", fail)
        publish(hass, entry)
        await until(hass, lambda: "as a test wants it" in caplog.text)
        await measure(hass, hand, a01=EMPTY_M)
        assert said(hass, "free") == "1"
        await until(hass, lambda: tries > 1)
        assert caplog.text.count("could not be published on MQTT") == 1
    # It is tried again with the next change.
    await measure(hass, hand, a03=EMPTY_M)
    await follower.online(hass)
    assert follower.says("lot")["free"] == 2
    assert entry.state is ConfigEntryState.LOADED
