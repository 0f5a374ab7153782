"""A promotion's picture: loaded after all guidance, and read once for all requests."""

import os
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import add, change
from tests.integration.promotions.shops import BEGINNINGS, PNG, keep, promotion
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import Phone


@pytest.fixture(name="bakery", autouse=True)
async def bakery_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Add a bakery's promotion with a picture."""
    await add(hass, entry, promotion("Bakery", picture_path="/local/cake.png"))


async def test_the_picture_comes_after_all_that_guides(phone: Phone) -> None:
    (image,) = (await phone.look()).all("img")

    assert image == {
        "loading": "lazy",
        "decoding": "async",
        "fetchpriority": "low",
        "src": "p/bakery/picture",
        "alt": "",
        "width": "52",
        "height": "52",
    }


async def test_a_picture_is_read_once_for_all_until_it_changes(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    folder: Path,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = keep(str(folder), "www/cake.png", PNG)
    read: list[Path] = []
    read_bytes = Path.read_bytes

    def read_and_note(self: Path) -> bytes:
        read.append(self)
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", read_and_note)

    async def picture() -> tuple[str, bytes]:
        response = await phones().get("p/bakery/picture")
        return response.content_type, await response.read()

    assert [await picture() for _ in range(3)] == [("image/png", PNG)] * 3
    assert read == [path]

    # Even one of the same size, which is put in its place.
    other = PNG[:8] + PNG[:7:-1]
    path.write_bytes(other)
    os.utime(path, ns=(0, 1))
    assert await picture() == ("image/png", other)

    # Or another file.
    keep(str(folder), "www/tart.gif", BEGINNINGS["image/gif"])
    await change(hass, entry, "bakery", picture_path="/local/tart.gif")
    assert await picture() == ("image/gif", BEGINNINGS["image/gif"])

    path.unlink()
    await change(hass, entry, "bakery", picture_path="/local/cake.png")
    assert (await phones().get("p/bakery/picture")).status == 404
