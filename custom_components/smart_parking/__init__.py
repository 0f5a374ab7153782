"""Smart Parking: measures every bay of a car park, and guides drivers to the nearest vacant one."""

from functools import partial
import logging
from typing import Protocol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.helpers.typing import ConfigType

from .analytics import async_remove_analytics
from .analytics.manager import AnalyticsManager
from .bay_entities import BayEntityPlan
from .checklist import async_setup_checklist
from .const import DOMAIN, SUBENTRY_NODE
from .coordinator import LotCoordinator
from .data import SmartParkingConfigEntry, SmartParkingData
from .devices import async_clear_registries
from .editor.http import async_setup_editor_views
from .editor.manager import async_remove_editor
from .editor.panel import async_setup_editor_panel
from .editor.websocket import async_setup_editor_commands
from .flow_preview import async_setup_previews
from .forecast.history import RecordedCounts, RecordedStays
from .forecast.manager import ForecastManager
from .forecast.store import ForecastStore
from .guidance.capacity import CapacityMonitor
from .guidance.manager import GuidanceManager
from .listeners import async_run
from .live.broadcaster import SnapshotBroadcaster
from .live.snapshot import LotSnapshot
from .live.websocket import async_setup_websocket_api
from .lot.promotions.scheduler import PromotionScheduler
from .mqtt_publisher.publisher import LotMqttPublisher, async_remove_from_mqtt
from .open_data.http import async_setup_open_data
from .open_data.publisher import OpenDataPublisher
from .promotions.http import async_setup_promotion_views
from .promotions.manager import PromotionManager, PromotionStore
from .recorder_filter import async_setup_recorder_filter
from .rendering.http import async_setup_route_image_view
from .rendering.route_images import RouteImages
from .resources import (
    async_remove_startup_resource,
    async_setup_resources,
    async_store_startup_resource,
)
from .services import async_setup_services
from .slices import in_slices
from .sources import SOURCES
from .sources.base import NodeConfig
from .store import HoldStore, LotStore
from .texts import async_setup_texts
from .visitor.http import async_setup_visitor_views
from .visitor.manager import VisitorManager
from .visitor.push.vapid import async_forget_push_keys
from .visitor.sessions import VisitorStore
from .wifi.captive_portal import async_setup_captive_portal
from .wifi.sign import async_setup_sign_view
from .wifi.store import VisitStore
from .wifi.webhook import WifiWebhook

_LOGGER = logging.getLogger(__name__)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
)


