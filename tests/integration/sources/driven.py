"""A source that tests drive by hand: nothing but what the protocol of sources asks for."""

import asyncio
import time
from typing import override

from homeassistant.core import HomeAssistant

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.sources.base import NodeConfig, Sink, Source, SourceError

SWEEP_S = 0.5
# Readings that agree need four sweeps to flip a bay that was firmly something else.
SURE = 6

type Said = float | bool | Fault
"""What a test lets a sensor say: a distance in metres, an occupancy or a fault."""


class DrivenSource(Source):
    """Sensors that say what a test wants, when it wants it."""

    key = "driven"
    model = "Driven by hand"
    period_s = SWEEP_S

    hand: Hand

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Register with the test's hand."""
        super().__init__(hass, node)
        self.sink: Sink | None = None
        self.starts = 0
        self.stops = 0
        self.celsius: float | None = None
        self.hand.made.setdefault(node.name, []).append(self)

    @override
    async def async_start(self, sink: Sink) -> None:
        self.starts += 1
        if (error := self.hand.refusals.get(self.node.name)) is not None:
            raise error
        if (hold := self.hand.holds.get(self.node.name)) is not None:
            hold.begun.set()
            await hold.may_end.wait()
        self.sink = sink

    @override
    async def async_stop(self) -> None:
        self.stops += 1
        self.sink = None

    @override
    def set_temperature(self, celsius: float) -> None:
        self.celsius = celsius


class Hold:
    """A start that takes as long as a test wants."""

    def __init__(self) -> None:
        """Hold what has not begun yet."""
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()


class Hand:
    """All driven sources of a test, by the names of their nodes."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.made: dict[str, list[DrivenSource]] = {}
        self.refusals: dict[str, SourceError] = {}
        self.holds: dict[str, Hold] = {}
        self._at = time.monotonic()

    def __getitem__(self, node: str) -> DrivenSource:
        """Return the newest source of a node."""
        return self.made[node][-1]

    def sink(self, node: str) -> Sink:
        """Return where a source puts what it measures."""
        sink = self[node].sink
        assert sink is not None, f"{node} is not at work"
        return sink

    def hold(self, node: str) -> Hold:
        """Make a node's next starts take as long as the test wants."""
        return self.holds.setdefault(node, Hold())

    def pass_time(self, seconds: float) -> None:
        """Make the next readings be so much later."""
        self._at += seconds

    def sweep(self, node: str, **said: Said) -> None:
        """Make a node make a sweep in which the sensors of some bays, by label, say something."""
        self.sweep_for(node, None, **said)

    def sweep_for(self, node: str, duration_s: float | None, /, **said: Said) -> None:
        """Make a node make a sweep that took a time."""
        self._at = max(self._at + SWEEP_S, time.monotonic())
        readings = [self._reading(label.lower(), one) for label, one in said.items()]
        self.sink(node).sweep(readings, duration_s)

    def settle(self, node: str, **said: Said) -> None:
        """Report for all sensors the same until it is believed."""
        for _ in range(SURE):
            self.sweep(node, **said)

    def _reading(self, bay_id: str, said: Said) -> Reading:
        """Return a reading of what is said."""
        match said:
            case Fault():
                return Reading(bay_id, self._at, fault=said)
            case bool():
                return Reading(bay_id, self._at, occupied=said)
        return Reading(bay_id, self._at, distance_m=said)
