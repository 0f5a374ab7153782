"""What visitors may have of a lot, and what stays for other drivers."""

from homeassistant.core import HomeAssistant

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.holds.hold import HoldStatus
from tests.integration.lots import EMPTY_M, bay, change
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import set_options
from tests.integration.visitor.test_actions_story import all_taken


async def test_visitors_leave_a_share_of_the_bays_to_other_drivers(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    """However many addresses a visitor has."""
    await set_options(hass, entry, visitors_share=50)
    for one in (2, 3):
        assert (await phones(f"127.0.0.{one}").tap("guide")).status == "held"
    refused = phones("127.0.0.4")

    assert (await refused.tap("guide")).status == "none"

    guidance = entry.runtime_data.guidance
    assert guidance.async_guide("main", driver="person.anna").bay_id == "a03"
    guidance.async_release(next(iter(guidance.all())))
    assert (await refused.tap("guide")).status == "held"


async def test_visitors_leave_a_share_of_the_queue_to_other_drivers(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phones: Phones
) -> None:
    await set_options(hass, entry, visitors_share=60, queue_max=4)
    hand.settle("North", **all_taken())
    waiting = [phones(f"127.0.0.{one}") for one in (2, 3)]
    for phone in waiting:
        assert (await phone.tap("guide")).status == "waiting"

    assert (await phones("127.0.0.4").tap("guide")).status == "none"

    guidance = entry.runtime_data.guidance
    assert guidance.async_guide("main", driver="person.anna").status is HoldStatus.WAITING
    # Who waits already may wait for something else.
    assert (await waiting[0].ask("guide", gate="back"))[1]["mine"]["status"] == "waiting"


async def test_visitors_who_have_bays_leave_a_share_of_the_queue_too(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phones: Phones
) -> None:
    await set_options(hass, entry, visitors_share=50, queue_max=4)
    await change(hass, entry, "north", bays=[bay(f"E{one}", 9.0, kind="ev") for one in range(8)])
    hand.settle("North", **{f"E{one}": EMPTY_M for one in range(8)})
    guided = [phones(f"127.0.0.{one}") for one in (2, 3, 4)]
    for phone in guided:
        await phone.look("?kind=ev")
        assert (await phone.tap("guide")).status == "held"

    answers = [(await phone.ask("guide", kind="standard"))[1] for phone in guided]

    assert [one["mine"]["status"] for one in answers] == ["waiting", "waiting", "held"]
    assert answers[2]["error"] == "too_many"


async def test_in_a_small_full_lot_visitors_wait_as_anywhere(hand: Hand, phones: Phones) -> None:
    hand.settle("North", **all_taken())

    for one in range(2, 12):
        assert (await phones(f"127.0.0.{one}").tap("guide")).status == "waiting"


async def test_two_visitors_may_come_to_the_smallest_of_lots(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    await set_options(hass, entry, visitors_share=0)

    for one in (2, 3):
        assert (await phones(f"127.0.0.{one}").tap("guide")).status == "held"
    assert (await phones("127.0.0.4").tap("guide")).status == "none"