class Openable(Protocol):
    """A part of a lot that is optional: the lot works without it."""

    async def async_open(self) -> None:
        """Open the part, once the lot measures."""

    async def async_close(self) -> None:
        """Close the part, also when it was only partly opened."""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, the card's commands and the card."""
    await async_setup_texts(hass)
    async_setup_recorder_filter(hass)
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    async_setup_editor_commands(hass)
    async_setup_checklist(hass)
    await async_setup_previews(hass)
    await async_setup_resources(hass)
    async_setup_editor_panel(hass)
    async_setup_editor_views(hass)
    async_setup_route_image_view(hass)
    async_setup_promotion_views(hass)
    await async_setup_visitor_views(hass)
    async_setup_open_data(hass)
    async_setup_captive_portal(hass)
    async_setup_sign_view(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> bool:
    """Set up a lot; a failed set-up leaves nothing behind."""
    await async_store_startup_resource(hass)
    data = entry.runtime_data = _create(hass, entry)
    try:
        await _async_begin(hass, entry)
    except BaseException:
        # Also when the set-up takes too long, and is cancelled.
        await _async_unload_platforms(hass, entry)
        await data.coordinator.async_unload()
        raise
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    return True


def _create(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> SmartParkingData:
    """Return the data of a lot with its features attached; nothing is loaded yet.

    The order counts: features take part in a step in the order in which they are attached.
    """
    coordinator = LotCoordinator(hass, entry)
    guidance = GuidanceManager(coordinator)
    capacity = CapacityMonitor(coordinator)
    promotions = PromotionManager(coordinator)
    route_images = RouteImages(coordinator)
    for feature in (guidance, capacity, promotions, route_images):
        coordinator.async_attach(feature)
    analytics = AnalyticsManager(coordinator, guidance)
    forecast = ForecastManager(coordinator, RecordedCounts(analytics), RecordedStays(analytics))
    wifi = WifiWebhook(hass, entry)
    for book in (promotions, wifi):
        analytics.async_add_book(book)
    return SmartParkingData(
        coordinator=coordinator,
        guidance=guidance,
        capacity=capacity,
        promotions=promotions,
        live=SnapshotBroadcaster(coordinator, lambda seq: LotSnapshot(coordinator, guidance, seq)),
        mqtt_publisher=LotMqttPublisher(coordinator),
        route_images=route_images,
        open_data=OpenDataPublisher(coordinator),
        analytics=analytics,
        forecast=forecast,
        wifi=wifi,
        visitor=VisitorManager(coordinator, guidance, promotions, forecast),
    )


async def _async_begin(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Start the lot and open its optional parts."""
    data = entry.runtime_data
    coordinator = data.coordinator
    await coordinator.async_setup()
    await coordinator.async_start()
    problem = next((node.problem for node in coordinator.nodes.values()), None)
    if coordinator.is_idle and problem is not None:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=problem.key,
            translation_placeholders=problem.placeholders,
        )
    await _async_open(entry, "record of stays", data.analytics)
    await _async_open(entry, "forecast", data.forecast)
    entry.async_on_unload(data.forecast.async_listen(data.live.async_refresh))
    await _async_open(entry, "access-point hook", data.wifi)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await _async_open(entry, "open data", data.open_data)
    await _async_open(entry, "lot on MQTT", data.mqtt_publisher)
    await _async_open(entry, "visitors' page", data.visitor)


async def _async_open(entry: SmartParkingConfigEntry, name: str, part: Openable) -> None:
    """Open a part of a lot until it is unloaded; the lot works without one that fails."""
    entry.async_on_unload(part.async_close)
    try:
        await part.async_open()
    except Exception:
        _LOGGER.exception("The %s could not be opened; the lot works without it", name)


async def _async_unload_platforms(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Unload the platforms that were set up before a failure."""
    # The list is Home Assistant's own, and each platform that is unloaded is removed from it.
    for platform in [*async_get_platforms(hass, DOMAIN)]:
        if platform.config_entry is entry:
            await hass.config_entries.async_forward_entry_unload(entry, platform.domain)


async def _async_remove_entities(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Remove a lot's entities, a few at a time: of thousands, Home Assistant would do it at once.

    Browsers that are open are told of each, and must be able to follow.
    """
    for platform in [*async_get_platforms(hass, DOMAIN)]:
        if platform.config_entry is entry:
            async for entity_id in in_slices(platform.entities, is_told=True):
                if entity_id in platform.entities:
                    await platform.async_remove_entity(entity_id)


async def _async_updated(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Apply a changed configuration; for other entities of bays the lot is loaded anew."""
    coordinator = entry.runtime_data.coordinator
    if coordinator.bay_entities == BayEntityPlan.from_options(entry.options):
        await coordinator.async_reconcile()
    elif entry.state is ConfigEntryState.LOADED:
        hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_unload_entry(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> bool:
    """Unload a lot: all lines are released and all threads have ended when this returns."""
    await _async_remove_entities(hass, entry)
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.coordinator.async_unload()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Remove the stored data of a lot that is deleted."""
    await async_clear_registries(hass, entry)
    for subentry in entry.get_subentries_of_type(SUBENTRY_NODE):
        node = NodeConfig.from_data(subentry.title, subentry.data)
        if (source := SOURCES.get(node.source)) is not None:
            await async_run(partial(source.async_forget, hass, node), failed=set())
    await LotStore(hass, entry.entry_id).async_remove()
    await HoldStore(hass, entry.entry_id).async_remove()
    await PromotionStore(hass, entry.entry_id, PromotionScheduler()).async_remove()
    await VisitorStore(hass, entry.entry_id).async_remove()
    await VisitStore(hass, entry.entry_id).async_remove()
    await async_remove_editor(hass, entry)
    await async_remove_analytics(hass, entry)
    await async_remove_from_mqtt(hass, entry)
    await ForecastStore(hass, entry.entry_id).async_remove()
    if not hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        await async_forget_push_keys(hass)
        await async_remove_startup_resource(hass)
