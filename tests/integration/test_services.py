"""Finding a bay, calibrating, simulating: asked well and asked wrongly."""

import asyncio
from collections.abc import Mapping
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
import pytest
import voluptuous as vol

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    LOT_ID,
    bay,
    device_id,
    gate,
    lot,
    node,
    row,
    set_up,
)
from tests.integration.sources.driven import Hand

BAYS = [bay("A01", 0.0), bay("A02", 2.5), bay("A03", 5.0, kind="ev"), bay("A04", 7.5)]


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, freezer: FrozenDateTimeFactory
) -> SmartParkingConfigEntry:
    """Set up a lot with an occupied bay and three vacant ones."""
    entry = lot(node("North", BAYS), gate("Main"), gate("Back", x=7.5))
    await set_up(hass, entry)
    hand.settle("North", A01=CAR_M, A02=EMPTY_M, A03=EMPTY_M, A04=EMPTY_M)
    return entry


async def ask(hass: HomeAssistant, action: str, **data: object) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert isinstance(answer, dict)
    return answer


async def refusal(hass: HomeAssistant, action: str, **data: object) -> str | None:
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=action == "find_bay"
        )
    assert refused.value.translation_domain == DOMAIN
    return refused.value.translation_key


def labels(answer: Mapping[str, Any]) -> list[str]:
    """Return the labels in an answer, the best first."""
    best = [answer["bay"]] if answer["bay"] else []
    return [way["bay"] for way in (*best, *answer["alternatives"])]


async def test_the_nearest_bay_is_found(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert await ask(hass, "find_bay") == {
        "gate": "Main",
        "free": 2,
        "bay": {
            "bay": "A02",
            "bay_id": "a02",
            "kind": "standard",
            "level": "1",
            "distance": 2.5,
            "x": 2.5,
            "y": 0.0,
        },
        "alternatives": [
            {
                "bay": "A04",
                "bay_id": "a04",
                "kind": "standard",
                "level": "1",
                "distance": 7.5,
                "x": 7.5,
                "y": 0.0,
            }
        ],
    }


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"gate": "Back"}, ["A04", "A02"]),
        ({"gate": "bACK"}, ["A04", "A02"]),
        ({"gate": "back", "alternatives": 0}, ["A04"]),
        ({"kind": "ev"}, ["A03", "A02", "A04"]),
        ({"kind": "ev", "alternatives": 1}, ["A03", "A02"]),
        ({"kind": "accessible"}, ["A02", "A04"]),
        ({"config_entry_id": LOT_ID}, ["A02", "A04"]),
    ],
)
async def test_bays_are_found_as_they_are_wanted(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    data: dict[str, object],
    found: list[str],
) -> None:
    answer = await ask(hass, "find_bay", **data)
    assert labels(answer) == found


async def test_no_bay_is_found_when_none_is_free(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hand.settle("North", A02=CAR_M, A03=CAR_M, A04=Fault.NO_RESPONSE)
    answer = await ask(hass, "find_bay", kind="ev")
    assert answer == {"gate": "Main", "free": 0, "bay": None, "alternatives": []}


async def test_finding_is_refused_in_words(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    assert await refusal(hass, "find_bay", gate="Side") == "unknown_gate"
    await set_up(hass, lot(node("South", row("B", 1)), lot_id="other"))
    assert await refusal(hass, "find_bay") == "which_lot"
    assert await refusal(hass, "find_bay", config_entry_id="other") == "no_gate"
    assert labels(await ask(hass, "find_bay", config_entry_id=LOT_ID)) == ["A02", "A04"]
    await hass.config_entries.async_unload(LOT_ID)
    await hass.config_entries.async_unload("other")
    assert await refusal(hass, "find_bay") == "no_lot"
    with pytest.raises(ServiceValidationError):
        await ask(hass, "find_bay", config_entry_id=LOT_ID)
    with pytest.raises(ServiceValidationError):
        await ask(hass, "find_bay", config_entry_id="nowhere")


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("find_bay", {"kind": "boat"}),
        ("find_bay", {"alternatives": 51}),
        ("find_bay", {"alternatives": -1}),
        ("calibrate", {}),
        ("calibrate", {"device_id": []}),
        ("set_simulation", {"device_id": ["x"]}),
        ("set_simulation", {"device_id": ["x"], "traffic": "fly"}),
        ("set_simulation", {"device_id": ["x"], "fault": "rust"}),
        ("set_simulation", {"traffic": "park"}),
        ("set_out_of_service", {"bay": []}),
        ("set_out_of_service", {"bay": [""]}),
    ],
)
async def test_nonsense_is_refused(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, action: str, data: dict[str, object]
) -> None:
    with pytest.raises(vol.Invalid):
        await hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=action == "find_bay"
        )


async def calibrate(
    hass: HomeAssistant,
    hand: Hand,
    *said: Mapping[str, float | Fault],
    part_id: str = "north",
    answer: bool = True,
) -> ServiceResponse:
    """Calibrate while the sensors say something, sweep by sweep."""
    asked = hass.async_create_task(
        hass.services.async_call(
            DOMAIN,
            "calibrate",
            {"device_id": device_id(hass, part_id)},
            blocking=True,
            return_response=answer,
        )
    )
    await let_it_begin()
    for sweep in said:
        hand.sweep("North", **sweep)
    await let_it_begin()
    return await asked


