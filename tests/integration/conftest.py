"""A Home Assistant with this integration, sensors in the test's hand, and an eye on every text."""

from collections.abc import Iterator
from pathlib import Path

from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.util import executor
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

# The flow lists the sources when it is imported: before any test adds one of its own.
import custom_components.smart_parking.config_flow  # noqa: F401  (as said)
from custom_components.smart_parking.sources import SOURCES
from tests.integration import words
from tests.integration.frontend import add_frontend
from tests.integration.sources.driven import DrivenSource, Hand
from tests.kernel.rig import FakeRig

# Idle workers are ended at last, each of which wakes the next one. On a busy machine, one that
# takes its time is interrupted before it does, and all others are found left over.
executor.EXECUTOR_SHUTDOWN_TIMEOUT = 100


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Make Home Assistant find this integration."""


@pytest.fixture(autouse=True)
def auto_check_words(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make a test fail when something is shown for which there are no words."""
    yield from words.watch(hass, monkeypatch)


@pytest.fixture(autouse=True)
def auto_frontend(hass: HomeAssistant) -> frontend.UrlManager:
    """Give as much of a frontend as needs none of its files; everything else is set up as it is."""
    return add_frontend(hass)


@pytest.fixture(name="everything_enabled")
def everything_enabled_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable also the entities that are disabled at first."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture(name="snapshot")
def snapshot_fixture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare entities without what differs from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture(name="folder")
def folder_fixture(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Retain this Home Assistant's files where nothing else is."""
    hass.config.config_dir = str(tmp_path)
    return tmp_path


@pytest.fixture(name="hand")
def hand_fixture(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """Provide sensors that are driven by hand."""
    hand = Hand()
    monkeypatch.setattr(DrivenSource, "hand", hand, raising=False)
    monkeypatch.setitem(SOURCES, DrivenSource.key, DrivenSource)
    return hand


@pytest.fixture(name="rig")
def rig_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeRig]:
    """Give the GPIO header of a Raspberry Pi, without a kernel, on the machine's own time."""
    rig = FakeRig(monkeypatch, tmp_path, virtual=False)
    yield rig
    rig.close()
