"""Refusals by limits, reported to the owner: the limit of one phone may affect many."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..issues import Issue, IssueTracker

# An issue stays this long after the last refusal.
ISSUE_LIFETIME_S = 86_400.0


class Limit(StrEnum):
    """A limit that may refuse legitimate visitors."""

    HOLDS = "holds"
    """Holds of the visitors of one phone."""
    SHARE = "share"
    """Bays held for all visitors together."""
    REQUESTS = "requests"
    """Requests of one phone."""


# A phone that wakes up may ask for too much once; a hundred refusals come from many phones.
REFUSALS_BEFORE_ISSUE = {Limit.HOLDS: 1, Limit.SHARE: 1, Limit.REQUESTS: 100}


@dataclass(slots=True)
class _Refused:
    """Number of refusals, and time of the newest one on the loop's clock."""

    count: int = 0
    at: float = 0.0


class Refusals:
    """The refusals of a lot, as far as the owner should act on them."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize without refusals."""
        self._hass = hass
        self._entry = entry
        self._issues = IssueTracker(hass, entry.entry_id)
        self._refused: dict[Limit, _Refused] = {}

    @callback
    def async_note(self, limit: Limit, client: str, most: float) -> None:
        """Record that a limit has refused a client."""
        refused = self._refused.setdefault(limit, _Refused())
        refused.count += 1
        refused.at = self._hass.loop.time()
        if refused.count == REFUSALS_BEFORE_ISSUE[limit]:
            placeholders = {"lot": self._entry.title, "address": client, "most": f"{most:g}"}
            issue = Issue(f"visitors_{limit}", placeholders, timeout_s=0.0)
            self._issues.async_raise(_key(limit), issue)

    @callback
    def async_forget(self, *, all_of_them: bool = False) -> None:
        """Remove the issues of old refusals, or all."""
        now = self._hass.loop.time()
        for limit, refused in list(self._refused.items()):
            if all_of_them or now - refused.at > ISSUE_LIFETIME_S:
                del self._refused[limit]
                self._issues.async_remove(_key(limit))


def _key(limit: Limit) -> str:
    """Return the key of a limit's issue."""
    return f"visitors_{limit}"
