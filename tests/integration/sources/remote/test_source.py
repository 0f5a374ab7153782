"""Raspberry Pis elsewhere, on a real broker: what their owner sees."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
import time

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.lot.tracker import Calibration, Past
from custom_components.smart_parking.node.messages import (
    Ack,
    Answer,
    ChangeList,
    ConfigResult,
    Heartbeat,
    Refusal,
)
from custom_components.smart_parking.node.topics import NODES, Said
from custom_components.smart_parking.sources.mqtt.client import BROKER_GRACE_S
from custom_components.smart_parking.sources.node import Node
from custom_components.smart_parking.sources.remote import hub, source
from tests.integration.clock import skip, until
from tests.integration.lots import LOT_ID, add, change, data_of, look, node, remove, set_up
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.remote.pi import Pi, bays, flows, lot_of, set_up_lot

pytestmark = pytest.mark.usefixtures("mqtt_entry")


def state(hass: HomeAssistant, bay_id: str) -> str:
    """Return the state of a bay's entity."""
    return look(hass, bay_id, "occupancy").state


def the_node(hass: HomeAssistant) -> Node:
    """Return the node at work."""
    return data_of(hass).coordinator.nodes["roof"]


def problem(hass: HomeAssistant) -> str | None:
    """Return why the node does not measure."""
    found = the_node(hass).problem
    return None if found is None else found.key


async def test_it_is_told_what_to_measure_and_says_what_it_sees(
    hass: HomeAssistant, pi: Pi, broker: Broker
) -> None:
    await set_up_lot(hass, pi)
    assert pi.config is not None
    assert [(one.bay_id, one.trigger, one.echo) for one in pi.config.bays] == [
        ("a01", 4, 5),
        ("a02", 6, 7),
        ("a03", 8, 9),
    ]
    assert {one.empty_m for one in pi.config.bays} == {2.5}
    assert pi.air_c == 20.0
    assert [state(hass, one) for one in ("a01", "a02", "a03")] == [STATE_OFF] * 3

    pi.change("a02", occupied=True)
    await until(hass, lambda: state(hass, "a02") == STATE_ON)
    pi.change("a03", fault=Fault.NO_RESPONSE)
    await until(hass, lambda: state(hass, "a03") == STATE_UNAVAILABLE)
    pi.change("a02", occupied=False)
    await until(hass, lambda: state(hass, "a02") == STATE_OFF)
    assert look(hass, "roof", "connectivity").state == STATE_ON
    # One subscription hears all nodes, and all their bays.
    assert broker.subscriptions().count(f"{NODES}/+/+") == 1


async def test_times_are_those_of_the_change_whatever_the_clocks_say(
    hass: HomeAssistant, pi: Pi
) -> None:
    entry = await set_up_lot(hass, pi)
    lot = entry.runtime_data.coordinator.lot
    before = time.time()
    pi.say_changes([pi.believe("a01", occupied=True, ago_s=7.0)])
    await until(hass, lambda: state(hass, "a01") == STATE_ON)
    assert before - 7.5 < lot["a01"].since < time.time() - 6.5


async def test_killed_its_bays_are_unavailable_at_once_and_it_comes_back_with_its_whole_state(
    hass: HomeAssistant, pi: Pi
) -> None:
    await set_up_lot(hass, pi)
    pi.change("a01", occupied=True)
    await until(hass, lambda: state(hass, "a01") == STATE_ON)
    pi.kill()
    await until(hass, lambda: state(hass, "a01") == STATE_UNAVAILABLE)
    assert problem(hass) == "node_offline"
    assert [state(hass, one) for one in ("a02", "a03")] == [STATE_UNAVAILABLE] * 2
    assert look(hass, "roof", "connectivity").state == STATE_OFF
    await skip(hass, 601.0)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_roof")
    assert issue is not None
    assert issue.translation_key == "node_node_offline"

    pi.believe("a02", occupied=True)
    pi.again()
    await until(hass, lambda: state(hass, "a02") == STATE_ON)
    assert [state(hass, one) for one in ("a01", "a03")] == [STATE_ON, STATE_OFF]
    assert problem(hass) is None
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{LOT_ID}_roof") is None


