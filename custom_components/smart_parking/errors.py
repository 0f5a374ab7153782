"""Errors that people read: their texts are in the translations."""

from collections.abc import Mapping

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN


class SmartParkingError(HomeAssistantError):
    """An error with a translated message for people."""

    def __init__(self, key: str, placeholders: Mapping[str, str] | None = None) -> None:
        """Initialize with the key and the placeholders of the message."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=dict(placeholders or {}),
        )
        self.key = key
        self.placeholders = dict(placeholders or {})


class InvalidInputError(SmartParkingError):
    """The owner's input is invalid."""
