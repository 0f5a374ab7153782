"""What programs of strangers read of a lot, and what it costs."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.diagnostics import async_get_config_entry_diagnostics
from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.open_data.formats.documents import DOCUMENTS, Feed
from custom_components.smart_parking.open_data.publisher import COPY_S
from custom_components.smart_parking.texts import DATA_TEXTS
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, change, data_of
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import Phone, set_options

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ULM = {"latitude": 48.4011, "longitude": 9.9876}
ALL = [feed.value for feed in Feed]
SITES = "feeds/parking-sites.json"
SPOTS = "feeds/parking-spots.json"
MAP = "feeds/lot.geojson"
LD_JSON = '<script type="application/ld+json">'


@pytest.fixture(name="noon")
def noon_fixture(freezer: FrozenDateTimeFactory) -> None:
    """Make it be noon."""
    freezer.move_to(NOON)


@pytest.fixture(autouse=True)
async def published(noon: None, hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    """Publish the lot, in every feed."""
    await set_options(hass, entry, feeds=ALL, feeds_location=ULM, feeds_bearing=0.0)


def written(hass: HomeAssistant) -> int:
    """Return how many documents have been written."""
    return data_of(hass).open_data.written


async def free(phone: Phone) -> int:
    """Return how many bays are free, as ParkAPI says."""
    document = await (await phone.get(SITES)).json()
    number: int = document["items"][0]["realtime_free_capacity"]
    return number


async def features(phone: Phone) -> dict[str, Any]:
    """Return what is on the map, by label or name."""
    document = await (await phone.get(MAP)).json(content_type="application/geo+json")
    named = [(one["properties"], one) for one in document["features"]]
    return {said.get("label") or said["name"]: one for said, one in named}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda document: document.name)
async def test_a_document(phone: Phone, document: Any) -> None:
    response = await phone.get(f"feeds/{document.name}")

    assert response.status == 200
    assert response.content_type == document.content_type
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == f"public, max-age={COPY_S}"
    assert response.headers["Last-Modified"] == "Fri, 20 Nov 2026 12:00:00 GMT"
    assert "Set-Cookie" not in response.headers
    text = await response.text()
    assert json.loads(text)
    assert "binary_sensor" not in text
    assert LOT_ID not in text


async def test_it_follows_the_lot(phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory) -> None:
    assert await free(phone) == 4
    freezer.tick(COPY_S)
    hand.settle("North", A01=CAR_M)
    assert await free(phone) == 3

    freezer.tick(COPY_S)
    await phone.tap("guide")
    assert await free(phone) == 2, "a bay that is kept is not free"
    states = {name: one["properties"].get("state") for name, one in (await features(phone)).items()}
    assert (states["A01"], states["A02"], states["A03"]) == ("occupied", "held", "vacant")


async def test_bays_are_where_they_are(phone: Phone) -> None:
    found = await features(phone)
    assert found["Garage"]["geometry"]["coordinates"] == [9.9876, 48.4011]
    assert found["Main"]["geometry"]["coordinates"] == [9.9876, 48.401046]
    # A01 is 20 m east of the corner of the plan, and 2.5 m wide.
    longitudes = [place[0] for place in found["A01"]["geometry"]["coordinates"][0]]
    assert (min(longitudes) + max(longitudes)) / 2 == pytest.approx(9.98787, abs=1e-6)


async def test_who_has_it_is_sent_nothing_and_costs_nothing(
    hass: HomeAssistant, phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    tag = (await phone.get(MAP)).headers["ETag"]
    assert not tag.startswith("W/")
    assert written(hass) == 1

    for _ in range(20):
        freezer.tick(60)
        hand.settle("North", A01=EMPTY_M)
        response = await phone.get(MAP, headers={"If-None-Match": tag})
        assert (response.status, await response.read()) == (304, b"")
        assert response.headers["ETag"] == tag
    assert written(hass) == 1, "nothing has changed, so nothing is written"

    hand.settle("North", A01=CAR_M)
    response = await phone.get(MAP, headers={"If-None-Match": tag})
    assert response.status == 200
    assert response.headers["ETag"] != tag
    assert written(hass) == 2


async def holds_for(phone: Phone, name: str) -> str:
    """Return for what time everything in a document of ParkAPI holds."""
    document = await (await phone.get(name)).json()
    (time,) = {one["realtime_data_updated_at"] for one in document["items"]}
    return str(time)


@pytest.mark.parametrize("name", [SITES, SPOTS])
async def test_in_a_quiet_night_what_is_known_does_not_get_old(
    hass: HomeAssistant, phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory, name: str
) -> None:
    freezer.move_to(NOON + timedelta(minutes=3))
    hand.settle("North", A01=CAR_M)
    assert await holds_for(phone, name) == "2026-11-20T12:03:00Z", "then it changed"

    for minute in range(4, 64):
        freezer.move_to(NOON + timedelta(minutes=minute))
        step = NOON + timedelta(minutes=minute // 10 * 10 or 3)
        assert await holds_for(phone, name) == step.strftime("%Y-%m-%dT%H:%M:%SZ")
        response = await phone.get(name)
        assert response.headers["Last-Modified"] == step.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert written(hass) == 7, "who asks all the time costs one document in a step, and no more"


async def test_who_asks_now_and_then_is_told_no_older_than_a_step(
    phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await holds_for(phone, SPOTS)
    freezer.move_to(NOON + timedelta(days=1, minutes=9, seconds=59))
    assert await holds_for(phone, SPOTS) == "2026-11-21T12:00:00Z"
    freezer.tick(COPY_S)
    hand.settle("North", A01=CAR_M)
    assert await holds_for(phone, SPOTS) == "2026-11-21T12:10:04Z"


async def test_who_knows_no_tags_asks_by_time(
    phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    at = (await phone.get(SITES)).headers["Last-Modified"]
    freezer.tick(60)
    assert (await phone.get(SITES, headers={"If-Modified-Since": at})).status == 304

    hand.settle("North", A01=CAR_M)
    response = await phone.get(SITES, headers={"If-Modified-Since": at})
    assert (response.status, response.headers["Last-Modified"]) == (
        200,
        "Fri, 20 Nov 2026 12:01:00 GMT",
    )


async def test_a_lot_in_which_much_happens_is_written_now_and_then(
    hass: HomeAssistant, phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    assert await free(phone) == 4
    for _ in range(5):
        hand.settle("North", A01=CAR_M)
        await phone.get(SITES)
        hand.settle("North", A01=EMPTY_M, A02=CAR_M)
        assert await free(phone) == 4
    assert written(hass) == 1

    freezer.tick(COPY_S)
    assert await free(phone) == 3
    assert written(hass) == 2


async def test_what_says_the_same_again_is_the_same(
    phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    first = await phone.get("feeds/schema-org.jsonld")
    freezer.tick(60)
    hand.settle("North", A01=CAR_M)
    hand.settle("North", A01=EMPTY_M)
    again = await phone.get("feeds/schema-org.jsonld")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Last-Modified"] == first.headers["Last-Modified"]


async def test_many_at_once_are_given_the_same(hass: HomeAssistant) -> None:
    open_data = data_of(hass).open_data
    copies = await asyncio.gather(*(open_data.async_get("lot.geojson") for _ in range(8)))
    assert all(copy is copies[0] for copy in copies)
    assert open_data.written == 1


async def test_it_is_small_for_who_can_unpack_it(phone: Phone) -> None:
    plain = await phone.get(MAP, headers={"Accept-Encoding": "identity"})
    packed = await phone.get(MAP, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert await plain.read() == await packed.read()
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"], "other bytes have another tag"

    again = {"If-None-Match": plain.headers["ETag"]}
    assert (await phone.get(MAP, headers={**again, "Accept-Encoding": "identity"})).status == 304


async def test_head(phone: Phone) -> None:
    whole = await phone.get(SITES, headers={"Accept-Encoding": "identity"})
    head = await phone.session.head(whole.url, headers={"Accept-Encoding": "identity"})
    assert head.status == 200
    assert await head.read() == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Access-Control-Allow-Origin"):
        assert head.headers[name] == whole.headers[name]


async def test_a_page_of_another_origin_may_ask_with_a_tag(phone: Phone) -> None:
    response = await phone.session.options(
        (await phone.get(SITES)).url,
        headers={"Origin": "https://city.example.com", "Access-Control-Request-Method": "GET"},
    )
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert response.headers["Access-Control-Allow-Headers"] == "If-None-Match"


async def test_only_what_is_switched_on_is_there(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await set_options(hass, entry, feeds=["geo_json"])
    found = {
        document.name: (await phone.get(f"feeds/{document.name}")).status
        for document in DOCUMENTS.values()
    }
    assert [name for name, status in found.items() if status == 200] == ["lot.geojson"]
    assert set(found.values()) == {200, 404}

    await set_options(hass, entry, feeds=[])
    missing = await phone.get(MAP)
    unknown = await phone.session.get("/api/there/is/none")
    assert (missing.status, await missing.read()) == (404, await unknown.read())
    assert "Access-Control-Allow-Origin" not in missing.headers
    assert (await phone.session.head(missing.url)).status == 404
    assert (await phone.session.options(missing.url)).status == 404
    assert (await phone.get("feeds/nonsense.json")).status == 404


async def test_nothing_is_published_unless_an_owner_says_so(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    options = {key: value for key, value in entry.options.items() if not key.startswith("feeds")}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()
    for name in DOCUMENTS:
        assert (await phone.get(f"feeds/{name}")).status == 404


async def test_with_the_page_off_the_feeds_are_off(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await set_options(hass, entry, visitors=False)
    assert (await phone.get(MAP)).status == 404


async def test_who_asks_too_much_has_to_wait(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await set_options(hass, entry, visitors_requests=30)
    statuses = [(await phone.get(SITES)).status for _ in range(40)]
    assert statuses[:30] == [200] * 30
    assert 429 in statuses[30:]


async def test_another_layout_is_told_at_once(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    assert "Main" in await features(phone)
    await change(hass, entry, "main", title="South gate")
    assert "South gate" in await features(phone)
    await set_options(hass, entry, feeds_operator="Stadtwerke")
    assert (await features(phone))["Garage"]["properties"]["operator"] == "Stadtwerke"


async def test_without_a_location_of_its_own_the_lot_is_where_home_assistant_is(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await set_options(hass, entry, feeds_location=None)
    await hass.config.async_update(latitude=50.0, longitude=8.0)
    await hass.async_block_till_done()
    assert (await features(phone))["Garage"]["geometry"]["coordinates"] == [8.0, 50.0]

    await hass.config.async_update(latitude=51.0)
    await hass.async_block_till_done()
    assert (await features(phone))["Garage"]["geometry"]["coordinates"] == [8.0, 51.0]


async def test_it_opens_and_closes_by_the_clock(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config.async_update(time_zone="Europe/Berlin")
    # It is one o'clock on a Friday, in Berlin.
    await set_options(hass, entry, feeds_opening_hours="Mo-Fr 08:00-14:00")
    assert (await features(phone))["Garage"]["properties"]["open"] is True
    count = written(hass)

    freezer.tick(3600 - 1)
    await phone.get(MAP)
    assert written(hass) == count
    freezer.tick(3600)
    closed = (await features(phone))["Garage"]["properties"]
    assert (closed["open"], closed["changed"]) == (False, "2026-11-20T13:00:00Z")
    assert written(hass) == count + 1


async def test_who_slept_through_a_night_is_told_when_it_opened(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config.async_update(time_zone="Europe/Berlin")
    await set_options(hass, entry, feeds_opening_hours="08:00-20:00")
    before = (await features(phone))["Garage"]["properties"]
    freezer.tick(24 * 3600)
    after = (await features(phone))["Garage"]["properties"]
    assert before["open"] is after["open"] is True
    assert after["changed"] == "2026-11-21T07:00:00Z"


async def test_search_engines_are_told_on_the_page_only_with_their_feed(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone, hand: Hand
) -> None:
    async def facts() -> dict[str, Any]:
        page = (await phone.look("?lang=de")).source
        _, _, rest = page.partition(LD_JSON)
        found: dict[str, Any] = json.loads(rest.partition("</script>")[0])
        return found

    told = await facts()
    assert told["@type"] == "ParkingFacility"
    assert told["geo"] == {"@type": "GeoCoordinates", **ULM}
    assert told["additionalProperty"][0]["value"] == 3
    assert told["additionalProperty"][0]["name"] != "Free bays"
    assert await facts() == told

    hand.settle("North", A01=CAR_M)
    assert (await facts())["additionalProperty"][0]["value"] == 2

    await set_options(hass, entry, feeds=[one for one in ALL if one != "schema_org"])
    assert LD_JSON not in (await phone.look()).source


async def test_the_page_says_what_the_feed_does_without_walking_over_all_bays(
    hass: HomeAssistant, phone: Phone, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.settle("North", A01=CAR_M)
    open_data = data_of(hass).open_data
    with monkeypatch.context() as patch:
        patch.setattr(Lot, "__iter__", None)
        facts = open_data.async_facts(hass.data[DATA_TEXTS]["en"])
    response = await phone.get("feeds/schema-org.jsonld")
    assert facts == await response.json(content_type="application/ld+json")


@pytest.mark.parametrize(
    ("remote", "feeds", "robots"),
    [
        (True, ALL, "all"),
        (True, ["geo_json"], "noindex"),
        (False, ALL, "noindex"),
    ],
)
async def test_search_engines_may_list_it_only_with_their_feed_and_from_the_internet(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phone: Phone,
    remote: bool,
    feeds: list[str],
    robots: str,
) -> None:
    await set_options(hass, entry, visitors_remote=remote, feeds=feeds)
    tag = (await phone.get(MAP)).headers["ETag"]
    for response in (
        await phone.get(),
        await phone.get(MAP),
        await phone.get(MAP, headers={"If-None-Match": tag}),
    ):
        assert response.headers["X-Robots-Tag"] == robots
    # What is only for the page is in no list.
    assert (await phone.get("plan.svg")).headers["X-Robots-Tag"] == "noindex"


async def test_where_it_is_and_whose_stays_out_of_diagnostics(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await set_options(hass, entry, feeds_operator="Stadtwerke", feeds_website="https://p.example")
    diagnostics = str(await async_get_config_entry_diagnostics(hass, entry))
    assert "feeds_bearing" in diagnostics
    for private in ("48.4011", "9.9876", "Stadtwerke", "p.example"):
        assert private not in diagnostics
