"""What the editor writes is what the forms write, and the other way round."""

from dataclasses import replace

from homeassistant.config_entries import ConfigSubentryDataWithId
from hypothesis import HealthCheck, given, settings
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.editor.conversion import drawing_of, levels_of, parts_of
from custom_components.smart_parking.lot.drawing.model import Drawing, DrawnBay, DrawnLane
from tests.integration.lots import bay, gate, node
from tests.lot.drawing.drawings import drawings


def as_entry(drawing: Drawing, before: MockConfigEntry | None = None) -> MockConfigEntry:
    """Return the configuration of a lot after a drawing was published."""
    parts = parts_of(drawing, before or MockConfigEntry(domain=DOMAIN))
    return MockConfigEntry(
        domain=DOMAIN,
        options=parts.options,
        subentries_data=[
            ConfigSubentryDataWithId(
                subentry_id=part_id,
                subentry_type=kind,
                title=title,
                data=dict(data),
                unique_id=None,
            )
            for kind, written in (("node", parts.nodes), ("gate", parts.gates))
            for part_id, (title, data) in written.items()
        ],
    )


def in_use(drawing: Drawing) -> Drawing:
    """Return a drawing that can be stored: nodes have bays, used levels exist."""
    used = {one.node for one in drawing.bays.values()}
    return replace(
        drawing,
        nodes={key: one for key, one in drawing.nodes.items() if key in used},
        levels={**levels_of(drawing), **drawing.levels},
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawings)
def test_a_drawing_is_the_same_after_it_was_written_down(drawing: Drawing) -> None:
    wanted = in_use(drawing)
    entry = as_entry(wanted)
    assert drawing_of(entry, wanted) == wanted
    # Stored once more, it does not differ at all, so nothing would be restarted.
    again = parts_of(drawing_of(entry, wanted), entry)
    assert {key: one.data for key, one in entry.subentries.items()} == {
        key: data for parts in (again.nodes, again.gates) for key, (_, data) in parts.items()
    }
    assert again.options == dict(entry.options)


def test_what_the_forms_wrote_stays_to_the_letter_where_nothing_is_drawn() -> None:
    rows = [bay("A01", 1, level="", entity_id="sensor.a"), bay("A02", 2.5)]
    entry = MockConfigEntry(
        domain=DOMAIN,
        options={
            "speed_kmh": 10,
            "lanes": [{"points": "0,-6;  20, -6.0", "level": "1"}],
            "ramps": [{"from_point": "0,0", "from_level": "1", "to_point": "3,0", "to_level": "2"}],
        },
        subentries_data=[node("North", rows), gate("Main", distances="A01 = 3")],
    )
    drawing = drawing_of(entry)
    parts = parts_of(drawing, entry)
    assert parts.options == dict(entry.options)
    assert parts.nodes["north"][1] == entry.subentries["north"].data
    assert parts.gates["main"][1] == entry.subentries["main"].data
    assert drawing.gates["main"].distances == "A01 = 3"


def test_one_bay_that_is_moved_leaves_the_others_as_they_were() -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, subentries_data=[node("North", [bay("A01", 0.0), bay("A02", 2.5)])]
    )
    drawing = drawing_of(entry)
    moved = replace(drawing.bays["a02"], x=7.5)
    parts = parts_of(replace(drawing, bays={**drawing.bays, "a02": moved}), entry)
    first, second = parts.nodes["north"][1]["bays"]
    assert first == entry.subentries["north"].data["bays"][0]
    assert second == {**entry.subentries["north"].data["bays"][1], "x": 7.5}


def test_lanes_without_ids_are_known_again() -> None:
    lane = DrawnLane(level="1", points=((0.0, 0.0), (9.0, 0.0)))
    twice = Drawing(lanes={"one": lane, "two": lane})
    entry = as_entry(replace(twice, levels=levels_of(twice)))
    assert drawing_of(entry, twice).lanes == twice.lanes
    # They are unknown: they get the same names each time, and are still two.
    assert drawing_of(entry).lanes == drawing_of(entry).lanes
    assert len(drawing_of(entry).lanes) == 2


def test_levels_are_in_the_order_of_their_names() -> None:
    one = DrawnBay(label="A", x=0.0, y=0.0)
    drawing = Drawing(
        bays={level: replace(one, level=level) for level in ("Roof", "10", "-1", "2")}
    )
    assert sorted(levels := levels_of(drawing), key=lambda name: levels[name].order) == [
        "-1",
        "2",
        "10",
        "Roof",
    ]
