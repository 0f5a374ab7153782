"""The bays of another car park, as it publishes them on a real broker."""

from collections.abc import Mapping
from dataclasses import replace
import time
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import BayState
from custom_components.smart_parking.lot.publication import PublishedPlan, plan_message
from custom_components.smart_parking.sources import other_lot, pushed
from custom_components.smart_parking.sources.base import NodeConfig, SourceError
from custom_components.smart_parking.sources.mqtt import client
from custom_components.smart_parking.sources.other_lot import OtherLotSource
from tests.integration.clock import skip, until
from tests.integration.editor.draftsman import Draftsman
from tests.integration.lots import data_of, gate, look, lot, said, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.mqtt.conftest import Clock
from tests.integration.sources.other_lots import (
    BAYS,
    TOPIC,
    bay_said,
    city,
    heartbeat,
    issue_of,
    open_lot,
    publish,
    publish_plan,
    rows,
    set_up_city,
)
from tests.integration.walk import Walk
from tests.trials.repair import begin, go_on


@pytest.fixture(name="clock")
def clock_fixture(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock by which messages come."""
    clock = Clock(hass)
    for module in (other_lot, pushed):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def quiet_sensors(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make nobody wonder why other sensors are silent while a test waits for the broker."""
    monkeypatch.setattr(DrivenSource, "period_s", None)


def occupancies(hass: HomeAssistant) -> dict[str, str]:
    """Return what is known of the bays."""
    return {bay.label: said(hass, bay.label.lower(), "occupancy") for bay in BAYS}


def are(hass: HomeAssistant, *states: str) -> bool:
    """Return whether the bays are so, in their order."""
    return [*occupancies(hass).values()] == [*states]


# At work.


@pytest.mark.usefixtures("mqtt_entry")
async def test_what_is_there_is_here(hass: HomeAssistant, broker: Broker) -> None:
    await open_lot(broker, {"n2": "occupied"})
    entry = await set_up_city(hass)
    await until(hass, lambda: are(hass, STATE_OFF, STATE_ON, STATE_OFF))
    # It is so since it is so there.
    since = entry.runtime_data.lot["a02"].since
    assert since == pytest.approx(time.time() - 3600.0, abs=60.0)
    await publish(broker, bay_said(BAYS[0], "occupied"), bay_said(BAYS[1], "vacant"))
    await until(hass, lambda: are(hass, STATE_ON, STATE_OFF, STATE_OFF))
    assert said(hass, "free") == "2"


@pytest.mark.usefixtures("mqtt_entry")
async def test_one_subscription_however_many_bays(hass: HomeAssistant, broker: Broker) -> None:
    await open_lot(broker)
    await set_up_city(hass)
    await broker.wait_for(hass)
    assert {*broker.subscriptions()} == {f"{TOPIC}/#", "test/mark"}


@pytest.mark.usefixtures("mqtt_entry")
async def test_what_is_held_or_closed_there_is_not_free_here(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await open_lot(broker, {"n1": "held", "n2": "out_of_service", "n3": "unknown"})
    await set_up_city(hass)
    await until(hass, lambda: are(hass, STATE_ON, STATE_UNAVAILABLE, STATE_UNAVAILABLE))
    await until(hass, lambda: len(look(hass, "north", "faulty").attributes["bays"]) == 2)
    assert said(hass, "free") == "0"
    # Who can mend it is told there.
    await skip(hass, 3600.0)
    assert not [one for one in issue_registry.issues.values() if "bay_unavailable" in str(one)]


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_bay_that_is_taken_away_there_is_unknown(
    hass: HomeAssistant, broker: Broker
) -> None:
    await open_lot(broker)
    await set_up_city(hass)
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))
    # One is renamed, one is taken away.
    renamed = replace(BAYS[0], label="B01")
    await publish(broker, bay_said(renamed, "vacant"))
    for bay in BAYS[:2]:
        await publish(broker, (bay_said(bay, "")[0], ""))
    await until(hass, lambda: are(hass, STATE_OFF, STATE_UNAVAILABLE, STATE_OFF))
    await publish(broker, bay_said(renamed, "occupied"))
    await until(hass, lambda: are(hass, STATE_ON, STATE_UNAVAILABLE, STATE_OFF))
    assert look(hass, "north", "faulty").attributes["bays"] == {"NA02": "missing"}


