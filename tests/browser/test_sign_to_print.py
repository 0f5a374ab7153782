"""An owner prints a sign, and a phone reads what the printer has printed."""

from io import BytesIO

from PIL import Image
from playwright.async_api import Page, ViewportSize, expect
import zxingcpp

from tests.browser.conftest import OpenPage
from tests.browser.home import Home
from tests.browser.visitors import open_to_visitors

OPTIONS = "/config/integrations/integration/smart_parking"
WIFI, PASSWORD = 'Café "Krume"; <b>', "let; us: in"
# A4 at 96 px an inch.
A4_PX = ViewportSize(width=794, height=1123)


async def open_sign(page: Page) -> Page:
    """Go from the lot's options to the sign, which opens in a window of its own."""
    await page.get_by_role("button", name="Configure").first.click()
    for option in ("Joining the Wi-Fi", "A sign to be printed"):
        await page.get_by_text(option, exact=True).click()
    async with page.expect_popup() as popup:
        await page.get_by_role("link", name="Open the sign").click()
    return await popup.value


async def codes(sign: Page) -> list[str]:
    """Return what a phone reads from what is printed, from the left to the right."""
    await sign.emulate_media(media="print")
    picture = Image.open(BytesIO(await sign.screenshot()))
    found = zxingcpp.read_barcodes(picture)
    return [code.text for code in sorted(found, key=lambda code: code.position.top_left.x)]


async def test_owner_prints_a_sign_that_phones_can_read(open_page: OpenPage, home: Home) -> None:
    address = await open_to_visitors(home)
    origin, _, secret = address.strip("/").partition("/api/smart_parking/v/")
    short = f"{origin}/park/{secret[:8]}"
    async with open_page(home, OPTIONS) as page:
        sign = await open_sign(page)
        await sign.set_viewport_size(A4_PX)
        await expect(sign.get_by_role("heading")).to_have_text("Market Square")
        assert await codes(sign) == [short]

        await sign.emulate_media(media="screen")
        await sign.get_by_label("Name of the Wi-Fi").fill(WIFI)
        await sign.get_by_label("Password").fill(PASSWORD)
        await sign.get_by_role("button", name="Show").click()
        await expect(sign.locator("#wifi p")).to_have_text(f"Network: {WIFI}")
        assert await codes(sign) == [
            'WIFI:T:WPA;S:Café \\"Krume\\"\\; <b>;P:let\\; us\\: in;;',
            short,
        ]
        await expect(sign.locator("form")).to_be_hidden()
        printed = await sign.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") == 1
        await sign.close()
