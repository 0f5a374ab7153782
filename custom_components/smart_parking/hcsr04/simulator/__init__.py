"""A simulated car park, measured by the same bank as real sensors.

A `World` holds bays under sensors, the vehicles and people in them and the air; `SimulatedLines`
turn its echoes into edges; traffic decides which vehicles come and go. With a `VirtualClock` a week
passes in minutes, with a `RealClock` in real time.
"""

from .bay import Mount, Presence, Truth
from .clock import Clock, RealClock, VirtualClock
from .defects import Defect
from .lines import SimulatedLines
from .quality import AS_RECORDED, Quality
from .traffic import Event, Move, Row, demo_rows, follow_curve, nearest_first, read_rows
from .vehicles import VehicleKind
from .world import Air, World, air_over_the_day

__all__ = [
    "AS_RECORDED",
    "Air",
    "Clock",
    "Defect",
    "Event",
    "Mount",
    "Move",
    "Presence",
    "Quality",
    "RealClock",
    "Row",
    "SimulatedLines",
    "Truth",
    "VehicleKind",
    "VirtualClock",
    "World",
    "air_over_the_day",
    "demo_rows",
    "follow_curve",
    "nearest_first",
    "read_rows",
]
