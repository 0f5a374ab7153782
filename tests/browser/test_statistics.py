"""The statistics view: a period is chosen, looked at, taken along as a file and printed."""

from collections.abc import AsyncGenerator
import csv
from datetime import UTC, datetime, timedelta
import io
import re
from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from tests.browser.conftest import OpenPage, clean, together
from tests.browser.home import Home
from tests.browser.test_accessibility import GRAVE, INSPECT, axe
from tests.browser.window import PHONE, save_dashboard

__all__ = ["axe"]

PATH = "/smart-parking/statistics"
CARD = {"type": "custom:smart-parking-statistics-card"}
ASK = """
([entry_id, period, until]) => document.querySelector("home-assistant").hass.callWS(
  { type: "smart_parking/statistics", entry_id, from: period, until })
"""
FAIL = """
() => {
  const { connection } = document.querySelector("home-assistant").hass;
  const send = connection.sendMessagePromise.bind(connection);
  connection.sendMessagePromise = message => message.type === "smart_parking/statistics"
    ? Promise.reject({ code: "history_away", message: "It is away",
        translation_domain: "smart_parking", translation_key: "history_away",
        translation_placeholders: { lot: "Market Square" } })
    : send(message);
  window.mend = () => { connection.sendMessagePromise = send; };
}
"""


@together(scope="module")
async def old_home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """A Home Assistant whose lot has eight weeks behind it."""
    async with clean(tmp_path_factory.mktemp("home"), has_history=True) as home:
        # At the first start it is learnt from them what comes next: a slow machine is not done yet.
        home.tolerated.append("is still running at shutdown")
        yield home


def card(page: Page) -> Locator:
    """Return the statistics' card."""
    return page.locator("smart-parking-statistics-card").first


def tile(page: Page, name: str) -> Locator:
    """Return the number of a tile."""
    return card(page).locator(f'[data-tile="{name}"] strong')


def panel(page: Page, name: str) -> Locator:
    """Return one of the panels."""
    return card(page).locator(f'[data-panel="{name}"]')


async def choose(page: Page, name: str) -> None:
    """Choose the kind of period."""
    await card(page).get_by_role("button", name=name, exact=True).click()


async def last_month(page: Page) -> tuple[str, str]:
    """Go to the month before this one, of which all days are recorded; return its days."""
    await choose(page, "Month")
    await card(page).get_by_role("button", name="Earlier").click()
    now = datetime.fromisoformat(await page.evaluate("new Date().toISOString()"))
    until = now.astimezone(UTC).replace(day=1) - timedelta(days=1)
    await expect(card(page).locator(".said")).to_have_text(f"{until:%B %Y}")
    await expect(card(page).locator("[aria-busy]")).to_have_count(0)
    return f"{until:%Y-%m}-01", f"{until:%Y-%m-%d}"


async def asked(page: Page, home: Home, period: tuple[str, str]) -> dict[str, Any]:
    """Return what the server tells of a period."""
    told: dict[str, Any] = await page.evaluate(ASK, [home.entry_id, *period])
    return told


async def test_every_number_follows_the_period(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH) as page:
        await expect(card(page).get_by_role("heading", name="Market Square")).to_be_visible()
        await expect(card(page).locator("[data-value=week]")).to_have_attribute(
            "aria-pressed", "true"
        )
        period = await last_month(page)
        told = await asked(page, old_home, period)
        totals = told["totals"]
        assert totals["vehicles"] > 1000
        await expect(tile(page, "vehicles")).to_have_text(f"{totals['vehicles']:,}")
        await expect(tile(page, "revenue")).to_have_text(f"€{totals['revenue']:,.2f}")
        await expect(panel(page, "series").locator(".slot")).to_have_count(told["period"]["days"])
        await expect(panel(page, "hours").locator("tbody td")).to_have_count(7 * 24)
        busiest = panel(page, "busiest").locator("tbody th")
        await expect(busiest).to_have_text([one.upper() for one in told["busiest"]])
        await choose(page, "Day")
        await expect(panel(page, "series").get_by_role("heading")).to_have_text("By hour")
        await expect(panel(page, "series").locator(".slot")).to_have_count(24)


