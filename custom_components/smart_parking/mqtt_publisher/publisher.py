"""One lot on MQTT: what the broker has retained of it is what it is now.

One task writes, so that nothing older comes after something newer. It says only what the broker
does not know yet; when the broker has been away it says everything again.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.json import json_bytes

from ..clock import epoch_s
from ..const import SUBENTRY_NODE
from ..coordinator import LotCoordinator
from ..lot.lot import Changes
from ..lot.model import Bay, Gate
from ..lot.publication import (
    BEAT_S,
    BEATS_MISSED,
    HEARTBEAT,
    LOT,
    OFFLINE,
    ONLINE,
    PLAN,
    STATUS,
    VERSION,
    PublishedPlan,
    Tally,
    as_time,
    bay_message,
    bay_topic,
    heartbeat_message,
    plan_message,
    topics_of,
)
from ..slices import in_slices
from ..sources.base import NodeConfig
from ..sources.bay_table import bay_of
from ..sources.mqtt.client import (
    async_publish,
    async_read_retained,
    async_watch_broker,
    keeps_expiry,
    mqtt_lacking,
)
from .options import CONF_LEFT, MqttPublisherOptions

_LOGGER = logging.getLogger(__name__)

# Changes that come so soon after one another are said together.
PACE_S: Final = 0.2
# So many messages are on their way at once.
AT_ONCE: Final = 20
# A broker that speaks MQTT 5 forgets a lot that is no more after a day; a lot that is there is said
# again before.
EXPIRES_S: Final = 86_400
REFRESH_S: Final = 43_200
# That a lot is there expires sooner: with the silence that its followers take for its end.
ALIVE_EXPIRES_S: Final = round(BEATS_MISSED * BEAT_S)
# Nobody waits longer for a broker when a lot is unloaded.
FAREWELL_S: Final = 5.0

_OF_THE_LOT: Final = (STATUS, HEARTBEAT, LOT, PLAN)


class LotMqttPublisher:
    """Publishes one lot, while its owner wants that."""

    def __init__(self, coordinator: LotCoordinator) -> None:
        """Initialize; nothing is published yet."""
        self.options = MqttPublisherOptions()
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._entry = coordinator.entry
        self._lot = coordinator.lot
        self._is_open = False
        self._is_due = False
        """Whether there may be something to say."""
        self._task: asyncio.Task[None] | None = None
        self._unsubs: list[CALLBACK_TYPE] = []
        self._unwatch: CALLBACK_TYPE | None = None
        self._retained: dict[str, bytes] = {}
        """What the broker has of each topic below that of the lot, as far as it was said here."""
        self._bays: dict[str, None] = {}
        """Bays of which there may be something to say."""
        self._tally = Tally()
        self._is_new_layout = True
        self._is_checked = False
        """Whether it is known what earlier days have left below the topic."""
        self._is_online = False
        """Whether the broker has everything, and knows that it is so."""
        self._is_beat_due = False
        self._is_too_large = False
        """Whether the owner has been told that the plan is."""
        self._has_failed = False
        """Whether the owner has been told that it cannot be done."""
        self._refreshed_at = 0.0

    async def async_open(self) -> None:
        """Publish as the owner wants, as soon as the broker can be reached."""
        self.options = MqttPublisherOptions.from_entry(self._entry)
        self._unsubs = [
            self._entry.add_update_listener(self._async_updated),
            self._coordinator.async_follow(self._async_changed),
            async_track_time_interval(self._hass, self._async_beat, timedelta(seconds=BEAT_S)),
            self._hass.async_add_shutdown_job(HassJob(self._async_end)),
        ]
        self._is_open = True
        self._async_watch()

    async def async_close(self) -> None:
        """Publish nothing more; who follows the lot knows."""
        for unsub in self._unsubs:
            unsub()
        self._unsubs = []
        await self._async_end()

    async def _async_end(self) -> None:
        """End the work, and say that nothing will follow."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        if not self._is_open:
            return
        self._is_open = False
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self.options.topic is not None and mqtt_lacking(self._hass) is None:
            try:
                async with asyncio.timeout(FAREWELL_S):
                    await _async_put(self._hass, f"{self.options.topic}/{STATUS}", OFFLINE)
            except HomeAssistantError, TimeoutError:
                _LOGGER.debug("%s goes without a word", self._entry.title)

    # What happens.

    async def _async_updated(self, _hass: HomeAssistant, _entry: ConfigEntry) -> None:
        """Follow the options."""
        options = MqttPublisherOptions.from_entry(self._entry)
        if options.topic != self.options.topic:
            self._async_forget()
        self.options = options
        self._async_watch()

    @callback
    def _async_changed(self, changes: Changes) -> None:
        """Record what may have to be said."""
        if self.options.topic is None:
            return
        if changes.layout:
            self._is_new_layout = True
        else:
            self._bays |= dict.fromkeys(changes.bays)
        self._async_wake()

    @callback
    def _async_beat(self, _now: object) -> None:
        """Say that the lot is there; look for a broker that was not."""
        self._async_watch()

    @callback
    def _async_watch(self) -> None:
        """Watch the broker, and see whether there is anything to be said."""
        if self._unwatch is None:
            self._unwatch = async_watch_broker(self._hass, self._async_connected)
        self._is_beat_due = True
        self._async_wake()

    @callback
    def _async_connected(self) -> None:
        """Say everything again: the broker was away, and may have forgotten it."""
        self._async_forget()
        self._async_wake()

    @callback
    def _async_forget(self) -> None:
        """Record that it is not known what the broker has retained."""
        self._retained = {}
        self._is_new_layout, self._is_checked, self._is_online = True, False, False
        self._refreshed_at = self._hass.loop.time()

    # The work.

    @callback
    def _async_wake(self) -> None:
        """Say soon what there may be to say; there is one task for it, while there is any."""
        self._is_due = self._is_open and bool(self.options.topic or self.options.left)
        if self._is_due and (self._task is None or self._task.done()):
            self._task = self._hass.async_create_background_task(
                self._async_work(), f"smart_parking publishes {self._entry.title} on MQTT"
            )

    async def _async_work(self) -> None:
        """Say what there is to say, until there is nothing more."""
        while self._is_due:
            self._is_due = False
            try:
                await self._async_say()
            except HomeAssistantError as err:
                # The broker has just gone. When it is back, everything is said again.
                _LOGGER.debug("%s cannot be published: %s", self._entry.title, err)
                self._async_forget()
            except Exception:
                if not self._has_failed:
                    _LOGGER.exception("%s could not be published on MQTT", self._entry.title)
                self._has_failed = True
                self._async_forget()
            else:
                self._has_failed = False
            await asyncio.sleep(PACE_S)

    async def _async_say(self) -> None:
        """Say what the broker does not know yet."""
        if mqtt_lacking(self._hass) is not None:
            return
        await self._async_clear_left()
        if (topic := self.options.topic) is None:
            return
        if self._hass.loop.time() - self._refreshed_at > REFRESH_S:
            self._async_forget()
        # Whatever is forgotten from here on is said again in the next round.
        retained = self._retained
        batch = _Batch(self._hass, topic, retained)
        if self._is_new_layout:
            await self._async_say_layout(batch)
        bays, self._bays = self._bays, {}
        await self._async_say_bays(batch, bays)
        if not self._is_online or self._is_beat_due:
            self._is_beat_due = False
            heartbeat = json_bytes(heartbeat_message(epoch_s()))
            await _async_put(self._hass, f"{topic}/{HEARTBEAT}", heartbeat, ALIVE_EXPIRES_S)
            await _async_put(self._hass, f"{topic}/{STATUS}", ONLINE, ALIVE_EXPIRES_S)
            self._is_online = retained is self._retained

    async def _async_say_layout(self, batch: _Batch) -> None:
        """Say what the lot is made of, and clear what is said of what it has no longer."""
        self._is_new_layout = False
        bays = [status.bay for status in self._lot]
        plan, topics = await self._hass.async_add_executor_job(
            _layout, self._entry.title, bays, self._lot.gates
        )
        gone = batch.retained.keys() - topics
        if not self._is_checked:
            gone |= await _async_published(self._hass, batch.topic) - topics
            self._is_checked = batch.retained is self._retained
        async for one in in_slices(sorted(gone)):
            await batch.async_put(one, b"")
        if not plan and not self._is_too_large:
            _LOGGER.warning("The plan of %s is too large for MQTT", self._entry.title)
        self._is_too_large = not plan
        await batch.async_put(PLAN, plan)
        self._tally = Tally()
        self._bays = dict.fromkeys(bay.bay_id for bay in bays)

    async def _async_say_bays(self, batch: _Batch, bay_ids: Iterable[str]) -> None:
        """Say what bays are now, and what that makes of the groups in which they count."""
        groups = {LOT: None}
        async for bay_id in in_slices(bay_ids):
            if bay_id in self._lot:
                status = self._lot[bay_id]
                groups |= dict.fromkeys(self._tally.count(status.bay, status.state))
                await batch.async_put(bay_topic(status.bay.label), json_bytes(bay_message(status)))
        async for group in in_slices(groups):
            message = self._lot_message() if group == LOT else self._tally.message(group)
            at = {**message, "at": as_time(epoch_s())}
            await batch.async_put(group, json_bytes(message), json_bytes(at))
        await batch.async_flush()

    def _lot_message(self) -> dict[str, object]:
        """Return what is said of the lot as a whole."""
        lot = self._lot
        nearest = {gate.name: lot.nearest(gate.gate_id) for gate in lot.gates}
        return {
            "v": VERSION,
            "name": self._entry.title,
            **self._tally.numbers(LOT),
            "full": lot.is_full,
            "nearest": {gate: way and way.bay.label for gate, way in nearest.items()},
        }

    async def _async_clear_left(self) -> None:
        """Clear what is left of the lot below topics that it has no more."""
        if not (cleared := self.options.left):
            return
        for topic in cleared:
            await _async_clear(self._hass, self._entry, topic)
        # Meanwhile there may be more.
        left = {*MqttPublisherOptions.from_entry(self._entry).left}.difference(cleared)
        others = {key: value for key, value in self._entry.options.items() if key != CONF_LEFT}
        options = {**others, **({CONF_LEFT: sorted(left)} if left else {})}
        self._hass.config_entries.async_update_entry(self._entry, options=options)
        self.options = replace(self.options, left=tuple(sorted(left)))


