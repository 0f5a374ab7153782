"""A driver asks for a bay, is led to it, arrives, or is sent elsewhere."""

import asyncio
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from tests.integration.clock import pass_time
from tests.integration.guidance.drivers import Ears, ask, do
from tests.integration.lots import CAR_M, EMPTY_M, device_id, look, said
from tests.integration.sources.driven import Hand

# What 42 m take at 15 km/h.
WAY_S = 10.1


def in_s(seconds: float) -> str:
    """Return the time in some seconds as an answer says it."""
    at = dt_util.utcnow() + timedelta(seconds=seconds)
    return datetime.fromtimestamp(round(at.timestamp()), UTC).isoformat()


async def test_the_answer_says_where_and_until_when(hass: HomeAssistant, ears: Ears) -> None:
    answer = await ask(hass, "guide", driver="person.ann")
    image = answer["image"]
    assert isinstance(image, str)
    assert answer == {
        "hold_id": answer["hold_id"],
        "status": "held",
        "driver": "person.ann",
        "entry_id": "garage",
        "lot": "Garage",
        "gate": "Main",
        "kind": "standard",
        "from": in_s(0.0),
        "until": in_s(240.0),
        "position": None,
        "bay": "A01",
        "bay_id": "a01",
        "bay_kind": "standard",
        "level": "1",
        "x": 42.0,
        "y": 0.0,
        "distance": 42.0,
        "directions": answer["directions"],
        "image": image,
    }
    assert "40 m" in str(answer["directions"])
    assert len(str(answer["hold_id"])) >= 16
    assert ears.last == {
        **answer,
        "type": "guided",
        "device_id": device_id(hass),
        "reason": None,
        "previous_bay": None,
    }


async def test_a_kept_bay_says_so_and_is_not_offered(hass: HomeAssistant) -> None:
    await do(hass, "guide")
    assert said(hass, "main", "nearest") == "A02"
    attributes = look(hass, "a01", "occupancy").attributes
    assert abs(attributes["held_from"] - dt_util.utcnow()) < timedelta(seconds=1)
    assert attributes["held_until"] - attributes["held_from"] == timedelta(minutes=4)


async def test_two_who_ask_in_the_same_moment_get_different_bays(hass: HomeAssistant) -> None:
    answers = await asyncio.gather(*(ask(hass, "guide", driver=name) for name in ("ann", "bob")))
    assert {answer["bay"] for answer in answers} == {"A01", "A02"}


async def test_who_asks_again_is_told_the_same(hass: HomeAssistant) -> None:
    assert await ask(hass, "guide", driver="ann") == await ask(hass, "guide", driver="ann")


async def test_gate_kind_and_time_can_be_chosen(hass: HomeAssistant) -> None:
    answer = await ask(hass, "guide", gate="back", kind="ev", minutes=10)
    assert (answer["gate"], answer["bay"], answer["distance"]) == ("Back", "A03", 53.0)
    assert answer["until"] == in_s(600.0)


