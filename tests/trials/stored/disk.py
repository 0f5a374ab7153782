"""Files that are really written, and the power that fails."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.restore_state import async_get
from homeassistant.helpers.storage import Store

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry

# As they are before Home Assistant's own test tools put a dictionary in their place.
REAL = {name: getattr(Store, name) for name in ("_async_load", "_async_write_data", "async_remove")}


class Disk:
    """What is on disk of the lots of a Home Assistant."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Look at a folder."""
        self._hass = hass
        self._folder = folder / ".storage"

    def path(self, name: str) -> Path:
        """Return where a file is."""
        return self._folder / name

    def files(self) -> dict[str, bytes]:
        """Return all that is on disk of lots."""
        paths = self._folder.glob(f"{DOMAIN}*")
        return {path.name: path.read_bytes() for path in paths}

    def read(self, name: str) -> Any:
        """Return what a file says."""
        return json.loads(self.path(name).read_text())["data"]

    def copies(self, name: str) -> list[bytes]:
        """Return the copies of a damaged file."""
        return [path.read_bytes() for path in self._folder.glob(f"{name}.corrupt.*")]

    def spoil(self, name: str, damage: Callable[[Any], object]) -> bytes:
        """Damage a file, and return what is in it then; no text stays as it is."""
        stored = json.loads(self.path(name).read_text())
        spoilt = damage(stored)
        content = spoilt if isinstance(spoilt, bytes) else json.dumps(spoilt).encode()
        self.path(name).write_bytes(content)
        return content

    async def cut_power(
        self,
        entry: SmartParkingConfigEntry,
        while_off: Callable[[], object] = lambda: None,
    ) -> None:
        """Capture the power away, so that nothing more is written, and start again."""
        before = self.files()
        await self._hass.config_entries.async_unload(entry.entry_id)
        await self._hass.async_block_till_done()
        for name in self.files():
            self.path(name).unlink()
        for name, content in before.items():
            self.path(name).write_bytes(content)
        # Home Assistant's own states are not written until it stops.
        async_get(self._hass).last_states.clear()
        while_off()
        await self._hass.config_entries.async_setup(entry.entry_id)
        await self._hass.async_block_till_done()
