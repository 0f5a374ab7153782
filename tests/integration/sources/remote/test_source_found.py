"""A Raspberry Pi elsewhere is found, and joins a lot."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_MQTT, ConfigEntryState
from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
import pytest

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.lot.model import Fault, Reading
from custom_components.smart_parking.node.messages import Announcement, Refusal
from custom_components.smart_parking.sources.remote import hub, source
from tests.integration.clock import until
from tests.integration.lots import gate, lot, node, set_up
from tests.integration.sources.driven import Hand
from tests.integration.sources.remote.pi import Pi, bays, flows, lot_of, set_up_lot
from tests.integration.test_config_flow import GATE, ROW
from tests.integration.walk import Walk

pytestmark = pytest.mark.usefixtures("mqtt_entry")

SETTINGS: Mapping[str, Any] = {"name": "Roof", "node": "garage-2", "range_m": 4.0}


async def to_the_found(hass: HomeAssistant) -> Walk:
    """Open what was discovered."""
    await until(hass, lambda: flows(hass) == ["garage-2"])
    walk = Walk(hass, hass.config_entries.flow)
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    walk.shown = await hass.config_entries.flow.async_configure(flow["flow_id"])
    return walk


async def test_it_is_found_and_makes_a_lot(hass: HomeAssistant, pi: Pi) -> None:
    walk = await to_the_found(hass)
    assert walk.step == "found"
    assert walk.shown["description_placeholders"] == {
        "name": "garage-2",
        "model": r"Raspberry Pi 4 Model B",
    }
    await walk.fill()
    assert walk.step == "user"
    await walk.fill(name="Garage")
    assert walk.step == "settings"
    assert walk.suggested["node"] == "garage-2"
    assert walk.suggested["name"] == "garage-2"
    await walk.fill(**SETTINGS)
    assert walk.options == ["row", "table", "text"]
    await walk.pick("row")
    await walk.fill(**ROW, first_pin=4, empty_m=2.6)
    await walk.pick("check")
    assert walk.step == "checked"
    assert walk.shown["description_placeholders"]["answered"] == "3"
    assert pi.requests[-1].config is not None
    assert [one.label for one in pi.requests[-1].config.bays] == ["A01", "A02", "A03"]
    await walk.pick("save_measured")
    await walk.fill(**GATE)
    assert walk.step == "create_entry"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.unique_id is None
    roof = next(iter(entry.subentries.values()))
    assert roof.data["machine"] == "machine-garage-2"
    await until(hass, lambda: hass.states.is_state("sensor.main_nearest_free_bay", "A01"))
    assert flows(hass) == []


async def test_it_joins_a_lot_that_there_is(
    hass: HomeAssistant, hand: Hand, make_pi: Callable[..., Pi]
) -> None:
    await set_up(hass, lot(node("Yard", [*bays("Y", 1)]), gate("Main")))
    make_pi()
    walk = await to_the_found(hass)
    await walk.fill(lot="garage")
    assert walk.step == "settings"
    await walk.fill(**{**SETTINGS, "name": " "})
    await walk.pick("row")
    # Labels are unique in the lot that it joins.
    await walk.fill(**{**ROW, "prefix": "Y"}, first_pin=4, empty_m=2.5)
    assert walk.errors == {"prefix": "duplicate_label"}
    await walk.fill(**ROW, first_pin=4, empty_m=2.5)
    await walk.pick("check", "save")
    assert walk.step == "node_added"
    assert walk.shown["description_placeholders"] == {"node": "garage-2", "lot": "Garage"}
    await until(hass, lambda: hass.states.is_state("binary_sensor.garage_bay_a01", STATE_OFF))


async def test_another_new_lot_beside_one(
    hass: HomeAssistant, hand: Hand, make_pi: Callable[..., Pi]
) -> None:
    await set_up(hass, lot(node("Yard", [*bays("Y", 1)]), gate("Main")))
    make_pi()
    walk = await to_the_found(hass)
    await walk.fill(lot="new")
    assert walk.step == "user"
    await walk.fill(name="Garage")
    assert walk.errors == {"name": "name_taken"}


async def announce(hass: HomeAssistant, topic: str, payload: str | bytes) -> str:
    """Announce something, and return how the flow that it started ended."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_MQTT},
        data=MqttServiceInfo(
            topic=topic,
            payload=payload,
            qos=1,
            retain=True,
            subscribed_topic="smart_parking/nodes/+/announce",
            timestamp=0.0,
        ),
    )
    return str(result.get("reason", result.get("step_id")))


PI = Announcement(name="garage-9", machine="m", run="r")
TOPIC = "smart_parking/nodes/garage-9/announce"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("elsewhere/garage-9/announce", PI.to_payload()),
        ("smart_parking/nodes/garage-9/status", PI.to_payload()),
        ("smart_parking/nodes/garage-8/announce", PI.to_payload()),
        (TOPIC, ""),
        (TOPIC, "x" * 200_000),
    ],
    ids=["elsewhere", "another topic", "another name", "empty", "large"],
)
async def test_nonsense_is_not_offered(
    hass: HomeAssistant, topic: str, payload: str | bytes
) -> None:
    assert await announce(hass, topic, payload) == "not_a_node"