@pytest.mark.usefixtures("mqtt_entry")
async def test_nonsense_changes_nothing(hass: HomeAssistant, broker: Broker) -> None:
    await open_lot(broker)
    await set_up_city(hass)
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))
    for topic, payload in (
        ("bay/A01", "occupied"),
        ("bay/A01", {"v": 1, "id": "n1", "state": "full"}),
        ("bay/A01", {"v": 1, "id": "who", "state": "occupied"}),
        ("bay/A01", {"v": 1, "id": "n1", "state": "occupied", "pad": "x" * 5000}),
        ("bay/A99", ""),
        ("plan", "nothing"),
        ("status", "perhaps"),
        ("heartbeat", "thump"),
        ("level/1", {"v": 1}),
        ("bay/x/y/z", {"v": 1}),
    ):
        await broker.publish(f"{TOPIC}/{topic}", payload)
    await broker.publish(f"{TOPIC}/status", "online")
    await broker.wait_for(hass)
    assert are(hass, *[STATE_OFF] * 3)
    assert said(hass, "north", "connectivity") == STATE_ON


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_lot_that_goes_is_unknown_until_it_is_back(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await open_lot(broker, {"n2": "occupied"})
    await set_up_city(hass)
    await until(hass, lambda: are(hass, STATE_OFF, STATE_ON, STATE_OFF))
    await publish(broker, (f"{TOPIC}/status", "offline"))
    await until(hass, lambda: said(hass, "north", "connectivity") == STATE_OFF)
    assert are(hass, *[STATE_UNAVAILABLE] * 3)
    node = data_of(hass).coordinator.nodes["north"]
    await until(hass, lambda: node.problem is not None and node.problem.key == "other_lot_offline")
    # What the broker has kept of it does not bring it back, nor do other messages.
    await publish(broker, heartbeat(20.0), bay_said(BAYS[0], "occupied"))
    await broker.wait_for(hass)
    assert said(hass, "north", "connectivity") == STATE_OFF
    await skip(hass, 700.0)
    await until(hass, lambda: issue_registry.async_get_issue(DOMAIN, "garage_north") is not None)

    await publish(broker, heartbeat(), (f"{TOPIC}/status", "online"))
    await until(hass, lambda: are(hass, STATE_ON, STATE_ON, STATE_OFF))
    assert said(hass, "north", "connectivity") == STATE_ON


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_lot_that_has_gone_before_is_not_waited_for(
    hass: HomeAssistant, broker: Broker
) -> None:
    await open_lot(broker)
    await publish(broker, (f"{TOPIC}/status", "offline"))
    await set_up(hass, city(*BAYS))
    problem = data_of(hass).coordinator.nodes["north"].problem
    assert problem is not None
    assert problem.key == "other_lot_offline"
    assert are(hass, *[STATE_UNAVAILABLE] * 3)
    await publish(broker, (f"{TOPIC}/status", "online"))
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_lot_that_falls_silent_is_given_up(
    hass: HomeAssistant, broker: Broker, clock: Clock
) -> None:
    await open_lot(broker)
    await set_up_city(hass)
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))
    for _ in range(3):
        await clock.leap(100.0)
        await broker.say(hass, heartbeat(1e6))
    # Its clock may be wrong: what is said now is from now.
    assert are(hass, *[STATE_OFF] * 3)
    await clock.leap(200.0)
    await until(hass, lambda: are(hass, *[STATE_UNAVAILABLE] * 3))
    await until(hass, lambda: said(hass, "north", "connectivity") == STATE_OFF)
    await broker.subscribed(f"{TOPIC}/+")
    await broker.say(hass, heartbeat())
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))
    # It is not so since before it was lost.
    lost_at = time.time() - 60.0
    assert data_of(hass).lot["a01"].since > lost_at


