"""What is answered to who asks in words: a sentence, and the same as data.

Intents, tools for language models and the action `answer` say who asks what; all take the answer
from here.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from homeassistant.core import callback
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .data import SmartParkingData
from .lot.happenings import HoldError
from .lot.model import BayKind, BayState
from .lot.promises import Hold, HoldStatus
from .wishes import Asker, NotUnderstoodError, Wish

# A bay on the way is spoken of by these; who knows a hold's id may speak for it, so it stays here.
_TOLD = ("lot", "gate", "kind", "status", "until", "position")
_TOLD_OF_BAY = ("bay", "bay_kind", "level", "distance", "directions")


class Question(StrEnum):
    """What can be asked."""

    FIND_BAY = "find_bay"
    COUNT_FREE = "count_free"
    HOLD_BAY = "hold_bay"
    RELEASE_BAY = "release_bay"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered."""

    speech: str
    data: JsonObjectType
    problem: str | None = None
    """Why there is no better answer."""


async def async_answer(question: Question, asker: Asker, wish: Wish) -> Answer:
    """Answer a question when what was asked for is done, and on disk."""
    answered = answer(question, asker, wish)
    for lot in asker.lots:
        await lot.guidance.async_store()
    return answered


@callback
def answer(question: Question, asker: Asker, wish: Wish) -> Answer:
    """Answer a question, and do what is asked."""
    try:
        return _ANSWERS[question](asker, wish)
    except NotUnderstoodError as err:
        key, values = err.key, err.values
    except HoldError as err:
        key, values = err.key, dict(err.placeholders)
    return Answer(asker.words.text(f"problem_{key}", **values), {}, key)


def _find_bay(asker: Asker, wish: Wish) -> Answer:
    """Tell the nearest free bay, or the one that is kept for them already."""
    lot = asker.lot(wish)
    kind = asker.kind(wish)
    if (hold := _hold_on_the_way(asker, lot)) and kind in (None, hold.kind):
        return _of_hold(asker, lot, hold)
    gate = asker.gate(wish, lot)
    _must_be_known(lot)
    way = next(lot.lot.find(gate.gate_id, kind or BayKind.STANDARD), None)
    words = asker.words
    said: list[str] = []
    if way is None or kind not in (None, way.bay.kind):
        said.append(_free(asker, kind, 0))
    data: JsonObjectType = {
        "lot": lot.entry.title,
        "gate": gate.name,
        "kind": (kind or BayKind.STANDARD).value,
        "status": "none_free" if way is None else "free",
        **dict.fromkeys(_TOLD_OF_BAY),
    }
    if way is not None:
        bay = way.bay
        directions = words.directions(lot.lot.directions(gate.gate_id, bay.bay_id))
        said += [words.text("nearest", bay=bay.label), words.text("sentence", text=directions)]
        data |= {
            "bay": bay.label,
            "bay_kind": bay.kind.value,
            "level": bay.level,
            "distance": round(lot.lot.route(gate.gate_id, bay.bay_id).distance_m, 1),
            "directions": directions,
        }
    return Answer(" ".join(said), data)


def _count_free(asker: Asker, wish: Wish) -> Answer:
    """Tell how many bays are free."""
    lot = asker.lot(wish)
    kind = asker.kind(wish)
    _must_be_known(lot)
    free = lot.lot.count(BayState.VACANT, kind=kind)
    said = [_free(asker, kind, free)]
    if kind is None and free and not lot.lot.free_for(BayKind.STANDARD):
        said.append(asker.words.text("free_special"))
    by_kind: JsonObjectType = {
        one.value: lot.lot.count(BayState.VACANT, kind=one)
        for one in BayKind
        if lot.lot.count(kind=one)
    }
    data: JsonObjectType = {
        "lot": lot.entry.title,
        "kind": kind.value if kind else None,
        "free": free,
        "bays": lot.lot.count(kind=kind),
        "free_by_kind": by_kind,
    }
    return Answer(" ".join(said), data)


