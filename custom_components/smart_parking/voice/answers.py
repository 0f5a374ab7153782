"""Answers to questions: a sentence, and the same as data.

Intents, tools for language models and the action `answer` all take their answers from here.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from homeassistant.core import callback
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..data import SmartParkingData
from ..lot.analytics.forecast import LIKELY, get_free_again_at
from ..lot.holds.events import HoldError
from ..lot.holds.hold import Hold, HoldStatus
from ..lot.model import BayKind, BayState
from ..texts import DriverTexts
from .request import NotUnderstoodError, Request, Requester

# The fields of a hold in an answer; its id is left out, because it allows to act for the driver.
_HOLD_FIELDS = ("lot", "gate", "kind", "status", "until", "position")
_BAY_FIELDS = ("bay", "bay_kind", "level", "distance", "directions")


class Question(StrEnum):
    """Kinds of questions."""

    FIND_BAY = "find_bay"
    COUNT_FREE = "count_free"
    WILL_BE_FREE = "will_be_free"
    WHEN_FULL = "when_full"
    HOLD_BAY = "hold_bay"
    RELEASE_BAY = "release_bay"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer."""

    speech: str
    data: JsonObjectType
    problem: str | None = None
    """The reason when the question could not be answered."""


async def async_answer(question: Question, requester: Requester, request: Request) -> Answer:
    """Answer a question once its action is done, and on disk."""
    answered = answer(question, requester, request)
    for lot in requester.lots:
        await lot.guidance.async_store()
    return answered


@callback
def answer(question: Question, requester: Requester, request: Request) -> Answer:
    """Answer a question, and run its action."""
    try:
        return _ANSWERS[question](requester, request)
    except NotUnderstoodError as err:
        key, values = err.key, err.values
    except HoldError as err:
        key, values = err.key, dict(err.placeholders)
    return Answer(requester.texts.text(f"problem_{key}", **values), {}, key)


def _find_bay(requester: Requester, request: Request) -> Answer:
    """Return the nearest vacant bay, or the bay that is held already."""
    lot = requester.lot(request)
    kind = requester.kind(request)
    if (hold := _hold_on_the_way(requester, lot)) and kind in (None, hold.kind):
        return _of_hold(requester, lot, hold)
    gate = requester.gate(request, lot)
    _must_be_known(lot)
    way = next(lot.lot.find(gate.gate_id, kind or BayKind.STANDARD), None)
    texts = requester.texts
    sentences: list[str] = []
    if way is None or kind not in (None, way.bay.kind):
        sentences.append(_free(requester, kind, 0))
    data: JsonObjectType = {
        "lot": lot.entry.title,
        "gate": gate.name,
        "kind": (kind or BayKind.STANDARD).value,
        "status": "none_free" if way is None else "free",
        **dict.fromkeys(_BAY_FIELDS),
    }
    if way is not None:
        bay = way.bay
        directions = texts.directions(lot.lot.directions(gate.gate_id, bay.bay_id))
        sentences += [texts.text("nearest", bay=bay.label), texts.text("sentence", text=directions)]
        data |= {
            "bay": bay.label,
            "bay_kind": bay.kind.value,
            "level": bay.level,
            "distance": round(lot.lot.route(gate.gate_id, bay.bay_id).distance_m, 1),
            "directions": directions,
        }
    return Answer(" ".join(sentences), data)


def _count_free(requester: Requester, request: Request) -> Answer:
    """Return the number of vacant bays."""
    lot = requester.lot(request)
    kind = requester.kind(request)
    _must_be_known(lot)
    free = lot.lot.count(BayState.VACANT, kind=kind)
    sentences = [_free(requester, kind, free)]
    if kind is None and free and not lot.lot.free_for(BayKind.STANDARD):
        sentences.append(requester.texts.text("free_special"))
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
    return Answer(" ".join(sentences), data)


