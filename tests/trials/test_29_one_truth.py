"""Where the nearest bay is, and how far: every screen says the same."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.sources.base import Row
from custom_components.smart_parking.visitor import access as the_door
from tests.integration.lots import CAR_M, EMPTY_M, bay, change, gate, lot, node, set_up
from tests.integration.sources.driven import DrivenSource, Hand
from tests.integration.visitor.conftest import PLENTY
from tests.integration.visitor.phones import ON, set_options
from tests.trials.screens import screens

LANES = [{"level": "1", "points": "-1,8; 23,8; 23,28"}]
ROWS = {"A": (13.5, 1.25), "B": (2.5, 1.25)}


def l_shaped() -> list[Row]:
    """Return two rows along the first leg, and a third one beside the second."""
    bays = [
        bay(f"{name}{number:02}", x + 2.5 * (number - 1), y=y)
        for name, (y, x) in ROWS.items()
        for number in range(1, 7)
    ]
    return [*bays, *(bay(f"D{number:02}", 26.0, y=12.0 + 2.5 * number) for number in range(1, 6))]


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> SmartParkingConfigEntry:
    """Set up the lot with its lane; D04 is the only free bay."""
    monkeypatch.setattr(DrivenSource, "period_s", None)
    monkeypatch.setattr(the_door, "REFUSAL_S", 0.0)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "http", {})
    assert await async_setup_component(hass, "conversation", {})
    entry = lot(node("North", l_shaped()), gate("Main", x=-1.0, y=8.0))
    assert await set_up(hass, entry)
    await set_options(hass, entry, **ON, **PLENTY, visitors_holds=1_000, lanes=LANES)
    hand.settle("North", **{str(one["label"]): CAR_M for one in l_shaped()})
    hand.settle("North", D04=EMPTY_M)
    await hass.async_block_till_done()
    return entry


@pytest.fixture(name="root")
async def root_fixture(
    entry: SmartParkingConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> URL:
    """Serve, and give the address."""
    return (await hass_client_no_auth()).make_url("/")


async def test_29_the_l_shaped_lot(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, root: URL, hass_admin_user: MockUser
) -> None:
    said = await screens(hass, entry.runtime_data, hass_admin_user, root)
    assert {bay for bay, _ in said.values()} == {"D04"}
    assert {tuple(way[-2:]) for _, way in said.values()} == {("40 m", "on the right")}


async def test_29_where_lengths_are_in_feet(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, root: URL, hass_admin_user: MockUser
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    said = await screens(hass, entry.runtime_data, hass_admin_user, root)
    assert {tuple(way[-2:]) for _, way in said.values()} == {("130 ft", "on the right")}


async def test_29_level_and_ramp_go_first(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, root: URL, hass_admin_user: MockUser
) -> None:
    await change(hass, entry, "main", level="0")
    ramp = {"from_level": "0", "from_point": "-1,8", "to_level": "1", "to_point": "-1,8"}
    below = {"level": "0", "points": "-20,8; -1,8"}
    await set_options(hass, entry, lanes=[*LANES, below], ramps=[ramp])
    said = await screens(hass, entry.runtime_data, hass_admin_user, root)
    page = said.pop("page")
    assert page == ("D04", ["Level 1", "row D", "Up the ramp", "100 m", "on the right"])
    for name in [name for name in said if name.startswith("page")]:
        assert said.pop(name) == page, name
    for name, (_, way) in said.items():
        assert [part for part in way if part != "row D"] == [
            "Level 1",
            "up the ramp",
            "100 m",
            "on the right",
        ], name


places = st.tuples(st.integers(-40, 40), st.integers(-40, 40))
levels = st.sampled_from(["0", "1"])
lines = st.lists(places, min_size=2, max_size=4, unique=True)


def _written(points: list[tuple[int, int]]) -> str:
    """Return the points of a lane as an owner writes them down."""
    return "; ".join(f"{x},{y}" for x, y in points)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    bays=st.lists(st.tuples(levels, places), min_size=1, max_size=8, unique=True),
    at=st.tuples(levels, places),
    heading=st.none() | st.integers(0, 359).map(float),
    lanes=st.lists(st.tuples(levels, lines), max_size=3),
    ramps=st.lists(st.tuples(places, places), max_size=1),
)
async def test_29_any_lot(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    root: URL,
    hass_admin_user: MockUser,
    bays: list[tuple[str, tuple[int, int]]],
    at: tuple[str, tuple[int, int]],
    heading: float | None,
    lanes: list[tuple[str, list[tuple[int, int]]]],
    ramps: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    labels = [f"A{number:02}" for number in range(len(bays))]
    rows = [
        bay(label, float(x), y=float(y), level=level)
        for label, (level, (x, y)) in zip(labels, bays, strict=True)
    ]
    level, (x, y) = at
    await change(hass, entry, "north", bays=rows)
    await change(hass, entry, "main", level=level, x=float(x), y=float(y), heading=heading)
    await set_options(
        hass,
        entry,
        lanes=[{"level": of, "points": _written(points)} for of, points in lanes],
        ramps=[
            {
                "from_level": "0",
                "from_point": _written([start]),
                "to_level": "1",
                "to_point": _written([end]),
            }
            for start, end in ramps
        ],
    )
    hand.settle("North", **dict.fromkeys(labels, EMPTY_M))
    await hass.async_block_till_done()

    said = await screens(hass, entry.runtime_data, hass_admin_user, root)

    assert len({bay for bay, _ in said.values()}) == 1, said
    distances = {part for _, way in said.values() for part in way if part.endswith(" m")}
    assert len(distances) == 1, said
    sides = {
        tuple(part for part in way if part.startswith(("on the", "straight")))
        for _, way in said.values()
    }
    assert len(sides) == 1, said
    ramps_said = {
        tuple(part.lower() for part in way if part.endswith("ramp")) for _, way in said.values()
    }
    assert len(ramps_said) == 1, said
