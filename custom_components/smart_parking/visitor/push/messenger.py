"""Who is told what, and when: the visitors of one lot who want to be told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ...clock import epoch_s
from ...coordinator import LotCoordinator
from ...guidance import Guidance
from ...lot.happenings import Happening, Told
from ...lot.promises import Hold, HoldStatus
from ...lot.promotions import When
from ...promotions import Promotions
from ...words import Words, words_for
from ..sessions import Session, Sessions
from .letters import Letter, letter_about, letter_nearly_up, letter_of_promotion
from .post import Post
from .subscription import Subscription

# Some 600 bytes each. When more want to be told, who has not been seen for longest is not.
SUBSCRIPTIONS_MAX: Final = 1_000
# Time enough to find the phone and to tap once; less, when a bay is kept for a few minutes only.
NEARLY_UP_S: Final = 60.0
NEARLY_UP_PART: Final = 1 / 4
ON_THE_WAY: Final = (HoldStatus.HELD, HoldStatus.ARRIVED)


class Messenger:
    """Tells visitors what happens to their bays."""

    def __init__(
        self,
        coordinator: LotCoordinator,
        guidance: Guidance,
        promotions: Promotions,
        sessions: Callable[[], Sessions],
        note: Callable[[], None],
    ) -> None:
        """Prepare; `note` is called when something of a session has changed."""
        self.post = Post(coordinator.hass, coordinator.entry, self.async_unsubscribe)
        self._coordinator = coordinator
        self._guidance = guidance
        self._promotions = promotions
        self._hass = coordinator.hass
        self._sessions = sessions
        self._note = note
        self._clocks: dict[str, CALLBACK_TYPE] = {}
        self._asking: str | None = None

    @callback
    def async_set_on(self, *, on: bool) -> None:
        """Begin, or end: then who wanted to be told is forgotten."""
        self.async_stop()
        for driver, session in self._subscribed():
            if on:
                self._async_mind_time(driver)
            else:
                session.push = None
                self._note()

    @callback
    def async_stop(self) -> None:
        """Tell nothing more."""
        for stop in self._clocks.values():
            stop()
        self._clocks.clear()
        self.post.async_stop()

    def __len__(self) -> int:
        """Return how many want to be told."""
        return len(self._subscribed())

    # Who wants to be told.

    @callback
    def async_subscribe(
        self, driver: str, session: Session, subscription: Subscription, most: int
    ) -> None:
        """Tell a visitor from now on; `most` is for how many of one phone that is done."""
        self._end(driver, session)
        session.push = subscription
        subscribed = self._subscribed()
        of_phone = [one for one in subscribed if one[1].client == session.client]
        for others, limit in ((of_phone, most), (subscribed, SUBSCRIPTIONS_MAX)):
            for other, dropped in others[: max(0, len(others) - limit)]:
                self._end(other, dropped)
        self._note()
        self._async_mind_time(driver)

    @callback
    def async_unsubscribe(self, driver: str) -> None:
        """Tell a visitor no more."""
        if (session := self._sessions().get(driver)) is not None:
            self._end(driver, session)
            self._note()

    @callback
    def async_speak(self, driver: str, language: str) -> None:
        """Speak to a visitor in another language from now on."""
        session = self._sessions().get(driver)
        if session is not None and session.push is not None and session.push.language != language:
            session.push = replace(session.push, language=language)
            self._note()

    def _end(self, driver: str, session: Session) -> None:
        """Forget that a visitor wants to be told, and what is on its way to them."""
        session.push = None
        self._stop_clock(driver)
        self.post.async_stop(driver)

    def _subscribed(self) -> list[tuple[str, Session]]:
        """Return who wants to be told, who has not been seen for longest first."""
        return [(driver, one) for driver, one in self._sessions() if one.push is not None]

    # What happens to their bays.

    @contextmanager
    def answering(self, driver: str) -> Iterator[None]:
        """Do what a visitor asks for: what comes of it for themselves, the page answers."""
        self._asking = driver
        try:
            yield
        finally:
            self._asking = None

    @callback
    def async_told(self, session: Session, told: Told) -> None:
        """Tell a visitor of a happening, if they want to be told and do not know it."""
        hold = told.hold
        if session.push is None:
            return
        self._async_mind_time(hold.driver)
        if hold.driver == self._asking:
            return
        words = words_for(self._hass, session.push.language)
        if told.happening is Happening.CONFIRMED:
            self._async_promote(hold, session.push, words)
            return
        lot, label, now = self._coordinator.entry.title, self._label(hold), epoch_s()
        if (letter := letter_about(told, session.notice, label, lot, words, now)) is not None:
            self.post.async_send(hold.driver, session.push, letter)

    @callback
    def _async_promote(self, hold: Hold, subscription: Subscription, words: Words) -> None:
        """Send a promotion to who has parked, unless the page has shown one when they said so."""
        if not subscription.wants_promotions or hold.has_parked:
            return
        promotions, driver = self._promotions, hold.driver
        if (turn := promotions.async_choose(When.AFTER, driver, words.language)) is not None:
            letter = letter_of_promotion(turn.promotion, words, epoch_s())
            self.post.async_send(
                driver,
                subscription,
                letter,
                lambda taken: promotions.async_settle(turn, shown=taken),
            )

    def _label(self, hold: Hold) -> str:
        """Return what people call the bay of a hold."""
        lot, bay_id = self._coordinator.lot, hold.bay_id
        return lot[bay_id].bay.label if bay_id is not None and bay_id in lot else ""

    # The time.

    @callback
    def _async_mind_time(self, driver: str) -> None:
        """Be ready to tell a visitor when their time is nearly up, if it is not already."""
        self._stop_clock(driver)
        hold = self._guidance.of_driver(driver)
        # Who has come may leave again without a word, and is on the way then as before.
        if hold is None or hold.status not in ON_THE_WAY or hold.has_parked:
            return
        wait_s = _nearly_up(hold) - epoch_s()
        if wait_s > 0.0:

            @callback
            def tell(_now_utc: datetime) -> None:
                del self._clocks[driver]
                self._async_be_nearly_up(driver)

            self._clocks[driver] = async_call_later(self._hass, wait_s, tell)

    @callback
    def _async_be_nearly_up(self, driver: str) -> None:
        """Tell a visitor that their time is nearly up, unless they have more by now."""
        self._guidance.async_mind_clock()
        session = self._sessions().get(driver)
        hold = self._guidance.of_driver(driver)
        if session is None or session.push is None or session.parked is not None or hold is None:
            return
        if hold.status is HoldStatus.HELD and _nearly_up(hold) <= epoch_s():
            self.post.async_send(driver, session.push, self._nearly_up_letter(hold, session.push))
        else:
            self._async_mind_time(driver)

    def _nearly_up_letter(self, hold: Hold, subscription: Subscription) -> Letter:
        """Return that the time of a hold is nearly up."""
        words = words_for(self._hass, subscription.language)
        lot = self._coordinator.entry.title
        return letter_nearly_up(self._label(hold), hold.until, lot, words)

    def _stop_clock(self, driver: str) -> None:
        """Mind the time of a visitor no more."""
        if (stop := self._clocks.pop(driver, None)) is not None:
            stop()


def _nearly_up(hold: Hold) -> float:
    """Return when the time of a hold is nearly up, in seconds since the epoch."""
    return hold.until - min(NEARLY_UP_S, hold.length_s * NEARLY_UP_PART)