async def test_one_that_is_not_there_yet_is_waited_for(
    hass: HomeAssistant, make_pi: Callable[..., Pi], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.smart_parking.sources.remote.hub.KEPT_S", 0.1)
    await set_up(hass, lot_of())
    entry = hass.config_entries.async_get_known_entry(LOT_ID)
    assert entry.reason is not None
    assert "garage-2" in entry.reason


async def test_beside_one_that_is_there_it_may_come_later(
    hass: HomeAssistant, pi: Pi, make_pi: Callable[..., Pi], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up_lot(hass, pi)
    monkeypatch.setattr("custom_components.smart_parking.sources.remote.hub.KEPT_S", 0.1)

    await add(hass, entry, node("Yard", bays("B", 2), "remote", node="garage-3"))
    nodes = data_of(hass).coordinator.nodes
    assert str(nodes["yard"].problem).startswith("The Raspberry Pi garage-3 cannot be reached")
    make_pi("garage-3")
    await until(hass, lambda: state(hass, "b02") == STATE_OFF)
    # Which machine it is was not known when it was set up, and is now.
    assert entry.subentries["yard"].data["machine"] == "machine-garage-3"


async def test_another_machine_of_its_name_is_not_believed(
    hass: HomeAssistant, pi: Pi, make_pi: Callable[..., Pi]
) -> None:
    await set_up_lot(hass, pi, machine=pi.machine)
    other = make_pi(machine="another")
    await until(hass, lambda: problem(hass) == "node_other_machine")
    other.change("a01", occupied=True)
    assert state(hass, "a01") == STATE_UNAVAILABLE
    other.end()
    pi.connect()
    await until(hass, lambda: state(hass, "a01") == STATE_OFF)


@pytest.mark.parametrize(
    ("refusal", "key", "words"),
    [
        (Refusal("pin_busy", {"line": "5", "consumer": "lirc"}), "pin_busy", "GPIO5"),
        (Refusal("pin_busy"), "node_refuses", "pin_busy"),
        (Refusal("no_chip", {"labels": ""}), "node_no_chip", "garage-2 has no GPIO"),
        (Refusal("no_permission", {"path": "/dev/x"}), "node_no_permission", "group gpio"),
        (Refusal("odd", {"why": "[x](y) `z`"}), "node_refuses", "odd, why: xy z"),
    ],
)
async def test_what_it_refuses_is_said_in_words(
    hass: HomeAssistant, pi: Pi, refusal: Refusal, key: str, words: str
) -> None:
    await set_up_lot(hass, pi)
    pi.refuses = refusal
    entry = hass.config_entries.async_get_known_entry(LOT_ID)
    await change(hass, entry, "roof", range_m=3.0)
    await until(hass, lambda: problem(hass) == key)
    assert words in str(the_node(hass).problem)

    pi.refuses = None
    pi.say(Said.CONFIG_RESULT, ConfigResult("", Refusal("other")).to_payload())
    await until(hass, lambda: problem(hass) is None and state(hass, "a01") == STATE_OFF)
    assert pi.config is not None
    assert pi.config.range_m == 3.0


async def test_a_calibration_is_made_there_and_remembered_here(hass: HomeAssistant, pi: Pi) -> None:
    await set_up_lot(hass, pi)
    node = the_node(hass)
    found = await data_of(hass).coordinator.async_calibrate(node, ["a01", "a02"])
    assert {one.empty_m for one in found.values()} == {2.4}
    assert node.tracker.empty_distances()["a01"] == 2.4
    await until(
        hass,
        lambda: (
            pi.config is not None and [one.empty_m for one in pi.config.bays] == [2.4, 2.4, 2.5]
        ),
    )
    pi.calibrates_m = None
    found = await data_of(hass).coordinator.async_calibrate(node, ["a03"])
    assert found["a03"].empty_m is None


async def test_a_distance_that_an_owner_takes_goes_there_too(hass: HomeAssistant, pi: Pi) -> None:
    await set_up_lot(hass, pi)
    data_of(hass).coordinator.async_set_empty_distance("a03", 2.2)
    await until(hass, lambda: pi.config is not None and pi.config.bays[2].empty_m == 2.2)
    the_node(hass).tracker.confirm_vehicle("a01")
    await until(hass, lambda: any(one.what == "vehicle" for one in pi.requests))
    assert pi.requests[-1].bays == ["a01"]


async def test_the_air_is_told(hass: HomeAssistant, pi: Pi) -> None:
    hass.states.async_set("sensor.roof", "-4.5", {"unit_of_measurement": "°C"})
    entry = await set_up_lot(hass, pi)
    hass.config_entries.async_update_entry(entry, data={"temperature_entity": "sensor.roof"})
    await until(hass, lambda: pi.air_c == -4.5)


async def test_what_has_arrived_is_acknowledged(
    hass: HomeAssistant, pi: Pi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "ACK_S", 0.05)
    await set_up_lot(hass, pi)
    pi.change("a01", occupied=True)
    pi.change("a02", occupied=True)
    await until(hass, lambda: pi.acked == Ack(pi.run, 2))


async def test_changes_count_once_and_missed_ones_are_asked_for(
    hass: HomeAssistant, pi: Pi
) -> None:
    entry = await set_up_lot(hass, pi)
    lot = entry.runtime_data.coordinator.lot
    arrives = pi.believe("a01", occupied=True)
    pi.say_changes([arrives])
    await until(hass, lambda: state(hass, "a01") == STATE_ON)
    leaves = pi.believe("a01", occupied=False)
    pi.say_changes([leaves])
    await until(hass, lambda: state(hass, "a01") == STATE_OFF)
    pi.say_changes([arrives])
    pi.say_changes([arrives, leaves])
    # The message about this one gets lost.
    pi.believe("a02", occupied=True)
    pi.change("a03", occupied=True)
    await until(hass, lambda: [state(hass, one) for one in ("a02", "a03")] == [STATE_ON] * 2)
    assert state(hass, "a01") == STATE_OFF
    assert lot.arrivals == 3
    assert any(one.what == "state" for one in pi.requests)


async def test_a_heartbeat_tells_that_something_was_missed(hass: HomeAssistant, pi: Pi) -> None:
    await set_up_lot(hass, pi)
    pi.beat()
    # A bay that is none of its own is nobody's.
    pi.change("zz", occupied=True)
    pi.believe("a02", occupied=True)
    pi.beat()
    await until(hass, lambda: state(hass, "a02") == STATE_ON)
    assert the_node(hass).sweep_s == 0.23


async def test_silence_is_a_fault(
    hass: HomeAssistant, pi: Pi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source.RemoteSource, "period_s", 0.2)
    await set_up_lot(hass, pi)
    await until(hass, lambda: problem(hass) == "silent")


async def test_what_happened_meanwhile_is_counted_and_starts_nothing(
    hass: HomeAssistant, pi: Pi
) -> None:
    entry = await set_up_lot(hass, pi)
    coordinator = entry.runtime_data.coordinator
    told: list[Past] = []
    coordinator.async_follow_past(lambda _node, past: told.append(past))
    entity_id = look(hass, "a02", "occupancy").entity_id
    states: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == entity_id and event.data["new_state"] is not None:
            states.append(event.data["new_state"].state)

    hass.bus.async_listen("state_changed", note)
    pi.kill()
    await until(hass, lambda: state(hass, "a01") == STATE_UNAVAILABLE)
    pi.pending = [
        pi.believe("a01", occupied=True, ago_s=50.0),
        pi.believe("a01", occupied=False, ago_s=40.0),
        pi.believe("a01", occupied=True, ago_s=30.0),
        pi.believe("a02", occupied=True, ago_s=20.0),
        pi.believe("a02", occupied=False, ago_s=10.0),
    ]
    before = time.monotonic()
    pi.again()
    await until(hass, lambda: bool(told) and bool(told[-1].observations))
    assert [(one.bay_id, one.occupied) for one in told[-1].observations] == [
        ("a01", True),
        ("a01", False),
        ("a01", True),
        ("a02", True),
        ("a02", False),
    ]
    ages = [before - one.at for one in told[-1].observations]
    assert ages == pytest.approx([50.0, 40.0, 30.0, 20.0, 10.0], abs=5.0)
    assert not told[-1].may_repeat
    # Two vehicles came to the first bay and one to the second, and each counts once.
    assert coordinator.lot.arrivals == 3
    assert coordinator.lot["a01"].occupied
    # Nobody who watches the second bay was told of a vehicle that is gone.
    assert states == [STATE_UNAVAILABLE, STATE_OFF]
    pi.say_state()
    pi.change("a03", occupied=True)
    await until(hass, lambda: state(hass, "a03") == STATE_ON)
    assert coordinator.lot.arrivals == 4


async def test_a_past_that_breaks_off_is_not_waited_for(
    hass: HomeAssistant, pi: Pi, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up_lot(hass, pi)
    node = the_node(hass)
    told: list[Past] = []
    entry.runtime_data.coordinator.async_follow_past(lambda _node, past: told.append(past))
    monkeypatch.setattr(
        "tests.integration.sources.remote.spoken.split", lambda changes: [changes, changes]
    )
    monkeypatch.setattr(
        pi,
        "say",
        lambda said, payload, say=pi.say: None if b'"last":true' in payload else say(said, payload),
    )
    pi.pending = [pi.believe("a01", occupied=True, ago_s=5.0)]
    pi.say_state()
    await until(hass, lambda: node.source.is_catching_up)
    assert state(hass, "a01") == STATE_ON
    await skip(hass, 11.0)
    assert not node.source.is_catching_up
    assert [one.bay_id for one in told[-1].observations] == ["a01"]


@pytest.mark.parametrize("at_once", [False, True])
async def test_the_broker_restarts(
    hass: HomeAssistant, pi: Pi, broker: Broker, at_once: bool
) -> None:
    await set_up_lot(hass, pi)
    broker.stop(at_once=at_once)
    await until(hass, lambda: not broker.is_heard(hass))
    pi.believe("a02", occupied=True)
    broker.start()
    await until(hass, lambda: broker.is_heard(hass) and state(hass, "a02") == STATE_ON)
    assert problem(hass) is None


async def test_a_broker_that_stays_away(hass: HomeAssistant, pi: Pi, broker: Broker) -> None:
    await set_up_lot(hass, pi)
    broker.stop(at_once=True)
    await until(hass, lambda: not broker.is_heard(hass))
    assert state(hass, "a01") == STATE_OFF
    await skip(hass, BROKER_GRACE_S + 1.0)
    await until(hass, lambda: state(hass, "a01") == STATE_UNAVAILABLE)
    assert problem(hass) == "mqtt_disconnected"
    broker.start()
    await until(hass, lambda: state(hass, "a01") == STATE_OFF)


async def test_a_reload_asks_for_the_state_and_tells_nothing_anew(
    hass: HomeAssistant, pi: Pi
) -> None:
    entry = await set_up_lot(hass, pi)
    assert pi.config is not None
    pi.change("a01", occupied=True)
    await until(hass, lambda: state(hass, "a01") == STATE_ON)
    asked = len(pi.requests)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: state(hass, "a02") == STATE_OFF)
    assert state(hass, "a01") == STATE_ON
    assert [one.what for one in pi.requests[asked:]] == ["state"]


async def test_deleted_it_is_free_again(hass: HomeAssistant, pi: Pi) -> None:
    entry = await set_up_lot(hass, pi)
    await remove(hass, entry, "roof")
    await until(hass, lambda: pi.config is None)
    await until(hass, lambda: flows(hass) == ["garage-2"])


async def test_a_lot_that_is_deleted_lets_go_of_it(hass: HomeAssistant, pi: Pi) -> None:
    entry = await set_up_lot(hass, pi)
    await hass.config_entries.async_remove(entry.entry_id)
    await until(hass, lambda: pi.config is None)


DIRTY = [
    ("state", b"{"),
    ("state", b"[" * 100_000),
    ("state", b"x" * 200_000),
    ("state", b'{"run":"RUN","seq":99,"up_ms":NaN,"config":"CONFIG","bays":[]}'),
    (
        "state",
        b'{"run":"foreign","seq":99,"up_ms":1,"config":"CONFIG","bays":[{"bay":"a01","at":1,"occupied":true}]}',
    ),
    (
        "changes",
        b'{"run":"RUN","up_ms":1,"changes":[{"bay":"a01","at":2,"seq":1,"occupied":true}]}',
    ),
    ("changes", b'{"run":"RUN","up_ms":9,"changes":[{"bay":"a01","at":2,"seq":1}]}'),
    (
        "changes",
        b'{"run":"RUN","up_ms":9,"changes":[{"bay":"a01","at":2,"seq":1,"fault":"tired"}]}',
    ),
    (
        "changes",
        b'{"run":"RUN","up_ms":9,"changes":[{"bay":"a01","at":2,"seq":0,"occupied":true}]}',
    ),
    (
        "changes",
        b'{"run":"RUN","up_ms":9,"changes":[{"bay":"a01","at":2,"seq":1,"occupied":"yes"}]}',
    ),
    ("heartbeat", b"[]"),
    ("heartbeat", b'{"run":"RUN","seq":-1,"up_ms":9}'),
    ("announce", b'{"protocol":1,"name":"garage-3","machine":"m","run":"r","chips":[]}'),
    ("announce", b'{"protocol":2,"name":"garage-2","machine":"m","run":"r","chips":[]}'),
    ("status", b"asleep"),
    ("config_result", b'{"version":"x","accepted":true,"error":"y"}'),
    ("answer", b'{"request":"x"}'),
    ("chatter", b"{}"),
]


async def test_nonsense_changes_nothing_and_is_logged_once(
    hass: HomeAssistant, pi: Pi, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up_lot(hass, pi)
    assert pi.config is not None
    for topic, payload in DIRTY * 2:
        said = payload.replace(b"RUN", pi.run.encode())
        said = said.replace(b"CONFIG", pi.config.version.encode())
        await broker.publish(f"{NODES}/garage-2/{topic}", said)
    await broker.publish(f"{NODES}/GARAGE/state", b"{}")
    await broker.wait_for(hass)
    assert [state(hass, one) for one in ("a01", "a02", "a03")] == [STATE_OFF] * 3
    assert problem(hass) is None
    logged = [one.message for one in caplog.records if "is not read" in one.message]
    assert len(logged) == len({one.split(")")[0] for one in logged})
    assert {one.split("(")[1].split(")")[0] for one in logged} == {
        "announce",
        "changes",
        "config_result",
        "heartbeat",
        "state",
        "state of another run",
        "status",
    }


async def test_what_the_broker_has_kept_of_a_state_is_old(
    hass: HomeAssistant, pi: Pi, broker: Broker
) -> None:
    pi.seq = 7
    old = f'{{"run":"{pi.run}","up_ms":{pi.up_ms()},"changes":[]}}'.encode()
    await broker.publish(f"{NODES}/garage-2/changes", old, retain=True)
    await set_up_lot(hass, pi)
    assert state(hass, "a01") == STATE_OFF


async def test_what_strangers_say_is_not_remembered_for_ever(
    hass: HomeAssistant, pi: Pi, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "FOREIGN_MAX", 3)
    await set_up_lot(hass, pi)
    await broker.publish(f"{NODES}/stranger/state", b"{}")
    for number in range(9):
        await broker.publish(f"{NODES}/stranger-{number}/status", b"online")
    await broker.wait_for(hass)
    names = set(hub.get_hub(hass)._nodes)  # noqa: SLF001 - nobody is told of them
    assert names == {"garage-2", "stranger-7", "stranger-8"}
    pi.change("a01", occupied=True)
    await until(hass, lambda: state(hass, "a01") == STATE_ON)


async def test_who_measures_something_else_is_told_again(hass: HomeAssistant, pi: Pi) -> None:
    await set_up_lot(hass, pi)
    config = pi.config
    assert config is not None
    for say in (pi.beat, pi.say_state):
        # As after another Home Assistant, or with a card of long ago.
        pi.config = replace(config, blind_m=0.5)
        hass.config_entries.async_get_known_entry(LOT_ID)
        say()
        await until(hass, lambda: pi.config == config)
        await skip(hass, source.ASK_S + 1.0)
    assert state(hass, "a01") == STATE_OFF


async def test_a_state_that_was_overtaken_is_old(hass: HomeAssistant, pi: Pi) -> None:
    await set_up_lot(hass, pi)
    pi.change("a01", occupied=True)
    await until(hass, lambda: state(hass, "a01") == STATE_ON)
    seq, pi.seq = pi.seq, 0
    pi.believe("a01", occupied=False)
    pi.seq = 0
    pi.say_state()
    pi.seq = seq
    pi.change("a02", occupied=True)
    await until(hass, lambda: state(hass, "a02") == STATE_ON)
    assert state(hass, "a01") == STATE_ON


async def test_changes_without_a_state_are_not_all_there_is_to_know(
    hass: HomeAssistant, pi: Pi
) -> None:
    await set_up_lot(hass, pi)
    node = the_node(hass)
    node.tracker.fail(Fault.NODE_SILENT, time.monotonic())
    pi.change("a01", occupied=True)
    await until(hass, lambda: state(hass, "a01") == STATE_ON)
    assert state(hass, "a02") == STATE_OFF


async def test_a_calibration_that_nobody_answers_fails(
    hass: HomeAssistant, pi: Pi, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up_lot(hass, pi)
    monkeypatch.setattr(source, "ANSWER_S", 0.1)
    monkeypatch.setattr(pi, "hear", lambda _topic, _payload: None)
    node = the_node(hass)
    found = await data_of(hass).coordinator.async_calibrate(node, ["a01"])
    assert found["a01"].empty_m is None
    # Answers to others, and those that nobody has asked for, are none.
    pi.say(Said.ANSWER, Answer(request="other", run=pi.run).to_payload())


async def test_what_is_said_of_a_past_that_nobody_waits_for(hass: HomeAssistant, pi: Pi) -> None:
    await set_up_lot(hass, pi)
    late = ChangeList(
        run=pi.run,
        up_ms=pi.up_ms(),
        changes=[pi.believe("a01", occupied=True)],
        past=True,
        last=True,
    )
    pi.seq -= 1
    pi.say(Said.CHANGES, late.to_payload())
    pi.change("a02", occupied=True)
    await until(hass, lambda: state(hass, "a02") == STATE_ON)
    assert state(hass, "a01") == STATE_OFF


async def test_a_lot_is_deleted_while_there_is_no_broker(hass: HomeAssistant, pi: Pi) -> None:
    entry = await set_up_lot(hass, pi)
    (broker_entry,) = hass.config_entries.async_entries("mqtt")
    await hass.config_entries.async_unload(broker_entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_a_bay_with_two_floors_and_one_with_none(hass: HomeAssistant, pi: Pi) -> None:
    rows = bays()
    rows[1]["empty_m"] = None
    entry = await set_up_lot(hass, pi, rows, empty_is="nothing")
    assert pi.config is not None
    assert [one.empty_m for one in pi.config.bays] == [2.5, inf, 2.5]
    said = replace(pi.believe("a01", occupied=False), empty_m=2.48, far_m=3.1)
    pi.say_changes([said])
    watch = the_node(hass).tracker
    await until(hass, lambda: watch.far_distances() == {"a01": 3.1})
    assert watch.empty_distances() == {"a01": 2.48, "a03": 2.5}
    watch.learn(Calibration("a01", 2.4, 3.0))
    await until(hass, lambda: pi.config is not None and pi.config.bays[0].far_m == 3.0)
    watch.learn(Calibration("a01", None))
    # What was learnt is there after a restart.
    await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: state(hass, "a01") == STATE_OFF)
    assert the_node(hass).tracker.empty_distances()["a03"] == 2.5


@pytest.mark.parametrize("clock_ms", [None, 3_600_000])
async def test_diagnostics_tell_what_it_is_and_whether_its_clock_is_right(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, pi: Pi, clock_ms: int | None
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    entry = await set_up_lot(hass, pi)
    beat = Heartbeat(
        run=pi.run,
        seq=pi.seq,
        up_ms=pi.up_ms(),
        config="" if pi.config is None else pi.config.version,
        sweep_ms=111.0,
        clock_ms=clock_ms,
    )
    pi.say(Said.HEARTBEAT, beat.to_payload())
    await until(hass, lambda: the_node(hass).sweep_s == 0.111)
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    (node_told,) = told["nodes"]
    assert node_told["online"]
    assert node_told["model"] == "Raspberry Pi 4 Model B"
    assert node_told["clock_is_right"] is (clock_ms is not None)
    if clock_ms is not None:
        assert node_told["clock_ahead_s"] < -1e9
