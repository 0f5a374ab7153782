"""Two Home Assistants and a broker: what the garage's sees, the city's shows."""

import asyncio
from collections.abc import AsyncGenerator
import json
from pathlib import Path
import re

import aiohttp
from homeassistant.components import mqtt
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.browser import home as homes
from tests.browser.home import ENVIRONMENT, OCCUPANCY, Home, free_port, rebuild, seed
from tests.integration.lots import data_of, gate, lot, said, set_up
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.mqtt.conftest import broker_fixture, mqtt_entry_fixture
from tests.integration.walk import Walk

__all__ = ("broker_fixture", "mqtt_entry_fixture")

# A machine that does much else needs its time; what is tested looks at no clock.
TIMEOUT_S = 400.0
TOPIC = "parking/garage"


@pytest_asyncio.fixture(name="garage")
async def garage_fixture(
    broker: Broker, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Home]:
    """Run the garage's Home Assistant, which publishes its lot."""
    if not (ENVIRONMENT / "bin" / "hass").exists():
        pytest.skip("the demo environment is missing: scripts/setup demo")
    for patience in ("START_TIMEOUT_S", "STATE_TIMEOUT_S", "STOP_TIMEOUT_S"):
        monkeypatch.setattr(homes, patience, TIMEOUT_S)
    folder, port = tmp_path_factory.mktemp("garage"), free_port()
    await seed(folder, port)
    rebuild(folder, None)
    connect(folder, broker)
    async with aiohttp.ClientSession() as session:
        home = Home(folder, port, session)
        try:
            await home.start()
            yield home
        finally:
            await home.stop()


def connect(folder: Path, broker: Broker) -> None:
    """Set up MQTT in a Home Assistant that does not run, and publish its lot."""
    path = folder / ".storage" / "core.config_entries"
    stored = json.loads(path.read_text())
    entries = stored["data"]["entries"]
    entries[0]["options"] |= {"mqtt_publish": True, "mqtt_topic": TOPIC}
    connection = MockConfigEntry(
        domain=mqtt.DOMAIN,
        title="Broker",
        version=mqtt.CONFIG_ENTRY_VERSION,
        minor_version=mqtt.CONFIG_ENTRY_MINOR_VERSION,
        data={"broker": "127.0.0.1", "port": broker.port, "protocol": "5"},
    )
    path.write_text(json.dumps({**stored, "data": {"entries": [*entries, connection.as_dict()]}}))


async def seen_there(garage: Home) -> dict[str, str]:
    """Return what the garage's Home Assistant says of its bays, by label."""
    states = json.loads(await garage.request("GET", "states"))
    found = {one["entity_id"]: one["state"] for one in states}
    return {
        match[1].upper(): state
        for entity_id, state in found.items()
        if (match := OCCUPANCY.fullmatch(entity_id))
    }


def seen_here(hass: HomeAssistant) -> dict[str, str]:
    """Return what the city's says of them."""
    node = next(
        one for one in data_of(hass).entry.subentries.values() if one.subentry_type == "node"
    )
    return {
        re.sub("^G-", "", row["label"]): said(hass, row["bay_id"], "occupancy")
        for row in node.data["bays"]
    }


async def until_same(hass: HomeAssistant, garage: Home, **states: str) -> None:
    """Wait until the city shows what the garage sees, some of it in particular."""
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            there, here = await seen_there(garage), seen_here(hass)
            if here == there and here | states == here:
                return
            await asyncio.sleep(0.1)
            await hass.async_block_till_done()


async def until_unknown(hass: HomeAssistant) -> None:
    """Wait until the city knows nothing of the garage."""
    async with asyncio.timeout(TIMEOUT_S):
        while {*seen_here(hass).values()} != {STATE_UNAVAILABLE}:
            await asyncio.sleep(0.1)
            await hass.async_block_till_done()


async def take_over(hass: HomeAssistant) -> None:
    """Make the garage's bays bays of the city, as an owner does."""
    entry = lot(gate("Main"), title="City")
    await set_up(hass, entry)
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="other_lot")
    await walk.fill(name="Garage", below="parking")
    async with asyncio.timeout(TIMEOUT_S):
        # It has just started, and is looked for until it is there.
        while not walk.shown["data_schema"].schema["lot"].config["options"]:
            await walk.fill()
    await walk.fill(lot=TOPIC, prefix="G-")
    assert walk.step == "bays", walk.errors
    await walk.pick("check", "save")


@pytest.mark.usefixtures("mqtt_entry")
async def test_a_city_shows_what_its_garage_sees(
    hass: HomeAssistant, broker: Broker, garage: Home
) -> None:
    await take_over(hass)
    await until_same(hass, garage, A01=STATE_OFF)
    bays = len(seen_here(hass))
    assert bays >= 24
    assert said(hass, "free") == str(bays)

    await garage.park("A01", "B02")
    await until_same(hass, garage, A01=STATE_ON, B02=STATE_ON)
    await garage.leave("B02")
    await until_same(hass, garage, B02=STATE_OFF)

    # The broker restarts, and a vehicle comes meanwhile.
    broker.stop()
    await garage.park("A03")
    broker.start()
    await until_same(hass, garage, A01=STATE_ON, A03=STATE_ON)

    # The garage's Home Assistant is stopped: nobody knows what happens there.
    await garage.stop()
    await until_unknown(hass)
    assert said(hass, "free") in ("0", STATE_UNAVAILABLE, "unknown")
    await garage.start()
    await until_same(hass, garage)

    # It is killed: for as long as its word is fresh it may be back, and then it is.
    assert garage.process is not None
    garage.process.kill()
    await garage.process.wait()
    await garage.start()
    await garage.park("A05")
    await until_same(hass, garage, A05=STATE_ON)
