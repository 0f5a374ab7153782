"""Smart Parking: every bay of a car park, measured, and the way to the nearest free one."""

from collections.abc import Awaitable
import logging

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinator import LotCoordinator, SmartParkingConfigEntry
from .editor.http import async_setup_editor_views
from .editor.manager import async_remove_editor
from .editor.panel import async_setup_editor_panel
from .editor.websocket import async_setup_editor_commands
from .lot.board import Board
from .memory import HoldMemory, Memory
from .promotion_view import async_setup_promotion_views
from .promotions import PromotionMemory
from .recorder_filter import async_setup_recorder_filter
from .resources import async_setup_resources
from .services import async_setup_services
from .visitor.joining import async_open_joining
from .visitor.push.keys import async_forget_push_keys
from .visitor.reception import async_open_reception
from .visitor.sessions import VisitorMemory
from .visitor.sign import async_setup_sign_view
from .visitor.views import async_setup_visitor_views
from .visitor.visit_memory import VisitMemory
from .way_view import async_setup_view
from .websocket_api import async_setup_websocket_api
from .words import async_setup_words

_LOGGER = logging.getLogger(__name__)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, the card's commands and the card."""
    await async_setup_words(hass)
    async_setup_recorder_filter(hass)
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    async_setup_editor_commands(hass)
    async_setup_resources(hass)
    async_setup_editor_panel(hass)
    async_setup_editor_views(hass)
    async_setup_view(hass)
    async_setup_promotion_views(hass)
    async_setup_visitor_views(hass)
    async_setup_sign_view(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> bool:
    """Set up a lot; one that cannot be leaves nothing behind."""
    coordinator = entry.runtime_data = LotCoordinator(hass, entry)
    try:
        await _async_begin(hass, entry)
    except BaseException:
        # Also when it takes too long, and is cancelled.
        await _async_unload_platforms(hass, entry)
        await coordinator.async_unload()
        raise
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    return True


async def _async_begin(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Start to measure, and all that goes with it."""
    coordinator = entry.runtime_data
    await coordinator.async_setup()
    await coordinator.async_start()
    problem = next((node.problem for node in coordinator.nodes.values()), None)
    if coordinator.is_idle and problem is not None:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=problem.key,
            translation_placeholders=problem.placeholders,
        )
    await _async_open("access-point hook", async_open_joining(entry))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await _async_open("visitors' page", async_open_reception(entry))


async def _async_open(name: str, opening: Awaitable[None]) -> None:
    """Open a part of a lot; the lot does without one that fails."""
    try:
        await opening
    except Exception:
        _LOGGER.exception("The %s could not be opened; the lot works without it", name)


async def _async_unload_platforms(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Unload the platforms that were set up before something failed."""
    for platform in async_get_platforms(hass, DOMAIN):
        if platform.config_entry is entry:
            await hass.config_entries.async_forward_entry_unload(entry, platform.domain)


async def _async_updated(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Take over a changed configuration."""
    await entry.runtime_data.async_reconcile()


async def async_unload_entry(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> bool:
    """Unload a lot: every line is released and every thread has ended when this returns."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.async_unload()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Forget a lot that has been deleted."""
    await Memory(hass, entry.entry_id).async_remove()
    await HoldMemory(hass, entry.entry_id).async_remove()
    await PromotionMemory(hass, entry.entry_id, Board()).async_remove()
    await VisitorMemory(hass, entry.entry_id).async_remove()
    await VisitMemory(hass, entry.entry_id).async_remove()
    await async_remove_editor(hass, entry)
    if not hass.config_entries.async_entries(DOMAIN):
        await async_forget_push_keys(hass)
