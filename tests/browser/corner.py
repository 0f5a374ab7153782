"""A lot with a corner, and what each screen says of the way to the bay beyond it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import re

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.home import Home, running
from tests.browser.lots import corner
from tests.browser.visitors import button, follows, open_to_visitors, phone
from tests.browser.window import open_window, ready, save_dashboard

FREE = "D04"
LANE = {"level": "1", "points": "-1,8; 23,8; 23,28"}
GATES = ({"x": -1.0, "y": 8.0}, {"x": 23.0, "y": 28.0})
BELOW = {"level": "0", "points": "-20,8; -1,8"}
RAMP = {"from_level": "0", "from_point": "-1,8", "to_level": "1", "to_point": "-1,8"}

CARD = "custom:smart-parking-card"
# Where each form of the card says which bay is near, and how one gets there.
FORMS = {"card": ".gateline >> nth=0", "sign": ".sign", "compact": ".compact"}
# A phone's width shows the same in all of them, side by side.
NARROW = ViewportSize(width=420, height=900)

PARTS = re.compile(
    r"level \w+|(?:up|down) the ramp|\d+ m\b|on the (?:left|right)|straight ahead", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a screen says of the way to the free bay, and how it looks."""

    parts: tuple[str, ...]
    """Level, ramp, distance and side, in the order in which they are said."""
    picture: bytes


@asynccontextmanager
async def corner_home(folder: Path) -> AsyncGenerator[Home]:
    """Run a Home Assistant whose lot has a corner, and one free bay, beyond it."""
    async with running(folder, corner()) as home:
        await set_ways(home, lanes=[LANE], ramps=[])
        await place_gates(home, "1")
        await home.simulate([str(one["label"]) for one in corner()], traffic="park")
        await home.wait_for_state("sensor.market_square_free_bays", "0")
        await home.leave(FREE)
        yield home


async def set_ways(home: Home, **ways: list[dict[str, str]]) -> None:
    """Enter the lanes and ramps of the lot, as its owner does."""
    flow = "config/config_entries/options/flow"
    begun = json.loads(await home.request("POST", flow, {"handler": home.entry_id}))
    flow = f"{flow}/{begun['flow_id']}"
    await home.request("POST", flow, {"next_step_id": "ways"})
    ended = json.loads(await home.request("POST", flow, ways))
    assert ended["type"] == "create_entry", ended


async def move_gates_below(home: Home) -> None:
    """Make drivers come in on the level below, from where a ramp leads up."""
    await set_ways(home, lanes=[LANE, BELOW], ramps=[RAMP])
    await place_gates(home, "0")


async def place_gates(home: Home, level: str) -> None:
    """Show where the gates are, as the owner does: at either end of the lanes."""
    stored = json.loads((home.folder / ".storage" / "core.config_entries").read_text())
    (entry,) = (one for one in stored["data"]["entries"] if one["domain"] == "smart_parking")
    gates = (one for one in entry["subentries"] if one["subentry_type"] == "gate")
    for gate, place in zip(gates, GATES, strict=True):
        flow = "config/config_entries/subentries/flow"
        asked = {"handler": [home.entry_id, "gate"], "subentry_id": gate["subentry_id"]}
        begun = json.loads(await home.request("POST", flow, asked))
        answers = {"name": gate["title"], "level": level, **place}
        ended = json.loads(await home.request("POST", f"{flow}/{begun['flow_id']}", answers))
        assert ended.get("reason") == "reconfigure_successful", ended


async def look_everywhere(home: Home, browser: Browser) -> Mapping[str, Said]:
    """Return what each screen says: the card's forms, a hold in it, and the page for visitors."""
    address = await open_to_visitors(home)
    said: dict[str, Said] = {}
    async with open_window(browser, home, size=NARROW) as (page, complaints):
        await page.goto("/")
        await ready(page)
        for form, place in FORMS.items():
            await save_dashboard(
                page, {"type": CARD, "view": form} if form != "card" else {"type": CARD}
            )
            await page.goto("/our-home")
            card = page.locator("smart-parking-card ha-card")
            await expect(card).to_contain_text(FREE)
            said[form] = await hear(card.locator(place), card)
            if form == "card":
                await page.get_by_role("button", name="Park me").click()
                said["hold"] = await hear(page.locator(".mybay"), card)
                await page.get_by_role("button", name="Give it back").click()
                await expect(page.locator(".gateline b").first).to_have_text(FREE)
        assert complaints == []
    async with phone(browser, script=False) as plain:
        await plain.goto(address)
        said["page without a script"] = await hear(plain.locator("#go"), plain)
    async with phone(browser) as visitor:
        await visitor.goto(address)
        await follows(visitor)
        said["page"] = await hear(visitor.locator("#go"), visitor)
        await button(visitor, "Take me there").click()
        await expect(visitor.locator("body")).to_have_attribute("data-status", "held")
        said["page of the hold"] = await hear(visitor.locator("#go"), visitor)
        await button(visitor, "Give it back").click()
        await expect(visitor.locator("body")).to_have_attribute("data-status", "none")
    return said


async def hear(texts: Locator, picture: Locator | Page) -> Said:
    """Return what is said somewhere, as soon as a distance is, and how the whole looks."""
    await expect(texts).to_have_text(re.compile(r"\d m\b"))
    parts = PARTS.findall(await texts.inner_text())
    return Said(tuple(part.lower() for part in parts), await picture.screenshot())
