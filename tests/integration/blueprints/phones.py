"""Drivers, their phones, and what the companion app shows on them."""

import asyncio
from datetime import timedelta
import logging
from typing import Any, override

from homeassistant.components.device_tracker.const import (
    DOMAIN as DEVICE_TRACKER,
    SourceType,
)
from homeassistant.components.device_tracker.entity import BaseScannerEntity, TrackerEntity
from homeassistant.components.notify.const import DOMAIN as NOTIFY
from homeassistant.components.person.const import DOMAIN as PERSON
from homeassistant.components.zone.const import DOMAIN as ZONE
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import EntityPlatform
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
from pytest_homeassistant_custom_component.common import MockConfigEntry

MOBILE_APP = "mobile_app"
AWAY = (48.0, 2.0)

ROUNDS = 200
"""Of the event loop. An automation that answers an event takes some 20."""


async def quiet(hass: HomeAssistant) -> None:
    """Wait until all is done that is done at once.

    Not for all tasks of Home Assistant: an automation may wait for hours.
    """
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


class Phone(TrackerEntity):
    """A phone with the companion app; its location follows the driver's.

    What it is told arrives at its action, as with the real app. A message of a tag takes the place
    of the one before, or clears it.
    """

    _attr_should_poll = False

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Be somewhere else, and show nothing."""
        self.hass = hass
        self._attr_name = None
        self._attr_unique_id = slugify(name)
        self._about = DeviceInfo(identifiers={(MOBILE_APP, name)}, name=name)
        self._attr_latitude, self._attr_longitude = AWAY
        self.shown: dict[str, dict[str, Any]] = {}
        self.heard = 0
        self.is_off = False

    @property
    @override
    def device_info(self) -> DeviceInfo:
        return self._about

    @property
    @override
    def available(self) -> bool:
        return not self.is_off

    @callback
    def take(self, call: ServiceCall) -> None:
        """Show a message, or clear one."""
        tag = call.data["data"]["tag"]
        if call.data["message"] == "clear_notification":
            self.shown.pop(tag, None)
            return
        self.heard += 1
        self.shown[tag] = dict(call.data)

    @property
    def screen(self) -> dict[str, Any] | None:
        """The message that is shown, if any."""
        assert len(self.shown) <= 1, self.shown
        return next(iter(self.shown.values()), None)

    @property
    def title(self) -> str | None:
        """The title of what is shown."""
        return None if self.screen is None else self.screen["title"]

    @property
    def text(self) -> str:
        """The text of what is shown."""
        assert self.screen is not None
        text: str = self.screen["message"]
        return text

    @property
    def buttons(self) -> list[str]:
        """The buttons under what is shown."""
        assert self.screen is not None
        return [button["title"] for button in self.screen["data"]["actions"]]

    def opens(self, title: str) -> str:
        """Return the address that a button opens by itself."""
        assert self.screen is not None
        (button,) = (one for one in self.screen["data"]["actions"] if one["title"] == title)
        assert button["action"] == "URI"
        address: str = button["uri"]
        return address

    async def press(self, title: str) -> None:
        """Press a button, as the app tells it."""
        assert self.screen is not None
        data = self.screen["data"]
        (action,) = (one["action"] for one in data["actions"] if one["title"] == title)
        assert action != "URI", "the phone opens that by itself"
        self.hass.bus.async_fire(
            "mobile_app_notification_action", {"action": action, "tag": data["tag"]}
        )
        await quiet(self.hass)

    def go(self, *, home: bool) -> None:
        """Move, without waiting for what that sets off."""
        config = self.hass.config
        self._attr_latitude, self._attr_longitude = (
            (config.latitude, config.longitude) if home else AWAY
        )
        self.async_write_ha_state()

    async def be_at(self, latitude: float, longitude: float) -> None:
        """Go somewhere."""
        self._attr_latitude, self._attr_longitude = latitude, longitude
        self.async_write_ha_state()
        await quiet(self.hass)

    async def come(self) -> None:
        """Come home."""
        self.go(home=True)
        await quiet(self.hass)

    async def leave(self) -> None:
        """Go away."""
        self.go(home=False)
        await quiet(self.hass)

    async def switch(self, *, off: bool) -> None:
        """Be switched off, or on again where the driver is."""
        self.is_off = off
        self.async_write_ha_state()
        await quiet(self.hass)


class RouterTracker(BaseScannerEntity):
    """A router that sees whether a phone is in its Wi-Fi."""

    _attr_should_poll = False
    _attr_source_type = SourceType.ROUTER

    def __init__(self, name: str) -> None:
        """Remove all detected persons."""
        self._attr_name = name
        self._attr_unique_id = slugify(name)
        self.sees = False

    @property
    @override
    def is_connected(self) -> bool:
        return self.sees

    async def see(self, *, sees: bool) -> None:
        """See the phone, or lose it."""
        self.sees = sees
        self.async_write_ha_state()
        await quiet(self.hass)


async def add(hass: HomeAssistant, entity: Entity, integration: str) -> ConfigEntry[Any]:
    """Make an integration add a tracker; that zones are there is taken for granted."""
    assert await async_setup_component(hass, ZONE, {})
    entry = MockConfigEntry(domain=integration, title=str(entity.unique_id))
    entry.add_to_hass(hass)
    platform = EntityPlatform(
        hass=hass,
        logger=logging.getLogger(__name__),
        domain=DEVICE_TRACKER,
        platform_name=integration,
        platform=None,
        scan_interval=timedelta(days=1),
        entity_namespace=None,
    )
    platform.config_entry = entry
    platform.async_prepare()
    await platform.async_add_entities([entity])
    return entry


async def have_phone(hass: HomeAssistant, name: str, *, may_be_told: bool = True) -> Phone:
    """Register a phone: a tracker, and something to notify."""
    phone = Phone(hass, name)
    entry = await add(hass, phone, MOBILE_APP)
    if may_be_told:
        device = dr.async_get(hass).async_get_device_by_identifier(
            (MOBILE_APP, name), entry.entry_id
        )
        assert device is not None
        er.async_get(hass).async_get_or_create(
            NOTIFY, MOBILE_APP, slugify(name), config_entry=entry, device_id=device.id
        )
        hass.services.async_register(NOTIFY, slugify(f"{MOBILE_APP}_{name}"), phone.take)
    return phone


async def have_people(hass: HomeAssistant, **trackers: list[str]) -> None:
    """Prepare people, and their trackers, by their names."""
    people = [
        {"id": name, "name": name.title(), "device_trackers": of_them}
        for name, of_them in trackers.items()
    ]
    assert await async_setup_component(hass, PERSON, {PERSON: people})
    await hass.async_block_till_done()
