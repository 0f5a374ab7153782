"""Laws of the scheduler, for all viewers at all times."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, strategies as st

from custom_components.smart_parking.lot.promotions.ledger import Counts
from custom_components.smart_parking.lot.promotions.model import Promotion, When
from custom_components.smart_parking.lot.promotions.scheduler import (
    AGAIN_S,
    Placement,
    PromotionScheduler,
    View,
)

MORNING = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


class Move(NamedTuple):
    """A visitor looks after some seconds, and perhaps follows the link."""

    after_s: float
    viewer: bytes | None
    when: When
    screen: bool
    paused: frozenset[str]
    follows: bool


def promotions() -> st.SearchStrategy[list[Promotion]]:
    """Any promotions, some with limits."""
    one = st.builds(
        Promotion,
        promotion_id=st.sampled_from("abcd"),
        title=st.just("Shop"),
        link=st.sampled_from(["", "https://shop.example"]),
        when=st.sampled_from(When),
        opens=st.none() | st.times(),
        weight=st.integers(1, 9),
        most=st.none() | st.integers(1, 5),
        most_per_visit=st.none() | st.integers(1, 2),
    )
    return st.lists(one, max_size=4, unique_by=lambda one: one.promotion_id)


moves = st.lists(
    st.builds(
        Move,
        after_s=st.floats(0, 600),
        viewer=st.none() | st.sampled_from([b"ann", b"bob"]),
        when=st.sampled_from([When.BEFORE, When.AFTER]),
        screen=st.booleans(),
        paused=st.frozensets(st.sampled_from("abcd"), max_size=1),
        follows=st.booleans(),
    ),
    max_size=60,
)


@given(promotions(), moves)
def test_only_what_may_be_shown_is_shown_and_all_of_it_is_counted(
    all_of_them: list[Promotion], day: list[Move]
) -> None:
    board, at = PromotionScheduler(), MORNING
    board.set_promotions(all_of_them)
    shown: Counter[str] = Counter()
    seen_by: Counter[tuple[bytes, str]] = Counter()
    clicks: Counter[tuple[str, object]] = Counter()
    for move in day:
        at += timedelta(seconds=move.after_s)
        # A screen is no visitor, so it has a key of its own.
        viewer = move.viewer and move.viewer + b"'s screen" * move.screen
        board.paused = set(move.paused)
        before = {one.promotion_id: board.ledger.total(one.promotion_id) for one in all_of_them}
        chosen = board.show(View(at=at, when=move.when, viewer=viewer, screen=move.screen))
        may = [
            one
            for one in all_of_them
            if one.is_due(at, move.when)
            and one.promotion_id not in move.paused
            and (one.most is None or shown[one.promotion_id] < one.most)
        ]
        if chosen is None:
            assert all(
                viewer is not None
                and not move.screen
                and seen_by[viewer, one.promotion_id] == one.most_per_visit
                for one in may
            )
            continue
        assert chosen in may
        counted = board.ledger.total(chosen.promotion_id) != before[chosen.promotion_id]
        assert counted or viewer is not None
        if counted:
            shown[chosen.promotion_id] += 1
            if viewer is not None:
                seen_by[viewer, chosen.promotion_id] += 1
                if not move.screen and chosen.most_per_visit is not None:
                    assert seen_by[viewer, chosen.promotion_id] <= chosen.most_per_visit
        if move.follows and board.follow(chosen.promotion_id, at, viewer):
            clicks[chosen.promotion_id, viewer or len(clicks)] = 1
    for one in all_of_them:
        total = board.ledger.total(one.promotion_id)
        visitors = {viewer for viewer, seen in seen_by if seen == one.promotion_id}
        assert total.impressions == shown[one.promotion_id]
        assert total.visits == len(visitors & {b"ann", b"bob"})
        assert total.clicks == sum(1 for seen, _ in clicks if seen == one.promotion_id)
        assert sum((row.counts.impressions for row in board.ledger.rows()), 0) == shown.total()


@given(promotions(), st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=60))
def test_what_is_sent_counts_when_it_has_arrived_and_never_more_than_it_may(
    all_of_them: list[Promotion], letters: list[tuple[bool, int]]
) -> None:
    """Some messages are on their way at a time; they end in any order, delivered or not."""
    board, arrived = PromotionScheduler(), Counter[str]()
    board.set_promotions(all_of_them)
    on_the_way: list[Placement] = []
    for number, (arrives, at_a_time) in enumerate(letters):
        at, viewer = MORNING + timedelta(seconds=number), b"%d" % number
        turn = board.choose(View(at=at, when=When.AFTER, viewer=viewer))
        if turn is not None:
            on_the_way.append(turn)
        while len(on_the_way) > at_a_time:
            ended = on_the_way.pop(0)
            board.settle(ended, shown=arrives)
            arrived[ended.promotion.promotion_id] += arrives
        for one in all_of_them:
            total = board.ledger.total(one.promotion_id)
            assert total == Counts(impressions=total.impressions, visits=total.impressions)
            assert total.impressions == arrived[one.promotion_id]
            assert one.most is None or total.impressions <= one.most


@given(st.lists(st.floats(0, AGAIN_S), min_size=1, max_size=50))
def test_a_visitor_is_counted_at_most_once_in_a_while(pauses_s: list[float]) -> None:
    board, at, last = PromotionScheduler(), MORNING, None
    board.set_promotions([Promotion(promotion_id=one, title=one) for one in "abc"])
    counted_at: list[datetime] = []
    for pause_s in pauses_s:
        at += timedelta(seconds=pause_s)
        chosen = board.show(View(at=at, when=When.BEFORE, viewer=b"ann"))
        total = sum(row.counts.impressions for row in board.ledger.rows())
        if total > len(counted_at):
            counted_at.append(at)
        else:
            assert chosen == last
        last = chosen
    gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(counted_at)]
    assert all(gap >= AGAIN_S for gap in gaps)
    assert counted_at
    assert board.ledger.total("a") != Counts()
