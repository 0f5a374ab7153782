"""Shops, their promotions, and who looks."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant

from custom_components.smart_parking.const import DOMAIN, SUBENTRY_PROMOTION
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.promotions.model import Promotion

# Some of the smallest files that are what they say.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000"
    "02000148afa4710000000049454e44ae426082"
)
BEGINNINGS = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/gif": b"GIF89a\x01\x00\x01\x00",
    "image/webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L",
    "image/avif": b"\x00\x00\x00\x1cftypavif",
}


def promotion(title: str, **data: object) -> ConfigSubentryDataWithId:
    """Return a promotion; its id is its title in small letters."""
    return ConfigSubentryDataWithId(
        data=data,
        subentry_id=title.lower(),
        subentry_type=SUBENTRY_PROMOTION,
        title=title,
        unique_id=None,
    )


def show(
    entry: SmartParkingConfigEntry, visitor: str | None = None, when: str = "before", **more: Any
) -> str | None:
    """Show a visitor a promotion, and return its title."""
    chosen = entry.runtime_data.promotions.async_next(when, visitor, **more)
    return None if chosen is None else chosen.title


def written(entry: SmartParkingConfigEntry, title: str) -> Promotion:
    """Return a promotion as the lot knows it."""
    return next(one for one in entry.runtime_data.promotions if one.title == title)


async def ask(hass: HomeAssistant, action: str, **data: object) -> dict[str, Any]:
    """Return what an action answers."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert isinstance(answer, dict)
    return answer


def keep(folder: str, name: str, content: bytes) -> Path:
    """Place a file into a folder."""
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
