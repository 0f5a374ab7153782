"""An owner puts the card on a dashboard of their own."""

from playwright.async_api import Page, expect
import pytest

from tests.browser.window import ready, save_dashboard


# Pictures of other cards come from the internet.
@pytest.mark.parametrize("tolerated", [["ERR_NAME_NOT_RESOLVED"]])
async def test_card_is_picked_by_its_preview_and_set_in_a_form(page: Page) -> None:
    await ready(page)
    await save_dashboard(page)
    await page.goto("/our-home/0?edit=1")
    await page.get_by_role("button", name="Add card").click()
    await page.get_by_role("tab", name="By card").click()
    await page.get_by_placeholder("Search cards").fill("parking")
    offered = page.locator("hui-card-picker .card").filter(has_text="Smart Parking")
    await expect(offered.locator(".bay")).to_have_count(24)
    await offered.click()

    form = page.locator("hui-dialog-edit-card")
    await expect(form.get_by_text("Smart Parking card configuration")).to_be_visible()
    await expect(form.locator(".bay")).to_have_count(24)
    await form.get_by_role("textbox", name="Title").fill("Behind the town hall")
    await expect(form.get_by_role("heading", name="Behind the town hall")).to_be_visible()
    await form.get_by_role("button", name="Form").click()
    await page.get_by_text("Sign at the entrance", exact=True).click()
    await expect(form.locator(".sign")).to_contain_text("Behind the town hall")
    await form.get_by_role("button", name="Save").click()
    await expect(page.locator("hui-view smart-parking-card .sign")).to_be_visible()
