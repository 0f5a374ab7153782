"""What is wrong and lasts becomes a repair issue; what passes never does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN

# Long enough for a reboot, a loose plug that is found, or a lorry that stands on the line.
PATIENCE_S = 600.0
# What comes and goes counts for all the time that it was there, less a share of that in between.
FORGIVEN_SHARE = 0.2
# What is wrong again is told again after so long at the earliest.
AGAIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Issue:
    """The words of an issue; with `data`, the owner can fix it."""

    translation_key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    data: dict[str, str | int | float | None] | None = None
    patience_s: float = PATIENCE_S


@dataclass(slots=True)
class _Trouble:
    """How long something has been wrong. Times are on the loop's clock, which never jumps."""

    issue: Issue
    wrong_s: float = 0.0
    """How long it was wrong until it last changed."""
    since: float = 0.0
    """Since when it is wrong, or right."""
    is_wrong: bool = False
    is_told: bool = False
    tell_at: float = 0.0
    """When it will have been wrong for long enough."""
    quiet_key: str = ""
    """What the owner does not want to hear until `quiet_until`."""
    quiet_until: float = 0.0
    cancel: CALLBACK_TYPE | None = None
    timer_at: float = 0.0
    """When the timer that `cancel` ends will ring."""

    def turn(self, now: float, *, is_wrong: bool) -> None:
        """Add up how long it has been as it was."""
        lasted_s, patience_s = now - self.since, self.issue.patience_s
        if self.is_wrong:
            self.wrong_s = min(patience_s, self.wrong_s + lasted_s)
        else:
            self.wrong_s = max(0.0, self.wrong_s - FORGIVEN_SHARE * lasted_s)
        self.since, self.is_wrong = now, is_wrong
        self.tell_at = now + max(min(AGAIN_S, patience_s), patience_s - self.wrong_s)

    @property
    def due_at(self) -> float:
        """When the owner is to be told."""
        is_quiet = self.quiet_key == self.issue.translation_key
        return max(self.tell_at, self.quiet_until) if is_quiet else self.tell_at


class IssueTracker:
    """What is wrong in one lot, by a key for each thing, and for how long it has been."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Begin with nothing wrong."""
        self._hass = hass
        self._entry_id = entry_id
        self._troubles: dict[str, _Trouble] = {}

    @callback
    def async_raise(self, key: str, issue: Issue) -> None:
        """Note that something is wrong, and tell the owner once it has been for long enough."""
        trouble = self._troubles.get(key)
        if trouble is None:
            trouble = self._troubles[key] = _Trouble(issue)
        elif trouble.is_wrong and trouble.issue == issue:
            return
        trouble.issue = issue
        if not trouble.is_wrong:
            trouble.turn(self._hass.loop.time(), is_wrong=True)
        self._async_schedule(key, trouble)

    @callback
    def async_clear(self, key: str) -> None:
        """Note that it is right again."""
        if (trouble := self._troubles.get(key)) is not None and trouble.is_wrong:
            trouble.turn(self._hass.loop.time(), is_wrong=False)
            self._async_withdraw(key, trouble)

    @callback
    def async_remove(self, key: str) -> None:
        """Drop something that is no more, and what was said of it."""
        if (trouble := self._troubles.pop(key, None)) is not None:
            self._async_withdraw(key, trouble)

    @callback
    def async_remove_all(self) -> None:
        """Drop everything."""
        for key in list(self._troubles):
            self.async_remove(key)

    @callback
    def async_snooze(self, key: str, seconds: float) -> None:
        """Say nothing more of what the owner has just been told, for a while."""
        if (trouble := self._troubles.get(key)) is not None:
            trouble.quiet_key = trouble.issue.translation_key
            trouble.quiet_until = self._hass.loop.time() + seconds
            if trouble.is_wrong:
                self._async_schedule(key, trouble)

    def issue_id(self, key: str) -> str:
        """Return the name of an issue, unique among all lots."""
        return f"{self._entry_id}_{key}"

    @callback
    def _async_schedule(self, key: str, trouble: _Trouble) -> None:
        """Tell the owner when it is time to; what was said before may no longer be so."""

        @callback
        def tell(_now: object) -> None:
            trouble.cancel = None
            self._async_tell(key, trouble)

        due_at = trouble.due_at
        if trouble.cancel is not None and trouble.timer_at == due_at:
            return
        wait_s = due_at - self._hass.loop.time()
        if wait_s > 0 or trouble.cancel is not None:
            self._async_withdraw(key, trouble)
        if wait_s <= 0:
            self._async_tell(key, trouble)
            return
        trouble.timer_at = due_at
        trouble.cancel = async_call_later(self._hass, wait_s, tell)

    @callback
    def _async_withdraw(self, key: str, trouble: _Trouble) -> None:
        """Take back what the owner was told, or would have been."""
        if trouble.cancel is not None:
            trouble.cancel()
            trouble.cancel = None
        if trouble.is_told:
            trouble.is_told = False
            ir.async_delete_issue(self._hass, DOMAIN, self.issue_id(key))

    @callback
    def _async_tell(self, key: str, trouble: _Trouble) -> None:
        """Tell the owner."""
        trouble.is_told = True
        issue = trouble.issue
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
