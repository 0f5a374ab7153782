"""What is shown to whom: promotions in turns, within their limits, counted as they are shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from .ledger import Counts, Ledger
from .promotions import Promotion, Rotation, When
from .visits import Visit, Visits

# Somebody who looks once more within this time, as when a page is reloaded, has not seen it twice.
AGAIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looks, at a time of the lot's clock.

    `viewer` stands for the visitor, or for the screen that shows it to whoever passes by; None when
    nobody knows who looks. `language` is what they read.
    """

    at: datetime
    when: When
    viewer: bytes | None = None
    language: str | None = None
    screen: bool = False


class Board:
    """The promotions of a lot; `counted` is called with each one of which something is counted."""

    def __init__(self, counted: Callable[[str], None] = lambda _: None) -> None:
        """Begin with nothing to show."""
        self.promotions: dict[str, Promotion] = {}
        self.paused: set[str] = set()
        self.ledger = Ledger()
        self.rotation = Rotation()
        self._visits = Visits()
        self._counted = counted

    def put_up(self, promotions: Iterable[Promotion]) -> None:
        """Have these promotions, and no others."""
        self.promotions = {one.promotion_id: one for one in promotions}
        self.paused &= self.promotions.keys()
        self.rotation.keep(self.promotions)
        self.ledger.name({one.promotion_id: one.title for one in self.promotions.values()})

    def show(self, look: Look) -> Promotion | None:
        """Return what somebody is shown, and count it; None when there is nothing for them.

        Who has just been shown something is shown the same again, which is not counted.
        """
        now_s = look.at.timestamp()
        visit = None if look.viewer is None else self._visits.of(look.viewer, now_s)
        due = [one for one in self.promotions.values() if self._is_due(one, look)]
        if visit is not None:
            if (same := _shown_just_now(visit, due, look.when, now_s)) is not None:
                return same
            if not look.screen:
                due = [one for one in due if _may_see_again(visit, one)]
        if (chosen := self.rotation.choose(due)) is None:
            return None
        first = False
        if visit is not None:
            seen = visit.impressions.get(chosen.promotion_id, 0)
            visit.impressions[chosen.promotion_id] = seen + 1
            visit.last[look.when] = (chosen.promotion_id, now_s)
            first = not seen and not look.screen
        counts = Counts(impressions=1, on_signs=int(look.screen), visits=int(first))
        self._count(look.at, chosen.promotion_id, counts)
        return chosen

    def follow(self, promotion_id: str, at: datetime, viewer: bytes | None = None) -> str | None:
        """Return where a promotion leads, and count a click: one for each visit.

        None when there is no such promotion, or it leads nowhere.
        """
        if (promotion := self.promotions.get(promotion_id)) is None or not promotion.link:
            return None
        if viewer is not None:
            clicked = self._visits.of(viewer, at.timestamp()).clicked
            if promotion_id in clicked:
                return promotion.link
            clicked.add(promotion_id)
        self._count(at, promotion_id, Counts(clicks=1))
        return promotion.link

    def _is_due(self, promotion: Promotion, look: Look) -> bool:
        """Return whether a promotion may be shown to those who look."""
        if promotion.promotion_id in self.paused:
            return False
        shown = self.ledger.total(promotion.promotion_id).impressions
        used_up = promotion.most is not None and shown >= promotion.most
        return not used_up and promotion.is_due(look.at, look.when, look.language)

    def _count(self, at: datetime, promotion_id: str, counts: Counts) -> None:
        """Count something."""
        self.ledger.add(at.date(), promotion_id, counts)
        self._counted(promotion_id)


def _shown_just_now(
    visit: Visit, due: Iterable[Promotion], when: When, now_s: float
) -> Promotion | None:
    """Return what somebody is looking at, if it may still be shown."""
    promotion_id, at_s = visit.last.get(when, ("", 0.0))
    if not 0 <= now_s - at_s < AGAIN_S:
        return None
    return next((one for one in due if one.promotion_id == promotion_id), None)


def _may_see_again(visit: Visit, promotion: Promotion) -> bool:
    """Return whether a visitor has not seen a promotion too often."""
    seen = visit.impressions.get(promotion.promotion_id, 0)
    return promotion.most_per_visit is None or seen < promotion.most_per_visit
