"""Streams of open pages."""

import asyncio
import socket

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from yarl import URL

from custom_components.smart_parking.coordinator import LotCoordinator
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.live import broadcaster
from custom_components.smart_parking.visitor import send_timeout, stream
from tests.integration.clock import pass_time, until
from tests.integration.lots import CAR_M, EMPTY_M, add, bay, change, data_of, entry_of, node, remove
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, TIMEOUT_S, Phone, set_options


async def test_first_comes_the_whole_picture(phone: Phone) -> None:
    async with phone.listen() as ears:
        assert await ears.raw() == "retry: 3000\n\n"
        name, picture = await ears.hear()
        assert name == "picture"
        assert picture["states"] == "vvvv"
        (to_a01, to_a04), (_, from_back) = picture["nearest"]
        assert (to_a01[0], to_a04[0], from_back[0]) == (0, 3, 3)
        assert (to_a01[1:4], to_a04[1:4]) == ([25, "l", None], [35, "l", None])
        lot = picture["lot"]
        assert (lot["name"], lot["kinds"]) == ("Garage", ["standard", "ev"])
        assert [one["label"] for one in lot["bays"]] == ["A01", "A02", "A03", "A04"]
        assert [one["name"] for one in lot["gates"]] == ["Main", "Back"]
        assert (await ears.hear())[0] == "mine"


async def test_it_tells_nothing_of_the_house(entry: SmartParkingConfigEntry, phone: Phone) -> None:
    async with phone.listen() as ears:
        picture = await ears.hear_of("picture")

    assert picture.keys() == {"lot", "states", "nearest", "seq", "now"}
    lot = picture["lot"]
    assert lot.keys() == {"name", "plan", "bays", "gates", "kinds"}
    assert {key for one in lot["bays"] for key in one} == {"label", "kind", "level", "row"}
    assert {key for one in lot["gates"] for key in one} == {"id", "name", "level", "seen"}


async def test_then_what_changes(phone: Phone, hand: Hand) -> None:
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        hand.settle("North", A01=CAR_M)
        delta = await ears.hear_of("delta")

    assert delta["b"] == [[0, "o"]]
    assert [change[:3] for change in delta["n"]] == [[0, 0, 1]]


async def test_only_what_differs_is_told(hass: HomeAssistant, phone: Phone, hand: Hand) -> None:
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        # A little more dust on the floor changes nothing,
        hand.settle("North", A01=EMPTY_M - 0.2)
        await hass.async_block_till_done()
        # and a bay that no driver would be sent to changes no route.
        hand.settle("North", A02=CAR_M)
        name, delta = await ears.hear()

    assert (name, delta["b"]) == ("delta", [[1, "o"]])
    assert "n" not in delta


async def test_nearest_bays_are_told_for_every_gate_and_kind(phone: Phone, hand: Hand) -> None:
    hand.settle("North", A01=CAR_M, A02=CAR_M)
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        hand.settle("North", A04=CAR_M)
        first = await ears.hear_of("delta")
        hand.settle("North", A03=CAR_M)
        last = await ears.hear_of("delta")

    # A driver who needs to charge is sent to a standard bay while there is one.
    assert {(gate, kind): bay for gate, kind, bay, *_ in first["n"]} == {(0, 1): 2, (1, 1): 2}
    assert sorted(last["n"]) == [[0, 0], [0, 1], [1, 0], [1, 1]]


async def test_whoever_is_as_far_is_sent_the_same(phones: Phones, hand: Hand) -> None:
    async with phones().listen() as one, phones().listen() as other:
        await one.hear_of("mine")
        await other.hear_of("mine")
        hand.settle("North", A01=CAR_M)

        assert await one.raw() == await other.raw()


async def test_after_a_sleep_it_begins_with_the_newest_state(phone: Phone, hand: Hand) -> None:
    async with phone.listen() as ears:
        await ears.hear_of("mine")
    hand.settle("North", A01=CAR_M)

    async with phone.listen() as ears:
        picture = await ears.hear_of("picture")

    assert picture["states"] == "ovvv"


