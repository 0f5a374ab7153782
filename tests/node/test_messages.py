"""What is said is understood as it was meant, and what cannot be meant is not."""

from collections.abc import Callable
import json
from math import inf

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.lot.tracker import Calibration
from custom_components.smart_parking.node.fields import PAYLOAD_MAX, Fields, MessageError
from custom_components.smart_parking.node.messages import (
    BAYS_MAX,
    CHANGES_MAX,
    UP_MAX_MS,
    Ack,
    Announcement,
    Answer,
    BayConfig,
    Belief,
    ChangeList,
    ChipInfo,
    Config,
    ConfigResult,
    Heartbeat,
    Refusal,
    Request,
    State,
    encode,
    encode_air,
    parse_air,
    split,
)
from custom_components.smart_parking.node.topics import (
    NAME_MAX,
    Said,
    Told,
    is_name,
    read_said,
    read_told,
    said_topic,
    told_filter,
    told_topic,
)

WORDS = st.text("abcXYZ019_-.", min_size=1, max_size=20)
TEXTS = st.text(
    st.characters(exclude_categories=["C", "Z"], codec="utf-8"), min_size=1, max_size=40
)
REFUSALS = st.builds(Refusal, WORDS, st.dictionaries(WORDS, TEXTS, max_size=3))
METRES = st.none() | st.floats(0.0, 100.0)
SEEN = st.one_of(
    st.fixed_dictionaries(
        {"occupied": st.booleans(), "confidence": st.integers(0, 1000).map(lambda one: one / 1000)}
    ),
    st.fixed_dictionaries({"fault": st.sampled_from(Fault)}),
)


@st.composite
def beliefs(draw: st.DrawFn, up_ms: int, bay_id: str, seq: int = 0) -> Belief:
    """Return what is believed of a bay before a time."""
    return Belief(
        bay_id=bay_id,
        up_ms=draw(st.integers(0, up_ms)),
        distance_m=draw(METRES),
        steady_m=draw(METRES),
        empty_m=draw(METRES),
        far_m=draw(METRES),
        seq=seq,
        **draw(SEEN),
    )


@given(st.data(), WORDS, st.integers(0, UP_MAX_MS), st.lists(WORDS, unique=True, max_size=5))
def test_a_state_arrives_as_it_was_sent(
    data: st.DataObject, run: str, up_ms: int, bays: list[str]
) -> None:
    state = State(
        run=run,
        seq=data.draw(st.integers(0, 2**53)),
        up_ms=up_ms,
        config=data.draw(WORDS),
        pending=data.draw(st.integers(0, 9)),
        since_ms=data.draw(st.integers(0, up_ms)),
        problem=data.draw(
            st.none() | st.builds(Refusal, WORDS, st.dictionaries(WORDS, TEXTS, max_size=3))
        ),
        bays=[data.draw(beliefs(up_ms, one)) for one in bays],
    )
    assert State.parse(state.to_payload()) == state


@given(st.data(), WORDS, st.integers(0, UP_MAX_MS), st.booleans())
def test_changes_arrive_as_they_were_sent(
    data: st.DataObject, run: str, up_ms: int, past: bool
) -> None:
    changes = [
        data.draw(beliefs(up_ms, "a", seq)) for seq in range(1, data.draw(st.integers(1, 4)))
    ]
    sent = ChangeList(run=run, up_ms=up_ms, changes=changes, past=past, last=past)
    assert ChangeList.parse(sent.to_payload()) == sent


@given(
    st.builds(
        Announcement,
        name=st.just("garage"),
        machine=WORDS,
        run=WORDS,
        version=WORDS,
        model=TEXTS,
        chips=st.lists(st.builds(ChipInfo, TEXTS, TEXTS, st.integers(0, 99)), max_size=3),
        is_configured=st.booleans(),
    )
)
def test_an_announcement_arrives_as_it_was_sent(sent: Announcement) -> None:
    assert Announcement.parse("garage", sent.to_payload()) == sent


