"""A GPIO chip without a kernel, standing in for `gpiod.Chip` and `gpiod.LineRequest`.

It behaves as the kernel's gpio-sim does with an HC-SR04 behind a line: when a trigger falls after
having been high for 5 µs, its echoes rise after a delay and stay high for a width. Edges carry the
time at which they happen, whenever they are read.

Time is either virtual, for everything that runs in one thread, or the machine's, for gpiozero's
devices, which bring their own threads. A timer descriptor then becomes readable when an edge is
due.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from errno import EACCES, EBUSY, EINVAL, ENODEV, ENOENT
from functools import partial
import heapq
from itertools import count
import os
from pathlib import Path
from select import POLLERR, POLLHUP, POLLIN
from threading import RLock
import time
from typing import Self

import gpiod
from gpiod.line import Bias, Clock as EventClock, Direction, Drive, Edge, Value

FIFO_PER_LINE = 16
FIFO_MAX = 1024
TRIGGER_MIN_NS = 5_000
# Reading the clock takes time, or a loop that watches it would never end.
CLOCK_READ_NS = 256


class RealClock:
    """The machine's monotonic clock."""

    virtual = False

    def now_ns(self) -> int:
        return time.monotonic_ns()


class VirtualClock:
    """Stands still unless a caller reads it or waits."""

    virtual = True

    def __init__(self) -> None:
        self.ns = 1_000_000_000

    def now_ns(self) -> int:
        self.ns += CLOCK_READ_NS
        return self.ns

    def sleep(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)


@dataclass
class Wire:
    """One line: what drives it, and who listens."""

    pull: bool = False
    driven: bool | None = None
    request: FakeRequest | None = None
    settings: gpiod.LineSettings = field(default_factory=gpiod.LineSettings)
    consumer: str = ""
    seqno: int = 0

    @property
    def level(self) -> bool:
        return self.pull if self.driven is None else self.driven


@dataclass
class Model:
    """An HC-SR04: which trigger it hears, and what it answers."""

    trigger: int
    delay_ns: int
    width_ns: int
    busy: bool = False
    fired: int = 0


class FakeKernel:
    """All chips of a machine, by path."""

    def __init__(self, clock: RealClock | VirtualClock) -> None:
        self.clock = clock
        self.lock = RLock()
        self.chips: dict[str, ChipModel] = {}
        self.denied = False
        self.requests: dict[int, FakeRequest] = {}
        self._agenda: list[tuple[int, int, int, Callable[[int], None]]] = []
        self._order = count()

    def open(self, path: str) -> FakeChip:
        """Do what `gpiod.Chip(path)` does."""
        if self.denied:
            raise PermissionError(EACCES, "Permission denied", path)
        chip = self.chips.get(str(Path(path).resolve()))
        if chip is None:
            raise FileNotFoundError(ENOENT, "No such file or directory", path)
        return FakeChip(self, chip)

    def plan(self, at_ns: int, line: int, action: Callable[[int], None]) -> None:
        """Make something happen at a time; `line` is where it may be seen, or -1."""
        heapq.heappush(self._agenda, (at_ns, next(self._order), line, action))
        self.arm()

    def settle(self) -> None:
        """Make everything happen that is due."""
        now_ns = self.clock.ns if isinstance(self.clock, VirtualClock) else self.clock.now_ns()
        while self._agenda and self._agenda[0][0] <= now_ns:
            at_ns, _, _, action = heapq.heappop(self._agenda)
            action(at_ns)

    def arm(self) -> None:
        """Make descriptors readable when there is something to read."""
        if self.clock.virtual:
            return
        for fd, request in self.requests.items():
            due_ns = min(
                (at for at, _, line, _ in self._agenda if line in request.lines), default=0
            )
            if request.fifo or not request.chip.present:
                due_ns = 1  # long ago
            os.timerfd_settime_ns(fd, flags=os.TFD_TIMER_ABSTIME, initial=due_ns)

    def next_ns(self, until_ns: int) -> int:
        return min(self._agenda[0][0], until_ns) if self._agenda else until_ns


