"""Another car park on a real broker, in the test's hand."""

from collections.abc import Mapping
import time

from homeassistant.core import HomeAssistant

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Bay, BayState
from custom_components.smart_parking.lot.publication import (
    PublishedPlan,
    as_time,
    bay_topic,
    heartbeat_message,
    plan_message,
)
from custom_components.smart_parking.sources.base import Row
from custom_components.smart_parking.sources.other_lot import row_of
from tests.integration.clock import until
from tests.integration.lots import gate, lot, node, said, set_up
from tests.integration.sources.mqtt.broker import Broker, Payload

TOPIC = "parking/north"
BAYS = [
    Bay(bay_id="n1", label="A01", level="1", zone="Roof", x=0.0),
    Bay(bay_id="n2", label="A02", level="1", x=2.5, heading=90.0),
    Bay(bay_id="n3", label="A03", level="2", x=5.0),
]


def bay_said(bay: Bay, state: str, **more: object) -> tuple[str, Payload]:
    """Return what is published of a bay."""
    message = {"v": 1, "id": bay.bay_id, "label": bay.label, "state": state, **more}
    return f"{TOPIC}/{bay_topic(bay.label)}", message


def heartbeat(ago_s: float = 0.0) -> tuple[str, Payload]:
    """Return what says that the lot is there, or was some time ago."""
    return f"{TOPIC}/heartbeat", heartbeat_message(time.time() - ago_s)


async def publish(broker: Broker, *said: tuple[str, Payload]) -> None:
    """Publish messages that the broker keeps."""
    for topic, payload in said:
        await broker.publish(topic, payload, retain=True)


async def publish_plan(broker: Broker, *bays: Bay, name: str = "North") -> None:
    """Publish what the lot is made of, and its numbers."""
    plan = plan_message(name, bays, ())
    assert plan is not None
    numbers = {"v": 1, "name": name, "total": len(bays), "free": 1}
    await publish(broker, (f"{TOPIC}/plan", plan), (f"{TOPIC}/lot", numbers))


async def open_lot(
    broker: Broker, states: Mapping[str, str] | None = None, beat_ago_s: float = 0.0
) -> None:
    """Publish the whole lot, which is there."""
    states = states or {}
    await publish_plan(broker, *BAYS)
    since = as_time(time.time() - 3600.0)
    for bay in BAYS:
        state = states.get(bay.bay_id, BayState.VACANT.value)
        await publish(broker, bay_said(bay, state, since=since))
    await publish(broker, heartbeat(beat_ago_s), (f"{TOPIC}/status", "online"))


def rows(*bays: Bay) -> list[Row]:
    """Return bays of the lot as they are written down here; their ids are their labels."""
    return [{**row_of(bay, "N"), "bay_id": bay.label.lower()} for bay in bays]


def city(*bays: Bay, **settings: str) -> SmartParkingConfigEntry:
    """Return a lot that has the bays of the other one, and one of its own."""
    plan = PublishedPlan.read(plan_message("North", bays, ()) or b"")
    assert plan is not None
    known = {"below": "parking", "topic": TOPIC, "label_prefix": "N", "plan": plan.tag}
    own: Row = {"bay_id": "o1", "label": "O1", "kind": "standard", "x": 50.0, "y": 0.0}
    return lot(
        node("North", rows(*bays), "other_lot", **{**known, **settings}),
        node("Own", [{**own, "empty_m": 2.5}]),
        gate("Main"),
        title="City",
    )


async def set_up_city(hass: HomeAssistant) -> SmartParkingConfigEntry:
    """Set up a lot with the bays of the other one, and wait until it is heard."""
    entry = city(*BAYS)
    await set_up(hass, entry)
    await until(hass, lambda: said(hass, "north", "connectivity") == "on")
    return entry


def issue_of(what: str) -> tuple[str, str]:
    """Return the name of an issue of the node."""
    return DOMAIN, f"garage_north_{what}"
