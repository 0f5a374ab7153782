"""Every blueprint at work in a real Home Assistant: from its file to a message on a phone."""

from collections.abc import AsyncGenerator

import pytest

from scripts.story.channel import Channel
from scripts.story.imported import automate, failures
from scripts.story.phone import HOME, Phone
from tests.browser.conftest import clean, together
from tests.browser.home import Home, bay_entity

TIMEOUT_S = 15.0
OWNERS = ("lot_full", "overstay", "special_bay", "sensor_fault")
DRIVERS = ("guide_driver", "after_visit")


@together(scope="module")
async def own_home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant for automations."""
    async with clean(tmp_path_factory.mktemp("home")) as home:
        yield home


@together(scope="module")
async def channel(own_home: Home) -> AsyncGenerator[Channel]:
    """Speak with Home Assistant."""
    channel = await Channel.open(own_home)
    yield channel
    await channel.close()


@together(scope="module")
async def phone(own_home: Home, channel: Channel) -> Phone:
    """Prepare Anna, and her phone."""
    phone = await Phone.register(own_home, channel, "Anna", print)
    await channel.ask("person/create", name="Anna", device_trackers=[phone.tracker])
    return phone


async def hears(phone: Phone, text: str) -> None:
    """Expect that a message comes that begins with a text."""
    await phone.shows(lambda one: any(heard.startswith(text) for heard in one.heard), TIMEOUT_S)


async def test_drivers_are_guided_and_thanked(
    own_home: Home, channel: Channel, phone: Phone
) -> None:
    drivers = {"drivers": ["person.anna"]}
    await automate(own_home, channel, "guide_driver", **drivers)
    await automate(own_home, channel, "after_visit", **drivers, settled={"seconds": 1})
    await own_home.wait_for_state(bay_entity("A01"), "off")
    await phone.go(HOME)
    await phone.shows(lambda one: one.title is not None, TIMEOUT_S)
    bay = phone.bay
    await phone.press("I parked")
    await own_home.park(bay)
    await own_home.leave(bay)
    await hears(phone, "Have a safe journey.")
    assert [await failures(channel, name) for name in DRIVERS] == [[], []]


async def test_owners_are_told(own_home: Home, channel: Channel, phone: Phone) -> None:
    (bay,) = await own_home.devices(["B05"])
    template = {"template": "{{ device_id('sensor.market_square_free_bays') }}"}
    lot = {"device_id": await own_home.request("POST", "template", template)}
    tell = {"tell": ["notify.anna_s_phone"]}
    soon = {"seconds": 1}
    await automate(own_home, channel, "lot_full", lot=lot, kind="ev", settled=soon, **tell)
    await automate(own_home, channel, "overstay", bays={"device_id": bay}, longest=soon, **tell)
    await automate(
        own_home, channel, "special_bay", bays=[bay_entity("B05")], patience=soon, **tell
    )
    await automate(own_home, channel, "sensor_fault", bays=lot, lasting=soon, **tell)
    await own_home.wait_for_state(bay_entity("B05"), "off")
    await own_home.park("B05", "B06")
    await hears(phone, "Market Square is full.")
    await hears(phone, "Market Square B05 has been occupied since")
    await hears(phone, "A vehicle has stood in Market Square B05")
    await own_home.leave("B06")
    await hears(phone, "Market Square has free bays again: 1.")
    await own_home.break_sensor("A12")
    await hears(phone, "Market Square A12: the sensor has failed. Faulty now: A12 (no response).")
    assert [await failures(channel, name) for name in OWNERS] == [[], [], [], []]