class ChipModel:
    """The lines of one chip and what is wired to them."""

    def __init__(self, kernel: FakeKernel, path: str, label: str, lines: int) -> None:
        self.kernel = kernel
        self.path = path
        self.label = label
        self.wires = [Wire() for _ in range(lines)]
        self.sensors: dict[int, Model] = {}
        self.high_ns: dict[int, int] = {}
        self.present = True
        self.refuses_bias: Exception | None = None
        self._rose_ns: dict[int, int] = {}

    def check(self) -> None:
        if not self.present:
            raise OSError(ENODEV, "No such device")
        self.kernel.settle()

    def vanish(self) -> None:
        """Fail from now on, and wake all waiting callers."""
        self.present = False
        self.kernel.arm()

    def pull(self, line: int, level: bool, at_ns: int) -> None:
        """Make the world outside set the level of a line."""
        wire = self.wires[line]
        before = wire.level
        wire.pull = level
        if wire.level != before and wire.request is not None:
            wire.request.see(line, level, at_ns)
        self.kernel.arm()

    def drive(self, line: int, level: bool, now_ns: int) -> None:
        """Set an output, which may be the trigger of sensors."""
        wire = self.wires[line]
        before, wire.driven = wire.level, level
        if level and not before:
            self._rose_ns[line] = now_ns
        elif before and not level:
            self.high_ns[line] = now_ns - self._rose_ns.get(line, now_ns)
            if self.high_ns[line] >= TRIGGER_MIN_NS:
                self._ping(line, now_ns)

    def _ping(self, trigger: int, now_ns: int) -> None:
        for echo, model in self.sensors.items():
            if model.trigger != trigger or not model.width_ns:
                continue
            if model.busy or self.wires[echo].level:
                continue
            model.busy = True
            model.fired += 1
            rise_ns = now_ns + model.delay_ns
            self.kernel.plan(rise_ns, echo, partial(self.pull, echo, True))
            self.kernel.plan(rise_ns + model.width_ns, echo, partial(self._silence, echo))

    def _silence(self, echo: int, at_ns: int) -> None:
        self.sensors[echo].busy = False
        self.pull(echo, False, at_ns)


class FakeChip:
    """An open chip, as `gpiod.Chip` is one."""

    def __init__(self, kernel: FakeKernel, model: ChipModel) -> None:
        self._kernel = kernel
        self._model = model
        model.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def get_info(self) -> gpiod.ChipInfo:
        model = self._model
        return gpiod.ChipInfo(Path(model.path).name, model.label, len(model.wires))

    def get_line_info(self, line: int) -> gpiod.LineInfo:
        wire = self._model.wires[line]
        settings = wire.settings
        return gpiod.LineInfo(
            offset=line,
            name=f"GPIO{line}",
            used=wire.request is not None,
            consumer=wire.consumer,
            direction=settings.direction.value,
            active_low=False,
            bias=settings.bias.value,
            drive=Drive.PUSH_PULL.value,
            edge_detection=settings.edge_detection.value,
            event_clock=EventClock.MONOTONIC.value,
            debounced=False,
            debounce_period_us=0,
        )

    def request_lines(
        self,
        config: Mapping[int, gpiod.LineSettings | None],
        consumer: str | None = None,
        event_buffer_size: int | None = None,
    ) -> FakeRequest:
        with self._kernel.lock:
            model = self._model
            model.check()
            if any(model.wires[line].request is not None for line in config):
                raise OSError(EBUSY, "Device or resource busy")
            size = event_buffer_size or FIFO_PER_LINE * len(config)
            request = FakeRequest(model, list(config), min(size, FIFO_MAX))
            try:
                request.reconfigure_lines(config)
            except Exception:
                request.release()
                raise
            for line in config:
                model.wires[line].consumer = consumer or "?"
            return request


