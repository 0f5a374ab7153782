"""Errors that people read: the words are in the translations."""

from collections.abc import Mapping

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN


class SmartParkingError(HomeAssistantError):
    """Something cannot be done, for a reason that a person can be told."""

    def __init__(self, key: str, placeholders: Mapping[str, str] | None = None) -> None:
        """Name the words, and what is put into them."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=dict(placeholders or {}),
        )
        self.key = key
        self.placeholders = dict(placeholders or {})


class InvalidInputError(SmartParkingError):
    """What an owner has written down cannot be used."""
