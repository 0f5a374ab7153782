"""A step costs what it changes."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.entity import SmartParkingEntity
from tests.integration.logs import complaints
from tests.integration.lots import CAR_M, EMPTY_M, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand


@pytest.fixture(name="written")
async def written_fixture(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Set up 50 empty bays in two nodes, and note which entities are written from now on."""
    await set_up(
        hass, lot(node("North", row("A", 25)), node("South", row("B", 25, 100.0)), gate("Main"))
    )
    hand.settle("North", **{f"A{number:02d}": EMPTY_M for number in range(1, 26)})
    hand.settle("South", **{f"B{number:02d}": EMPTY_M for number in range(1, 26)})
    hand.sweep_for("North", 0.3)
    hand.sweep_for("South", 0.3)
    await hass.async_block_till_done()
    written: list[str] = []
    write = SmartParkingEntity.async_write_ha_state

    def note_and_write(entity: SmartParkingEntity) -> None:
        written.append(entity.entity_id)
        write(entity)

    monkeypatch.setattr(SmartParkingEntity, "async_write_ha_state", note_and_write)
    return written


def test_a_sweep_that_changes_nothing_writes_nothing(hand: Hand, written: list[str]) -> None:
    for noise_m in (0.0, 0.01, -0.02, 0.03):
        hand.sweep_for("North", 0.3, A01=EMPTY_M + noise_m, A02=EMPTY_M - noise_m)
    assert written == []


def test_an_arrival_writes_its_bay_and_the_counts(hand: Hand, written: list[str]) -> None:
    hand.settle("North", A07=CAR_M, A08=EMPTY_M)
    assert set(written) == {
        "binary_sensor.garage_bay_a07",
        "switch.garage_bay_a07_out_of_service",
        "sensor.garage_free_bays",
        "sensor.garage_occupied_bays",
        "sensor.garage_occupancy",
        "sensor.garage_arrivals",
    }
    # Once when the distance moves, once when it is believed.
    assert written.count("binary_sensor.garage_bay_a07") == 2
    assert written.count("sensor.garage_free_bays") == 1


def test_the_nearest_bay_also_writes_its_gate(hand: Hand, written: list[str]) -> None:
    hand.settle("North", A01=CAR_M)
    assert written.count("sensor.main_nearest_free_bay") == 1


def test_a_node_is_written_when_it_changes(hand: Hand, written: list[str]) -> None:
    hand.sweep_for("South", 0.303)
    assert written == []
    hand.sweep_for("South", 0.31)
    assert set(written) == {
        "binary_sensor.south_connectivity",
        "sensor.south_sweep_time",
        "sensor.south_faulty_bays",
    }


async def test_how_long_sweeps_take_is_written_once_a_minute_at_most(
    hass: HomeAssistant, hand: Hand, written: list[str], freezer: FrozenDateTimeFactory
) -> None:
    """The recorder keeps every state: an hour of restless sweeps is worth 60 of them."""
    for beat in range(3600):
        hand.sweep_for("South", 0.3 + 0.02 * (beat % 5))
        freezer.tick(1.0)
    await hass.async_block_till_done()
    assert 55 <= written.count("sensor.south_sweep_time") <= 61


async def test_the_normal_life_of_a_lot_is_quiet(
    hass: HomeAssistant, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    entry = lot(node("North", row("A", 2)), gate("Main"))
    await set_up(hass, entry)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    hand.settle("North", A01=CAR_M)
    hand.settle("North", A01=EMPTY_M)
    await hass.config_entries.async_reload(entry.entry_id)
    hand.settle("North", A01=EMPTY_M)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert complaints(caplog) == []
