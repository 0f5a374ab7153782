"""Prepare the folder of the demo's Home Assistant, as its first hour of use would.

usage: seed.py FOLDER PORT [--history], run by a Python that has Home Assistant, while none runs in
FOLDER, with the repository's root among the places where Python looks for modules.

Everything is written by Home Assistant's own classes: the address (on this machine only), an owner
who has been through the onboarding, a place on the map, the demo lot and a dashboard for it; and,
if wanted, eight weeks of history.
"""

import argparse
import asyncio
from datetime import datetime
from types import MappingProxyType

from history import write_history
from homeassistant import runner
from homeassistant.auth import auth_manager_from_config
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.auth.providers.homeassistant import HassAuthProvider
from homeassistant.components.frontend.storage import async_system_store
from homeassistant.components.http.config import HTTP_STORAGE_SCHEMA, HTTPConfigStore
from homeassistant.components.lovelace.dashboard import DashboardsCollection, LovelaceStorage
from homeassistant.components.onboarding import (
    STORAGE_KEY as ONBOARDING_KEY,
    STORAGE_VERSION as ONBOARDING_VERSION,
)
from homeassistant.components.onboarding.const import STEPS
from homeassistant.config_entries import (
    SOURCE_USER,
    STORAGE_KEY as ENTRIES_KEY,
    STORAGE_VERSION as ENTRIES_VERSION,
    STORAGE_VERSION_MINOR as ENTRIES_VERSION_MINOR,
    ConfigEntries,
    ConfigEntry,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import lot

from custom_components.smart_parking.analytics.writer import database_path
from custom_components.smart_parking.lot.analytics.records import BayRecord
from custom_components.smart_parking.sources.bay_table import bay_of

HOST = "127.0.0.1"
DASHBOARD = "smart-parking"
USER = "owner"
PASSWORD = "parking"  # noqa: S105 - the demo listens on this machine only, and prints it


async def open_folder(folder: str) -> HomeAssistant:
    """Return a Home Assistant that writes into a folder, and does nothing else."""
    hass = HomeAssistant(folder)
    hass.config_entries = ConfigEntries(hass, {})
    await hass.config_entries.async_initialize()
    dr.async_setup(hass)
    await asyncio.gather(dr.async_load(hass), er.async_load(hass))
    return hass


async def seed_entries(hass: HomeAssistant, *entries: ConfigEntry) -> None:
    """Write what has been set up."""
    store = Store[dict[str, list[dict[str, object]]]](
        hass, ENTRIES_VERSION, ENTRIES_KEY, minor_version=ENTRIES_VERSION_MINOR
    )
    await store.async_save({"entries": [dict(one.as_dict()) for one in entries]})


async def seed_address(hass: HomeAssistant, port: int) -> None:
    """Set host and port as confirmed ones: from YAML they would be a five-minute trial."""
    store = HTTPConfigStore(hass)
    await store.async_load()
    await store.async_set_pending(
        HTTP_STORAGE_SCHEMA({"server_host": [HOST], "server_port": port}),
    )
    await store.async_promote_pending()
    await store.async_mark_yaml_migration_done()


async def seed_owner(hass: HomeAssistant) -> None:
    """Create the owner, with all steps of the onboarding behind them."""
    hass.auth = await auth_manager_from_config(hass, [{"type": "homeassistant"}], [])
    provider = next(p for p in hass.auth.auth_providers if isinstance(p, HassAuthProvider))
    await provider.async_initialize()
    await provider.async_add_auth(USER, PASSWORD)
    credentials = await provider.async_get_or_create_credentials({"username": USER})
    user = await hass.auth.async_create_user(USER.title(), group_ids=[GROUP_ID_ADMIN])
    await hass.auth.async_link_user(user, credentials)
    onboarding = Store[dict[str, list[str]]](hass, ONBOARDING_VERSION, ONBOARDING_KEY, private=True)
    await onboarding.async_save({"done": STEPS})


async def seed_place(hass: HomeAssistant, port: int) -> None:
    """Set the home's position to the lot's."""
    await hass.config.async_update(
        location_name=lot.TITLE,
        latitude=52.5200,
        longitude=13.4050,
        elevation=34,
        time_zone="Europe/Berlin",
        country="DE",
        currency="EUR",
        language="en",
        internal_url=f"http://{HOST}:{port}",
    )


async def seed_lot(hass: HomeAssistant) -> str:
    """Add the demo lot, as if its config flow had just ended; return the id of its entry."""
    entry = ConfigEntry(
        domain="smart_parking",
        title=lot.TITLE,
        version=1,
        minor_version=1,
        source=SOURCE_USER,
        data={},
        options=lot.options(),
        unique_id=None,
        discovery_keys=MappingProxyType({}),
        subentries_data=lot.subentries(),
    )
    await seed_entries(hass, entry)
    return entry.entry_id


def seed_history(hass: HomeAssistant, entry_id: str) -> None:
    """Write down what has happened in the lot, as the record would have."""
    now = datetime.now(dt_util.get_default_time_zone())
    # Drivers who come in at either end like the bays there; more of them come from the north.
    bays = sorted(lot.bays(), key=lambda bay: min(float(bay["x"]), 36.0 - float(bay["x"])))
    records = [BayRecord.of(bay_of(dict(bay))) for bay in bays]
    write_history(database_path(hass, entry_id), entry_id, records, lot.options(), now)


async def seed_dashboard(hass: HomeAssistant) -> None:
    """Add the dashboard of all lots, and open on it."""
    dashboards = DashboardsCollection(hass)
    await dashboards.async_load()
    dashboard = await dashboards.async_create_item(
        {
            "url_path": DASHBOARD,
            "title": "Parking",
            "icon": "mdi:parking",
            "show_in_sidebar": True,
            "require_admin": False,
        }
    )
    await LovelaceStorage(hass, dashboard).async_save(
        {"strategy": {"type": "custom:smart-parking"}}
    )
    store = await async_system_store(hass)
    await store.async_set_item("core", {"default_panel": DASHBOARD})


async def seed(folder: str, port: int, *, has_history: bool) -> None:
    """Prepare the folder."""
    hass = await open_folder(folder)
    await seed_address(hass, port)
    await seed_owner(hass)
    await seed_place(hass, port)
    entry_id = await seed_lot(hass)
    if has_history:
        await hass.async_add_executor_job(seed_history, hass, entry_id)
    await seed_dashboard(hass)
    await hass.async_stop(force=True)  # writes what waits to be written


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("port", type=int)
    parser.add_argument("--history", action="store_true")
    asked = parser.parse_args()
    asyncio.run(
        seed(asked.folder, asked.port, has_history=asked.history),
        loop_factory=runner.create_event_loop,
    )
