"""A promotion's picture is a regular file of bounded size; any other file delays no request."""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
import os
from pathlib import Path
import threading

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
import pytest_asyncio
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.const import SUBENTRY_PROMOTION
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.errors import InvalidInputError
from custom_components.smart_parking.promotions import picture
from custom_components.smart_parking.promotions.picture import BYTES_MAX, async_read_picture
from tests.integration.lots import add, gate, lot, node, row, set_up
from tests.integration.promotions.shops import PNG, keep, promotion
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import ON, TIMEOUT_S, Phone, set_options
from tests.integration.walk import Walk

# More than there are threads that read.
CROWD = 80


@pytest_asyncio.fixture(name="entry", autouse=True)
async def entry_fixture(hass: HomeAssistant, hand: Hand, folder: Path) -> SmartParkingConfigEntry:
    """Set up a lot beside a zoo that has a picture."""
    hass.config.media_dirs = {"local": str(folder / "media")}
    for part in ("http", "media_source"):
        assert await async_setup_component(hass, part, {})
    keep(str(folder), "www/zoo.png", PNG)
    keep(str(folder), "media/zoo.png", PNG)
    zoo = promotion("Zoo", picture_path="/local/zoo.png")
    entry = lot(node("North", row("A", 2)), gate("Main"), zoo)
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON, visitors_requests=100_000, visitors_requests_total=100_000)
    return entry


@pytest_asyncio.fixture(name="phone")
async def phone_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> AsyncGenerator[Phone]:
    """Give the phone of a visitor."""
    async with Phone((await hass_client_no_auth()).make_url("/")) as phone:
        yield phone


@pytest.mark.parametrize("where", ["www", "media"])
async def test_42_a_pipe_is_refused_and_other_pictures_are_served_meanwhile(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, folder: Path, where: str
) -> None:
    os.mkfifo(folder / where / "pipe.png")
    prefix = {"www": "/local/", "media": "media-source://media_source/local/"}[where]
    walk = await Walk.to_a_part(hass, entry, SUBENTRY_PROMOTION)
    async with asyncio.timeout(TIMEOUT_S):
        await walk.fill(
            title="Pipe",
            picture_path=f"{prefix}pipe.png",
            times={"when": "both"},
            share={"weight": 1},
        )
    assert walk.errors == {"picture_path": "not_a_picture"}

    # One that has become a pipe later, and is asked for by many.
    await add(hass, entry, promotion("Pipe", picture_path=f"{prefix}pipe.png"))
    async with asyncio.timeout(TIMEOUT_S):
        answers = await asyncio.gather(*(phone.get("p/pipe/picture") for _ in range(CROWD)))
        assert {answer.status for answer in answers} == {HTTPStatus.NOT_FOUND}
        picture = await phone.get("p/zoo/picture")
        assert await picture.read() == PNG


@pytest.mark.parametrize("kind", ["device", "folder", "link to a device", "loop"])
async def test_42_nothing_but_a_file_is_a_picture(
    hass: HomeAssistant, folder: Path, kind: str
) -> None:
    path = folder / "media" / "odd.png"
    match kind:
        case "device" | "link to a device":
            path.symlink_to("/dev/zero" if kind == "device" else "/dev/stdin")
        case "folder":
            path.mkdir()
        case "loop":
            path.symlink_to(path)
    async with asyncio.timeout(TIMEOUT_S):
        with pytest.raises(InvalidInputError):
            await async_read_picture(hass, "media-source://media_source/local/odd.png")


async def test_42_a_link_within_the_folder_leads_to_a_picture_and_one_out_of_it_does_not(
    hass: HomeAssistant, folder: Path
) -> None:
    keep(str(folder), "www/shops/cake.png", PNG)
    keep(str(folder), "secrets.png", PNG)
    (folder / "www" / "cake.png").symlink_to(folder / "www/shops/cake.png")
    (folder / "www" / "secrets.png").symlink_to(folder / "secrets.png")
    assert (await async_read_picture(hass, "/local/cake.png")).body == PNG
    with pytest.raises(InvalidInputError) as refused:
        await async_read_picture(hass, "/local/secrets.png")
    assert refused.value.key == "picture_elsewhere"


async def test_42_what_becomes_a_link_or_grows_after_the_look_is_not_read(
    hass: HomeAssistant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a name and its opening, it may have become another."""
    read_once = picture._read_once  # noqa: SLF001  (where the look is over)
    path = folder / "www" / "zoo.png"

    def become_a_link() -> None:
        keep(str(folder), "secrets.png", PNG)
        path.unlink()
        path.symlink_to(folder / "secrets.png")

    def become_a_pipe() -> None:
        path.unlink()
        os.mkfifo(path)

    def grow() -> None:
        path.unlink()
        path.write_bytes(PNG + bytes(BYTES_MAX))

    for change in (become_a_link, become_a_pipe, grow):

        def change_and_read(
            one: Path, version: tuple[int, ...], change: object = change
        ) -> picture.Picture | None:
            assert callable(change)
            change()
            return read_once(one, version)

        monkeypatch.setattr(picture, "_read_once", change_and_read)
        read_once.cache_clear()
        async with asyncio.timeout(TIMEOUT_S):
            with pytest.raises(InvalidInputError):
                await async_read_picture(hass, "/local/zoo.png")
        path.unlink()
        path.write_bytes(PNG)


async def test_42_a_picture_that_is_read_slowly_keeps_no_other_waiting(
    hass: HomeAssistant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a disk in the network; who asks for it again waits for the same reading."""
    keep(str(folder), "www/slow.png", PNG)
    may_end, readings = threading.Event(), 0
    read_once = picture._read_once  # noqa: SLF001  (where a file is really read)

    def read_slowly(path: Path, version: tuple[int, ...]) -> picture.Picture | None:
        nonlocal readings
        if path.name == "slow.png":
            readings += 1
            assert may_end.wait(TIMEOUT_S)
        return read_once(path, version)

    monkeypatch.setattr(picture, "_read_once", read_slowly)
    slow = [asyncio.create_task(async_read_picture(hass, "/local/slow.png")) for _ in range(CROWD)]
    async with asyncio.timeout(TIMEOUT_S):
        for _ in range(3):
            assert (await async_read_picture(hass, "/local/zoo.png")).body == PNG
        slow.pop().cancel()
        may_end.set()
        assert {one.body for one in await asyncio.gather(*slow)} == {PNG}
    assert readings == 1
