"""The image of the route to the bay that is held for a driver."""

from datetime import timedelta

from aiohttp import web
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.rendering import route_images
from custom_components.smart_parking.rendering.scene import SceneData
from custom_components.smart_parking.signed_path import route_image_path
from tests.integration.lots import CAR_M, EMPTY_M, gate, lot, node, remove, row, set_up
from tests.integration.sources.driven import Hand

VALID_S = 240.0

type Client = TestClient[web.Request, web.Application]


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up two lots; the first has two free bays and a gate."""
    assert await async_setup_component(hass, "http", {})
    entry = lot(node("North", row("A", 2)), gate("Main", y=-6.0))
    assert await set_up(hass, lot(node("Other", row("B", 2)), gate("Front"), lot_id="other"))
    assert await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    return entry


@pytest.fixture(name="client")
async def client_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> Client:
    """Give a driver's phone, which is not logged in."""
    return await hass_client_no_auth()


@pytest.fixture(name="shown")
def shown_fixture(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """Give the gates and bays of all ways that are painted."""
    shown: list[tuple[str, str | None]] = []
    paint = route_images._paint  # noqa: SLF001  (where a picture is really painted)

    def paint_and_note(scene_data: SceneData) -> bytes:
        shown.append((scene_data.gate.name, scene_data.bay.label if scene_data.bay else None))
        return paint(scene_data)

    monkeypatch.setattr(route_images, "_paint", paint_and_note)
    return shown


def path(hass: HomeAssistant, hold_id: str, valid_s: float = VALID_S) -> str:
    """Return the address of a hold's route image."""
    found = route_image_path(hass, hold_id, valid_s)
    assert found is not None
    return found


async def test_a_driver_sees_the_way_to_their_bay(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    hand: Hand,
    shown: list[tuple[str, str | None]],
) -> None:
    hold = entry.runtime_data.guidance.async_guide("main")
    address = path(hass, hold.hold_id)
    response = await client.get(address)
    assert response.status == 200
    assert response.content_type == "image/png"
    assert (await response.read()).startswith(b"\x89PNG")
    # Another vehicle takes the bay: the same address shows the route to the next one.
    hand.settle("North", A01=CAR_M)
    assert (await client.get(address)).status == 200
    assert shown == [("Main", "A01"), ("Main", "A02")]


async def test_who_waits_sees_that_the_lot_is_full(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    hand: Hand,
    shown: list[tuple[str, str | None]],
) -> None:
    hand.settle("North", A01=CAR_M, A02=CAR_M)
    hold = entry.runtime_data.guidance.async_guide("main")
    assert (await client.get(path(hass, hold.hold_id))).status == 200
    assert shown == [("Main", None)]


async def test_a_hold_that_is_no_more_has_no_picture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    guidance = entry.runtime_data.guidance
    hold = guidance.async_guide("main")
    address = path(hass, hold.hold_id)
    guidance.async_release(hold)
    assert (await client.get(address)).status == 404
    assert (await client.get(path(hass, "guessed"))).status == 404


async def test_a_gate_that_is_no_more_has_no_picture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    address = path(hass, entry.runtime_data.guidance.async_guide("main").hold_id)
    await remove(hass, entry, "main")
    assert (await client.get(address)).status == 404


async def test_only_the_signed_path_leads_there(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    freezer: FrozenDateTimeFactory,
) -> None:
    guidance = entry.runtime_data.guidance
    hold, other = guidance.async_guide("main"), guidance.async_guide("main")
    address, signature = path(hass, hold.hold_id).split("?")
    assert (await client.get(address)).status == 401
    elsewhere, _ = path(hass, other.hold_id).split("?")
    assert (await client.get(f"{elsewhere}?{signature}")).status == 401
    freezer.tick(timedelta(seconds=VALID_S + 1.0))
    assert (await client.get(f"{address}?{signature}")).status == 401


async def test_who_is_logged_in_needs_no_signature(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    hold = entry.runtime_data.guidance.async_guide("main")
    client = await hass_client()
    assert (await client.get(path(hass, hold.hold_id).partition("?")[0])).status == 200


async def test_with_too_many_before_it_a_phone_is_asked_to_come_again(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(route_images, "CACHED_MAX", 0)
    hold = entry.runtime_data.guidance.async_guide("main")
    response = await client.get(path(hass, hold.hold_id))
    assert response.status == 503
    assert response.headers["Retry-After"]
