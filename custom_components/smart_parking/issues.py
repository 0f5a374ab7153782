"""Repair issues for problems that last; problems that pass raise none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN

# Long enough for a reboot, a loose plug that is found, or a lorry that stands on the line.
TIMEOUT_S = 600.0
# A problem that comes and goes counts for all its time, less this share of the time between.
FORGIVEN_SHARE = 0.2
# A problem that comes back raises its issue after this time at the earliest.
AGAIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; with `data`, the owner can fix it."""

    translation_key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    data: dict[str, str | int | float | None] | None = None
    timeout_s: float = TIMEOUT_S


@dataclass(slots=True)
class _Episode:
    """How long a problem has lasted. Times are on the loop's clock, which never jumps."""

    issue: Issue
    wrong_s: float = 0.0
    """Seconds that the problem has counted until its last change."""
    since: float = 0.0
    """When the problem last came or went."""
    is_wrong: bool = False
    is_open: bool = False
    open_at: float = 0.0
    """When the problem will have lasted for long enough."""
    snoozed_key: str = ""
    """Key of the issue that the owner has snoozed until `snoozed_until`."""
    snoozed_until: float = 0.0
    cancel: CALLBACK_TYPE | None = None
    timer_at: float = 0.0
    """When the timer that `cancel` ends will fire."""

    def set_wrong(self, now: float, *, is_wrong: bool) -> None:
        """Add the time since the last change, and set whether there is a problem."""
        lasted_s, timeout_s = now - self.since, self.issue.timeout_s
        if self.is_wrong:
            self.wrong_s = min(timeout_s, self.wrong_s + lasted_s)
        else:
            self.wrong_s = max(0.0, self.wrong_s - FORGIVEN_SHARE * lasted_s)
        self.since, self.is_wrong = now, is_wrong
        self.open_at = now + max(min(AGAIN_S, timeout_s), timeout_s - self.wrong_s)

    @property
    def due_at(self) -> float:
        """When the issue is to be raised."""
        is_snoozed = self.snoozed_key == self.issue.translation_key
        return max(self.open_at, self.snoozed_until) if is_snoozed else self.open_at


class IssueTracker:
    """The problems of one lot, by key, and how long they have lasted."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize without problems."""
        self._hass = hass
        self._entry_id = entry_id
        self._episodes: dict[str, _Episode] = {}

    @callback
    def async_raise(self, key: str, issue: Issue) -> None:
        """Record a problem, and raise its issue once it has lasted for long enough."""
        episode = self._episodes.get(key)
        if episode is None:
            episode = self._episodes[key] = _Episode(issue)
        elif episode.is_wrong and episode.issue == issue:
            return
        episode.issue = issue
        if not episode.is_wrong:
            episode.set_wrong(self._hass.loop.time(), is_wrong=True)
        self._async_schedule(key, episode)

    @callback
    def async_clear(self, key: str) -> None:
        """Record that a problem is gone."""
        if (episode := self._episodes.get(key)) is not None and episode.is_wrong:
            episode.set_wrong(self._hass.loop.time(), is_wrong=False)
            self._async_withdraw(key, episode)

    @callback
    def async_remove(self, key: str) -> None:
        """Remove a problem, and its issue."""
        if (episode := self._episodes.pop(key, None)) is not None:
            self._async_withdraw(key, episode)

    @callback
    def async_remove_all(self) -> None:
        """Remove all problems."""
        for key in list(self._episodes):
            self.async_remove(key)

    @callback
    def async_snooze(self, key: str, seconds: float) -> None:
        """Snooze the current issue of a problem for a while."""
        if (episode := self._episodes.get(key)) is not None:
            episode.snoozed_key = episode.issue.translation_key
            episode.snoozed_until = self._hass.loop.time() + seconds
            if episode.is_wrong:
                self._async_schedule(key, episode)

    def issue_id(self, key: str) -> str:
        """Return the name of an issue, unique among all lots."""
        return f"{self._entry_id}_{key}"

    @callback
    def _async_schedule(self, key: str, episode: _Episode) -> None:
        """Schedule the issue; an earlier one of another kind is removed."""

        @callback
        def create_issue(_now: object) -> None:
            episode.cancel = None
            self._async_create_issue(key, episode)

        due_at = episode.due_at
        if episode.cancel is not None and episode.timer_at == due_at:
            return
        wait_s = due_at - self._hass.loop.time()
        if wait_s > 0 or episode.cancel is not None:
            self._async_withdraw(key, episode)
        if wait_s <= 0:
            self._async_create_issue(key, episode)
            return
        episode.timer_at = due_at
        episode.cancel = async_call_later(self._hass, wait_s, create_issue)

    @callback
    def _async_withdraw(self, key: str, episode: _Episode) -> None:
        """Remove an issue, or the timer for it."""
        if episode.cancel is not None:
            episode.cancel()
            episode.cancel = None
        if episode.is_open:
            episode.is_open = False
            ir.async_delete_issue(self._hass, DOMAIN, self.issue_id(key))

    @callback
    def _async_create_issue(self, key: str, episode: _Episode) -> None:
        """Create the issue."""
        episode.is_open = True
        issue = episode.issue
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self.issue_id(key),
            data=issue.data,
            is_fixable=issue.data is not None,
            severity=ir.IssueSeverity.WARNING,
            translation_key=issue.translation_key,
            translation_placeholders=dict(issue.placeholders),
        )
