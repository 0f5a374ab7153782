"""Who is counted that has no name yet: phones that come for the first time, and programs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.promotions.frequency_cap import VISIT_S
from custom_components.smart_parking.lot.promotions.ledger import Counts
from custom_components.smart_parking.lot.promotions.model import Promotion, When
from custom_components.smart_parking.lot.promotions.scheduler import (
    AGAIN_S,
    PromotionScheduler,
    View,
)

MORNING = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HOME, OFFICE = b"192.168.1.20", b"192.168.1.30"
BAKERY = Promotion(promotion_id="bakery", title="Bakery", link="https://bakery.example/")
ZOO = Promotion(promotion_id="zoo", title="Zoo", link="https://zoo.example/")


class Page:
    """A page that gives every stranger a cookie, which not every browser stores."""

    def __init__(self, *promotions: Promotion) -> None:
        """Open in the morning."""
        self.board = PromotionScheduler()
        self.board.set_promotions(promotions or [BAKERY])
        self.at = MORNING
        self.cookies: dict[str, bytes] = {}
        self.made = 0
        self.came_back: set[str] = set()

    def load(
        self, who: str, address: bytes = HOME, *, keeps: bool = True, still: bool = False
    ) -> str | None:
        """Show the page to a visitor; return the title of the promotion on it."""
        viewer, where = self._known(who, address, keeps=keeps)
        look = View(at=self.at, when=When.BEFORE, viewer=viewer, address=where, still=still)
        shown = self.board.show(look)
        return None if shown is None else shown.title

    def click(self, who: str, address: bytes = HOME, *, keeps: bool = True) -> None:
        """Follow the bakery's link as a visitor."""
        viewer, where = self._known(who, address, keeps=keeps)
        assert self.board.follow("bakery", self.at, viewer, where)

    def _known(self, who: str, address: bytes, *, keeps: bool) -> tuple[bytes, bytes | None]:
        """Return the key of a visitor, and the address of a stranger."""
        if (cookie := self.cookies.get(who)) is not None:
            self.came_back.add(who)
            return cookie, None
        self.made += 1
        cookie = b"cookie %d" % self.made
        if keeps:
            self.cookies[who] = cookie
        return cookie, address

    def wait(self, seconds: float) -> None:
        """Advance the time."""
        self.at += timedelta(seconds=seconds)

    def counts(self, promotion_id: str = "bakery") -> tuple[int, int, int]:
        """Return impressions, visits and clicks."""
        impressions, _, visits, clicks = self.board.ledger.total(promotion_id)
        return impressions, visits, clicks


@pytest.fixture(name="page")
def page_fixture() -> Page:
    """Give a page that shows the bakery."""
    return Page()


def test_a_program_that_looks_every_minute_is_one_visitor_and_has_seen_it_once(page: Page) -> None:
    for _ in range(60):
        assert page.load("monitor", keeps=False) == "Bakery"
        page.wait(60.0)
    assert page.counts() == (1, 1, 0)


def test_programs_at_several_addresses_are_several(page: Page) -> None:
    for _ in range(3):
        page.load("monitor", HOME, keeps=False)
        page.load("preview", OFFICE, keeps=False)
        page.wait(60.0)
    assert page.counts() == (2, 2, 0)


def test_a_program_is_another_visitor_the_next_day(page: Page) -> None:
    page.load("monitor", keeps=False)
    page.wait(VISIT_S)
    page.load("monitor", keeps=False)
    assert page.counts() == (2, 2, 0)


def test_what_ends_gives_way_to_another_for_programs_too() -> None:
    page = Page(BAKERY, ZOO)
    assert page.load("monitor", keeps=False) == "Bakery"
    page.board.paused.add("bakery")
    assert page.load("monitor", keeps=False) == "Zoo"
    assert (page.counts(), page.counts("zoo")) == ((1, 1, 0), (1, 1, 0))


def test_a_phone_that_looks_and_acts_at_once_has_seen_it_once(page: Page) -> None:
    page.load("ann")
    page.wait(5.0)
    page.load("ann")
    assert page.counts() == (1, 1, 0)


def test_a_phone_that_acts_later_has_seen_it_again_in_the_same_visit(page: Page) -> None:
    page.load("ann")
    page.wait(60.0)
    page.load("ann")
    page.click("ann")
    assert page.counts() == (2, 1, 1)


def test_a_phone_that_has_changed_its_address_is_the_same(page: Page) -> None:
    page.load("ann", HOME)
    page.wait(60.0)
    page.load("ann", OFFICE)
    assert page.counts() == (2, 1, 0)


@pytest.mark.parametrize("order", ["ann bob", "bob ann"])
def test_two_phones_behind_one_address_that_act_are_two_visitors(page: Page, order: str) -> None:
    page.load("ann")
    page.load("bob")
    page.wait(60.0)
    for who in order.split():
        page.load(who)
    page.wait(60.0)
    page.load("bob")
    assert page.counts()[1] == 2


def test_who_comes_after_somebody_who_has_come_back_is_another_visitor(page: Page) -> None:
    page.load("ann")
    page.board.visits.recognise(page.cookies["ann"])
    page.load("bob")
    assert page.counts() == (2, 2, 0)
    page.wait(60.0)
    page.load("bob")
    assert page.counts() == (3, 2, 0)


