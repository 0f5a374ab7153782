"""Packages for a part of the integration: installed when the part is first used.

So a lot starts without them, and waits for no download.
"""

import asyncio
from collections.abc import Sequence
from importlib import import_module
import logging
from types import ModuleType

from homeassistant.core import HomeAssistant
from homeassistant.requirements import (
    RequirementsNotFound,
    async_clear_install_history,
    async_process_requirements,
)
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

# Without internet, each try costs a small machine seconds of work, and the log some errors.
AGAIN_S = 900.0
# A start waits this long for packages; the installation continues, and the next try finds them.
TIMEOUT_S = 10.0


class RequirementsMissingError(Exception):
    """Packages are missing: `packages` are their names."""

    def __init__(self, requirements: Sequence[str]) -> None:
        """Initialize with the requirements."""
        self.packages = ", ".join(requirements)
        super().__init__(f"Not installed: {self.packages}")


INSTALLATIONS: HassKey[dict[tuple[str, ...], tuple[float, asyncio.Task[bool]]]] = HassKey(
    f"{DOMAIN}_installations"
)
"""The last try of an installation, and when it began on the loop's clock."""


async def async_load(
    hass: HomeAssistant,
    module: str,
    requirements: Sequence[str],
    timeout_s: float = TIMEOUT_S,
) -> ModuleType:
    """Return a module of this integration once its requirements are installed.

    Raises `RequirementsMissingError`.
    """
    # With --skip-pip, packages are installed outside of Home Assistant.
    if not hass.config.skip_pip:
        try:
            async with asyncio.timeout(timeout_s):
                installed = await asyncio.shield(_async_install(hass, tuple(requirements)))
        except TimeoutError:
            installed = False
        if not installed:
            raise RequirementsMissingError(requirements)
    try:
        return await hass.async_add_import_executor_job(import_module, f".{module}", __package__)
    except ImportError as err:
        # Perhaps installed in another version than the one that is loaded already.
        _LOGGER.debug("%s cannot be loaded", module, exc_info=True)
        raise RequirementsMissingError(requirements) from err


def _async_install(hass: HomeAssistant, requirements: tuple[str, ...]) -> asyncio.Task[bool]:
    """Return the task that installs packages; a failed one is repeated only after a while."""
    tries = hass.data.setdefault(INSTALLATIONS, {})
    began, task = tries.get(requirements, (0.0, None))
    now = hass.loop.time()
    failed = task is not None and task.done() and (task.cancelled() or not task.result())
    if task is None or (failed and now - began >= AGAIN_S):
        if failed:
            # Without this, Home Assistant skips the packages until it is restarted.
            async_clear_install_history(hass)
        task = hass.async_create_background_task(
            _async_try(hass, requirements), f"{DOMAIN} requirements"
        )
        tries[requirements] = (now, task)
    return task


async def _async_try(hass: HomeAssistant, requirements: tuple[str, ...]) -> bool:
    """Install packages; return whether they are installed."""
    try:
        await async_process_requirements(hass, DOMAIN, [*requirements], is_built_in=False)
    except RequirementsNotFound:
        return False
    except Exception:
        _LOGGER.exception("Installing %s failed", ", ".join(requirements))
        return False
    return True
