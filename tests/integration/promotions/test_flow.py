"""An owner writes down what shops want to show: in words, and nothing is lost."""

from pathlib import Path
from typing import Any

from homeassistant.components.media_source import PlayMedia
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.setup import async_setup_component
import pytest

from custom_components.smart_parking.const import SUBENTRY_PROMOTION
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.promotions import flow as promotion_flow, picture
from tests.integration.lots import said
from tests.integration.promotions.shops import BEGINNINGS, PNG, keep, show
from tests.integration.walk import Walk

NO_TIMES: dict[str, Any] = {"when": "both"}
NO_SHARE: dict[str, Any] = {"weight": 1}
ALWAYS: dict[str, Any] = {"times": NO_TIMES, "share": NO_SHARE}

WHOLE: dict[str, Any] = {
    "title": "Cinema",
    "text": "Tonight: *Playtime*\nat eight.",
    "picture_path": "/local/shops/cinema.png",
    "link": "https://cinema.example/tonight?lang=en",
    "times": {
        "when": "after",
        "first_day": "2026-11-01",
        "last_day": "2026-11-30",
        "opens": "17:00:00",
        "closes": "01:00:00",
        "weekdays": ["fri", "sat"],
        "languages": ["en", "de"],
    },
    "share": {"weight": 3, "most": 1000, "most_per_visit": 2},
}


def written_down(entry: SmartParkingConfigEntry, title: str) -> ConfigSubentry:
    promotions = entry.get_subentries_of_type(SUBENTRY_PROMOTION)
    return next(one for one in promotions if one.title == title)


def suggested(walk: Walk) -> dict[str, Any]:
    """Return what a form is filled with, that of its sections too."""
    filled = walk.suggested
    for field, content in walk.shown["data_schema"].schema.items():
        if isinstance(content, section):
            filled[str(field)] = {
                str(inner): inner.description["suggested_value"]
                for inner in content.schema.schema
                if inner.description
            }
    return filled


