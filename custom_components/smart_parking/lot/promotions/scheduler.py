"""Scheduler: promotions are rotated within their limits, and counted when they are shown."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from .frequency_cap import FrequencyCap, Impression, Visit
from .ledger import Counts, Ledger
from .model import Promotion, Rotation, When

# A page that is reloaded within this time shows the same promotion, which counts once.
AGAIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A client looks at a page, at a time of the lot's clock, which people set now and then.

    `clock_s` is the time of a clock that only goes forwards; visits are measured by it. `viewer`
    identifies the visitor, or the screen that shows the promotion to passers-by; None when it is
    unknown. `language` is the reader's.
    """

    at: datetime
    when: When
    clock_s: float | None = None
    viewer: bytes | None = None
    address: bytes | None = None
    """The address of a stranger, whose key is `viewer` from now on."""
    language: str | None = None
    screen: bool = False
    still: bool = False
    """The page has reloaded by itself, without a person."""

    @property
    def now_s(self) -> float:
        """The time on the clock that intervals are measured with."""
        return self.at.timestamp() if self.clock_s is None else self.clock_s

    @property
    def again_s(self) -> float:
        """Return for how long the same promotion is shown again, which does not count.

        A stranger may be a program that loads the page every minute; it counts once a visit.
        """
        return inf if self.still or self.address is not None else AGAIN_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A promotion chosen for a client, which may not show it after all."""

    promotion: Promotion
    view: View
    impression: Impression
    visit: Visit | None = None
    among: Sequence[Promotion] = ()
    """The promotions that it was chosen from; empty for a repeat, which does not count."""

    @property
    def counts(self) -> bool:
        """Return whether it counts when it is shown."""
        return bool(self.among)


class PromotionScheduler:
    """The promotions of a lot; `counted` is called with each one whose counts change."""

    def __init__(self, counted: Callable[[str], None] = lambda _: None) -> None:
        """Initialize without promotions."""
        self.promotions: dict[str, Promotion] = {}
        self.paused: set[str] = set()
        self.ledger = Ledger()
        self.rotation = Rotation()
        self.visits = FrequencyCap()
        self._counted = counted
        self._on_the_way: Counter[str] = Counter()

    def set_promotions(self, promotions: Iterable[Promotion]) -> None:
        """Replace the promotions."""
        self.promotions = {one.promotion_id: one for one in promotions}
        self.paused &= self.promotions.keys()
        self.rotation.keep(self.promotions)
        self.ledger.name({one.promotion_id: one.title for one in self.promotions.values()})

    def show(self, view: View) -> Promotion | None:
        """Return the promotion for a client, and count it; None when there is none.

        A client that has just been shown one is shown the same again, which is not counted.
        """
        if (placement := self.choose(view)) is None:
            return None
        self.settle(placement, shown=True)
        return placement.promotion

    def choose(self, view: View) -> Placement | None:
        """Return the chosen promotion; the caller has to settle it, which counts it."""
        visit = self._visit_of(view.viewer, view.address, view.now_s)
        due = [one for one in self.promotions.values() if self._is_due(one, view)]
        if visit is not None:
            if (same := _shown_just_now(visit, due, view)) is not None:
                return Placement(promotion=same, view=view, impression=visit.last[view.when])
            if not view.screen:
                due = [one for one in due if _may_see_again(visit, one)]
        if (chosen := self.rotation.choose(due)) is None:
            return None
        self._on_the_way[chosen.promotion_id] += 1
        impression = Impression(chosen.promotion_id, view.now_s)
        return Placement(promotion=chosen, view=view, impression=impression, visit=visit, among=due)

    def settle(self, placement: Placement, *, shown: bool) -> None:
        """Count a placement that was shown, or undo it."""
        if not placement.counts:
            return
        self._on_the_way[placement.promotion.promotion_id] -= 1
        if shown:
            self._count_impression(placement)
        else:
            self.rotation.refund(placement.promotion, placement.among)

    def follow(
        self,
        promotion_id: str,
        at: datetime,
        viewer: bytes | None = None,
        address: bytes | None = None,
        *,
        clock_s: float | None = None,
    ) -> str | None:
        """Return the link of a promotion, and count a click: one for each visit.

        `viewer`, `address` and `clock_s` are as in `View`. None when there is no such promotion, or
        it has no link.
        """
        if (promotion := self.promotions.get(promotion_id)) is None or not promotion.link:
            return None
        now_s = at.timestamp() if clock_s is None else clock_s
        if (visit := self._visit_of(viewer, address, now_s)) is not None:
            if promotion_id in visit.clicked:
                return promotion.link
            visit.clicked.add(promotion_id)
        self._count(at, promotion_id, Counts(clicks=1))
        return promotion.link

    def _visit_of(self, viewer: bytes | None, address: bytes | None, now_s: float) -> Visit | None:
        """Return the visit of a viewer, if the viewer is known."""
        if viewer is None:
            return None
        if address is None:
            return self.visits.of(viewer, now_s)
        return self.visits.of_stranger(viewer, address, now_s)

    def _is_due(self, promotion: Promotion, view: View) -> bool:
        """Return whether a promotion may be shown to a client."""
        promotion_id = promotion.promotion_id
        if promotion_id in self.paused:
            return False
        taken = self.ledger.total(promotion_id).impressions + self._on_the_way[promotion_id]
        used_up = promotion.most is not None and taken >= promotion.most
        return not used_up and promotion.is_due(view.at, view.when, view.language)

    def _count_impression(self, placement: Placement) -> None:
        """Count an impression, and record it in the visit."""
        view, visit, promotion_id = (
            placement.view,
            placement.visit,
            placement.promotion.promotion_id,
        )
        first = False
        if visit is not None:
            seen = visit.impressions.get(promotion_id, 0)
            visit.impressions[promotion_id] = seen + 1
            visit.last[view.when] = placement.impression
            first = not seen and not view.screen
        counts = Counts(impressions=1, on_signs=int(view.screen), visits=int(first))
        self._count(view.at, promotion_id, counts)

    def _count(self, at: datetime, promotion_id: str, counts: Counts) -> None:
        """Add counts on the day of a time."""
        self.ledger.add(at.date(), promotion_id, counts)
        self._counted(promotion_id)


def _shown_just_now(visit: Visit, due: Iterable[Promotion], view: View) -> Promotion | None:
    """Return the promotion that a visitor has just been shown, if it may still be shown."""
    last = visit.last.get(view.when)
    if last is None or not 0 <= view.now_s - last.at_s < view.again_s:
        return None
    return next((one for one in due if one.promotion_id == last.promotion_id), None)


def _may_see_again(visit: Visit, promotion: Promotion) -> bool:
    """Return whether a visitor has not seen a promotion too often."""
    seen = visit.impressions.get(promotion.promotion_id, 0)
    return promotion.most_per_visit is None or seen < promotion.most_per_visit
