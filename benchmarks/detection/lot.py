"""The bays, and the worlds that they are measured in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.hcsr04.simulator import (
    AS_RECORDED,
    Defect,
    Mount,
    Quality,
    Row,
    VirtualClock,
    World,
    air_over_the_day,
    demo_rows,
    follow_curve,
    nearest_first,
    read_rows,
)

DATA = Path(__file__).parents[3] / "shared" / "data" / "birmingham.csv"
# From 9 to 99 % full within the data's first week.
CAR_PARK = "BHMEURBRD01"

DAY_S = 86_400.0
STARTS_AT_H = 8.0
COLDEST_C, WARMEST_C = -10.0, 40.0
ASSUMED_C = 20.0

# Two rows of 12 bays of 2.5 m with an aisle of 6 m between them, neighbours in alternate slots.
SENSORS = [
    Sensor(
        sensor_id=f"{'AB'[number // 12]}{number % 12 + 1}",
        trigger=number % 2,
        echo=2 + number,
        x=2.5 * (number % 12),
        y=6.0 * (number // 12),
    )
    for number in range(24)
]
BAY_IDS = [sensor.sensor_id for sensor in SENSORS]

HEIGHT_M = 2.5
# Recorded over an empty scene: sometimes the one, sometimes the other.
NEARER_M, FARTHER_M = 2.40, 2.97
TWO_SURFACES = ("A3", "B8")
# Recorded ends of an echo that nothing comes back for.
SILENCES_S = (0.038, 0.048, 0.070)
LEAKING = ("A6", "B2")


@dataclass(frozen=True, slots=True)
class Scene:
    """What sensors are like, and how they hang."""

    name: str
    quality: Quality
    mounts: tuple[Mount, ...]
    leaking: Collection[str] = ()
    """Sensors whose trigger leaks into the echo line, all the time."""

    @property
    def empty_m(self) -> dict[str, float]:
        """The configured empty distance: of the nearer surface where there are two."""
        return {mount.sensor_id: mount.height_m for mount in self.mounts}

    @property
    def far_m(self) -> dict[str, float]:
        """The farther surfaces, which a lot learns by itself."""
        return {one.sensor_id: one.farther_m for one in self.mounts if one.farther_m is not None}


def _mount(number: int, sensor_id: str) -> Mount:
    """Return how a sensor hangs in the world as recorded."""
    silence_s = SILENCES_S[number % len(SILENCES_S)]
    if sensor_id in TWO_SURFACES:
        return Mount(
            sensor_id=sensor_id, height_m=NEARER_M, farther_m=FARTHER_M, silence_s=silence_s
        )
    return Mount(sensor_id=sensor_id, height_m=HEIGHT_M, silence_s=silence_s)


GARAGE = Scene(
    "garage",
    Quality(dropout_share=0.10, outlier_share=0.05),
    tuple(Mount(sensor_id=bay_id, height_m=HEIGHT_M) for bay_id in BAY_IDS),
)
RECORDED = Scene(
    "as recorded",
    AS_RECORDED,
    tuple(_mount(number, bay_id) for number, bay_id in enumerate(BAY_IDS)),
    LEAKING,
)
# Leaks depend on the maker of the sensor.
SPOKEN = replace(RECORDED, leaking=())
SCENES = {"garage": GARAGE, "recorded": RECORDED}


class Job(NamedTuple):
    """One run."""

    scene: Scene
    days: float
    seed: int
    walkers_per_h: float
    compensated: bool
    """Whether the sensor knows the temperature of the air."""
    car_park: str | None
    """Whose occupancy the lot has; None for the simulator's own day."""
    has_learnt: bool = False
    """Whether farther surfaces are known from the beginning, as after a restart."""

    @property
    def lasts_s(self) -> float:
        """How long it lasts."""
        return self.days * DAY_S


def make_world(job: Job) -> World:
    """Return the lot with its weather and its traffic."""
    if job.car_park is None:
        rows: Iterable[Row] = demo_rows(peak=1.0, starts_at_h=STARTS_AT_H)
    else:
        rows = read_rows(DATA.read_text().splitlines(), job.car_park)
    events = follow_curve(rows, nearest_first(SENSORS, (0.0, 3.0)), seed=job.seed)
    world = World(
        VirtualClock(),
        job.scene.mounts,
        traffic=events,
        air=air_over_the_day(COLDEST_C, WARMEST_C, starts_at_h=STARTS_AT_H),
        walkers_per_h=job.walkers_per_h,
        seed=job.seed,
    )
    for bay_id in job.scene.leaking:
        world.set_defect(bay_id, Defect.TRIGGER_LEAK)
    return world
