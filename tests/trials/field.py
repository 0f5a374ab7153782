"""One bay under a sensor that others built, and the time that passes over it."""

from collections.abc import Iterable

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import Value
from tests.integration.clock import pass_time
from tests.integration.lots import LOT_ID, bay, gate, look, lot, node, said, set_up

ECHO, EYE = "sensor.echo", "binary_sensor.eye"


class Field:
    """A lot of one bay, A01, that an entity looks at."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, entity_id: str) -> None:
        """Initialize with an entity that has said nothing yet."""
        self.hass = hass
        self.freezer = freezer
        self.entity_id = entity_id
        self.seen: list[str] = []
        """What the bay was at every step."""

    @classmethod
    async def of(
        cls,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        entity_id: str = ECHO,
        *,
        empty_m: float | None = 2.5,
        last_seen: bool = False,
        **settings: Value,
    ) -> Field:
        """Set up the lot; `sensor.seen` may report when its sensor was seen last."""
        row = bay("A01", 0.0, entity_id=entity_id, empty_m=empty_m)
        if last_seen:
            row["last_seen_entity"] = "sensor.seen"
        if empty_m is None:
            del row["empty_m"]
        await set_up(hass, lot(node("Field", [row], "entities", **settings), gate("Main")))
        return cls(hass, freezer, entity_id)

    @property
    def state(self) -> str:
        """What the bay is."""
        return said(self.hass, "a01", "occupancy")

    @property
    def faulty(self) -> dict[str, str]:
        """The faulty bays of the node, with their faults."""
        bays: dict[str, str] = look(self.hass, "field", "faulty").attributes["bays"]
        return bays

    @property
    def arrivals(self) -> int:
        """How many vehicles have come."""
        entry: SmartParkingConfigEntry | None
        entry = self.hass.config_entries.async_get_entry(LOT_ID)
        assert entry is not None
        return entry.runtime_data.lot.arrivals

    @property
    def changes(self) -> int:
        """How often the bay has been something else than before."""
        return sum(a != b for a, b in zip(self.seen, self.seen[1:], strict=False))

    def say(self, state: str) -> None:
        """Make the entity report a state, changed or not."""
        attributes = {ATTR_UNIT_OF_MEASUREMENT: "m"} if self.entity_id == ECHO else {}
        self.hass.states.async_set(self.entity_id, state, attributes)

    async def wait(self, seconds: float, step_s: float = 1.0) -> None:
        """Make time pass in which nothing is reported."""
        for _ in range(round(seconds / step_s)):
            await self._pass(step_s)

    async def hear(self, states: Iterable[str], every_s: float = 1.0) -> None:
        """Make the entity report states, one after another."""
        for state in states:
            self.say(state)
            await self._pass(every_s)

    async def _pass(self, seconds: float) -> None:
        """Run, and look."""
        await pass_time(self.hass, self.freezer, seconds)
        self.seen.append(self.state)


__all__ = ["ECHO", "EYE", "STATE_OFF", "STATE_ON", "STATE_UNAVAILABLE", "Field"]
