"""Push messages for visitors, and for how long each is valid."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ...live.snapshot import Json
from ...lot.holds.events import HoldEvent, HoldEventType
from ...lot.promotions.model import Promotion
from ...texts import DriverTexts
from ..messages import Message

# The end of a hold is worth a message for this long.
OVER_S: Final = 600.0
# A promotion is valid for this long after parking.
PROMOTION_S: Final = 3_600.0
# A push service takes 4,096 octets, encrypted; a letter of the Devanagari script has three.
TITLE_MAX: Final = 80
BODY_MAX: Final = 400


class Topic(StrEnum):
    """Topic of a message; at the push service, a new message replaces the waiting one of its topic.

    Four letters, because push services want base64url.
    """

    BAY = "bay-"
    PROMOTION = "shop"


class Urgency(StrEnum):
    """Whether a phone is woken for the message (RFC 8030, 5.3)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushMessage:
    """One message to one visitor."""

    title: str
    body: str
    language: str
    until: float
    """When it expires, in seconds since the epoch."""
    topic: Topic = Topic.BAY
    urgency: Urgency = Urgency.HIGH
    leads_to: str = ""
    """The address that a tap opens, below the page's."""
    icon: str = ""

    def to_data(self) -> dict[str, Json]:
        """Return the message as JSON data for the service worker."""
        return {
            "title": self.title[:TITLE_MAX],
            "body": self.body[:BODY_MAX],
            "lang": self.language,
            "tag": self.topic.value,
            "to": self.leads_to,
            "icon": self.icon,
        }


def message_about(
    hold_event: HoldEvent,
    message: Message | None,
    label: str,
    lot: str,
    texts: DriverTexts,
    now: float,
) -> PushMessage | None:
    """Return the message for a visitor about an event, unless there is none.

    Args:
        hold_event: The event of the hold.
        message: The page's message about it.
        label: The label of the bay.
        lot: The name of the lot.
        texts: The visitor's language.
        now: The time, in seconds since the epoch.
    """
    hold = hold_event.hold
    if hold_event.event_type is HoldEventType.ARRIVED:
        text, until = texts.text("push_arrived", bay=label), hold.due
    elif message is not None:
        text, until = message.text(texts), hold.until
    else:
        return None
    is_over = hold_event.event_type in (HoldEventType.EXPIRED, HoldEventType.RELEASED)
    return PushMessage(
        title=lot,
        body=text,
        language=texts.language,
        until=now + OVER_S if is_over else until,
        urgency=Urgency.NORMAL if is_over else Urgency.HIGH,
    )


def message_expiring(label: str, until: float, lot: str, texts: DriverTexts) -> PushMessage:
    """Return the message that a hold is about to expire."""
    return PushMessage(
        title=lot,
        body=texts.text("push_nearly_up", bay=label),
        language=texts.language,
        until=until,
    )


def message_of_promotion(promotion: Promotion, texts: DriverTexts, now: float) -> PushMessage:
    """Return a promotion, marked as such."""
    address = f"p/{promotion.promotion_id}"
    mark = texts.text("promotion")
    return PushMessage(
        title=f"{mark}: {promotion.title}",
        body=promotion.text,
        language=texts.language,
        until=now + PROMOTION_S,
        topic=Topic.PROMOTION,
        urgency=Urgency.LOW,
        leads_to=address if promotion.link else "",
        icon=f"{address}/picture" if promotion.picture else "",
    )
