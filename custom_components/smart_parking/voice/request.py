"""Requests in words: by voice, in a chat, through a model.

Names, kinds and times come as people say them, in the language of the request.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..clock import epoch_s
from ..const import DOMAIN
from ..data import SmartParkingConfigEntry, SmartParkingData
from ..guidance.services import MINUTES_MAX, MINUTES_MIN
from ..lot.labels import name_key
from ..lot.model import BayKind, Gate
from ..permissions import Caller
from ..texts import DriverTexts, get_texts
from .times import BETWEEN, read_names, read_time

PERSON = "person"


class NotUnderstoodError(Exception):
    """A request is ambiguous or impossible; `key` and `values` give the reason in words."""

    def __init__(self, key: str, **values: object) -> None:
        """Initialize with the key of the reason."""
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, as it was said; None for what was not said."""

    lot: str | None = None
    gate: str | None = None
    kind: str | None = None
    minutes: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """The person or device that asks."""

    user: User | None
    """None for a device that does not identify the speaker."""
    driver: str
    """The driver's name of their holds; empty for a requester who cannot be recognized."""
    lots: Sequence[SmartParkingData]
    """The lots that they may ask about."""
    texts: DriverTexts

    @property
    def caller(self) -> Caller:
        """The caller whose permissions apply."""
        return Caller(self.user)

    def lot(self, request: Request) -> SmartParkingData:
        """Return the lot of a request; without a name, the only lot.

        Raises `NotUnderstoodError` when it is ambiguous.
        """
        if not self.lots:
            raise NotUnderstoodError("no_lot")
        lots = self.texts.listed(lot.entry.title for lot in self.lots)
        found = self.lots
        if request.lot is not None:
            found = _called(request.lot, self.lots, lambda lot: lot.entry.title)
        if not found:
            raise NotUnderstoodError("unknown_lot", lot=request.lot, lots=lots)
        if len(found) > 1:
            raise NotUnderstoodError("which_lot", lots=lots)
        return found[0]

    def gate(self, request: Request, lot: SmartParkingData) -> Gate:
        """Return the gate of a request; without a name, the first gate.

        Raises `NotUnderstoodError` when there is no such gate.
        """
        gates = lot.lot.gates
        if not gates:
            raise NotUnderstoodError("no_gate", lot=lot.entry.title)
        if request.gate is None:
            return gates[0]
        found = _called(request.gate, gates, lambda gate: gate.name)
        if len(found) != 1:
            names = self.texts.listed(gate.name for gate in gates)
            raise NotUnderstoodError("unknown_gate", gate=request.gate, gates=names)
        return found[0]

    def kind(self, request: Request) -> BayKind | None:
        """Return the kind of a request, or None without one.

        Raises `NotUnderstoodError` when there is no such kind.
        """
        if request.kind is None:
            return None
        spoken = request.kind.casefold().split()
        kinds: list[BayKind | None] = [*BayKind, None]
        for kind in kinds:
            name = kind or "any"
            stems = (name, *self.texts.texts[f"heard_{name}"].split(BETWEEN))
            if any(word.startswith(stems) for word in spoken):
                return kind
        raise NotUnderstoodError("unknown_kind", kind=request.kind)

    def seconds(self, request: Request) -> float | None:
        """Return the duration of a hold, or None without one.

        Raises `NotUnderstoodError` when it is invalid.
        """
        if request.minutes is None:
            return None
        spoken = request.minutes.strip().casefold()
        known = dict(read_names(self.texts.texts["heard_minutes"]))
        minutes = 0.0
        # "ten", "half an hour", "10", "10 minutes".
        for said in (spoken, spoken.rpartition(" ")[0]):
            with suppress(ValueError):
                minutes = minutes or float(known.get(said, said).replace(",", "."))
        if not MINUTES_MIN <= minutes <= MINUTES_MAX:
            raise NotUnderstoodError("unknown_minutes", most=MINUTES_MAX)
        return minutes * 60.0

    def moment(self, request: Request) -> float:
        """Return the time that is asked about, in seconds since the epoch.

        Raises `NotUnderstoodError` when none was said, or none that makes sense.
        """
        if request.time is None and (seconds := self.seconds(request)) is not None:
            return epoch_s() + seconds
        said = None
        if request.time is not None:
            said = read_time(request.time, self.texts.texts, dt_util.now())
        if said is None:
            raise NotUnderstoodError("unknown_time")
        return said.timestamp()


def _called[ThingT](
    spoken: str, things: Sequence[ThingT], name: Callable[[ThingT], str]
) -> Sequence[ThingT]:
    """Return the things whose name fits: exactly, else with words left out or added."""
    wanted = name_key(spoken)
    names = [(name_key(name(thing)), thing) for thing in things]
    exactly = [thing for one, thing in names if one == wanted]
    return exactly or [thing for one, thing in names if wanted in one or one in wanted]


async def async_get_requester(
    hass: HomeAssistant,
    *,
    user_id: str | None,
    device_id: str | None,
    language: str | None,
    lots: Sequence[SmartParkingData] | None = None,
) -> Requester:
    """Return the requester; of `lots`, if given, only those that they may see are theirs.

    Raises `UnknownUser` when there is no such user.
    """
    caller = await Caller.of(hass, Context(user_id=user_id))
    if lots is None:
        lots = loaded_lots(hass)
    return Requester(
        user=caller.user,
        driver=_driver(hass, caller.user, device_id),
        lots=[lot for lot in lots if caller.may_read(lot.coordinator)],
        texts=get_texts(hass, language),
    )


@callback
def loaded_lots(hass: HomeAssistant) -> list[SmartParkingData]:
    """Return all loaded lots."""
    entries: list[SmartParkingConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data for entry in entries]


def _driver(hass: HomeAssistant, user: User | None, device_id: str | None) -> str:
    """Return the driver's name for holds: of a person, as in automations, a user, or a device."""
    if user is None:
        return f"voice:{device_id}" if device_id else ""
    for person in hass.states.async_all(PERSON):
        if person.attributes.get("user_id") == user.id:
            return person.entity_id
    return f"user:{user.id}"
