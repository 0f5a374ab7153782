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
    """How long something has been wrong."""

    issue: Issue
    wrong_s: float = 0.0
    """How long it was wrong until it last changed, in seconds."""
    since: float = 0.0
    """Since when it is wrong, or right, on the loop's clock."""
    is_wrong: bool = False
    is_told: bool = False
    quiet_until: float = 0.0
    """Until when the owner does not want to hear of it."""
    cancel: CALLBACK_TYPE | None = None


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
        trouble = self._troubles.setdefault(key, _Trouble(issue))
        is_new = trouble.issue != issue
        trouble.issue = issue
        if not trouble.is_wrong:
            self._async_turn(trouble, is_wrong=True)
            wait_s = issue.patience_s - trouble.wrong_s
            self._async_wait(key, trouble, max(min(AGAIN_S, issue.patience_s), wait_s))
        elif is_new and trouble.is_told:
            self._async_tell(key, trouble)

    @callback
    def async_clear(self, key: str) -> None:
        """Note that it is right again."""
        if (trouble := self._troubles.get(key)) is not None and trouble.is_wrong:
            self._async_turn(trouble, is_wrong=False)
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
        """Tell the owner nothing of it for a while."""
        if (trouble := self._troubles.get(key)) is not None:
            trouble.quiet_until = self._now() + seconds
            self._async_withdraw(key, trouble)
            if trouble.is_wrong:
                self._async_wait(key, trouble, seconds)

    def issue_id(self, key: str) -> str:
        """Return the name of an issue, unique among all lots."""
        return f"{self._entry_id}_{key}"

    def _now(self) -> float:
        """Return the time on a clock that never jumps, in seconds."""
        return self._hass.loop.time()

    def _async_turn(self, trouble: _Trouble, *, is_wrong: bool) -> None:
        """Add up how long it has been as it was."""
        now = self._now()
        lasted_s = now - trouble.since
        if trouble.is_wrong:
            trouble.wrong_s = min(trouble.issue.patience_s, trouble.wrong_s + lasted_s)
        else:
            trouble.wrong_s = max(0.0, trouble.wrong_s - FORGIVEN_SHARE * lasted_s)
        trouble.since, trouble.is_wrong = now, is_wrong

    @callback
    def _async_wait(self, key: str, trouble: _Trouble, seconds: float) -> None:
        """Tell the owner when it has been wrong for so long."""

        @callback
        def tell(_now: object) -> None:
            trouble.cancel = None
            self._async_tell(key, trouble)

        if seconds:
            trouble.cancel = async_call_later(self._hass, seconds, tell)
        else:
            tell(None)

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
        """Tell the owner, unless told not to."""
        if self._now() < trouble.quiet_until:
            return
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