BAYS = st.builds(
    BayConfig,
    bay_id=WORDS,
    label=TEXTS,
    trigger=st.integers(0, 99),
    echo=st.integers(0, 99),
    x=st.floats(-5000, 5000),
    y=st.floats(-5000, 5000),
    level=TEXTS,
    empty_m=METRES | st.just(inf),
    far_m=METRES,
)
CONFIGS = st.builds(
    Config,
    range_m=st.floats(0.1, 100),
    hearing_m=st.floats(0, 100),
    blind_m=st.floats(0, 100),
    chip=st.none() | TEXTS,
    bays=st.lists(BAYS, min_size=1, max_size=4, unique_by=lambda one: one.bay_id),
)


@given(CONFIGS, WORDS, METRES)
def test_what_is_told_arrives_as_it_was_told(config: Config, word: str, metres: float) -> None:
    assert Config.read(Fields.parse(encode(config.to_json()))) == config
    assert Config.read(Fields.parse(encode(config.to_json()))).version == config.version
    request = Request(request=word, what="test", bays=[word], config=config, empty_m=metres)
    assert Request.parse(request.to_payload()) == request
    assert Ack.parse(Ack(word, 7).to_payload()) == Ack(word, 7)


def test_an_answer_arrives_as_it_was_sent() -> None:
    answer = Answer(
        request="1",
        run="r",
        refusal=Refusal("pin_busy", {"line": "5"}),
        readings=[Reading("a", 0.0, 1.5), Reading("b", 0.0, fault=Fault.NO_RESPONSE)],
        calibrations=[Calibration("a", 2.5, 3.0), Calibration("b", None)],
    )
    assert Answer.parse(answer.to_payload()) == answer
    beat = Heartbeat(run="r", seq=3, up_ms=4, config="c", sweep_ms=2.5, clock_ms=7)
    assert Heartbeat.parse(beat.to_payload()) == beat
    for result in (ConfigResult("v"), ConfigResult("v", Refusal("no_chip"))):
        assert ConfigResult.parse(result.to_payload()) == result
    assert parse_air(encode_air(-7.25)) == -7.25


def test_versions_differ_with_what_is_told() -> None:
    bay = BayConfig(bay_id="a", label="A", trigger=4, echo=5, empty_m=2.5)
    one = Config(range_m=4.0, hearing_m=4.0, blind_m=0.02, bays=[bay])
    other = Config(range_m=4.0, hearing_m=4.0, blind_m=0.03, bays=[bay])
    assert len({one.version, other.version}) == 2


STATE: dict[str, object] = {"run": "r", "seq": 1, "up_ms": 9, "config": "c", "bays": []}
BAY: dict[str, object] = {"bay": "a", "at": 3, "occupied": True}
CHANGES: dict[str, object] = {"run": "r", "up_ms": 9, "changes": [{**BAY, "seq": 1}]}
CONFIG = {
    "range_m": 4.0,
    "hearing_m": 4.0,
    "blind_m": 0.02,
    "bays": [{"bay": "a", "label": "A", "trigger": 4, "echo": 5}],
}


def read_config(payload: bytes) -> Config:
    """Return a configuration that a payload is."""
    return Config.read(Fields.parse(payload))


def test_the_good_ones_are_good() -> None:
    assert State.parse(encode({**STATE, "bays": [BAY]})).bays[0].occupied
    assert ChangeList.parse(encode(CHANGES)).changes[0].seq == 1
    assert read_config(encode(CONFIG)).bays[0].empty_m is None