def _hold_bay(asker: Asker, wish: Wish) -> Answer:
    """Keep a bay; who has one keeps it, and for longer if that is asked."""
    lot = asker.lot(wish)
    _must_control(asker, lot)
    kind, seconds = asker.kind(wish), asker.seconds(wish)
    gate = asker.gate(wish, lot)
    guidance = lot.guidance
    known = guidance.of_driver(asker.driver)
    if known is not None and known.status is HoldStatus.ARRIVED:
        # Who asks for a bay once more has parked, or does not want this one.
        guidance.async_confirm(known, parked=True)
    elif known is not None:
        kind = kind or known.kind
        gate_id = known.gate_id if wish.gate is None else gate.gate_id
        hold = _guide(asker, lot, gate_id, kind, seconds)
        _extend(asker, lot, hold, seconds)
        return _of_hold(asker, lot, hold)
    _must_be_known(lot)
    asker.caller.check_room(lot)
    return _of_hold(asker, lot, _guide(asker, lot, gate.gate_id, kind or BayKind.STANDARD, seconds))


def _guide(
    asker: Asker, lot: SmartParkingData, gate_id: str, kind: BayKind, seconds: float | None
) -> Hold:
    """Keep the nearest bay of a kind for them."""
    return lot.guidance.async_guide(
        gate_id,
        kind,
        asker.driver,
        asker.caller.hold_s(lot.coordinator, seconds),
        asked_by=asker.caller.limited_id,
    )


def _extend(asker: Asker, lot: SmartParkingData, hold: Hold, seconds: float | None) -> None:
    """Keep a bay for so long from now on, if it can be; the answer says how long it is kept."""
    if seconds is None or hold.status is not HoldStatus.HELD:
        return
    missing = dt_util.utcnow().timestamp() + seconds - hold.until
    if missing > 1.0:
        with suppress(HoldError):
            lot.guidance.async_extend(hold, asker.caller.extra_s(lot.coordinator, hold, missing))


def _release_bay(asker: Asker, wish: Wish) -> Answer:
    """Give back what is kept for them, in whichever lot it is."""
    lots = asker.lots if wish.lot is None else [asker.lot(wish)]
    for lot in lots:
        hold = lot.guidance.of_driver(asker.driver) if asker.driver else None
        if hold is None:
            continue
        _must_control(asker, lot)
        bay = lot.guidance.answer(hold)["bay"]
        lot.guidance.async_release(hold)
        speech = asker.words.text("released" if bay else "queue_left", bay=bay)
        return Answer(speech, {"lot": lot.entry.title, "bay": bay, "status": "released"})
    return Answer(asker.words.text("nothing_kept"), {"status": "nothing_kept"})


_ANSWERS: Mapping[Question, Callable[[Asker, Wish], Answer]] = {
    Question.FIND_BAY: _find_bay,
    Question.COUNT_FREE: _count_free,
    Question.HOLD_BAY: _hold_bay,
    Question.RELEASE_BAY: _release_bay,
}


def _must_be_known(lot: SmartParkingData) -> None:
    """Raise `NotUnderstoodError` when no bay of a lot is known: none would then be told full."""
    if not lot.lot.is_known:
        raise NotUnderstoodError("lot_unknown")


def _must_control(asker: Asker, lot: SmartParkingData) -> None:
    """Raise `NotUnderstoodError` unless they may have bays kept."""
    if not asker.caller.may_control(lot.coordinator):
        raise NotUnderstoodError("may_not_keep")


def _hold_on_the_way(asker: Asker, lot: SmartParkingData) -> Hold | None:
    """Return the hold of somebody who has not arrived yet.

    A device does not tell who speaks: the next to ask it is not sent to the bay of the one before.
    """
    hold = lot.guidance.of_driver(asker.driver) if asker.user else None
    if hold is None or hold.status not in (HoldStatus.HELD, HoldStatus.WAITING):
        return None
    return hold


def _of_hold(asker: Asker, lot: SmartParkingData, hold: Hold) -> Answer:
    """Tell which bay is kept, or the place in the queue."""
    words = asker.words
    told = lot.guidance.answer(hold, words.language)
    data: JsonObjectType = {key: told[key] for key in (*_TOLD, *_TOLD_OF_BAY)}
    if hold.bay_id is None:
        return Answer(words.text("queued", position=told["position"]), data)
    minutes = max(1, ceil((hold.until - dt_util.utcnow().timestamp()) / 60.0))
    said = [words.text("kept", bay=told["bay"], minutes=words.plural("minutes", minutes))]
    if told["directions"]:
        said.append(words.text("sentence", text=told["directions"]))
    return Answer(" ".join(said), {**data, "minutes": minutes})


def _free(asker: Asker, kind: BayKind | None, count: int) -> str:
    """Return how many bays of a kind are free, in words."""
    bays = asker.words.plural(f"bays_{kind or 'any'}", max(count, 1))
    if not count:
        return asker.words.text("free_none", bays=bays)
    return asker.words.plural("free", count, bays=bays)