async def test_it_tells_what_becomes_of_ones_own_bay(phone: Phone, hand: Hand) -> None:
    await phone.look()
    async with phone.listen() as ears:
        assert (await ears.hear_of("mine"))["status"] == "none"
        _, answer = await phone.ask("guide")
        assert answer["mine"]["label"] == "A01"
        state = await ears.hear_of("mine")
        assert (state["status"], state["bay"], state["gate"], state["text"]) == ("held", 0, 0, None)
        hand.settle("North", A01=CAR_M)
        state = await ears.hear_of("mine")

    assert (state["label"], state["text"]) == ("A02", "A01 was taken. Please go to A02.")


async def test_it_speaks_the_language_of_the_page(phone: Phone, hand: Hand) -> None:
    await phone.look("?lang=de")
    await phone.ask("guide")
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        hand.settle("North", A01=CAR_M)

        assert (await ears.hear_of("mine"))["text"] == (
            "A01 ist inzwischen belegt. Bitte fahren Sie zu A02."
        )


async def test_what_is_told_on_one_page_is_not_told_again_on_another(
    phone: Phone, hand: Hand
) -> None:
    await phone.tap("guide")
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        hand.settle("North", A01=CAR_M)
        assert (await ears.hear_of("mine"))["text"]

    assert (await phone.look()).text("notice") == ""


async def test_who_waits_sees_the_queue_move(phones: Phones, hand: Hand) -> None:
    hand.settle("North", A01=CAR_M, A02=CAR_M, A03=CAR_M)
    first, second, third = (phones(f"127.0.0.{one}") for one in (2, 3, 4))
    for phone in (first, second, third):
        await phone.tap("guide")
    async with second.listen() as ears:
        assert (await ears.hear_of("mine"))["position"] == 2
        # What happens behind one's back moves nothing.
        await third.post("release")
        await first.post("release")

        assert (await ears.hear())[1]["position"] == 1


async def test_what_others_do_is_not_told(phones: Phones, hand: Hand) -> None:
    first, second = phones("127.0.0.2"), phones("127.0.0.3")
    async with second.listen() as ears:
        await ears.hear_of("mine")
        await first.tap("guide")
        assert (await ears.hear_of("delta"))["b"] == [[0, "h"]]
        hand.settle("North", A03=CAR_M)

        assert (await ears.hear())[0] == "delta"


