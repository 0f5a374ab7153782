"""Driver for the editor: draws with the mouse, with places in metres."""

from dataclasses import dataclass
import os
from pathlib import Path
from typing import Literal, Self

from playwright.async_api import Locator, Page, expect

from tests.browser.home import Home

type Metres = tuple[float, float]

ON_SCREEN = """
({ editor }, [x, y]) => {
  const { left, top } = editor.stage.root.getBoundingClientRect();
  const at = editor.stage.onScreen({ x, y });
  return [left + at.x, top + at.y];
}
"""
VIEW = """
async ({ editor }, view) => {
  Object.assign(editor.stage.view, view);
  editor.stage.zoom(1);
  await new Promise(requestAnimationFrame);
}
"""
SETTLED = "async ({ editor }) => { await editor.draft.settled(); return editor.draft.waiting; }"


@dataclass(slots=True)
class Hand:
    """A person who draws with the mouse."""

    page: Page
    gestures: int = 0
    """How often they tapped, dragged or pressed a key."""

    @classmethod
    async def open(cls, page: Page, home: Home) -> Self:
        """Open the editor on the home's lot."""
        await page.goto(f"/smart-parking-editor/{home.entry_id}")
        hand = cls(page)
        await hand.part(".bay").first.wait_for()
        return hand

    @property
    def editor(self) -> Locator:
        """The editor."""
        return self.page.locator("smart-parking-editor")

    def part(self, selector: str) -> Locator:
        """Return a part of the editor."""
        return self.editor.locator(selector)

    def bay(self, label: str) -> Locator:
        """Return a bay on the drawing."""
        return self.part(".bay").filter(has=self.page.locator(f"text='{label}'"))

    async def look(self, x: float, y: float, scale: float) -> None:
        """Look at a place, so many px a metre."""
        await self.editor.evaluate(VIEW, {"x": x, "y": y, "scale": scale})

    async def choose(self, key: str) -> None:
        """Choose a tool by its key."""
        self.gestures += 1
        await self.page.keyboard.press(key)

    async def press(self, name: str, role: Literal["button", "tab"] = "button") -> None:
        """Press a button."""
        self.gestures += 1
        await self.page.get_by_role(role, name=name).click()

    async def tap(self, *places: Metres) -> None:
        """Tap on places."""
        for place in places:
            self.gestures += 1
            x, y = await self.editor.evaluate(ON_SCREEN, place)
            await self.page.mouse.click(x, y)
        await self.settle()

    async def drag(self, *places: Metres) -> None:
        """Draw from place to place without letting go."""
        self.gestures += 1
        first, *others = [await self.editor.evaluate(ON_SCREEN, place) for place in places]
        await self.page.mouse.move(*first)
        await self.page.mouse.down()
        for other in others:
            await self.page.mouse.move(*other, steps=4)
        await self.page.mouse.up()
        await self.settle()

    async def settle(self) -> None:
        """Wait until the server has what was drawn."""
        assert await self.editor.evaluate(SETTLED) == 0

    async def publish(self) -> None:
        """Publish what was drawn."""
        await self.page.get_by_role("button", name="Publish").click()
        await expect(self.part(".status")).to_have_text("As it is at work")

    async def photograph(self, name: str) -> None:
        """Capture the page for manual inspection."""
        if folder := os.environ.get("EDITOR_PICTURES"):
            picture = await self.page.screenshot()
            (Path(folder) / f"{name}.png").write_bytes(picture)  # on request


AISLES_M = range(0, 65, 16)


async def draw_two_hundred(hand: Hand) -> None:
    """Draw 200 bays on two levels in place of what there is: rows, lanes, a ramp and a gate."""
    await hand.page.keyboard.press("Control+a")
    await hand.page.keyboard.press("Delete")
    await hand.press("Add a level")
    for level in (1, 2):
        await hand.press(f"Level {level}", "tab")
        await hand.look(14, 32, 9)
        await hand.choose("l")
        await hand.drag((0, 0), (0, 64))
        await hand.choose("r")
        if level == 1:
            await hand.press("Two")
        for y in AISLES_M:
            await hand.drag((0, y), (27, y))
        await expect(hand.part(".bay")).to_have_count(100)
        await hand.choose("Control+a")
        await hand.press("Simulated sensor")
        await expect(hand.part(".bay:not(.paired)")).to_have_count(0)
    await hand.choose("p")
    await hand.tap((0, 64))
    await hand.look(14, 32, 9)
    await hand.tap((0, 64))
    await hand.choose("g")
    await hand.tap((0, 0))
    await expect(hand.part(".problem")).to_have_count(0)