def _will_be_free(requester: Requester, request: Request) -> Answer:
    """Return whether there will be a bay at a time, and how sure that is."""
    lot, texts = requester.lot(request), requester.texts
    kind, at = requester.kind(request), requester.moment(request)
    if kind is not None and not lot.lot.count(kind=kind):
        return Answer(_free(requester, kind, 0), {"lot": lot.entry.title, "kind": kind.value})
    _must_be_learned(lot)
    forecast = lot.forecast
    expected = forecast.get_expectation_at(at, forecast.get_series(kind or BayKind.STANDARD))
    if expected is None:
        raise NotUnderstoodError("no_forecast")
    odds = expected.get_probability()
    when = _when(texts, dt_util.utc_from_timestamp(at))
    data: JsonObjectType = {
        "lot": lot.entry.title,
        "kind": (kind or BayKind.STANDARD).value,
        "at": dt_util.as_local(dt_util.utc_from_timestamp(at)).isoformat(),
        "free": round(expected.free),
        "low": round(expected.low),
        "high": round(expected.high),
        "probability": round(100.0 * odds),
    }
    said = texts.text(
        "expect_free" if odds >= LIKELY else "expect_full",
        when=when,
        percent=data["probability"],
        count=data["free"],
    )
    return Answer(said[:1].upper() + said[1:], data)


def _when_full(requester: Requester, request: Request) -> Answer:
    """Return when there will be no bay any more, and when one again."""
    lot, texts = requester.lot(request), requester.texts
    kind = requester.kind(request)
    _must_be_learned(lot)
    forecast = lot.forecast
    series = forecast.get_series(kind or BayKind.STANDARD)
    path = forecast.get_path(series)
    if not path:
        raise NotUnderstoodError("no_forecast")
    is_full = lot.lot.is_known and not lot.lot.free_for(kind or BayKind.STANDARD)
    full_at, again_at = forecast.get_full_at(series), forecast.get_free_again_at(series)
    if is_full:
        again = get_free_again_at(path)
        full_at, again_at = None, None if again is None else dt_util.utc_from_timestamp(again)
        said = [texts.text("full_now")]
    elif full_at is None:
        said = [texts.text("full_never")]
    else:
        said = [texts.text("full_at", when=_when(texts, full_at))]
    if again_at is not None:
        said.append(texts.text("full_again", when=_when(texts, again_at)))
    data: JsonObjectType = {
        "lot": lot.entry.title,
        "kind": (kind or BayKind.STANDARD).value,
        "is_full": is_full,
        "full_at": None if full_at is None else dt_util.as_local(full_at).isoformat(),
        "free_again_at": None if again_at is None else dt_util.as_local(again_at).isoformat(),
    }
    return Answer(" ".join(said), data)


def _when(texts: DriverTexts, at: datetime) -> str:
    """Return a time of today or tomorrow as one says it."""
    local = dt_util.as_local(at)
    key = "clock" if local.date() == dt_util.now().date() else "clock_tomorrow"
    return texts.text(key, time=f"{local.hour}:{local.minute:02}")


def _hold_bay(requester: Requester, request: Request) -> Answer:
    """Hold a bay; a current hold stays, and is extended on request."""
    lot = requester.lot(request)
    _must_control(requester, lot)
    kind, seconds = requester.kind(request), requester.seconds(request)
    gate = requester.gate(request, lot)
    guidance = lot.guidance
    known = guidance.of_driver(requester.driver)
    if known is not None and known.status is HoldStatus.ARRIVED:
        # A driver who asks for another bay has parked, or does not want this one.
        guidance.async_confirm(known, parked=True)
    elif known is not None:
        kind = kind or known.kind
        gate_id = known.gate_id if request.gate is None else gate.gate_id
        hold = _guide(requester, lot, gate_id, kind, seconds)
        _extend(requester, lot, hold, seconds)
        return _of_hold(requester, lot, hold)
    _must_be_known(lot)
    requester.caller.check_room(lot)
    return _of_hold(
        requester, lot, _guide(requester, lot, gate.gate_id, kind or BayKind.STANDARD, seconds)
    )


def _guide(
    requester: Requester, lot: SmartParkingData, gate_id: str, kind: BayKind, seconds: float | None
) -> Hold:
    """Hold the nearest bay of a kind for the requester."""
    return lot.guidance.async_guide(
        gate_id,
        kind,
        requester.driver,
        requester.caller.hold_s(lot.coordinator, seconds),
        asked_by=requester.caller.limited_id,
    )


