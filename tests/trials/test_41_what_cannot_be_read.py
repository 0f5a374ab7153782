"""What no parser can read is the mistake of who has sent or typed it, and nothing breaks."""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
import logging
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol
from yarl import URL

from custom_components.smart_parking.const import DOMAIN, SUBENTRY_PROMOTION
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.errors import InvalidInputError
from custom_components.smart_parking.promotions.config import check_link, promotion_of
from custom_components.smart_parking.promotions.picture import async_read_picture
from custom_components.smart_parking.visitor.push.subscription import (
    Subscription,
    SubscriptionError,
)
from tests.integration.logs import OURS
from tests.integration.lots import EMPTY_M, add, gate, lot, node, row, set_up
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.phones import BASE, ON, TIMEOUT_S, Phone, set_options
from tests.integration.visitor.push.browsers import Browser, say
from tests.integration.walk import Walk

PLENTY = {"visitors_requests": 10_000_000, "visitors_requests_total": 10_000_000}
ALWAYS: dict[str, Any] = {"times": {"when": "both"}, "share": {"weight": 1}}

HOSTS = (
    *("xn--", "xn--a", "xn--\x80", "[::1]@", "[::1", "[]", "[::1]:99999", "[v1.x]", "a..b", "."),
    *("lot:99999", "lot:-1", "lot:x", "@", "a@b", "\u2488", "1.2.3.4:0", "xn--zz--zz.xn--", "::1"),
)
hosts = st.sampled_from(HOSTS) | st.text(max_size=20)
MEDIA = (
    *("media-source://", "media-source:///", "media-source://media_source", "media-source://é/x"),
    *("media-source://media_source/", "media-source://media_source/local"),
    *("media-source://media_source/local/%2e%2e/x", "media-source://media_source/local/../x"),
    *("media-source://media_source/local//etc/passwd", "media-source://media_source/local/a\x00b"),
    *("media-source://media_source/nowhere/x", "media-source://tts/x", "media-source://image/x"),
    *("/local/", "/local/[", "/local//[::1]@/x", "/local/%zz", "/local/\x00", "/local/a/" * 999),
)
fuzzing = settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Set up a lot with a page for visitors who may be told, and with media.

    Its sensors report only what changes, so that time may pass in silence.
    """
    monkeypatch.setattr(DrivenSource, "period_s", None)
    hass.config.media_dirs = {"local": str(folder / "media")}
    for part in ("http", "media_source"):
        assert await async_setup_component(hass, part, {})
    entry = lot(node("North", row("A", 2)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON, push=True, **PLENTY)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)
    return entry


@pytest_asyncio.fixture(name="root")
async def root_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> URL:
    """Serve, and give the address."""
    return (await hass_client_no_auth()).make_url("/")


@pytest_asyncio.fixture(name="phone")
async def phone_fixture(root: URL) -> AsyncGenerator[Phone]:
    """Give the phone of a visitor."""
    async with Phone(root) as phone:
        yield phone


async def captive(root: URL, host: bytes) -> int:
    """Ask whether one is captive, of a host that no browser would name, and return the status."""
    reader, writer = await asyncio.open_connection(root.host, root.port)
    lines = (b"GET %bcaptive HTTP/1.1" % BASE.encode(), b"Host: %b" % host, b"Connection: close")
    writer.write(b"\r\n".join((*lines, b"", b"")))
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return int((await reader.readline()).split()[1])
    finally:
        writer.close()


def troubles(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return all errors in the log, and what we ourselves have to say; not that all is slow."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.ERROR
        or (record.levelno >= logging.WARNING and record.name.startswith(OURS))
    ]


# What strangers send.


@pytest.mark.parametrize("host", HOSTS)
async def test_41_a_push_endpoint(
    phone: Phone, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    await phone.tap("guide")
    for endpoint in (f"https://{host}/fcm/send/a", f"https://{host}"):
        status, _ = await say(phone, **{**Browser().form, "endpoint": endpoint})
        assert status in (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT)
    assert troubles(caplog) == []


@fuzzing
@given(host=hosts, path=st.text(max_size=10))
def test_41_any_push_endpoint(host: str, path: str) -> None:
    for endpoint in (f"https://{host}", f"https://{host}/{path}", f"{host}{path}"):
        with pytest.raises(SubscriptionError):
            Subscription.read({**Browser().form, "endpoint": endpoint}, "en")


@pytest.mark.parametrize("host", ["xn--", "xn--a", "[::1]@", "[::1", "lot:99999", "lot:x", "é"])
async def test_41_the_host_of_who_asks_whether_they_are_captive(
    root: URL, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    assert await captive(root, host.encode()) == HTTPStatus.BAD_REQUEST
    assert troubles(caplog) == []


@fuzzing
@given(host=hosts)
async def test_41_any_host(root: URL, caplog: pytest.LogCaptureFixture, host: str) -> None:
    sent = "".join(one for one in host if one.isprintable()).encode(errors="ignore")
    status = await captive(root, sent)
    assert status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)
    assert troubles(caplog) == []


# What an owner types.


@pytest.mark.parametrize("host", [one for one in HOSTS if one not in ("a..b", ".", "1.2.3.4:0")])
async def test_41_a_link(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    walk = await Walk.to_a_part(hass, entry, SUBENTRY_PROMOTION)
    await walk.fill(title="Cinema", link=f"https://{host}/", **ALWAYS)
    if walk.step == "user":
        assert walk.errors.keys() == {"link"}
    assert troubles(caplog) == []


@fuzzing
@given(
    link=st.builds("{}{}/{}".format, st.sampled_from(["https://", "http:", ""]), hosts, st.text())
)
def test_41_any_link_is_taken_or_refused_and_what_is_taken_can_be_followed(link: str) -> None:
    try:
        check_link(link)
    except InvalidInputError:
        promotion_of("a", "A", {"link": link})
        return
    assert promotion_of("a", "A", {"link": link}).link == link
    assert str(URL(link)).isascii()


async def test_41_a_link_from_before_it_was_checked_leads_nowhere(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add(hass, entry, promotion("Bakery", link="https://xn--/"))
    assert not [one for one in (await phone.look()).all("a") if "p/bakery" in str(one.get("href"))]
    assert (await phone.get("p/bakery", allow_redirects=False)).status == HTTPStatus.NOT_FOUND
    assert troubles(caplog) == []


@pytest.mark.parametrize("where", MEDIA)
async def test_41_a_picture(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
    where: str,
) -> None:
    walk = await Walk.to_a_part(hass, entry, SUBENTRY_PROMOTION)
    if where.startswith("media-source:"):
        chosen = {"media_content_id": where, "media_content_type": "image/png"}
        await walk.fill(title="Cinema", picture=chosen, **ALWAYS)
        assert walk.errors.keys() == {"picture"}
    else:
        await walk.fill(title="Cinema", picture_path=where, **ALWAYS)
        assert walk.errors.keys() == {"picture_path"}
    await add(hass, entry, promotion("Bakery", picture_path=where))
    assert (await phone.get("p/bakery/picture")).status == HTTPStatus.NOT_FOUND
    assert troubles(caplog) == []


@fuzzing
@given(
    where=st.builds(
        "{}{}".format,
        st.sampled_from(["media-source://", "media-source://media_source/local/", "/local/"]),
        st.text(max_size=20),
    )
)
async def test_41_any_picture(hass: HomeAssistant, where: str) -> None:
    with pytest.raises(InvalidInputError):
        await async_read_picture(hass, where)


DAYS = st.from_regex(r"\A\d{1,5}[-/.]?\d{1,2}[-/.]?\d{0,2}\Z") | st.text(max_size=12)
CLOCKS = st.from_regex(r"\A\d{1,2}:\d{1,2}(:\d{1,2})?\Z") | st.text(max_size=12)


@fuzzing
@given(first=DAYS, last=DAYS, opens=CLOCKS, closes=CLOCKS)
async def test_41_days_and_times_are_taken_only_if_they_can_be_read_again(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    first: str,
    last: str,
    opens: str,
    closes: str,
) -> None:
    times = {"first_day": first, "last_day": last, "opens": opens, "closes": closes}
    for part in ({"first_day"}, {"opens"}, {"first_day", "last_day"}, {"opens", "closes"}):
        typed = {"when": "both", **{key: times[key] for key in part}}
        walk = await Walk.to_a_part(hass, entry, SUBENTRY_PROMOTION)
        try:
            await walk.fill(title="Cinema", times=typed, share={"weight": 1})
        except vol.Invalid:
            continue
        if walk.step != "create_entry":
            assert walk.errors
            continue
        (made,) = entry.get_subentries_of_type(SUBENTRY_PROMOTION)
        shown = entry.runtime_data.promotions.get(made.subentry_id)
        assert shown is not None
        for key in part - {"when"}:
            assert getattr(shown, key) is not None
        hass.config_entries.async_remove_subentry(entry, made.subentry_id)
        await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (None, "9999-12-31 23:59:59"),
        (None, "0001-01-01 00:00:00"),
        ("0001-01-01 00:00:00", "2100-01-01 00:00:00"),
        ("9999-12-31 23:59:59", "9999-12-31 23:59:59"),
        ("1969-12-31 23:59:59+14:00", "2026-01-01 00:00:00"),
    ],
)
async def test_41_a_reservation_of_another_age(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, begins: str | None, ends: str
) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
        await hass.config.async_set_time_zone(zone)
        data = {"until": ends} | ({"from": begins} if begins else {})
        with pytest.raises(ServiceValidationError) as refused:
            await hass.services.async_call(DOMAIN, "reserve", data, blocking=True)
        assert str(refused.value.translation_key).startswith("reservation_too_")