@pytest.mark.usefixtures("mqtt_entry")
@pytest.mark.parametrize("ago_s", [200.0, -400.0])
async def test_what_was_kept_is_believed_only_as_fresh_as_it_says(
    hass: HomeAssistant, broker: Broker, monkeypatch: pytest.MonkeyPatch, ago_s: float
) -> None:
    monkeypatch.setattr(other_lot, "WAIT_S", 1.0)
    await open_lot(broker, beat_ago_s=ago_s)
    await set_up(hass, city(*BAYS))
    assert said(hass, "north", "connectivity") == STATE_OFF
    await broker.subscribed(f"{TOPIC}/+")
    await broker.wait_for(hass)
    assert are(hass, *[STATE_UNAVAILABLE] * 3)
    # A sign of life that is heard live counts, whatever time it says.
    await broker.say(hass, heartbeat(ago_s))
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_broker_that_restarts_is_waited_for(
    hass: HomeAssistant, broker: Broker, clock: Clock
) -> None:
    await open_lot(broker)
    await set_up_city(hass)
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))
    broker.stop()
    await until(hass, lambda: not broker.is_heard(hass))
    await skip(hass, 20.0)
    assert are(hass, *[STATE_OFF] * 3)
    broker.start()
    await until(hass, lambda: broker.is_heard(hass))
    await publish(broker, bay_said(BAYS[0], "occupied"), heartbeat())
    await until(hass, lambda: are(hass, STATE_ON, STATE_OFF, STATE_OFF))

    broker.stop()
    await until(hass, lambda: not broker.is_heard(hass))
    await clock.leap(31.0)
    await until(hass, lambda: are(hass, *[STATE_UNAVAILABLE] * 3))
    node = data_of(hass).coordinator.nodes["north"]
    await until(hass, lambda: node.problem is not None and node.problem.key == "mqtt_disconnected")
    broker.start()
    await until(hass, lambda: broker.is_heard(hass))
    await publish(broker, heartbeat())
    await until(hass, lambda: are(hass, STATE_ON, STATE_OFF, STATE_OFF))


async def test_without_mqtt_the_node_says_what_it_lacks(hass: HomeAssistant) -> None:
    await set_up(hass, city(*BAYS))
    problem = data_of(hass).coordinator.nodes["north"].problem
    assert problem is not None
    assert problem.key == "mqtt_missing"
    source = OtherLotSource(hass, NodeConfig("North", {"topic": TOPIC}, rows(*BAYS)))
    with pytest.raises(SourceError):
        await source.async_probe()


# Another plan.


