"""A Home Assistant as the other integration tests have it."""

from tests.integration.conftest import (
    auto_check_words,
    auto_enable_custom_integrations,
    auto_frontend,
    everything_enabled_fixture,
    folder_fixture,
    hand_fixture,
    rig_fixture,
)

__all__ = [
    "auto_check_words",
    "auto_enable_custom_integrations",
    "auto_frontend",
    "everything_enabled_fixture",
    "folder_fixture",
    "hand_fixture",
    "rig_fixture",
]
