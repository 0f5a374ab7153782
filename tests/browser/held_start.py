"""Home Assistant, as `hass` runs it, but this integration is set up only when it is let go.

    held_start.py --config FOLDER

It is let go by a file in the folder.
"""

import asyncio
from importlib import import_module
from pathlib import Path
import sys
from unittest.mock import patch

from homeassistant.__main__ import main
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

LET_GO = "let_go"
POLL_S = 0.05


def hold(folder: Path) -> None:
    """Put the wait in front of the integration's set-up."""
    sys.path.insert(0, str(folder))
    integration = import_module("custom_components.smart_parking")
    set_up = integration.async_setup

    async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
        """Set up as soon as the file is there."""
        while not (folder / LET_GO).exists():  # noqa: ASYNC110 - a test lets go, from outside
            await asyncio.sleep(POLL_S)
        done: bool = await set_up(hass, config)
        return done

    patch.object(integration, "async_setup", async_setup).start()


if __name__ == "__main__":
    hold(Path(sys.argv[-1]))
    sys.exit(main())
