"""Messages and the reports in them, for all senders."""

from dataclasses import dataclass
from typing import NamedTuple

from ...lot.model import Fault


class Message(NamedTuple):
    """A message as it was received."""

    topic: str
    payload: bytes
    at: float
    """When it was received, in seconds on the monotonic clock."""
    clock: float
    """The same in seconds since 1970."""
    retained: bool
    """Whether the broker had retained it: then the time of its sending is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReport:
    """The report of a message on a device; at most one of occupied, distance and fault."""

    device: str = ""
    whole: bool = False
    """Whether it concerns all devices whose ids begin with this one."""
    alias: str = ""
    """Another name of the device."""
    occupied: bool | None = None
    distance_m: float | None = None
    fault: Fault | None = None
    heartbeat: bool = False
    """Whether it is sent regularly, also without a change."""
    port: int = 0
    """Port of the message on LoRaWAN."""
    omits_false: bool = False
    """Whether it has no state of the bay, but may have left out `false`."""
    undecoded: bool = False
    """Whether it has content that could not be decoded."""
    online: bool | None = None
    battery_percent: float | None = None
    battery_low: bool | None = None
    sent_at: float | None = None
    """When it was sent, in seconds since 1970, if the message has a time."""
    key: str = ""
    """A key that copies of the message share."""
    vehicle: str = ""
    """A vehicle that a camera tracks, or a kind of vehicles that it counts."""
    zones: frozenset[str] | None = None
    """All zones in which that vehicle is."""
    zones_before: frozenset[str] = frozenset()
    """The zones in which it was parked before, if the message has them."""
    moving: bool = False

    @property
    def has_content(self) -> bool:
        """Whether it has anything on the bay."""
        return (self.occupied, self.distance_m, self.fault) != (None, None, None)
