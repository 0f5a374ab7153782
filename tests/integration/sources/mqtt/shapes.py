"""What others send, and what it makes of a bay: the table of docs/mqtt.md, and its proof."""

from collections.abc import Iterator, Mapping
import json
from typing import NamedTuple
from zlib import crc32

from tests.integration.sources.mqtt.broker import Payload

OCCUPIED = "occupied"
VACANT = "vacant"
AS_IT_WAS = "as it was"
NO_ECHO = "no echo"
IMPLAUSIBLE = "unknown: implausible"
UNAVAILABLE = "unknown: unavailable"
UNDECODED = "as it was, and an issue"

TITLES = {
    "ttn": "The Things Stack v3",
    "chirpstack": "ChirpStack v4",
    "zigbee2mqtt": "Zigbee2MQTT",
    "tasmota": "Tasmota",
    "esphome": "ESPHome",
    "openmqttgateway": "OpenMQTTGateway",
    "frigate": "Frigate",
    "own": "My own",
}
OWN: Mapping[str, str] = {
    "topic": "lot/+/state",
    "own_value": "bay.free",
    "own_occupied": "false, taken",
    "own_free": "true, free",
}


class Shape(NamedTuple):
    """A message, and what it makes of the bay of its device."""

    preset: str
    sender: str
    topic: str
    payload: Payload
    device: str
    becomes: str

    @property
    def shown(self) -> str:
        """The text of a message: of an envelope, only its content."""
        if isinstance(self.payload, bytes | str):
            return str(self.payload)
        return json.dumps(self.payload, ensure_ascii=False)


def uplink(sender: str, port: int, values: object, becomes: str) -> Iterator[Shape]:
    """Yield an uplink as The Things Stack and as ChirpStack pass it on."""
    number = crc32(json.dumps(values).encode())
    name = f"{sender}-{port}-{number}".lower().replace(" ", "-")
    eui = f"{crc32(name.encode()):08x}{number:08x}"
    decoded = {} if values is None else {"decoded_payload": values}
    yield Shape(
        "ttn",
        f"{sender}, port {port}",
        f"v3/garage@ttn/devices/{name}/up",
        {
            "end_device_ids": {"device_id": name, "dev_eui": eui.upper()},
            "uplink_message": {"f_port": port, "frm_payload": "AQ==", **decoded},
        },
        name,
        becomes,
    )
    yield Shape(
        "chirpstack",
        f"{sender}, port {port}",
        f"application/5f3c/device/{eui}/event/up",
        {
            "deviceInfo": {"deviceName": name, "devEui": eui, "tags": {}},
            "fPort": port,
            "data": "AQ==",
            **({} if values is None else {"object": values}),
        },
        eui,
        becomes,
    )


