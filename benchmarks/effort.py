"""What it takes to set up 200 bays on two levels: with the editor, and with the forms.

usage: python -m benchmarks.effort, with the environments and the browser of scripts/setup.

Both make the same lot on a running Home Assistant: twenty rows of ten in pairs, a lane in each
aisle and one along them, a ramp and a gate.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import re
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Page

from tests.browser.draftsman import AISLES_M, Hand, draw_two_hundred
from tests.browser.home import Home, running
from tests.browser.window import browsing, open_window

LEVELS = ("1", "2")
PER_ROW = 10
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(slots=True)
class Effort:
    """What somebody does with their hands."""

    taps: int = 0
    """Taps, drags and keys of the editor; buttons and menu items of the forms."""
    texts: int = 0
    """Fields that are typed into."""
    numbers: int = 0
    """Numbers in them."""

    def typed(self, *values: object) -> None:
        """Count fields that are typed into."""
        for value in values:
            self.texts += 1
            self.numbers += len(NUMBER.findall(str(value)))


async def draw(page: Page, home: Home) -> Effort:
    """Draw the lot."""
    await page.goto(f"/smart-parking-editor/{home.entry_id}")
    hand = Hand(page)
    await hand.part(".bay").first.wait_for()
    await draw_two_hundred(hand)
    hand.gestures += 1
    await hand.publish()
    return Effort(taps=hand.gestures)


class Forms:
    """Somebody who fills in forms: what is as they are offered is left so."""

    def __init__(self, home: Home) -> None:
        """Begin with nothing done."""
        self.effort = Effort()
        self._home = home
        self._address = ""
        self.shown: dict[str, Any] = {}

    async def begin(self, kind: str, handler: object) -> None:
        """Open a form."""
        self._address = f"config/config_entries/{kind}"
        await self._post({"handler": handler})
        self._address += f"/{self.shown['flow_id']}"

    async def pick(self, item: str) -> None:
        """Choose from a menu."""
        await self._post({"next_step_id": item})

    async def fill(self, typed: dict[str, object], **chosen: object) -> None:
        """Type some values, choose others, and go on."""
        self.effort.typed(*typed.values())
        self.effort.taps += len(chosen)
        defaults = {
            field["name"]: field["default"]
            for field in self.shown["data_schema"]
            if "default" in field
        }
        await self._post({**defaults, **typed, **chosen})

    async def _post(self, data: object) -> None:
        """Press a button."""
        self.effort.taps += 1
        self.shown = json.loads(await self._home.request("POST", self._address, data))
        assert not self.shown.get("errors"), self.shown


def rows() -> Iterator[tuple[str, str, float]]:
    """Yield the letter, the level and the place of each row."""
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for level in LEVELS:
        for y in AISLES_M:
            for side in (-5.5, 5.5):
                yield next(letters), level, y + side


async def fill_in(home: Home) -> Effort:
    """Make the lot with the forms, beside the demo's, whose labels are others."""
    forms = Forms(home)
    await forms.begin("subentries/flow", [home.entry_id, "node"])
    await forms.fill({}, source="simulated")
    await forms.fill({"name": "Both levels"})
    for letter, level, y in rows():
        await forms.pick("row")
        place = {"level": level, "x": 2.25, "y": y + 90}
        await forms.fill({"prefix": 2 * letter, "count": PER_ROW, **place})
    await forms.pick("check")
    await forms.pick("save")
    await forms.begin("subentries/flow", [home.entry_id, "gate"])
    await forms.fill({"name": "Gate", "level": LEVELS[0], "x": 0, "y": 90})
    lanes = [
        {"level": level, "points": points}
        for level in LEVELS
        for points in ("0,90; 0,154", *(f"0,{y + 90}; 27,{y + 90}" for y in AISLES_M))
    ]
    ramp = {"from_level": "1", "from_point": "0,154", "to_level": "2", "to_point": "0,154"}
    await forms.begin("options/flow", home.entry_id)
    await forms.pick("ways")
    for line in (*lanes, ramp):
        # A line of a table is opened and saved.
        forms.effort.taps += 2
        forms.effort.typed(*line.values())
    await forms.fill({}, lanes=lanes, ramps=[ramp])
    return forms.effort


async def main() -> None:
    """Print the table."""
    print("| 200 bays on two levels | taps | fields typed into | numbers typed |")
    print("| --- | ---: | ---: | ---: |")
    with TemporaryDirectory() as folder:
        async with running(Path(folder)) as home:
            forms = await fill_in(home)
            print(f"| the forms | {forms.taps} | {forms.texts} | {forms.numbers} |", flush=True)
    with TemporaryDirectory() as folder:
        async with (
            running(Path(folder)) as home,
            browsing() as browser,
            open_window(browser, home) as (page, _),
        ):
            drawn = await draw(page, home)
            print(f"| the editor | {drawn.taps} | {drawn.texts} | {drawn.numbers} |")


if __name__ == "__main__":
    asyncio.run(main())
