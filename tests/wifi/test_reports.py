"""What access points say is understood, whatever words they use."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.wifi.reports import (
    Report,
    StationError,
    StationEvent,
    read_report,
)

PHONE = "02:00:5e:00:53:0a"
ADDRESS = bytes.fromhex("02005e00530a")

# As consoles of UniFi Network 10 send it when a phone joins, and when it leaves.
UNIFI_JOINED = {
    "alarm_id": "6741c0ffee",
    "app": "network",
    "name": "WiFi Client Connected",
    "message": "A phone connected to Car park on the mast.",
    "parameters": {
        "UNIFIcategory": "Client Devices",
        "UNIFIclientHostname": "a-phone",
        "UNIFIclientIp": "192.0.2.17",
        "UNIFIclientMac": PHONE,
        "UNIFIconnectedToDeviceMac": "02:00:5e:00:53:ff",
        "UNIFIwifiName": "Car park",
    },
    "severity": 1,
    "version": "10.0",
}
UNIFI_LEFT = {
    "app": "network",
    "name": "WiFi Client Disconnected",
    "parameters": {
        "UNIFIclientMac": PHONE,
        "UNIFIlastConnectedToDeviceMac": "02:00:5e:00:53:ff",
        "UNIFIduration": "6m 22s",
    },
}


def heard(body: object = "", **query: str) -> Report:
    """Return what is understood."""
    text = body if isinstance(body, str) else json.dumps(body)
    return read_report(query.items(), text.encode())


@pytest.mark.parametrize(
    ("body", "event_type"),
    [
        ({"type": "joined", "station": PHONE}, StationEvent.JOINED),
        ({"type": "left", "station": PHONE}, StationEvent.LEFT),
        ({"Event": "AP-STA-CONNECTED", "MAC": PHONE.upper()}, StationEvent.JOINED),
        ({"event": "disassoc", "address": PHONE}, StationEvent.LEFT),
        ([{"status": "online", "client_mac": PHONE}], StationEvent.JOINED),
        (UNIFI_JOINED, StationEvent.JOINED),
        (UNIFI_LEFT, StationEvent.LEFT),
        (f"type=joined&station={PHONE}", StationEvent.JOINED),
        ("action=del&mac=02%3A00%3A5e%3A00%3A53%3A0a", StationEvent.LEFT),
        ("action=old&mac=02-00-5e-00-53-0a", StationEvent.SEEN),
        (f"AP-STA-CONNECTED {PHONE}", StationEvent.JOINED),
        (f"wlan0 AP-STA-DISCONNECTED {PHONE}\n", StationEvent.LEFT),
        (f"add {PHONE} 192.0.2.17 a-phone", StationEvent.JOINED),
        ("type=joined&station=0200.5e00.530a", StationEvent.JOINED),
        ("type=joined&station=02005E00530A", StationEvent.JOINED),
    ],
    ids=str,
)
def test_words_of_many_houses(body: object, event_type: StationEvent) -> None:
    assert heard(body) == Report(event_type, ADDRESS)


def test_what_the_address_says_is_enough() -> None:
    assert heard(type="joined", station=PHONE) == Report(StationEvent.JOINED, ADDRESS)


def test_an_owner_can_say_in_the_address_what_a_body_leaves_open() -> None:
    alarm = {"name": "My alarm", "parameters": {"UNIFIclientMac": PHONE}}

    assert heard(alarm, type="left") == Report(StationEvent.LEFT, ADDRESS)


def test_an_access_point_is_no_station() -> None:
    said = {"type": "joined", "UNIFIconnectedToDeviceMac": PHONE}

    with pytest.raises(StationError, match="hardware address"):
        heard(said)


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("", "type"),
        ({"station": PHONE}, "type"),
        ({"type": "exploded", "station": PHONE}, "type"),
        ({"type": 1, "station": PHONE}, "type"),
        ({"type": "joined"}, "station"),
        ({"type": "joined", "station": "192.0.2.17"}, "station"),
        ({"type": "joined", "station": f"{PHONE}:00"}, "station"),
        ({"type": "joined", "station": "02:00-5e:00-53:0a"}, "station"),
        ("{not json", "no JSON"),
        ("[" * 4_000, "no JSON"),
        ({"a": {"a": {"a": {"a": {"type": "joined", "station": PHONE}}}}}, "type"),
    ],
    ids=lambda one: str(one)[:24],
)
def test_what_is_missing_is_said(body: object, missing: str) -> None:
    with pytest.raises(StationError, match=missing):
        heard(body)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(StationError, match="no text"):
        read_report((), b"\xff\xfe")


@given(
    query=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=5),
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=20),
            lambda inside: st.lists(inside) | st.dictionaries(st.text(max_size=8), inside),
        ).map(lambda data: json.dumps(data).encode()),
    ),
)
def test_whatever_is_said_it_is_understood_or_refused_without_an_echo(
    query: list[tuple[str, str]], body: bytes
) -> None:
    said = {
        "Say in `type` whether a station `joined` or `left`",
        "Say in `station` the hardware address, like 02:00:00:00:00:01",
        "The body is no text",
        "The body is no JSON",
    }
    answer: Report | str
    try:
        answer = read_report(query, body)
    except StationError as err:
        answer = str(err)
    assert answer in said if isinstance(answer, str) else len(answer.address) == 6