class FakeRequest:
    """Claimed lines, as `gpiod.LineRequest` is."""

    def __init__(self, chip: ChipModel, lines: list[int], fifo_size: int) -> None:
        self.chip = chip
        self.lines = self.offsets = lines
        self.fifo: deque[gpiod.EdgeEvent] = deque(maxlen=fifo_size)
        self.fd = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK)
        self._kernel = chip.kernel
        self._kernel.requests[self.fd] = self
        self._seqno = 0
        self._released = False

    def see(self, line: int, level: bool, at_ns: int) -> None:
        """Retain an edge as the kernel does; a full buffer loses its oldest."""
        wire = self.chip.wires[line]
        wanted = wire.settings.edge_detection
        if wanted not in {Edge.BOTH, Edge.RISING if level else Edge.FALLING}:
            return
        self._seqno += 1
        wire.seqno += 1
        kind = gpiod.EdgeEvent.Type.RISING_EDGE if level else gpiod.EdgeEvent.Type.FALLING_EDGE
        self.fifo.append(gpiod.EdgeEvent(kind.value, at_ns, line, self._seqno, wire.seqno))

    def reconfigure_lines(self, config: Mapping[int, gpiod.LineSettings | None]) -> None:
        with self._kernel.lock:
            self._check()
            for line, settings in config.items():
                self._configure(line, settings or gpiod.LineSettings(direction=Direction.INPUT))

    def _configure(self, line: int, settings: gpiod.LineSettings) -> None:
        output = settings.direction is Direction.OUTPUT
        if output and (settings.edge_detection is not Edge.NONE or settings.debounce_period):
            raise ValueError(EINVAL, "Invalid argument")
        if settings.bias is not Bias.AS_IS and self.chip.refuses_bias is not None:
            raise self.chip.refuses_bias
        wire = self.chip.wires[line]
        wire.request, wire.settings = self, settings
        now_ns = self._kernel.clock.now_ns()
        if output:
            self.chip.drive(line, settings.output_value is Value.ACTIVE, now_ns)
            return
        wire.driven = None
        if settings.bias in {Bias.PULL_UP, Bias.PULL_DOWN}:
            wire.pull = settings.bias is Bias.PULL_UP

    def set_value(self, line: int, value: Value) -> None:
        self.set_values({line: value})

    def set_values(self, values: Mapping[int, Value]) -> None:
        with self._kernel.lock:
            self._check()
            now_ns = self._kernel.clock.now_ns()
            for line, value in values.items():
                self.chip.drive(line, value is Value.ACTIVE, now_ns)
            self._kernel.arm()

    def get_value(self, line: int) -> Value:
        return self.get_values([line])[0]

    def get_values(self, lines: list[int] | None = None) -> list[Value]:
        with self._kernel.lock:
            self._check()
            wires = (self.chip.wires[line] for line in lines or self.lines)
            return [Value.ACTIVE if wire.level else Value.INACTIVE for wire in wires]

    def read_edge_events(self, max_events: int | None = None) -> list[gpiod.EdgeEvent]:
        with self._kernel.lock:
            self._check()
            if self._kernel.clock.virtual:
                assert self.fifo, "the kernel would block here"
            events = [self.fifo.popleft() for _ in range(min(max_events or 64, len(self.fifo)))]
            self._kernel.arm()
            return events

    def release(self) -> None:
        with self._kernel.lock:
            if self._released:
                return
            self._released = True
            del self._kernel.requests[self.fd]
            os.close(self.fd)
            for line in self.lines:
                wire = self.chip.wires[line]
                if wire.request is self:
                    # A Pi goes on driving a line that was an output.
                    wire.request, wire.seqno = None, 0
                    wire.settings, wire.consumer = gpiod.LineSettings(), ""

    def _check(self) -> None:
        if self._released:
            raise gpiod.RequestReleasedError
        self.chip.check()


class VirtualPoll:
    """Stands in for `select.poll` on virtual time."""

    def __init__(self, kernel: FakeKernel, clock: VirtualClock) -> None:
        self._kernel = kernel
        self._clock = clock
        self._registered: dict[int, int] = {}

    def register(self, fd: int, mask: int) -> None:
        self._registered[fd] = mask

    def poll(self, timeout_ms: int) -> list[tuple[int, int]]:
        until_ns = self._clock.ns + timeout_ms * 1_000_000
        while True:
            self._kernel.settle()
            ready = [(fd, events) for fd in self._registered if (events := self._events(fd))]
            if ready or self._clock.ns >= until_ns:
                return ready
            self._clock.ns = self._kernel.next_ns(until_ns)

    def _events(self, fd: int) -> int:
        request = self._kernel.requests[fd]
        if not request.chip.present:
            return POLLERR | POLLHUP
        return POLLIN & self._registered[fd] if request.fifo else 0
