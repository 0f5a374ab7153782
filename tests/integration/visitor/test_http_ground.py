"""Visitors see the picture below the plan only where its owner has said so."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

from homeassistant.core import HomeAssistant
from PIL import Image
import pytest

from custom_components.smart_parking import ground_pictures
from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.visitor.phones import Phone, set_options

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="2" height="1"/></svg>'
)


def photo(side: int = 3000) -> bytes:
    """Return a photo that says where it was taken."""
    image = Image.new("RGB", (side, side // 2), "gray")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    file = BytesIO()
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


async def show(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, body: bytes, **more: Any
) -> str:
    """Put a picture below the plan and return its name."""
    name = await ground_pictures.async_save_picture(hass, entry.entry_id, body)
    ground = {"level": "1", "picture": name, "x": 5, "y": 0, "width": 40, "height": 30, **more}
    await set_options(hass, entry, drawing={"grounds": {"g": ground}})
    return name


async def test_at_first_visitors_do_not_see_it(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, folder: object
) -> None:
    name = await show(hass, entry, SVG)
    plan = await (await phone.get("plan.svg?page")).text()
    assert "<image" not in plan
    assert (await phone.get(f"ground/{name}")).status == HTTPStatus.NOT_FOUND


async def test_they_see_it_when_its_owner_says_so(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, folder: object
) -> None:
    name = await show(hass, entry, SVG, public=True)
    assert f'<image href="ground/{name}"' in await (await phone.get("plan.svg?page")).text()
    got = await phone.get(f"ground/{name}")
    assert (got.status, got.content_type) == (HTTPStatus.OK, "image/svg+xml")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    other = await ground_pictures.async_save_picture(hass, entry.entry_id, SVG)
    assert (await phone.get(f"ground/{other}")).status == HTTPStatus.NOT_FOUND
    assert (await phone.get("ground/secrets.yaml")).status == HTTPStatus.NOT_FOUND


async def test_a_photo_is_made_small_and_says_nothing_but_what_it_shows(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, folder: object
) -> None:
    name = await show(hass, entry, photo(), public=True)
    bodies = [await (await phone.get(f"ground/{name}")).read() for _ in range(2)]
    assert bodies[0] == bodies[1]
    image = Image.open(BytesIO(bodies[0]))
    assert image.format == "WEBP"
    assert max(image.size) == ground_pictures.VISITORS_PX
    assert b"taken at home" not in bodies[0]
    # With the picture goes what was made of it.
    await ground_pictures.async_remove_pictures(hass, entry.entry_id, keep={name})
    assert (await phone.get(f"ground/{name}")).status == HTTPStatus.OK


@pytest.mark.parametrize(
    "body", [SVG.replace(b"<rect", b"<g/>" * 300_000 + b"<rect"), b"\xff\xd8\xff"]
)
async def test_what_is_too_large_or_broken_is_not_sent(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, folder: object, body: bytes
) -> None:
    name = await show(hass, entry, body, public=True)
    assert (await phone.get(f"ground/{name}")).status == HTTPStatus.NOT_FOUND


async def test_a_picture_that_is_gone_is_not_there(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, folder: object
) -> None:
    name = await show(hass, entry, SVG, public=True)
    await ground_pictures.async_remove_pictures(hass, entry.entry_id, keep=None)
    assert (await phone.get(f"ground/{name}")).status == HTTPStatus.NOT_FOUND
    bad = {"level": "1", "picture": "x", "x": 5, "y": 0, "width": 40, "height": 30}
    await set_options(hass, entry, drawing={"grounds": {"g": {**bad, "public": True}}})
    assert (await phone.get("ground/x")).status == HTTPStatus.NOT_FOUND
