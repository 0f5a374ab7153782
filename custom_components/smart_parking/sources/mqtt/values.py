"""Values in messages: occupied, vacant, numbers, lengths and times as senders write them."""

from collections.abc import Collection, Mapping
from datetime import datetime
import json
from math import isfinite
import re

from ...lot.model import Fault

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None
"""Values of a JSON message."""
type Path = tuple[str | int, ...]
"""Place of a value in a message."""

# Words for both states: as a Python value, the string `"false"` would be true.
OCCUPIED = frozenset(
    {
        "true",
        "on",
        "yes",
        "1",
        "occupied",
        "taken",
        "busy",
        "full",
        "parked",
        "present",
        "detected",
        "vehicle",
        "car",
        "parking space with car",
    }
)
FREE = frozenset(
    {
        "false",
        "off",
        "no",
        "0",
        "free",
        "vacant",
        "empty",
        "available",
        "absent",
        "clear",
        "unoccupied",
        "no car",
        "not occupied",
        "not detected",
    }
)
ONLINE = frozenset({"online", "on", "true", "1", "yes", "alive", "connected", "ready", "up"})
OFFLINE = frozenset({"offline", "off", "false", "0", "no", "dead", "disconnected", "lost", "down"})

UNITS_M = {"mm": 0.001, "cm": 0.01, "m": 1.0, "in": 0.0254, "ft": 0.3048}
"""Units of length, in metres."""

# Values for no echo, and for a sensor that is missing.
_NO_ECHO = frozenset(["", "nan", "inf", "+inf", "-inf", "infinity", "none", "null", "unknown"])
_NOT_THERE = frozenset(["unavailable", "offline"])
# Values for a target within the blind zone.
_TOO_NEAR = frozenset(["invalid reading"])
_LENGTH = re.compile(r"([+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*([a-z]+)?", re.IGNORECASE)
_STEP = re.compile(r"""\[(\d+|"[^"]*"|'[^']*')\]|\.?([^.\[\]]+)""")
# More digits of a second than Python reads.
_FRACTION = re.compile(r"(\.\d{6})\d+")
# A time of at least this size is in milliseconds since 1970, a smaller one in seconds.
_MILLISECONDS = 1e11


def read_json(payload: bytes) -> Json:
    """Return the content of a message, or None where it is no JSON."""
    try:
        content: Json = json.loads(payload)
    except ValueError, RecursionError:
        return None
    return content


def object_of(content: Json) -> Mapping[str, Json]:
    """Return a JSON object; an empty one for any other value."""
    return content if isinstance(content, dict) else {}


def text_of(payload: bytes) -> str | None:
    """Return a message as text, or None where it is none."""
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        return None


def word_of(value: Json) -> str:
    """Return a value as a word for comparison, in small letters."""
    match value:
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case str() | int() | float():
            return str(value).strip().casefold()
    return ""


def state_of(
    value: Json, yes: Collection[str] = OCCUPIED, no: Collection[str] = FREE
) -> bool | None:
    """Return whether a value means yes or no; None where it means neither."""
    word = word_of(value)
    return True if word in yes else False if word in no else None


def number_of(value: Json) -> float | None:
    """Return the finite number that a value is or begins with: `"92 %"` begins with one."""
    if isinstance(value, str):
        found = _LENGTH.match(value.strip())
        value = float(found[1].replace(",", ".")) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def length_of(value: Json, unit: str) -> float | Fault:
    """Return a length in metres, or the fault for none; `unit` is that of bare numbers."""
    if isinstance(value, bool | list | dict):
        return Fault.IMPLAUSIBLE
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in _NOT_THERE:
            return Fault.UNAVAILABLE
        if word in _TOO_NEAR:
            return Fault.TOO_NEAR
        found = _LENGTH.fullmatch(word)
        if found is None:
            return Fault.NO_TARGET if word in _NO_ECHO else Fault.IMPLAUSIBLE
        unit = found[2] or unit
    number = number_of(value)
    if number is None or number <= 0.0:
        return Fault.NO_TARGET
    return number * UNITS_M[unit] if unit in UNITS_M else Fault.IMPLAUSIBLE


def time_of(value: Json) -> float | None:
    """Return a time in seconds since 1970, or None where a value is no unambiguous time."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
        except ValueError:
            return None
        return None if at.tzinfo is None else at.timestamp()
    number = number_of(value)
    if number is None or number <= 0.0:
        return None
    return number / 1000.0 if number >= _MILLISECONDS else number


def path_of(text: str) -> Path:
    """Return the path in a text such as `object.status`, `$.sensors[0].value` or `["a.b"]`.

    Raises `ValueError` when it is none.
    """
    rest = text.strip().removeprefix("$")
    steps: list[str | int] = []
    while rest:
        found = _STEP.match(rest)
        if found is None:
            raise ValueError(text)
        index, name = found.groups()
        if index is None:
            steps.append(name.strip())
        else:
            steps.append(int(index) if index.isdigit() else index[1:-1])
        rest = rest[found.end() :]
    return tuple(steps)


def follow(content: Json, path: Path) -> tuple[bool, Json]:
    """Return whether there is a value at a path, and the value."""
    for step in path:
        if isinstance(content, dict) and str(step) in content:
            content = content[str(step)]
        elif isinstance(content, list) and str(step).isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return False, None
    return True, content
