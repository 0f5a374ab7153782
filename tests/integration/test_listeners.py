"""A car parks, and a listener that raises stops no other one: each kind of listener, at once."""

import asyncio
from collections.abc import Callable
from typing import override

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smart_parking.feature import Feature
from custom_components.smart_parking.live.broadcaster import WebSocketSubscriber
from custom_components.smart_parking.lot.lot import Changes
from custom_components.smart_parking.lot.model import BayState
from custom_components.smart_parking.sensor import NearestBay
from custom_components.smart_parking.visitor.stream import Stream
from tests.integration.clock import TIMEOUT_S
from tests.integration.lots import CAR_M, EMPTY_M, change, gate, lot, node, row, said, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.phones import ON, Phone, set_options
from tests.integration.watcher import Watcher


class OutOfOrderError(Exception):
    """What every broken one raises."""


class BrokenFeature(Feature):
    """A feature that fails at every stage of a step."""

    @override
    @callback
    def async_adjust(self, changes: Changes) -> None:
        raise OutOfOrderError

    @override
    @callback
    def async_follow(self, changes: Changes) -> None:
        raise OutOfOrderError

    @override
    @callback
    def async_report(self) -> None:
        raise OutOfOrderError


class StubbornFeature(Feature):
    """A feature that can neither follow another layout nor stop."""

    @override
    @callback
    def async_rebuild(self) -> None:
        raise OutOfOrderError

    @override
    async def async_stop(self) -> None:
        raise OutOfOrderError


def broken_follower(_changes: Changes) -> None:
    """Fail, as a follower may."""
    raise OutOfOrderError


def broken_entity(_entity: NearestBay) -> None:
    """Fail, as an entity may."""
    raise OutOfOrderError


def first_fails[ListenerT](method: Callable[[ListenerT], None], name: str) -> object:
    """Return a method that raises in the first listener, after it was called."""
    known: list[ListenerT] = []

    def broken(listener: ListenerT) -> None:
        if listener not in known:
            known.append(listener)
        elif listener is known[0]:
            raise OutOfOrderError
        method(listener)

    broken.__qualname__ = name
    return broken


NAMES = (
    "BrokenFeature.async_adjust",
    "BrokenFeature.async_follow",
    "BrokenFeature.async_report",
    "broken_follower",
    "broken_entity",
    "broken_client",
    "broken_stream",
)


async def test_each_kind_of_listener_may_raise(
    hass: HomeAssistant,
    hand: Hand,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(DrivenSource, "period_s", None)
    monkeypatch.setattr(NearestBay, "_async_handle_update", broken_entity)
    entry = lot(node("North", row("A", 3)), gate("Main"))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON)
    coordinator = entry.runtime_data.coordinator
    coordinator.async_attach(BrokenFeature())
    coordinator.async_follow(broken_follower)

    monkeypatch.setattr(
        WebSocketSubscriber,
        "async_update",
        first_fails(WebSocketSubscriber.async_update, "broken_client"),
    )
    monkeypatch.setattr(Stream, "async_wake", first_fails(Stream.async_wake, "broken_stream"))
    ill, well = [Watcher(hass, await hass_ws_client(hass)) for _ in range(2)]
    await ill.subscribe()
    await well.subscribe()
    root = (await hass_client_no_auth()).make_url("/")
    async with (
        Phone(root) as ill_phone,
        Phone(root, "127.0.0.2") as well_phone,
        ill_phone.listen() as ill_ears,
    ):
        await ill_ears.hear_of("picture")
        async with well_phone.listen() as ears:
            await ears.hear_of("picture")
            for label in ("A01", "A02"):
                hand.settle("North", **{label: EMPTY_M})
                await hass.async_block_till_done()
                hand.settle("North", **{label: CAR_M})
                # Notified, whichever listener fails beside them.
                assert said(hass, label.lower(), "occupancy") == STATE_ON
                async with asyncio.timeout(TIMEOUT_S):
                    while well.view.states[label.lower()] is not BayState.OCCUPIED:
                        await well.news()
                letters: dict[int, str] = {}
                index = int(label[-1]) - 1
                while letters.get(index) != "o":
                    letters.update(dict((await ears.hear_of("delta"))["b"]))

    failed = [one.getMessage() for one in caplog.records if "has failed" in one.getMessage()]
    for name in NAMES:
        of_name = [message for message in failed if message.split(" has failed")[0].endswith(name)]
        assert len(of_name) == 1, (name, failed)
    assert len(failed) == len(NAMES)


async def test_a_feature_that_cannot_stop_keeps_nothing_else_from_it(
    hass: HomeAssistant, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    entry = lot(node("North", row("A", 3)), gate("Main"))
    assert await set_up(hass, entry)
    data = entry.runtime_data
    data.coordinator.async_attach(StubbornFeature())
    await change(hass, entry, "main", x=5.0)
    assert data.lot.gates[0].x == 5.0

    hold = data.guidance.async_guide("main", driver="Ada")
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.runtime_data is not data
    assert entry.runtime_data.guidance.get(hold.hold_id) is not None
    for name in ("async_rebuild", "async_stop"):
        assert caplog.text.count(f"StubbornFeature.{name} has failed") == 1
