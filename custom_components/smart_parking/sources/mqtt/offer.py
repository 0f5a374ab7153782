"""Discovered devices, as the form of a node offers them."""

from collections.abc import Iterator, Mapping
import unicodedata

from homeassistant.core import HomeAssistant

from ...const import CONF_BAYS, CONF_SOURCE, DOMAIN, SUBENTRY_NODE
from .listener import TopicListener
from .messages import Message

# Length to which a message is cut; it is enough to tell devices apart.
SHOWN_MAX = 80
MQTT_SOURCE = "mqtt"


class DiscoveredDevices:
    """Listens while a form is open, and returns the devices without a bay."""

    def __init__(self, hass: HomeAssistant, listener: TopicListener) -> None:
        """Initialize with an open listener."""
        self._hass = hass
        self._listener = listener

    def devices(self) -> Mapping[str, str]:
        """Return the devices that no node has, with their last messages, the newest first."""
        taken = set(self._taken())
        newest = {
            device: max(messages.values(), key=lambda one: one.at)
            for device, messages in self._listener.known().items()
            if device not in taken
        }
        return {
            device: f"{device}: {shown(newest[device])}"
            for device in sorted(newest, key=lambda one: -newest[one].at)
        }

    def close(self) -> None:
        """Close the listener."""
        self._listener.async_close()

    def _taken(self) -> Iterator[str]:
        """Yield the devices of all nodes, as messages are compared with them."""
        ignores_case = self._listener.preset.ignores_case
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            for subentry in entry.get_subentries_of_type(SUBENTRY_NODE):
                if subentry.data[CONF_SOURCE] == MQTT_SOURCE:
                    for row in subentry.data[CONF_BAYS]:
                        device = str(row.get("device"))
                        yield device.casefold() if ignores_case else device


def shown(message: Message) -> str:
    """Return a message in one line, without control characters, cut to a length."""
    text = " ".join(message.payload[: 4 * SHOWN_MAX].decode(errors="replace").split())
    line = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    return line if len(line) <= SHOWN_MAX else f"{line[: SHOWN_MAX - 1]}…"