@pytest.mark.usefixtures("mqtt_entry")
async def test_another_plan_is_told_and_taken_over_by_a_tap(
    hass: HomeAssistant,
    broker: Broker,
    issue_registry: ir.IssueRegistry,
) -> None:
    await open_lot(broker)
    entry = await set_up_city(hass)
    await until(hass, lambda: are(hass, *[STATE_OFF] * 3))
    assert issue_registry.async_get_issue(*issue_of("plan")) is None
    # The same bays, and another name: nothing of it concerns anybody here.
    await publish_plan(broker, *BAYS, name="Market")
    await broker.wait_for(hass)
    assert issue_registry.async_get_issue(*issue_of("plan")) is None

    later = replace(BAYS[0], bay_id="n4", label="A04", x=7.5)
    await publish_plan(broker, replace(BAYS[1], label="A01"), replace(BAYS[2], x=6.0), later)
    await until(hass, lambda: issue_registry.async_get_issue(*issue_of("plan")) is not None)
    issue = issue_registry.async_get_issue(*issue_of("plan"))
    assert issue is not None
    assert issue.translation_placeholders == {
        "lot": "City",
        "node": "North",
        "new": "NA04",
        "gone": "NA01",
        "changed": "NA02, NA03",
    }

    shown = await begin(hass, issue_of("plan")[1])
    done = await go_on(hass, shown, {})
    assert done["reason"] == "form_opened"
    walk = Walk(hass, hass.config_entries.subentries)
    # A browser goes on to the form.
    form = await hass.config_entries.subentries.async_configure(done["next_flow"][1])
    walk.shown = dict(form)
    assert walk.options == ["lot", "table", "text", "settings", "check"]
    assert walk.shown["description_placeholders"]["found"].endswith(" A04")
    await walk.pick("lot")
    assert walk.suggested == {"lot": TOPIC, "prefix": "N"}
    await walk.fill(**walk.suggested)
    await walk.pick("check", "save")
    assert walk.step == "reconfigure_successful"
    labels = {row["bay_id"]: row["label"] for row in entry.subentries["north"].data["bays"]}
    # Bays are the same when they are the same there, whatever they are called.
    assert (labels["a02"], labels["a03"]) == ("NA01", "NA03")
    assert "a01" not in labels
    assert len(labels) == 3
    await until(hass, lambda: issue_registry.async_get_issue(*issue_of("plan")) is None)
    await until(hass, lambda: said(hass, "north", "connectivity") == STATE_ON)


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_plan_that_is_the_same_again_is_no_news(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    await open_lot(broker)
    await set_up_city(hass)
    await publish_plan(broker, *BAYS[:2])
    await until(hass, lambda: issue_registry.async_get_issue(*issue_of("plan")) is not None)
    issue = issue_registry.async_get_issue(*issue_of("plan"))
    assert issue is not None
    assert issue.translation_placeholders == {
        "lot": "City",
        "node": "North",
        "new": "–",  # noqa: RUF001 - as it is shown
        "gone": "NA03",
        "changed": "–",  # noqa: RUF001 - as it is shown
    }
    await publish_plan(broker, *BAYS)
    await until(hass, lambda: issue_registry.async_get_issue(*issue_of("plan")) is None)


def test_what_has_been_followed_by_hand_is_no_change() -> None:
    plan = PublishedPlan.read(plan_message("North", BAYS, ()) or b"")
    assert plan is not None
    settings = {"topic": TOPIC, "label_prefix": "N", "plan": "of another day"}
    assert other_lot.changes_of(plan, NodeConfig("North", settings, rows(*BAYS))) == {}


# The form.


async def to_lots(hass: HomeAssistant, **answers: str) -> Walk:
    """Walk to the choice of a car park."""
    walk = await to_settings(hass)
    await walk.fill(**{"name": "Another car park", "below": "parking", **answers})
    return walk


async def to_settings(hass: HomeAssistant) -> Walk:
    """Walk to the settings of a new node."""
    entry = lot(gate("Main"), title="City")
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="other_lot")
    return walk


def offered(walk: Walk) -> list[Mapping[str, Any]]:
    """Return the car parks that are offered."""
    (field,) = (
        field for marker, field in walk.shown["data_schema"].schema.items() if marker == "lot"
    )
    return list(field.config["options"])


