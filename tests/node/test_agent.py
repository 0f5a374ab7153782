"""A node at work: it measures as it is told, and says what has changed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from custom_components.smart_parking.hcsr04.acoustics import echo_ns, speed_of_sound
from custom_components.smart_parking.hcsr04.bank import Bank
from custom_components.smart_parking.hcsr04.simulator import Defect
from custom_components.smart_parking.lot.model import OUT_OF_REACH, Fault
from custom_components.smart_parking.lot.tracker import BayTracker, Calibration
from custom_components.smart_parking.node import agent as agents, measuring
from custom_components.smart_parking.node.backlog import Backlog
from custom_components.smart_parking.node.hardware import GpioHardware, SimulatedHardware
from custom_components.smart_parking.node.messages import (
    Ack,
    Announcement,
    Answer,
    ChangeList,
    Config,
    ConfigResult,
    Heartbeat,
    Refusal,
    encode_air,
)
from custom_components.smart_parking.node.store import NodeStore
from custom_components.smart_parking.node.topics import Said, Told
from tests.kernel.rig import FakeRig
from tests.node.conftest import Running, config_of

type Start = Callable[..., Running]

EMPTY_NS = echo_ns(2.5, speed_of_sound(20.0))
CAR_NS = echo_ns(1.0, speed_of_sound(20.0))


def result(node: Running) -> ConfigResult | None:
    """Return what was said last of its configuration."""
    said = node.heard.of(Said.CONFIG_RESULT)
    return ConfigResult.parse(said[-1]) if said else None


def is_applied(node: Running, config: Config) -> bool:
    """Return whether a configuration has been accepted."""
    return result(node) == ConfigResult(config.version)


def free(node: Running, *bays: str) -> Callable[[], bool]:
    """Return what tells whether bays are known to be free."""
    return lambda: all(node.heard.occupied(one) is False for one in bays)


def test_it_says_what_it_is_and_waits(start: Start) -> None:
    node = start()
    node.heard.until(lambda: len(node.heard.said) == 3)
    (announce, told, kept), (status, online, _), (state, _, is_kept) = node.heard.said
    assert (announce, status, state) == (Said.ANNOUNCE, Said.STATUS, Said.STATE)
    assert kept
    assert not is_kept
    assert online == b"online"
    announced = Announcement.parse("garage-2", told)
    assert (announced.machine, announced.model) == ("machine", "Simulated Raspberry Pi")
    assert not announced.is_configured
    assert node.heard.state().config == ""


def test_a_car_comes_and_goes(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "HEARTBEAT_S", 0.5)
    node, config = start(), config_of()
    node.tell(config)
    node.heard.until(free(node, "a1", "a2"))
    assert result(node) == ConfigResult(config.version)
    assert Announcement.parse("garage-2", node.heard.of(Said.ANNOUNCE)[-1]).is_configured
    node.ask("simulate", bays=["a1"], traffic="park")
    node.heard.until(lambda: node.heard.occupied("a1") is True)
    changes = [
        one for payload in node.heard.of(Said.CHANGES) for one in ChangeList.parse(payload).changes
    ]
    assert [one.seq for one in changes] == list(range(1, len(changes) + 1))
    node.ask("simulate", bays=["a1"], traffic="leave")
    node.heard.until(lambda: node.heard.occupied("a1") is False)
    assert node.heard.occupied("a2") is False
    node.heard.until(
        lambda: (
            (beats := node.heard.of(Said.HEARTBEAT)) != []
            and Heartbeat.parse(beats[-1]).sweep_ms is not None
        )
    )
    beat = Heartbeat.parse(node.heard.of(Said.HEARTBEAT)[-1])
    assert (beat.config, beat.clock_ms) == (config.version, 7)


def test_without_a_broker_it_goes_on_and_says_later_what_happened(start: Start) -> None:
    node = start()
    node.tell(config_of())
    node.heard.until(free(node, "a1", "a2"))
    node.ask("simulate", bays=["a2"], traffic="park")
    node.agent.disconnected()
    said = len(node.heard.said)
    backlog: Backlog = node.agent._backlog  # noqa: SLF001 - nobody is told meanwhile
    known = backlog.seq
    node.heard.until(lambda: any(one.occupied for one in backlog.waiting()[known:]))
    assert len(node.heard.said) <= said + 1
    node.agent.connected()
    node.heard.until(lambda: node.heard.said[-1][0] is Said.CHANGES)
    kinds = [one for one, _, _ in node.heard.said[-4:]]
    assert kinds == [Said.ANNOUNCE, Said.STATUS, Said.STATE, Said.CHANGES]
    state, past = node.heard.state(), ChangeList.parse(node.heard.of(Said.CHANGES)[-1])
    assert past.past
    assert past.last
    assert len(past.changes) == state.pending
    assert {one.bay_id: one.occupied for one in state.bays} == {"a1": False, "a2": True}
    arrived = next(one for one in past.changes if one.occupied)
    assert next(one.up_ms for one in state.bays if one.occupied) == arrived.up_ms
    # What is known to have arrived is not said again; an acknowledgement of others is not ours.
    node.agent.told(Told.ACK, Ack("other", state.seq).to_payload())
    node.ask("state")
    node.heard.until(lambda: len(node.heard.of(Said.STATE)) > 2)
    assert node.heard.state().pending == state.pending
    node.agent.told(Told.ACK, Ack(state.run, state.seq).to_payload())
    node.ask("state")
    node.heard.until(lambda: node.heard.state().pending == 0)


def test_too_much_that_nobody_hears_is_forgotten_and_that_is_said(start: Start) -> None:
    node = start()
    agent = node.agent
    agent._backlog = Backlog(0, 2)  # noqa: SLF001 - 10,000 would take hours
    node.tell(config_of((4, 5), (6, 7), (8, 9)))
    node.heard.until(free(node, "a1", "a2", "a3"))
    node.ask("state")
    node.heard.until(lambda: node.heard.state().seq >= 3)
    assert node.heard.state().pending == 2
    assert node.heard.state().since_ms > 0


def test_it_measures_on_after_a_restart_without_being_told(start: Start, tmp_path: Path) -> None:
    hardware = SimulatedHardware()
    node, config = start(hardware, tmp_path), config_of()
    node.tell(config)
    node.heard.until(free(node, "a1"))
    node.ask("simulate", bays=["a1"], traffic="park")
    node.heard.until(lambda: node.heard.occupied("a1") is True)
    node.end()
    again = start(hardware, tmp_path)
    again.heard.until(lambda: again.heard.of(Said.STATE) != [])
    # What was known before is believed until its sensor says otherwise.
    assert again.heard.state().config == config.version
    assert again.heard.occupied("a1") is True
    again.heard.until(free(again, "a2"))


@pytest.mark.parametrize(
    ("pins", "chip", "error", "placeholders"),
    [
        (((4, 5), (6, 5)), None, "plan_line_twice", {"bay_a": "A1", "bay_b": "A2", "pin": "5"}),
        (((4, 5), (6, 0)), None, "pin_unusable", {"line": "0"}),
        (((4, 5), (6, 7)), "/dev/none", "chip_missing", {"chip": "/dev/none"}),
        (((4, 5), (6, 9)), None, "pin_busy", {"line": "9", "consumer": "lirc"}),
        (((4, 5), (6, 11)), None, "pin_busy_unnamed", {"line": "11", "consumer": "?"}),
    ],
)
def test_what_cannot_be_is_refused_and_it_goes_on_as_before(
    start: Start,
    rig: FakeRig,
    pins: tuple[tuple[int, int], ...],
    chip: str | None,
    error: str,
    placeholders: dict[str, str],
) -> None:
    for trigger in (4, 6):
        rig.sensor(trigger + 1, trigger, EMPTY_NS)
    node, config = start(GpioHardware()), config_of()
    node.tell(config)
    node.heard.until(free(node, "a1", "a2"))
    with rig.occupy(9, "lirc"), rig.occupy(11, ""):
        node.tell(config_of(*pins, chip=chip))
        node.heard.until(lambda: (said := result(node)) is not None and said.refusal is not None)
        said = result(node)
        assert said is not None
        assert said.refusal is not None
        assert (said.refusal.error, said.refusal.placeholders) == (error, placeholders)
        node.heard.until(lambda: node.heard.state().config == config.version)
        rig.sensor(5, 4, CAR_NS)
        node.heard.until(lambda: node.heard.occupied("a1") is True)


def test_without_a_chip_it_says_so(start: Start, rig: FakeRig) -> None:
    rig.unplug()
    node = start(GpioHardware())
    assert GpioHardware().chips() == []
    node.tell(config_of())
    node.heard.until(lambda: result(node) is not None)
    said = result(node)
    assert said is not None
    assert said.refusal is not None
    assert said.refusal.error == "no_chip"
    assert node.heard.state().problem == said.refusal


def test_a_chip_that_goes_and_comes_back(start: Start, rig: FakeRig) -> None:
    for trigger in (4, 6):
        rig.sensor(trigger + 1, trigger, EMPTY_NS)
    node = start(GpioHardware())
    assert [one.label for one in GpioHardware().chips()] == ["pinctrl-rp1"]
    node.tell(config_of())
    node.heard.until(free(node, "a1", "a2"))
    rig.unplug()
    node.heard.until(lambda: node.heard.state().problem is not None)
    assert {one.fault for one in node.heard.state().bays} == {Fault.LINE_LOST}
    said = result(node)
    assert said is not None
    assert said.refusal is not None
    assert said.refusal.error == "line_lost"
    rig.plug()
    node.heard.until(free(node, "a1", "a2"))
    said = result(node)
    assert said is not None
    assert said.refusal is None


def test_a_distance_is_learnt_without_starting_anew(start: Start) -> None:
    node, config = start(), config_of()
    node.tell(config)
    node.heard.until(free(node, "a1", "a2"))
    bays = [replace(config.bays[0], empty_m=2.3), config.bays[1]]
    other = replace(config, bays=bays)
    states = len(node.heard.of(Said.STATE))
    node.tell(other)
    node.heard.until(lambda: len(node.heard.of(Said.STATE)) > states)
    assert result(node) == ConfigResult(other.version)
    assert node.heard.occupied("a1") is False
    node.ask("learn", bays=["a1", "zz"], empty_m=2.5)
    node.ask("vehicle", bays=["a2"])
    node.heard.until(lambda: len(node.heard.of(Said.ANSWER)) == 2)
    # A bay in which nothing is heard when it is empty is believed in another way.
    node.tell(replace(other, bays=[replace(bays[0], empty_m=OUT_OF_REACH), bays[1]]))
    node.heard.until(lambda: node.heard.state().bays[0].empty_m is None)


def test_a_calibration_is_answered(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    node = start()
    node.tell(config_of())
    node.heard.until(free(node, "a1", "a2"))
    node.ask("calibrate", bays=["a1"])
    node.heard.until(lambda: node.heard.of(Said.ANSWER) != [])
    (found,) = Answer.parse(node.heard.of(Said.ANSWER)[-1]).calibrations
    assert found.bay_id == "a1"
    assert found.empty_m == pytest.approx(2.5, abs=0.02)
    monkeypatch.setattr(agents, "CALIBRATION_LIMIT_S", 0.0)
    node.ask("calibrate", bays=["a2"])
    node.heard.until(lambda: len(node.heard.of(Said.ANSWER)) == 2)
    (found,) = Answer.parse(node.heard.of(Said.ANSWER)[-1]).calibrations
    assert (found.bay_id, found.empty_m) == ("a2", None)
    node.ask("calibrate", bays=["zz"])
    node.heard.until(lambda: len(node.heard.of(Said.ANSWER)) == 3)
    assert Answer.parse(node.heard.of(Said.ANSWER)[-1]).calibrations == []


def test_a_test_of_other_pins_lets_it_go_on(start: Start) -> None:
    hardware = SimulatedHardware()
    node, config = start(hardware), config_of()
    node.tell(config)
    node.heard.until(free(node, "a1", "a2"))
    hardware.world.set_defect("a2", Defect.NO_RESPONSE)
    node.ask("test", config=config_of((4, 5), (6, 8)))
    node.heard.until(lambda: node.heard.of(Said.ANSWER) != [])
    one, other = Answer.parse(node.heard.of(Said.ANSWER)[-1]).readings
    assert one.distance_m == pytest.approx(2.5, abs=0.05)
    assert other.fault is Fault.NO_RESPONSE
    hardware.world.set_defect("a2", None)
    hardware.world.park("a1", at_once=True)
    node.heard.until(lambda: node.heard.occupied("a1") is True)
    node.ask("test", config=config_of((4, 5), (6, 5)))
    node.heard.until(lambda: len(node.heard.of(Said.ANSWER)) == 2)
    refusal = Answer.parse(node.heard.of(Said.ANSWER)[-1]).refusal
    assert refusal is not None
    assert refusal.error == "plan_line_twice"
    hardware.world.set_defect("a1", Defect.LINE_LOST)
    node.ask("test", config=config)
    node.heard.until(lambda: len(node.heard.of(Said.ANSWER)) == 3)
    refusal = Answer.parse(node.heard.of(Said.ANSWER)[-1]).refusal
    assert refusal is not None
    assert refusal.error == "line_lost"


def test_deleted_it_forgets_everything(start: Start, tmp_path: Path) -> None:
    node = start(folder=tmp_path)
    node.tell(config_of())
    node.heard.until(free(node, "a1"))
    node.tell(None)
    node.heard.until(lambda: node.heard.state().config == "" and node.heard.state().bays == [])
    assert not Announcement.parse("garage-2", node.heard.of(Said.ANNOUNCE)[-1]).is_configured
    node.end()
    again = start(folder=tmp_path)
    again.heard.until(lambda: again.heard.of(Said.STATE) != [])
    assert again.heard.state().config == ""


@pytest.mark.parametrize("what", ["dance", "test", "calibrate", "learn", "simulate"])
def test_what_it_cannot_do_it_says(start: Start, what: str) -> None:
    node = start()
    node.ask(what, traffic="park")
    node.heard.until(lambda: node.heard.of(Said.ANSWER) != [])
    refusal = Answer.parse(node.heard.of(Said.ANSWER)[-1]).refusal
    assert refusal is not None
    assert refusal.error == "cannot_do"


def test_nonsense_changes_nothing_and_is_logged_once(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    node, config = start(), config_of()
    node.tell(config)
    node.heard.until(free(node, "a1", "a2"))
    for told in Told:
        for payload in (b"{", b"[]", b"x" * 200_000, b'{"version": 3}'):
            node.agent.told(told, payload)
    node.agent.told(Told.AIR, b"")
    node.agent.told(Told.AIR, encode_air(-5.0))
    node.ask("state")
    states = len(node.heard.of(Said.STATE))
    node.heard.until(lambda: len(node.heard.of(Said.STATE)) > states)
    assert node.heard.state().config == config.version
    assert len([one for one in caplog.records if "is not read" in one.message]) == len(Told)
    said = result(node)
    assert said is not None
    assert said.refusal is not None
    assert said.refusal.error == "config_unreadable"


def test_what_nobody_expects_is_logged_and_it_goes_on(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = start()
    node.heard.until(lambda: node.heard.of(Said.STATE) != [])
    monkeypatch.setattr(measuring.Measuring, "__init__", lambda *_args, **_more: 1 / 0)
    node.tell(config_of())
    node.ask("state")
    node.heard.until(lambda: len(node.heard.of(Said.STATE)) > 1)
    assert "Something could not be done" in caplog.text


def test_what_it_learns_is_written_down_now_and_then(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "SAVE_EVERY_S", 0.1)
    node = start(folder=tmp_path)
    node.tell(config_of())
    node.heard.until(free(node, "a1", "a2"))
    node.heard.until(lambda: NodeStore(tmp_path).load().occupied == {"a1": False, "a2": False})
    assert NodeStore(tmp_path).load().learned["a1"].empty_m == pytest.approx(2.5, abs=0.05)


def test_a_bank_that_fails_is_tried_again(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    node = start()
    monkeypatch.setattr(Bank, "sweep", lambda _bank: 1 / 0)
    node.tell(config_of())
    node.heard.until(
        lambda: node.heard.of(Said.STATE) != [] and node.heard.state().problem == Refusal("silent")
    )
    assert {one.fault for one in node.heard.state().bays} == {Fault.NODE_SILENT}
    assert "Measuring the bays has failed" in caplog.text
    monkeypatch.undo()
    node.heard.until(free(node, "a1", "a2"))


def test_what_needs_no_broker_needs_no_link(start: Start) -> None:
    node = start()
    node.tell(config_of())
    node.heard.until(free(node, "a1"))
    node.ask("calibrate", bays=["a1"])
    node.tell(None)
    node.heard.until(lambda: node.heard.of(Said.ANSWER) != [])
    (found,) = Answer.parse(node.heard.of(Said.ANSWER)[-1]).calibrations
    assert found.empty_m is None


def test_what_it_has_learnt_itself_is_no_news_to_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, config = start(), config_of()
    node.tell(config)
    node.heard.until(free(node, "a1", "a2"))
    learnt: list[object] = []
    monkeypatch.setattr(BayTracker, "learn", lambda _tracker, one: learnt.append(one))
    for empty_m in (2.505, 2.3):
        bays = [replace(config.bays[0], empty_m=empty_m), config.bays[1]]
        other = replace(config, bays=bays)
        node.tell(other)
        node.heard.until(partial(is_applied, node, other))
    assert learnt == [Calibration("a1", 2.3, None)]