@pytest.mark.parametrize(
    ("parse", "data"),
    [
        (State.parse, {**STATE, "run": ""} | {"run": None}),
        (State.parse, {**STATE, "run": "a b"}),
        (State.parse, {**STATE, "run": "a\n"}),
        (State.parse, {**STATE, "run": "x" * 65}),
        (State.parse, {**STATE, "seq": True}),
        (State.parse, {**STATE, "seq": 1.5}),
        (State.parse, {**STATE, "seq": -1}),
        (State.parse, {**STATE, "up_ms": 10**30}),
        (State.parse, {**STATE, "since": 10}),
        (State.parse, {**STATE, "bays": {}}),
        (State.parse, {**STATE, "bays": [1]}),
        (State.parse, {**STATE, "bays": [BAY, BAY]}),
        (State.parse, {**STATE, "bays": [{**BAY, "at": 10}]}),
        (State.parse, {**STATE, "bays": [{**BAY, "fault": "glitch"}]}),
        (State.parse, {**STATE, "bays": [{"bay": "a", "at": 3}]}),
        (State.parse, {**STATE, "bays": [{**BAY, "occupied": 1}]}),
        (State.parse, {**STATE, "bays": [{**BAY, "distance_m": "1"}]}),
        (State.parse, {**STATE, "bays": [{**BAY, "distance_m": -1}]}),
        (State.parse, {**STATE, "bays": [{**BAY, "bay": f"b{n}"} for n in range(BAYS_MAX + 1)]}),
        (State.parse, {**STATE, "problem": []}),
        (ChangeList.parse, {**CHANGES, "changes": [BAY]}),
        (ChangeList.parse, {**CHANGES, "past": "yes"}),
        (ChangeList.parse, {**CHANGES, "changes": [{**BAY, "seq": 1}] * (CHANGES_MAX + 1)}),
        (read_config, {**CONFIG, "bays": []}),
        (read_config, {**CONFIG, "bays": [*CONFIG["bays"], *CONFIG["bays"]]}),  # type: ignore[misc]  # a list
        (read_config, {**CONFIG, "range_m": 0}),
        (read_config, {**CONFIG, "chip": "x" * 200}),
        (Answer.parse, {"request": "1", "run": "r", "readings": [{"bay": "a", "fault": "x"}]}),
        (Answer.parse, {"request": "1", "run": "r", "error": "x", "placeholders": []}),
        (ConfigResult.parse, {"version": "v", "accepted": True, "error": "x"}),
        (Request.parse, {"request": "1", "what": "test", "bays": ["a b"]}),
        (parse_air, {"celsius": 500}),
    ],
)
def test_what_cannot_be_meant_is_refused(
    parse: Callable[[bytes], object], data: dict[str, object]
) -> None:
    with pytest.raises(MessageError):
        parse(encode(data))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"NaN",
        b'{"celsius": Infinity}',
        b'{"celsius": 1e999}',
        b"[" * 50_000,
        b'{"celsius": ' + b"1" * 5_000 + b"}",
        b" " * (PAYLOAD_MAX + 1),
    ],
    ids=str,
)
def test_what_is_no_json_is_refused(payload: bytes) -> None:
    with pytest.raises(MessageError):
        parse_air(payload)


@given(
    st.binary(max_size=200)
    | st.from_type(dict).map(lambda one: json.dumps(one, default=str).encode())
)
def test_nothing_but_a_message_error_is_raised(payload: bytes) -> None:
    for parse in (State.parse, ChangeList.parse, Heartbeat.parse, Answer.parse, Request.parse):
        with pytest.raises(MessageError):
            parse(payload)


def test_another_protocol_or_name_is_refused() -> None:
    sent = Announcement(name="garage", machine="m", run="r")
    with pytest.raises(MessageError, match="another node"):
        Announcement.parse("other", sent.to_payload())
    with pytest.raises(MessageError, match="another version"):
        Announcement.parse("garage", encode({**json.loads(sent.to_payload()), "protocol": 2}))


@given(st.integers(0, 3 * CHANGES_MAX))
def test_many_changes_are_split_and_none_is_lost(count: int) -> None:
    changes = [Belief(bay_id="a", up_ms=0, occupied=True, seq=seq) for seq in range(count)]
    lists = [*split(changes)]
    assert [one for part in lists for one in part] == changes
    assert lists
    assert all(len(part) <= CHANGES_MAX for part in lists)


@given(st.from_regex(r"[a-z0-9]([a-z0-9_-]{0,46}[a-z0-9])?", fullmatch=True))
def test_topics_tell_who_says_what(name: str) -> None:
    assert is_name(name)
    for said in Said:
        assert read_said(said_topic(name, said)) == (name, said)
    for told in Told:
        assert read_told(told_topic(name, told)) is told
        assert read_said(told_topic(name, told)) is None
    assert told_filter(name).startswith(f"smart_parking/nodes/{name}/")


@pytest.mark.parametrize("name", ["", "A", "a/b", "a+", "#", "-a", "a-", "ä", "x" * (NAME_MAX + 1)])
def test_what_is_no_name(name: str) -> None:
    assert not is_name(name)
    assert read_said(f"smart_parking/nodes/{name}/state") is None


def test_foreign_topics() -> None:
    assert read_said("elsewhere/garage/state") is None
    assert read_said("smart_parking/nodes/garage/mood") is None
    assert read_told("smart_parking/nodes/garage/set/mood") is None
