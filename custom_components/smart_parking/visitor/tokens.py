"""Who a visitor is: a number that nobody can guess, made here and signed, so that none is made up.

Nothing is kept for a token until its visitor asks for something. Plain Python: the time is a
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
        """The name under which bays are kept; the token cannot be told from it."""
        return f"{DRIVER_PREFIX}{sha256(self.visitor).hexdigest()[:16]}"


class Tokens:
    """Makes the tokens of one address, and knows them again."""

    def __init__(self, key: bytes) -> None:
        """Sign with a key that nobody else has."""
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
        """Return a token as a cookie holds it."""
        body = token.visitor + token.issued.to_bytes(_TIME_BYTES)
        return urlsafe_b64encode(body + self._sign(b"token", body)).decode()

    def read(self, text: str) -> Token | None:
        """Return the token that a cookie holds, unless it is not from here.

        That is proved by the signature, whatever the date: clocks are set, and it is the browser
        that forgets a cookie in time.
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
        """Return what the forms of a visitor's page carry: another page cannot know it."""
        return self._sign(b"form", token.visitor).hex()

    def is_form(self, token: Token, text: str) -> bool:
        """Return whether a form comes from a visitor's own page."""
        return hmac.compare_digest(self.form(token).encode(), text.encode(errors="replace"))

    def _sign(self, purpose: bytes, data: bytes) -> bytes:
        """Return a signature."""
        return hmac.digest(self._key, purpose + b":" + data, "sha256")[:_MAC_BYTES]
