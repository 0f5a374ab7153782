"""How a drawing changes: things are put on it, in the place of what they were, or taken off it.

A change is a value, too, and each has its inverse: so undo, the merging of what two people do, and
bringing back an old plan are all the same.
"""

from collections.abc import Mapping
from typing import Final

from ..stored import StoredError
from .model import KINDS, THINGS_MAX, Collection, Drawing, Json, Thing, read_thing, thing_data

type Change = Mapping[Collection, Mapping[str, Thing | None]]
"""New things by kind and id; None takes one off."""
type ThingId = tuple[Collection, str]

ID_MAX: Final = 64


def read_change(data: object) -> Change:
    """Return a change that somebody has sent, or raise `StoredError`."""
    if not isinstance(data, Mapping) or not data.keys() <= {*map(str, Collection)}:
        raise StoredError("change")
    change: dict[Collection, Mapping[str, Thing | None]] = {}
    for name, things in data.items():
        collection = Collection(name)
        if not isinstance(things, Mapping) or len(things) > THINGS_MAX:
            raise StoredError(name)
        for key in things:
            if not isinstance(key, str) or len(key) > ID_MAX:
                raise StoredError(name)
        change[collection] = {
            key: None if thing is None else read_thing(collection, thing)
            for key, thing in things.items()
        }
    return change


def change_data(change: Change) -> dict[str, dict[str, Json | None]]:
    """Return a change as JSON."""
    return {
        collection.value: {
            key: None if thing is None else thing_data(thing) for key, thing in things.items()
        }
        for collection, things in change.items()
    }


def apply(drawing: Drawing, change: Change) -> Drawing:
    """Return a changed drawing."""
    changed: dict[Collection, Mapping[str, Thing]] = {}
    for collection, things in change.items():
        merged: dict[str, Thing | None] = {**drawing.things(collection), **things}
        changed[collection] = {key: thing for key, thing in merged.items() if thing is not None}
    return drawing.with_things(changed)


def invert(drawing: Drawing, change: Change) -> Change:
    """Return what takes a change of a drawing back."""
    return {
        collection: {key: drawing.things(collection).get(key) for key in things}
        for collection, things in change.items()
    }


def difference(before: Drawing, after: Drawing) -> Change:
    """Return what makes one drawing another; nothing where they are the same."""
    change: dict[Collection, Mapping[str, Thing | None]] = {}
    for collection in KINDS:
        old, new = before.things(collection), after.things(collection)
        changed: dict[str, Thing | None] = {
            key: thing for key, thing in new.items() if old.get(key) != thing
        }
        changed |= {key: None for key in old if key not in new}
        if changed:
            change[collection] = changed
    return change


def touched(change: Change) -> set[ThingId]:
    """Return what a change is about."""
    return {(collection, key) for collection, things in change.items() for key in things}


def rebase(draft: Drawing, base: Drawing, now: Drawing) -> tuple[Drawing, set[ThingId]]:
    """Return a draft of `base` as a draft of `now`, and what both have changed differently.

    Of that, the draft's is kept.
    """
    theirs, ours = difference(base, now), difference(base, draft)
    both = touched(theirs) & touched(ours)
    conflicts = {
        (collection, key)
        for collection, key in both
        if draft.things(collection).get(key) != now.things(collection).get(key)
    }
    return apply(now, ours), conflicts