async def let_it_begin() -> None:
    """Make the event loop go round as often as an action needs to get to work."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_node_is_calibrated(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    empty = {"A02": 2.41, "A03": 2.42, "A04": 2.43}
    # A bay with a vehicle in it is left out.
    assert await calibrate(hass, hand, *([{"A01": CAR_M, **empty}] * 20)) == {
        "empty_distance": empty,
        "failed": [],
    }
    await hass.config_entries.async_reload(entry.entry_id)
    watch = entry.runtime_data.coordinator.nodes["north"].tracker
    assert watch.empty_distances() == {"a01": EMPTY_M, "a02": 2.41, "a03": 2.42, "a04": 2.43}


async def test_a_full_node_is_not_calibrated(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hand.settle("North", A02=CAR_M, A03=CAR_M, A04=CAR_M)
    device = device_id(hass, "north")
    assert await refusal(hass, "calibrate", device_id=device) == "all_occupied"


async def test_one_bay_is_calibrated(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    sweep = {"A01": 1.0, "A02": 2.4}
    assert await calibrate(hass, hand, *([sweep] * 20), part_id="a02") == {
        "empty_distance": {"A02": 2.4},
        "failed": [],
    }
    assert entry.runtime_data.coordinator.nodes["north"].tracker.empty_distances()["a01"] == EMPTY_M


async def test_unsteady_bays_are_named(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hand.settle("North", A01=EMPTY_M)

    def sweep(number: int) -> dict[str, float | Fault]:
        return {
            "A01": 2.4,
            "A02": 1.0 + number / 10,
            "A03": Fault.NO_RESPONSE,
            "A04": 2.4 if number % 2 else Fault.NO_TARGET,
        }

    sweeps = [sweep(number) for number in range(20)]
    assert await calibrate(hass, hand, *sweeps) == {
        "empty_distance": {"A01": 2.4},
        "failed": ["A02", "A03", "A04"],
    }
    with pytest.raises(HomeAssistantError) as failed:
        await calibrate(hass, hand, *sweeps, answer=False)
    assert failed.value.translation_key == "calibration_failed"
    assert failed.value.translation_placeholders == {"bays": "A02, A03, A04"}


async def test_two_calibrations_at_once_end_alike(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    other = hass.async_create_task(calibrate(hass, hand, part_id="a02"))
    await let_it_begin()
    sweep = {"A01": 2.4, "A02": 2.4, "A03": 2.4, "A04": 2.4}
    await calibrate(hass, hand, *([sweep] * 20))
    assert await other == {"empty_distance": {"A02": 2.4}, "failed": []}


async def test_a_calibration_without_readings_gives_up(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    asked = hass.async_create_task(calibrate(hass, hand))
    await let_it_begin()
    for _ in range(32):
        hand.sweep("North", A01=2.4)
        freezer.tick(1)
        await let_it_begin()
        if asked.done():
            break
    with pytest.raises(HomeAssistantError) as failed:
        await asked
    assert failed.value.translation_key == "calibration_timeout"
    # What comes later is no calibration any more: a vehicle may stand there by then.
    for _ in range(20):
        hand.sweep("North", A02=CAR_M)
    assert entry.runtime_data.coordinator.nodes["north"].tracker.empty_distances()["a02"] == EMPTY_M


async def test_a_node_that_fails_meanwhile_is_not_calibrated(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    asked = hass.async_create_task(calibrate(hass, hand))
    await let_it_begin()
    hand.sink("North").lost(Fault.LINE_LOST)
    assert await asked == {"empty_distance": {}, "failed": ["A02", "A03", "A04"]}
    assert await refusal(hass, "calibrate", device_id=device_id(hass, "a01")) == "node_down"


async def test_only_bays_and_nodes_can_be_meant(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    for part_id in ("main", None):
        devices = [device_id(hass, "a01"), device_id(hass, part_id)]
        assert await refusal(hass, "calibrate", device_id=devices) == "not_a_bay"
    assert await refusal(hass, "calibrate", device_id="nothing") == "not_a_bay"
    stranger = lot(lot_id="stranger")
    object.__setattr__(stranger, "domain", "other")
    stranger.add_to_hass(hass)  # type: ignore[attr-defined]  # a mock
    device = device_registry.async_get_or_create(
        config_entry_id="stranger", identifiers={("other", "thing")}, name="Thing"
    )
    assert await refusal(hass, "calibrate", device_id=device.id) == "not_a_bay"
    bay_device = device_id(hass, "a01")
    await hass.config_entries.async_unload(LOT_ID)
    assert await refusal(hass, "calibrate", device_id=bay_device) == "lot_not_loaded"


async def test_only_a_simulation_can_be_told_what_happens(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    device = device_id(hass, "north")
    key = await refusal(hass, "set_simulation", device_id=device, traffic="park")
    assert key == "not_simulated"


@pytest.mark.parametrize("action", ["calibrate", "set_simulation"])
async def test_only_administrators_change_how_a_lot_measures(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hass_read_only_user: User, action: str
) -> None:
    data: dict[str, object] = {"device_id": [device_id(hass, "a01")]}
    if action == "set_simulation":
        data["traffic"] = "park"
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, action, data, blocking=True, context=Context(user_id=hass_read_only_user.id)
        )