def _extend(requester: Requester, lot: SmartParkingData, hold: Hold, seconds: float | None) -> None:
    """Hold a bay for this long from now on, if possible; the answer has the time that it gets."""
    if seconds is None or hold.status is not HoldStatus.HELD:
        return
    missing = dt_util.utcnow().timestamp() + seconds - hold.until
    if missing > 1.0:
        with suppress(HoldError):
            lot.guidance.async_extend(
                hold, requester.caller.extra_s(lot.coordinator, hold, missing)
            )


def _release_bay(requester: Requester, request: Request) -> Answer:
    """Release the requester's hold, in whichever lot it is."""
    lots = requester.lots if request.lot is None else [requester.lot(request)]
    for lot in lots:
        hold = lot.guidance.of_driver(requester.driver) if requester.driver else None
        if hold is None:
            continue
        _must_control(requester, lot)
        bay = lot.guidance.answer(hold)["bay"]
        lot.guidance.async_release(hold)
        speech = requester.texts.text("released" if bay else "queue_left", bay=bay)
        return Answer(speech, {"lot": lot.entry.title, "bay": bay, "status": "released"})
    return Answer(requester.texts.text("nothing_kept"), {"status": "nothing_kept"})


_ANSWERS: Mapping[Question, Callable[[Requester, Request], Answer]] = {
    Question.FIND_BAY: _find_bay,
    Question.COUNT_FREE: _count_free,
    Question.WILL_BE_FREE: _will_be_free,
    Question.WHEN_FULL: _when_full,
    Question.HOLD_BAY: _hold_bay,
    Question.RELEASE_BAY: _release_bay,
}


def _must_be_known(lot: SmartParkingData) -> None:
    """Raise `NotUnderstoodError` when no bay of a lot is known: it must not be called full."""
    if not lot.lot.is_known:
        raise NotUnderstoodError("lot_unknown")


def _must_be_learned(lot: SmartParkingData) -> None:
    """Raise `NotUnderstoodError` while too few days are known to expect anything."""
    forecast = lot.forecast
    if not forecast.is_learned:
        raise NotUnderstoodError("not_learned", days=forecast.days, needed=forecast.needed_days)


def _must_control(requester: Requester, lot: SmartParkingData) -> None:
    """Raise `NotUnderstoodError` unless the requester may hold bays."""
    if not requester.caller.may_control(lot.coordinator):
        raise NotUnderstoodError("may_not_keep")


def _hold_on_the_way(requester: Requester, lot: SmartParkingData) -> Hold | None:
    """Return the hold of a requester who has not arrived yet.

    A device does not identify the speaker: the next one must not be sent to the bay of the one
    before.
    """
    hold = lot.guidance.of_driver(requester.driver) if requester.user else None
    if hold is None or hold.status not in (HoldStatus.HELD, HoldStatus.WAITING):
        return None
    return hold


def _of_hold(requester: Requester, lot: SmartParkingData, hold: Hold) -> Answer:
    """Return the bay of a hold, or the place in the queue."""
    texts = requester.texts
    held = lot.guidance.answer(hold, texts.language)
    data: JsonObjectType = {key: held[key] for key in (*_HOLD_FIELDS, *_BAY_FIELDS)}
    if hold.bay_id is None:
        return Answer(texts.text("queued", position=held["position"]), data)
    minutes = max(1, ceil((hold.until - dt_util.utcnow().timestamp()) / 60.0))
    sentences = [texts.text("kept", bay=held["bay"], minutes=texts.plural("minutes", minutes))]
    if held["directions"]:
        sentences.append(texts.text("sentence", text=held["directions"]))
    return Answer(" ".join(sentences), {**data, "minutes": minutes})


def _free(requester: Requester, kind: BayKind | None, count: int) -> str:
    """Return the number of vacant bays of a kind, in words."""
    bays = requester.texts.plural(f"bays_{kind or 'any'}", max(count, 1))
    if not count:
        return requester.texts.text("free_none", bays=bays)
    return requester.texts.plural("free", count, bays=bays)
