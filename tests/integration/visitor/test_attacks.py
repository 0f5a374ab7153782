"""Those who mean harm: they get nothing, break nothing, and keep nobody waiting."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
import gzip
import logging
import resource
import socket
from typing import Any
from urllib.parse import quote

from aiohttp.http_exceptions import HttpProcessingError
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from yarl import URL

from custom_components.smart_parking import live
from custom_components.smart_parking.coordinator import SmartParkingConfigEntry
from custom_components.smart_parking.visitor import forms, patience
from custom_components.smart_parking.visitor.reception import RECEPTIONS
from tests.integration.clock import until
from tests.integration.driven import Hand
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, add, bay, change, said
from tests.integration.promotions.shops import promotion
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, SECRET, Page, Phone, set_options
from tests.integration.visitor.test_door import addresses

PLENTY = {
    "visitors_requests": 10_000_000,
    "visitors_requests_total": 10_000_000,
    "visitors_streams": 10_000,
    "visitors_streams_total": 10_000,
}
PATIENCE_S = 20.0

attacks = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest.fixture(name="generous")
async def generous_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Let limits not hide what is behind them."""
    await set_options(hass, entry, **PLENTY)


# What is sent in the place of what was meant.

names = st.sampled_from(["form", "do", "bay", "kind", "gate", "lang", "error", "v", "x"])
values = st.sampled_from(["guide", "parked", "A01", "ev", "main", "", "\x00", "%", "<"]) | st.text(
    max_size=60
)
fields = st.lists(st.tuples(names, values), max_size=8)
tokens = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00;"), max_size=60)
headers = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.sampled_from(["application/json", "text/html", "*/*", ""]),
        "Accept-Language": tokens,
        "Accept-Encoding": st.sampled_from(["gzip", "br", "identity", "*"]),
        "Content-Type": st.sampled_from(
            ["application/x-www-form-urlencoded", "application/json", "multipart/form-data", "x"]
        ),
        "Cookie": st.builds("smart_parking={}; smart_parking_choice={}".format, tokens, tokens),
        "If-None-Match": tokens,
        "Origin": tokens,
        "Sec-Fetch-Site": st.sampled_from(["same-origin", "cross-site", "none", ""]),
    },
)


async def statuses(root: URL, request: bytes) -> int:
    """Send bytes as they are, and return the status of the answer; 0 when there is none."""
    reader, writer = await asyncio.open_connection(root.host, root.port)
    try:
        async with asyncio.timeout(PATIENCE_S):
            writer.write(request)
            await writer.drain()
            line = await reader.readline()
    finally:
        writer.close()
    return int(line.split()[1]) if line.startswith(b"HTTP/1") else 0


def assert_nothing_broke(caplog: pytest.LogCaptureFixture) -> None:
    """Fail when anything was logged as an error, but that a request was none."""
    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    causes = [one.exc_info[0] for one in errors if one.exc_info]
    assert len(causes) == len(errors)
    assert all(cause and issubclass(cause, HttpProcessingError) for cause in causes)


@attacks
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "XYZ"]),
    host=st.sampled_from(["lot", "lot:99999", "lot:x", "[::1", "évil", "<x>"]),
    path=st.sampled_from(addresses()) | st.text(max_size=20).map(lambda one: BASE + quote(one)),
    query=fields,
    head=headers,
    body=st.binary(max_size=80),
)
async def test_whatever_is_asked_is_answered(
    root: URL,
    generous: None,
    caplog: pytest.LogCaptureFixture,
    method: str,
    host: str,
    path: str,
    query: list[tuple[str, str]],
    head: dict[str, str],
    body: bytes,
) -> None:
    query_string = "&".join(f"{name}={quote(value)}" for name, value in query)
    lines = [
        f"{method} {path}?{query_string} HTTP/1.1",
        f"Host: {host}",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in head.items()]
    request = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body

    assert 200 <= await statuses(root, request) < 500
    assert_nothing_broke(caplog)


@attacks
@given(rest=st.binary(max_size=60), tail=st.binary(max_size=60))
async def test_bytes_that_are_no_request_break_nothing(
    root: URL, generous: None, phone: Phone, rest: bytes, tail: bytes
) -> None:
    request = f"GET {BASE}".encode() + rest + b" HTTP/1.1\r\nHost: lot\r\n" + tail + b"\r\n\r\n"

    assert await statuses(root, request) < 500
    await phone.look()


