"""Another car park as sensors: what another Home Assistant publishes of its lot on MQTT."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf
import time
from typing import ClassVar, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, TextSelector
import voluptuous as vol

from ..const import (
    CONF_BAY_ID,
    CONF_HEADING,
    CONF_KIND,
    CONF_LABEL,
    CONF_LENGTH,
    CONF_LEVEL,
    CONF_WIDTH,
    CONF_X,
    CONF_Y,
    CONF_ZONE,
)
from ..lot.model import Bay, BayState, Fault, Reading
from ..lot.occupancy.reports import ReportOptions, Reports, StateReports
from ..lot.publication import (
    BAY,
    BEATS_MISSED,
    HEARTBEAT,
    LOT,
    OFFLINE,
    ONLINE,
    PLAN,
    STATUS,
    PublishedBay,
    PublishedPlan,
    read_bay,
    read_heartbeat,
    read_lot,
)
from .base import (
    BayOffer,
    Columns,
    FoundLot,
    NodeConfig,
    Row,
    Schema,
    Sink,
    SourceError,
    Value,
)
from .mqtt.client import (
    BROKER_GRACE_S,
    Heard,
    async_follow_connection,
    async_read_retained,
    async_subscribe,
    async_watch_broker,
    mqtt_lacking,
)
from .mqtt.settings import text_in
from .mqtt.topics import is_filter
from .pushed import PushedSource, check_each_once

CONF_BELOW = "below"
CONF_TOPIC = "topic"
CONF_LABEL_PREFIX = "label_prefix"
CONF_PLAN = "plan"
CONF_OTHER_BAY = "other_bay"

BELOW = "parking"
# How long one waits for what the broker has retained.
WAIT_S = 5.0
# So long a form looks for car parks before it says that there are none; others may still come.
CHECK_INTERVAL_S = 2.0
FOUND_MAX = 500
# Clocks of others may be so far ahead; what claims to be from later proves nothing.
AHEAD_MAX_S = 300.0


class OtherLotSource(PushedSource):
    """A node made of the bays of another lot, whoever measures them."""

    key = "other_lot"
    model = "Another car park"
    finds_bays: ClassVar = True
    found_settings: ClassVar = frozenset([CONF_TOPIC, CONF_LABEL_PREFIX, CONF_PLAN])
    device_fields: ClassVar = frozenset([CONF_OTHER_BAY])
    is_told_elsewhere: ClassVar = True

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Initialize; nothing is subscribed to yet."""
        super().__init__(hass, node)
        self._topic = text_in(node.settings, CONF_TOPIC)
        self._bays = {str(row[CONF_OTHER_BAY]): str(row[CONF_BAY_ID]) for row in node.rows}
        self._other = _Presence()
        self._plan_changes: Mapping[str, Sequence[str]] = {}
        self._topics: dict[str, str] = {}
        """Where each bay is told of, by its id there."""
        self._words: dict[str, Reading] = {}
        """What was said last of each bay, by its id here."""
        self._is_gone = False
        """Whether the other lot was not there when it was last looked for."""
        self._not_before = -inf
        """When it was last given up: what it says then is told of the time after that."""
        self._unsubs: list[CALLBACK_TYPE] = []
        self._cancel_silence: CALLBACK_TYPE | None = None

    # How an owner sets it up.

    @classmethod
    @override
    def settings_schema(cls) -> Schema:
        return {vol.Required(CONF_BELOW, default=BELOW): TextSelector()}

    @classmethod
    @override
    async def async_lacking(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> SourceError | None:
        return mqtt_lacking(hass)

    @classmethod
    @override
    def check_settings(cls, hass: HomeAssistant, settings: Mapping[str, Value]) -> None:
        below = text_in(settings, CONF_BELOW)
        if not (below and is_filter(f"{below}/+")) or set("+#") & set(below):
            raise SourceError("bad_below", {"topic": below})

    @classmethod
    @override
    async def async_offer(
        cls, hass: HomeAssistant, settings: Mapping[str, Value]
    ) -> BayOffer | None:
        if mqtt_lacking(hass) is not None:
            # The form can be filled in all the same; its test says what is lacking.
            return None
        offer = PublishedLots(hass, text_in(settings, CONF_BELOW))
        await offer.async_open(text_in(settings, CONF_TOPIC))
        return offer

    @classmethod
    @override
    def wiring_of(cls, device: str) -> Row:
        return {CONF_OTHER_BAY: device}

    @classmethod
    @override
    def columns(cls) -> Columns:
        field = SelectSelector(SelectSelectorConfig(options=[], custom_value=True))
        return {CONF_OTHER_BAY: {"selector": field, "required": True}}

    @classmethod
    @override
    def check(cls, hass: HomeAssistant, node: NodeConfig) -> None:
        def senders() -> Iterator[tuple[str, str, str]]:
            for row in node.rows:
                other, label = str(row.get(CONF_OTHER_BAY) or "").strip(), str(row[CONF_LABEL])
                if not other:
                    raise SourceError("other_bay_needed", {"label": label})
                yield other, other, label

        check_each_once(senders(), "device_twice", "device")

    @classmethod
    @override
    def _measures(cls, node: NodeConfig, row: Row) -> bool:
        return False

    @override
    async def async_probe(self) -> Mapping[str, Reading]:
        # The node itself may be at work, and goes on undisturbed.
        asked = OtherLotSource(self.hass, self.node)
        try:
            await asked._async_listen()
            await asked._async_hear(lambda: len(asked._words) == len(asked._bays))
        finally:
            asked._async_unsubscribe()
        return asked._words

    # At work.

    @property
    @override
    def _options(self) -> ReportOptions:
        # The other lot has waited already until it believed its sensors.
        return ReportOptions(on_after_s=0.0, off_after_s=0.0)

    @override
    async def async_start(self, sink: Sink) -> None:
        if (lacking := mqtt_lacking(self.hass)) is not None:
            raise lacking
        if self._is_gone:
            raise self._offline
        self._words = {}
        await self._async_listen()
        try:
            await self._async_hear(lambda: True)
        except SourceError:
            self._is_gone = True
            raise
        await super().async_start(sink)
        sink.changed()
        self._async_listen_for_silence()

    @property
    def _offline(self) -> SourceError:
        """What is said while the other lot is not there."""
        return SourceError("other_lot_offline", {"topic": self._topic})

    async def _async_listen(self) -> None:
        """Subscribe to all that is said of the other lot, at once."""
        if (lacking := mqtt_lacking(self.hass)) is not None:
            raise lacking
        self._unsubs = [
            async_follow_connection(self.hass, self._async_connection),
            await async_subscribe(self.hass, f"{self._topic}/#", self._async_message),
        ]

    async def _async_hear(self, is_enough: Callable[[], bool]) -> None:
        """Wait until the other lot is there and has said enough, for as long as that may take.

        Raises `SourceError` when it is not there.
        """
        try:
            async with asyncio.timeout(WAIT_S):
                while not (self._other.is_offline or (self._other.is_there and is_enough())):
                    self._other.news.clear()
                    await self._other.news.wait()
        except TimeoutError:
            pass
        if not self._other.is_there:
            raise self._offline

    @override
    def _make_reports(self, options: ReportOptions) -> Iterable[Reports]:
        for bay_id in self._bays.values():
            yield StateReports(bay_id, options)

    @override
    def _async_subscribe(self) -> list[Reading]:
        return sorted(self._words.values(), key=lambda reading: reading.at)

    @override
    def _async_unsubscribe(self) -> None:
        while self._unsubs:
            self._unsubs.pop()()
        if self._cancel_silence is not None:
            self._cancel_silence()
            self._cancel_silence = None

    @callback
    @override
    def async_watch_ready(self, ready: CALLBACK_TYPE) -> CALLBACK_TYPE | None:
        if not self._is_gone or mqtt_lacking(self.hass) is not None:
            return async_watch_broker(self.hass, ready)
        unsubs: list[CALLBACK_TYPE] = []

        @callback
        def end() -> None:
            while unsubs:
                unsubs.pop()()

        @callback
        def hear(heard: Heard) -> None:
            self._other.hear(heard.topic.removeprefix(f"{self._topic}/"), heard)
            if self._other.is_there and self._is_gone:
                self._is_gone = False
                ready()

        async def watch() -> None:
            # Not its bays: there may be thousands, and nothing of them counts.
            unsubs.append(await async_subscribe(self.hass, f"{self._topic}/+", hear))

        self.hass.async_create_task(watch(), eager_start=True)
        return end

    @override
    def plan_changes(self) -> Mapping[str, Sequence[str]]:
        return self._plan_changes

    # What is heard.

    @callback
    def _async_message(self, heard: Heard) -> None:
        """Take a message of the other lot."""
        name = heard.topic.removeprefix(f"{self._topic}/")
        if name.startswith(f"{BAY}/"):
            self._async_bay(name, heard.payload)
        elif name == PLAN:
            self._async_plan(heard.payload)
        elif self._other.hear(name, heard) and self._other.is_offline:
            self._async_give_up()

    @callback
    def _async_bay(self, name: str, payload: bytes) -> None:
        """Take what is said of a bay; who says nothing more has taken it away."""
        if not payload:
            gone = [one for one, topic in self._topics.items() if topic == name]
            for other in gone:
                bay_id = self._bays[other]
                self._say(Reading(bay_id, self._at(bay_id, None), fault=Fault.MISSING))
        elif (said := read_bay(payload)) is not None and said.bay_id in self._bays:
            self._topics[said.bay_id] = name
            bay_id = self._bays[said.bay_id]
            self._say(reading_of(bay_id, self._at(bay_id, said), said.state))

    def _at(self, bay_id: str, said: PublishedBay | None) -> float:
        """Return the time of what is said, on the monotonic clock; never before what was before."""
        before = self._words.get(bay_id)
        earliest = self._not_before if before is None else max(self._not_before, before.at)
        now = time.monotonic()
        if said is None or said.since is None:
            return max(earliest, now)
        return max(earliest, now - max(0.0, time.time() - said.since))

    def _say(self, reading: Reading) -> None:
        """Take over what is said of a bay; it is passed on if the node is at work."""
        self._words[reading.bay_id] = reading
        self._other.news.set()
        self.async_report(reading)

    @callback
    def _async_plan(self, payload: bytes) -> None:
        """Take what the other lot is made of; one that is not understood tells nothing new."""
        if (plan := PublishedPlan.read(payload)) is None:
            return
        is_known = plan.tag == self.node.settings.get(CONF_PLAN)
        self._plan_changes = {} if is_known else changes_of(plan, self.node)
        if self.sink is not None:
            self.sink.changed()

    @callback
    def _async_connection(self, connected: bool) -> None:
        """Wait a little for a broker that is gone, or for what is said on one that is back."""
        until = time.monotonic() + BROKER_GRACE_S
        wait = max if connected else min
        self._other.there_until = wait(self._other.there_until, until)
        self._async_listen_for_silence()

    @callback
    def _async_listen_for_silence(self) -> None:
        """Come back when the other lot could have been silent for too long."""
        if self._cancel_silence is not None:
            self._cancel_silence()
            self._cancel_silence = None
        delay_s = max(0.0, self._other.there_until - time.monotonic())
        self._cancel_silence = async_call_later(self.hass, delay_s, self._async_silent)

    @callback
    def _async_silent(self, _now: object) -> None:
        """Give the other lot up, unless it has been heard of meanwhile."""
        self._cancel_silence = None
        if self._other.is_there:
            self._async_listen_for_silence()
        else:
            self._async_give_up()

    @callback
    def _async_give_up(self) -> None:
        """Record that nothing is known of the other lot any more."""
        if self.sink is not None:
            self._is_gone, self._other = True, _Presence()
            self._not_before = time.monotonic()
            self.sink.lost(Fault.NODE_SILENT)


class _Presence:
    """Whether another lot is there: it says so again and again, and that it goes."""

    def __init__(self) -> None:
        """Initialize with nothing heard."""
        self.there_until = -inf
        """Until when it is believed to be there, on the monotonic clock."""
        self.is_offline = False
        self.news = asyncio.Event()
        self._is_online = False

    @property
    def is_there(self) -> bool:
        """Whether it has said that it is there, not too long ago."""
        return self._is_online and time.monotonic() < self.there_until

    def hear(self, name: str, heard: Heard) -> bool:
        """Take a message, by its topic below that of the lot; return whether it tells of this."""
        if name == STATUS:
            self._is_online, self.is_offline = heard.payload == ONLINE, heard.payload == OFFLINE
        elif name == HEARTBEAT and (beat := read_heartbeat(heard.payload)) is not None:
            at, every_s = beat
            # What the broker has retained is as old as it says.
            age_s = time.time() - at if heard.retained else 0.0
            if age_s > -AHEAD_MAX_S:
                left_s = BEATS_MISSED * every_s - max(0.0, age_s)
                self.there_until = max(self.there_until, time.monotonic() + left_s)
        else:
            return False
        self.news.set()
        return True


def reading_of(bay_id: str, at: float, state: BayState) -> Reading:
    """Return what the state of a bay there means for it here.

    What is held there is nobody else's; what is closed or unknown there is unknown here.
    """
    if state in (BayState.UNKNOWN, BayState.OUT_OF_SERVICE):
        return Reading(bay_id, at, fault=Fault.UNAVAILABLE)
    return Reading(bay_id, at, occupied=state is not BayState.VACANT)


def row_of(bay: Bay, prefix: str) -> Row:
    """Return a bay of another lot as it is written down here."""
    cells: Row = {
        CONF_LABEL: f"{prefix}{bay.label}",
        CONF_KIND: bay.kind.value,
        CONF_LEVEL: f"{prefix}{bay.level}" if bay.level else prefix.rstrip(" -_/."),
        CONF_ZONE: f"{prefix}{bay.zone}" if bay.zone else "",
        CONF_X: bay.x,
        CONF_Y: bay.y,
        CONF_HEADING: bay.heading,
        CONF_WIDTH: bay.width,
        CONF_LENGTH: bay.length,
        CONF_OTHER_BAY: bay.bay_id,
    }
    return {key: cell for key, cell in cells.items() if cell not in (None, "")}


def changes_of(plan: PublishedPlan, node: NodeConfig) -> Mapping[str, Sequence[str]]:
    """Return in what a plan differs from what is written down of it here, as labels of bays."""
    prefix = text_in(node.settings, CONF_LABEL_PREFIX)
    here = {str(row[CONF_OTHER_BAY]): row for row in node.rows}
    there = {bay.bay_id: row_of(bay, prefix) for bay in plan.bays}
    changes = {
        "new": [row for other, row in there.items() if other not in here],
        "gone": [row for other, row in here.items() if other not in there],
        "changed": [row for other, row in here.items() if _differs(there.get(other, row), row)],
    }
    if not any(changes.values()):
        return {}
    return {what: [str(row[CONF_LABEL]) for row in rows] for what, rows in changes.items()}


def _differs(wanted: Row, row: Row) -> bool:
    """Return whether a bay is not written down as it is published."""
    return any(wanted.get(key) != row.get(key) for key in (*wanted, *row) if key != CONF_BAY_ID)


class PublishedLots(BayOffer):
    """Listens while a form is open, and says which car parks are published below a topic."""

    def __init__(self, hass: HomeAssistant, below: str) -> None:
        """Initialize; nothing is subscribed to yet."""
        self._hass = hass
        self._below = below
        self._lots: dict[str, FoundLot] = {}
        self._plan: PublishedPlan | None = None
        self._found = asyncio.Event()
        self._unsubs: list[CALLBACK_TYPE] = []

    async def async_open(self, topic: str) -> None:
        """Start to look for car parks; `topic` is the one that has been chosen before, if any."""
        self._unsubs = [
            await async_subscribe(self._hass, one, self._async_hear)
            for one in (f"{self._below}/{LOT}", f"{self._below}/+/{LOT}")
        ]
        if topic:
            await self.async_choose(topic)

    @override
    async def async_lots(self) -> Sequence[FoundLot]:
        try:
            async with asyncio.timeout(CHECK_INTERVAL_S):
                await self._found.wait()
        except TimeoutError:
            pass
        return sorted(self._lots.values(), key=lambda one: one.name.casefold())

    @callback
    def _async_hear(self, heard: Heard) -> None:
        """Take what is said of a car park as a whole."""
        topic = heard.topic.removesuffix(f"/{LOT}")
        if (said := read_lot(heard.payload)) is None:
            self._lots.pop(topic, None)
        elif topic in self._lots or len(self._lots) < FOUND_MAX:
            self._lots[topic] = FoundLot(topic, said.name, said.total, said.free)
            self._found.set()

    @override
    async def async_choose(self, topic: str) -> bool:
        payload = await async_read_retained(self._hass, f"{topic}/{PLAN}")
        self._plan = None if payload is None else PublishedPlan.read(payload)
        return self._plan is not None

    @override
    def name(self) -> str:
        return "" if self._plan is None else self._plan.name

    @override
    def settings(self, topic: str, prefix: str) -> Mapping[str, Value]:
        tag = "" if self._plan is None else self._plan.tag
        return {CONF_TOPIC: topic, CONF_LABEL_PREFIX: prefix, CONF_PLAN: tag}

    @override
    def rows(self, prefix: str, before: Sequence[Row]) -> list[Row]:
        known = {row[CONF_OTHER_BAY]: row[CONF_BAY_ID] for row in before}
        rows = [row_of(bay, prefix) for bay in (self._plan.bays if self._plan else ())]
        return [
            {**row, CONF_BAY_ID: known[row[CONF_OTHER_BAY]]}
            if row[CONF_OTHER_BAY] in known
            else row
            for row in rows
        ]

    @override
    def devices(self) -> Mapping[str, str]:
        return {bay.bay_id: bay.label for bay in (self._plan.bays if self._plan else ())}

    @override
    def close(self) -> None:
        while self._unsubs:
            self._unsubs.pop()()
