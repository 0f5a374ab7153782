"""The map on a card that does not keep up: it is sent a window, and then the newest at once."""

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings, strategies as st
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.live import broadcaster
from custom_components.smart_parking.lot.model import Fault
from tests.integration.live.moves import LABELS, set_held, turn
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, change
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Watcher, truth


async def test_who_lags_is_sent_no_more_than_a_window(
    watcher: Watcher, entry: SmartParkingConfigEntry, hand: Hand
) -> None:
    assert len(await turn(watcher, entry, 40)) == broadcaster.WINDOW
    hand.settle("North", A02=CAR_M, A03=Fault.STUCK_HIGH)
    assert await watcher.news() == []

    await watcher.acknowledge()
    (delta,) = await watcher.news()
    assert sorted(delta["b"]) == [[0, "v"], [1, "o"], [2, "u"]]
    assert watcher.view == truth(entry.runtime_data)
    assert len(await turn(watcher, entry, 3)) == 3


async def test_who_acknowledges_each_eighth_misses_nothing(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    for _ in range(5):
        assert len(await turn(watcher, entry, 8)) == 8
        await watcher.acknowledge()


async def test_an_acknowledgement_opens_the_window_by_as_much(
    watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    await turn(watcher, entry, 16)
    await watcher.acknowledge(5)
    assert len(await turn(watcher, entry, 10)) == 5
    await watcher.acknowledge(5)
    assert await turn(watcher, entry, 1) == []


async def test_who_lags_does_not_hold_up_others(
    hass: HomeAssistant,
    watcher: Watcher,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await turn(watcher, entry, 20)
    other = Watcher(hass, await hass_ws_client(hass))
    await other.subscribe()
    assert len(await turn(other, entry, 5)) == 5
    assert await watcher.news() == []


async def test_who_lags_while_the_layout_changes_is_sent_the_new_picture(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    await turn(watcher, entry, 20)
    await change(hass, entry, "main", title="West")
    assert await watcher.news() == []
    await watcher.acknowledge()
    (picture,) = await watcher.news()
    assert picture["lot"]["gates"][0]["name"] == "West"
    assert watcher.view == truth(entry.runtime_data)
    assert len(await turn(watcher, entry, 20)) == broadcaster.WINDOW


async def test_who_lags_while_the_integration_is_reloaded(
    hass: HomeAssistant, watcher: Watcher, entry: SmartParkingConfigEntry
) -> None:
    await turn(watcher, entry, 20)
    assert await hass.config_entries.async_reload(LOT_ID)
    assert await watcher.news() == []
    await watcher.acknowledge()
    (picture,) = await watcher.news()
    assert picture["lot"]["entry_id"] == LOT_ID
    assert watcher.view == truth(entry.runtime_data)


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(LABELS), st.sampled_from([CAR_M, EMPTY_M])),
        st.tuples(st.just("say"), st.sampled_from(LABELS), st.sampled_from(list(Fault)[1:4])),
        st.tuples(st.just("close"), st.sampled_from(LABELS), st.booleans()),
        st.tuples(st.just("hold"), st.sampled_from(LABELS), st.booleans()),
        st.tuples(st.just("look"), st.just(""), st.integers(0, 20)),
        st.tuples(st.just("acknowledge"), st.just(""), st.integers(0, 60)),
    ),
    max_size=60,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=MOVES)
async def test_whoever_replays_the_deltas_sees_the_lot_as_it_is(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    hass_ws_client: WebSocketGenerator,
    moves: list[tuple[str, str, float | bool | Fault]],
) -> None:
    coordinator = entry.runtime_data.coordinator
    watcher = Watcher(hass, await hass_ws_client(hass))
    await watcher.subscribe()
    begun = watcher.seq
    for move, label, what in moves:
        match move:
            case "say":
                hand.settle("North", **{label: what})
            case "close":
                coordinator.async_set_out_of_service(label.lower(), out=bool(what))
            case "hold":
                set_held(coordinator, label.lower(), held=bool(what))
            case "look":
                await turn(watcher, entry, int(what))
            case _:
                await watcher.acknowledge(begun + int(what))
    await watcher.news()
    await watcher.acknowledge()
    await watcher.news()
    assert watcher.view == truth(entry.runtime_data)
    await watcher.socket.close()