@attacks
@given(sent=fields)
async def test_any_form_of_a_visitor_is_answered(
    entry: SmartParkingConfigEntry,
    phone: Phone,
    generous: None,
    caplog: pytest.LogCaptureFixture,
    sent: list[tuple[str, str]],
) -> None:
    """Also from somebody who has a page, and so a token and a form."""
    page = await phone.look()
    response = await phone.session.post(
        f"{BASE}act", data=[*sent, *page.hidden.items()], allow_redirects=False
    )

    assert response.status in (303, 400, 413)
    assert len(list(entry.runtime_data.guidance.all())) <= 1
    assert_nothing_broke(caplog)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("do=guide&form=" + "a" * 4000, 413),
        ("&".join(f"a{one}=1" for one in range(20)), 400),
        ("do=guide&form=%FF", 403),
        (b"\xff\xfe", 400),
        ("", 403),
    ],
)
async def test_forms_are_small(phone: Phone, body: str | bytes, status: int) -> None:
    await phone.look()
    head = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    response = await phone.session.post(f"{BASE}act", data=body, headers=head)

    assert response.status == status


async def test_a_form_that_does_not_say_how_long_it_is_is_small_too(phone: Phone) -> None:
    await phone.look()

    async def without_end() -> AsyncGenerator[bytes]:
        while True:
            yield b"a" * 1000

    head = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await phone.session.post(f"{BASE}act", data=without_end(), headers=head)

    assert response.status == 413


async def test_a_form_that_only_seems_compressed_is_none(phone: Phone) -> None:
    head = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    response = await phone.session.post(f"{BASE}act", data=b"do=guide", headers=head)

    assert response.status == 400


async def test_a_form_that_unfolds_into_much_is_too_big(phone: Phone) -> None:
    head = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    bomb = gzip.compress(b"a" * 10_000_000)
    response = await phone.session.post(f"{BASE}act", data=bomb[:2000], headers=head)

    assert response.status == 413


