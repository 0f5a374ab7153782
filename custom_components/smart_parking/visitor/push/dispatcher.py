"""Dispatcher of push messages: which of a lot's visitors are notified, of what, and when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ...clock import epoch_s
from ...coordinator import LotCoordinator
from ...guidance.manager import GuidanceManager
from ...lot.holds.events import HoldEvent, HoldEventType
from ...lot.holds.hold import Hold, HoldStatus
from ...lot.promotions.model import When
from ...promotions.manager import PromotionManager
from ...texts import DriverTexts, get_texts
from ..sessions import Session, Sessions
from .messages import PushMessage, message_about, message_expiring, message_of_promotion
from .sender import PushSender
from .subscription import Subscription

# Some 600 bytes each. When there are more, the visitor seen longest ago is unsubscribed.
SUBSCRIPTIONS_MAX: Final = 1_000
# Time enough to find the phone and to tap once; it is less for a hold of only a few minutes.
NEARLY_UP_S: Final = 60.0
NEARLY_UP_PART: Final = 1 / 4
ON_THE_WAY: Final = (HoldStatus.HELD, HoldStatus.ARRIVED)


class PushDispatcher:
    """Notifies visitors of events of their holds."""

    def __init__(
        self,
        coordinator: LotCoordinator,
        guidance: GuidanceManager,
        promotions: PromotionManager,
        sessions: Callable[[], Sessions],
        note: Callable[[], None],
    ) -> None:
        """Initialize; `note` is called when a session has changed."""
        self.post = PushSender(coordinator.hass, coordinator.entry, self.async_unsubscribe)
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
        """Start or stop sending; stopping removes all subscriptions."""
        self.async_stop()
        for driver, session in self._subscribed():
            if on:
                self._async_schedule(driver)
            else:
                session.push = None
                self._note()

    @callback
    def async_stop(self) -> None:
        """Stop sending."""
        for stop in self._clocks.values():
            stop()
        self._clocks.clear()
        self.post.async_stop()

    def __len__(self) -> int:
        """Return the number of subscriptions."""
        return len(self._subscribed())

    # Subscriptions.

    @callback
    def async_subscribe(
        self, driver: str, session: Session, subscription: Subscription, most: int
    ) -> None:
        """Subscribe a visitor; `most` is the limit for one phone."""
        self._end(driver, session)
        session.push = subscription
        subscribed = self._subscribed()
        of_phone = [one for one in subscribed if one[1].client == session.client]
        for others, limit in ((of_phone, most), (subscribed, SUBSCRIPTIONS_MAX)):
            for other, dropped in others[: max(0, len(others) - limit)]:
                self._end(other, dropped)
        self._note()
        self._async_schedule(driver)

    @callback
    def async_unsubscribe(self, driver: str) -> None:
        """Unsubscribe a visitor."""
        if (session := self._sessions().get(driver)) is not None:
            self._end(driver, session)
            self._note()

    @callback
    def async_set_language(self, driver: str, language: str) -> None:
        """Switch the language of a visitor."""
        session = self._sessions().get(driver)
        if session is not None and session.push is not None and session.push.language != language:
            session.push = replace(session.push, language=language)
            self._note()

    def _end(self, driver: str, session: Session) -> None:
        """Remove a visitor's subscription, and messages on their way."""
        session.push = None
        self._stop_clock(driver)
        self.post.async_stop(driver)

    def _subscribed(self) -> list[tuple[str, Session]]:
        """Return the visitors with subscriptions, the one seen longest ago first."""
        return [(driver, one) for driver, one in self._sessions() if one.push is not None]

    # Events of holds.

    @contextmanager
    def answering(self, driver: str) -> Iterator[None]:
        """Suppress messages to a visitor during their own action, whose result the page shows."""
        self._asking = driver
        try:
            yield
        finally:
            self._asking = None

    @callback
    def async_send_event(self, session: Session, hold_event: HoldEvent) -> None:
        """Notify a visitor of an event, if they are subscribed and do not know it."""
        hold = hold_event.hold
        if session.push is None:
            return
        self._async_schedule(hold.driver)
        if hold.driver == self._asking:
            return
        texts = get_texts(self._hass, session.push.language)
        if hold_event.event_type is HoldEventType.CONFIRMED:
            self._async_promote(hold, session.push, texts)
            return
        lot, label, now = self._coordinator.entry.title, self._label(hold), epoch_s()
        if (
            message := message_about(hold_event, session.message, label, lot, texts, now)
        ) is not None:
            self.post.async_send(hold.driver, session.push, message)

    @callback
    def _async_promote(self, hold: Hold, subscription: Subscription, texts: DriverTexts) -> None:
        """Send a promotion to a visitor who has parked, unless the page has shown one then."""
        if not subscription.wants_promotions or hold.has_parked:
            return
        promotions, driver = self._promotions, hold.driver
        if (turn := promotions.async_choose(When.AFTER, driver, texts.language)) is not None:
            message = message_of_promotion(turn.promotion, texts, epoch_s())
            self.post.async_send(
                driver,
                subscription,
                message,
                lambda taken: promotions.async_settle(turn, shown=taken),
            )

    def _label(self, hold: Hold) -> str:
        """Return the label of a hold's bay."""
        lot, bay_id = self._coordinator.lot, hold.bay_id
        return lot[bay_id].bay.label if bay_id is not None and bay_id in lot else ""

    # Timers.

    @callback
    def _async_schedule(self, driver: str) -> None:
        """Schedule the message that a visitor's hold is about to expire, if it is not already."""
        self._stop_clock(driver)
        hold = self._guidance.of_driver(driver)
        # A driver who has arrived may leave again without an answer, and is on the way then as
        # before.
        if hold is None or hold.status not in ON_THE_WAY or hold.has_parked:
            return
        wait_s = _expiring_at(hold) - epoch_s()
        if wait_s > 0.0:

            @callback
            def send(_now_utc: datetime) -> None:
                del self._clocks[driver]
                self._async_send_expiring(driver)

            self._clocks[driver] = async_call_later(self._hass, wait_s, send)

    @callback
    def _async_send_expiring(self, driver: str) -> None:
        """Notify a visitor that their hold is about to expire, unless it was extended."""
        self._guidance.async_follow_clock()
        session = self._sessions().get(driver)
        hold = self._guidance.of_driver(driver)
        if session is None or session.push is None or session.parked is not None or hold is None:
            return
        if hold.status is HoldStatus.HELD and _expiring_at(hold) <= epoch_s():
            self.post.async_send(driver, session.push, self._expiring_message(hold, session.push))
        else:
            self._async_schedule(driver)

    def _expiring_message(self, hold: Hold, subscription: Subscription) -> PushMessage:
        """Return the message that a hold is about to expire."""
        texts = get_texts(self._hass, subscription.language)
        lot = self._coordinator.entry.title
        return message_expiring(self._label(hold), hold.until, lot, texts)

    def _stop_clock(self, driver: str) -> None:
        """Cancel the timer of a visitor."""
        if (stop := self._clocks.pop(driver, None)) is not None:
            stop()


def _expiring_at(hold: Hold) -> float:
    """Return when a hold is about to expire, in seconds since the epoch."""
    return hold.until - min(NEARLY_UP_S, hold.length_s * NEARLY_UP_PART)
