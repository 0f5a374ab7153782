"""A gpiozero pin factory on libgpiod.

gpiozero has none of its own, and its other factories do not install on Home Assistant OS, or do not
know the Raspberry Pi 5. Its devices (`LED`, `Button`, `DistanceSensor`, …) work on this one.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import override

import gpiod
from gpiod.line import Bias, Direction, Edge, Value
from gpiozero.exc import (
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidEdges,
    PinInvalidFunction,
    PinInvalidPull,
    PinSetInput,
    PinUnknownPi,
)
from gpiozero.pins import PinInfo
from gpiozero.pins.local import LocalPiFactory, LocalPiPin
from gpiozero.pins.pi import PiBoardInfo

from .chips import HEADERS, claim, find_header_chip, lost_if_failing, named_errors
from .dispatcher import Dispatcher
from .errors import LineLostError
from .gpiod_lines import GpiodLines

_BIASES = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "floating": Bias.DISABLED}
_PULLS = {bias: pull for pull, bias in _BIASES.items()}
_EDGES = {"both": Edge.BOTH, "rising": Edge.RISING, "falling": Edge.FALLING, "none": Edge.NONE}


class GpiodFactory(LocalPiFactory):
    """Makes pins of the lines of one GPIO chip."""

    def __init__(self, chip: str | None = None) -> None:
        """Use the chip behind this Raspberry Pi's header, or the one at a path or of a label.

        Raises `ChipNotFoundError` or `ChipPermissionError`. The chip is opened only to claim lines,
        so a factory holds none.
        """
        self.chip = find_header_chip(chip)
        super().__init__()
        # gpiozero lets all factories of a process share reservations and pins. The shared
        # reservations protect our lines; shared pins would be those of another factory.
        self.pins = {}
        self.pin_class = GpiodPin
        self.dispatcher = Dispatcher()

    @override
    def close(self) -> None:
        """Reset and release all pins and end the thread that waits for their edges."""
        super().close()
        self.dispatcher.close()

    def lines(self, triggers: Collection[int], echoes: Collection[int]) -> GpiodLines:
        """Claim trigger and echo lines for a bank.

        Raises `LineInUseError` when a gpiozero device of this process has one of them,
        `LineBusyError` when another process or the kernel has, `LineUnusableError` when the board
        cannot offer it, `ChipPermissionError`, or `LineLostError` when the chip is gone.
        """
        return GpiodLines(self, self.chip, triggers, echoes)

    @override
    def _get_board_info(self) -> PiBoardInfo:
        """Return the board, or one with the same header where the board is unknown.

        Containers often have no /proc/device-tree, and no revision in their /proc/cpuinfo.
        """
        if self._info is None:
            try:
                self._info = super()._get_board_info()
            except (PinUnknownPi, OSError, ValueError):
                header = self.chip.header or HEADERS[-1]
                self._info = PiBoardInfo.from_revision(header.revision)
        return self._info


class GpiodPin(LocalPiPin):
    """One line as gpiozero sees it: claimed at its first use, released when closed."""

    factory: GpiodFactory

    def __init__(self, factory: GpiodFactory, info: PinInfo) -> None:
        """Store the line; gpiozero makes pins before it knows whether they will be used."""
        super().__init__(factory, info)
        self._request: gpiod.LineRequest | None = None
        self._reset()

    @override
    def close(self) -> None:
        """Stop driving the line and release it. gpiozero may use the pin again."""
        self.when_changed = None
        self._reset()
        if self._request is not None:
            # A Pi's line keeps its level when it is only released; a lost line drives nothing.
            with suppress(LineLostError):
                self._configure(self._settings)
            self._request.release()
            self._request = None

    @override
    def output_with_state(self, state: bool) -> None:
        """Make the line an output that starts at a level, without a blip."""
        self.when_changed = None
        level = Value.ACTIVE if state else Value.INACTIVE
        self._configure(gpiod.LineSettings(direction=Direction.OUTPUT, output_value=level))

    def _reset(self) -> None:
        """Reset the use of the pin."""
        bias = _BIASES[self.info.pull or "floating"]
        self._settings = gpiod.LineSettings(direction=Direction.INPUT, bias=bias)
        self._edges = "both"

    def _configure(self, settings: gpiod.LineSettings) -> gpiod.LineRequest:
        """Apply the line's settings, claiming it when it is not yet."""
        if self._request is None:
            self._request = claim(self.factory.chip.path, {self._number: settings})
        else:
            with named_errors(self.factory.chip.path):
                self._request.reconfigure_lines({self._number: settings})
        self._settings = settings
        return self._request

    def _claimed(self) -> gpiod.LineRequest:
        return self._request or self._configure(self._settings)

    @override
    def _get_function(self) -> str:
        return "output" if self._settings.direction is Direction.OUTPUT else "input"

    @override
    def _set_function(self, value: str) -> None:
        if value not in {"input", "output"}:
            raise PinInvalidFunction(f"invalid function {value!r} for pin {self!r}")
        if value == self._get_function():
            self._claimed()
        elif value == "output":
            self.output_with_state(self._get_state())
        else:
            self._configure(gpiod.LineSettings(direction=Direction.INPUT, bias=Bias.DISABLED))

    @override
    def _get_state(self) -> bool:
        request = self._claimed()
        with lost_if_failing():
            return request.get_value(self._number) is Value.ACTIVE

    @override
    def _set_state(self, value: float) -> None:
        if self._get_function() != "output":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        request = self._claimed()
        with lost_if_failing():
            request.set_value(self._number, Value.ACTIVE if value else Value.INACTIVE)

    @override
    def _get_pull(self) -> str:
        return _PULLS.get(self._settings.bias, "floating")

    @override
    def _set_pull(self, value: str) -> None:
        if self._get_function() != "input":
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if self.info.pull not in {value, ""}:
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        if value not in _BIASES:
            raise PinInvalidPull(f"invalid pull {value!r} for pin {self!r}")
        self._configure(replace(self._settings, bias=_BIASES[value]))

    @override
    def _get_bounce(self) -> float | None:
        return self._settings.debounce_period.total_seconds() or None

    @override
    def _set_bounce(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise PinInvalidBounce("bounce must be 0 or greater")
        period = timedelta(seconds=value or 0)
        if period != self._settings.debounce_period:
            self._configure(replace(self._settings, debounce_period=period))

    @override
    def _get_edges(self) -> str:
        return self._edges

    @override
    def _set_edges(self, value: str) -> None:
        if value not in _EDGES:
            raise PinInvalidEdges(f"invalid edges {value!r} for pin {self!r}")
        self._edges = value
        if self.when_changed is not None:
            self._configure(replace(self._settings, edge_detection=_EDGES[value]))

    @override
    def _enable_event_detect(self) -> None:
        request = self._configure(replace(self._settings, edge_detection=_EDGES[self._edges]))
        self.factory.dispatcher.watch(request, self._changed)

    @override
    def _disable_event_detect(self) -> None:
        # No edge ever comes from a lost line.
        with suppress(LineLostError):
            self.factory.dispatcher.forget(self._claimed())
            self._configure(replace(self._settings, edge_detection=Edge.NONE))

    def _changed(self, event: gpiod.EdgeEvent) -> None:
        """Call the handler, with the time of the kernel's clock in `GpiodFactory.ticks`."""
        with self._when_changed_lock:
            handler = self.when_changed
            if handler is None:
                # Its owner was dropped without being closed.
                self.when_changed = None
                return
        handler(event.timestamp_ns / 1e9, event.event_type is gpiod.EdgeEvent.Type.RISING_EDGE)