async def test_today_is_shown_as_far_as_it_has_been(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH) as page:
        await expect(panel(page, "today").locator(".past")).to_have_attribute(
            "d", re.compile("^M0")
        )
        await expect(panel(page, "today").locator(".measure")).not_to_be_empty()
        await last_month(page)
        await expect(panel(page, "today")).to_have_count(0)


async def test_it_is_compared_with_what_is_chosen(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH) as page:
        vehicles = card(page).locator('[data-tile="vehicles"] small')
        await card(page).get_by_role("button", name="Earlier").click()
        await expect(vehicles).to_contain_text("before: ")
        await card(page).get_by_role("combobox").select_option("none")
        await expect(vehicles).not_to_contain_text("before: ")
        # Of a year ago there is no record, and it is not taken for an empty lot.
        await card(page).get_by_role("combobox").select_option("year_before")
        await expect(card(page).get_by_text("there is no record of")).to_be_visible()
        await expect(vehicles).not_to_contain_text("before: ")


async def test_the_plan_is_coloured_by_what_is_chosen(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH) as page:
        told = await asked(page, old_home, await last_month(page))
        (a01,) = [row for row in told["bays"] if row["bay"] == "A01"]
        bay = panel(page, "map").locator(".heat g", has_text="A01")
        await expect(bay).to_contain_text(f"{a01['turnover']:.1f}")
        hottest = max(told["bays"], key=lambda row: row["occupancy"])
        await panel(page, "map").get_by_role("button", name="Occupancy").click()
        await expect(bay).to_contain_text(f"{a01['occupancy']:.0%}")
        reddest = panel(page, "map").locator(".heat g", has_text=hottest["bay"]).locator("rect")
        await expect(reddest).to_have_attribute("fill-opacity", "1.000")
        await panel(page, "map").get_by_role("button", name="Revenue").click()
        await expect(panel(page, "map").locator(".measure")).to_have_text("Revenue")
        await panel(page, "map").get_by_text("Table").click()
        await expect(panel(page, "map").locator("tbody tr")).to_have_count(24)


async def test_a_table_is_taken_along(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH) as page:
        period = await last_month(page)
        told = await asked(page, old_home, period)
        async with page.expect_download() as download:
            await panel(page, "map").get_by_role("button", name="CSV: Bays").click()
        file = await download.value
        assert file.suggested_filename == f"Market-Square_bays_{'_'.join(period)}.csv"
        text = (await file.path()).read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [(row["bay"], int(row["vehicles"])) for row in rows] == [
            (row["bay"], row["vehicles"]) for row in told["bays"]
        ]


async def test_a_printer_gets_the_report_alone(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH) as page:
        await last_month(page)
        month = await card(page).locator(".said").text_content()
        vehicles = await tile(page, "vehicles").text_content()
        report = page.locator(".smart-parking-report")
        await expect(report).to_be_hidden()
        before = await page.title()
        await page.emulate_media(media="print")
        await expect(report.get_by_role("heading", level=1)).to_have_text("Market Square")
        await expect(report.locator(".said")).to_have_text(str(month))
        await expect(report.locator('[data-tile="vehicles"] strong')).to_have_text(str(vehicles))
        await expect(report.locator(".heat")).to_be_visible()
        await expect(report.locator(".csv").first).to_be_hidden()
        await expect(page.locator("home-assistant")).to_be_hidden()
        await page.emulate_media(media="null")
        await expect(report).to_be_hidden()
        await expect(page.locator("home-assistant")).to_be_visible()
        printed = await page.pdf(prefer_css_page_size=True, print_background=True)
        title = f"Market Square · {month}".encode("utf-16-be")
        assert title in printed or title.hex().upper().encode() in printed
        assert 1 < len(re.findall(rb"/Type /Page\n", printed)) < 5
        await expect(page).to_have_title(before)
        # Another page prints as ever.
        await page.goto("/smart-parking/overview")
        await expect(page.locator("smart-parking-card .bay").first).to_be_visible()
        await expect(report).to_have_count(0)


