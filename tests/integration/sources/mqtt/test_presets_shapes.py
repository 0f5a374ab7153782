"""Each shape of a message, through a real broker: what it makes of its bay."""

from collections import defaultdict
from collections.abc import Mapping

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.sources.base import NodeConfig, Value
from custom_components.smart_parking.sources.mqtt import MqttSource
from tests.integration.clock import until
from tests.integration.lots import bay, gate, look, lot, node, said, set_up
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.mqtt.pucks import AT_ONCE, FILTERS
from tests.integration.sources.mqtt.shapes import (
    AS_IT_WAS,
    IMPLAUSIBLE,
    NO_ECHO,
    OCCUPIED,
    OWN,
    SHAPES,
    UNAVAILABLE,
    UNDECODED,
    VACANT,
    Shape,
    table,
)
from tests.repository.project import ROOT

PRESETS = list(dict.fromkeys(shape.preset for shape in SHAPES))
STATES = {OCCUPIED: STATE_ON, VACANT: STATE_OFF, IMPLAUSIBLE: STATE_UNAVAILABLE}
FAULTS = {
    NO_ECHO: Fault.NO_TARGET,
    IMPLAUSIBLE: Fault.IMPLAUSIBLE,
    UNAVAILABLE: Fault.UNAVAILABLE,
}


def settings_for(preset: str) -> Mapping[str, Value]:
    return {"preset": preset, **(OWN if preset == "own" else {}), **AT_ONCE}


def bays_for(shapes: list[Shape]) -> dict[str, Shape]:
    return {f"b{number:02d}": shape for number, shape in enumerate(shapes)}


def meaning_of(reading: Reading | None) -> str:
    """Return what a reading means, in the words of the table."""
    if reading is None:
        return AS_IT_WAS
    if reading.occupied is not None:
        return OCCUPIED if reading.occupied else VACANT
    if reading.distance_m is not None:
        return f"{round(reading.distance_m, 3):g} m"
    return next(texts for texts, fault in FAULTS.items() if fault is reading.fault)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.usefixtures("mqtt_entry")
async def test_a_shape_makes_of_its_bay_what_the_table_says(
    hass: HomeAssistant, broker: Broker, preset: str
) -> None:
    shapes = bays_for([shape for shape in SHAPES if shape.preset == preset])
    rows = [
        bay(bay_id.upper(), 2.5 * number, device=shape.device)
        for number, (bay_id, shape) in enumerate(shapes.items())
    ]
    entry = lot(node("Field", rows, "mqtt", **settings_for(preset)), gate("Main"))
    await set_up(hass, entry)
    source = entry.runtime_data.coordinator.nodes["field"].source
    for one in FILTERS[preset]:
        await broker.subscribed(one)
    # What each bay is before: a vehicle stands there.
    readings = [Reading(bay_id, 0.0, occupied=True) for bay_id in shapes]
    entry.runtime_data.coordinator.nodes["field"].sweep(readings)
    await until(hass, lambda: said(hass, "b00", "occupancy") == STATE_ON)
    await broker.say(hass, *((one.topic, one.payload) for one in shapes.values()))

    for bay_id, shape in shapes.items():
        after = STATES.get(shape.becomes)
        if shape.becomes in (AS_IT_WAS, UNDECODED):
            after = STATE_ON
        elif shape.becomes == UNAVAILABLE:
            after = STATE_UNAVAILABLE
        if after is not None:
            state = look(hass, bay_id, "occupancy")
            assert state.state == after, (shape, state)
    undecoded = {bay_id for bay_id, one in shapes.items() if one.becomes == UNDECODED}
    assert set(source.undecoded()) == undecoded
    faulty = look(hass, "field", "faulty").attributes["bays"]
    assert {label for label, fault in faulty.items() if fault == "undecoded"} == {
        bay_id.upper() for bay_id in undecoded
    }


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.usefixtures("mqtt_entry")
async def test_the_test_of_the_sensors_shows_what_the_table_says(
    hass: HomeAssistant, broker: Broker, preset: str
) -> None:
    shapes = bays_for([shape for shape in SHAPES if shape.preset == preset])
    rows = [bay(bay_id, 0.0, device=shape.device) for bay_id, shape in shapes.items()]
    config = NodeConfig("Field", {"source": "mqtt", **settings_for(preset)}, rows)
    offer = await MqttSource.async_offer(hass, config.settings)
    assert offer is not None
    for one in FILTERS[preset]:
        await broker.subscribed(one)
    # What concerns many devices is not asked for: who has gone, and what a camera follows.
    told = {
        bay_id: shape
        for bay_id, shape in shapes.items()
        if shape.becomes != UNAVAILABLE and not shape.topic.endswith("/events")
    }
    await broker.say(hass, *((one.topic, one.payload) for one in told.values()))
    measured = await MqttSource(hass, config).async_probe()
    offer.close()
    said_of = {bay_id: meaning_of(measured.get(bay_id)) for bay_id in told}
    assert said_of == {
        bay_id: AS_IT_WAS if shape.becomes == UNDECODED else shape.becomes
        for bay_id, shape in told.items()
    }


def test_the_documentation_shows_this_table() -> None:
    assert table() in (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")


def test_every_preset_has_shapes() -> None:
    counts = defaultdict[str, int](int)
    for shape in SHAPES:
        counts[shape.preset] += 1
    assert set(PRESETS) == set(counts)
    assert min(counts.values()) >= 4
