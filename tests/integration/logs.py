"""What stands in the log."""

import logging

import pytest

OURS = "custom_components.smart_parking"
# One says that an integration is a custom one, the other that a faster zlib is not installed.
NO_COMPLAINTS = ("homeassistant.loader", "aiohttp_fast_zlib")


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return all warnings and errors that may be of our making."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name not in NO_COMPLAINTS
    ]


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration itself has to say."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.INFO and record.name.startswith(OURS)
    ]
