"""Raspberry Pis elsewhere that have announced themselves and are a node of no lot yet."""

from collections.abc import Mapping

from homeassistant.config_entries import SOURCE_MQTT
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ...const import DOMAIN, SUBENTRY_NODE
from ..base import Value
from ..mqtt.client import mqtt_lacking
from .hub import get_hub

CONF_NODE = "node"
CONF_MACHINE = "machine"


def discovery_id(name: str) -> str:
    """Return the unique id of what is discovered: a node of a name."""
    return f"{SUBENTRY_NODE}_{name}"


@callback
def async_end_discovery(hass: HomeAssistant, name: str) -> None:
    """End the offer of a node as discovered, for it is a lot's now."""
    manager = hass.config_entries.flow
    found = {"source": SOURCE_MQTT, "unique_id": discovery_id(name)}
    for flow in manager.async_progress_by_handler(DOMAIN, match_context=found):
        manager.async_abort(flow["flow_id"])


class AnnouncedNodes:
    """Listens to nodes while somebody draws, and returns those that would be discovered, too."""

    def __init__(self, hass: HomeAssistant, changed: CALLBACK_TYPE) -> None:
        """Initialize; nothing is listened to yet."""
        self._hass = hass
        self._hub = get_hub(hass)
        self._changed = changed

    async def async_open(self) -> None:
        """Listen; raise `SourceError` when that cannot be."""
        await self._hub.async_open()
        self._hub.presence_listeners.append(self._changed)
        self._hub.connection_listeners.append(self._async_connection)

    @callback
    def _async_connection(self, connected: bool) -> None:
        """Notify that all nodes are away, or may be back."""
        self._changed()

    def nodes(self) -> Mapping[str, Mapping[str, Value]]:
        """Return the settings of nodes that can be made of those that are there, by name.

        What another Home Assistant has, and what its owner does not want to see, is not among them.
        """
        if mqtt_lacking(self._hass) is not None:
            return {}
        entries = self._hass.config_entries
        return {
            name: {CONF_NODE: name, CONF_MACHINE: announced.machine}
            for name, node in self._hub.announced().items()
            if node.is_online
            and (announced := node.announcement) is not None
            and not announced.is_configured
            and entries.async_entry_for_domain_unique_id(DOMAIN, discovery_id(name)) is None
        }

    def is_away(self, identity: str) -> bool:
        """Return whether a node cannot be reached now."""
        node = self._hub.announced().get(identity)
        return node is None or not node.is_online or mqtt_lacking(self._hass) is not None

    def close(self) -> None:
        """Listen no longer."""
        self._hub.presence_listeners.remove(self._changed)
        self._hub.connection_listeners.remove(self._async_connection)
        self._hub.async_close()