async def test_a_form_that_arrives_after_the_address_is_gone_does_nothing(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = await phone.look()
    form = f"do=guide&form={page.hidden['form']}"
    async with phone.sending(monkeypatch, "act", form) as post:
        await set_options(hass, entry, visitors=False)

    assert (await post).status == 404
    assert not list(entry.runtime_data.guidance.all())


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
async def test_only_forms_are_forms(phone: Phone, kind: str) -> None:
    response = await phone.session.post(
        f"{BASE}act", data=b"do=guide", headers={"Content-Type": kind}
    )

    assert response.status == 415


@pytest.mark.parametrize(
    ("headers_", "status"),
    [
        ({}, 200),
        ({"Origin": "null"}, 200),
        ({"Origin": "{host}"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://[evil"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "{host}"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
async def test_other_sites_cannot_act_for_a_visitor(
    root: URL, phone: Phone, headers_: dict[str, str], status: int
) -> None:
    page = await phone.look()
    host = f"http://{root.host}:{root.port}"
    response = await phone.session.post(
        f"{BASE}act",
        data={**page.hidden, "do": "guide"},
        headers={"Accept": "application/json"}
        | {name: value.replace("{host}", host) for name, value in headers_.items()},
    )

    assert response.status == status


@pytest.mark.parametrize("form", ["", "0" * 30, "no", "é"])
async def test_a_form_must_be_the_visitors_own(phones: Phones, form: str) -> None:
    mine, theirs = phones(), phones()
    await mine.look()
    other = (await theirs.look()).hidden["form"]
    for text in (form, other):
        status, answer = await mine.ask("guide", form=text)
        assert (status, answer) == (403, {"error": "session"})
    # Without a script, one is led to a page that is not too old.
    response = await mine.post("guide", form=form)
    assert response.headers["Location"] == f"{BASE}?error=session"
    assert (await mine.look("?error=session")).text("notice").startswith("This page was too old.")


async def test_nobody_takes_anothers_bay(phones: Phones) -> None:
    mine, theirs = phones(), phones()
    await mine.tap("guide")
    for do in ("release", "another", "forget", "found"):
        await theirs.post(do, bay="A01")

    page = await mine.look()

    assert (page.status, page.text("bay")) == ("held", "A01")


async def test_who_has_no_cookie_can_do_nothing(root: URL, phones: Phones) -> None:
    page = await phones().look()
    response = await phones().session.post(f"{BASE}act", data={**page.hidden, "do": "guide"})

    assert response.url.query == {"error": "session"}


async def test_an_action_that_there_is_not_is_refused(phone: Phone) -> None:
    for do in ("", "reserve", "guide:ev", "__class__"):
        assert (await phone.post(do)).status == 400


EVIL = (
    "<script>alert(1)</script>",
    '"><x-evil onload=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</style></svg><x-evil>",
    "<!--<script>",
    "&lt;x-evil&gt;",
    "{bay} {previous} {0.__class__}",
    "\u2028\u2029]]>\\u003cx-evil",
)


@pytest.mark.parametrize("evil", EVIL)
async def test_what_an_owner_types_is_text(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phone: Phone, evil: str
) -> None:
    hass.config_entries.async_update_entry(entry, title=evil)
    await set_options(hass, entry, feeds=["schema_org"])
    rows = [bay(evil, 20.0, bay_id="a01", level=evil), bay("A02", 22.5, level="1")]
    await change(hass, entry, "north", bays=rows)
    await change(hass, entry, "main", title=evil)
    await add(hass, entry, promotion(evil, text=evil, link="https://bakery.example/?<x-evil>"))
    hand.settle("North", A01=EMPTY_M, A02=CAR_M)
    before = await phone.look()
    assert (before.text("name"), before.text("bay")) == (evil, evil)

    held = await phone.tap("guide")
    hand.settle("North", A01=CAR_M, A02=EMPTY_M)

    for page in (before, held, await phone.look()):
        assert_harmless(page, "application/ld+json")
        assert page.start["mine"]["status"] in ("none", "held")
    svg = Page(await (await phone.get("plan.svg")).text())
    assert {tag for tag, _ in svg.tags} <= {"svg", "style", "path", "text", "g"}
    manifest = await (await phone.get("manifest.webmanifest")).json(content_type=None)
    assert manifest["name"] == evil


def assert_harmless(page: Page, *data: str) -> None:
    """Fail when a page has become something else than it was written as."""
    tags = [tag for tag, _ in page.tags]
    assert not {"x-evil", "img", "iframe", "object", "base"} & set(tags)
    scripts = page.all("script")
    assert [one.get("type") for one in scripts] == [
        "module",
        "application/json",
        *data,
    ]
    assert len(page.all("svg")) <= 1
    assert not [name for _, one in page.tags for name in one if name.startswith("on")]


@pytest.mark.parametrize("evil", EVIL)
async def test_what_a_visitor_sends_never_comes_back(phone: Phone, evil: str) -> None:
    text = quote(evil)
    response = await phone.get(
        f"?error={text}&kind={text}&lang={text}&gate={text}", headers={"Accept-Language": "de"}
    )
    if response.status == 400:
        # Home Assistant itself does not let everything in.
        return
    assert response.status == 200
    assert_harmless(Page(await response.text()))
    assert "evil" not in await response.text()
    assert "alert" not in await response.text()


# Many at once.


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
    """Return the next change that is told."""
    async with asyncio.timeout(4.0 * PATIENCE_S):
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
    streams = hass.data[RECEPTIONS][LOT_ID].streams
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
    streams = hass.data[RECEPTIONS][LOT_ID].streams
    request = f"GET {BASE}stream HTTP/1.1\r\nHost: lot\r\n\r\n"
    async with connections(root, 200, request) as readers:
        lines = await asyncio.gather(*(reader.readline() for reader in readers))
        assert sum(b" 200 " in line for line in lines) == 50
        assert sum(b" 429 " in line for line in lines) == 150
        assert len(streams.places) == 50
        await phones().look()


@pytest.fixture(name="impatient")
def impatient_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have little patience with who takes nothing."""
    monkeypatch.setattr(patience, "SLOW_S", 0.5)
    monkeypatch.setattr(patience, "SLOWEST_BYTES_S", 1e9)


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
        async with asyncio.timeout(PATIENCE_S):
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
    monkeypatch.setattr(live, "GAP_S", 0.0)
    streams = hass.data[RECEPTIONS][LOT_ID].streams
    sleeper = deaf(root, f"GET {BASE}stream HTTP/1.1\r\nHost: x\r\n\r\n")
    await until(hass, lambda: len(streams.places) == 1)
    for minutes in range(1, 60):
        # Whatever an owner changes is a new picture, until the kernel takes no more.
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
    """Who only looks is not remembered, however many they say they are."""
    for _ in range(100):
        await phones().get("plan.svg")

    assert len(hass.data[RECEPTIONS][LOT_ID].sessions) == 0


async def test_wishes_about_nothing_are_not_remembered(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    for do in ("extend", "another", "yes", "no", "release", "found"):
        assert (await phone.post(do)).status == 303

    assert len(hass.data[RECEPTIONS][LOT_ID].sessions) == 0


async def test_an_owner_sees_no_more_devices_for_visitors(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    registry: Any = dr.async_get(hass)
    before = len(registry.devices)
    await phone.tap("guide")

    assert len(registry.devices) == before
    assert SECRET not in str(hass.states.async_all())
