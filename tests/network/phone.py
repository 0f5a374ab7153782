"""A phone that joins a network: it asks DHCP for a lease, and for what phones ask for besides.

    python phone.py INTERFACE [leave]

Says what it is given, as JSON; with `leave` it gives the lease back before it goes. RFC 2131.
"""

import json
from pathlib import Path
import socket
import struct
import sys
import time

COOKIE = b"\x63\x82\x53\x63"
DISCOVER, OFFER, REQUEST, ACK, RELEASE = 1, 2, 3, 5, 7
# Options, as RFC 2132 and RFC 8910 number them.
ADDRESS, KIND, SERVER, WANTED, CAPTIVE, END = 50, 53, 54, 55, 114, 255
BROADCAST = 0x8000
TIMEOUT_S = 3.0
TRIES = 5

type Options = dict[int, bytes]


def message(kind: int, station: bytes, options: Options, own: str = "0.0.0.0") -> bytes:  # noqa: S104
    """Return a message of a client; it is not bound to that address, it has none yet."""
    head = struct.pack("!BBBBIHH", 1, 1, 6, 0, int.from_bytes(station[2:]), 0, BROADCAST)
    addresses = socket.inet_aton(own) + bytes(12)
    body = b"".join(
        bytes((code, len(value))) + value
        for code, value in {KIND: bytes((kind,)), **options}.items()
    )
    return head + addresses + station.ljust(16, b"\0") + bytes(192) + COOKIE + body + bytes((END,))


def read(data: bytes) -> tuple[str, Options]:
    """Return the address that is offered, and the options."""
    options: Options = {}
    at = data.index(COOKIE) + len(COOKIE)
    while data[at] != END:
        code, length = data[at], data[at + 1]
        options[code] = data[at + 2 : at + 2 + length]
        at += 2 + length
    return socket.inet_ntoa(data[16:20]), options


def ask(link: socket.socket, kind: int, station: bytes, options: Options) -> tuple[str, Options]:
    """Ask until there is an answer."""
    wanted = {DISCOVER: OFFER, REQUEST: ACK}[kind]
    for _ in range(TRIES):
        link.sendto(message(kind, station, options), ("255.255.255.255", 67))
        ends = time.monotonic() + TIMEOUT_S
        while time.monotonic() < ends:
            try:
                own, got = read(link.recv(2048))
            except TimeoutError:
                break
            if got.get(KIND) == bytes((wanted,)):
                return own, got
    sys.exit("Nobody answers")


def main() -> None:
    """Join, and leave if that is wanted."""
    interface = sys.argv[1]
    address = Path(f"/sys/class/net/{interface}/address").read_text("ascii")
    station = bytes.fromhex(address.strip().replace(":", ""))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        link.bind(("", 68))
        link.settimeout(TIMEOUT_S)
        # What Android 11 asks for: mask, router, names, domain, times, and the captive portal.
        wants = {WANTED: bytes((1, 3, 6, 15, 51, 58, 59, CAPTIVE))}
        offered, offer = ask(link, DISCOVER, station, wants)
        choice = {ADDRESS: socket.inet_aton(offered), SERVER: offer[SERVER]}
        own, lease = ask(link, REQUEST, station, {**wants, **choice})
        if "leave" in sys.argv:
            bye = message(RELEASE, station, {SERVER: lease[SERVER]}, own)
            link.sendto(bye, ("255.255.255.255", 67))
    given = {str(code): value.hex() for code, value in lease.items()}
    said = {"station": station.hex(":"), "address": own, "options": given}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
