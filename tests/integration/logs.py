"""What stands in the log."""

import logging

import pytest

OURS = "custom_components.smart_parking"


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return all warnings and errors; that an integration is a custom one is none."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name != "homeassistant.loader"
    ]


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration itself has to say."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.INFO and record.name.startswith(OURS)
    ]
