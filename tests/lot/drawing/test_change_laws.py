"""What holds of every drawing, and of all that is done to it."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.drawing.change import (
    Change,
    apply,
    change_data,
    difference,
    invert,
    read_change,
    rebase,
    touched,
)
from custom_components.smart_parking.lot.drawing.model import (
    Collection,
    Drawing,
    DrawnBay,
    DrawnLane,
)
from custom_components.smart_parking.lot.stored import Losses, Stored, StoredError
from tests.lot.drawing.drawings import changes, drawings


@given(drawings)
def test_a_drawing_survives_its_file(drawing: Drawing) -> None:
    losses = Losses()
    data = json.loads(json.dumps(drawing.to_data()))
    assert Stored(data, losses).read(Drawing.from_data) == drawing
    assert not losses


@given(changes)
def test_a_change_survives_its_way(change: Change) -> None:
    assert read_change(json.loads(json.dumps(change_data(change)))) == change


@given(drawings, changes)
def test_undo_undoes_and_redo_does_again(drawing: Drawing, change: Change) -> None:
    changed = apply(drawing, change)
    undo = invert(drawing, change)
    assert apply(changed, undo) == drawing
    assert apply(apply(changed, undo), invert(changed, undo)) == changed


@given(drawings, st.lists(changes, max_size=4))
def test_many_steps_are_undone_one_by_one(drawing: Drawing, steps: list[Change]) -> None:
    seen = [drawing]
    undo: list[Change] = []
    for step in steps:
        undo.append(invert(seen[-1], step))
        seen.append(apply(seen[-1], step))
    for before in reversed(seen[:-1]):
        seen[-1] = apply(seen[-1], undo.pop())
        assert seen[-1] == before


@given(drawings, drawings)
def test_the_difference_makes_one_the_other(before: Drawing, after: Drawing) -> None:
    assert apply(before, difference(before, after)) == after
    assert (difference(before, after) == {}) is (before == after)


@given(drawings, changes, changes)
def test_what_two_do_to_different_things_is_kept(
    base: Drawing, ours: Change, theirs: Change
) -> None:
    draft, now = apply(base, ours), apply(base, theirs)
    merged, conflicts = rebase(draft, base, now)
    for collection, key in touched(ours) | touched(theirs):
        kept, state = merged.things(collection).get(key), draft.things(collection).get(key)
        other, before = now.things(collection).get(key), base.things(collection).get(key)
        # No change is lost silently: one of both stays, and a difference is reported.
        assert kept == (other if state == before else state)
        assert ((collection, key) in conflicts) is (before not in (state, other) and state != other)


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"trees": {}},
        {"bays": []},
        {"bays": {"x" * 65: None}},
        {"bays": {"a": {"label": "A"}}},
        {"bays": {"a": {"label": "A", "x": 0, "y": 0, "colour": "red"}}},
        {"bays": {"a": {"label": "A", "x": 1e9, "y": 0}}},
        {"bays": {"a": {"label": "A", "x": "0", "y": 0}}},
        {"bays": {"a": {"label": "A", "x": 0, "y": 0, "kind": "boat"}}},
        {"bays": {"a": {"label": "A", "x": 0, "y": 0, "width": 0}}},
        {"bays": {"a": {"label": "A", "x": 0, "y": 0, "heading": 1e12}}},
        {"bays": {"a": {"label": "A" * 5000, "x": 0, "y": 0}}},
        {"bays": {"a": {"label": "A", "x": 0, "y": 0, "wiring": {"b": {"c": 1}}}}},
        {"bays": {"a": {"label": "A", "x": 0, "y": 0, "wiring": {str(n): n for n in range(101)}}}},
        {"lanes": {"a": {"points": [[0, 0]]}}},
        {"lanes": {"a": {"points": [[0, 0], [0, 0]]}}},
        {"lanes": {"a": {"points": [[0, 0], [1]]}}},
        {"lanes": {"a": {"points": [[0, 0], [9e9, 0]]}}},
        {"ramps": {"a": {"start": ["0", 0, 0], "end": ["1", "x", 0]}}},
        {"ramps": {"a": {"start": ["0", 0, 0], "end": ["1", 9e9, 0]}}},
        {"grounds": {"a": {"picture": "p", "x": 0, "y": 0, "width": -1, "height": 1}}},
    ],
)
def test_what_is_no_change_is_refused(data: object) -> None:
    with pytest.raises(StoredError):
        read_change(data)


def test_what_of_a_file_cannot_be_read_is_named_and_the_rest_is_used() -> None:
    losses = Losses()
    data = {"bays": {"a": {"label": "A", "x": 0, "y": 0}, "b": {"label": 7}}, "lanes": 3}
    drawing = Stored(data, losses).read(Drawing.from_data)
    assert drawing.bays == {"a": DrawnBay(label="A", x=0.0, y=0.0)}
    assert losses.parts == ["bays.b", "lanes"]


def test_lists_of_texts_are_cells() -> None:
    sent = {"bays": {"a": {"label": "A", "x": 0, "y": 0, "wiring": {"tags": ["b", "c"]}}}}
    change = read_change(sent)
    bay = change[Collection.BAYS]["a"]
    assert isinstance(bay, DrawnBay)
    assert bay.wiring == {"tags": ["b", "c"]}
    assert isinstance(
        read_change({"lanes": {"a": {"points": [[0, 0], [1, 0]]}}})[Collection.LANES]["a"],
        DrawnLane,
    )
