"""An owner gives pins of a Raspberry Pi elsewhere to a bay, and finds the sensor by parking."""

import asyncio
from collections.abc import Iterator
import json
from pathlib import Path

from playwright.async_api import expect
import pytest

from tests.browser.conftest import OpenPage
from tests.browser.draftsman import Hand
from tests.browser.home import Home, until
from tests.integration.sources.mqtt.broker import TIMEOUT_S, Broker
from tests.integration.sources.remote.pi import Pi

PINS = "garage-2: GPIO2 → GPIO4"


@pytest.fixture(name="broker")
def broker_fixture(tmp_path: Path) -> Iterator[Broker]:
    """Start a broker."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    yield broker
    broker.close()


async def connect(home: Home, broker: Broker) -> None:
    """Connect Home Assistant to a broker, as its owner does."""
    path = "config/config_entries/flow"
    shown = json.loads(await home.request("POST", path, {"handler": "mqtt"}))
    certificates = {"set_client_cert": False, "set_ca_cert": "off"}
    answers = {"broker": "127.0.0.1", "port": broker.port, "other_settings": certificates}
    await home.request("POST", f"{path}/{shown['flow_id']}", answers)


async def has_bays(pi: Pi) -> bool:
    """Return whether a Raspberry Pi has been told what to measure."""
    return bool(pi.bays)


async def test_pins_of_a_pi_elsewhere_are_carried_and_found_again_by_parking(
    open_page: OpenPage, broker: Broker, own_home: Home
) -> None:
    home = own_home
    home.tolerated.append("garage-2 does not measure")
    await connect(home, broker)
    pi = Pi(broker, "garage-2")
    try:
        async with open_page(home) as page:
            hand = await Hand.open(page, home)
            offer = hand.part(".offer").filter(has_text=PINS)
            await expect(offer).to_contain_text("pins of garage-2")
            await hand.choose("b")
            await hand.tap((8, 5.5))
            bare = hand.part(".bay:not(.paired)")
            await expect(bare).to_have_count(1)
            await hand.choose("v")
            await offer.drag_to(bare)
            await expect(bare).to_have_count(0)
            await expect(offer).to_have_count(0)
            await hand.settle()
            await hand.publish()
            # The Pi measures what was published.
            async with asyncio.timeout(TIMEOUT_S):
                await until(lambda: has_bays(pi))
            await hand.photograph("pins-1-published")

            await page.get_by_role("button", name="Take the sensor away").click()
            await expect(bare).to_have_count(1)
            await expect(offer).to_contain_text("free")
            await page.get_by_role("button", name="Pair by parking").click()
            pi.change(pi.bays[0], occupied=True)
            await expect(offer).to_contain_class("fresh")
            await hand.photograph("pins-2-somebody-parks")
            await bare.click()
            await expect(bare).to_have_count(0)
            await page.get_by_role("button", name="Stop pairing").click()
            # What it was is what it is.
            await expect(hand.part(".status")).to_have_text("As it is at work")

            pi.kill()
            away = hand.part(".offer").filter(has_text="garage-2 is away")
            await expect(away).not_to_have_count(0)
            await hand.photograph("pins-3-away")
            await hand.settle()
    finally:
        pi.end()