async def test_somebody_else_takes_the_bay_and_the_driver_is_sent_on_at_once(
    hass: HomeAssistant, hand: Hand, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    await ask(hass, "guide", driver="ann")
    await pass_time(hass, freezer, 3.0)
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done()
    assert ears.heard == [("guided", "ann", "A01"), ("re_guided", "ann", "A02")]
    assert (ears.last["reason"], ears.last["previous_bay"]) == ("taken", "A01")
    assert said(hass, "a01", "occupancy") == "on"
    assert "held_until" not in look(hass, "a01", "occupancy").attributes


async def test_the_driver_arrives_and_is_asked(
    hass: HomeAssistant, hand: Hand, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    await ask(hass, "guide", driver="ann")
    await pass_time(hass, freezer, WAY_S)
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done()
    assert ears.heard[-1] == ("arrived", "ann", "A01")
    assert ears.last["status"] == "arrived"
    # The bay shows both: that a vehicle stands there, and that it is held.
    assert said(hass, "a01", "occupancy") == "on"
    assert "held_until" in look(hass, "a01", "occupancy").attributes
    await do(hass, "confirm", driver="ann")
    assert ears.heard[-1] == ("confirmed", "ann", "A01")
    assert "held_until" not in look(hass, "a01", "occupancy").attributes


async def test_who_finds_the_bay_taken_says_no(
    hass: HomeAssistant, hand: Hand, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    answer = await ask(hass, "guide", driver="ann")
    await pass_time(hass, freezer, WAY_S)
    hand.settle("North", A01=CAR_M)
    answer = await ask(hass, "confirm", hold_id=answer["hold_id"], parked=False)
    assert (answer["bay"], answer["status"]) == ("A02", "held")
    assert ears.last["reason"] == "denied"


async def test_a_failing_sensor_and_a_closed_bay_send_the_driver_on(
    hass: HomeAssistant, hand: Hand, ears: Ears, entry: SmartParkingConfigEntry
) -> None:
    await ask(hass, "guide", driver="ann", kind="ev")
    hand.settle("North", A03=Fault.NO_RESPONSE)
    await hass.async_block_till_done()
    assert (ears.heard[-1], ears.last["reason"]) == (("re_guided", "ann", "A01"), "fault")
    entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
    await hass.async_block_till_done()
    assert (ears.heard[-1], ears.last["reason"]) == (("re_guided", "ann", "A02"), "closed")


async def test_a_hold_that_nobody_uses_expires(
    hass: HomeAssistant, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    answer = await ask(hass, "guide", driver="ann")
    await pass_time(hass, freezer, 239.0)
    assert said(hass, "main", "nearest") == "A02"
    await pass_time(hass, freezer, 2.0)
    assert ears.heard[-1] == ("expired", "ann", "A01")
    assert said(hass, "main", "nearest") == "A01"
    with pytest.raises(ServiceValidationError, match="This hold is over"):
        await ask(hass, "release", hold_id=answer["hold_id"])


async def test_a_hold_can_be_extended(
    hass: HomeAssistant, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    answer = await ask(hass, "guide", driver="ann")
    longer = await ask(hass, "extend", driver="ann", minutes=6)
    assert longer == {**answer, "until": in_s(600.0), "image": longer["image"]}
    assert look(hass, "a01", "occupancy").attributes["held_until"].isoformat() == in_s(600.0)
    await pass_time(hass, freezer, 590.0)
    assert ears.heard == [("guided", "ann", "A01"), ("extended", "ann", "A01")]


async def test_a_bay_can_be_given_back_or_exchanged(hass: HomeAssistant, ears: Ears) -> None:
    answer = await ask(hass, "guide", driver="ann")
    assert (await ask(hass, "another", hold_id=answer["hold_id"]))["bay"] == "A02"
    assert ears.last["reason"] == "declined"
    await do(hass, "release", hold_id=answer["hold_id"])
    assert ears.heard[-1] == ("released", "ann", "A02")
    assert said(hass, "main", "nearest") == "A01"


async def test_without_another_bay_the_driver_is_told_so(hass: HomeAssistant) -> None:
    await do(hass, "guide", driver="bob")
    await do(hass, "guide", driver="ann")
    with pytest.raises(ServiceValidationError, match="No other bay is free"):
        await ask(hass, "another", driver="ann")


async def test_in_a_full_lot_drivers_wait_and_are_told_when_a_bay_frees(
    hass: HomeAssistant, hand: Hand, ears: Ears, freezer: FrozenDateTimeFactory
) -> None:
    hand.settle("North", A01=CAR_M, A02=CAR_M)
    first = await ask(hass, "guide", driver="ann")
    second = await ask(hass, "guide", driver="bob")
    assert (first["status"], first["position"], first["bay"]) == ("waiting", 1, None)
    assert (second["position"], second["image"], second["directions"]) == (2, None, None)
    await pass_time(hass, freezer, 60.0)
    hand.settle("North", A02=EMPTY_M)
    await hass.async_block_till_done()
    assert ears.heard == [
        ("queued", "ann", None),
        ("queued", "bob", None),
        ("guided", "ann", "A02"),
    ]


async def test_the_queue_is_as_long_as_the_owner_says(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={"queue_max": 1, "hold_minutes": 10})
    await hass.async_block_till_done()
    assert (await ask(hass, "guide", driver="ann"))["until"] == in_s(600.0)
    hand.settle("North", A02=CAR_M)
    await do(hass, "guide", driver="bob")
    with pytest.raises(ServiceValidationError, match="too many drivers are waiting"):
        await ask(hass, "guide", driver="cem")


async def test_a_hold_survives_a_restart(
    hass: HomeAssistant,
    hand: Hand,
    ears: Ears,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    answer = await ask(hass, "guide", driver="ann")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    assert said(hass, "main", "nearest") == "A02"
    again = await ask(hass, "guide", driver="ann")
    assert again == {**answer, "image": again["image"]}
    await pass_time(hass, freezer, 241.0)
    assert ears.heard == [("guided", "ann", "A01"), ("expired", "ann", "A01")]
    assert said(hass, "main", "nearest") == "A01"


async def test_a_hold_that_ends_while_at_rest_is_over_afterwards(
    hass: HomeAssistant,
    hand: Hand,
    ears: Ears,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await do(hass, "guide", driver="ann")
    assert await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(3600.0)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, freezer, 1.0)
    assert ears.heard[-1] == ("expired", "ann", "A01")


async def test_what_is_promised_is_written_down_soon(
    hass: HomeAssistant,
    hass_storage: dict[str, dict[str, object]],
    freezer: FrozenDateTimeFactory,
) -> None:
    answer = await ask(hass, "guide", driver="ann")
    await pass_time(hass, freezer, 6.0)
    written = hass_storage["smart_parking.garage.holds"]["data"]
    assert isinstance(written, list)
    assert [hold["hold_id"] for hold in written] == [answer["hold_id"]]


async def test_a_lot_that_is_deleted_takes_its_promises_along(
    hass: HomeAssistant,
    hass_storage: dict[str, dict[str, object]],
    entry: SmartParkingConfigEntry,
) -> None:
    await do(hass, "guide", driver="ann")
    await hass.config_entries.async_remove(entry.entry_id)
    assert "smart_parking.garage.holds" not in hass_storage


@pytest.mark.parametrize(
    ("action", "data", "texts"),
    [
        ("guide", {"gate": "Side"}, "There is no gate called Side"),
        ("release", {"driver": "ann"}, "No bay is kept for ann"),
        ("reserve", {"bay": "Z99", "until": "2099-01-01 00:00:00"}, "There is no bay Z99"),
    ],
)
async def test_what_cannot_be_is_said_in_words(
    hass: HomeAssistant, action: str, data: dict[str, object], texts: str
) -> None:
    with pytest.raises(ServiceValidationError, match=texts):
        await ask(hass, action, **data)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("guide", {"minutes": 0}),
        ("guide", {"driver": " "}),
        ("guide", {"driver": "x" * 200}),
        ("release", {}),
        ("release", {"driver": "ann", "hold_id": "x"}),
        ("reserve", {"bay": "A01", "kind": "ev", "until": "2099-01-01 00:00:00"}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    hass: HomeAssistant, action: str, data: dict[str, object]
) -> None:
    with pytest.raises(vol.Invalid):
        await ask(hass, action, **data)
