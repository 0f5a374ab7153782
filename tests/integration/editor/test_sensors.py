"""The sensors that are there and that no bay has."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.editor.draftsman import Draftsman, Event
from tests.integration.lots import add, bay, gate, lot, node, set_up
from tests.kernel.rig import FakeRig


async def offers(draftsman: Draftsman, source: str) -> list[Event]:
    """Return what is offered of a kind."""
    return [one for one in await draftsman.do("sensors") if one["source"] == source]


async def test_entities_are_offered_that_may_look_at_a_bay(
    hass: HomeAssistant, draftsman: Draftsman
) -> None:
    registry = er.async_get(hass)
    for entity_id, state, more in (
        ("sensor.b_distance", "2.4", {"device_class": "distance", "friendly_name": "B 1"}),
        ("binary_sensor.a", "off", {"device_class": "occupancy", "friendly_name": "A 1"}),
        ("input_boolean.c", "on", {"friendly_name": "C 1"}),
        ("binary_sensor.low", "off", {"device_class": "battery"}),
        ("sensor.warm", "20", {"device_class": "temperature"}),
        ("light.lamp", "on", {}),
    ):
        hass.states.async_set(entity_id, state, more)
    hidden = registry.async_get_or_create(
        "binary_sensor", "other", "1", hidden_by=er.RegistryEntryHider.USER
    )
    hass.states.async_set(hidden.entity_id, "off")
    found = await offers(draftsman, "entities")
    assert [one["name"] for one in found] == ["A 1", "B 1", "C 1"]
    assert found[1] == {
        "key": "sensor.b_distance",
        "source": "entities",
        "node": None,
        "name": "B 1",
        "entity_id": "sensor.b_distance",
        "wiring": {"entity_id": "sensor.b_distance"},
        "endless": False,
    }


async def test_what_a_bay_has_is_offered_no_more(hass: HomeAssistant, draftsman: Draftsman) -> None:
    for name in "abc":
        hass.states.async_set(f"input_boolean.{name}", "off")
    await set_up(
        hass,
        lot(
            node("Roof", [bay("R1", 0.0, entity_id="input_boolean.a")], "entities"),
            gate("Up"),
            title="Roof",
            lot_id="roof",
        ),
    )
    await draftsman.change(
        {
            "nodes": {"new": {"name": "New", "source": "entities"}},
            "bays": {
                "n": {
                    "label": "N",
                    "x": 0,
                    "y": 50,
                    "node": "new",
                    "wiring": {"entity_id": "input_boolean.b"},
                }
            },
        }
    )
    found = await offers(draftsman, "entities")
    assert [(one["key"], one["node"]) for one in found] == [("input_boolean.c", "new")]
    await draftsman.change({"bays": {"n": None}})
    assert len(await offers(draftsman, "entities")) == 2


async def test_as_many_simulated_ones_as_one_likes(draftsman: Draftsman) -> None:
    (one,) = await offers(draftsman, "simulated")
    assert one["endless"]
    assert one["wiring"] == {}


async def test_a_machine_without_pins_offers_none(draftsman: Draftsman) -> None:
    assert await offers(draftsman, "gpio") == []


async def test_pins_are_offered_in_pairs(
    hass: HomeAssistant, rig: FakeRig, draftsman: Draftsman
) -> None:
    found = await offers(draftsman, "gpio")
    assert len(found) == 13
    assert found[0]["wiring"] == {"trigger": 2, "echo": 4, "empty_m": 2.5}
    pins = [one["wiring"][key] for one in found for key in ("trigger", "echo")]
    assert len(set(pins)) == 26
    await draftsman.change(
        {
            "nodes": {"pi": {"name": "Pi", "source": "gpio"}},
            "bays": {
                "n": {"label": "N", "x": 0, "y": 50, "node": "pi", "wiring": found[0]["wiring"]}
            },
        }
    )
    found = await offers(draftsman, "gpio")
    assert len(found) == 12
    assert found[0]["node"] == "pi"


async def test_pins_of_another_lot_are_not_offered(
    hass: HomeAssistant, rig: FakeRig, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await set_up(
        hass,
        lot(
            node("Pi", [bay("R1", 0.0, trigger=2, echo=4)], "gpio"),
            gate("Up"),
            title="Roof",
            lot_id="roof",
        ),
    )
    assert await offers(draftsman, "gpio") == []


async def test_triggers_are_shared_if_somebody_wants_that(
    hass: HomeAssistant, rig: FakeRig, draftsman: Draftsman
) -> None:
    async def shared() -> list[Event]:
        found = await draftsman.do("sensors", shares_triggers=True)
        return [one["wiring"] for one in found if one["source"] == "gpio"]

    wirings = await shared()
    # Three lines are triggers, all others echoes; those beside one another take turns.
    assert len(wirings) == 23
    assert [one["trigger"] for one in wirings[:4]] == [2, 3, 4, 2]
    assert len({one["echo"] for one in wirings}) == 23
    bays: dict[str, Event | None] = {
        f"n{number}": {"label": f"N{number}", "x": 9 * number, "y": 50, "node": "pi", "wiring": one}
        for number, one in enumerate(wirings[:4])
    }
    await draftsman.change({"nodes": {"pi": {"name": "Pi", "source": "gpio"}}, "bays": bays})
    rest = await shared()
    assert len(rest) == 19
    assert [one["trigger"] for one in rest[:3]] == [3, 4, 2]
    check = await draftsman.do("check", change={})
    assert [one["key"] for one in check["problems"] if one["severity"] == "error"] == []


async def test_pins_that_bays_give_up_are_offered_as_they_are_wired(
    hass: HomeAssistant, rig: FakeRig, draftsman: Draftsman, entry: SmartParkingConfigEntry
) -> None:
    wired = [
        bay("P1", 0.0, trigger=17, echo=22, empty_m=2.1),
        bay("P2", 5.0, trigger=9, echo=10),
        bay("P3", 10.0, trigger=9, echo=11),
    ]
    for number, one in enumerate(wired):
        rig.sensor(int(str(one["echo"])), int(str(one["trigger"])), 6_000_000 * number)
    await add(hass, entry, node("Pi", wired, "gpio", empty_is="floor"))
    found = await offers(draftsman, "gpio")
    assert not [one for one in found if "occupied" in one]
    await draftsman.change({"bays": {"p1": None, "p2": None}})
    first, second, *others = await offers(draftsman, "gpio")
    assert first["wiring"] == {"trigger": 17, "echo": 22, "empty_m": 2.1}
    assert second["wiring"] == {"trigger": 9, "echo": 10, "empty_m": 2.5}
    assert "occupied" in first
    lines = {one["wiring"][key] for one in others for key in ("trigger", "echo")}
    # The last one has none to go with it.
    assert lines == set(range(2, 27)) - {17, 22, 9, 10, 11}
    # Another bay is in the way of what one was wired to.
    await draftsman.change(
        {
            "bays": {
                "n": {"label": "N", "x": 0, "y": 50, "node": "pi"}
                | {"wiring": {"trigger": 17, "echo": 10}}
            }
        }
    )
    known = [one["wiring"] for one in await offers(draftsman, "gpio") if "occupied" in one]
    assert known == [{"trigger": 17, "echo": 22, "empty_m": 2.1}]
    # While the lot is not at work, nobody knows what they see.
    await hass.config_entries.async_unload(entry.entry_id)
    known = [one for one in await offers(draftsman, "gpio") if "occupied" in one]
    assert [one["occupied"] for one in known] == [None]


async def test_a_chosen_chip_has_no_more_lines_than_there_are(
    hass: HomeAssistant, rig: FakeRig, draftsman: Draftsman, entry: SmartParkingConfigEntry
) -> None:
    rig.add("expander")
    bays = [bay("P1", 0.0, trigger=0, echo=1)]
    await add(hass, entry, node("Pi", bays, "gpio", empty_is="nothing", chip="expander"))
    found = [one["wiring"] for one in await offers(draftsman, "gpio")]
    assert found == [{"trigger": 2 * one, "echo": 2 * one + 1} for one in (1, 2, 3)]


async def test_pins_that_another_lot_has_by_now_keep_a_draft_from_being_published(
    hass: HomeAssistant, rig: FakeRig, draftsman: Draftsman
) -> None:
    offer = (await offers(draftsman, "gpio"))[0]
    new = {"label": "N", "x": 0, "y": 50, "node": "pi", "wiring": offer["wiring"]}
    await draftsman.change({"nodes": {"pi": {"name": "", "source": "gpio"}}, "bays": {"n": new}})
    assert "only_one" not in await draftsman.problems()
    other = lot(
        node("Pi", [bay("R1", 0.0, trigger=2, echo=4)], "gpio"),
        gate("Up"),
        title="Roof",
        lot_id="roof",
    )
    await set_up(hass, other)
    check = await draftsman.wait_for("check")
    (problem,) = (one for one in check["problems"] if one["key"] == "only_one")
    assert (problem["placeholders"]["node"], problem["placeholders"]["lot"]) == ("Pi", "Roof")
    assert await draftsman.refused("publish", revision=draftsman.revision) == "draft_has_errors"
