"""What is published of a lot is understood elsewhere, and nonsense never is."""

from collections import Counter
import json
import re

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.lot import BayStatus
from custom_components.smart_parking.lot.model import Bay, BayKind, BayState, Fault, Gate
from custom_components.smart_parking.lot.publication import (
    BAYS_MAX,
    PLAN_BYTES_MAX,
    PublishedBay,
    PublishedLot,
    PublishedPlan,
    Tally,
    bay_message,
    bay_topic,
    groups_of,
    heartbeat_message,
    plan_message,
    read_bay,
    read_heartbeat,
    read_lot,
    topic_level,
    topics_of,
)
from tests.repository.project import ROOT

labels = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters="/+#% "),
    min_size=1,
    max_size=12,
)
places = st.floats(-5000, 5000)
sides = st.none() | st.floats(0.5, 25)
bays = st.builds(
    Bay,
    bay_id=st.uuids().map(lambda one: one.hex[:12]),
    label=labels,
    kind=st.sampled_from(BayKind),
    level=st.just("") | labels,
    zone=st.just("") | labels,
    x=places,
    y=places,
    heading=st.none() | st.floats(0, 360),
    width=sides,
    length=sides,
)
lots = st.lists(bays, max_size=20, unique_by=(lambda bay: bay.bay_id, lambda bay: bay.label))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=20,
)


def as_bytes(message: object) -> bytes:
    return json.dumps(message).encode()


@given(lots)
def test_a_plan_is_read_as_it_was_written(there: list[Bay]) -> None:
    payload = plan_message("Garage", there, [Gate(gate_id="g", name="Main")])
    assert payload is not None
    plan = PublishedPlan.read(payload)
    assert plan is not None
    assert plan.name == "Garage"
    assert [*plan.bays] == there


@given(lots.filter(bool), st.data())
def test_the_tag_of_a_plan_tells_whether_anything_of_a_bay_is_another(
    there: list[Bay], data: st.DataObject
) -> None:
    def tag_of(name: str, bays: list[Bay]) -> str:
        plan = PublishedPlan.read(plan_message(name, bays, ()) or b"")
        assert plan is not None
        return plan.tag

    other = data.draw(bays.filter(lambda bay: bay.bay_id not in {one.bay_id for one in there}))
    assert tag_of("Garage", there) == tag_of("Market", there)
    assert tag_of("Garage", there) != tag_of("Garage", [*there[:-1], other])
    assert tag_of("Garage", there) != tag_of("Garage", there[1:])


@given(labels, labels)
def test_different_labels_have_different_topics_of_one_level(one: str, other: str) -> None:
    assert (topic_level(one) == topic_level(other)) is (one == other)
    assert not set(topic_level(one)) & set("/+#")


@given(lots)
def test_the_topics_of_a_plan_are_those_that_are_published(there: list[Bay]) -> None:
    topics = topics_of(there)
    assert topics == {bay_topic(bay.label) for bay in there} | {
        group for bay in there for group in groups_of(bay)
    }


@given(lots, st.data())
def test_the_numbers_are_those_of_the_bays(there: list[Bay], data: st.DataObject) -> None:
    tally = Tally()
    states: dict[str, BayState] = {}
    if there:
        steps = st.lists(st.tuples(st.sampled_from(there), st.sampled_from(BayState)), max_size=40)
        for bay, state in data.draw(steps):
            changed = tally.count(bay, state)
            assert bool(changed) is (states.get(bay.bay_id) is not state)
            states[bay.bay_id] = state
    known = {bay.bay_id: bay for bay in there}
    for group in {"lot", *tally.groups()}:
        counts = Counter(
            state for bay_id, state in states.items() if group in groups_of(known[bay_id])
        )
        numbers = tally.numbers(group)
        assert numbers.pop("total") == counts.total() == sum(numbers.values())
        assert numbers["free"] == counts[BayState.VACANT]
        assert numbers["unknown"] == counts[BayState.UNKNOWN]


