"""Trouble that lasts becomes a repair issue; trouble that passes never does."""

from collections.abc import Mapping

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN

# Long enough for a reboot, a loose plug that is found, or a lorry that stands on the line.
PATIENCE_S = 600.0


class Trouble:
    """What is wrong in one lot, and since when it has been too long."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Begin without trouble."""
        self._hass = hass
        self._entry_id = entry_id
        self._waiting: dict[str, CALLBACK_TYPE] = {}
        self._words: dict[str, tuple[str, Mapping[str, str]]] = {}

    @callback
    def async_begins(self, key: str, translation_key: str, placeholders: Mapping[str, str]) -> None:
        """Note that something is wrong, and what; since when is what counts."""
        self._words[key] = (translation_key, placeholders)
        if key not in self._waiting:

            @callback
            def raise_issue(_now: object) -> None:
                self._async_raise(key)

            self._waiting[key] = async_call_later(self._hass, PATIENCE_S, raise_issue)

    @callback
    def _async_raise(self, key: str) -> None:
        """Tell the owner."""
        translation_key, placeholders = self._words[key]
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(key),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=translation_key,
            translation_placeholders=dict(placeholders),
        )

    @callback
    def async_ends(self, key: str) -> None:
        """Note that it is right again."""
        if (cancel := self._waiting.pop(key, None)) is not None:
            cancel()
            del self._words[key]
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(key))

    @callback
    def async_clear(self) -> None:
        """Forget all trouble."""
        for key in list(self._waiting):
            self.async_ends(key)

    def _issue_id(self, key: str) -> str:
        """Return the name of an issue, unique among all lots."""
        return f"{self._entry_id}_{key}"
