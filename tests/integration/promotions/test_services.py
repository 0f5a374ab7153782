"""What a blueprint shows, and what a shop is billed for."""

from collections import Counter
import csv
from datetime import timedelta
import io
import random
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
import voluptuous as vol

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.diagnostics import async_get_config_entry_diagnostics
from tests.integration.lots import change, remove
from tests.integration.promotions.shops import ask, show, written

COUNTS = ("impressions", "on_signs", "visits", "clicks")


async def test_a_message_gets_a_line_that_says_what_it_is(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    answer = await ask(hass, "promotion", driver="person.ann")
    click, url = answer["promotion"].pop("click"), answer["promotion"].pop("click_url")
    assert click.startswith("/api/smart_parking/promotion/garage/bakery/link/")
    assert url.endswith(f":8123{click}")
    assert answer == {
        "promotion": {
            "promotion_id": "bakery",
            "mark": "Ad",
            "title": "Bakery",
            "text": "Coffee and cake\nfor 4 €.",
            "line": "Ad: Bakery · Coffee and cake for 4 €.",
            "link": "https://bakery.example/",
            "image": None,
        }
    }
    second = await ask(hass, "promotion", driver="person.bob", language="de")
    assert second["promotion"]["line"] == "Anzeige: Zoo"
    assert [second["promotion"][one] for one in ("link", "click", "click_url")] == [None] * 3
    assert entry.runtime_data.promotions.counts("bakery")[:3] == (1, 0, 1)


async def test_there_may_be_nothing_to_show(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await remove(hass, entry, "zoo")
    await change(hass, entry, "bakery", when="after")
    assert await ask(hass, "promotion", when="before") == {"promotion": None}
    assert (await ask(hass, "promotion", when="after"))["promotion"]["title"] == "Bakery"


async def test_it_is_asked_for_before_or_after_parking(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    for when in ("both", "never"):
        with pytest.raises(vol.Invalid):
            await ask(hass, "promotion", when=when)


class Week:
    """A week of visitors, and what they really saw."""

    def __init__(
        self, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, seed: int
    ) -> None:
        """Initialize at the time of the clock."""
        self.entry = entry
        self.freezer = freezer
        self.random = random.Random(seed)
        self.seen: Counter[tuple[str, str, str]] = Counter()

    def pass_by(self) -> None:
        """Make seven days pass, with some hundreds of visitors and a sign."""
        for visitor in range(400):
            self.freezer.tick(timedelta(days=7) / 400 * self.random.uniform(0.5, 1.4))
            self._visit(f"visitor {visitor}")
            for _ in range(self.random.randrange(3)):
                self.freezer.tick(20)
                self._show("entrance", "before", screen=True)

    def _visit(self, visitor: str) -> None:
        """Show a visitor promotions some times, before and after parking; perhaps follow a link."""
        met = set()
        for when in ("before", "before", "after")[: self.random.randrange(1, 4)]:
            self.freezer.tick(30)
            title = self._show(visitor, when)
            if title is None:
                continue
            if title not in met:
                self._note(title, "visits")
                met.add(title)
            if self.random.random() < 0.2 and written(self.entry, title).link:
                promotion_id = written(self.entry, title).promotion_id
                self.entry.runtime_data.promotions.async_clicked(promotion_id)
                self._note(title, "clicks")

    def _show(self, visitor: str, when: str, *, screen: bool = False) -> str | None:
        """Show a promotion and note it."""
        title = show(self.entry, visitor, when, screen=screen)
        if title is not None:
            self._note(title, "impressions")
            if screen:
                self._note(title, "on_signs")
        return title

    def _note(self, title: str, what: str) -> None:
        """Record what was seen today."""
        self.seen[self.freezer().date().isoformat(), title, what] += 1


def noted(rows: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """Return what a report says, as a week notes it."""
    return +Counter(
        {(row["date"], row["title"], what): int(row[what]) for row in rows for what in COUNTS}
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_report_of_a_week_adds_up_to_what_was_shown(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory, seed: int
) -> None:
    await change(hass, entry, "zoo", link="https://zoo.example", most_per_visit=1, when="before")
    week = Week(entry, freezer, seed)
    week.pass_by()
    report = await ask(hass, "promotion_report")
    assert noted(report["rows"]) == week.seen
    assert noted(list(csv.DictReader(io.StringIO(report["csv"])))) == week.seen
    assert len({row["date"] for row in report["rows"]}) in (7, 8)
    for total in report["totals"]:
        counts = entry.runtime_data.promotions.counts(total["promotion_id"])
        for what in COUNTS:
            of_rows = sum(row[what] for row in report["rows"] if row["title"] == total["title"])
            assert total[what] == of_rows == getattr(counts, what)
    assert all(total["visits"] > 100 for total in report["totals"])


async def test_a_report_of_some_days(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(4):
        show(entry)
        freezer.tick(timedelta(days=1))
    report = await ask(hass, "promotion_report", **{"from": "2026-11-21", "until": "2026-11-22"})
    assert [row["date"] for row in report["rows"]] == ["2026-11-21", "2026-11-22"]
    assert sum(total["impressions"] for total in report["totals"]) == 2
    assert (report["lot"], report["from"], report["until"]) == (
        "Garage",
        "2026-11-21",
        "2026-11-22",
    )


async def test_a_day_ends_at_the_lots_midnight(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("Asia/Kolkata")
    freezer.move_to("2026-11-20 18:29:59+00:00")
    show(entry)
    freezer.tick(1)
    show(entry)
    report = await ask(hass, "promotion_report")
    assert [row["date"] for row in report["rows"]] == ["2026-11-20", "2026-11-21"]


async def test_days_the_wrong_way_round(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await ask(hass, "promotion_report", **{"from": "2026-11-22", "until": "2026-11-21"})
    assert refused.value.translation_key == "report_backwards"


async def test_a_deleted_promotion_is_still_billed(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    show(entry)
    await remove(hass, entry, "bakery")
    report = await ask(hass, "promotion_report")
    assert [row["title"] for row in report["rows"]] == ["Bakery"]


async def test_a_title_is_no_formula(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    await remove(hass, entry, "zoo")
    title = '=HYPERLINK("https://evil.example"),"x"'
    await change(hass, entry, "bakery", title=title)
    show(entry)
    report = await ask(hass, "promotion_report")
    assert report["rows"][0]["title"] == title
    assert [row["title"] for row in csv.DictReader(io.StringIO(report["csv"]))] == [f"'{title}"]


async def test_diagnostics_name_no_shop(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    await change(hass, entry, "bakery", picture_path="/local/bakery.png")
    told = await async_get_config_entry_diagnostics(hass, entry)
    promotions = [one for one in told["entry"]["subentries"] if one["subentry_type"] == "promotion"]
    assert len(promotions) == 2
    assert not re.search(r"bakery\.|cake|Zoo", str(promotions))


async def test_bills_are_the_owners_business(
    hass: HomeAssistant, entry: SmartParkingConfigEntry
) -> None:
    user = await hass.auth.async_create_system_user("Somebody")
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "promotion_report",
            {},
            blocking=True,
            return_response=True,
            context=Context(user_id=user.id),
        )