@pytest.mark.usefixtures("mqtt_entry")
async def test_car_parks_are_found_and_their_bays_taken_over(
    hass: HomeAssistant, broker: Broker
) -> None:
    await open_lot(broker, {"n1": "occupied"})
    south = {"v": 1, "name": "a lot", "total": 7, "free": 0}
    await publish(broker, ("parking/south/lot", south), ("parking/odd/lot", "?"))
    walk = await to_lots(hass)
    await broker.wait_for(hass)
    # What comes while the form is open is offered, too.
    await walk.fill()
    assert walk.errors == {"lot": "lot_needed"}
    assert offered(walk) == [
        {"value": "parking/south", "label": "a lot: 0 of 7 bays free (parking/south)"},
        {"value": TOPIC, "label": "North: 1 of 3 bays free (parking/north)"},
    ]
    await walk.fill(lot="parking/south")
    assert walk.errors == {"lot": "lot_without_plan"}
    await walk.fill(lot=TOPIC, prefix="much too long")
    assert walk.errors == {"prefix": "bad_label"}
    await walk.fill(lot=TOPIC, prefix="a\u202eb")
    assert walk.errors == {"prefix": "control_characters"}
    await walk.fill(lot=TOPIC, prefix=" N- ")
    assert walk.step == "bays"
    assert walk.shown["description_placeholders"]["labels"] == "N-A01, N-A02, N-A03"
    assert [row.get("zone") for row in walk_rows(hass, walk)] == ["N-Roof", None, None]
    assert walk.shown["description_placeholders"]["found"] == ""

    await walk.pick("text")
    await walk.fill(text=walk.suggested["text"].replace("N-A03", "TOP"))
    await walk.pick("table")
    table = walk.suggested["bays"]
    assert [row["other_bay"] for row in table] == ["n1", "n2", "n3"]
    await walk.fill(bays=[{**table[0], "other_bay": " "}])
    assert walk.errors == {"bays": "other_bay_needed"}
    await walk.fill(bays=[table[0], {**table[1], "other_bay": "n1"}])
    assert walk.errors == {"bays": "device_twice"}
    await walk.fill(bays=table)
    await walk.pick("settings")
    assert walk.suggested == {"name": "North", "below": "parking"}
    await walk.fill(name="North", below="parking")
    await walk.pick("check")
    assert walk.shown["description_placeholders"]["results"].splitlines() == [
        "- **N-A01**: occupied",
        "- **N-A02**: vacant",
        "- **TOP**: vacant",
    ]
    await walk.pick("save")
    (node,) = (one for one in data_of(hass).entry.subentries.values() if one.title == "North")
    assert node.data["topic"] == TOPIC
    assert [row["level"] for row in node.data["bays"]] == ["N-1", "N-1", "N-2"]
    first = node.data["bays"][0]["bay_id"]
    await until(hass, lambda: said(hass, first, "occupancy") == STATE_ON)
    # Another one with the same labels needs a word before them.
    walk = await Walk.to_a_part(hass, data_of(hass).entry, "node")
    await walk.fill(source="other_lot")
    await walk.fill(name="Again", below="parking")
    await walk.fill(lot=TOPIC, prefix="N-")
    assert walk.errors == {"prefix": "duplicate_label"}
    await walk.fill(lot=TOPIC)
    assert walk.step == "bays"
    assert {row.get("level") for row in walk_rows(hass, walk)} == {"1", "2"}


def walk_rows(hass: HomeAssistant, walk: Walk) -> list[dict[str, Any]]:
    """Return the bays that a form has so far."""
    flow = hass.config_entries.subentries._progress[walk.shown["flow_id"]]  # noqa: SLF001 - nobody else shows levels
    rows: list[dict[str, Any]] = flow._rows  # type: ignore[attr-defined]  # noqa: SLF001 - as above
    return rows


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_city_begins_with_its_first_garage(hass: HomeAssistant, broker: Broker) -> None:
    await open_lot(broker)
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="City")
    await walk.fill(source="other_lot")
    await walk.fill(name="Another car park", below="parking")
    await walk.fill(lot=TOPIC, prefix="N")
    await walk.pick("check", "save")
    await walk.fill(name="Main", level="N1", x=0.0, y=0.0)
    assert walk.step == "create_entry"
    entry = walk.shown["result"]
    await until(hass, lambda: len(entry.runtime_data.lot) == 3)
    lot_of_lots = entry.runtime_data.lot
    await until(hass, lambda: lot_of_lots.count(BayState.VACANT) == 3)