@given(bays, st.booleans() | st.none(), st.floats(0, 4e9))
def test_a_bay_is_read_as_it_was_written(bay: Bay, occupied: bool | None, since: float) -> None:
    status = BayStatus(bay, occupied=occupied, fault=None, since=since)
    read = read_bay(as_bytes(bay_message(status)))
    assert read is not None
    assert (read.bay_id, read.state) == (bay.bay_id, status.state)
    assert read.since == pytest.approx(since, abs=0.0015)


def test_why_nothing_is_known_is_said_only_then() -> None:
    status = BayStatus(Bay(bay_id="a", label="A"), occupied=None, fault=Fault.NO_TARGET)
    assert bay_message(status)["fault"] == "no_target"
    status.out_of_service = True
    assert "fault" not in bay_message(status)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"v": 1, "at": "2026-11-28T04:00:00Z", "every_s": 30}, (1795838400.0, 30)),
        ({"v": 1, "at": "2026-11-28T05:00:00+01:00"}, (1795838400.0, 60)),
        ({"v": 1, "at": "2026-11-28T04:00:00Z", "every_s": "soon"}, (1795838400.0, 60)),
        ({"v": 1, "at": "2026-11-28T04:00:00Z", "every_s": 0.1}, (1795838400.0, 5)),
        ({"v": 1, "at": "2026-11-28T04:00:00Z", "every_s": float("nan")}, (1795838400.0, 60)),
        ({"v": 1, "at": "2026-11-28T04:00:00Z", "every_s": 10**400}, (1795838400.0, 3600)),
        ({"v": 1, "at": "2026-11-28T04:00:00Z", "every_s": 1e9}, (1795838400.0, 3600)),
        ({"v": 1, "at": "2026-11-28T04:00:00Z", "every_s": -1}, (1795838400.0, 60)),
        ({"v": 1, "at": "2026-11-28T04:00:00"}, None),
        ({"v": 1, "at": 1795838400}, None),
        ({"v": 2, "at": "2026-11-28T04:00:00Z"}, None),
        ({"v": 1}, None),
    ],
)
def test_heartbeats(message: object, read: object) -> None:
    assert read_heartbeat(as_bytes(message)) == read


def test_a_heartbeat_is_read_as_it_was_written() -> None:
    assert read_heartbeat(as_bytes(heartbeat_message(1e9))) == (1e9, 60)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"v": 1, "name": "G", "total": 5, "free": 2}, PublishedLot("G", 5, 2)),
        ({"v": 1, "name": "", "total": 5, "free": 2}, None),
        ({"v": 1, "name": "G\u202e", "total": 5, "free": 2}, None),
        ({"v": 1, "name": "G" * 101, "total": 5, "free": 2}, None),
        ({"v": 1, "name": "G", "total": 5, "free": 6}, None),
        ({"v": 1, "name": "G", "total": True, "free": 0}, None),
        ({"v": 1, "name": "G", "total": "5", "free": 2}, None),
    ],
)
def test_lots(message: object, read: object) -> None:
    assert read_lot(as_bytes(message)) == read


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"v": 1, "id": "a", "state": "held"}, PublishedBay("a", BayState.HELD, None)),
        (
            {"v": 1, "id": "a", "state": "vacant", "since": "9999-99-99"},
            PublishedBay("a", BayState.VACANT, None),
        ),
        ({"v": 1, "id": "a", "state": "free"}, None),
        ({"v": 1, "id": "a"}, None),
        ({"v": 1, "id": ["a"], "state": "vacant"}, None),
        ({"v": "1", "id": "a", "state": "vacant"}, None),
    ],
)
def test_bays(message: object, read: object) -> None:
    assert read_bay(as_bytes(message)) == read


def plan(**more: object) -> bytes:
    """Return a plan of one bay, of which something is otherwise."""
    columns = ["id", "label", "kind", "level", "zone", "x", "y", "heading", "width", "length"]
    message = {"v": 1, "name": "G", "columns": columns, "kinds": ["ev"]}
    message |= {"levels": ["1"], "zones": [""]}
    return as_bytes({**message, "bays": [["a", "A", 0, 0, 0, 1.0, 2.0]], **more})


def test_a_kind_of_another_version_is_the_usual_one() -> None:
    read = PublishedPlan.read(plan(kinds=["bus"]))
    assert read is not None
    assert [bay.kind for bay in read.bays] == [BayKind.STANDARD]


