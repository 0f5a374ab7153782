"""Changes wait until they have arrived: in order, each once, and not for ever."""

from hypothesis import given, strategies as st

from custom_components.smart_parking.node.backlog import Backlog
from custom_components.smart_parking.node.messages import Belief


@given(st.integers(1, 20), st.lists(st.none() | st.integers(0, 60), max_size=60))
def test_what_waits_is_the_newest_that_was_not_acknowledged(
    most: int, events: list[int | None]
) -> None:
    backlog, acknowledged, sent = Backlog(5, most), 0, []
    for event in events:
        if event is None:
            seq = backlog.next_seq()
            backlog.add(Belief(bay_id="a", up_ms=10 * seq, occupied=True, seq=seq))
            sent.append(seq)
        else:
            backlog.acknowledge(event)
            acknowledged = max(acknowledged, min(event, backlog.seq))
    waiting = [one.seq for one in backlog.waiting()]
    assert waiting == [seq for seq in sent if seq in waiting]
    assert len(backlog) == len(waiting) <= most
    assert all(seq > acknowledged for seq in waiting)
    # Since then nothing is missing: whatever is neither waiting nor acknowledged is older.
    lost = [seq for seq in sent if seq > acknowledged and seq not in waiting]
    assert all(10 * seq <= backlog.since_ms for seq in lost)
