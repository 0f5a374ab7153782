"""Sources: the kinds of sensors that a node can have."""

from .base import Source
from .entities import EntitySource
from .gpio import GpioSource
from .mqtt import MqttSource
from .simulated import SimulatedSource
from .unequipped import UnequippedSource

SOURCES: dict[str, type[Source]] = {
    source.key: source
    for source in (GpioSource, EntitySource, MqttSource, SimulatedSource, UnequippedSource)
}
