"""The card's files, served to browsers: at an address that changes whenever a file does."""

from hashlib import sha256
from pathlib import Path

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.core import HomeAssistant

from .const import DOMAIN

# Built from the sources beside it; each file lies there compressed, too, and is sent so.
FOLDER = Path(__file__).with_name("frontend") / "dist"
ENTRY_MODULE = "smart-parking.js"


async def async_address(hass: HomeAssistant) -> str:
    """Return where the files are."""
    return f"/{DOMAIN}/{await hass.async_add_executor_job(digest, FOLDER)}"


async def async_setup_resources(hass: HomeAssistant) -> None:
    """Serve the files, and let every page load the one that loads the others."""
    address = await async_address(hass)
    await hass.http.async_register_static_paths([StaticPathConfig(address, str(FOLDER))])
    add_extra_js_url(hass, f"{address}/{ENTRY_MODULE}")


def digest(folder: Path) -> str:
    """Return what stands for the contents of a folder: browsers keep its files for a month."""
    contents = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, data = path.relative_to(folder).as_posix().encode(), path.read_bytes()
        contents.update(b"%d:%b%d:%b" % (len(name), name, len(data), data))
    return contents.hexdigest()[:16]
