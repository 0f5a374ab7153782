"""Pucks on LoRaWAN, as The Things Stack passes on what they send, and lots of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from homeassistant.core import HomeAssistant

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import Row, Value
from tests.integration.lots import bay, gate, lot, node, set_up
from tests.integration.sources.mqtt.broker import Broker, Payload

AT_ONCE: Mapping[str, Value] = {"on_after_s": 0.0, "off_after_s": 0.0}
FILTERS = {
    "ttn": ["v3/+/devices/+/up"],
    "chirpstack": ["application/+/device/+/event/+"],
    "zigbee2mqtt": ["zigbee2mqtt/#"],
    "tasmota": ["tele/#"],
    "esphome": ["+/+/+/state", "+/status"],
    "openmqttgateway": ["home/#"],
    "own": ["lot/+/state"],
    "frigate": ["frigate/+/+", "frigate/available", "frigate/events"],
}


def said_now(
    values: Mapping[str, object] | None,
    *,
    device: str = "puck-1",
    port: int = 1,
    count: int | None = None,
    ago_s: float | None = None,
) -> tuple[str, Payload]:
    """Return an uplink: its number and its age are left out unless they are said."""
    uplink: dict[str, object] = {"f_port": port, "frm_payload": "AQ=="}
    if values is not None:
        uplink["decoded_payload"] = values
    if count is not None:
        uplink |= {"f_cnt": count, "session_key_id": "AX=="}
    message: dict[str, object] = {
        "end_device_ids": {"device_id": device, "dev_eui": "70B3D57ED0000001"},
        "uplink_message": uplink,
    }
    if ago_s is not None:
        sent = datetime.now(UTC) - timedelta(seconds=ago_s)
        message["received_at"] = f"{sent:%Y-%m-%dT%H:%M:%S.%f}789Z"
    return f"v3/garage@ttn/devices/{device}/up", message


def parked(*, is_there: bool = True, **more: object) -> tuple[str, Payload]:
    """Return an uplink that says whether a vehicle is there."""
    return said_now({"type": "parking status", "occupied": is_there}, **more)  # type: ignore[arg-type]  # passed on as they are


async def set_up_pucks(
    hass: HomeAssistant,
    broker: Broker,
    *devices: str,
    preset: str = "ttn",
    rows: list[Row] | None = None,
    **settings: Value,
) -> SmartParkingConfigEntry:
    """Set up a lot with bays A01, A02, … for devices, and wait until the broker knows of it."""
    bays = rows or [
        bay(f"A{number:02d}", 2.5 * number, device=device)
        for number, device in enumerate(devices or ("puck-1",), 1)
    ]
    more = {**AT_ONCE, **settings}
    entry = lot(node("Field", bays, "mqtt", preset=preset, **more), gate("Main"))
    await set_up(hass, entry)
    topics = settings.get("topic")
    for one in topics.split(",") if isinstance(topics, str) else FILTERS[preset]:
        await broker.subscribed(one.strip())
    return entry
