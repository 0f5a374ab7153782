"""Two Raspberry Pis elsewhere, as their owner lives with them: programs, broker, Home Assistant."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.tracker import Past
from custom_components.smart_parking.node.messages import Request
from custom_components.smart_parking.node.topics import Told, told_topic
from tests.integration.clock import skip, until
from tests.integration.sources.mqtt.broker import Broker
from tests.integration.sources.remote.pi import flows
from tests.integration.test_config_flow import GATE, ROW, only_lot
from tests.integration.walk import Walk
from tests.node.package import Process, at_work, build

pytestmark = pytest.mark.usefixtures("mqtt_entry")

type Start = Callable[[str], Process]


@pytest.fixture(name="start")
def start_fixture(broker: Broker, tmp_path: Path) -> Iterator[Start]:
    """Give what starts the program of a name, with a simulated chip."""
    package = build(tmp_path / "package")
    with ExitStack() as stack:

        def start(name: str) -> Process:
            folder = tmp_path / name
            folder.mkdir()
            return stack.enter_context(
                at_work(
                    package,
                    "run",
                    "--simulate",
                    "--verbose",
                    "--broker=127.0.0.1",
                    f"--port={broker.port}",
                    f"--name={name}",
                    f"--state-dir={folder}",
                    log=folder / "log",
                )
            )

        yield start


async def drive(broker: Broker, name: str, bay_id: str, traffic: str) -> None:
    """Park a vehicle under a simulated sensor, or let it leave."""
    request = Request(request="drive", what="simulate", bays=[bay_id], traffic=traffic)
    await broker.publish(told_topic(name, Told.REQUEST), request.to_payload())


async def found(hass: HomeAssistant, name: str) -> Walk:
    """Open what was discovered."""
    await until(hass, lambda: name in flows(hass))
    walk = Walk(hass, hass.config_entries.flow)
    flow = next(
        one
        for one in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if one["context"]["title_placeholders"]["name"] == name
    )
    walk.shown = await hass.config_entries.flow.async_configure(flow["flow_id"])
    return walk


async def set_up_both(hass: HomeAssistant) -> None:
    """Make a lot of the first Raspberry Pi that was found, and add the second to it."""
    walk = await found(hass, "garage-1")
    await walk.fill()
    await walk.fill(name="Garage")
    await walk.fill(name="North", node="garage-1", range_m=4.0, hearing_m=4.0)
    await walk.pick("row")
    await walk.fill(**ROW, first_pin=4, empty_m=2.5)
    await walk.pick("check")
    # Simulated echoes get lost, too: not every sensor answers every time.
    assert "**A01**" in walk.shown["description_placeholders"]["results"]
    await walk.pick("save")
    await walk.fill(**GATE)
    assert walk.step == "create_entry"
    walk = await found(hass, "garage-2")
    await walk.fill(lot=only_lot(hass).entry_id)
    await walk.fill(name="South", node="garage-2", range_m=4.0, hearing_m=4.0)
    await walk.pick("row")
    await walk.fill(**{**ROW, "prefix": "B", "y": 20.0}, first_pin=4, empty_m=2.5)
    await walk.pick("check", "save")
    assert walk.step == "node_added"


def ids_of(hass: HomeAssistant) -> dict[str, str]:
    """Return the ids of all bays by their labels."""
    return {
        str(row["label"]): str(row["bay_id"])
        for subentry in only_lot(hass).get_subentries_of_type("node")
        for row in subentry.data["bays"]
    }


def is_so(hass: HomeAssistant, bay: str, state: str) -> bool:
    """Return whether a bay's entity has a state."""
    return hass.states.is_state(f"binary_sensor.{bay}", state)


async def test_two_raspberry_pis_elsewhere(
    hass: HomeAssistant, broker: Broker, start: Start, tmp_path: Path
) -> None:
    # They are found, and each is set up by the form that asks its sensors.
    second, first = start("garage-2"), start("garage-1")
    await set_up_both(hass)
    bays = [f"garage_bay_a0{n}" for n in (1, 2, 3)] + [f"garage_bay_b0{n}" for n in (1, 2, 3)]
    await until(hass, lambda: all(is_so(hass, one, STATE_OFF) for one in bays))
    assert flows(hass) == []
    entry, ids = only_lot(hass), ids_of(hass)
    coordinator = entry.runtime_data.coordinator
    past: list[Past] = []
    coordinator.async_follow_past(lambda _node, told: past.append(told))

    # A car parks.
    await drive(broker, "garage-1", ids["A01"], "park")
    await until(hass, lambda: is_so(hass, "garage_bay_a01", STATE_ON))
    assert hass.states.is_state("sensor.main_nearest_free_bay", "A02")

    # The second one is killed: its bays are unavailable, the first goes on.
    second.kill()
    await until(hass, lambda: is_so(hass, "garage_bay_b02", STATE_UNAVAILABLE))
    assert hass.states.is_state("binary_sensor.south_connectivity", STATE_OFF)
    assert is_so(hass, "garage_bay_a01", STATE_ON)
    south = next(one for one in coordinator.nodes.values() if one.name == "South")
    await skip(hass, 601.0)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_{south.node_id}")
    assert issue is not None
    assert issue.translation_key == "node_node_offline"
    second.again()
    await until(hass, lambda: is_so(hass, "garage_bay_b02", STATE_OFF))

    # The broker goes for an hour, and meanwhile a vehicle comes.
    await drive(broker, "garage-2", ids["B02"], "park")
    broker.stop()
    await until(hass, lambda: not broker.is_heard(hass))
    await skip(hass, 3600.0)
    await until(hass, lambda: is_so(hass, "garage_bay_a02", STATE_UNAVAILABLE))
    await until(hass, lambda: is_so(hass, "garage_bay_b01", STATE_UNAVAILABLE))
    seen_there = tmp_path / "garage-2" / "log"
    await until(hass, lambda: f"{ids['B02']}: occupied True" in seen_there.read_text())
    arrivals = coordinator.lot.arrivals
    past.clear()
    broker.start()
    await until(hass, lambda: broker.is_heard(hass))
    await until(hass, lambda: is_so(hass, "garage_bay_b02", STATE_ON))
    await until(hass, lambda: is_so(hass, "garage_bay_a01", STATE_ON))
    assert is_so(hass, "garage_bay_b01", STATE_OFF)
    assert coordinator.lot.arrivals == arrivals + 1
    await until(
        hass,
        lambda: any(
            seen.bay_id == ids["B02"] and seen.occupied
            for told in past
            for seen in told.observations
        ),
    )

    # It is deleted, and waits to be found again.
    hass.config_entries.async_remove_subentry(entry, south.node_id)
    await until(hass, lambda: flows(hass) == ["garage-2"])
    assert first.end() == 0
    await until(hass, lambda: is_so(hass, "garage_bay_a02", STATE_UNAVAILABLE))
