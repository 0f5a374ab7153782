"""A draft: who may have one, and how two users who draw are notified of each other."""

from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.editor.manager import EDITORS, async_get_editor
from custom_components.smart_parking.editor.panel import editor_path
from tests.integration.editor.conftest import Open
from tests.integration.editor.draftsman import Change, Draftsman
from tests.integration.lots import LOT_ID, change, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand

LANE = {"level": "1", "points": [[-5, -6], [120, -6]]}


def moved(draftsman: Draftsman, bay_id: str, **more: object) -> Change:
    """Return a change of a bay."""
    return {"bays": {bay_id: {**draftsman.drawing["bays"][bay_id], **more}}}


async def test_a_draft_begins_with_what_is_at_work(draftsman: Draftsman) -> None:
    drawing = draftsman.drawing
    assert [one["label"] for one in drawing["bays"].values()] == ["A01", "A02", "B01", "B02"]
    assert drawing["bays"]["a01"]["wiring"] == {"empty_m": 2.5}
    assert drawing["gates"]["main"]["name"] == "Main"
    assert {one["source"] for one in drawing["nodes"].values()} == {"driven"}
    assert drawing["levels"] == {"1": {"order": 1}}


async def test_only_administrators_draw(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    draftsman: Draftsman,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    stranger = Draftsman(await hass_ws_client(hass, hass_read_only_access_token))
    for command in ("lots", "subscribe"):
        asked = {"entry_id": LOT_ID} if command == "subscribe" else {}
        answer = await stranger.ask(command, **asked)
        assert answer["error"]["code"] == "unauthorized"
    # Who is an administrator no longer draws no longer, although the plan is still open.
    hass_admin_user.groups = []
    hass_admin_user.is_owner = False
    hass_admin_user.invalidate_cache()
    commands: dict[str, dict[str, object]] = {
        "change": {"revision": 0, "change": {}},
        "check": {"change": {}},
        "publish": {"revision": 0},
        "sensors": {},
        "discard": {},
        "restore": {"number": 1},
    }
    for command, more in commands.items():
        assert await draftsman.refused(command, **more) == "may_not_edit"


async def test_lots_are_listed(hass: HomeAssistant, draftsman: Draftsman) -> None:
    await set_up(hass, lot(title="Roof", lot_id="roof"))
    assert (await draftsman.ask("lots"))["result"] == [
        {"entry_id": LOT_ID, "name": "Garage", "bays": 4},
        {"entry_id": "roof", "name": "Roof", "bays": 0},
    ]
    answer = await draftsman.ask("subscribe", entry_id="elsewhere")
    assert answer["error"]["code"] == "not_found"


async def test_a_draft_changes_nothing_at_work(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await draftsman.change({**moved(draftsman, "a01", x=50, label="Z9"), "lanes": {"l": LANE}})
    assert draftsman.drawing["bays"]["a01"]["label"] == "Z9"
    assert entry.subentries["north"].data["bays"][0]["label"] == "A01"
    assert "lanes" not in entry.options
    await draftsman.do("discard")
    await draftsman.problems()
    assert draftsman.drawing["bays"]["a01"]["label"] == "A01"
    assert draftsman.drawing["lanes"] == {}


async def test_a_draft_survives_a_restart(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    draftsman: Draftsman,
    open_plan: Open,
) -> None:
    await draftsman.change(moved(draftsman, "a01", x=50))
    editor = hass.data[EDITORS].pop(LOT_ID)
    await editor._drafts.async_write()  # noqa: SLF001 - as a restart does
    again = await open_plan()
    assert again.drawing["bays"]["a01"]["x"] == 50
    assert again.revision == 1
    assert (await again.do("check", change={}))["problems"] == []


async def test_two_who_draw_see_one_another(draftsman: Draftsman, open_plan: Open) -> None:
    second = await open_plan()
    authors = (await draftsman.wait_for("authors"))["authors"]
    assert len(authors) == 2
    await draftsman.change(moved(draftsman, "a01", x=50))
    told = await second.wait_for("change")
    assert told["author"] == authors[0]["id"]
    assert told["changed_by"] == authors[0]["name"]
    assert second.drawing["bays"]["a01"]["x"] == 50
    # The changes of each to other things stay, also those that were on their way.
    second.revision -= 1
    await second.change(moved(second, "b01", x=60))
    await draftsman.wait_for("change")
    await draftsman.wait_for("change")
    assert {key: draftsman.drawing["bays"][key]["x"] for key in ("a01", "b01")} == {
        "a01": 50,
        "b01": 60,
    }
    await draftsman.socket.close()
    while len((await second.wait_for("authors"))["authors"]) > 1:
        pass


async def test_nothing_is_overwritten_in_silence(draftsman: Draftsman, open_plan: Open) -> None:
    second = await open_plan()
    await draftsman.change(moved(draftsman, "a01", x=50))
    late = moved(second, "a01", label="mine")
    assert await second.refused("change", revision=0, change=late) == "draft_conflict"
    assert await second.refused("publish", revision=0) == "draft_moved"
    # Having seen it, they may.
    await second.change(moved(second, "a01", label="mine"))
    assert second.drawing["bays"]["a01"]["x"] == 50
    assert second.drawing["bays"]["a01"]["label"] == "mine"


async def test_what_the_forms_change_meanwhile_is_taken_over_or_said(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await draftsman.change(moved(draftsman, "a01", x=50))
    rows = [dict(one) for one in entry.subentries["north"].data["bays"]]
    rows[0]["label"], rows[1]["label"] = "A91", "A92"
    await change(hass, entry, "north", bays=rows)
    while (await draftsman.wait_for("change"))["author"]:
        pass
    problem = (await draftsman.problems())["changed_elsewhere"]
    assert problem["severity"] == "warning"
    assert problem["things"] == [["bays", "a01"]]
    labels = [one["label"] for one in draftsman.drawing["bays"].values()]
    assert labels == ["A01", "A92", "B01", "B02"]
    # A user who looks at it again has seen it.
    await draftsman.change(moved(draftsman, "a01", label="A91"))
    assert "changed_elsewhere" not in await draftsman.problems()


async def test_forms_are_followed_while_there_is_no_draft(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await change(hass, entry, "south", bays=row("B", 3, 100.0))
    event = await draftsman.wait_for("change")
    assert (event["author"], event["changed"]) == ("", False)
    assert len(draftsman.drawing["bays"]) == 5


async def test_what_makes_no_sense_is_refused(draftsman: Draftsman) -> None:
    async def refuse(sent: object) -> str:
        return await draftsman.refused("change", revision=0, change=sent)

    assert await refuse({"trees": {}}) == "draft_not_understood"
    assert await refuse({"nodes": {"n": {"name": "N", "source": "magic"}}}) == "unexpected"
    assert await draftsman.refused("restore", number=7) == "no_plan"
    draftsman.author = "somebody"
    assert await draftsman.refused("discard") == "draft_closed"


async def test_settings_of_nodes_are_not_the_editors_to_change(draftsman: Draftsman) -> None:
    await draftsman.change(
        {
            "nodes": {
                "north": {"name": "Nord", "source": "simulated", "settings": {"height_m": 9}},
                "new": {"name": "", "source": "entities", "settings": {"range_m": 99}},
            }
        }
    )
    assert draftsman.drawing["nodes"]["north"] == {"name": "Nord", "source": "driven"}
    new = draftsman.drawing["nodes"]["new"]
    assert new["name"] == "Home Assistant entities"
    assert new["settings"]["range_m"] == 6
    assert new["settings"]["empty_is"] == "floor"


async def test_everything_is_dropped_with_the_lot(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, draftsman: Draftsman
) -> None:
    await draftsman.change(moved(draftsman, "a01", x=50))
    editor = await async_get_editor(hass, entry)
    await editor._drafts.async_write()  # noqa: SLF001 - to see that the file goes
    assert await hass.config_entries.async_remove(LOT_ID)
    await hass.async_block_till_done()
    assert LOT_ID not in hass.data[EDITORS]
    await set_up(hass, lot(node("North", row("A", 1)), gate("Main")))


async def test_what_is_wrong_is_said_as_it_grows(hand: Hand, draftsman: Draftsman) -> None:
    await draftsman.change(
        {
            **moved(draftsman, "a01", label="A02"),
            "lanes": {"l": LANE, "far": {"level": "9", "points": [[0, 0], [1, 0]]}},
            "gates": {
                "g": {"name": "Main", "level": "1", "x": 0, "y": -20},
                "n": {"name": " ", "level": "1", "x": 5, "y": -20},
            },
            "ramps": {
                "flat": {"start": ["1", 0, -6], "end": ["1", 5, -6]},
                "short": {"start": ["1", 0, -6], "end": ["8", 500, -6], "length": 2},
            },
        }
    )
    found = await draftsman.problems()
    assert found["duplicate_label"]["things"] == [["bays", "a02"]]
    assert found["duplicate_label"]["placeholders"] == {"label": "A02", "other": "A02"}
    assert found["lane_level"]["things"] == [["lanes", "far"]]
    assert found["gate_taken"]["things"] == [["gates", "g"]]
    assert found["no_name"]["things"] == [["gates", "n"]]
    assert found["ramp_flat"]["things"] == [["ramps", "flat"]]
    assert found["ramp_short"]["things"] == [["ramps", "short"]]
    assert found["ramp_level"]["things"] == [["ramps", "short"]]
    assert {one["severity"] for one in found.values()} == {"error"}
    assert await draftsman.refused("publish", revision=draftsman.revision) == "draft_has_errors"


async def test_bays_that_no_way_leads_to_are_said_while_somebody_draws(
    draftsman: Draftsman,
) -> None:
    wall = {"lanes": {"l": {**LANE, "points": [[0, -6], [10, -6]]}}}
    checked = await draftsman.do("check", change=wall)
    assert checked["ways"]["stranded"] == ["b01", "b02"]
    assert [one["key"] for one in checked["problems"]] == ["unreachable"]
    # It was only looked at.
    assert "lanes" not in draftsman.drawing
    checked = await draftsman.do("check", change={"lanes": {"l": LANE}})
    ways = checked["ways"]
    assert ways["stranded"] == checked["problems"] == []
    assert ways["levels"] == ["1"]
    node_number, path = ways["bays"]["b02"], 0
    while node_number != ways["gates"]["main"]:
        node_number = ways["parents"]["main"][node_number]
        path += 1
    assert path > 0
    assert ways["shapes"]["a01"] == [2.5, 5.0, 90.0]


async def test_a_lot_without_a_gate_or_bays_says_so(draftsman: Draftsman) -> None:
    checked = await draftsman.do("check", change={"gates": {"main": None}})
    assert [one["key"] for one in checked["problems"]] == ["no_gate"]
    bays = dict.fromkeys(draftsman.drawing["bays"])
    checked = await draftsman.do("check", change={"bays": bays})
    assert [one["key"] for one in checked["problems"]] == ["no_bays"]


async def test_sensors_that_do_not_fit_are_said(hass: HomeAssistant, draftsman: Draftsman) -> None:
    hass.states.async_set("sensor.far", "2.4", {"device_class": "distance"})
    bay = {**draftsman.drawing["bays"]["a01"], "node": "new"}
    nodes = {"nodes": {"new": {"name": "New", "source": "entities"}}}

    async def keys(**wiring: object) -> dict[str, object]:
        change = {**nodes, "bays": {"a01": {**bay, "wiring": wiring}}}
        problems = (await draftsman.do("check", change=change))["problems"]
        return {one["key"]: one["things"] for one in problems}

    assert await keys() == {"not_wired": [["bays", "a01"]]}
    assert await keys(entity_id="sensor.far") == {"uncalibrated": [["bays", "a01"]]}
    assert await keys(entity_id="light.lamp") == {"entity_unsuitable": [["bays", "a01"]]}
    assert await keys(entity_id="sensor.far", empty_m=2.4) == {}
    lost = {"bays": {"a01": {**bay, "node": "nowhere"}}}
    checked = await draftsman.do("check", change=lost)
    assert {one["key"] for one in checked["problems"]} == {"unknown_node", "unpaired"}


async def test_what_was_changed_twice_is_known_after_a_restart(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    draftsman: Draftsman,
    open_plan: Open,
) -> None:
    await draftsman.change(moved(draftsman, "a01", x=50))
    rows = [dict(one) for one in entry.subentries["north"].data["bays"]]
    rows[0]["label"] = "A91"
    await change(hass, entry, "north", bays=rows)
    await hass.data[EDITORS].pop(LOT_ID)._drafts.async_write()  # noqa: SLF001 - as a restart does
    again = await open_plan()
    check = await again.do("check", change={})
    assert [one["key"] for one in check["problems"]] == ["changed_elsewhere"]


async def test_a_damaged_draft_keeps_what_can_be_read(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    open_plan: Open,
    hass_storage: dict[str, dict[str, object]],
) -> None:
    drawn = {"bays": {"a01": {"label": "Z9", "x": 1, "y": 2, "node": "north"}, "a02": 7}}
    key = f"smart_parking.{LOT_ID}.draft"
    draft = {
        "drawing": drawn,
        "base": {},
        "changed_at": 5,
        "changed_by": "",
        "conflicts": [["trees", "x"], ["bays"]],
    }
    data = {"revision": 4, "draft": draft}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    draftsman = await open_plan()
    assert draftsman.drawing["bays"]["a01"]["label"] == "Z9"
    issues = {one.translation_key for one in ir.async_get(hass).issues.values()}
    assert "store_damaged_draft" in issues


async def test_sensors_of_a_kind_that_is_not_known_are_said(
    hass: HomeAssistant, hand: Hand, draftsman: Draftsman
) -> None:
    await set_up(
        hass, lot(node("Odd", row("A", 2), "magic"), gate("Up"), title="Roof", lot_id="roof")
    )
    roof = Draftsman(draftsman.socket)
    await roof.open("roof")
    check = await roof.do("check", change={})
    (problem,) = check["problems"]
    assert (problem["key"], problem["things"]) == ("unknown_source", [["nodes", "odd"]])


async def test_too_many_sensors_for_a_sweep_are_said_of_their_node(draftsman: Draftsman) -> None:
    near = {
        f"n{number}": {
            "label": f"N{number}",
            "x": number / 100,
            "y": 60,
            "level": "1",
            "node": "sim",
        }
        for number in range(60)
    }
    change = {"nodes": {"sim": {"name": "Sim", "source": "simulated"}}, "bays": near}
    problems = (await draftsman.do("check", change=change))["problems"]
    (problem,) = (one for one in problems if one["severity"] == "error")
    assert (problem["key"], problem["things"]) == ("plan_too_long", [["nodes", "sim"]])
    assert problem["placeholders"]["node"] == "Sim"


async def test_the_page_is_for_administrators_and_not_in_the_sidebar(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    panel = hass.data[frontend.DATA_PANELS][editor_path().removeprefix("/")]
    assert panel.require_admin
    assert not panel.show_in_sidebar
    assert panel.config is not None
    assert panel.config["_panel_custom"]["module_url"].endswith("/editor.js")
    assert editor_path(LOT_ID) == f"{editor_path()}/{LOT_ID}"