async def test_a_changed_layout_is_a_new_picture(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.look()
    await phone.ask("guide")
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        await change(hass, entry, "north", bays=[bay("Z01", 0.0), bay("A01", 20.0)])
        picture = await ears.hear_of("picture")
        state = await ears.hear_of("mine")

    assert [one["label"] for one in picture["lot"]["bays"]] == ["Z01", "A01"]
    assert (state["label"], state["bay"]) == ("A01", 1)


async def test_what_happens_while_the_lot_is_rebuilt_is_in_the_new_picture(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hand: Hand,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A lot of thousands of bays takes its time to find the ways."""

    async def slowly(_coordinator: LotCoordinator) -> None:
        hand.settle("North", A02=CAR_M)
        await asyncio.sleep(0.3)

    await add(hass, entry, node("South", [bay("B01", 50.0)]))
    hand.settle("South", B01=EMPTY_M)
    monkeypatch.setattr(LotCoordinator, "_async_compute_routes", slowly)
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        hand.settle("South", B01=CAR_M)
        await remove(hass, entry, "south")
        picture = await ears.hear_of("picture")
        hand.settle("North", A03=CAR_M)

        assert (picture["states"], (await ears.hear_of("delta"))["b"]) == ("vovv", [[2, "o"]])


async def test_renamed_entities_are_nobodys_business(
    hass: HomeAssistant, phone: Phone, hand: Hand
) -> None:
    entity = entry_of(hass, "a01", "occupancy")
    assert entity is not None
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        er.async_get(hass).async_update_entity(entity.entity_id, new_entity_id="binary_sensor.x")
        hand.settle("North", A01=CAR_M)

        assert (await ears.hear())[0] == "delta"


async def test_a_quiet_line_is_kept_alive(
    phone: Phone, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.05)
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        assert await ears.raw() == "event: beat\ndata:\n\n"
        assert await ears.raw() == "event: beat\ndata:\n\n"


@pytest.mark.parametrize("options", [{"visitors": False}, {"visitors_secret": "another" * 4}])
async def test_when_the_address_is_gone_pages_are_told_and_closed(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    options: dict[str, object],
) -> None:
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        await set_options(hass, entry, **options)

        assert (await ears.hear())[0] == "gone"
        assert await ears.has_ended()


async def test_when_the_lot_rests_pages_are_closed_and_may_try_again(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        await hass.config_entries.async_reload(entry.entry_id)
        assert await ears.has_ended()

    async with phone.listen() as ears:
        await ears.hear_of("picture")


async def test_home_assistant_does_not_wait_for_pages_when_it_stops(
    hass: HomeAssistant, phone: Phone
) -> None:
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)

        assert await ears.has_ended()


async def test_nothing_is_done_when_nobody_looks(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    streams = data_of(hass).visitor.streams
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        assert streams.picture is not None
        assert len(streams.places) == 1

    await until(hass, lambda: streams.picture is None)
    assert len(streams.places) == 0


async def test_pages_of_a_phone_and_of_all_are_limited(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phones: Phones
) -> None:
    await set_options(hass, entry, visitors_streams=2, visitors_streams_total=3)
    one, other = phones("127.0.0.2"), phones("127.0.0.3")
    async with one.listen() as ears, one.listen():
        refused = await one.get("stream")
        assert (refused.status, refused.headers["Retry-After"]) == (429, "30")
        async with other.listen():
            assert (await other.get("stream")).status == 429
        await ears.hear_of("mine")
    # The page itself can be had all the same, and a place that was left is free again.
    await one.look()
    streams = data_of(hass).visitor.streams
    await until(hass, lambda: len(streams.places) == 0)
    async with one.listen() as ears:
        await ears.hear_of("mine")


def connect_sleeper(root: URL) -> socket.socket:
    """Return a connection for which the kernel takes as little as it can."""
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    sleeper.connect((root.host, root.port))
    return sleeper


async def test_a_page_that_takes_nothing_is_dropped_and_keeps_nobody_waiting(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    root: URL,
    phone: Phone,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The kernel takes some kilobytes for who does not read; then the page has had its chance."""
    monkeypatch.setattr(broadcaster, "GAP_S", 0.0)
    monkeypatch.setattr(stream, "BUFFER_MAX", 0)
    monkeypatch.setattr(send_timeout, "SLOW_S", 0.2)
    monkeypatch.setattr(stream, "SLOW_CHECK_S", 0.05)
    await change(hass, entry, "north", bays=[bay(f"B{one:03}", 2.5 * one) for one in range(200)])
    streams = data_of(hass).visitor.streams
    sleeper = connect_sleeper(root)
    sleeper.sendall(f"GET {BASE}stream HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    try:
        async with phone.listen() as ears:
            await ears.hear_of("mine")
            minutes = 5
            while not streams.dropped:
                # Every change by the owner is a new snapshot, here of 30 kB.
                minutes = 11 - minutes
                await set_options(hass, entry, hold_minutes=minutes)
                await ears.hear_of("picture")
            hand.settle("North", B000=EMPTY_M)
            assert (await ears.hear_of("delta"))["b"] == [[0, "v"]]
        await until(hass, lambda: len(streams.places) == 0)
    finally:
        sleeper.close()


async def test_a_page_that_was_slow_is_sent_how_things_are_then(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    root: URL,
    phone: Phone,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It misses some pictures, and no change."""
    monkeypatch.setattr(broadcaster, "GAP_S", 0.0)
    monkeypatch.setattr(stream, "BUFFER_MAX", 0)
    monkeypatch.setattr(stream, "SLOW_CHECK_S", 0.05)
    await change(hass, entry, "north", bays=[bay(f"B{one:03}", 2.5 * one) for one in range(200)])
    streams = data_of(hass).visitor.streams
    sleeper = connect_sleeper(root)
    reader, writer = await asyncio.open_connection(sock=sleeper, limit=2_048)
    writer.write(f"GET {BASE}stream HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    pictures, minutes = 1, 5
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        while not streams._slow:  # noqa: SLF001  (nobody else is told who is slow)
            minutes = 11 - minutes
            pictures += 1
            await set_options(hass, entry, hold_minutes=minutes)
            await ears.hear_of("picture")
        for kept in (7, 8):
            pictures += 1
            await set_options(hass, entry, hold_minutes=kept)
            await ears.hear_of("picture")
        hand.settle("North", B000=EMPTY_M)
        hand.settle("North", B001=CAR_M)
        heard = b""
        async with asyncio.timeout(TIMEOUT_S):
            while b'"vo' not in heard:
                heard += await reader.read(65_536)
        hand.settle("North", B002=CAR_M)
        async with asyncio.timeout(TIMEOUT_S):
            while b'[2,"o"]' not in heard:
                heard += await reader.read(65_536)
        writer.close()
    assert heard.count(b"event: picture") < pictures
    assert streams.dropped == 0


async def test_a_proxy_of_the_old_school_is_sent_the_bare_events(root: URL, hand: Hand) -> None:
    """Nginx asks by HTTP 1.0, which knows no chunks, unless it is told otherwise."""
    reader, writer = await asyncio.open_connection(root.host, root.port)
    writer.write(f"GET {BASE}stream HTTP/1.0\r\nHost: x\r\n\r\n".encode())
    async with asyncio.timeout(TIMEOUT_S):
        head = await reader.readuntil(b"\r\n\r\n")
        blocks = [await reader.readuntil(b"\n\n") for _ in range(3)]
        hand.settle("North", A01=CAR_M)
        delta = await reader.readuntil(b"\n\n")
    writer.close()
    assert b"chunked" not in head
    assert [block.partition(b":")[0] for block in blocks] == [b"retry", b"event", b"event"]
    assert delta.startswith(b'data: {"s":')


async def test_an_open_page_is_a_visit(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    phone: Phone,
) -> None:
    """A visitor with an open page is never removed."""
    visitors = data_of(hass).visitor
    await set_options(hass, entry, visitors_hours=1)
    await phone.tap("parked", bay="A02")
    async with phone.listen() as ears:
        await ears.hear_of("mine")
        for _ in range(3):
            await pass_time(hass, freezer, 50 * 60.0)

        assert len(visitors.sessions) == 1
    while visitors.streams.picture is not None:
        await hass.async_block_till_done()
    await pass_time(hass, freezer, 70 * 60.0)
    assert len(visitors.sessions) == 0


async def test_thousands_of_pages_are_told_some_at_a_time(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between two batches the event loop sees to everything else."""
    monkeypatch.setattr(stream, "BATCH", 2)
    turns: list[int] = []
    wake = stream.Streams._async_wake_some  # noqa: SLF001  (where a batch is told)

    def wake_and_note(self: stream.Streams) -> None:
        turns.append(len(turns))
        wake(self)

    monkeypatch.setattr(stream.Streams, "_async_wake_some", wake_and_note)
    await set_options(hass, entry, visitors_streams=5)
    phone = phones()
    await phone.look()
    async with phone.listen() as a, phone.listen() as b, phone.listen() as c:
        for ears in (a, b, c):
            await ears.hear_of("mine")
        turns.clear()
        hand.settle("North", A01=CAR_M)
        for ears in (a, b, c):
            assert (await ears.hear_of("delta"))["b"] == [[0, "o"]]
    assert len(turns) == 2
