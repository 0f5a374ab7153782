"""A card that names no lot was made when there was but one: it goes on showing that."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.lots import LOT_ID, gate, lot, node, row, set_up
from tests.integration.sources.driven import Hand
from tests.integration.watcher import Event, Watcher

SUBSCRIBE = "smart_parking/subscribe"


async def subscribe_as_a_card(hass: HomeAssistant, watcher: Watcher) -> Event:
    """Subscribe without a lot; when that is refused, with the lot in the refusal."""
    answer = await watcher.ask(SUBSCRIBE)
    if not answer["success"]:
        assert answer["error"]["translation_key"] == "which_lot"
        first = answer["error"]["translation_placeholders"]["first"]
        assert (await watcher.ask(SUBSCRIBE, entry_id=first))["success"]
    await watcher.news()
    assert watcher.picture is not None
    return watcher.picture


@pytest.mark.parametrize("is_at_work", [True, False])
async def test_31_the_first_lot_stays(
    hass: HomeAssistant, hand: Hand, hass_ws_client: WebSocketGenerator, *, is_at_work: bool
) -> None:
    await set_up(hass, lot(node("North", row("A", 2)), gate("Main")))
    watcher = Watcher(hass, await hass_ws_client(hass))
    picture = await subscribe_as_a_card(hass, watcher)
    assert picture["lot"]["entry_id"] == LOT_ID
    for name in ("Attic", "Zoo"):
        other = lot(node(name, row("B", 2)), gate("Up"), title=name, lot_id=name.lower())
        await set_up(hass, other)
    if not is_at_work:
        # A page that is opened while the first lot is loaded again waits for it.
        assert await hass.config_entries.async_unload(LOT_ID)
    again = Watcher(hass, await hass_ws_client(hass))
    answer = await again.ask(SUBSCRIBE)
    assert answer["error"]["translation_placeholders"] == {"first": LOT_ID}
    assert (await again.ask(SUBSCRIBE, entry_id=LOT_ID))["success"]
    if not is_at_work:
        assert await hass.config_entries.async_setup(LOT_ID)
    await again.news()
    assert again.picture is not None
    assert again.picture["lot"]["entry_id"] == LOT_ID
