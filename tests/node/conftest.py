"""The program of a node, without a broker: what it says is in the test's hand."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Condition, Event, Thread
import time

import pytest

from custom_components.smart_parking.node.agent import Agent
from custom_components.smart_parking.node.hardware import Hardware, SimulatedHardware
from custom_components.smart_parking.node.messages import (
    BayConfig,
    ChangeList,
    Config,
    Request,
    State,
    encode,
)
from custom_components.smart_parking.node.store import NodeStore
from custom_components.smart_parking.node.topics import Said, Told
from tests.kernel.rig import FakeRig

TIMEOUT_S = 20.0


class Heard:
    """A link that remembers what was said, in order."""

    def __init__(self) -> None:
        """Hear nothing so far."""
        self.said: list[tuple[Said, bytes, bool]] = []
        self._new = Condition()

    def say(self, said: Said, payload: bytes, *, retain: bool) -> None:
        """Hear something."""
        with self._new:
            self.said.append((said, payload, retain))
            self._new.notify_all()

    def of(self, said: Said) -> list[bytes]:
        """Return all payloads of a kind."""
        return [payload for one, payload, _ in list(self.said) if one is said]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what is said."""
        ends = time.monotonic() + TIMEOUT_S
        with self._new:
            while not is_so():
                assert time.monotonic() < ends, self.said[-3:]
                self._new.wait(0.05)

    def state(self) -> State:
        """Return the state that was said last."""
        return State.parse(self.of(Said.STATE)[-1])

    def occupied(self, bay_id: str) -> bool | None:
        """Return what was said last of a bay."""
        for said, payload, _ in reversed(list(self.said)):
            if said is Said.STATE:
                bays: Sequence[object] = State.parse(payload).bays
            elif said is Said.CHANGES:
                bays = list(reversed(ChangeList.parse(payload).changes))
            else:
                continue
            for one in bays:
                if getattr(one, "bay_id", None) == bay_id:
                    return getattr(one, "occupied", None)
        return None


class Running:
    """An agent at work in a thread."""

    def __init__(self, hardware: Hardware, folder: Path | None) -> None:
        """Start it, connected."""
        self.heard = Heard()
        self.agent = Agent(
            "garage-2",
            "machine",
            hardware,
            NodeStore(folder),
            version="0.1.0",
            clock_ms=lambda: 7,
            can_simulate=True,
        )
        self._stop = Event()
        self._thread = Thread(target=self.agent.run, args=(self.heard, self._stop))
        self._thread.start()
        self.agent.connected()

    def tell(self, config: Config | None) -> None:
        """Tell it what to measure."""
        payload = b"" if config is None else encode(config.to_json())
        self.agent.told(Told.CONFIG, payload)

    def ask(self, what: str, **more: object) -> None:
        """Ask it for something."""
        request = Request(request="1", what=what, **more)  # type: ignore[arg-type]  # as they are
        self.agent.told(Told.REQUEST, request.to_payload())

    def end(self) -> None:
        """End it."""
        self._stop.set()
        self.agent.wake()
        self._thread.join(TIMEOUT_S)
        assert not self._thread.is_alive()


def config_of(*pins: tuple[int, int], **more: object) -> Config:
    """Return a configuration of bays on pins, far enough from one another."""
    bays = [
        BayConfig(
            bay_id=f"a{number}",
            label=f"A{number}",
            trigger=trigger,
            echo=echo,
            x=5.0 * number,
            empty_m=2.5,
        )
        for number, (trigger, echo) in enumerate(pins or ((4, 5), (6, 7)), 1)
    ]
    values: dict[str, object] = {"range_m": 4.0, "hearing_m": 4.0, "blind_m": 0.02, **more}
    return Config(bays=bays, **values)  # type: ignore[arg-type]  # as they are


@pytest.fixture(name="start")
def start_fixture() -> Iterator[Callable[..., Running]]:
    """Give what starts an agent."""
    started: list[Running] = []

    def start(hardware: Hardware | None = None, folder: Path | None = None) -> Running:
        started.append(Running(hardware or SimulatedHardware(), folder))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture(name="rig")
def rig_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeRig]:
    """Give a chip without a kernel, with empty bays under sensors."""
    rig = FakeRig(monkeypatch, tmp_path, virtual=False)
    yield rig
    rig.close()
