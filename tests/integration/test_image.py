"""The image of the route from a gate to its nearest vacant bay."""

import asyncio
from io import BytesIO
from threading import Event

from homeassistant.components.image import async_get_image
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.rendering import route_images
from custom_components.smart_parking.rendering.colours import colour
from custom_components.smart_parking.rendering.scene import SceneData
from tests.integration.lots import (
    CAR_M,
    EMPTY_M,
    add,
    bay,
    change,
    data_of,
    entry_of,
    gate,
    look,
    lot,
    node,
    remove,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand

FREE = {"A01": EMPTY_M, "A02": EMPTY_M, "A03": EMPTY_M}


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant, hand: Hand) -> SmartParkingConfigEntry:
    """Set up a lot of three free bays and a gate."""
    entry = lot(node("North", row("A", 3)), gate("Main", x=-3.0, y=-6.0))
    assert await set_up(hass, entry)
    hand.settle("North", **FREE)
    return entry


@pytest.fixture(name="painted")
def painted_fixture(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Give the labels of the bays of all pictures that are painted."""
    labels: list[str | None] = []
    paint = route_images._paint  # noqa: SLF001  (where a picture is really painted)

    def paint_and_note(scene_data: SceneData) -> bytes:
        labels.append(scene_data.bay.label if scene_data.bay else None)
        return paint(scene_data)

    monkeypatch.setattr(route_images, "_paint", paint_and_note)
    return labels


def updated(hass: HomeAssistant, gate_id: str = "main") -> str:
    """Return when the image of a gate changed last."""
    return said(hass, gate_id, "way")


async def picture(hass: HomeAssistant, gate_id: str = "main") -> bytes:
    """Return the image of a gate."""
    image = await async_get_image(hass, look(hass, gate_id, "way").entity_id)
    assert image.content_type == "image/png"
    return image.content


def shows(image: bytes, colour: str) -> bool:
    """Return whether a good part of an image is of a colour."""
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    colours = Image.open(BytesIO(image)).convert("RGB").getcolors(1 << 20) or []
    return any(count > 10_000 for count, one in colours if one == wanted)


@pytest.mark.usefixtures("entry")
async def test_it_shows_the_way(hass: HomeAssistant, painted: list[str | None]) -> None:
    image = await picture(hass)
    assert painted == ["A01"]
    assert Image.open(BytesIO(image)).size == (1024, 512)
    assert shows(image, colour("way"))


@pytest.mark.usefixtures("entry")
async def test_it_changes_with_the_nearest_bay_only(
    hass: HomeAssistant, hand: Hand, painted: list[str | None]
) -> None:
    states: list[str] = []

    @callback
    def note(event: object) -> None:
        states.append(updated(hass))

    async_track_state_change_event(hass, look(hass, "main", "way").entity_id, note)
    before = updated(hass)
    hand.settle("North", A02=CAR_M)
    hand.settle("North", A03=CAR_M)
    hand.settle("North", A02=EMPTY_M)
    await hass.async_block_till_done()
    assert states == []
    hand.settle("North", A01=CAR_M)
    await hass.async_block_till_done()
    assert states == [updated(hass)]
    assert updated(hass) > before
    await picture(hass)
    assert painted == ["A02"]


@pytest.mark.usefixtures("entry")
async def test_a_full_lot_is_shown_as_such(
    hass: HomeAssistant, hand: Hand, painted: list[str | None]
) -> None:
    hand.settle("North", A01=CAR_M, A02=CAR_M, A03=CAR_M)
    image = await picture(hass)
    assert painted == [None]
    assert shows(image, colour("full"))
    assert not shows(image, colour("way"))


@pytest.mark.usefixtures("entry")
async def test_nothing_is_shown_while_nothing_is_known(hass: HomeAssistant, hand: Hand) -> None:
    hand.settle("North", **dict.fromkeys(FREE, Fault.NO_RESPONSE))
    assert updated(hass) == STATE_UNAVAILABLE
    with pytest.raises(HomeAssistantError):
        await picture(hass)
    hand.settle("North", **dict.fromkeys(FREE, CAR_M))
    assert updated(hass) != STATE_UNAVAILABLE


@pytest.mark.usefixtures("entry")
async def test_a_picture_is_painted_once(
    hass: HomeAssistant, hand: Hand, painted: list[str | None]
) -> None:
    first, second = await asyncio.gather(picture(hass), picture(hass))
    assert first == second == await picture(hass)
    assert painted == ["A01"]


@pytest.mark.usefixtures("entry")
async def test_other_bays_are_shown_as_they_were_not_long_ago(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch, painted: list[str | None]
) -> None:
    before = await picture(hass)
    hand.settle("North", A03=CAR_M)
    assert await picture(hass) == before
    monkeypatch.setattr(route_images, "CACHED_S", 0.0)
    data_of(hass).route_images.async_forget()
    assert await picture(hass) != before
    await picture(hass)
    assert painted == ["A01"] * 3


async def test_another_layout_is_another_picture(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hand: Hand,
) -> None:
    before, image = updated(hass), await picture(hass)
    await change(hass, entry, "main", y=-12.0)
    assert updated(hass) > before
    assert await picture(hass) != image


async def test_gates_come_and_go(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, painted: list[str | None]
) -> None:
    await add(hass, entry, gate("Back", x=20.0, y=-6.0))
    await picture(hass, "back")
    assert painted == ["A03"]
    await remove(hass, entry, "back")
    assert entry_of(hass, "back", "way") is None


async def test_levels_are_named_where_there_are_several(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []

    def paint(scene_data: SceneData) -> bytes:
        notes.append(scene_data.note)
        return b"a picture"

    monkeypatch.setattr(route_images, "_paint", paint)
    hass.config.language = "de"
    bays = [bay("A01", 0.0), bay("B01", 0.0, level="2")]
    entry = lot(node("North", bays), gate("Main", y=-6.0))
    assert await set_up(hass, entry)
    hand.settle("North", A01=CAR_M, B01=EMPTY_M)
    await picture(hass)
    hand.settle("North", B01=CAR_M)
    await picture(hass)
    assert notes == ["Ebene 2", "Ebene 1"]


@pytest.mark.usefixtures("entry")
async def test_phones_and_displays_fetch_it(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "http", {})
    client = await hass_client_no_auth()
    address = look(hass, "main", "way").attributes["entity_picture"]
    response = await client.get(address)
    assert response.status == 200
    assert response.content_type == "image/png"
    assert (await response.read()).startswith(b"\x89PNG")
    refused = await client.get(address.partition("?")[0])
    assert refused.status in (401, 403)


class Easel:
    """A painter who waits for a word."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize with nothing painted."""
        self._hass = hass
        self.begun = asyncio.Event()
        self.may_paint = Event()
        self.at_once = self.most_at_once = self.painted = 0

    def paint(self, scene_data: SceneData) -> bytes:
        """Paint on demand."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self._hass.loop.call_soon_threadsafe(self.begun.set)
        self.may_paint.wait(10.0)
        self.at_once -= 1
        self.painted += 1
        return b"a picture"


@pytest.fixture(name="easel")
def easel_fixture(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Easel:
    """Give a painter who waits for a word."""
    easel = Easel(hass)
    monkeypatch.setattr(route_images, "_paint", easel.paint)
    return easel


async def test_one_is_painted_at_a_time_and_only_so_many_are_waited_for(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    easel: Easel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(route_images, "CACHED_MAX", 3)
    pictures = data_of(hass).route_images
    waiting = [
        hass.async_create_task(pictures.async_get("main", bay_id))
        for bay_id in ("a01", "a02", "a03", "a01")
    ]
    await easel.begun.wait()
    with pytest.raises(HomeAssistantError) as refused:
        await pictures.async_get("main", None)
    assert refused.value.translation_key == "pictures_busy"
    easel.may_paint.set()
    assert await asyncio.gather(*waiting) == [b"a picture"] * 4
    assert (easel.painted, easel.most_at_once) == (3, 1)
    # The oldest makes room.
    await pictures.async_get("main", None)
    await pictures.async_get("main", "a03")
    assert easel.painted == 4
    await pictures.async_get("main", "a01")
    assert easel.painted == 5


async def test_who_does_not_wait_does_not_stop_it_for_others(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, easel: Easel
) -> None:
    pictures = data_of(hass).route_images
    impatient = hass.async_create_task(pictures.async_get("main", "a01"))
    patient = hass.async_create_task(pictures.async_get("main", "a01"))
    await easel.begun.wait()
    impatient.cancel()
    easel.may_paint.set()
    assert await patient == b"a picture"
    assert impatient.cancelled()


async def test_a_picture_that_failed_is_painted_again(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = data_of(hass).route_images
    with monkeypatch.context() as broken:
        broken.setattr(route_images, "_paint", lambda _scene_data: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await pictures.async_get("main", "a01")
    assert (await pictures.async_get("main", "a01")).startswith(b"\x89PNG")


async def test_an_unloaded_lot_keeps_no_pictures(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not hasattr(entry, "runtime_data")
