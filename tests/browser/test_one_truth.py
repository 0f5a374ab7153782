"""A lot with a corner: card, sign, hold and page lead to the same side, as far."""

from collections.abc import AsyncGenerator
from pathlib import Path

from playwright.async_api import Browser
import pytest
import pytest_socket

from tests.browser.conftest import together
from tests.browser.corner import corner_home, look_everywhere, move_gates_below
from tests.browser.home import Home


@together(scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant whose lot has a corner."""
    pytest_socket.enable_socket()  # What many share is there before the fixture of the one.
    async with corner_home(tmp_path_factory.mktemp("home")) as home:
        yield home
    assert home.episode() == []


@pytest.mark.parametrize(
    ("is_below", "way"),
    [
        (False, ("40 m", "on the right")),
        (True, ("level 1", "up the ramp", "100 m", "on the right")),
    ],
)
async def test_all_screens_agree(
    home: Home, browser: Browser, tmp_path: Path, *, is_below: bool, way: tuple[str, ...]
) -> None:
    if is_below:
        await move_gates_below(home)
    said = await look_everywhere(home, browser)
    for name, one in said.items():
        (tmp_path / f"{name}.png").write_bytes(one.picture)
    heard = {name: one.parts for name, one in said.items()}
    # On a sign the ramp is an arrow.
    seen_from_afar = tuple(part for part in way if part != "up the ramp")
    assert heard == dict.fromkeys(said, way) | {"sign": seen_from_afar}
