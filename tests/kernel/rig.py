"""What tests can do to a GPIO chip, the same for the kernel's own and for one without a kernel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
import os
from pathlib import Path
from threading import Timer
from typing import Protocol, override

import gpiod
import pytest

from custom_components.smart_parking.hcsr04 import chips, edges, gpiod_lines
from tests.kernel.fake_chip import (
    ChipModel,
    FakeKernel,
    Model,
    RealClock,
    VirtualClock,
    VirtualPoll,
)

RISE_NS = 300_000
LABELS = {"pinctrl-bcm2835": 54, "pinctrl-bcm2711": 58, "pinctrl-rp1": 54}
NOBODY = 65534


class Rig(Protocol):
    """A chip, the world around its lines, and a hand that can pull it out."""

    path: str
    """The chip's device file."""

    def sensor(self, echo: int, trigger: int, width_ns: int, delay_ns: int = RISE_NS) -> None:
        """Wire a sensor; a width of 0 is a dead one."""

    def fired(self, echo: int) -> int:
        """How often a sensor has answered."""

    def pulse_ns(self, trigger: int) -> int:
        """How long the last pulse of a trigger was."""

    def pull(self, line: int, *, up: bool) -> None:
        """Pull a line up or down from outside."""

    def level(self, line: int) -> bool:
        """Whether there is a voltage on a line."""

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Make something happen while the test waits elsewhere."""

    def relabel(self, label: str, lines: int) -> None:
        """Exchange the chip for another one."""

    def add(self, label: str) -> str:
        """Add a second chip and return its path."""

    def occupy(self, line: int, consumer: str) -> AbstractContextManager[None]:
        """Claim a line for another process."""

    def forbid(self) -> AbstractContextManager[None]:
        """Take away the right to open chips."""

    def unplug(self) -> None:
        """Pull the chip out."""

    def plug(self) -> None:
        """Place the chip back; its sensors are still wired."""

    def close(self) -> None:
        """Leave everything as it was."""


class FakeRig(Rig):
    """A rig that needs no kernel."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, devices: Path, *, virtual: bool) -> None:
        self._devices = devices
        self.path = str(devices / "gpiochip0")
        clock = VirtualClock() if virtual else RealClock()
        self.kernel = FakeKernel(clock)
        self._sensors: dict[int, Model] = {}
        self._label = "pinctrl-rp1"
        self._lines = LABELS[self._label]
        monkeypatch.setattr(gpiod, "Chip", self.kernel.open)
        monkeypatch.setattr(chips, "DEVICES", devices)
        if isinstance(clock, VirtualClock):
            monkeypatch.setattr(gpiod_lines, "monotonic_ns", clock.now_ns)
            monkeypatch.setattr(edges, "sleep", clock.sleep)
            monkeypatch.setattr(edges, "poll", lambda: VirtualPoll(self.kernel, clock))
        self.plug()

    @property
    def chip(self) -> ChipModel:
        """The chip behind the header."""
        return self.kernel.chips[self.path]

    @override
    def sensor(self, echo: int, trigger: int, width_ns: int, delay_ns: int = RISE_NS) -> None:
        self._sensors[echo] = Model(trigger, delay_ns, width_ns)
        self.chip.sensors[echo] = self._sensors[echo]

    @override
    def fired(self, echo: int) -> int:
        return self.chip.sensors[echo].fired

    @override
    def pulse_ns(self, trigger: int) -> int:
        return self.chip.high_ns[trigger]

    @override
    def pull(self, line: int, *, up: bool) -> None:
        with self.kernel.lock:
            self.chip.pull(line, up, self.kernel.clock.now_ns())

    @override
    def level(self, line: int) -> bool:
        return self.chip.wires[line].level

    @override
    def later(self, seconds: float, action: Callable[[], None]) -> None:
        at_ns = self.kernel.clock.now_ns() + round(seconds * 1e9)
        self.kernel.plan(at_ns, -1, lambda _: action())

    @override
    def relabel(self, label: str, lines: int) -> None:
        self._label, self._lines = label, lines
        self.plug()

    @override
    def add(self, label: str) -> str:
        path = self._devices / f"gpiochip{len(self.kernel.chips)}"
        path.touch()
        self.kernel.chips[str(path)] = ChipModel(self.kernel, str(path), label, 8)
        return str(path)

    @override
    @contextmanager
    def occupy(self, line: int, consumer: str) -> Iterator[None]:
        with self.kernel.lock:
            request = self.kernel.open(self.path).request_lines({line: None}, consumer)
        yield
        request.release()

    @override
    @contextmanager
    def forbid(self) -> Iterator[None]:
        self.kernel.denied = True
        yield
        self.kernel.denied = False

    @override
    def unplug(self) -> None:
        with self.kernel.lock:
            self.kernel.chips.pop(self.path).vanish()
        Path(self.path).unlink()

    @override
    def plug(self) -> None:
        Path(self.path).touch()
        chip = ChipModel(self.kernel, self.path, self._label, self._lines)
        chip.sensors = {echo: replace(model, busy=False) for echo, model in self._sensors.items()}
        self.kernel.chips[self.path] = chip

    @override
    def close(self) -> None:
        for request in list(self.kernel.requests.values()):
            request.release()