async def test_what_is_known_is_not_offered(hass: HomeAssistant, pi: Pi) -> None:
    await set_up_lot(hass, pi)
    again = Announcement(name="garage-2", machine="m", run="other")
    assert await announce(hass, TOPIC.replace("9", "2"), again.to_payload()) == "node_known"
    configured = Announcement(name="garage-9", machine="m", run="r", is_configured=True)
    assert await announce(hass, TOPIC, configured.to_payload()) == "node_known"
    assert await announce(hass, TOPIC, PI.to_payload()) == "found"
    assert await announce(hass, TOPIC, PI.to_payload()) == "already_in_progress"


async def test_what_an_owner_has_dismissed_is_not_offered(hass: HomeAssistant) -> None:
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": "node_garage-9", "title": "garage-9"},
    )
    assert await announce(hass, TOPIC, PI.to_payload()) == "node_known"


async def test_without_discovery_it_is_added_by_hand(
    hass: HomeAssistant, pi: Pi, make_pi: Callable[..., Pi], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up_lot(hass, pi)
    make_pi("garage-3")
    await until(hass, lambda: "garage-3" in hub.get_hub(hass).announced())
    walk = await Walk.to_a_part(hass, entry, "node")
    await walk.fill(source="remote")
    assert walk.step == "settings"
    field = walk.shown["data_schema"].schema["node"]
    assert [one["value"] for one in field.config["options"]] == ["garage-2", "garage-3"]
    assert field.config["options"][1]["label"] == "garage-3 (Raspberry Pi 4 Model B)"
    chip = walk.shown["data_schema"].schema["chip"]
    assert [one["value"] for one in chip.config["options"]] == ["pinctrl-bcm2711"]
    for name, error in [("garage-2", "node_taken"), ("Garage 3", "bad_node_name")]:
        await walk.fill(**{**SETTINGS, "node": name})
        assert walk.errors == {"node": error}
    await walk.fill(**{**SETTINGS, "node": "garage-4", "name": "Cellar"})
    await walk.pick("row")
    await walk.fill(**{**ROW, "prefix": "C"}, first_pin=4, empty_m=2.5)
    monkeypatch.setattr(hub, "KEPT_S", 0.1)
    await walk.pick("check")
    assert walk.errors == {"base": "node_offline"}
    assert walk.shown["description_placeholders"] == {"pi": "garage-4"}
    # It may be saved, and wired later.
    await walk.fill(next="save")
    assert walk.step == "create_entry"
    cellar = next(one for one in entry.subentries.values() if one.title == "Cellar")
    assert "machine" not in cellar.data


async def test_the_test_of_its_sensors(
    hass: HomeAssistant, pi: Pi, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up_lot(hass, pi)
    pi.readings["a02"] = Reading("a02", 0.0, fault=Fault.NO_RESPONSE)
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("check")
    assert "**A01**: 2.50 m" in walk.shown["description_placeholders"]["results"]
    assert "⚠️ **A02**" in walk.shown["description_placeholders"]["results"]
    pi.refuses = Refusal("pin_busy", {"line": "5", "consumer": "lirc"})
    await walk.pick("check")
    assert walk.errors == {"base": "pin_busy"}
    assert walk.shown["description_placeholders"] == {"line": "5", "consumer": "lirc"}
    monkeypatch.setattr(source, "ANSWER_S", 0.1)
    monkeypatch.setattr(pi, "hear", lambda _topic, _payload: None)
    await walk.fill(next="again")
    assert walk.errors == {"base": "node_no_answer"}


async def test_a_pi_that_was_replaced_is_taken_by_saving_its_settings(
    hass: HomeAssistant, pi: Pi
) -> None:
    entry = lot_of(settings={"machine": "old"})
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("settings")
    await walk.fill(**SETTINGS)
    await walk.pick("check", "save")
    assert walk.step == "reconfigure_successful"
    assert entry.subentries["roof"].data["machine"] == pi.machine


async def test_a_pi_that_is_off_stays_the_one_it_was(
    hass: HomeAssistant, pi: Pi, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up_lot(hass, pi, machine=pi.machine)
    walk = await Walk.through_a_part(hass, entry, "roof")
    await walk.pick("settings")
    monkeypatch.setattr(hub.NodeHub, "announced", lambda _hub: {})
    await walk.fill(**SETTINGS)
    await walk.pick("check", "save")
    assert entry.subentries["roof"].data["machine"] == pi.machine


async def test_where_there_is_no_broker_the_form_says_so(
    hass: HomeAssistant, mqtt_entry: object
) -> None:
    (entry,) = hass.config_entries.async_entries("mqtt")
    await hass.config_entries.async_unload(entry.entry_id)
    walk = await Walk.to_a_lot(hass)
    await walk.fill(name="Garage")
    await walk.fill(source="remote")
    assert "not connected to its MQTT broker" in walk.shown["description_placeholders"]["lacking"]
    await walk.fill(**SETTINGS)
    await walk.pick("row")
    await walk.fill(**ROW, first_pin=4, empty_m=2.5)
    await walk.pick("check")
    assert walk.errors == {"base": "mqtt_disconnected"}
    await walk.fill(next="save")
    assert walk.step == "gate"
