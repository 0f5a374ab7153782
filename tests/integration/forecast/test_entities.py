"""Forecasts of kinds of bays and of levels."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
import voluptuous as vol

from custom_components.smart_parking.const import DOMAIN
from tests.integration.forecast.usual import FakeCounts, start
from tests.integration.lots import (
    LOT_ID,
    bay,
    change,
    data_of,
    entry_of,
    look,
    lot,
    node,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand

pytestmark = pytest.mark.usefixtures("hass_storage")

BAYS = [
    bay("A01", 0.0),
    bay("A02", 2.5),
    bay("E01", 5.0, kind="ev", level="2"),
]


async def ask(hass: HomeAssistant, **data: object) -> dict[str, Any]:
    """Call the action."""
    answer = await hass.services.async_call(
        DOMAIN, "forecast", data, blocking=True, return_response=True
    )
    assert isinstance(answer, dict)
    return answer


async def test_kinds_and_levels_have_sensors_of_their_own_for_who_wants_them(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, everything_enabled: None
) -> None:
    assert await set_up(hass, lot(node("North", BAYS)))
    await hass.async_block_till_done(wait_background_tasks=True)

    name = look(hass, "free_in_30_kind:standard").attributes["friendly_name"]
    assert name == "Garage Free bays in 30 minutes: ordinary bays"
    assert said(hass, "free_in_30_kind:standard") == said(hass, "free_in_30")
    assert said(hass, "full_at_level:1") == said(hass, "full_at")
    assert look(hass, "full_at_level:1").attributes["friendly_name"] == "Garage Full at: level 1"
    # Nothing was counted of these.
    assert said(hass, "free_in_30_kind:ev") == "unknown"
    assert said(hass, "free_again_at_level:2") == "unknown"
    assert look(hass, "free_in_30_kind:ev").attributes.get("probability") is None

    # One kind on one level is all that there is.
    entry = data_of(hass).entry
    await change(hass, entry, "north", bays=BAYS[:2])
    assert entry_of(hass, "free_in_30_kind:standard") is None
    assert entry_of(hass, "full_at_level:1") is None
    assert said(hass, "free_in_30") != "unavailable"
    await change(hass, entry, "north", bays=BAYS)
    assert entry_of(hass, "free_in_30_kind:standard") is not None


async def test_they_are_disabled_at_first(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    assert await set_up(hass, lot(node("North", BAYS)))
    await hass.async_block_till_done(wait_background_tasks=True)
    of_lot = er.async_entries_for_config_entry(er.async_get(hass), LOT_ID)
    of_parts = [one for one in of_lot if ":" in one.unique_id]
    assert len(of_parts) == 16
    assert all(one.disabled_by is er.RegistryEntryDisabler.INTEGRATION for one in of_parts)


async def test_the_action_gives_all_that_is_expected(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    forecast = await start(hass)

    answer = await ask(hass)
    assert answer["lot"] == "Garage"
    assert answer["is_learned"] is True
    assert answer["days_known"] == 14
    assert answer["full_at"].startswith("2026-05-18T")
    assert len(answer["points"]) == 24 * 4
    first = answer["points"][0]
    assert first["at"] == "2026-05-18T09:15:00+02:00"
    assert 0 <= first["low"] <= first["free"] <= first["high"] <= 10
    assert 0 < first["probability"] <= 100

    assert len((await ask(hass, hours=1, kind="standard"))["points"]) == 4
    assert len((await ask(hass, hours=48, level="1", config_entry_id=LOT_ID))["points"]) == 192
    assert forecast.get_series(None) == "lot"


@pytest.mark.parametrize(
    ("asked", "key"), [({"kind": "ev"}, "no_bays_of_kind"), ({"level": "9"}, "unknown_level")]
)
async def test_what_the_lot_has_not_is_not_forecast(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts, asked: dict[str, str], key: str
) -> None:
    await start(hass)
    with pytest.raises(ServiceValidationError) as refused:
        await ask(hass, **asked)
    assert refused.value.translation_key == key
    with pytest.raises(vol.Invalid):
        await ask(hass, kind="ev", level="1")
    with pytest.raises(vol.Invalid):
        await ask(hass, hours=49)


async def test_a_young_lot_says_why_there_is_nothing(
    hass: HomeAssistant, hand: Hand, counts: FakeCounts
) -> None:
    counts.begin += 11 * 86_400.0
    await start(hass)
    answer = await ask(hass)
    assert (answer["is_learned"], answer["days_known"], answer["days_needed"]) == (False, 3, 8)
    assert (answer["points"], answer["full_at"], answer["free_again_at"]) == ([], None, None)
