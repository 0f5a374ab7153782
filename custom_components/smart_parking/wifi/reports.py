"""Reports of access points on phones that join and leave, in many formats.

Plain Python. Access points, DHCP servers and brokers use formats of their own: a JSON object, a
form, an address's query, or a line such as `AP-STA-CONNECTED 02:00:00:00:00:01`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
import json
import re
from typing import Final
from urllib.parse import parse_qsl

# The longest are UniFi's, with some 1,500 bytes.
BODY_MAX: Final = 4_096
_FIELDS_MAX: Final = 64
_DEPTH_MAX: Final = 4
_TEXT_MAX: Final = 64

type Fields = list[tuple[str, str]]


class StationEvent(StrEnum):
    """Event of a station."""

    JOINED = "joined"
    LEFT = "left"
    SEEN = "seen"
    """It is still there, as DHCP servers report when a lease is renewed."""


class StationError(ValueError):
    """A report is invalid; the message names the missing part, and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """An event of one station."""

    event_type: StationEvent
    address: bytes
    """Its hardware address, 6 bytes: to be discarded as soon as it has been counted."""


# Names of events in: this project; hostapd_cli -a; hostapd on OpenWrt's ubus; dnsmasq's
# dhcp-script; UniFi; trackers of phones.
_EVENTS: Final[Mapping[str, StationEvent]] = {
    **dict.fromkeys(
        (
            *("joined", "join", "connected", "connect", "apstaconnected", "assoc", "associated"),
            *("add", "wificlientconnected", "online", "home"),
        ),
        StationEvent.JOINED,
    ),
    **dict.fromkeys(
        (
            *("left", "leave", "disconnected", "disconnect", "apstadisconnected", "disassoc"),
            *("deauth", "disassociated", "del", "wificlientdisconnected", "offline", "nothome"),
        ),
        StationEvent.LEFT,
    ),
    **dict.fromkeys(("seen", "old"), StationEvent.SEEN),
}
# Fields with the event, the surest first. A UniFi console has it in the name of the event.
_EVENT_NAMES: Final = ("type", "event", "action", "status", "state", "name")
_ADDRESS_NAMES: Final = (
    *("station", "sta", "mac", "macaddress", "clientmac", "unificlientmac", "usermac"),
    *("address", "addr", "client"),
)
_ADDRESS: Final = re.compile(
    r"(?:[0-9a-f]{2}([:-]?))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}", re.IGNORECASE
)
# Cisco writes 0200.0000.0001.
_DOTTED: Final = re.compile(r"(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}", re.IGNORECASE)


def read_report(query: Iterable[tuple[str, str]], body: bytes) -> Report:
    """Return the report in an address's query, in a body, or in both; the query takes precedence.

    Raises `StationError` when it is incomplete.
    """
    fields = [(_plain(name), text) for name, text in (*query, *_read(body))][:_FIELDS_MAX]
    event_type = _first(fields, _EVENT_NAMES, lambda text: _EVENTS.get(_plain(text)))
    if event_type is None:
        raise StationError("Say in `type` whether a station `joined` or `left`")
    address = _first(fields, _ADDRESS_NAMES, _address)
    if address is None:
        raise StationError("Say in `station` the hardware address, like 02:00:00:00:00:01")
    return Report(event_type, address)


def _first[T](fields: Fields, names: Iterable[str], read: Callable[[str], T | None]) -> T | None:
    """Return the first readable value under one of some names."""
    found = (
        read(text[:_TEXT_MAX].strip())
        for wanted in names
        for name, text in fields
        if name == wanted
    )
    return next((one for one in found if one is not None), None)


def _plain(text: str) -> str:
    """Return a name without the differences between makers."""
    return "".join(letter for letter in text[:_TEXT_MAX].lower() if letter.isalnum())


def _address(text: str) -> bytes | None:
    """Return a hardware address."""
    if not (_ADDRESS.fullmatch(text) or _DOTTED.fullmatch(text)):
        return None
    return bytes.fromhex(re.sub(r"[:.-]", "", text))


def _read(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the fields of a body."""
    try:
        text = body.decode().strip()
    except ValueError:
        raise StationError("The body is no text") from None
    if text.startswith(("{", "[")):
        yield from _read_json(text)
    elif "=" in text:
        yield from parse_qsl(text, keep_blank_values=True)
    else:
        yield from _read_line(text)


def _read_json(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a JSON body, however deep they are."""
    try:
        data: object = json.loads(text)
    except ValueError, RecursionError:
        raise StationError("The body is no JSON") from None
    yield from _leaves("", data, _DEPTH_MAX)


def _leaves(name: str, data: object, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the texts in JSON data, with their field names."""
    if isinstance(data, str):
        yield name, data
    elif depth and isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(str(key), value, depth - 1)
    elif depth and isinstance(data, list):
        for value in data:
            yield from _leaves(name, value, depth - 1)


def _read_line(text: str) -> Iterator[tuple[str, str]]:
    """Yield the words of a line under their field names, in any order."""
    for word in text.split(maxsplit=_FIELDS_MAX)[:_FIELDS_MAX]:
        yield "station" if _address(word) else "type", word
