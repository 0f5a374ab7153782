"""Encryption of a message for one browser (RFC 8291), and its signature (RFC 8292)."""

from dataclasses import dataclass
from typing import Final

from homeassistant.helpers.json import json_bytes
from py_vapid import Vapid02
from pywebpush import WebPusher

from .messages import PushMessage
from .subscription import Subscription
from .vapid import VapidKeys

# A signature may be valid for a day at most; it is made anew for every message.
SIGNED_S: Final = 12 * 3600
# Push services want a contact for a sender. It is the project, because an owner's name is private.
CONTACT: Final = "https://github.com/smart-parking/ha-smart-parking"


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A message as sent to a push service."""

    body: bytes
    authorization: str


def encrypt(
    keys: VapidKeys, subscription: Subscription, message: PushMessage, now: float
) -> Encrypted:
    """Return a message, encrypted and signed. Some ms of arithmetic: for the executor."""
    receiver = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": receiver})
    # In strict mode it takes mail addresses and bare hosts only; the standard allows any https
    # address.
    signer = Vapid02(keys.private, {"no-strict": True})
    signed = signer.sign(
        {
            "aud": str(subscription.url.origin()),
            "exp": int(now) + SIGNED_S,
            "sub": CONTACT,
        }
    )
    encrypted = pusher.encode(json_bytes(message.to_data()))
    return Encrypted(encrypted["body"], signed["Authorization"])