def test_another_version_may_say_more_of_a_bay() -> None:
    columns = ["id", "colour", "label", "kind", "level", "zone", "x", "y"]
    read = PublishedPlan.read(plan(columns=columns, bays=[["a", "red", "A", 0, 0, 0, 1.0, 2.0]]))
    assert read == PublishedPlan.read(plan())


@pytest.mark.parametrize(
    "payload",
    [
        plan(bays=[["a", "A", 0, 0, 0, 1.0, 2.0]] * 2),
        plan(bays=[["a", "A"]]),
        plan(bays=[["a", "A", 0, 1, 0, 1.0, 2.0]]),
        plan(bays=[["a", "A", -1, 0, 0, 1.0, 2.0]]),
        plan(bays=[["a", "A", True, 0, 0, 1.0, 2.0]]),
        plan(bays=[["a", "", 0, 0, 0, 1.0, 2.0]]),
        plan(bays=[["a", "A\n", 0, 0, 0, 1.0, 2.0]]),
        plan(bays=[["a", "A", 0, 0, 0, "1", 2.0]]),
        plan(bays=[["a", "A", 0, 0, 0, 1.0, float("nan")]]),
        plan(bays=[["a", "A", 0, 0, 0, 1.0, True]]),
        plan(bays=["a"]),
        plan(bays=[[]]),
        plan(bays={}),
        plan(bays=[0] * (BAYS_MAX + 1)),
        plan(levels=[["1"]]),
        plan(levels=None),
        plan(zones=[7]),
        plan(zones=[]),
        plan(kinds="ev"),
        plan(columns=["id"]),
        plan(columns="id"),
        plan(columns=[["id"]]),
        plan(name=7),
        plan(v=2),
        b" " * PLAN_BYTES_MAX + plan(),
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_what_is_no_plan_is_not_read(payload: bytes) -> None:
    assert PublishedPlan.read(plan()) is not None
    assert PublishedPlan.read(payload) is None


def test_the_documentation_shows_what_is_published() -> None:
    page = (ROOT / "docs" / "lot-on-mqtt.md").read_text(encoding="utf-8")
    said, whole, there = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    )
    status = BayStatus(Bay(bay_id=said["id"], label=said["label"]), occupied=False, fault=None)
    assert said == {**bay_message(status), "since": said["since"]}
    assert read_bay(as_bytes(said)) is not None
    assert {*Tally().numbers("lot")} <= whole.keys()
    assert read_lot(as_bytes(whole)) == PublishedLot("Garage", 24, 9)
    plan_there = PublishedPlan.read(as_bytes(there))
    assert plan_there is not None
    gates = [Gate(gate_id="n", name="North gate", level="1", y=8.0)]
    assert json.loads(plan_message("Garage", plan_there.bays, gates) or b"") == there
    assert f"`{json.dumps({**heartbeat_message(0), 'at': said['since']})}`" in page


def test_a_plan_that_no_broker_takes_is_not_written() -> None:
    there = [Bay(bay_id=f"{number:012x}", label=f"A{number:05d}") for number in range(40_000)]
    assert plan_message("Stadium", there, ()) is None
    largest = plan_message("Stadium", there[:20_000], ())
    assert largest is not None
    read = PublishedPlan.read(largest)
    assert read is not None
    assert len(read.bays) == 20_000


@given(st.binary(max_size=40) | json_values.map(as_bytes))
def test_nonsense_is_never_read(payload: bytes) -> None:
    assert (read_bay(payload), read_lot(payload)) == (None, None)
    assert (read_heartbeat(payload), PublishedPlan.read(payload)) == (None, None)


@given(json_values, json_values, json_values, json_values)
def test_odd_values_in_messages_break_nothing(
    rows: object, kinds: object, levels: object, at: object
) -> None:
    PublishedPlan.read(plan(bays=rows, kinds=kinds, levels=levels))
    PublishedPlan.read(plan(bays=[rows]))
    read_heartbeat(as_bytes({"v": 1, "at": at, "every_s": rows}))
    read_lot(as_bytes({"v": 1, "name": "G", "total": rows, "free": at}))
    read_bay(as_bytes({"v": 1, "id": "a", "state": rows, "since": at}))
