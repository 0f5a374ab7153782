"""Monitor of faults: the owner gets an issue for a fault of a sensor that lasts."""

from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .bay_entities import ENTITIES_MAX, BayEntityKey
from .issues import TIMEOUT_S, Issue, IssueTracker
from .lot.lot import Lot
from .lot.model import Fault, Observation
from .sources.node import Node
from .sources.test_results import listed
from .store import LotStore

# What stands in a text in the place of bays where there are none.
NONE = "\N{EN DASH}"
# A bay that has never been seen empty may have a wrong empty distance.
NEVER_VACANT_S = 86_400.0
# Time until the next issue: a day after the owner wants to look, a week after they have looked.
CHECK_INTERVAL_S = 86_400.0
LOOKED_S = 7 * 86_400.0
LEFT_OUT = "left_out"


class FaultMonitor:
    """Monitors the nodes and bays of one lot, and raises issues for faults that last."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, lot: Lot, store: LotStore) -> None:
        """Initialize without nodes."""
        self._hass = hass
        self._entry = entry
        self._entry_id = entry_id = entry.entry_id
        self._lot = lot
        self._store = store
        self._issues = IssueTracker(hass, entry_id)
        self._unread: dict[str, CALLBACK_TYPE] = {}
        """Functions that cancel the check for unread bays, by node id."""
        self._left_out: dict[BayEntityKey, int] = {}

    @callback
    def async_close(self) -> None:
        """Remove all issues."""
        self._issues.async_remove_all()
        for node_id in list(self._unread):
            self._unread.pop(node_id)()

    @callback
    def async_set_left_out(self, what: BayEntityKey, count: int, bays: int) -> None:
        """Record how many entities of bays Home Assistant would not take."""
        self._left_out[what] = count
        total = sum(self._left_out.values())
        texts = {"count": str(total), "bays": str(bays), "limit": str(ENTITIES_MAX)}
        issue = Issue("too_many_entities", {**texts, **self._lot_name}, timeout_s=0.0)
        self._async_set(LEFT_OUT, total and issue)

    # Nodes.

    @callback
    def async_node_added(self, node: Node, believed: Iterable[Observation]) -> None:
        """Start to monitor a node; `believed` are the observations of its bays so far."""
        for seen in believed:
            if seen.occupied:
                self._async_follow_vehicle(node, seen)

        @callback
        def find_unread(_now: object) -> None:
            del self._unread[node.node_id]
            self._async_find_unread(node)

        self._unread[node.node_id] = async_call_later(self._hass, TIMEOUT_S, find_unread)

    @callback
    def async_remove_node(self, node_id: str) -> None:
        """Remove the issues of a node that is removed or replaced."""
        for key in (
            node_id,
            _missing(node_id),
            _batteries(node_id),
            _undecoded(node_id),
            _plan(node_id),
        ):
            self._issues.async_remove(key)
        if (cancel := self._unread.pop(node_id, None)) is not None:
            cancel()

    @callback
    def async_node_changed(self, node: Node) -> None:
        """Update the issues of a node: it does not measure, or parts are missing."""
        name = {"node": node.name, **self._lot_name}
        problem = node.problem
        self._async_set(
            node.node_id,
            problem and Issue(f"node_{problem.key}", {**name, **problem.placeholders}),
        )
        missing = ", ".join(node.source.missing())
        self._async_set(
            _missing(node.node_id),
            missing
            and Issue(
                "node_missing_entities",
                {**name, "entities": missing},
                data={"entry_id": self._entry_id, "node_id": node.node_id},
                timeout_s=0.0,
            ),
        )
        low = ", ".join(
            self._lot[bay_id].bay.label + ("" if percent is None else f" ({percent:.0f} %)")
            for bay_id, percent in node.source.low_batteries().items()
        )
        self._async_set(
            _batteries(node.node_id),
            low and Issue("node_low_batteries", {**name, "bays": low}, timeout_s=0.0),
        )

        undecoded = ", ".join(self._lot[bay_id].bay.label for bay_id in node.undecoded)
        self._async_set(
            _undecoded(node.node_id),
            undecoded and Issue("node_undecoded", {**name, "bays": undecoded}, timeout_s=0.0),
        )

        changes = {
            what: listed(labels) or NONE for what, labels in node.source.plan_changes().items()
        }
        self._async_set(
            _plan(node.node_id),
            changes
            and Issue(
                "node_plan_changed",
                {**name, **changes},
                data={"entry_id": self._entry_id, "node_id": node.node_id},
                timeout_s=0.0,
            ),
        )

    @callback
    def _async_find_unread(self, node: Node) -> None:
        """Raise an issue for bays that a working node has given no reading of so far."""
        if not node.source.measures:
            return
        for bay_id in node.bay_ids:
            if node.problem is None and self._lot[bay_id].fault is Fault.NO_READING:
                issue = Issue("bay_no_reading", self._label(bay_id), timeout_s=0.0)
                self._issues.async_raise(bay_id, issue)

    # Bays.

    @callback
    def async_bay_observed(self, node: Node, seen: Observation) -> None:
        """Update the issues of a bay: a fault that lasts, or a vehicle since the beginning."""
        # A node that is down has one issue, not one for each sensor; missing entities share one,
        # too.
        is_faulty = (
            seen.fault not in (None, Fault.MISSING)
            and node.problem is None
            and not node.source.is_told_elsewhere
        )
        self._async_set(seen.bay_id, is_faulty and self._issue_of(node, seen))
        if seen.occupied is False and seen.distance_m is not None:
            self._store.async_confirm_empty(seen.bay_id)
        self._async_follow_vehicle(node, seen)

    @callback
    def async_remove_bay(self, bay_id: str) -> None:
        """Remove the issues of a bay that is removed."""
        for key in (bay_id, _never_vacant(bay_id)):
            self._issues.async_remove(key)

    @callback
    def async_snooze(self, bay_id: str, seconds: float) -> None:
        """Snooze the issues of a bay's distances for a while."""
        for key in (bay_id, _never_vacant(bay_id)):
            self._issues.async_snooze(key, seconds)

    @callback
    def _async_follow_vehicle(self, node: Node, seen: Observation) -> None:
        """Update the issue of a bay that is occupied and has never been seen empty."""
        is_doubtful = seen.occupied and seen.bay_id not in self._store.confirmed
        measured_m = node.tracker.steady_m(seen.bay_id) if is_doubtful else None
        self._async_set(
            _never_vacant(seen.bay_id),
            measured_m
            and Issue(
                "bay_never_vacant",
                self._distances(node, seen.bay_id, measured_m),
                data=self._fix_data(seen.bay_id),
                timeout_s=NEVER_VACANT_S,
            ),
        )

    def _issue_of(self, node: Node, seen: Observation) -> Issue:
        """Return the issue of a fault that lasts."""
        measured_m = node.tracker.steady_m(seen.bay_id)
        fault = seen.fault
        if fault is Fault.MISCALIBRATED and measured_m is None:
            # The distance is no longer steady, so there is none to propose.
            fault = Fault.FLOOR_NOT_SEEN
        if fault is not Fault.MISCALIBRATED or measured_m is None:
            return Issue(f"bay_{fault}", self._label(seen.bay_id))
        texts = self._distances(node, seen.bay_id, measured_m)
        key = "bay_miscalibrated" if "written" in texts else "bay_uncalibrated"
        return Issue(key, texts, data=self._fix_data(seen.bay_id))

    def _label(self, bay_id: str) -> dict[str, str]:
        """Return the placeholder for a bay's label."""
        return {"bay": self._lot[bay_id].bay.label, **self._lot_name}

    @property
    def _lot_name(self) -> dict[str, str]:
        """What names the lot: others may have a bay, or a node, of the same name."""
        return {"lot": self._entry.title}

    def _distances(self, node: Node, bay_id: str, measured_m: float) -> dict[str, str]:
        """Return the placeholders for a bay's distances, in metres."""
        texts = {**self._label(bay_id), "measured": f"{measured_m:.2f}"}
        written_m = node.tracker.empty_distances().get(bay_id)
        return texts if written_m is None else {**texts, "written": f"{written_m:.2f}"}

    def _fix_data(self, bay_id: str) -> dict[str, str | int | float | None]:
        """Return the data that a repair of a bay needs."""
        return {"entry_id": self._entry_id, "bay_id": bay_id}

    @callback
    def _async_set(self, key: str, issue: Issue | object) -> None:
        """Raise an issue, or clear it when there is none."""
        if isinstance(issue, Issue):
            self._issues.async_raise(key, issue)
        else:
            self._issues.async_clear(key)


def _missing(node_id: str) -> str:
    """Return the key of the issue of a node's missing parts."""
    return f"{node_id}_missing"


def _batteries(node_id: str) -> str:
    """Return the key of the issue of a node's low batteries."""
    return f"{node_id}_batteries"


def _undecoded(node_id: str) -> str:
    """Return the key of the issue of a node's undecoded sensors."""
    return f"{node_id}_undecoded"


def _plan(node_id: str) -> str:
    """Return the key of what has changed where the bays of a node come from."""
    return f"{node_id}_plan"


def _never_vacant(bay_id: str) -> str:
    """Return the key of the issue of a bay that has never been seen empty."""
    return f"{bay_id}_never_vacant"
