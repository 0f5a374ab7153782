"""Coordinator of a lot: applies its nodes' observations to the lot, and notifies of the changes."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from functools import partial
from itertools import batched
import logging
import time
from types import MappingProxyType

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from .bay_entities import OF_BAYS, BayEntityPlan
from .clock import epoch_of, epoch_s
from .const import CONF_TEMPERATURE_ENTITY, SUBENTRY_GATE, SUBENTRY_NODE
from .data import SmartParkingConfigEntry
from .devices import (
    async_get_or_create_bay_device,
    async_get_or_create_level_device,
    async_get_or_create_lot_device,
    async_get_or_create_part_device,
    async_get_part_ids,
    async_move_bay_entities,
    async_remove_bay_entity,
    async_remove_part,
    async_remove_part_device,
    level_part_id,
)
from .fault_monitor import FaultMonitor
from .feature import Feature
from .listeners import KeyedListeners, Listeners, async_call, async_run
from .lot.lot import Changes, Lot
from .lot.model import Bay, Observation
from .lot.tracker import Calibration, Past
from .options import read_surroundings
from .slices import SLICE_S, in_slices
from .sources import SOURCES
from .sources.base import NodeConfig, UnusableSource
from .sources.bay_table import bay_of, gate_of
from .sources.node import Node
from .sources.thermometer import Thermometer
from .store import LotStore

_LOGGER = logging.getLogger(__name__)

type Follower = Callable[[Changes], None]
type Builder = Callable[[], Awaitable[None]]

# So many observations are taken in at once, as when a node begins or falls silent.
AT_ONCE = 200

LOT = "lot"
"""Key of the listeners for the lot's counts."""


