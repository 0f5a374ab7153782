"""Sources: the kinds of sensors that a node can have."""

from .base import Source
from .entities import EntitySource
from .gpio import GpioSource
from .mqtt import MqttSource
from .other_lot import OtherLotSource
from .remote import RemoteSource
from .simulated import SimulatedSource
from .unequipped import UnequippedSource

SOURCES: dict[str, type[Source]] = {
    source.key: source
    for source in (
        GpioSource,
        RemoteSource,
        EntitySource,
        MqttSource,
        OtherLotSource,
        SimulatedSource,
        UnequippedSource,
    )
}
