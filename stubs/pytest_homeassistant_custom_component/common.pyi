from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryDataWithId,
)
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from syrupy.assertion import SnapshotAssertion

class MockConfigEntry(ConfigEntry[Any]):
    def __init__(
        self,
        *,
        domain: str = ...,
        title: str = ...,
        entry_id: str | None = ...,
        data: Mapping[str, object] | None = ...,
        options: Mapping[str, object] | None = ...,
        version: int = ...,
        minor_version: int = ...,
        subentries_data: Iterable[ConfigSubentryData | ConfigSubentryDataWithId] | None = ...,
    ) -> None: ...
    def add_to_hass(self, hass: HomeAssistant) -> None: ...
    async def start_reconfigure_flow(self, hass: HomeAssistant) -> ConfigFlowResult: ...

def async_fire_time_changed(
    hass: HomeAssistant, datetime_: datetime | None = ..., fire_all: bool = ...
) -> None: ...
def async_capture_events(hass: HomeAssistant, event_name: str) -> list[Event[Any]]: ...
async def snapshot_platform(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    config_entry_id: str,
) -> None: ...
def mock_restore_cache(hass: HomeAssistant, states: Iterable[State]) -> None: ...
def mock_restore_cache_with_extra_data(
    hass: HomeAssistant, states: Iterable[tuple[State, Mapping[str, Any]]]
) -> None: ...
def mock_component(hass: HomeAssistant, component: str) -> None: ...

class MockUser(User):
    def mock_policy(self, policy: Mapping[str, Any]) -> None: ...

def async_test_home_assistant(
    *, config_dir: str | None = ...
) -> AbstractAsyncContextManager[HomeAssistant]: ...
def setup_test_component_platform(
    hass: HomeAssistant, domain: str, entities: Iterable[Entity]
) -> object: ...
