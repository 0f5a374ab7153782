"""What axe-core, which knows the rules, says of every form of the card."""

from playwright.async_api import expect
import pytest

from tests.browser.conftest import OpenPage
from tests.browser.home import ROOT, Home
from tests.browser.window import bay, ready, save_dashboard

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ["serious", "critical"]
FORMS = ["plan", "compact", "sign", "owner"]

INSPECT = """
async (card, grave) => {
  const { violations, passes } = await axe.run(card);
  return {
    checked: passes.length,
    faults: violations
      .filter(({ impact }) => grave.includes(impact))
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
        `${id}: ${html.slice(0, 160)} ${failureSummary}`)),
  };
}
"""


@pytest.fixture
def axe() -> str:
    """The code of axe-core."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    return AXE.read_text()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nobody_is_left_out(open_page: OpenPage, home: Home, axe: str, dark: bool) -> None:
    await home.park("B09")
    await home.close("B10")
    await home.break_sensor("B12")
    async with open_page(home, dark=dark) as page:
        await ready(page)
        await save_dashboard(
            page, *({"type": "custom:smart-parking-card", "view": form} for form in FORMS)
        )
        await page.goto("/our-home")
        cards = page.locator("smart-parking-card")
        await expect(cards).to_have_count(len(FORMS))
        for label, letter in {"B09": "o", "B10": "x", "B12": "u"}.items():
            await expect(bay(page, label).first).to_contain_class(letter)
        await page.get_by_role("button", name="Park me").click()
        await expect(page.locator(".driver.mine")).to_be_visible()
        await bay(page, "A05").last.click()
        await expect(page.get_by_role("textbox", name="For whom")).to_be_visible()
        await page.add_script_tag(content=axe)
        for card in await cards.all():
            found = await card.evaluate(INSPECT, GRAVE)
            assert found["faults"] == []
            assert found["checked"] > 0
        await page.get_by_role("button", name="Give it back").click()
