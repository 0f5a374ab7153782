"""An owner changes how a lot guides, and draws the ways through it."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Lane, Place, Ramp
from custom_components.smart_parking.options import LotOptions
from tests.integration.lots import EMPTY_M, bay, gate, look, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.walk import Walk

LANE = {"level": "1", "points": "0,5; 10,5"}
RAMP = {"from_level": "0", "from_point": "0,0", "to_level": "1", "to_point": "0,5"}


@pytest.fixture
async def entry(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Return a lot at work: A01 … A04, which open upwards, from x = 0 to 7.5, and a gate."""
    bays = [{**one, "heading": 270.0} for one in row("A", 4)]
    entry = lot(node("North", bays), gate("West"))
    await set_up(hass, entry)
    return entry


async def ways(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Walk:
    """Go to the tables of lanes and ramps."""
    walk = await Walk.through_options(hass, entry)
    assert {"guidance", "ways"} <= set(walk.options)
    await walk.pick("ways")
    return walk


async def test_what_nobody_has_set_has_its_default(entry: SmartParkingConfigEntry) -> None:
    assert LotOptions.from_entry(entry) == LotOptions(
        hold_s=240.0, speed_m_s=15 / 3.6, queue_max=20, lanes=(), ramps=()
    )


async def test_guidance(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    coordinator = entry.runtime_data.coordinator
    walk = await Walk.through_options(hass, entry)
    await walk.pick("guidance")
    await walk.fill(hold_minutes=2.5, speed_kmh=18, queue_max=0)

    assert walk.step == "create_entry"
    options = LotOptions.from_entry(entry)
    assert (options.hold_s, options.speed_m_s, options.queue_max) == (150.0, 5.0, 0)
    assert entry.runtime_data.coordinator is coordinator, "nothing is reloaded"

    walk = await Walk.through_options(hass, entry)
    await walk.pick("guidance")
    assert walk.suggested == {"hold_minutes": 2.5, "speed_kmh": 18, "queue_max": 0}


async def test_the_editor_is_found(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    walk = await Walk.through_options(hass, entry)
    await walk.pick("editor")
    assert walk.shown["reason"] == "editor"
    assert walk.shown["description_placeholders"] == {
        "url": f"/smart-parking-editor/{entry.entry_id}",
        "lot": entry.title,
    }


async def test_lanes_are_taken_over_at_once_and_without_a_reload(
    hass: HomeAssistant, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    coordinator = entry.runtime_data.coordinator
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M, A03=EMPTY_M, A04=EMPTY_M)
    await hass.async_block_till_done()
    assert look(hass, "west", "nearest").state == "A01"

    walk = await ways(hass, entry)
    await walk.fill(
        lanes=[
            {"level": "1", "points": "0,0; -5,0; -5,20; 7.5,20; 7.5,5", "one_way": True},
            {"level": "1", "points": "7.5,5; 0,5", "one_way": True},
        ]
    )

    assert walk.step == "create_entry"
    assert look(hass, "west", "nearest").state == "A04"
    assert look(hass, "west", "nearest").attributes["distance"] == 5 + 20 + 12.5 + 15 + 5
    assert entry.runtime_data.coordinator is coordinator
    assert entry.state is ConfigEntryState.LOADED


async def test_guidance_and_lanes_leave_each_other_alone(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await ways(hass, entry)
    await walk.fill(lanes=[LANE])
    walk = await Walk.through_options(hass, entry)
    await walk.pick("guidance")
    await walk.fill(hold_minutes=2, speed_kmh=18, queue_max=3)
    walk = await ways(hass, entry)
    assert walk.suggested == {"lanes": [LANE], "ramps": []}
    await walk.fill()

    options = LotOptions.from_entry(entry)
    assert (options.queue_max, options.lanes) == (3, ())


async def test_ramps(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 2)), gate("West", level="0"))
    await set_up(hass, entry)
    walk = await ways(hass, entry)
    await walk.fill(
        lanes=[{"points": "0,5; 10,5;", "level": " 1 ", "one_way": False}],
        ramps=[{**RAMP, "length": 30, "one_way": True}],
    )

    assert walk.step == "stranded", "nothing leads from the gate to the ramp"
    await walk.pick("ways")
    await walk.fill(
        lanes=[LANE, {"level": "0", "points": "0,0; 5,0", "one_way": None}],
        ramps=[{**RAMP, "length": 30, "one_way": True}],
    )

    assert walk.step == "create_entry"
    options = LotOptions.from_entry(entry)
    assert options.lanes[0] == Lane(level="1", points=((0.0, 5.0), (10.0, 5.0)))
    assert options.ramps == (
        Ramp(start=Place("0", 0.0, 0.0), end=Place("1", 0.0, 5.0), one_way=True, length=30.0),
    )
    assert entry.runtime_data.lot.route("west", "a01").distance_m == 30.0 + 5.0


@pytest.mark.parametrize(
    ("wrong", "error", "texts"),
    [
        ({"lanes": [LANE, {"points": "0,0; 1"}]}, "lane_points", {"row": "2", "points": "0,0; 1"}),
        (
            {"lanes": [{"points": "nan,0; 1,1"}]},
            "lane_points",
            {"row": "1", "points": "nan,0; 1,1"},
        ),
        ({"lanes": [{"points": "0,0; 9e9,1"}]}, "lane_points", None),
        ({"lanes": [{"level": "1", "points": "4,4; 4,4"}]}, "lane_short", {"row": "1"}),
        (
            {"lanes": [{"level": "P1", "points": "0,0; 1,1"}]},
            "lane_level",
            {"row": "1", "level": "P1"},
        ),
        ({"ramps": [{**RAMP, "to_point": "here"}]}, "ramp_point", {"row": "1", "point": "here"}),
        ({"ramps": [{**RAMP, "from_level": "1"}]}, "ramp_flat", {"row": "1", "level": "1"}),
        ({"ramps": [RAMP]}, "ramp_level", {"row": "1", "level": "0"}),
        ({"ramps": [{**RAMP, "length": 4.9}]}, "ramp_short", {"row": "1", "straight": "5.0"}),
    ],
)
async def test_what_is_not_understood_is_told_and_nothing_is_lost(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    wrong: dict[str, object],
    error: str,
    texts: dict[str, str] | None,
) -> None:
    walk = await ways(hass, entry)
    await walk.fill(**wrong)

    assert walk.step == "ways"
    assert walk.errors == {next(iter(wrong)): error}
    shown = {**walk.shown["description_placeholders"]}
    assert shown.pop("plan"), "the plan stays in the form"
    assert texts in (None, shown)
    assert walk.suggested == wrong
    assert entry.options == {}

    await walk.fill(lanes=[LANE])
    assert walk.step == "create_entry"


async def test_bays_that_cannot_be_reached_are_named_before_anything_is_saved(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    """The lane leads towards the gate, and only there."""
    wrong = [{"level": "1", "points": "40,5; 0,5", "one_way": True}]
    walk = await ways(hass, entry)
    await walk.fill(lanes=wrong)

    assert walk.step == "stranded"
    assert walk.options == ["ways", "save"]
    assert walk.shown["description_placeholders"] == {"count": "3", "labels": "A02, A03, A04"}
    assert entry.options == {}

    await walk.pick("ways")
    assert walk.suggested == {"lanes": wrong, "ramps": []}
    await walk.fill(lanes=wrong)
    await walk.pick("save")

    assert walk.step == "create_entry"
    assert len(LotOptions.from_entry(entry).lanes) == 1
    assert entry.runtime_data.lot.route("west", "a04").distance_m == 7.5


async def test_of_many_bays_that_cannot_be_reached_the_first_are_named(
    hass: HomeAssistant, hand: Hand
) -> None:
    entry = lot(node("North", [*row("A", 20), bay("B1", 400.0)]), gate("West"))
    await set_up(hass, entry)
    walk = await ways(hass, entry)
    await walk.fill(lanes=[{"level": "1", "points": "400,5; 410,5"}])

    assert walk.shown["description_placeholders"] == {
        "count": "20",
        "labels": f"{', '.join(f'A{n:02}' for n in range(1, 13))} …",
    }


async def test_lanes_can_be_drawn_before_there_is_a_gate(hass: HomeAssistant, hand: Hand) -> None:
    entry = lot(node("North", row("A", 2)))
    await set_up(hass, entry)
    walk = await ways(hass, entry)
    await walk.fill(lanes=[LANE])
    assert walk.step == "create_entry"


async def test_a_gate_may_say_which_way_drivers_come_in(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert entry.runtime_data.lot.network.headings == {"west": 0.0}

    walk = await Walk.through_a_part(hass, entry, "west")
    await walk.fill(name="West", level="1", x=0.0, y=0.0, heading=90)

    assert walk.step == "reconfigure_successful"
    assert entry.runtime_data.lot.network.headings == {"west": 90.0}