@pytest.fixture(name="walk")
async def walk_fixture(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Walk:
    """Start to add a promotion."""
    return await Walk.to_a_part(hass, entry, SUBENTRY_PROMOTION)


async def test_a_title_is_enough(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, walk: Walk
) -> None:
    await walk.fill(title="  Cinema,   tonight ", **ALWAYS)
    assert walk.step == "create_entry"
    assert written_down(entry, "Cinema, tonight").data == {"when": "both", "weight": 1}
    # It takes its turns at once.
    assert "Cinema, tonight" in {show(entry) for _ in range(5)}
    assert said(hass, written_down(entry, "Cinema, tonight").subentry_id, "visits") == "0"


async def test_everything_that_can_be_said(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, walk: Walk, folder: Path
) -> None:
    keep(str(folder), "www/shops/cinema.png", PNG)
    await walk.fill(**WHOLE)
    assert walk.step == "create_entry"
    data = written_down(entry, "Cinema").data
    flat = {**WHOLE, **WHOLE["times"], **WHOLE["share"]}
    assert data == {key: flat[key] for key in flat if key not in ("title", "times", "share")}


async def test_a_promotion_is_changed_and_its_limits_taken_away(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, walk: Walk, folder: Path
) -> None:
    keep(str(folder), "www/shops/cinema.png", PNG)
    await walk.fill(**WHOLE)
    promotion_id = written_down(entry, "Cinema").subentry_id
    again = await Walk.through_a_part(hass, entry, promotion_id)
    assert again.step == "reconfigure"
    assert suggested(again) == WHOLE
    await again.fill(title="Cinema", **ALWAYS)
    assert again.step == "reconfigure_successful"
    assert written_down(entry, "Cinema").data == {"when": "both", "weight": 1}
    assert "Cinema" in {show(entry) for _ in range(5)}


@pytest.mark.parametrize(
    ("answers", "field", "error"),
    [
        ({"title": "   "}, "title", "no_title"),
        ({"title": "x" * 61}, "title", "long_title"),
        ({"title": "bakery"}, "title", "title_taken"),
        ({"text": "x" * 301}, "text", "long_text"),
        ({"link": "bakery.example"}, "link", "bad_link"),
        ({"link": "javascript:alert(1)"}, "link", "bad_link"),
        ({"link": "ftp://bakery.example"}, "link", "bad_link"),
        ({"link": "https://"}, "link", "bad_link"),
        ({"link": "https://[::1"}, "link", "bad_link"),
        ({"link": "https://bakery.example/a b"}, "link", "bad_link"),
        ({"link": "https://bank.example@evil.example/"}, "link", "link_with_password"),
        ({"link": "https://bakery.example/" + "x" * 2000}, "link", "long_link"),
        ({"picture_path": "/local/nothing.png"}, "picture_path", "no_picture"),
        ({"picture_path": "/local/a%00b.png"}, "picture_path", "no_picture"),
        ({"picture_path": "https://shop.example/a.png"}, "picture_path", "picture_elsewhere"),
        ({"picture_path": "/local/../secrets.png"}, "picture_path", "picture_elsewhere"),
        ({"picture_path": "media-source://cellar/a.png"}, "picture_path", "no_picture"),
        ({"picture_path": "/local/text.png"}, "picture_path", "not_a_picture"),
        ({"picture_path": "/local/huge.png"}, "picture_path", "big_picture"),
        (
            {
                "picture": {"media_content_id": "/local/a.png", "media_content_type": "image/png"},
                "picture_path": "/local/b.png",
            },
            "picture_path",
            "two_pictures",
        ),
        (
            {"times": NO_TIMES | {"first_day": "2026-12-01", "last_day": "2026-11-01"}},
            "base",
            "days_backwards",
        ),
        ({"times": NO_TIMES | {"opens": "18:00", "closes": "18:00:00"}}, "base", "no_hours"),
        ({"times": NO_TIMES | {"languages": ["en", "Klingon"]}}, "base", "bad_language"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    walk: Walk,
    folder: Path,
    answers: dict[str, Any],
    field: str,
    error: str,
) -> None:
    keep(str(folder), "www/text.png", b"Not a picture at all.")
    keep(str(folder), "www/huge.png", PNG + bytes(2 * 1024 * 1024))
    keep(str(folder), "secrets.png", PNG)
    whole = {**WHOLE, "picture_path": "", **answers}
    await walk.fill(**whole)
    assert walk.step == "user"
    assert walk.errors == {field: error}
    assert suggested(walk) == whole
    await walk.fill(title="Cinema", **ALWAYS)
    assert walk.step == "create_entry"


async def test_a_promotion_may_keep_its_own_title(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    walk = await Walk.through_a_part(hass, entry, "bakery")
    await walk.fill(title="Zoo", **ALWAYS)
    assert walk.errors == {"title": "title_taken"}
    await walk.fill(title="Bakery", **ALWAYS)
    assert walk.step == "reconfigure_successful"


async def test_languages_are_kept_without_their_regions(
    entry: SmartParkingConfigEntry, walk: Walk
) -> None:
    times = NO_TIMES | {"languages": ["pt-BR", " PL "]}
    await walk.fill(title="Cinema", times=times, share=NO_SHARE)
    assert written_down(entry, "Cinema").data["languages"] == ["pt", "pl"]


@pytest.mark.parametrize("content", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_a_picture_from_the_media(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, walk: Walk, folder: Path, content: bytes
) -> None:
    hass.config.media_dirs = {"local": str(folder / "media")}
    assert await async_setup_component(hass, "media_source", {})
    keep(str(folder), "media/cinema.png", content)
    chosen = {
        "media_content_id": "media-source://media_source/local/cinema.png",
        "media_content_type": "image/png",
        "metadata": {"title": "cinema.png"},
    }
    await walk.fill(title="Cinema", picture=chosen, **ALWAYS)
    assert walk.step == "create_entry"
    again = await Walk.through_a_part(hass, entry, written_down(entry, "Cinema").subentry_id)
    assert suggested(again)["picture"] == chosen


async def test_a_picture_that_is_no_file_of_this_machine(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(hass: HomeAssistant, where: str, player: None) -> PlayMedia:
        return PlayMedia("https://photos.example/1.png", "image/png")

    monkeypatch.setattr(picture, "async_resolve_media", resolve)
    chosen = {"media_content_id": "media-source://photos/1", "media_content_type": "image/png"}
    await walk.fill(title="Cinema", picture=chosen, **ALWAYS)
    assert walk.errors == {"picture": "picture_elsewhere"}


async def test_there_is_an_end_to_promotions(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promotion_flow, "PROMOTIONS_MAX", 2)
    walk = await Walk.to_a_part(hass, entry, SUBENTRY_PROMOTION)
    assert walk.step == "too_many"
    assert (await Walk.through_a_part(hass, entry, "zoo")).step == "reconfigure"