def _layout(name: str, bays: Sequence[Bay], gates: Sequence[Gate]) -> tuple[bytes, set[str]]:
    """Return the plan of a lot, empty if it is too large, and all topics below that of the lot."""
    return plan_message(name, bays, gates) or b"", topics_of(bays).union(_OF_THE_LOT)


class _Batch:
    """What is said in one round, many messages at once."""

    def __init__(self, hass: HomeAssistant, topic: str, retained: dict[str, bytes]) -> None:
        """Initialize without a message; `retained` is what the broker has below the topic."""
        self.topic = topic
        self.retained = retained
        self._hass = hass
        self._waiting: list[tuple[str, bytes, bytes]] = []

    async def async_put(self, name: str, content: bytes, payload: bytes | None = None) -> None:
        """Say something, unless it has been said already; `payload` is what is sent for it."""
        if self.retained.get(name) != content:
            self._waiting.append((name, content, content if payload is None else payload))
        if len(self._waiting) >= AT_ONCE:
            await self.async_flush()

    async def async_flush(self) -> None:
        """Send what waits, and note what the broker has now."""
        waiting, self._waiting = self._waiting, []
        await asyncio.gather(
            *(
                _async_put(self._hass, f"{self.topic}/{name}", payload)
                for name, _, payload in waiting
            )
        )
        for name, content, _ in waiting:
            self.retained[name] = content
            if not content:
                del self.retained[name]