def uplinks() -> Iterator[Shape]:
    """Yield what sensors on LoRaWAN send."""
    for sender, port, values, becomes in (
        ("Bosch TPS110", 1, {"type": "parking status", "occupied": True}, OCCUPIED),
        ("Bosch TPS110", 1, {"type": "parking status", "occupied": False}, VACANT),
        ("Bosch TPS110", 1, {"type": "parking status"}, VACANT),
        ("Bosch TPS110", 2, {"type": "heartbeat", "occupied": True, "temperature": 9}, OCCUPIED),
        ("Bosch TPS110", 2, {"temperature": 9}, AS_IT_WAS),
        ("Bosch TPS110", 3, {"resetCause": "watchdog"}, AS_IT_WAS),
        ("Nwave NPS405", 1, {"occupied": True, "previous_state_duration": 74}, OCCUPIED),
        ("Nwave NPS405", 1, {"previous_state_duration": 74}, VACANT),
        (
            "Nwave NPS405",
            2,
            {"battery_voltage": 3.6, "temperature": 17.5, "battery_health": "normal"},
            AS_IT_WAS,
        ),
        ("Tekzitel", 1, {"occupied": 1, "keepAlive": 0, "Good_Battery": 1}, OCCUPIED),
        ("Tekzitel", 1, {"occupied": 0, "keepAlive": 1, "Parking_ID": 7}, VACANT),
        ("Moko LW009", 1, {"code": 0}, AS_IT_WAS),
        ("Moko LW009", 1, {"code": 11}, VACANT),
        ("Moko LW009", 1, {"code": 12}, OCCUPIED),
        ("Moko LW009", 1, {"code": 13}, IMPLAUSIBLE),
        ("Moko LW009", 1, {"code": 14}, AS_IT_WAS),
        ("Moko LW009", 1, {"messageType": "Parking spaces become empty"}, VACANT),
        ("Milesight EM310-UDL", 85, {"battery": 92, "distance": 2116, "tilt": "tilt"}, "2.116 m"),
        ("Dragino LDDS75", 2, {"distance": 1833}, "1.833 m"),
        ("Dragino LDDS75", 2, {"distance": "1.2 m"}, "1.2 m"),
        ("Dragino LDDS75", 2, {"distance": "No Sensor"}, IMPLAUSIBLE),
        ("any", 7, {"free": "false"}, OCCUPIED),
        ("any", 7, {"occupied": None}, AS_IT_WAS),
        ("any", 7, {"occupied": "false"}, VACANT),
        ("any", 7, {"occupied": "maybe"}, IMPLAUSIBLE),
        ("any", 7, {"distance": "nan"}, NO_ECHO),
        ("any", 7, {"humidity": 40}, AS_IT_WAS),
        ("a codec that failed", 1, None, UNDECODED),
    ):
        yield from uplink(sender, port, values, becomes)


def others() -> Iterator[Shape]:
    """Yield what everything else sends."""
    for preset, sender, topic, payload, device, becomes in (
        ("zigbee2mqtt", "presence", "zigbee2mqtt/A 1", {"occupancy": True}, "A 1", OCCUPIED),
        ("zigbee2mqtt", "presence", "zigbee2mqtt/a/2", {"occupancy": False}, "a/2", VACANT),
        ("zigbee2mqtt", "contact", "zigbee2mqtt/a3", {"contact": False}, "a3", OCCUPIED),
        ("zigbee2mqtt", "contact", "zigbee2mqtt/a4", {"contact": True}, "a4", VACANT),
        ("zigbee2mqtt", "presence", "zigbee2mqtt/a5", {"occupancy": "false"}, "a5", VACANT),
        ("zigbee2mqtt", "presence", "zigbee2mqtt/a6", {"occupancy": None}, "a6", AS_IT_WAS),
        (
            "zigbee2mqtt",
            "availability",
            "zigbee2mqtt/a7/availability",
            "offline",
            "a7",
            UNAVAILABLE,
        ),
        (
            "zigbee2mqtt",
            "availability",
            "zigbee2mqtt/a8/availability",
            {"state": "offline"},
            "a8",
            UNAVAILABLE,
        ),
        (
            "tasmota",
            "SR04",
            "tele/p1/SENSOR",
            {"Time": "2026-11-28T00:52:16", "SR04": {"Distance": 16.754}},
            "p1",
            "0.168 m",
        ),
        ("tasmota", "SR04 in German", "tele/p2/SENSOR", {"SR04": {"Distanz": 250}}, "p2", "2.5 m"),
        ("tasmota", "VL53L0X", "tele/p3/SENSOR", {"VL53L0X": {"Distance": 812}}, "p3", "0.812 m"),
        ("tasmota", "no echo", "tele/p4/SENSOR", {"SR04": {"Distance": 0.0}}, "p4", NO_ECHO),
        ("tasmota", "switch", "tele/p5/SENSOR", {"Switch1": "ON"}, "p5", OCCUPIED),
        ("tasmota", "gone", "tele/p6/LWT", "Offline", "p6", UNAVAILABLE),
        ("tasmota", "there", "tele/p7/LWT", "Online", "p7", AS_IT_WAS),
        ("esphome", "distance", "e1/sensor/bay/state", "1.23", "e1/sensor/bay", "1.23 m"),
        ("esphome", "no echo", "e2/sensor/bay/state", "nan", "e2/sensor/bay", NO_ECHO),
        ("esphome", "binary", "e3/binary_sensor/bay/state", "ON", "e3/binary_sensor/bay", OCCUPIED),
        ("esphome", "binary", "e4/binary_sensor/bay/state", "OFF", "e4/binary_sensor/bay", VACANT),
        ("esphome", "gone", "e5/status", "offline", "e5/sensor/bay", UNAVAILABLE),
        (
            "openmqttgateway",
            "HC-SR04",
            "home/omg1/HCSR04toMQTT",
            {"distance": 123, "direction": "towards"},
            "omg1",
            "1.23 m",
        ),
        ("openmqttgateway", "no echo", "home/omg2/HCSR04toMQTT", {"distance": 0}, "omg2", NO_ECHO),
        (
            "openmqttgateway",
            "presence",
            "home/omg3/HCSR501toMQTT",
            {"presence": "true"},
            "omg3",
            OCCUPIED,
        ),
        ("openmqttgateway", "gone", "home/omg4/LWT", "offline", "omg4", UNAVAILABLE),
        ("frigate", "count in a zone", "frigate/f1/car", "1", "f1", OCCUPIED),
        ("frigate", "count in a zone", "frigate/f2/car", "0", "f2", VACANT),
        ("frigate", "event: parked", "frigate/events", event("new", "f3"), "f3", OCCUPIED),
        (
            "frigate",
            "event: drives by",
            "frigate/events",
            event("new", "f4", parked=False),
            "f4",
            AS_IT_WAS,
        ),
        ("frigate", "event: leaves", "frigate/events", event("end", "f5"), "f5", VACANT),
        ("own", "free: false", "lot/o1/state", {"bay": {"free": False}}, "o1", OCCUPIED),
        ("own", "free: true", "lot/o2/state", {"bay": {"free": True}}, "o2", VACANT),
        ("own", "a word", "lot/o3/state", {"bay": {"free": "Taken"}}, "o3", OCCUPIED),
        ("own", "another word", "lot/o4/state", {"bay": {"free": "nan"}}, "o4", IMPLAUSIBLE),
        ("own", "nothing of the bay", "lot/o5/state", {"alive": 1}, "o5", AS_IT_WAS),
    ):
        yield Shape(preset, sender, topic, payload, device, becomes)


