"""A simulated Raspberry Pi: the same bank, over simulated bays."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from statistics import fmean
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_BAY_ID
from ..hcsr04.bank import Bank
from ..hcsr04.errors import LineLostError
from ..hcsr04.model import Sensor
from ..hcsr04.schedule import Plan
from ..hcsr04.simulator import (
    AS_RECORDED,
    Defect,
    Event,
    Mount,
    RealClock,
    SimulatedLines,
    VehicleKind,
    World,
    demo_rows,
    follow_curve,
    nearest_first,
)
from .banked import BankSource, place
from .base import FreeSensor, NodeConfig, Schema, SensorSearch, SourceError

CONF_HEIGHT_M = "height_m"
CONF_STAY_MIN = "stay_min"
CONF_OCCUPANCY = "occupancy"
CONF_SEED = "seed"

HEIGHT_M = 2.5
STAY_MIN = 60.0
OCCUPANCY_PERCENT = 80.0

# As good as well-mounted sensors in a garage: noise as recorded, but only few echoes are missed or
# wrong.
QUALITY = replace(AS_RECORDED, dropout_share=0.01, outlier_share=0.005)
WALKERS_PER_H = 4.0


class Traffic(StrEnum):
    """Traffic in a simulated bay."""

    PARK = "park"
    LEAVE = "leave"
    AUTOMATIC = "automatic"


def _box(low: float, high: float, unit: str) -> NumberSelector:
    """Return a field for a number."""
    return NumberSelector(
        NumberSelectorConfig(
            min=low, max=high, step="any", unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


class SimulatedSource(BankSource):
    """Bays with simulated sensors, vehicles and people."""

    key = "simulated"
    model = "Simulated Raspberry Pi"

    def __init__(self, hass: HomeAssistant, node: NodeConfig) -> None:
        """Start the world; its vehicles come and go also while no node measures."""
        super().__init__(hass, node)
        height_m = node.number(CONF_HEIGHT_M, HEIGHT_M)
        sensors = self.sensors(node)
        self.world = World(
            RealClock(),
            [Mount(sensor_id=sensor.sensor_id, height_m=height_m) for sensor in sensors],
            traffic=self._traffic(sensors),
            walkers_per_h=WALKERS_PER_H,
            seed=self._seed,
        )
        self._lines: SimulatedLines | None = None

    @property
    def _seed(self) -> int:
        """The seed that makes this world differ from others."""
        return int(self.node.number(CONF_SEED, 0))

    def _traffic(self, sensors: Sequence[Sensor]) -> Iterable[Event]:
        """Return arrivals and departures as in the middle of a town, from now on."""
        peak = self.node.number(CONF_OCCUPANCY, OCCUPANCY_PERCENT) / 100.0
        if peak * len(sensors) < 1.0:
            # A curve without any arrival would be computed for ever.
            return ()
        now = dt_util.now()
        entrance = (min(one.x for one in sensors), fmean(one.y for one in sensors))
        return follow_curve(
            demo_rows(
                peak=peak,
                starts_at_h=now.hour + now.minute / 60.0,
            ),
            nearest_first(sensors, entrance),
            mean_stay_s=self.node.number(CONF_STAY_MIN, STAY_MIN) * 60.0,
            seed=self._seed,
        )

    @classmethod
    @override
    def settings_schema(cls) -> Schema:
        return {
            vol.Required(CONF_HEIGHT_M, default=HEIGHT_M): _box(0.5, 4.0, "m"),
            vol.Required(CONF_STAY_MIN, default=STAY_MIN): _box(1.0, 10_000.0, "min"),
            vol.Required(CONF_OCCUPANCY, default=OCCUPANCY_PERCENT): _box(0.0, 100.0, "%"),
            vol.Required(CONF_SEED, default=0): _box(0.0, 1e9, ""),
        }

    @classmethod
    @override
    async def async_get_free_sensors(
        cls, hass: HomeAssistant, search: SensorSearch
    ) -> list[FreeSensor]:
        return [FreeSensor(key=cls.key, name=cls.model, wiring={}, endless=True)]

    @classmethod
    @override
    def sensors(cls, node: NodeConfig) -> list[Sensor]:
        sensors: list[Sensor] = []
        for number, row in enumerate(node.rows):
            x, y, level = place(row)
            sensors.append(
                Sensor(
                    sensor_id=str(row[CONF_BAY_ID]),
                    trigger=2 * number,
                    echo=2 * number + 1,
                    x=x,
                    y=y,
                    level=level,
                )
            )
        return sensors

    @override
    def empty_distances(self) -> dict[str, float | None]:
        height_m = self.node.number(CONF_HEIGHT_M, HEIGHT_M)
        return dict.fromkeys(super().empty_distances(), height_m)

    @override
    def _open_bank(self, plan: Plan) -> Bank:
        sensors = [sensor for slot in plan.slots for sensor in slot.sensors]
        try:
            self._lines = SimulatedLines(sensors, self.world, quality=QUALITY, seed=self._seed)
        except LineLostError as err:
            raise SourceError("line_lost") from err
        return Bank(self._lines, plan)

    @override
    def set_temperature(self, celsius: float) -> None:
        """Set the simulated air to the temperature of the lot's thermometer."""
        super().set_temperature(celsius)
        self.world.air = celsius

    @override
    def _wake(self) -> None:
        if self._lines is not None:
            self._lines.close()

    def simulate(
        self,
        bay_id: str,
        *,
        traffic: Traffic | None = None,
        vehicle: VehicleKind | None = None,
        defect: Defect | None = None,
        mend: bool = False,
    ) -> None:
        """Park or remove a vehicle, set or remove a defect."""
        if traffic is Traffic.PARK:
            self.world.park(bay_id, vehicle, at_once=True)
        elif traffic is Traffic.LEAVE:
            self.world.drive_off(bay_id)
        elif traffic is Traffic.AUTOMATIC:
            self.world.automatic(bay_id)
        if defect is not None or mend:
            self.world.set_defect(bay_id, defect)
