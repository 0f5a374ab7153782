"""Push subscription as a visitor's browser sends it; nothing in it is trusted.

Plain Python. A client that could name any address would make this machine send requests into its
own network. So the address has to be that of a known push service.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import asdict, dataclass
import re
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from ...lot.stored import Stored
from ...web_address import read_address

# Chrome, Edge on Android, Opera, Samsung Internet and other browsers built on Chromium; Firefox;
# Edge on Windows; Safari. Hosts below these belong to them, too.
SERVICES: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)
# Hosts of these characters are parsed in the same way by all programs.
_HOST: Final = re.compile(r"[a-z0-9.-]+")
# The longest are Microsoft's, with some 700.
ENDPOINT_MAX: Final = 1_024
# RFC 8291: a point on the curve P-256, not compressed, and 16 random octets.
POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16


class SubscriptionError(ValueError):
    """A subscription is invalid."""


class UnknownServiceError(SubscriptionError):
    """A subscription is with an unknown push service."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """The subscription of one browser."""

    endpoint: str
    p256dh: str
    auth: str
    language: str
    wants_promotions: bool = False

    @classmethod
    def read(cls, form: Mapping[str, str], language: str) -> Self:
        """Return the subscription that a browser sends.

        Raises `SubscriptionError` unless messages can be encrypted for it, and the address is that
        of a known push service.
        """
        endpoint, p256dh, auth = (form.get(name, "") for name in ("endpoint", "p256dh", "auth"))
        return cls(endpoint, p256dh, auth, language, form.get("promotions") == "yes").checked()

    @classmethod
    def from_data(cls, data: Stored) -> Self:
        """Return a subscription from stored data; raises `ValueError` for none."""
        return cls(
            data.field("endpoint").text(),
            data.field("p256dh").text(),
            data.field("auth").text(),
            data.field("language").text(),
            wants_promotions=data.field("wants_promotions").flag(),
        ).checked()

    def checked(self) -> Self:
        """Return it, or raise `SubscriptionError` when it is invalid."""
        _check_endpoint(self.endpoint)
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(
                ec.SECP256R1(), _octets(self.p256dh, POINT_BYTES)
            )
        except ValueError:
            raise SubscriptionError("p256dh is no point on the curve") from None
        _octets(self.auth, AUTH_BYTES)
        return self

    @property
    def url(self) -> URL:
        """The address exactly as it was checked: no part of it is encoded anew."""
        return URL(self.endpoint, encoded=True)

    def to_data(self) -> dict[str, str | bool]:
        """Return the data to store."""
        return asdict(self)


def _check_endpoint(endpoint: str) -> None:
    """Raise `SubscriptionError` for an address that is not allowed."""
    if len(endpoint) > ENDPOINT_MAX or not endpoint.isascii() or not endpoint.isprintable():
        raise SubscriptionError("The endpoint is no address")
    try:
        url = read_address(endpoint, encoded=True)
    except ValueError:
        raise SubscriptionError("The endpoint is no address") from None
    host, is_named = url.raw_host, "@" in url.raw_authority
    is_plain = url.explicit_port in (None, 443) and not is_named
    if url.scheme != "https" or host is None or not is_plain or "\\" in endpoint or " " in endpoint:
        raise SubscriptionError("The endpoint is not plain https")
    is_known = any(host == service or host.endswith(f".{service}") for service in SERVICES)
    if not is_known or not _HOST.fullmatch(host):
        raise UnknownServiceError("The endpoint is at no known push service")


def _octets(text: str, length: int) -> bytes:
    """Return the octets in a text in base64url, which browsers write without padding."""
    try:
        data = b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    except Base64Error, ValueError:
        raise SubscriptionError("A key is no base64url") from None
    if len(data) != length:
        raise SubscriptionError("A key has a wrong length")
    return data
