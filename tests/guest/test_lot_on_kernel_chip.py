"""The whole thread: an echo on the kernel's GPIO chip becomes a bay's state in Home Assistant.

Runs inside the guest of the GPIO lab, on virtual time; elsewhere there is no such chip.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
import os
import threading

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.hcsr04.acoustics import echo_ns, speed_of_sound
from tests.integration.frontend import add_frontend
from tests.kernel.rig import KernelRig

pytestmark = pytest.mark.skipif(
    "GPIO_SYSFS" not in os.environ, reason="runs in the guest of the GPIO lab, on the kernel's chip"
)

TRIGGERS = (2, 3)
BAYS = 24
EMPTY_M = 2.5
ROOF_M = 1.0
SPEED_M_S = speed_of_sound(20.0)
NEAREST = "sensor.north_gate_nearest_free_bay"


@pytest.fixture(name="rig")
def rig_fixture() -> Iterator[KernelRig]:
    """Give the kernel's chip with a sensor over each of 24 empty bays."""
    rig = KernelRig()
    for number in range(BAYS):
        hang(rig, number, EMPTY_M)
    yield rig
    rig.close()


def hang(rig: KernelRig, number: int, distance_m: float) -> None:
    """Place something under a bay's sensor."""
    rig.sensor(4 + number, TRIGGERS[number % 2], echo_ns(distance_m, SPEED_M_S))


def bay(number: int) -> str:
    """Return the entity of a bay."""
    return f"binary_sensor.market_square_bay_a{number + 1:02}"


async def seen(hass: HomeAssistant, condition: Callable[[], bool], within_s: float) -> None:
    """Wait until something can be seen in Home Assistant."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.05)


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, rig: KernelRig, enable_custom_integrations: None
) -> AsyncGenerator[MockConfigEntry]:
    """Set up a lot of 24 bays on the header."""
    add_frontend(hass)
    rows = [
        {
            "bay_id": f"bay{number}",
            "label": f"A{number + 1:02}",
            "kind": "standard",
            "level": "1",
            "x": 2.5 * number,
            "y": 0.0,
            "trigger": TRIGGERS[number % 2],
            "echo": 4 + number,
            "empty_m": EMPTY_M,
        }
        for number in range(BAYS)
    ]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Market Square",
        subentries_data=[
            ConfigSubentryData(
                data={"source": "gpio", "range_m": 4.0, "hearing_m": 4.0, "bays": rows},
                subentry_type="node",
                title="Header",
                unique_id=None,
            ),
            ConfigSubentryData(
                data={"level": "1", "x": 0.0, "y": 0.0},
                subentry_type="gate",
                title="North gate",
                unique_id=None,
            ),
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await seen(hass, lambda: hass.states.is_state(bay(BAYS - 1), STATE_OFF), within_s=3.0)
    yield entry
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)


async def test_an_echo_becomes_the_state_of_a_bay(
    hass: HomeAssistant, rig: KernelRig, entry: MockConfigEntry
) -> None:
    assert all(hass.states.is_state(bay(number), STATE_OFF) for number in range(BAYS))
    assert hass.states.is_state(NEAREST, "A01")
    hang(rig, 0, ROOF_M)
    await seen(hass, lambda: hass.states.is_state(bay(0), STATE_ON), within_s=2.5)
    assert hass.states.is_state(NEAREST, "A02")
    hang(rig, 0, EMPTY_M)
    await seen(hass, lambda: hass.states.is_state(bay(0), STATE_OFF), within_s=2.5)
    assert hass.states.is_state(NEAREST, "A01")


async def test_a_dead_sensor_makes_its_bay_unavailable_and_no_other(
    hass: HomeAssistant, rig: KernelRig, entry: MockConfigEntry
) -> None:
    rig.sensor(4, TRIGGERS[0], 0)
    await seen(hass, lambda: hass.states.is_state(bay(0), STATE_UNAVAILABLE), within_s=2.5)
    assert hass.states.is_state(bay(1), STATE_OFF)
    assert hass.states.is_state(NEAREST, "A02")
    faulty = hass.states.get("sensor.header_faulty_bays")
    assert faulty is not None
    assert faulty.attributes["bays"] == {"A01": "no_response"}


async def test_a_chip_that_vanishes_and_returns(
    hass: HomeAssistant, rig: KernelRig, entry: MockConfigEntry
) -> None:
    rig.unplug()
    await seen(hass, lambda: hass.states.is_state(bay(7), STATE_UNAVAILABLE), within_s=1.5)
    assert hass.states.is_state("binary_sensor.header_connectivity", STATE_OFF)
    assert hass.states.is_state(NEAREST, STATE_UNAVAILABLE)
    rig.plug()
    await seen(hass, lambda: hass.states.is_state(bay(7), STATE_OFF), within_s=10.0)
    assert hass.states.is_state("binary_sensor.header_connectivity", STATE_ON)


async def test_unloading_releases_every_line_and_thread(
    hass: HomeAssistant, rig: KernelRig, entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert not [one for one in threading.enumerate() if one.name.startswith(DOMAIN)]
    with rig.occupy(2, "somebody else"), rig.occupy(27, "somebody else"):
        pass