class KernelRig(Rig):
    """The kernel's gpio-sim, with an HC-SR04 model behind each line, through sysfs."""

    _config = Path("/sys/kernel/config/gpio-sim")

    def __init__(self) -> None:
        self.path = "/dev/gpiochip0"
        self._sysfs = Path(os.environ["GPIO_SYSFS"])
        self._bank = self._config / "sim/bank0"
        self._before = [(self._bank / name).read_text() for name in ("label", "num_lines")]
        self._sensors: dict[int, str] = {}
        self._added: list[Path] = []
        self._timers: list[Timer] = []

    def _line(self, line: int, attribute: str) -> Path:
        return self._sysfs / f"sim_gpio{line}" / attribute

    @override
    def sensor(self, echo: int, trigger: int, width_ns: int, delay_ns: int = RISE_NS) -> None:
        self._sensors[echo] = f"{trigger} {delay_ns} {width_ns}"
        self._line(echo, "hcsr04").write_text(self._sensors[echo])

    @override
    def fired(self, echo: int) -> int:
        return self._state(echo)["fired"]

    @override
    def pulse_ns(self, trigger: int) -> int:
        return self._state(trigger)["high_ns"]

    def _state(self, line: int) -> dict[str, int]:
        texts = self._line(line, "hcsr04").read_text().split()
        return {name: int(number) for name, _, number in (word.partition("=") for word in texts)}

    @override
    def pull(self, line: int, *, up: bool) -> None:
        self._line(line, "pull").write_text("pull-up" if up else "pull-down")

    @override
    def level(self, line: int) -> bool:
        return self._line(line, "value").read_text().strip() == "1"

    @override
    def later(self, seconds: float, action: Callable[[], None]) -> None:
        timer = Timer(seconds, action)
        self._timers.append(timer)
        timer.start()

    @override
    def relabel(self, label: str, lines: int) -> None:
        self._live("sim", on=False)
        (self._bank / "label").write_text(label)
        (self._bank / "num_lines").write_text(str(lines))
        self._live("sim", on=True)

    @override
    def add(self, label: str) -> str:
        name = f"other{len(self._added)}"
        bank = self._config / name / "bank0"
        bank.mkdir(parents=True)
        (bank / "num_lines").write_text("8")
        (bank / "label").write_text(label)
        self._live(name, on=True)
        self._added.append(bank)
        return f"/dev/{(bank / 'chip_name').read_text().strip()}"

    @override
    @contextmanager
    def occupy(self, line: int, consumer: str) -> Iterator[None]:
        with gpiod.request_lines(self.path, {line: None}, consumer=consumer):
            yield

    @override
    @contextmanager
    def forbid(self) -> Iterator[None]:
        os.seteuid(NOBODY)
        yield
        os.seteuid(0)

    @override
    def unplug(self) -> None:
        self._live("sim", on=False)

    @override
    def plug(self) -> None:
        self._live("sim", on=True)
        for echo, sensor in self._sensors.items():
            self._line(echo, "hcsr04").write_text(sensor)

    def _live(self, name: str, *, on: bool) -> None:
        (self._config / name / "live").write_text(str(int(on)))

    @override
    def close(self) -> None:
        for timer in self._timers:
            timer.join()
        for bank in self._added:
            self._live(bank.parent.name, on=False)
            bank.rmdir()
            bank.parent.rmdir()
        # A chip that is taken away and put back forgets its sensors and its pulls.
        self._live("sim", on=False)
        for name, value in zip(("label", "num_lines"), self._before, strict=True):
            (self._bank / name).write_text(value)
        self._live("sim", on=True)