def test_a_program_next_to_a_phone_is_not_taken_for_it(page: Page) -> None:
    page.load("monitor", keeps=False)
    page.load("ann")
    page.wait(60.0)
    page.load("ann")
    page.load("monitor", keeps=False)
    assert page.counts() == (2, 2, 0)


def test_a_stranger_follows_a_link_once_however_often_that_is(page: Page) -> None:
    for _ in range(5):
        page.click("preview", keeps=False)
        page.wait(60.0)
    assert page.counts() == (0, 0, 1)


def test_who_follows_a_link_before_seeing_the_page_is_one_visitor(page: Page) -> None:
    page.click("ann")
    page.load("ann")
    page.wait(60.0)
    page.click("ann")
    assert page.counts() == (1, 1, 1)


def test_a_page_that_loads_itself_again_shows_the_same_and_counts_nothing() -> None:
    page = Page(BAKERY, ZOO)
    assert page.load("ann") == "Bakery"
    for _ in range(100):
        page.wait(20.0)
        assert page.load("ann", still=True) == "Bakery"
    assert page.counts() == (1, 1, 0)
    assert page.load("ann") == "Zoo"


def test_a_page_that_loads_itself_again_when_something_has_ended_shows_what_is_left() -> None:
    page = Page(BAKERY, ZOO)
    page.load("ann")
    page.board.paused.add("bakery")
    page.wait(20.0)
    assert page.load("ann", still=True) == "Zoo"
    assert page.counts("zoo") == (1, 1, 0)


def test_who_is_forgotten_has_seen_nothing(page: Page) -> None:
    page.load("ann")
    page.click("ann")
    page.board.visits.drop(page.cookies["ann"])
    page.load("ann")
    page.click("ann")
    assert page.counts() == (2, 2, 2)


def test_a_stranger_who_is_forgotten_leaves_nothing_at_the_address(page: Page) -> None:
    page.load("ann")
    page.board.visits.drop(page.cookies["ann"])
    assert len(page.board.visits) == 0
    page.load("bob")
    assert page.counts() == (2, 2, 0)


def test_whom_nobody_remembers_can_be_forgotten(page: Page) -> None:
    page.board.visits.drop(b"nobody")
    page.board.visits.recognise(b"nobody")
    assert len(page.board.visits) == 0


class Step(NamedTuple):
    """A visitor acts after some seconds."""

    after_s: float
    who: str
    address: bytes
    does: str


# Four phones, and two programs that keep nothing.
steps = st.lists(
    st.builds(
        Step,
        after_s=st.floats(0, 4 * AGAIN_S),
        who=st.sampled_from(["ann", "bob", "cem", "dua", "monitor", "preview"]),
        address=st.sampled_from([HOME, OFFICE]),
        does=st.sampled_from(["load", "reload", "click", "forget"]),
    ),
    max_size=60,
)


def do(page: Page, step: Step) -> None:
    """Run an action of a visitor."""
    page.wait(step.after_s)
    keeps = step.who not in ("monitor", "preview")
    if step.does == "click":
        page.click(step.who, step.address, keeps=keeps)
    else:
        page.load(step.who, step.address, keeps=keeps, still=step.does == "reload")


def never_less(before: Sequence[int], after: Sequence[int]) -> bool:
    return all(more >= less for less, more in zip(before, after, strict=True))


@given(steps)
def test_there_are_no_more_visits_than_phones_that_came_back_and_addresses(
    day: list[Step],
) -> None:
    page = Page(BAKERY, ZOO)
    addresses: set[bytes] = set()
    for step in (one for one in day if one.does != "forget"):
        before = [page.counts(one) for one in ("bakery", "zoo")]
        do(page, step)
        addresses.add(step.address)
        most = len(page.came_back) + len(addresses)
        for one, then in zip(("bakery", "zoo"), before, strict=True):
            impressions, visits, clicks = page.counts(one)
            assert never_less(then, (impressions, visits, clicks))
            assert visits <= min(most, impressions)
            assert clicks <= most


@given(steps, st.floats(0, 600))
def test_a_phone_that_looks_and_acts_is_one_visit_whoever_else_looks(
    others: list[Step], until_s: float
) -> None:
    page = Page(BAKERY)
    for step in others:
        if step.who != "ann" and step.does in ("load", "reload"):
            do(page, step)
    before = page.counts()
    page.load("ann")
    page.wait(until_s)
    page.load("ann")
    page.click("ann")
    impressions, visits, clicks = (
        now - then for now, then in zip(page.counts(), before, strict=True)
    )
    assert (visits, clicks) == (1, 1)
    assert 1 <= impressions <= 1 + (until_s >= AGAIN_S)


@given(steps)
def test_nothing_is_left_of_strangers_who_are_gone(day: list[Step]) -> None:
    page = Page(BAKERY)
    for step in day:
        if step.does == "forget":
            page.board.visits.drop(page.cookies.pop(step.who, b"nobody"))
        else:
            do(page, step)
    page.wait(VISIT_S)
    page.load("new")
    assert len(page.board.visits) == 1
    before = page.counts()
    page.load("another")
    assert page.counts() == before
    assert page.board.ledger.total("bakery") != Counts()