async def _async_put(
    hass: HomeAssistant, topic: str, payload: bytes, expires_s: int = EXPIRES_S
) -> None:
    """Make the broker retain a message, for so long if it knows of that."""
    is_limited = bool(payload) and keeps_expiry(hass)
    await async_publish(hass, topic, payload, expires_s if is_limited else None)


async def _async_published(hass: HomeAssistant, topic: str) -> set[str]:
    """Return what is published of a lot by what its plan says, below the lot's topic."""
    payload = await async_read_retained(hass, f"{topic}/{PLAN}")
    plan = None if payload is None else PublishedPlan.read(payload)
    return set() if plan is None else topics_of(plan.bays)


async def _async_clear(hass: HomeAssistant, entry: ConfigEntry, topic: str) -> None:
    """Make the broker forget a lot that was published below a topic."""
    nodes = entry.get_subentries_of_type(SUBENTRY_NODE)
    bays = [bay_of(row) for one in nodes for row in NodeConfig.from_data(one.title, one.data).rows]
    names = await _async_published(hass, topic)
    names |= topics_of(bays)
    batch = _Batch(hass, topic, dict.fromkeys(names | {*_OF_THE_LOT}, b"?"))
    # Who follows the lot learns first that it is gone, and then that there is nothing.
    await _async_put(hass, f"{topic}/{STATUS}", OFFLINE)
    async for name in in_slices(sorted(batch.retained)):
        await batch.async_put(name, b"")
    await batch.async_flush()


async def async_remove_from_mqtt(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Make the broker forget a lot that has been deleted."""
    options = MqttPublisherOptions.from_entry(entry)
    try:
        for topic in (*options.left, *filter(None, [options.topic])):
            if (lacking := mqtt_lacking(hass)) is not None:
                raise lacking
            await _async_clear(hass, entry, topic)
    except HomeAssistantError as err:
        _LOGGER.warning("%s could not be cleared on MQTT: %s", entry.title, err)
