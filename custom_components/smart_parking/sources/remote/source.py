"""A Raspberry Pi elsewhere, on which `smart-parking-node` runs, as a node of a lot."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
)
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
import secrets
import time
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig
import voluptuous as vol

from ...const import CONF_BAY_ID, CONF_LABEL
from ...hcsr04.schedule import HEARING_M, RANGE_MAX_M
from ...lot.model import Fault, Reading
from ...lot.tracker import Calibration, Past, Tracker
from ...node.fields import MessageError
from ...node.messages import (
    Ack,
    Announcement,
    Answer,
    BayConfig,
    Belief,
    ChangeList,
    Config,
    Heartbeat,
    Request,
    State,
    encode,
    encode_air,
)
from ...node.peer_clock import PeerClock
from ...node.sweeping import BLIND_M
from ...node.topics import NAME_MAX, Said, Told, is_name
from ..banked import place
from ..base import (
    CONF_BLIND_M,
    FreeSensor,
    NodeConfig,
    NodeOffer,
    Schema,
    SensorSearch,
    Sink,
    SourceError,
    Value,
    number_in,
)
from ..header import CONF_ECHO, CONF_TRIGGER, LINES_MAX, HeaderSource, chip_field, chip_of
from ..mqtt.client import BROKER_GRACE_S, async_watch_broker, mqtt_lacking
from .discovery import CONF_MACHINE, CONF_NODE, AnnouncedNodes, async_end_discovery
from .hub import NodeHub, RemoteNode, get_hub
from .refusals import explain
from .tracker import RemoteTracker

# Silence is a fault after six of these, which is three heartbeats. A node that ends, or is cut off,
# is told of by the broker in half a minute.
PERIOD_S = 30.0
# A test takes 3 s on the node, of a large bank 5 s.
ANSWER_S = 20.0
# How long the form waits for nodes to be heard of, when nobody has listened so far.
CHECK_INTERVAL_S = 1.0
# Changes are acknowledged together.
ACK_S = 5.0
# What happened before follows a state at once; a node that breaks off is not waited for.
PAST_S = 10.0
# More of what happened before is not remembered until the last of it has come.
PAST_MAX = 20_000
# Who has missed something asks so often at most.
ASK_S = 5.0
# After it has connected, Home Assistant takes a moment to subscribe, and misses what is said.
SUBSCRIBED_S = 2.0


class RemoteSource(HeaderSource):
    """A Raspberry Pi elsewhere, which measures by itself and says what it believes."""

    key = "remote"
    model = "Raspberry Pi elsewhere"
    identity_field = CONF_NODE
    period_s = PERIOD_S

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; nothing is subscribed to yet."""
        super().__init__(hass, node)
        self._name = str(node.settings.get(CONF_NODE) or "")
        self._hub = get_hub(hass)
        self._heard = RemoteNode(self._name)
        self._is_open = False
        self._sink: Sink | None = None
        self._tracker = RemoteTracker(self, {}, {}, {})
        self._celsius: float | None = None
        self._clock_ahead_s: float | None = None
        """By how much its clock of the day is ahead of ours; None when it knows it is wrong."""
        self._version = ""
        """Which configuration the node shall measure."""
        self._cancels: dict[str, CALLBACK_TYPE] = {}
        """What waits for something, by what it waits for."""
        self._past: list[Belief] | None = None
        """What happened before the state that was told last, while it is arriving."""
        self._past_since_ms = 0
        self._known_seq = 0
        self._before: dict[str, bool] = {}
        """Which bays were occupied before that state."""

    # How an owner sets it up.

    @classmethod
    @override
    async def async_settings_schema(cls, hass: HomeAssistant) -> Schema:
        announced = await async_announced(hass)
        chips = {chip.label: chip for one in announced.values() for chip in one.chips}
        return {
            vol.Required(CONF_NODE): _node_field(announced.values()),
            **super().settings_schema(),
            **chip_field(chips.values()),
        }

    @classmethod
    @override
    async def async_lacking(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> SourceError | None:
        return mqtt_lacking(hass)

    @classmethod
    @override
    def check_settings(cls, hass: HomeAssistant, settings: Mapping[str, Value]) -> None:
        name = str(settings.get(CONF_NODE) or "")
        if not is_name(name):
            raise SourceError("bad_node_name", {"name": name[:NAME_MAX], "limit": str(NAME_MAX)})

    @classmethod
    @override
    async def async_complete(
        cls,
        hass: HomeAssistant,
        settings: Mapping[str, Value],
        before: Mapping[str, Value],
    ) -> Mapping[str, Value]:
        name = str(settings[CONF_NODE])
        announced = (await async_announced(hass)).get(name)
        if announced is not None:
            return {**settings, CONF_MACHINE: announced.machine}
        if before.get(CONF_NODE) == name and CONF_MACHINE in before:
            return {**settings, CONF_MACHINE: before[CONF_MACHINE]}
        return settings

    @classmethod
    @override
    async def async_offer_nodes(
        cls, hass: HomeAssistant, changed: CALLBACK_TYPE
    ) -> NodeOffer | None:
        offer = AnnouncedNodes(hass, changed)
        try:
            await offer.async_open()
        except SourceError:
            return None
        return offer

    @classmethod
    @override
    async def async_get_free_sensors(
        cls, hass: HomeAssistant, search: SensorSearch
    ) -> list[FreeSensor]:
        name = str(search.settings.get(CONF_NODE) or "")
        lines = _count_lines(get_hub(hass).announced().get(name), chip_of(search.settings))
        return [
            replace(one, key=f"{name} {one.key}", name=f"{name}: {one.name}")
            for one in cls.free_pins(search, lines)
        ]

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        async with _opened(self._hub):
            heard = await self._hub.async_wait_for(self._name)
            if (problem := self._problem_of(heard)) is not None:
                raise problem
            config = self._config(self.empty_distances(), {})
            answer = await self._async_ask(heard, Request(request="", what="test", config=config))
        if answer.refusal is not None:
            raise explain(answer.refusal, self._name)
        known = {str(row[CONF_BAY_ID]) for row in self.node.rows}
        return {one.bay_id: one for one in answer.readings if one.bay_id in known}

    @classmethod
    @override
    async def async_forget(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        name = str(node.settings.get(CONF_NODE) or "")
        if not is_name(name) or mqtt_lacking(hass) is not None:
            return
        for told in (Told.CONFIG, Told.AIR):
            await get_hub(hass).async_tell(name, told, b"", retain=True)

    # At work.

    @property
    @override
    def is_catching_up(self) -> bool:
        return self._past is not None

    @override
    def make_tracker(
        self,
        empty_m: Mapping[str, float | None],
        was_occupied: Mapping[str, bool],
        far_m: Mapping[str, float],
    ) -> Tracker:
        self._tracker = RemoteTracker(self, empty_m, was_occupied, far_m)
        return self._tracker

    @override
    async def async_start(self, sink: Sink) -> None:
        async_end_discovery(self.hass, self._name)
        await self._hub.async_open()
        self._is_open = True
        self._heard = heard = await self._hub.async_wait_for(self._name)
        if (problem := self._problem_of(heard)) is not None:
            raise problem
        self._sink = sink
        self._async_pin(heard, sink)
        heard.listeners.append(self._async_said)
        self._hub.connection_listeners.append(self._async_connection)
        await self._async_tell_air()
        version = self._config_at_work().version
        result = heard.result
        if result is None or result.refusal is not None or result.version != version:
            # Its answer is followed by the state of all bays.
            await self._async_tell_config()
        else:
            await self._async_ask_for_state()
        self._async_later("known", SUBSCRIBED_S, self._async_ask_if_unknown)

    @override
    async def async_stop(self) -> None:
        self._sink, self._past = None, None
        if "ack" in self._cancels:
            with suppress(HomeAssistantError):
                await self._async_tell_ack()
        while self._cancels:
            self._cancels.popitem()[1]()
        with suppress(ValueError):
            self._heard.listeners.remove(self._async_said)
        with suppress(ValueError):
            self._hub.connection_listeners.remove(self._async_connection)
        if self._is_open:
            self._is_open = False
            self._hub.async_close()

    @callback
    @override
    def async_watch_ready(self, ready: CALLBACK_TYPE) -> CALLBACK_TYPE | None:
        heard = self._hub.node(self._name)
        heard.watchers.append(ready)
        unsub = async_watch_broker(self.hass, ready)

        @callback
        def end() -> None:
            heard.watchers.remove(ready)
            if unsub is not None:
                unsub()

        return end

    @override
    def details(self) -> Mapping[str, str | int | float | bool | None]:
        heard = self._heard
        announced = heard.announcement
        return {
            "online": heard.is_online,
            "model": None if announced is None else announced.model,
            "version": None if announced is None else announced.version,
            "changes": heard.seq,
            "clock_is_right": self._clock_ahead_s is not None,
            "clock_ahead_s": self._clock_ahead_s,
        }

    @override
    def set_temperature(self, celsius: float) -> None:
        self._celsius = celsius
        if self._sink is not None:
            self._async_run(self._async_tell_air())

    def _problem_of(self, heard: RemoteNode) -> SourceError | None:
        """Return why a node cannot be spoken with, if it cannot."""
        announcement = heard.announcement
        if announcement is None or not heard.is_online:
            return SourceError("node_offline", {"pi": self._name})
        pinned = self.node.settings.get(CONF_MACHINE)
        if pinned is not None and pinned != announcement.machine:
            return SourceError("node_other_machine", {"pi": self._name})
        return None

    @callback
    def _async_pin(self, heard: RemoteNode, sink: Sink) -> None:
        """Remember which machine the node is, when it is heard for the first time."""
        if heard.announcement is None or CONF_MACHINE in self.node.settings:
            return
        settings = {**self.node.settings, CONF_MACHINE: heard.announcement.machine}
        self.node = replace(self.node, settings=settings)
        sink.rewired()

    # What the node is told.

    def _config_at_work(self) -> Config:
        """Return what the node shall measure, with the empty distances as they are known now."""
        empty = {**self.empty_distances(), **self._tracker.configured()}
        config = self._config(empty, self._tracker.configured_far())
        self._version = config.version
        return config

    def _config(self, empty_m: Mapping[str, float | None], far_m: Mapping[str, float]) -> Config:
        """Return what the node shall measure."""
        bays = []
        for row in self.node.rows:
            bay_id = str(row[CONF_BAY_ID])
            x, y, level = place(row)
            bays.append(
                BayConfig(
                    bay_id=bay_id,
                    label=str(row[CONF_LABEL]),
                    trigger=int(number_in(row, CONF_TRIGGER) or 0),
                    echo=int(number_in(row, CONF_ECHO) or 0),
                    x=x,
                    y=y,
                    level=level,
                    empty_m=empty_m.get(bay_id),
                    far_m=far_m.get(bay_id),
                )
            )
        return Config(
            range_m=self.node.number("range_m", RANGE_MAX_M),
            hearing_m=self.node.number("hearing_m", HEARING_M),
            blind_m=self.node.number(CONF_BLIND_M, BLIND_M),
            chip=chip_of(self.node.settings),
            bays=bays,
        )

    async def _async_tell_config(self) -> None:
        """Tell the node what to measure."""
        payload = encode(self._config_at_work().to_json())
        await self._hub.async_tell(self._name, Told.CONFIG, payload, retain=True)

    async def _async_tell_air(self) -> None:
        """Tell the node how warm the air is."""
        if self._celsius is not None:
            payload = encode_air(self._celsius)
            await self._hub.async_tell(self._name, Told.AIR, payload, retain=True)

    async def _async_ask_for_state(self) -> None:
        """Ask the node for the state of all bays."""
        request = Request(request=secrets.token_hex(4), what="state")
        await self._hub.async_tell(self._name, Told.REQUEST, request.to_payload())

    async def _async_ask(self, heard: RemoteNode, request: Request) -> Answer:
        """Ask the node for something, and return its answer; raises `SourceError`."""
        asked = replace(request, request=secrets.token_hex(4))
        answered: asyncio.Future[Answer] = self.hass.loop.create_future()

        @callback
        def listen(said: Said, payload: bytes, _at: float) -> None:
            if said is not Said.ANSWER or answered.done():
                return
            with suppress(MessageError):
                answer = Answer.parse(payload)
                if (answer.request, answer.run) == (asked.request, heard.run):
                    answered.set_result(answer)

        heard.listeners.append(listen)
        try:
            await self._hub.async_tell(self._name, Told.REQUEST, asked.to_payload())
            async with asyncio.timeout(ANSWER_S):
                return await answered
        except TimeoutError as err:
            raise SourceError("node_no_answer", {"pi": self._name}) from err
        finally:
            heard.listeners.remove(listen)

    # What the tracker orders.

    @callback
    def async_calibrate(self, bay_ids: Collection[str]) -> None:
        """Make the node learn the empty distances of bays."""
        request = Request(request="", what="calibrate", bays=list(bay_ids))
        self._async_run(self._async_wait_for_calibrations(request))

    async def _async_wait_for_calibrations(self, request: Request) -> None:
        """Pass on how calibrations ended."""
        found: Iterable[Calibration] = [Calibration(bay_id, None) for bay_id in request.bays]
        with suppress(SourceError):
            found = (await self._async_ask(self._heard, request)).calibrations
        if self._sink is not None:
            self._tracker.end(found)
            self._sink.sweep(())
            # A node that forgets everything shall find what was learnt.
            await self._async_tell_config()

    @callback
    def async_learn(self, calibration: Calibration) -> None:
        """Make the node take a distance for that of an empty bay."""
        self._async_run(self._async_tell_config())

    @callback
    def async_confirm_vehicle(self, bay_id: str) -> None:
        """Make the node believe in a vehicle."""
        request = Request(request=secrets.token_hex(4), what="vehicle", bays=[bay_id])
        payload = request.to_payload()
        self._async_run(self._hub.async_tell(self._name, Told.REQUEST, payload))

    @callback
    def _async_run(self, work: Awaitable[None]) -> None:
        """Do something that takes a moment; a broker that goes meanwhile is noticed elsewhere."""

        async def run() -> None:
            with suppress(HomeAssistantError):
                await work

        self.hass.async_create_task(run(), f"smart_parking node {self._name}")

    # What the node says.

    @callback
    def _async_said(self, said: Said, payload: bytes, at: float) -> None:
        """Take what the node says; what is not in order changes nothing, and is logged once."""
        if self._sink is None:
            return
        try:
            self._async_take(self._sink, said, payload, at)
        except MessageError as err:
            self._heard.log_once(said, err)

    @callback
    def _async_take(self, sink: Sink, said: Said, payload: bytes, at: float) -> None:
        """Take what the node says."""
        match said:
            case Said.ANNOUNCE | Said.STATUS | Said.CONFIG_RESULT:
                self._async_hear_of_itself(sink, said)
            case Said.STATE:
                state = State.parse(payload)
                if self._is_of_this_run(said, state.run):
                    self._clock_of(state.run).hear(state.up_ms, at)
                    self._async_take_state(sink, state)
            case Said.CHANGES:
                changes = ChangeList.parse(payload)
                if self._is_of_this_run(said, changes.run):
                    self._clock_of(changes.run).hear(changes.up_ms, at)
                    self._async_take_changes(sink, changes)
            case Said.HEARTBEAT:
                beat = Heartbeat.parse(payload)
                if self._is_of_this_run(said, beat.run):
                    self._clock_of(beat.run).hear(beat.up_ms, at)
                    self._async_take_heartbeat(sink, beat)

    def _is_of_this_run(self, said: Said, run: str) -> bool:
        """Return whether a message is of the program that has announced itself."""
        if run != self._heard.run:
            self._heard.log_once(f"{said} of another run", run)
            return False
        return True

    def _clock_of(self, run: str) -> PeerClock:
        """Return the clock of a run; another run counts its changes anew."""
        heard = self._heard
        if heard.clock.run != run:
            heard.clock, heard.seq = PeerClock(run), 0
        return heard.clock

    @callback
    def _async_hear_of_itself(self, sink: Sink, said: Said) -> None:
        """Follow what the node says of itself."""
        heard = self._heard
        if (problem := self._problem_of(heard)) is not None:
            sink.lost(Fault.NODE_SILENT, problem)
            return
        result = heard.result
        if said is not Said.CONFIG_RESULT or result is None:
            return
        if result.refusal is not None and result.version in ("", self._version):
            sink.lost(Fault.LINE_LOST, explain(result.refusal, self._name))

    @callback
    def _async_take_state(self, sink: Sink, state: State) -> None:
        """Take the state of all bays, before what happened until then."""
        heard, tracker = self._heard, self._tracker
        if state.seq < heard.seq:
            return
        if not state.config or state.config != self._version:
            # It will be told again when the node measures as it shall.
            self._async_mend_config()
            return
        self._async_end_past()
        self._known_seq, heard.seq = heard.seq, state.seq
        self._past, self._past_since_ms = [], state.since_ms
        self._before = tracker.last_known()
        tracker.take_all(state.bays, heard.clock.at)
        sink.sweep(())
        if state.pending:
            self._async_later("past", PAST_S, self._async_end_past)
        else:
            self._async_end_past()
        self._async_acknowledge_later()

    @callback
    def _async_take_changes(self, sink: Sink, changes: ChangeList) -> None:
        """Take what has changed, and ask for what was missed."""
        heard, tracker = self._heard, self._tracker
        if changes.past:
            if self._past is not None and len(self._past) < PAST_MAX:
                fresh = [one for one in changes.changes if one.seq > self._known_seq]
                self._known_seq = max([self._known_seq, *(one.seq for one in fresh)])
                self._past += fresh
            if changes.last:
                self._async_end_past()
            return
        fresh = [one for one in changes.changes if one.seq > heard.seq]
        if not fresh:
            return
        if not tracker.is_known or fresh[0].seq != heard.seq + 1:
            # The state of all bays brings what is missing, and these, too.
            self._async_ask_later()
            return
        heard.seq = fresh[-1].seq
        tracker.take(fresh, heard.clock.at)
        sink.sweep(())
        self._async_acknowledge_later()

    @callback
    def _async_take_heartbeat(self, sink: Sink, beat: Heartbeat) -> None:
        """Take a sign of life, and notice what was missed."""
        self._clock_ahead_s = (
            None if beat.clock_ms is None else round(beat.clock_ms / 1e3 - time.time(), 1)
        )
        if beat.config != self._version:
            self._async_mend_config()
            return
        if beat.seq != self._heard.seq or not self._tracker.is_known:
            self._async_ask_later()
        if self._tracker.is_known:
            sink.sweep((), None if beat.sweep_ms is None else beat.sweep_ms / 1e3)

    @callback
    def _async_end_past(self, _now: object = None) -> None:
        """Pass on what happened before the state that was told last."""
        past, self._past = self._past, None
        if (cancel := self._cancels.pop("past", None)) is not None:
            cancel()
        if past is None or self._sink is None:
            return
        clock = self._heard.clock
        known = [one for one in past if one.bay_id in self._tracker]
        arrivals = self._arrivals(known)
        observations = [one.observation(clock.at(one.up_ms)) for one in known]
        since, may_repeat = clock.at(self._past_since_ms), not self._heard.is_followed
        self._heard.is_followed = True
        self._sink.past(
            Past(observations, since, 0 if may_repeat else arrivals, may_repeat=may_repeat)
        )

    def _arrivals(self, past: Iterable[Belief]) -> int:
        """Return how many vehicles came that the state of all bays does not show."""
        stands = dict(self._before)
        came = 0
        for one in past:
            if one.occupied is not None:
                came += one.occupied and stands.get(one.bay_id) is False
                stands[one.bay_id] = one.occupied
        now = self._tracker.last_known()
        shown = sum(now.get(bay_id, False) and not was for bay_id, was in self._before.items())
        return max(0, came - shown)

    # What happens a little later.

    @callback
    def _async_later(self, what: str, seconds: float, then: Callable[[object], None]) -> None:
        """Do something later, and once."""
        if what in self._cancels:
            return

        @callback
        def do(now: object) -> None:
            self._cancels.pop(what, None)
            then(now)

        self._cancels[what] = async_call_later(self.hass, seconds, do)

    @callback
    def _async_acknowledge_later(self) -> None:
        """Tell the node soon what has arrived."""
        self._async_later("ack", ACK_S, self._async_acknowledge)

    @callback
    def _async_acknowledge(self, _now: object) -> None:
        """Tell the node what has arrived."""
        self._async_run(self._async_tell_ack())

    async def _async_tell_ack(self) -> None:
        """Tell the node up to which change everything has arrived."""
        payload = Ack(self._heard.clock.run, self._heard.seq).to_payload()
        await self._hub.async_tell(self._name, Told.ACK, payload)

    @callback
    def _async_ask_later(self) -> None:
        """Ask for the state of all bays now, and not again for a while."""
        if "ask" not in self._cancels:
            self._async_run(self._async_ask_for_state())
            self._async_later("ask", ASK_S, lambda _now: None)

    @callback
    def _async_ask_if_unknown(self, _now: object) -> None:
        """Ask again for the state of all bays, when it has not come."""
        if not self._tracker.is_known:
            self._async_ask_later()
            self._async_later("known", ASK_S, self._async_ask_if_unknown)

    @callback
    def _async_mend_config(self) -> None:
        """Tell the node again what to measure, and not again for a while."""
        result = self._heard.result
        is_refused = result is not None and result.refusal is not None
        if "config" not in self._cancels and not is_refused:
            self._async_run(self._async_tell_config())
            self._async_later("config", ASK_S, lambda _now: None)

    @callback
    def _async_connection(self, connected: bool) -> None:
        """Wait for a broker that is gone; of one that is back, ask what was missed."""
        if connected:
            if (cancel := self._cancels.pop("broker", None)) is not None:
                cancel()
            self._async_later("missed", SUBSCRIBED_S, lambda _now: self._async_ask_later())
        else:
            self._async_later("broker", BROKER_GRACE_S, self._async_end_grace)

    @callback
    def _async_end_grace(self, _now: object) -> None:
        """Give up on a broker that stays away."""
        if self._sink is not None:
            self._sink.lost(Fault.NODE_SILENT, SourceError("mqtt_disconnected"))


def _node_field(announced: Iterable[Announcement]) -> SelectSelector:
    """Return a field for a node: any name, of which the form offers those that were heard."""
    options = [
        SelectOptionDict(
            value=one.name, label=f"{one.name} ({one.model})" if one.model else one.name
        )
        for one in sorted(announced, key=lambda one: one.name)
    ]
    return SelectSelector(SelectSelectorConfig(options=options, custom_value=True))


def _count_lines(node: RemoteNode | None, chip: str | None) -> int:
    """Return how many lines a chip of a node may have; None is the one behind the header."""
    announced = None if node is None else node.announcement
    chips = () if announced is None else announced.chips
    return next((one.lines for one in chips if chip in (one.label, one.path)), LINES_MAX)


@asynccontextmanager
async def _opened(hub: NodeHub) -> AsyncGenerator[None]:
    """Listen for the time of a block; raises `SourceError`."""
    await hub.async_open()
    try:
        yield
    finally:
        hub.async_close()


async def async_announced(hass: HomeAssistant) -> Mapping[str, Announcement]:
    """Return what nodes have announced, by name; none where there is no broker."""
    hub = get_hub(hass)
    try:
        async with _opened(hub):
            await hub.async_look(CHECK_INTERVAL_S)
            return {
                name: one.announcement
                for name, one in hub.announced().items()
                if one.announcement is not None
            }
    except SourceError:
        return {}
