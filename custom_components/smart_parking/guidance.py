"""The holds of a lot at work: their clock, their memory, and who is told what becomes of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
import secrets

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .const import EVENT
from .devices import async_have_lot
from .lot.happenings import Step, Told
from .lot.holds import Holds, Rules
from .lot.lot import Changes, Lot
from .lot.model import BayKind
from .lot.promises import Hold
from .memory import HoldMemory
from .options import LotOptions
from .way_address import way_image_path
from .words import words_for

ALL = ""
"""Who listens to this is told of every hold, else to the id of one."""

# A notification's picture is still looked at when the driver has come.
PICTURE_S = 30 * 60.0

type Witness = Callable[[Told], None]


class Guidance:
    """The holds of one lot."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        lot: Lot,
        publish: Callable[[Changes], None],
    ) -> None:
        """Keep bays of a lot; `publish` tells all whom a change concerns."""
        self.hass = hass
        self._entry = entry
        self._lot = lot
        self._publish = publish
        self._holds = Holds(lot)
        self._memory = HoldMemory(hass, entry.entry_id)
        self._witnesses: defaultdict[str, list[Witness]] = defaultdict(list)
        self._timer: CALLBACK_TYPE | None = None
        self._timed_for: float | None = None

    # Beginning and ending.

    async def async_load(self) -> None:
        """Read what was promised before."""
        self._remembered = await self._memory.async_load()

    @callback
    def async_restore(self) -> None:
        """Keep what was promised; the lot has its bays and gates now."""
        self._device_id = async_have_lot(self.hass, self._entry).id
        self._publish(self._holds.restore(self._remembered))
        self.async_rebuild()

    @callback
    def async_configure(self, options: LotOptions) -> None:
        """Go by an owner's rules from now on."""
        self._holds.rules = Rules(options.hold_s, options.speed_m_s, options.queue_max)

    @callback
    def async_rebuild(self) -> None:
        """Mind that the lot has other bays and gates."""
        self._async_take(self._holds.rebuild(_now()))

    async def async_stop(self) -> None:
        """Rest, and write down what is promised."""
        if self._timer is not None:
            self._timer()
        self._timer = self._timed_for = None
        await self._memory.async_save(self._holds.promises.all())

    # What is asked for.

    @property
    def queue_max(self) -> int:
        """How many drivers may wait."""
        return self._holds.rules.queue_max

    def get(self, hold_id: str) -> Hold | None:
        """Return the hold of an id."""
        return self._holds.promises.get(hold_id)

    def of_driver(self, driver: str) -> Hold | None:
        """Return what a driver has been promised."""
        return self._holds.promises.of_driver(driver)

    def of_bay(self, bay_id: str) -> Hold | None:
        """Return for whom a bay is kept, else whom it is promised to next."""
        promised = self._holds.promises.of_bay(bay_id)
        return self._holds.promises.keeper(bay_id) or min(
            promised, key=lambda hold: hold.starts, default=None
        )

    def all(self) -> Iterable[Hold]:
        """Return all holds, the oldest first."""
        return self._holds.promises.all()

    def place_in_queue(self, hold: Hold) -> int | None:
        """Return how many it takes until a waiting driver is served: 1 for the first."""
        return self._holds.place_in_queue(hold)

    @callback
    def async_guide(
        self,
        gate_id: str,
        kind: BayKind = BayKind.STANDARD,
        driver: str = "",
        length_s: float | None = None,
        *,
        asked_by: str = "",
    ) -> Hold:
        """Keep the nearest bay for a driver, or put them into the queue.

        `asked_by` is the user who asks, if there is an end to what is kept for one of them.

        Raises `HoldError` when the queue is full.
        """
        hold, step = self._holds.guide(
            _now(),
            _new_id(),
            gate_id=gate_id,
            kind=kind,
            driver=driver,
            length_s=length_s,
            asked_by=asked_by,
        )
        self._async_take(step)
        return hold

    @callback
    def async_reserve(
        self,
        gate_id: str,
        starts: float,
        until: float,
        *,
        bay_id: str | None = None,
        kind: BayKind = BayKind.STANDARD,
        driver: str = "",
        asked_by: str = "",
    ) -> Hold:
        """Promise a bay, or the best of a kind, for a time in seconds since the epoch.

        Raises `HoldError` when the times make no sense or no bay can be promised.
        """
        hold, step = self._holds.reserve(
            _now(),
            _new_id(),
            gate_id=gate_id,
            starts=starts,
            until=until,
            bay_id=bay_id,
            kind=kind,
            driver=driver,
            asked_by=asked_by,
        )
        self._async_take(step)
        return hold

    @callback
    def async_another(self, hold: Hold) -> None:
        """Send a driver to the next best bay, or raise `HoldError`."""
        self._async_take(self._holds.another(_now(), hold))

    @callback
    def async_release(self, hold: Hold) -> None:
        """Give a bay, a reservation or a place in the queue back."""
        self._async_take(self._holds.release(_now(), hold))

    @callback
    def async_extend(self, hold: Hold, extra_s: float) -> None:
        """Keep a bay longer, or raise `HoldError`."""
        self._async_take(self._holds.extend(_now(), hold, extra_s))

    @callback
    def async_confirm(self, hold: Hold, *, parked: bool) -> None:
        """Learn whether the driver has parked, or raise `HoldError`."""
        self._async_take(self._holds.confirm(_now(), hold, parked=parked))

    # What happens.

    @callback
    def async_follow(self, changes: Changes) -> list[Told]:
        """Mind that bays have changed; add what comes of it, and return what is to be told."""
        step = self._holds.follow(_now(), changes.bays)
        changes.add(step.changes)
        self._async_keep(step)
        return step.told

    @callback
    def async_tell(self, told: Iterable[Told]) -> None:
        """Tell what has happened to holds."""
        for one in told:
            self.hass.bus.async_fire(EVENT, self.report(one))
            for key in (one.hold.hold_id, ALL):
                for witness in list(self._witnesses.get(key, ())):
                    witness(one)

    @callback
    def async_listen(self, hold_id: str, witness: Witness) -> CALLBACK_TYPE:
        """Tell a witness what becomes of a hold, or of all, until the returned is called."""
        self._witnesses[hold_id].append(witness)

        @callback
        def stop_listening() -> None:
            self._witnesses[hold_id].remove(witness)
            if not self._witnesses[hold_id]:
                del self._witnesses[hold_id]

        return stop_listening

    @callback
    def _async_take(self, step: Step) -> None:
        """Let everybody know of a step."""
        if step.changes:
            self._publish(step.changes)
        self.async_tell(step.told)
        self._async_keep(step)

    @callback
    def _async_keep(self, step: Step) -> None:
        """Write down what is promised, and mind the time."""
        if step.told or step.changes:
            self._memory.async_changed(self._holds.promises.all)
        due = self._holds.next_due
        if due == self._timed_for:
            return
        if self._timer is not None:
            self._timer()
        self._timer, self._timed_for = None, due
        if due is not None:
            self._timer = async_track_point_in_utc_time(
                self.hass, self._async_due, dt_util.utc_from_timestamp(due)
            )

    @callback
    def _async_due(self, _now_utc: object) -> None:
        """Do what is due."""
        self._timer = self._timed_for = None
        self._async_take(self._holds.pass_time(_now()))

    # How it is told.

    def answer(self, hold: Hold, language: str | None = None) -> JsonObjectType:
        """Return what a driver is told of a hold."""
        gate = next((one for one in self._lot.gates if one.gate_id == hold.gate_id), None)
        return {
            "hold_id": hold.hold_id,
            "status": hold.status.value,
            "driver": hold.driver or None,
            "entry_id": self._entry.entry_id,
            "lot": self._entry.title,
            "gate": gate.name if gate else None,
            "kind": hold.kind.value,
            "from": _iso(hold.starts),
            "until": _iso(hold.until),
            "position": self.place_in_queue(hold),
            **self._bay(hold, language),
        }

    def _bay(self, hold: Hold, language: str | None) -> JsonObjectType:
        """Return what a driver is told of a bay and the way to it."""
        bay_id = hold.bay_id
        if bay_id is None or bay_id not in self._lot:
            return dict.fromkeys(_OF_BAY)
        bay = self._lot[bay_id].bay
        told: JsonObjectType = {
            **dict.fromkeys(_OF_BAY),
            "bay": bay.label,
            "bay_id": bay_id,
            "bay_kind": bay.kind.value,
            "level": bay.level,
            "x": bay.x,
            "y": bay.y,
        }
        if self._lot.has_gate(hold.gate_id):
            valid_s = max(hold.until - _now(), 0.0) + PICTURE_S
            told["image"] = way_image_path(self.hass, hold.hold_id, valid_s)
            directions = self._lot.directions(hold.gate_id, bay_id)
            told["distance"] = round(self._lot.distance_m(hold.gate_id, bay_id), 1)
            told["directions"] = words_for(self.hass, language).directions(directions)
        return told

    def report(self, told: Told, language: str | None = None) -> JsonObjectType:
        """Return what an event says of what has happened to a hold."""
        previous = told.previous_bay_id
        return {
            "type": told.happening.value,
            "device_id": self._device_id,
            **self.answer(told.hold, language),
            "reason": told.reason.value if told.reason else None,
            "previous_bay": self._lot[previous].bay.label
            if previous is not None and previous in self._lot
            else None,
        }


_OF_BAY = ("bay", "bay_id", "bay_kind", "level", "x", "y", "distance", "directions", "image")


def _now() -> float:
    """Return the time, in seconds since the epoch."""
    return dt_util.utcnow().timestamp()


def _new_id() -> str:
    """Return an id that nobody can guess: who knows it may speak for the hold."""
    return secrets.token_urlsafe(12)


def _iso(at: float) -> str:
    """Return a time as people and templates read it."""
    return dt_util.utc_from_timestamp(round(at)).isoformat()
