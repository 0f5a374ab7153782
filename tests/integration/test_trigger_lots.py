"""Automations that begin when a lot becomes full, or has free bays again."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest

from tests.integration.automations import when
from tests.integration.lots import LOT_ID, change, device_id, entry_of, said
from tests.integration.sources.binary_entities import see, set_up_eyes, watched

STANDARD = "sensor.garage_free_standard_bays"
EV = "sensor.garage_free_ev_bays"
ALL = "sensor.garage_free_bays"


@pytest.fixture(name="mixed")
async def mixed_fixture(hass: HomeAssistant) -> dict[str, str]:
    """Set up a lot of two standard bays and one to charge at; return it as a target."""
    await set_up_eyes(hass, a01="standard", a02="standard", e01="ev")
    return {"device_id": device_id(hass)}


async def test_full_means_that_no_standard_bay_is_free(
    hass: HomeAssistant, mixed: dict[str, str]
) -> None:
    full = await when(hass, "lot_became_full", mixed)
    await see(hass, a01=STATE_ON)
    assert full == []
    await see(hass, a02=STATE_ON)
    assert full == [STANDARD]
    await see(hass, e01=STATE_ON)
    assert full == [STANDARD]


async def test_another_kind_is_asked_for(hass: HomeAssistant, mixed: dict[str, str]) -> None:
    full = await when(hass, "lot_became_full", mixed, kind="ev")
    await see(hass, a01=STATE_ON, a02=STATE_ON)
    assert full == []
    await see(hass, e01=STATE_ON)
    assert full == [EV]


async def test_all_kinds_are_asked_for(hass: HomeAssistant, mixed: dict[str, str]) -> None:
    freed = await when(hass, "lot_no_longer_full", mixed, kind="any")
    await see(hass, a01=STATE_ON, a02=STATE_ON, e01=STATE_ON)
    await see(hass, e01=STATE_OFF, a01=STATE_OFF)
    assert freed == [ALL]


async def test_a_kind_that_the_lot_has_not_is_never_full(
    hass: HomeAssistant, mixed: dict[str, str]
) -> None:
    full = await when(hass, "lot_became_full", mixed, kind="staff")
    await see(hass, a01=STATE_ON, a02=STATE_ON, e01=STATE_ON)
    assert full == []


async def test_a_lot_of_standard_bays_needs_no_count_of_its_own_for_them(
    hass: HomeAssistant,
) -> None:
    await set_up_eyes(hass, a01="standard")
    assert entry_of(hass, "free_standard") is None
    full = await when(hass, "lot_became_full", {"device_id": device_id(hass)})
    await see(hass, a01=STATE_ON)
    assert full == [ALL]


async def test_a_count_that_is_named_speaks_for_itself(
    hass: HomeAssistant, mixed: dict[str, str]
) -> None:
    full = await when(hass, "lot_became_full", {"entity_id": EV})
    await see(hass, e01=STATE_ON, a01=STATE_ON, a02=STATE_ON)
    assert full == [EV]


@pytest.mark.parametrize("name", ["sensor.garage_arrivals", "sensor.main_nearest_free_bay"])
async def test_another_sensor_that_is_named_stands_for_its_lot(
    hass: HomeAssistant, mixed: dict[str, str], name: str
) -> None:
    full = await when(hass, "lot_became_full", {"entity_id": name})
    await see(hass, e01=STATE_ON, a01=STATE_ON, a02=STATE_ON)
    assert full == [STANDARD]


async def test_a_gate_stands_for_its_lot(hass: HomeAssistant, mixed: dict[str, str]) -> None:
    full = await when(hass, "lot_became_full", {"device_id": device_id(hass, "main")})
    await see(hass, e01=STATE_ON, a01=STATE_ON, a02=STATE_ON)
    assert full == [STANDARD]


async def test_a_gate_brings_no_lot_into_an_area(
    hass: HomeAssistant, mixed: dict[str, str]
) -> None:
    area = ar.async_get(hass).async_create("Street").id
    dr.async_get(hass).async_update_device(device_id(hass, "main"), area_id=area)
    full = await when(hass, "lot_became_full", {"area_id": area})
    await see(hass, e01=STATE_ON, a01=STATE_ON, a02=STATE_ON)
    assert full == []


async def test_an_area_gives_its_lots(hass: HomeAssistant, mixed: dict[str, str]) -> None:
    area = ar.async_get(hass).async_create("Town").id
    dr.async_get(hass).async_update_device(device_id(hass), area_id=area)
    freed = await when(hass, "lot_no_longer_full", {"area_id": area})
    await see(hass, a01=STATE_ON, a02=STATE_ON)
    assert freed == []
    await see(hass, a02=STATE_OFF)
    await see(hass, a01=STATE_OFF)
    assert freed == [STANDARD]


@pytest.mark.parametrize("after", [STATE_ON, STATE_OFF])
async def test_a_lot_that_was_full_before_a_gap(
    hass: HomeAssistant, mixed: dict[str, str], after: str
) -> None:
    await see(hass, a01=STATE_ON, a02=STATE_ON, e01=STATE_ON)
    full = await when(hass, "lot_became_full", mixed)
    await see(hass, a01=STATE_UNAVAILABLE, a02=STATE_UNAVAILABLE, e01=STATE_UNAVAILABLE)
    assert said(hass, "free") == STATE_UNAVAILABLE
    await see(hass, a01=STATE_ON, a02=after)
    assert full == []


async def test_a_lot_that_has_free_bays_after_a_gap_has_them_again(
    hass: HomeAssistant, mixed: dict[str, str]
) -> None:
    await see(hass, a01=STATE_ON, a02=STATE_ON)
    freed = await when(hass, "lot_no_longer_full", mixed)
    await see(hass, a01=STATE_UNAVAILABLE, a02=STATE_UNAVAILABLE, e01=STATE_UNAVAILABLE)
    assert freed == []
    await see(hass, a01=STATE_OFF)
    assert freed == [STANDARD]


async def test_set_up_again_is_no_news(hass: HomeAssistant, mixed: dict[str, str]) -> None:
    freed = await when(hass, "lot_no_longer_full", mixed)
    assert await hass.config_entries.async_reload(LOT_ID)
    await hass.async_block_till_done()
    assert said(hass, "free") == "3"
    assert freed == []


async def test_the_count_that_is_looked_at_follows_the_lot(hass: HomeAssistant) -> None:
    entry = await set_up_eyes(hass, a01="standard", a02="standard")
    full = await when(hass, "lot_became_full", {"device_id": device_id(hass)})
    await change(hass, entry, "field", bays=watched(a01="standard", a02="ev"))
    assert said(hass, "free_standard") == "1"
    await see(hass, a01=STATE_ON)
    assert full == [STANDARD]