@pytest.mark.usefixtures("mqtt_entry")
async def test_no_more_car_parks_are_offered_than_anybody_reads(
    hass: HomeAssistant, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_lot, "FOUND_MAX", 1)
    monkeypatch.setattr(other_lot, "CHECK_INTERVAL_S", 0.0)
    walk = await to_lots(hass)
    assert offered(walk) == []
    for number in range(3):
        lot_said = {"v": 1, "name": f"P{number}", "total": 7, "free": number}
        await publish(broker, (f"parking/p{number}/lot", lot_said))
    await broker.wait_for(hass)
    await walk.fill()
    assert [one["value"] for one in offered(walk)] == ["parking/p0"]
    # A broker that does not answer has no plan.
    monkeypatch.setattr(client, "RETAINED_WAIT_S", 0.0)
    await walk.fill(lot="parking/p0")
    assert walk.errors == {"lot": "lot_without_plan"}


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_car_park_that_is_gone_is_offered_no_more(
    hass: HomeAssistant, broker: Broker
) -> None:
    await open_lot(broker)
    walk = await to_lots(hass)
    await publish(broker, (f"{TOPIC}/lot", ""))
    await broker.wait_for(hass)
    await walk.fill()
    assert offered(walk) == []


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_car_park_that_says_nothing_is_saved_only_knowingly(
    hass: HomeAssistant, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_lot, "WAIT_S", 0.5)
    await publish_plan(broker, *BAYS)
    walk = await to_lots(hass, name="Garage in the north")
    await walk.fill(lot=TOPIC)
    await walk.pick("check")
    assert walk.errors == {"base": "other_lot_offline"}
    await walk.fill(next="save")
    assert walk.step == "create_entry"
    titles = [one.title for one in data_of(hass).entry.subentries.values()]
    assert "Garage in the north" in titles


@pytest.mark.usefixtures("mqtt_entry")
@pytest.mark.parametrize("below", ["", "parking/#", "+/north", "a+"])
async def test_where_nobody_can_look_is_refused(hass: HomeAssistant, below: str) -> None:
    walk = await to_lots(hass, below=below)
    assert walk.errors == {"below": "bad_below"}
    await walk.fill(name="North", below="parking")
    assert walk.step == "lot"


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_lot_is_not_made_of_itself(hass: HomeAssistant, broker: Broker) -> None:
    await publish_plan(broker, *BAYS)
    walk = await to_lots(hass)
    hass.config_entries.async_update_entry(
        data_of(hass).entry, options={"mqtt_publish": True, "mqtt_topic": TOPIC}
    )
    await walk.fill(lot=TOPIC)
    assert walk.errors == {"lot": "own_lot"}


async def test_without_mqtt_nothing_is_found(hass: HomeAssistant) -> None:
    walk = await to_settings(hass)
    assert "MQTT is not set up in this" in walk.shown["description_placeholders"]["lacking"]
    await walk.fill(name="North", below="parking")
    assert walk.step == "lot"
    await walk.fill()
    assert walk.errors == {"base": "mqtt_missing"}


@pytest.mark.usefixtures("mqtt_entry")
async def test_the_editor_offers_bays_that_are_not_here(
    hass: HomeAssistant, broker: Broker, hass_ws_client: WebSocketGenerator
) -> None:
    await open_lot(broker)
    entry = await set_up_city(hass)
    draftsman = Draftsman(await hass_ws_client(hass))
    await draftsman.open(entry.entry_id)
    await draftsman.change({"bays": {"a02": None}})
    await draftsman.do("sensors")
    await broker.wait_for(hass)
    found = [one for one in await draftsman.do("sensors") if one["source"] == "other_lot"]
    assert [(one["name"], one["wiring"]) for one in found] == [("A02", {"other_bay": "n2"})]
