"""Many clients at once, and slow ones: no other client waits for them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
import resource
import socket
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.live import broadcaster
from custom_components.smart_parking.visitor import forms, send_timeout
from tests.integration.clock import until
from tests.integration.lots import CAR_M, EMPTY_M, bay, change, data_of, said
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import PLENTY, Phones
from tests.integration.visitor.phones import BASE, SECRET, Phone, set_options

TIMEOUT_S = 20.0


@asynccontextmanager
async def connections(
    root: URL, count: int, request: str
) -> AsyncGenerator[list[asyncio.StreamReader]]:
    """Open connections that send something, and then sit there."""
    pairs: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    try:
        for _ in range(count):
            reader, writer = await asyncio.open_connection(root.host, root.port)
            pairs.append((reader, writer))
            writer.write(request.encode())
        yield [reader for reader, _ in pairs]
    finally:
        for _, writer in pairs:
            writer.close()


async def hear_delta(reader: asyncio.StreamReader) -> bytes:
    """Return the next change on the stream."""
    async with asyncio.timeout(4.0 * TIMEOUT_S):
        while True:
            line = await reader.readline()
            if line.startswith(b'data: {"s"'):
                return line


async def test_two_thousand_idle_pages_keep_nobody_waiting(
    hass: HomeAssistant, root: URL, generous: None, phones: Phones, hand: Hand
) -> None:
    count = 2_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Both ends of each connection are here.
    if hard < 3 * count:
        pytest.skip(f"this machine allows {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3 * count), hard))
    streams = data_of(hass).visitor.streams
    request = f"GET {BASE}stream HTTP/1.1\r\nHost: lot\r\n\r\n"
    try:
        async with connections(root, count, request) as readers, phones().listen() as ears:
            await ears.hear_of("mine")
            await until(hass, lambda: len(streams.places) == count + 1)
            hand.settle("North", A01=CAR_M)

            # The bay, the owner's own entities, another visitor and every page know.
            assert said(hass, "a01", "occupancy") == "on"
            assert (await ears.hear_of("delta"))["b"] == [[0, "o"]]
            assert (await phones().look()).text("bay") == "A02"
            told = await asyncio.gather(*(hear_delta(reader) for reader in readers))
            assert len(set(told)) == 1
        await until(hass, lambda: len(streams.places) == 0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_of_more_pages_than_allowed_only_so_many_are_open(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, root: URL, phones: Phones
) -> None:
    await set_options(hass, entry, **PLENTY | {"visitors_streams_total": 50})
    streams = data_of(hass).visitor.streams
    request = f"GET {BASE}stream HTTP/1.1\r\nHost: lot\r\n\r\n"
    async with connections(root, 200, request) as readers:
        lines = await asyncio.gather(*(reader.readline() for reader in readers))
        assert sum(b" 200 " in line for line in lines) == 50
        assert sum(b" 429 " in line for line in lines) == 150
        assert len(streams.places) == 50
        await phones().look()


@pytest.fixture(name="impatient")
def impatient_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prepare little patience with who takes nothing."""
    monkeypatch.setattr(send_timeout, "SLOW_S", 0.5)
    monkeypatch.setattr(send_timeout, "SLOWEST_BYTES_S", 1e9)


def deaf(root: URL, request: str) -> socket.socket:
    """Ask for something, and take next to nothing of it."""
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    sleeper.connect((root.host, root.port))
    sleeper.sendall(request.encode())
    sleeper.setblocking(False)
    return sleeper


async def read_all(sleeper: socket.socket) -> bytes:
    """Read what is still there, until the connection ends."""
    data, loop = b"", asyncio.get_running_loop()
    with suppress(ConnectionResetError):
        async with asyncio.timeout(TIMEOUT_S):
            while more := await loop.sock_recv(sleeper, 1_000_000):
                data += more
    sleeper.close()
    return data


