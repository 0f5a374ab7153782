"""Which limit refuses whom, told to the owner: that of one phone may be the limit of many."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..issues import Issue, IssueTracker

# So long after the last refusal an owner is still told of it.
TOLD_S = 86_400.0


class Limit(StrEnum):
    """A limit that refuses visitors who may be quite right to ask."""

    HOLDS = "holds"
    """Of the bays that are kept for the visitors of one phone."""
    SHARE = "share"
    """Of the bays that visitors have together."""
    REQUESTS = "requests"
    """Of the requests of one phone."""


# A phone that is woken may ask for too much once; a hundred times more, it is many phones.
REFUSALS_BEFORE_ISSUE = {Limit.HOLDS: 1, Limit.SHARE: 1, Limit.REQUESTS: 100}


@dataclass(slots=True)
class _Refused:
    """How often somebody has been refused, and when last, on the loop's clock."""

    count: int = 0
    at: float = 0.0


class Refusals:
    """Who is refused at a lot, as far as its owner should do something about it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize with nobody refused."""
        self._hass = hass
        self._entry = entry
        self._issues = IssueTracker(hass, entry.entry_id)
        self._refused: dict[Limit, _Refused] = {}

    @callback
    def async_note(self, limit: Limit, client: str, most: float) -> None:
        """Record that a client has been refused because of a limit."""
        refused = self._refused.setdefault(limit, _Refused())
        refused.count += 1
        refused.at = self._hass.loop.time()
        if refused.count == REFUSALS_BEFORE_ISSUE[limit]:
            placeholders = {"lot": self._entry.title, "address": client, "most": f"{most:g}"}
            issue = Issue(f"visitors_{limit}", placeholders, timeout_s=0.0)
            self._issues.async_raise(_key(limit), issue)

    @callback
    def async_forget(self, *, all_of_them: bool = False) -> None:
        """Withdraw the issues of what is long ago, or all."""
        now = self._hass.loop.time()
        for limit, refused in list(self._refused.items()):
            if all_of_them or now - refused.at > TOLD_S:
                del self._refused[limit]
                self._issues.async_remove(_key(limit))


def _key(limit: Limit) -> str:
    """Return what stands for a limit among what is wrong in a lot."""
    return f"visitors_{limit}"
