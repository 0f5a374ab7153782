"""The lines of a bank on a real GPIO chip."""

from collections.abc import Collection
from time import monotonic_ns
from typing import Final, override

import gpiod
from gpiod.line import Bias, Clock, Direction, Edge as EdgeDetection, Value
from gpiozero import GPIOPinInUse
from gpiozero.pins.local import LocalPiFactory

from .chips import EDGES_MAX, Chip, claim, lost_if_failing
from .edges import EdgeReader
from .errors import LineInUseError, LineProblem, LineUnusableError
from .model import Edge

# HC-SR04 data sheets: "at least 10 µs".
PULSE_NS = 10_000
# A line that rattles at 100 kHz fills the kernel's buffer for all lines in 10 ms. Reading that
# often, and not at every edge, keeps the others' edges and bounds what such a line can cost.
READ_EVERY_NS = 10_000_000
# The two lines that identify add-on boards.
ID_EEPROM_LINES = frozenset({0, 1})

ECHO: Final = gpiod.LineSettings(
    direction=Direction.INPUT,
    edge_detection=EdgeDetection.BOTH,
    # A broken wire then reads as silence, not as noise.
    bias=Bias.PULL_DOWN,
    event_clock=Clock.MONOTONIC,
)
TRIGGER: Final = gpiod.LineSettings(direction=Direction.OUTPUT, output_value=Value.INACTIVE)


class PinInUseError(LineInUseError, GPIOPinInUse):
    """A line is in use, with the base class that users of gpiozero know."""


class GpiodLines:
    """Trigger and echo lines, claimed in one request each: a slot fires in one system call."""

    def __init__(
        self,
        factory: LocalPiFactory,
        chip: Chip,
        triggers: Collection[int],
        echoes: Collection[int],
    ) -> None:
        """Claim the lines; raises the errors of `GpiodFactory.lines`."""
        self._factory = factory
        self._requests: list[gpiod.LineRequest] = []
        # The lines of another chip than the header's are known only to its owner.
        is_header = chip.header is not None
        if is_header:
            _check_usable(factory, triggers, echoes)
        try:
            if is_header:
                self._reserve({*triggers, *echoes})
            self._echoes = claim(chip.path, dict.fromkeys(echoes, ECHO), edges=EDGES_MAX)
            self._requests.append(self._echoes)
            self._triggers = claim(chip.path, dict.fromkeys(triggers, TRIGGER))
            self._requests.append(self._triggers)
        except BaseException:
            self.close()
            raise
        self._reader = EdgeReader(self._echoes)

    @override
    def __repr__(self) -> str:
        """Return the text after "… is already in use by" in gpiozero's messages."""
        return "a bank of ultrasonic sensors"

    def now_ns(self) -> int:
        """Return the monotonic clock, in ns: the one that the kernel stamps edges with."""
        return monotonic_ns()

    def pulse(self, triggers: Collection[int]) -> int:
        """Raise trigger lines together for at least 10 µs, lower them together.

        Returns when they were lowered. The interpreter may stretch the pulse by some milliseconds;
        a sensor waits for its end. A sleep cannot be as short as 10 µs, so the clock is watched.
        """
        high: dict[int | str, Value] = dict.fromkeys(triggers, Value.ACTIVE)
        low: dict[int | str, Value] = dict.fromkeys(triggers, Value.INACTIVE)
        with lost_if_failing():
            self._triggers.set_values(high)
            until_ns = monotonic_ns() + PULSE_NS
            while (lowered_ns := monotonic_ns()) < until_ns:
                pass
            self._triggers.set_values(low)
        return lowered_ns

    def collect(self, until_ns: int) -> list[Edge]:
        """Wait until a time and return the edges that the kernel stamped since the last call."""
        events = self._reader.read()
        while (left_ns := until_ns - monotonic_ns()) > 0:
            self._reader.wait(min(left_ns, READ_EVERY_NS))
            events += self._reader.read()
        return [
            Edge(
                line=event.line_offset,
                rising=event.event_type is gpiod.EdgeEvent.Type.RISING_EDGE,
                at_ns=event.timestamp_ns,
                seqno=event.line_seqno,
            )
            for event in events
        ]

    def high(self) -> set[int]:
        """Return the echo lines that are high now."""
        with lost_if_failing():
            values = self._echoes.get_values()
        return {
            line
            for line, value in zip(self._echoes.offsets, values, strict=True)
            if value is Value.ACTIVE
        }

    def close(self) -> None:
        """Release the lines. Further calls do nothing."""
        for request in self._requests:
            request.release()
        self._requests.clear()
        self._factory.release_all(self)

    def _reserve(self, lines: Collection[int]) -> None:
        """Reserve the lines against gpiozero's devices in this process."""
        for line in sorted(lines):
            try:
                self._factory.reserve_pins(self, line)
            except GPIOPinInUse as error:
                raise PinInUseError(str(error), line=str(line)) from error

    def _conflicts_with(self, other: object) -> bool:
        """Return whether gpiozero may share a line: never."""
        return True


def _check_usable(
    factory: LocalPiFactory, triggers: Collection[int], echoes: Collection[int]
) -> None:
    """Raise `LineUnusableError` unless sensors may be wired to the lines."""
    for line in (*triggers, *echoes):
        pins = [info for _, info in factory.board_info.find_pin(line)]
        if line in ID_EEPROM_LINES:
            raise LineUnusableError(line, LineProblem.ID_EEPROM)
        if not pins:
            raise LineUnusableError(line, LineProblem.NOT_ON_HEADER)
        if line in echoes and any(info.pull for info in pins):
            raise LineUnusableError(line, LineProblem.FIXED_PULL)
