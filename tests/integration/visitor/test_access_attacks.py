"""Attackers: they get nothing, break nothing, and delay no other client."""

import asyncio
from collections.abc import AsyncGenerator
import gzip
import logging
from urllib.parse import quote

from aiohttp.http_exceptions import HttpProcessingError
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.lots import CAR_M, EMPTY_M, add, bay, change
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, Page, Phone, set_options
from tests.integration.visitor.test_access import addresses

TIMEOUT_S = 20.0

attacks = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


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
        async with asyncio.timeout(TIMEOUT_S):
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
    """Also with a real page, and so a token and a form."""
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
    state, theirs = phones(), phones()
    await state.look()
    other = (await theirs.look()).hidden["form"]
    for text in (form, other):
        status, answer = await state.ask("guide", form=text)
        assert (status, answer) == (403, {"error": "session"})
    # Without a script, one is led to a page that is not too old.
    response = await state.post("guide", form=form)
    assert response.headers["Location"] == f"{BASE}?error=session"
    assert (await state.look("?error=session")).text("notice").startswith("This page was too old.")


async def test_nobody_takes_anothers_bay(phones: Phones) -> None:
    state, theirs = phones(), phones()
    await state.tap("guide")
    for do in ("release", "another", "forget", "found"):
        await theirs.post(do, bay="A01")

    page = await state.look()

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
    assert {tag for tag, _ in svg.tags} <= {"svg", "style", "defs", "use", "path", "text", "g"}
    assert all(str(one["href"]).startswith("#") for one in svg.all("use"))
    # What lies over the bays comes by the stream, and goes into the page as it is.
    async with phone.listen() as ears:
        picture, state = await ears.hear_of("picture"), await ears.hear_of("mine")
    seen = [state["seen"], *(gate["seen"] for gate in picture["lot"]["gates"])]
    seen += [offer[-1] for of_gate in picture["nearest"] for offer in of_gate if offer]
    for _window, _zoom, marks in filter(None, seen):
        assert {tag for tag, _ in Page(marks).tags} <= {"path", "text"}
        assert not [name for _, one in Page(marks).tags for name in one if name.startswith("on")]
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
