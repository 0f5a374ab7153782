"""What an owner can set about visitors."""

from dataclasses import dataclass
import secrets
from typing import Final, Self

from homeassistant.config_entries import ConfigEntry

CONF_VISITORS: Final = "visitors"
CONF_REMOTE: Final = "visitors_remote"
CONF_SECRET: Final = "visitors_secret"  # noqa: S105  (the name of an option)
CONF_HOURS: Final = "visitors_hours"
CONF_REQUESTS: Final = "visitors_requests"
CONF_REQUESTS_TOTAL: Final = "visitors_requests_total"
CONF_STREAMS: Final = "visitors_streams"
CONF_STREAMS_TOTAL: Final = "visitors_streams_total"
CONF_HOLDS: Final = "visitors_holds"
CONF_SHARE: Final = "visitors_share"
CONF_PUSH: Final = "push"
CONF_HOOK: Final = "visitors_hook"
CONF_HOOK_ID: Final = "visitors_hook_id"
CONF_HOOK_PAUSE: Final = "visitors_hook_pause"

HOURS = 24
# A page takes some twelve at first, then one now and then.
REQUESTS = 120
# 50 a second. Of the page, which counts as four, that is 3 % of a desktop's core.
REQUESTS_TOTAL = 3_000
STREAMS = 4
STREAMS_TOTAL = 500
HOLDS = 2
# Somebody with many addresses cannot have it all: a quarter stays for drivers of the owner's own.
SHARE_PERCENT = 75
SHARE_LEAST = 2
# A phone in a pocket drops a connection for minutes, not for half an hour.
HOOK_PAUSE_MIN = 30.0

# A visitor who comes back is known for the whole time again, but not written to at every request.
RENEWALS = 24

# Without letters and digits that look alike: the beginning of it may have to be typed from a sign.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
# 130 bits, which nobody guesses.
SECRET_LENGTH = 26
# Of these, as many lead to the page from a sign: 40 bits, guessed at 1,000 a second in 17 years.
# Whoever stands before the sign can read it anyway.
SHORT_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorOptions:
    """Whether a lot has a page for visitors, for whom, and how much one of them may ask for."""

    on: bool = False
    remote: bool = False
    """Whether it answers beyond the local networks."""
    secret: str = ""
    hours: float = HOURS
    """So long after they were last seen, visitors are forgotten."""
    requests: int = REQUESTS
    """A minute, of one phone."""
    requests_total: int = REQUESTS_TOTAL
    """A minute, of all phones together."""
    streams: int = STREAMS
    """Open pages of one phone."""
    streams_total: int = STREAMS_TOTAL
    """Open pages of all phones together."""
    holds: int = HOLDS
    """Bays kept at a time for visitors of one phone."""
    share_percent: float = SHARE_PERCENT
    """Of the bays and of the places in the queue, what visitors on their way may have at a time."""
    push: bool = False
    """Whether visitors may be told what happens while the page is closed."""

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Read the options of a lot's entry; what is not set has its default."""
        options = entry.options
        secret = str(options.get(CONF_SECRET, ""))
        return cls(
            on=bool(options.get(CONF_VISITORS)) and bool(secret),
            remote=bool(options.get(CONF_REMOTE)),
            secret=secret,
            hours=float(options.get(CONF_HOURS, HOURS)),
            requests=int(options.get(CONF_REQUESTS, REQUESTS)),
            requests_total=int(options.get(CONF_REQUESTS_TOTAL, REQUESTS_TOTAL)),
            streams=int(options.get(CONF_STREAMS, STREAMS)),
            streams_total=int(options.get(CONF_STREAMS_TOTAL, STREAMS_TOTAL)),
            holds=int(options.get(CONF_HOLDS, HOLDS)),
            share_percent=float(options.get(CONF_SHARE, SHARE_PERCENT)),
            push=bool(options.get(CONF_PUSH)),
        )

    @property
    def forget_s(self) -> float:
        """Return after how long visitors are forgotten who were not seen."""
        return self.hours * 3600.0

    @property
    def renew_s(self) -> float:
        """Return how often who comes back is given a new token at most."""
        return self.forget_s / RENEWALS

    @property
    def token_s(self) -> float:
        """Return how long a token is valid, also if seen shortly before the next one was due."""
        return self.forget_s + self.renew_s

    def share_of(self, number: int) -> int:
        """Return how many of a number visitors may have at a time."""
        return max(SHARE_LEAST, int(number * self.share_percent / 100.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class HookOptions:
    """Whether access points can tell a lot of the phones that join its Wi-Fi."""

    on: bool = False
    hook_id: str = ""
    pause_s: float = HOOK_PAUSE_MIN * 60.0
    """Who comes back sooner is still the same visitor."""

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Read the options of a lot's entry; what is not set has its default."""
        options = entry.options
        hook_id = str(options.get(CONF_HOOK_ID, ""))
        return cls(
            on=bool(options.get(CONF_HOOK)) and bool(hook_id),
            hook_id=hook_id,
            pause_s=float(options.get(CONF_HOOK_PAUSE, HOOK_PAUSE_MIN)) * 60.0,
        )


def new_secret() -> str:
    """Return a secret for an address."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
