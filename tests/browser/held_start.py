"""Home Assistant, as `hass` runs it, but it waits at two places of its start until it is let go.

    held_start.py --config FOLDER

It is let go by files in the folder.
"""

import asyncio
from importlib import import_module
from pathlib import Path
import sys
from unittest.mock import patch

from homeassistant.__main__ import main
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

SET_UP = "set_up"
"""Lets this integration be set up."""
RUN = "run"
"""Lets Home Assistant end its start, when all is set up."""

POLL_S = 0.05


async def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    while not path.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(POLL_S)


def hold(folder: Path) -> None:
    """Put the waits where they belong."""
    sys.path.insert(0, str(folder))
    integration = import_module("custom_components.smart_parking")
    set_up, run = integration.async_setup, HomeAssistant.async_start

    async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
        """Set up when it may."""
        await wait_for(folder / SET_UP)
        done: bool = await set_up(hass, config)
        return done

    async def async_start(hass: HomeAssistant) -> None:
        """Run when it may."""
        await wait_for(folder / RUN)
        await run(hass)

    patch.object(integration, "async_setup", async_setup).start()
    patch.object(HomeAssistant, "async_start", async_start).start()


if __name__ == "__main__":
    hold(Path(sys.argv[-1]))
    sys.exit(main())