async def test_own_days_are_typed(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH) as page:
        await choose(page, "Own range")
        first, last = card(page).get_by_label("From"), card(page).get_by_label("Until")
        now = datetime.fromisoformat(await last.input_value()).date()
        begin = now - timedelta(days=20)
        await first.fill(begin.isoformat())
        await expect(panel(page, "series").locator(".slot")).to_have_count(21)
        # An end before the beginning is that day.
        await last.fill((begin - timedelta(days=5)).isoformat())
        await expect(first).to_have_value((begin - timedelta(days=5)).isoformat())
        await expect(panel(page, "series").locator(".slot")).to_have_count(24)
        await first.fill("2020-02-01")
        await last.fill("2020-02-03")
        await expect(card(page)).to_contain_text("Nothing was recorded in this period.")


async def test_one_period_is_that_of_all_lots_of_the_page(
    open_page: OpenPage, old_home: Home
) -> None:
    async with open_page(old_home) as page:
        await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
        await save_dashboard(page, CARD, {**CARD, "title": "The same"})
        await page.goto("/our-home")
        second = page.locator("smart-parking-statistics-card").nth(1)
        await expect(second.get_by_role("heading", name="The same")).to_be_visible()
        await choose(page, "Month")
        await expect(second.locator("[data-value=month]")).to_have_attribute("aria-pressed", "true")
        await second.get_by_role("button", name="Earlier").click()
        said = str(await second.locator(".said").text_content())
        await expect(card(page).locator(".said")).to_have_text(said)
        await page.emulate_media(media="print")
        await expect(page.locator(".smart-parking-report .said")).to_have_text([said, said])
        names = page.locator(".smart-parking-report h1")
        await expect(names).to_have_text(["Market Square", "The same"])


async def test_what_goes_wrong_is_said(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home) as page:
        await page.wait_for_function("document.querySelector('home-assistant')?.hass?.panels")
        await save_dashboard(page, CARD, {**CARD, "entry_id": "another"})
        await page.goto("/our-home")
        await expect(tile(page, "vehicles")).to_be_visible()
        other = page.locator("smart-parking-statistics-card").nth(1)
        await expect(other).to_contain_text("This car park does not exist any more")
        await page.evaluate(FAIL)
        await card(page).get_by_role("button", name="Earlier").click()
        # What was shown before stays, and it is said that it is not new.
        about = card(page).locator(".about")
        await expect(about).to_contain_text("The history of Market Square cannot be read")
        await page.evaluate("window.mend()")
        await card(page).get_by_role("button", name="Later").click()
        await expect(about).not_to_contain_text("cannot be read")


async def test_a_phone_is_wide_enough(open_page: OpenPage, old_home: Home) -> None:
    async with open_page(old_home, PATH, size=PHONE) as page:
        await expect(tile(page, "vehicles")).to_be_visible()
        width = await page.evaluate("document.scrollingElement.scrollWidth")
        assert width == PHONE["width"]
        box = await panel(page, "groups").bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nobody_is_left_out(
    open_page: OpenPage, old_home: Home, axe: str, dark: bool
) -> None:
    async with open_page(old_home, PATH, dark=dark) as page:
        await last_month(page)
        await expect(panel(page, "map").locator(".heat")).to_be_visible()
        for behind in await card(page).locator("summary").all():
            await behind.click()
        await page.add_script_tag(content=axe)
        found = await card(page).evaluate(INSPECT, GRAVE)
        assert found["faults"] == []
        assert found["checked"] > 10