async def test_a_picture_of_thousands_of_bays_that_nobody_takes_is_not_kept(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    root: URL,
    impatient: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is more than the server's own web library sends at a time."""
    await change(hass, entry, "north", bays=[bay(f"B{one:04}", 2.5 * one) for one in range(1_500)])
    monkeypatch.setattr(broadcaster, "GAP_S", 0.0)
    streams = data_of(hass).visitor.streams
    sleeper = deaf(root, f"GET {BASE}stream HTTP/1.1\r\nHost: x\r\n\r\n")
    await until(hass, lambda: len(streams.places) == 1)
    for minutes in range(1, 60):
        # Every change by the owner is a new snapshot, until the kernel's buffer is full.
        await set_options(hass, entry, hold_minutes=minutes)
        if streams.dropped:
            break
    await until(hass, lambda: streams.dropped == 1)

    assert len(streams.places) == 0
    sleeper.close()


async def test_answers_that_nobody_takes_are_not_kept(
    root: URL, generous: None, phone: Phone, impatient: None
) -> None:
    page = await phone.look()
    icon = next(one["href"] for one in page.all("link") if one.get("rel") == "apple-touch-icon")
    assert icon is not None
    size = len(await (await phone.get(icon)).read())
    count = 20_000_000 // size
    request = f"GET {BASE}{icon} HTTP/1.1\r\nHost: x\r\n\r\n"
    sleeper = deaf(root, request)
    with suppress(BlockingIOError):
        for _ in range(count):
            sleeper.send(request.encode())
    await asyncio.sleep(2.0)

    assert len(await read_all(sleeper)) < count * size / 2


async def test_forms_that_never_end_are_ended(
    root: URL, phone: Phone, generous: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "BODY_S", 0.3)
    request = (
        f"POST {BASE}act HTTP/1.1\r\nHost: lot\r\nContent-Length: 900\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\ndo=gui"
    )
    async with connections(root, 200, request) as readers:
        assert (await phone.tap("guide")).status == "held"
        lines = await asyncio.gather(*(reader.readline() for reader in readers))

    assert {line.split()[1] for line in lines} == {b"408"}


async def test_forms_that_never_end_are_not_taken_for_what_they_might_say(
    root: URL, phones: Phones
) -> None:
    phone = phones()
    await phone.look()
    request = (
        f"POST {BASE}act HTTP/1.1\r\nHost: lot\r\nContent-Length: 900\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\ndo=gui"
    )
    async with connections(root, 200, request):
        assert (await phone.tap("guide")).status == "held"


async def test_whatever_forms_say_is_counted(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await set_options(hass, entry, visitors_requests=60)
    await phone.look()
    statuses_ = [(await phone.post("guide")).status for _ in range(15)]

    # Of the page, 56 are left, and a form takes 5.2.
    assert statuses_ == [303] * 10 + [429] * 5


async def test_requests_that_never_begin_keep_nobody_waiting(
    hass: HomeAssistant, root: URL, phone: Phone, hand: Hand
) -> None:
    async with connections(root, 300, f"GET {BASE} HTTP/1.1\r\nHost: l"):
        hand.settle("North", A01=CAR_M)

        assert (await phone.look()).text("bay") == "A02"


async def test_in_a_flood_bays_are_measured_and_home_assistant_answers(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phones: Phones,
    hand: Hand,
) -> None:
    """The clock stands still: buckets do not fill again."""
    flooder, honest = phones("127.0.0.2"), phones("127.0.0.3")
    seen: list[int] = []

    async def flood() -> None:
        for _ in range(100):
            response = await flooder.get()
            seen.append(response.status)
            response.release()

    floods = [asyncio.create_task(flood()) for _ in range(10)]
    for far in (CAR_M, EMPTY_M) * 3:
        hand.settle("North", A01=far)
        assert said(hass, "a01", "occupancy") == ("on" if far == CAR_M else "off")
        page = await honest.look()
        assert page.text("bay") == ("A02" if far == CAR_M else "A01")
    assert (await honest.session.get("/park/nothing")).status == 404
    await asyncio.gather(*floods)

    # 30 pages are what a phone may ask for in a minute.
    assert seen.count(200) == 30
    assert seen.count(429) == 970


async def test_cookies_by_the_thousand_cost_nothing(
    hass: HomeAssistant, root: URL, entry: SmartParkingConfigEntry, generous: None, phones: Phones
) -> None:
    """Clients that only load the page are not stored, however many they claim to be."""
    for _ in range(100):
        await phones().get("plan.svg")

    assert len(data_of(hass).visitor.sessions) == 0


async def test_wishes_about_nothing_are_not_remembered(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    for do in ("extend", "another", "yes", "no", "release", "found"):
        assert (await phone.post(do)).status == 303

    assert len(data_of(hass).visitor.sessions) == 0


async def test_an_owner_sees_no_more_devices_for_visitors(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    registry: Any = dr.async_get(hass)
    before = len(registry.devices)
    await phone.tap("guide")

    assert len(registry.devices) == before
    assert SECRET not in str(hass.states.async_all())
