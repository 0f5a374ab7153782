"""One who looks at a lot over a real WebSocket, and knows it only from what is sent."""

from itertools import count
import json
from typing import Any, NamedTuple

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

from custom_components.smart_parking.data import SmartParkingData
from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import BayState, Fault

type Event = dict[str, Any]

LETTERS = {
    "v": BayState.VACANT,
    "o": BayState.OCCUPIED,
    "h": BayState.HELD,
    "x": BayState.OUT_OF_SERVICE,
    "u": BayState.UNKNOWN,
}


class View(NamedTuple):
    """All that can be seen of a lot."""

    states: dict[str, BayState]
    faults: dict[str, str]
    nearest: dict[str, tuple[str, int, str | None] | None]
    """The bay, and the distance and side in the directions."""
    kept: dict[str, int]


def truth(data: SmartParkingData) -> View:
    """Return what is to be seen of a lot."""
    lot = data.lot
    return View(
        {status.bay.bay_id: status.state for status in lot},
        {
            status.bay.bay_id: status.fault.value
            for status in lot
            if status.fault not in (None, Fault.NO_READING)
        },
        {gate.gate_id: _nearest(lot, gate.gate_id) for gate in lot.gates},
        {
            status.bay.bay_id: round(hold.until)
            for status in lot
            if status.held and (hold := data.guidance.of_bay(status.bay.bay_id)) is not None
        },
    )


def _nearest(lot: Lot, gate_id: str) -> tuple[str, int, str | None] | None:
    """Return the nearest vacant bay, and the directions to it."""
    if (way := lot.nearest(gate_id)) is None:
        return None
    told = lot.directions(gate_id, way.bay.bay_id)
    return way.bay.bay_id, told.metres, None if told.side is None else told.side[0]


class Watcher:
    """A card's state of a lot: the newest snapshot, and every delta since."""

    def __init__(self, hass: HomeAssistant, socket: MockHAClientWebSocket) -> None:
        """Look through a socket; nothing is asked for yet."""
        self.hass = hass
        self.socket = socket
        self.subscription = 0
        self.picture: Event | None = None
        self.seq = 0
        self.texts: list[str] = []
        self._states: list[str] = []
        self._faults: dict[int, str] = {}
        self._nearest: list[list[Any] | None] = []
        self._kept: dict[int, int] = {}
        self._answers: dict[int, Event] = {}
        self._events: list[Event] = []
        self._ids = count(1)

    async def ask(self, command: str, /, **more: object) -> Event:
        """Send a command and return its answer; what came before it is taken in."""
        message_id = next(self._ids)
        if command == "smart_parking/subscribe":
            self.subscription = message_id
        await self.socket.send_json({"id": message_id, "type": command, **more})
        while message_id not in self._answers:
            text = (await self.socket.receive(timeout=5)).data
            message = json.loads(text)
            if message["type"] == "event":
                assert message["id"] == self.subscription
                self.texts.append(text)
                self._take(message["event"])
            else:
                self._answers[message["id"]] = message
        return self._answers.pop(message_id)

    async def subscribe(self, **more: object) -> list[Event]:
        """Start to look, and return what was sent at once."""
        answer = await self.ask("smart_parking/subscribe", **more)
        assert answer["success"], answer
        assert answer["result"] is None
        return await self.news()

    async def acknowledge(self, seq: int | None = None) -> None:
        """Show how far everything has been taken in; only a mistake would be answered."""
        await self.socket.send_json(
            {
                "id": next(self._ids),
                "type": "smart_parking/ack",
                "subscription": self.subscription,
                "seq": self.seq if seq is None else seq,
            }
        )
        await self.ask("ping")
        assert not self._answers

    async def news(self) -> list[Event]:
        """Return the events that have come since the last time."""
        await self.hass.async_block_till_done()
        await self.ask("ping")
        events, self._events = self._events, []
        return events

    @property
    def view(self) -> View:
        """What can be seen now."""
        assert self.picture is not None
        lot = self.picture["lot"]
        ids = [bay["id"] for bay in lot["bays"]]
        return View(
            {bay_id: LETTERS[letter] for bay_id, letter in zip(ids, self._states, strict=True)},
            {ids[index]: fault for index, fault in self._faults.items()},
            {
                gate["id"]: None if way is None else (ids[way[0]], way[1], way[2])
                for gate, way in zip(lot["gates"], self._nearest, strict=True)
            },
            {ids[index]: until for index, until in self._kept.items()},
        )

    def _take(self, event: Event) -> None:
        """Take in an event, as the protocol says."""
        self._events.append(event)
        if "gone" in event:
            self.picture = None
        elif "lot" in event:
            self.picture, self.seq = event, event["seq"]
            self._states = list(event["states"])
            self._faults = {int(index): fault for index, fault in event["faults"].items()}
            self._nearest = list(event["nearest"])
            self._kept = {int(index): until for index, until in event["held"].items()}
        else:
            self._take_delta(event)

    def _take_delta(self, delta: Event) -> None:
        """Take in what has changed."""
        assert delta.keys() <= {"s", "t", "b", "n", "f", "h", "u"}
        assert delta["s"] > self.seq
        self.seq = delta["s"]
        for index, letter, *_since in delta["b"]:
            self._states[index] = letter
        for gate, *way in delta.get("n", []):
            self._nearest[gate] = way or None
        for index, fault in delta.get("f", {}).items():
            self._faults.pop(int(index), None)
            if fault is not None:
                self._faults[int(index)] = fault
        for index, until in delta.get("h", {}).items():
            self._kept.pop(int(index), None)
            if until is not None:
                self._kept[int(index)] = until