def event(kind: str, zone: str, *, parked: bool = True) -> Payload:
    """Return an event of Frigate: a vehicle in a zone, or the end of it."""
    vehicle = {"id": f"1607123955.47-{zone}", "label": "car", "current_zones": [zone]}
    before = {**vehicle, "stationary": True} if kind == "end" else {}
    return {"type": kind, "before": before, "after": {**vehicle, "stationary": parked}}


SHAPES = [*uplinks(), *others()]


def content_of(shape: Shape) -> str:
    """Return of a message what the table shows: of an uplink, what the codec has made of it."""
    payload = shape.payload
    if isinstance(payload, Mapping):
        inner = payload.get("uplink_message", payload)
        assert isinstance(inner, Mapping)
        if shape.preset in ("ttn", "chirpstack"):
            decoded = inner.get("decoded_payload", inner.get("object"))
            return "nothing decoded" if decoded is None else f"`{json.dumps(decoded)}`"
        if (after := payload.get("after")) is not None:
            return f"`{json.dumps({'type': payload['type'], 'after': after})}`"
    return f"`{shape.shown}`"


def table() -> str:
    """Return the table of docs/mqtt.md."""
    lines = ["| from | what | message | the bay is |", "| --- | --- | --- | --- |"]
    for shape in SHAPES:
        if shape.preset == "chirpstack":
            continue
        title = "The Things Stack, ChirpStack" if shape.preset == "ttn" else TITLES[shape.preset]
        lines.append(f"| {title} | {shape.sender} | {content_of(shape)} | {shape.becomes} |")
    return "\n".join(lines)
