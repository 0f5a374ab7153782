"""Messages of parking and distance sensors on LoRaWAN, as decoded by their network server."""

from collections.abc import Mapping
from dataclasses import replace

from ...lot.model import Fault
from .messages import DeviceReport
from .values import Json, length_of, number_of, state_of, word_of

# Keys in small letters, with the names that different makers use.
_STATE_KEYS = (
    "occupied",
    "occupancy",
    "is_occupied",
    "parked",
    "car_present",
    "vehicle_present",
    "vehicle_detected",
    "vehicle",
    "car",
    "presence",
    "parking_occupied",
    "parkingstatus",
    "parking_status",
    "parkingstate",
    "parking_state",
    "status",
    "state",
)
_FREE_KEYS = ("free", "is_free", "vacant", "is_vacant", "available")
# A bare number under these keys may be a code.
_AMBIGUOUS = frozenset(["status", "state"])
_DISTANCE_KEYS = {"distance": "", "distance_mm": "mm", "distance_cm": "cm", "distance_m": "m"}
_BATTERY_KEYS = ("battery", "batterylevel", "battery_level", "battery_percent", "batt")
# A fraction below this is a voltage, and no percentage.
_VOLTS_MAX = 5.0

# Codes of the Moko LW009; its decoder writes numbers or words.
_CODE_KEYS = ("code", "event", "event_code", "eventcode", "status_code")
_MESSAGE_KEYS = ("messagetype", "message_type", "payload_type", "payloadtype", "type")
_CODE_WORDS = {
    "heartbeat report": 0,
    "parking spaces become empty": 11,
    "parking spaces was occuiped": 12,
    "parking spaces was occupied": 12,
    "strong magnetic interference": 13,
    "low battery alert": 14,
    "magnetic sensor failed": 16,
    "radar sensor failed": 18,
}
_CODES = {
    0: DeviceReport(heartbeat=True),
    11: DeviceReport(occupied=False),
    12: DeviceReport(occupied=True),
    13: DeviceReport(fault=Fault.IMPLAUSIBLE),
    14: DeviceReport(battery_low=True),
    16: DeviceReport(fault=Fault.IMPLAUSIBLE),
    18: DeviceReport(fault=Fault.IMPLAUSIBLE),
}

# The decoders of these devices always write `occupied`; a missing key is a false one left out.
_ALWAYS_TELLS = ("previous_state_duration", "parking_id", "good_battery", "keepalive")
_TELLS_ON_PORT_1 = ("bosch", "tps110", "nwave", "nps405", "tekzi")
_STARTUP_KEYS = ("resetcause", "reset_cause")


def read_uplink(port: int, values: Mapping[str, Json], model: str, unit: str) -> DeviceReport:
    """Return the report of an uplink.

    `model` names the device's make as far as it is known, `unit` that of distances without one.
    """
    known = {key.strip().casefold(): value for key, value in values.items()}
    heard = _code(known, model) or _parking(port, known, model) or _distance(known, unit)
    if heard is None:
        heard = DeviceReport(
            heartbeat=_is_heartbeat(port, known), omits_false=not known or _may_omit(port, known)
        )
    percent, is_low = read_battery(known)
    return replace(
        heard,
        port=port,
        battery_percent=percent,
        battery_low=heard.battery_low if is_low is None else is_low,
    )


def read_battery(known: Mapping[str, Json]) -> tuple[float | None, bool | None]:
    """Return the charge of a battery in percent, and whether it is low, as far as reported."""
    if "good_battery" in known:
        is_good = state_of(known["good_battery"])
        return None, None if is_good is None else not is_good
    if "battery_low" in known:
        is_low = state_of(known["battery_low"])
        if is_low is not None:
            return _percent(known), is_low
    health = known.get("battery_health")
    if (word := word_of(health)) in ("low", "critical", "normal", "good"):
        return None, word in ("low", "critical")
    return _percent(known, "battery_health"), None


def _percent(known: Mapping[str, Json], *more: str) -> float | None:
    """Return the charge of a battery in percent."""
    for key in (*_BATTERY_KEYS, *more):
        percent = number_of(known.get(key))
        is_volts = percent is not None and percent < _VOLTS_MAX and not percent.is_integer()
        if percent is not None and 0.0 <= percent <= 100.0 and not is_volts:
            return percent
    return None


def _code(known: Mapping[str, Json], model: str) -> DeviceReport | None:
    """Return the report of a code."""
    is_moko = any(name in model for name in ("moko", "lw009"))
    for key in (*_CODE_KEYS, *_MESSAGE_KEYS, *_AMBIGUOUS):
        value = known.get(key)
        code = _CODE_WORDS.get(word_of(value))
        if code is None and word_of(value).isdecimal():
            code = int(word_of(value))
        if code not in _CODES or (code == 0 and key in _AMBIGUOUS and not is_moko):
            continue
        heard = _CODES[code]
        state = _parking(0, known, "") if code in (0, 14) else None
        return heard if state is None else replace(heard, occupied=state.occupied)
    return None


def _parking(port: int, known: Mapping[str, Json], model: str) -> DeviceReport | None:
    """Return the report of a sensor that detects vehicles."""
    is_heartbeat = _is_heartbeat(port, known)
    for key in (*_STATE_KEYS, *_FREE_KEYS):
        value = known.get(key)
        if value is None or (key in _AMBIGUOUS and word_of(value).isdecimal()):
            continue
        state = state_of(value)
        if state is None and key not in _AMBIGUOUS:
            return DeviceReport(fault=Fault.IMPLAUSIBLE)
        if state is not None:
            return DeviceReport(occupied=state is not (key in _FREE_KEYS), heartbeat=is_heartbeat)
    if "occupied" in known:
        # The sensor reports that it does not know.
        return DeviceReport(heartbeat=is_heartbeat)
    is_told = _kind(known) == "parking status" or any(key in known for key in _ALWAYS_TELLS)
    if is_told or (port == 1 and any(name in model for name in _TELLS_ON_PORT_1)):
        return DeviceReport(occupied=False, heartbeat=is_heartbeat)
    return None


def _distance(known: Mapping[str, Json], unit: str) -> DeviceReport | None:
    """Return the report of a sensor that measures a distance."""
    for key, own_unit in _DISTANCE_KEYS.items():
        if key in known:
            return as_distance(known[key], own_unit or unit)
    return None


def as_distance(value: Json, unit: str) -> DeviceReport:
    """Return the report of a distance, or of its fault."""
    length = length_of(value, unit)
    return (
        DeviceReport(fault=length) if isinstance(length, Fault) else DeviceReport(distance_m=length)
    )


def _kind(known: Mapping[str, Json]) -> str:
    """Return the type that a message names."""
    return word_of(known.get("type")).replace("_", " ").replace("-", "")


def _is_heartbeat(port: int, known: Mapping[str, Json]) -> bool:
    """Return whether a message is a heartbeat."""
    if "keepalive" in known:
        return state_of(known["keepalive"]) is True
    return _kind(known) == "heartbeat" or (
        port == 2 and ("temperature" in known or "battery_voltage" in known)
    )


def _may_omit(port: int, known: Mapping[str, Json]) -> bool:
    """Return whether a message may have left out that the bay is vacant."""
    is_startup = _kind(known) == "startup" or any(key in known for key in _STARTUP_KEYS)
    return is_startup or _is_heartbeat(port, known)
