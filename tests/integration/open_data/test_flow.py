"""An owner publishes a lot, and says what feeds cannot know."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.open_data.formats.documents import Feed
from custom_components.smart_parking.open_data.formats.earth import Position
from custom_components.smart_parking.open_data.formats.lot import Structure
from custom_components.smart_parking.open_data.options import FeedOptions
from custom_components.smart_parking.sources.base import Value
from tests.integration.visitor.phones import BASE, set_options
from tests.integration.walk import Walk

ULM = {"latitude": 48.4011, "longitude": 9.9876}


@pytest.fixture(name="walk")
async def walk_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Walk:
    """Go to the form."""
    await hass.config.async_update(
        latitude=48.0, longitude=10.0, external_url="https://parking.example.com"
    )
    return await form(hass, entry)


async def form(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Walk:
    """Go to the form."""
    walk = await Walk.through_options(hass, entry)
    await walk.pick("open_data")
    return walk


async def test_nothing_is_published_at_first(walk: Walk, entry: SmartParkingConfigEntry) -> None:
    assert FeedOptions.from_entry(entry) == FeedOptions()
    assert walk.suggested["feeds_location"] == {"latitude": 48.0, "longitude": 10.0}
    assert not walk.suggested.get("feeds")


async def test_everything(hass: HomeAssistant, walk: Walk, entry: SmartParkingConfigEntry) -> None:
    coordinator = entry.runtime_data.coordinator
    await walk.fill(
        feeds=["geo_json", "park_api"],
        feeds_location=ULM,
        feeds_bearing=271.5,
        feeds_anchor="20, -7.5",
        feeds_structure="underground",
        feeds_opening_hours="Mo-Fr 06:00-22:00",
        feeds_operator=" Stadtwerke ",
        feeds_website="https://parking.example.com/market",
    )
    assert walk.step == "open_data_addresses"
    addresses = walk.shown["description_placeholders"]["addresses"]
    for name in ("parking-sites.json", "parking-spots.json", "lot.geojson"):
        assert f"(https://parking.example.com{BASE}feeds/{name})" in addresses
    assert "ngsi" not in addresses
    await walk.fill()

    assert walk.step == "create_entry"
    options = FeedOptions.from_entry(entry)
    assert options.feeds == {Feed.GEO_JSON, Feed.PARK_API}
    assert options.location == Position(48.4011, 9.9876)
    assert (options.anchor, options.bearing) == ((20.0, -7.5), 271.5)
    assert options.structure is Structure.UNDERGROUND
    assert options.hours is not None
    assert options.hours.written == "Mo-Fr 06:00-22:00"
    assert (options.operator, options.website) == (
        "Stadtwerke",
        "https://parking.example.com/market",
    )
    assert entry.options["visitors"] is True, "what else is set stays"
    assert entry.runtime_data.coordinator is coordinator, "nothing is reloaded"


async def test_what_is_emptied_is_gone(
    hass: HomeAssistant, walk: Walk, entry: SmartParkingConfigEntry
) -> None:
    await set_options(hass, entry, feeds=["geo_json"], feeds_operator="Stadtwerke")
    walk = await form(hass, entry)
    assert walk.suggested["feeds_operator"] == "Stadtwerke"
    await walk.fill(feeds=[], feeds_location=ULM)

    assert walk.step == "create_entry"
    assert FeedOptions.from_entry(entry) == FeedOptions(location=Position(**ULM))


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"feeds_anchor": "here"}, {"feeds_anchor": "feeds_anchor"}),
        ({"feeds_anchor": "1,2,3"}, {"feeds_anchor": "feeds_anchor"}),
        ({"feeds_anchor": "0,nan"}, {"feeds_anchor": "feeds_anchor"}),
        ({"feeds_anchor": "0,99999"}, {"feeds_anchor": "feeds_anchor"}),
        ({"feeds_opening_hours": "9 to 5"}, {"feeds_opening_hours": "feeds_opening_hours"}),
        ({"feeds_website": "javascript:alert(1)"}, {"feeds_website": "feeds_website"}),
        ({"feeds_website": "http://lot"}, {"feeds_website": "feeds_website"}),
        ({"feeds_website": "http://[lot.example"}, {"feeds_website": "feeds_website"}),
        (
            {"feeds": ["park_api"], "feeds_location": {"latitude": 40.7, "longitude": -74.0}},
            {"feeds": "feeds_europe"},
        ),
    ],
)
async def test_what_is_not_understood_is_said(
    walk: Walk, answers: dict[str, Value], errors: dict[str, str]
) -> None:
    await walk.fill(**{"feeds": ["geo_json"], "feeds_location": ULM, **answers})
    assert walk.step == "open_data"
    assert walk.errors == errors
    assert walk.suggested["feeds_location"] in (ULM, answers.get("feeds_location"))


async def test_other_feeds_are_for_the_whole_world(walk: Walk) -> None:
    await walk.fill(feeds=["ngsi_ld"], feeds_location={"latitude": 40.7, "longitude": -74.0})
    assert walk.step == "open_data_addresses"


async def test_feeds_need_the_page_for_visitors(
    hass: HomeAssistant, walk: Walk, entry: SmartParkingConfigEntry
) -> None:
    await set_options(hass, entry, visitors=False)
    walk = await form(hass, entry)
    await walk.fill(feeds=["geo_json"], feeds_location=ULM)
    assert walk.errors == {"feeds": "feeds_visitors"}
    await walk.fill(feeds=[], feeds_location=ULM)
    assert walk.step == "create_entry"


async def test_addresses_without_a_known_host(
    hass: HomeAssistant, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hass.config.async_update(external_url=None, internal_url=None)
    monkeypatch.setattr(hass.config, "api", None)
    await walk.fill(feeds=["geo_json"], feeds_location=ULM)
    assert f"({BASE}feeds/lot.geojson)" in walk.shown["description_placeholders"]["addresses"]
