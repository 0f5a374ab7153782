"""Tokens of visitors: random numbers, signed, so that they can be neither guessed nor forged.

Nothing is stored for a token until its visitor runs an action. Plain Python: the time is a
parameter, in seconds since the epoch.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256
import hmac
import secrets
from typing import Final

KEY_BYTES: Final = 32
_ID_BYTES: Final = 15
_TIME_BYTES: Final = 6
_MAC_BYTES: Final = 15
_LENGTH: Final = (_ID_BYTES + _TIME_BYTES + _MAC_BYTES) * 4 // 3

DRIVER_PREFIX: Final = "visitor:"


@dataclass(frozen=True, slots=True)
class Token:
    """One visitor, and when the token was made."""

    visitor: bytes
    issued: int

    @property
    def driver(self) -> str:
        """The driver's name of the visitor's holds; the token cannot be derived from it."""
        return f"{DRIVER_PREFIX}{sha256(self.visitor).hexdigest()[:16]}"


class Tokens:
    """Creates and verifies the tokens of one address."""

    def __init__(self, key: bytes) -> None:
        """Initialize with the secret key of the signatures."""
        self._key = key

    @staticmethod
    def new(now: float) -> Token:
        """Return a token for a new visitor."""
        return Token(secrets.token_bytes(_ID_BYTES), int(now))

    @staticmethod
    def renewed(token: Token, now: float) -> Token:
        """Return a token for the same visitor that lasts longer."""
        return Token(token.visitor, int(now))

    def write(self, token: Token) -> str:
        """Return a token for a cookie."""
        body = token.visitor + token.issued.to_bytes(_TIME_BYTES)
        return urlsafe_b64encode(body + self._sign(b"token", body)).decode()

    def read(self, text: str) -> Token | None:
        """Return the token in a cookie, unless it was not made here.

        The signature proves it, whatever the date: clocks are set, and the browser deletes a cookie
        in time.
        """
        if len(text) != _LENGTH or not text.isascii():
            return None
        try:
            data = urlsafe_b64decode(text)
        except Base64Error:
            return None
        body, signature = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
        if not hmac.compare_digest(signature, self._sign(b"token", body)):
            return None
        return Token(body[:_ID_BYTES], int.from_bytes(body[_ID_BYTES:]))

    def form(self, token: Token) -> str:
        """Return the secret of a visitor's forms, which no other page can know."""
        return self._sign(b"form", token.visitor).hex()

    def is_form(self, token: Token, text: str) -> bool:
        """Return whether a form comes from a visitor's own page."""
        return hmac.compare_digest(self.form(token).encode(), text.encode(errors="replace"))

    def _sign(self, purpose: bytes, data: bytes) -> bytes:
        """Return a signature."""
        return hmac.digest(self._key, purpose + b":" + data, "sha256")[:_MAC_BYTES]