class LotCoordinator:
    """One lot at work.

    Listeners are stored by key: a bay id, a node id, a gate id, or `LOT`. A step calls those whose
    bay, node, gate or counts changed, and no others. Followers are called once for all changes of a
    step. Features take part in stages: see `Feature`.
    """

    def __init__(self, hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
        """Initialize; nothing is loaded yet."""
        self.hass = hass
        self.entry = entry
        self.lot = Lot()
        self.nodes: dict[str, Node] = {}
        self.store = LotStore(hass, entry.entry_id)
        self._listeners = KeyedListeners[str]()
        self._features: list[Feature] = []
        self.monitor = FaultMonitor(hass, entry, self.lot, self.store)
        self._thermometer = Thermometer(hass, self._async_temperature)
        self._node_ids: dict[str, str] = {}
        self._at_work: dict[str, tuple[str, object]] = {}
        self._builders: list[Builder] = []
        self._followers = Listeners[Changes]()
        self._past_followers = Listeners[Node, Past]()
        self._failed: set[str] = set()
        """Names of what has failed in a step, and was logged."""
        self._reconciling = asyncio.Lock()
        self._is_reconcile_due = False
        """Whether a reconciliation waits for its turn; it will see all changes until then."""
        self._stopped = False
        self._waiting: deque[Observation] = deque()
        """What was observed of very many bays at once, and waits for its turn."""
        self._stepping: asyncio.Task[None] | None = None
        self.bay_entities = BayEntityPlan.from_options(entry.options)
        """Which bays have entities, for as long as the lot is loaded."""
        self._named_after = entry.title
        """What the lot is called in the names of its bays."""
        self._was_known = False

    @callback
    def async_attach(self, feature: Feature) -> None:
        """Call the stages of a feature from now on, after those of the features before it."""
        self._features.append(feature)

    # Set-up, changes and unloading.

    async def async_setup(self) -> None:
        """Load stored data, and build the bays and gates; nothing measures yet."""
        await self.store.async_load()
        for feature in self._features:
            await feature.async_load()
        self.lot.arrivals = self.store.arrivals
        await self._async_build()
        for feature in self._features:
            feature.async_restore()

    async def async_start(self) -> None:
        """Start to measure."""
        self._thermometer.async_follow(self.entry.data.get(CONF_TEMPERATURE_ENTITY))
        self.entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stopping)
        )
        await self._async_start_nodes(self.nodes.values())

    async def _async_start_nodes(self, nodes: Collection[Node]) -> None:
        """Start nodes, and log the problem of a node that cannot measure."""
        await asyncio.gather(*(node.async_start() for node in nodes))
        for node in nodes:
            if node.problem is not None and not self.is_idle:
                _LOGGER.warning("%s does not measure: %s", node.name, node.problem)

    @property
    def is_idle(self) -> bool:
        """Whether there are nodes, and none of them can measure."""
        return bool(self.nodes) and all(node.problem for node in self.nodes.values())

    async def async_stop(self) -> None:
        """Stop all nodes, and store what they have learnt."""
        self._thermometer.async_close()
        async with self._reconciling:
            self._stopped = True
            await asyncio.gather(*(self._async_stop_node(node) for node in self.nodes.values()))
        self._async_step_waiting(len(self._waiting))
        await self.store.async_save()
        for feature in self._features:
            await async_run(feature.async_stop, failed=self._failed)

    async def async_unload(self) -> None:
        """Stop, and clear all issues: a lot that is not loaded has none."""
        await self.async_stop()
        self.monitor.async_close()

    async def _async_stopping(self, _event: Event) -> None:
        """Stop when Home Assistant does."""
        await self.async_stop()

    async def async_reconcile(self) -> None:
        """Apply a changed configuration; nodes without a change continue undisturbed."""
        if self._is_reconcile_due:
            return
        self._is_reconcile_due = True
        async with self._reconciling:
            self._is_reconcile_due = False
            if self._stopped:
                return
            for node_id in [one for one in self.nodes if self._is_outdated(one)]:
                node = self.nodes.pop(node_id)
                await self._async_stop_node(node)
                self.monitor.async_remove_node(node_id)
                if node_id not in self.entry.subentries:
                    await async_run(partial(self._async_forget_node, node), failed=self._failed)
            fresh = await self._async_build()
            self._thermometer.async_follow(self.entry.data.get(CONF_TEMPERATURE_ENTITY))
            for build in self._builders:
                await async_run(build, failed=self._failed)
            async for key in in_slices(self._listeners.keys()):
                self._listeners.async_notify((key,))
            self.async_notify(Changes(layout=True))
            for feature in self._features:
                async_call(feature.async_rebuild, failed=self._failed)
            await self._async_start_nodes(fresh)

    @asynccontextmanager
    async def async_reconfiguring(self) -> AsyncGenerator[None]:
        """Return a context in which the configuration is changed, to be taken over as a whole.

        It ends when that is done.
        """
        async with self._reconciling:
            yield
        # Who was told of a change within the context has been waiting since, and goes first.
        async with self._reconciling:
            pass

    def is_configured(self, part_id: str) -> bool:
        """Return whether a node, gate or promotion is there: it may go while others are set up."""
        return part_id in self.entry.subentries

    def _is_outdated(self, subentry_id: str) -> bool:
        """Return whether the configuration of a subentry has changed since it was applied."""
        subentry = self.entry.subentries.get(subentry_id)
        return subentry is None or self._at_work.get(subentry_id) != _contents(subentry)

    async def _async_build(self) -> list[Node]:
        """Build the configured nodes, bays and gates; return the nodes that are new."""
        async_get_or_create_lot_device(self.hass, self.entry)
        nodes = self.entry.get_subentries_of_type(SUBENTRY_NODE)
        gates = self.entry.get_subentries_of_type(SUBENTRY_GATE)
        self._at_work = {one.subentry_id: _contents(one) for one in (*nodes, *gates)}
        new = [one for one in nodes if one.subentry_id not in self.nodes]
        fresh = [
            await self._async_make_node(one) for one in new if self.is_configured(one.subentry_id)
        ]
        rows = [row for node in self.nodes.values() for row in node.source.node.rows]
        bays = await self.hass.async_add_executor_job(lambda: [bay_of(row) for row in rows])
        gone = self._async_set_bays(bays)
        self.lot.set_surroundings(read_surroundings(self.entry.options))
        for gate in self.lot.gates:
            if gate.gate_id not in self._at_work:
                self.lot.remove_gate(gate.gate_id)
        for one in gates:
            if not self.is_configured(one.subentry_id):
                continue
            self.lot.set_gate(gate_of(one.subentry_id, one.title, one.data))
            async_get_or_create_part_device(self.hass, self.entry, one, "Gate")
        for feature in self._features:
            feature.async_configure()
        await self._async_compute_routes()
        for node in fresh:
            await self._async_restore_node_state(node)
        is_renamed, self._named_after = self._named_after != self.entry.title, self.entry.title
        for node in [*self.nodes.values()] if is_renamed else fresh:
            await self._async_place_bays(node)
        # What is moved is no longer at a device that goes.
        await self._async_remove_bays(gone)
        return fresh

    async def _async_place_bays(self, node: Node) -> None:
        """Create devices for the bays of a node, and move the entities that there are to them."""
        plan, levels = self.bay_entities, dict[str, str]()
        async for bay_id in in_slices(node.bay_ids):
            if not self.is_configured(node.node_id):
                return
            bay = self.lot[bay_id].bay
            for what in OF_BAYS:
                if not plan.has(bay, what):
                    async_remove_bay_entity(self.hass, self.entry, bay_id, what)
            if plan.has_devices:
                device_id = async_get_or_create_bay_device(
                    self.hass, self.entry, node.node_id, node.device_id, bay
                )
                async_move_bay_entities(self.hass, self.entry, bay_id, node.node_id, device_id)
                continue
            if plan.has_any(bay):
                if bay.level not in levels:
                    levels[bay.level] = async_get_or_create_level_device(
                        self.hass, self.entry, node.node_id, node.device_id, bay.level
                    )
                device_id = levels[bay.level]
                async_move_bay_entities(self.hass, self.entry, bay_id, node.node_id, device_id)
            async_remove_part_device(self.hass, self.entry, bay_id)

    @callback
    def _level_parts(self) -> set[str]:
        """Return the ids of the levels that have devices for their bays."""
        plan = self.bay_entities
        if plan.has_devices:
            return set()
        bays = [
            (node_id, self.lot[bay_id].bay)
            for node_id, node in self.nodes.items()
            for bay_id in node.bay_ids
        ]
        return {level_part_id(node_id, bay.level) for node_id, bay in bays if plan.has_any(bay)}

    async def _async_compute_routes(self) -> None:
        """Compute the routes before they are asked for: in a large lot this takes a while."""
        await self.hass.async_add_executor_job(self.lot.prepare)

    @callback
    def _async_set_bays(self, bays: Collection[Bay]) -> set[str]:
        """Set the bays of all nodes in the lot, and return what is no more: bays and devices."""
        gone = {status.bay.bay_id for status in self.lot}
        parts = async_get_part_ids(self.hass, self.entry)
        self.lot.set_bays(bays, epoch_s())
        self._node_ids = {
            bay_id: node.node_id for node in self.nodes.values() for bay_id in node.bay_ids
        }
        return (gone | parts).difference(self._level_parts(), (bay.bay_id for bay in bays))

    async def _async_remove_bays(self, bay_ids: Iterable[str]) -> None:
        """Remove what belongs to bays that are no more, and the devices that none has."""
        async for bay_id in in_slices(bay_ids):
            async_remove_part(self.hass, self.entry, bay_id)
            self.monitor.async_remove_bay(bay_id)
            self.store.async_forget(bay_id)

    async def _async_restore_node_state(self, node: Node) -> None:
        """Restore what is remembered of the bays of a new node; nothing measures them yet."""
        async for bay_id in in_slices(node.bay_ids):
            self.lot.set_out_of_service(
                bay_id, out=bay_id in self.store.out_of_service, at=epoch_s()
            )
            self.lot.remember(bay_id, occupied=self.store.occupied.get(bay_id))
        believed = node.tracker.begin(time.monotonic())
        async for some in in_slices(batched(believed, AT_ONCE, strict=False)):
            self.lot.apply(some, epoch_of)
        self.monitor.async_node_added(node, believed)

    async def _async_make_node(self, subentry: ConfigSubentry) -> Node:
        """Create a node, ready to be started."""
        config = NodeConfig.from_data(subentry.title, subentry.data)
        try:
            source = SOURCES[config.source](self.hass, config)
            empty = source.empty_distances()
        except Exception:
            # The lot works without the node, and its bays keep their data.
            _LOGGER.exception("%s cannot be used as it is written down", subentry.title)
            source = UnusableSource(self.hass, config)
            empty = source.empty_distances()
        source.set_temperature(self._thermometer.celsius)
        device = async_get_or_create_part_device(self.hass, self.entry, subentry, source.model)
        known = self.store.empty_distances(empty), self.store.far_distances(empty)
        occupied = {key: is_so for key, is_so in self.store.occupied.items() if key in empty}
        make = source.make_tracker
        tracker = await self.hass.async_add_executor_job(make, known[0], occupied, known[1])
        node = Node(
            self.hass,
            subentry.subentry_id,
            device.id,
            source,
            tracker,
            observed=self._async_observed,
            changed=self._async_node_changed,
            rewired=self._async_node_rewired,
            past=self._async_past,
        )
        self.nodes[node.node_id] = node
        return node

    async def _async_forget_node(self, node: Node) -> None:
        """Release what there is elsewhere of a node that has been deleted."""
        await node.source.async_forget(self.hass, node.source.node)

    async def _async_stop_node(self, node: Node) -> None:
        """Stop a node, and store what it has learnt."""
        await node.async_stop()
        self.store.async_learn(
            node.tracker.empty_distances(),
            node.tracker.far_distances(),
            node.source.empty_distances(),
        )

    # Steps.

    @callback
    def _async_observed(self, observations: Collection[Observation]) -> None:
        """Step the lot now, or one step after the other when very much was observed at once."""
        if not self._waiting and len(observations) <= AT_ONCE:
            self._async_step(observations)
            return
        self._waiting.extend(observations)
        if self._stepping is None or self._stepping.done():
            self._stepping = self.entry.async_create_background_task(
                self.hass, self._async_step_on(), "smart_parking steps"
            )

    async def _async_step_on(self) -> None:
        """Step the lot until nothing waits; in between, everything else has its turn."""
        while self._waiting:
            self._async_step_waiting(AT_ONCE)
            await asyncio.sleep(SLICE_S)

    @callback
    def _async_step_waiting(self, most: int) -> None:
        """Step the lot with what has waited for longest, of bays that are still there."""
        count = min(most, len(self._waiting))
        oldest = [self._waiting.popleft() for _ in range(count)]
        self._async_step([seen for seen in oldest if self.has_node_of(seen.bay_id)])

    @callback
    def _async_step(self, observations: Collection[Observation]) -> None:
        """Apply observations to the lot, and notify of the changes."""
        changes = self.lot.apply(observations, epoch_of)
        for seen in observations:
            _LOGGER.debug("%s", seen)
            if seen.occupied is not None:
                self.store.async_note(seen.bay_id, occupied=seen.occupied)
            node = self.node_of(seen.bay_id)
            async_call(self.monitor.async_bay_observed, node, seen, failed=self._failed)
        self.store.arrivals = self.lot.arrivals
        self._async_changed(changes)

    @callback
    def _async_changed(self, changes: Changes) -> None:
        """Pass the changes to the features, and notify of all that comes of it.

        A feature that fails does not stop the notification.
        """
        for feature in self._features:
            async_call(feature.async_adjust, changes, failed=self._failed)
        self.async_notify(changes)
        for feature in self._features:
            async_call(feature.async_report, failed=self._failed)

    @callback
    def async_notify(self, changes: Changes) -> None:
        """Notify the listeners, features and followers of changes."""
        self._listeners.async_notify(changes.bays)
        self._listeners.async_notify(changes.gates)
        if changes.counts:
            self._listeners.async_notify((LOT,))
            if self.lot.is_known is not self._was_known:
                self._was_known = self.lot.is_known
                self._listeners.async_notify([gate.gate_id for gate in self.lot.gates])
        if not changes:
            return
        for feature in self._features:
            async_call(feature.async_follow, changes, failed=self._failed)
        self._followers.async_notify(changes)

    @callback
    def async_notify_keys(self, keys: Iterable[str]) -> None:
        """Notify the listeners of some keys."""
        self._listeners.async_notify(keys)

    @callback
    def _async_node_changed(self, node: Node) -> None:
        """Notify the listeners of a node, and update its issues."""
        async_call(self.monitor.async_node_changed, node, failed=self._failed)
        self._listeners.async_notify((node.node_id,))

    @callback
    def _async_node_rewired(self, node: Node) -> None:
        """Store the wiring that a node's source has followed; the node continues undisturbed."""
        subentry = self.entry.subentries.get(node.node_id)
        if subentry is None:
            return
        data = MappingProxyType(node.source.node.to_data())
        self._at_work[node.node_id] = (subentry.title, data)
        self.hass.config_entries.async_update_subentry(self.entry, subentry, data=data)

    @callback
    def _async_past(self, node: Node, past: Past) -> None:
        """Take what happened while a node could not be heard: it is counted, and starts nothing."""
        self.lot.arrivals += past.arrivals
        self.store.arrivals = self.lot.arrivals
        self._past_followers.async_notify(node, past)
        if past.arrivals:
            self._listeners.async_notify((LOT,))

    @callback
    def _async_temperature(self, celsius: float) -> None:
        """Set the temperature of the air for all nodes."""
        for node in self.nodes.values():
            node.source.set_temperature(celsius)

    # For entities and actions.

    def node_of(self, bay_id: str) -> Node:
        """Return the node that measures a bay."""
        return self.nodes[self._node_ids[bay_id]]

    def has_node_of(self, bay_id: str) -> bool:
        """Return whether a node measures a bay; none does while it is exchanged."""
        return self._node_ids.get(bay_id) in self.nodes

    @callback
    def async_follow(self, follower: Follower) -> CALLBACK_TYPE:
        """Call a follower with all changes of the lot; return a function that removes it."""
        return self._followers.async_add(follower)

    @callback
    def async_follow_past(self, follower: Callable[[Node, Past], None]) -> CALLBACK_TYPE:
        """Call a follower with what happened while nodes could not be heard."""
        return self._past_followers.async_add(follower)

    @callback
    def async_listen(self, key: str, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener on changes of a key; return a function that removes it."""
        return self._listeners.async_add(key, listener)

    async def async_build(self, build: Builder) -> None:
        """Run a builder of entities now, and again whenever the configuration changes."""
        await build()
        self._builders.append(build)

    @callback
    def async_set_out_of_service(self, bay_id: str, *, out: bool) -> None:
        """Take a bay out of service, or back."""
        changes = self.lot.set_out_of_service(bay_id, out=out, at=epoch_s())
        self.store.async_set_out_of_service(bay_id, out=out)
        self._async_changed(changes)

    async def async_calibrate(self, node: Node, bay_ids: Collection[str]) -> dict[str, Calibration]:
        """Calibrate the empty distances of bays of a node."""
        found = await node.async_calibrate(bay_ids)
        self._async_learn(node, found.values())
        return found

    @callback
    def async_set_empty_distance(self, bay_id: str, empty_m: float) -> None:
        """Set the distance of an empty bay, in metres."""
        node = self.node_of(bay_id)
        self._async_learn(node, [node.tracker.learn(Calibration(bay_id, empty_m))])

    @callback
    def _async_learn(self, node: Node, found: Iterable[Calibration]) -> None:
        """Store the empty distances of calibrations."""
        found = [one for one in found if one.empty_m is not None]
        self.store.async_calibrate(found, node.source.empty_distances())


def _contents(subentry: ConfigSubentry) -> tuple[str, object]:
    """Return the parts of a subentry that make a change."""
    return subentry.title, subentry.data
