"""What a message says, whoever sent it."""

from dataclasses import dataclass
from typing import NamedTuple

from ...lot.model import Fault


class Message(NamedTuple):
    """A message as it came."""

    topic: str
    payload: bytes
    at: float
    """When it came, in seconds on the monotonic clock."""
    clock: float
    """The same in seconds since 1970."""
    retained: bool
    """Whether the broker had kept it: then nobody knows from when it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReport:
    """What a message says of a device; at most one of occupied, distance and fault."""

    device: str = ""
    whole: bool = False
    """Whether all devices are meant whose names begin like this."""
    alias: str = ""
    """Another name of the device."""
    occupied: bool | None = None
    distance_m: float | None = None
    fault: Fault | None = None
    heartbeat: bool = False
    """Whether it is sent again and again, whatever happens."""
    port: int = 0
    """On LoRaWAN, what kind of message of its device it is."""
    omits_false: bool = False
    """Whether it says nothing of the bay, but may do so by leaving `false` out."""
    undecoded: bool = False
    """Whether there was something to be said, and it has not been made readable."""
    online: bool | None = None
    battery_percent: float | None = None
    battery_low: bool | None = None
    sent_at: float | None = None
    """When it was sent, in seconds since 1970, as far as it says so."""
    key: str = ""
    """What a second copy of it has, too."""
    vehicle: str = ""
    """A vehicle that a camera follows, or a kind of them that it counts."""
    zones: frozenset[str] | None = None
    """All zones in which that vehicle is."""
    zones_before: frozenset[str] = frozenset()
    """Where it was parked before, as far as the message tells."""
    moving: bool = False

    @property
    def has_content(self) -> bool:
        """Whether it says anything of the bay."""
        return (self.occupied, self.distance_m, self.fault) != (None, None, None)
