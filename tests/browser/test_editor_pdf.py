"""A page of a PDF becomes the picture below a plan: it is chosen and drawn in the browser."""

from collections.abc import Sequence
from io import BytesIO
import re

from PIL import Image
from playwright.async_api import Locator, Page, expect
import pytest

from tests.browser.conftest import OpenPage
from tests.browser.draftsman import Hand
from tests.browser.home import Home
from tests.browser.test_accessibility import AXE, GRAVE, INSPECT

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)
LONG_SIDE_PX = 4096
# What a picture shows: its size, and the colour of a place, in parts of its width and height.
SHOWN = """
async (image, places) => {
  const drawn = new Image();
  drawn.src = image.getAttribute("href");
  await drawn.decode();
  const { naturalWidth: width, naturalHeight: height } = drawn;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(drawn, 0, 0);
  const colour = ([x, y]) =>
    [...context.getImageData(x * width, y * height, 1, 1).data].slice(0, 3);
  const { type } = await (await fetch(drawn.src)).blob();
  return { size: [width, height], type, colours: places.map(colour) };
}
"""
DROP = """
(stage, bytes) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([new Uint8Array(bytes)], "plan.pdf"));
  for (const kind of ["dragover", "drop"])
    stage.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
}
"""


def pdf(*contents: str, size: tuple[int, int] = (400, 200), more: str = "") -> bytes:
    """Write a PDF with a page for each drawing; letters are in a font that is not in the file."""
    first = 4
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(contents)))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    common = f"/MediaBox [0 0 {size[0]} {size[1]}] /Resources << /Font << /F 3 0 R >> >>"
    for at, content in enumerate(contents):
        parts += [
            f"<< /Type /Page /Parent 2 0 R /Contents {first + 2 * at + 1} 0 R {common} >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    text, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(parts) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R {more} >>\nstartxref\n{len(text)}\n%%EOF\n"
    return f"{text}xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}".encode()


def scanned(image: Image.Image) -> bytes:
    """Write a PDF whose page is an image; how it is compressed depends on its mode."""
    file = BytesIO()
    image.save(file, "PDF")
    return file.getvalue()


def half_black(mode: str) -> Image.Image:
    """Return an image with a black left half."""
    image = Image.new("L", (640, 320), 255)
    image.paste(0, (0, 0, 320, 320))
    return image.convert(mode)


TWO_PAGES = pdf(
    "1 0 0 rg 0 0 400 200 re f",
    # Green on the left; letters on the right.
    "0 1 0 rg 0 0 200 200 re f 0 g BT /F 150 Tf 210 40 Td (H) Tj ET",
)
KEY = "00" * 32
LOCKED = pdf(
    "",
    more=f"/ID [<{KEY}> <{KEY}>] "
    f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{KEY}> /U <{KEY}> /P -4 >>",
)


async def choose(hand: Hand, body: bytes, name: str = "plan.pdf") -> None:
    """Choose a file with the picture's tool."""
    await hand.choose("o")
    kind = "application/pdf"
    await hand.part("input[type=file]").set_input_files(
        {"name": name, "mimeType": kind, "buffer": body}
    )


async def shown(image: Locator, *places: Sequence[float]) -> dict[str, object]:
    """Return what a picture shows, once it is there."""
    await expect(image).to_have_attribute("href", re.compile("^blob:"))
    said: dict[str, object] = await image.evaluate(SHOWN, places)
    return said


def asked(page: Page) -> list[str]:
    """Return the list of what a page asks for, which grows."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    return urls


async def test_the_second_page_is_chosen_and_lies_below(open_page: OpenPage, home: Home) -> None:
    async with open_page(home) as page:
        urls = asked(page)
        hand = await Hand.open(page, home)
        await hand.choose("o")
        assert [url for url in urls if "pdf" in url] == []
        await choose(hand, TWO_PAGES)
        dialog = page.get_by_role("dialog", name="A page of the PDF")
        await expect(dialog.get_by_role("img", name="Page 1 of 2")).to_be_visible()
        await dialog.get_by_role("button", name="Next page").click()
        await expect(dialog.get_by_role("img", name="Page 2 of 2")).to_be_visible()
        await expect(dialog.get_by_label("Page", exact=True)).to_have_value("2")
        await hand.photograph("11-page-of-a-pdf")
        if AXE.exists():
            await page.add_script_tag(content=AXE.read_text())
            assert (await hand.editor.evaluate(INSPECT, GRAVE))["faults"] == []
        await dialog.get_by_role("button", name="Take this page").click()
        await expect(dialog).to_be_hidden()
        below = await shown(hand.part("image"), (0.25, 0.5), (0.98, 0.5))
        assert below == {
            "size": [LONG_SIDE_PX, LONG_SIDE_PX // 2],
            "type": "image/png",
            "colours": [[*GREEN], [*WHITE]],
        }
        # The H is 108 points wide, a stroke of it from the 222nd to the 242nd point on.
        stroke = await shown(hand.part("image"), (232 / 400, 0.5))
        assert stroke["colours"] == [[0, 0, 0]]
        await hand.photograph("12-page-below")
        # What reads PDFs comes from here, and what is sent is a picture.
        assert {url.split("/")[2] for url in urls if url.startswith("http")} == {
            home.url.split("/")[2]
        }
        assert any(url.endswith("/pdfjs/pdf.worker.js") for url in urls)
        await page.keyboard.press("Control+z")
        await expect(hand.part("image")).to_have_count(0)
        await hand.settle()


async def test_a_page_is_chosen_by_keys_alone(open_page: OpenPage, home: Home) -> None:
    async with open_page(home) as page:
        hand = await Hand.open(page, home)
        await choose(hand, TWO_PAGES)
        await expect(page.get_by_role("img", name="Page 1 of 2")).to_be_visible()
        await expect(page.get_by_label("Page", exact=True)).to_be_focused()
        # There are no nine pages: it is the last one.
        await page.keyboard.type("9")
        await page.keyboard.press("Enter")
        below = await shown(hand.part("image"), (0.25, 0.5))
        assert below["colours"] == [[*GREEN]]
        await page.keyboard.press("Control+z")
        # Nothing happens to the plan when the dialog is left.
        await choose(hand, TWO_PAGES)
        await expect(page.get_by_role("img", name="Page 1 of 2")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(hand.part("image")).to_have_count(0)
        await expect(hand.part(".note:visible")).to_have_count(0)
        await hand.settle()


async def test_a_pdf_is_dropped_on_the_drawing(open_page: OpenPage, home: Home) -> None:
    async with open_page(home) as page:
        hand = await Hand.open(page, home)
        one_page = pdf("1 0 0 rg 0 0 100 300 re f", size=(100, 300))
        await hand.part(".stage").evaluate(DROP, list(one_page))
        below = await shown(hand.part("image"), (0.5, 0.5))
        assert below["size"] == [round(LONG_SIDE_PX / 3), LONG_SIDE_PX]
        assert below["colours"] == [[*RED]]
        await page.keyboard.press("Control+z")
        await hand.settle()


@pytest.mark.parametrize("mode", ["1", "RGB", "RGBA"], ids=["fax", "JPEG", "JPEG 2000"])
async def test_a_scan_is_drawn_however_it_is_compressed(
    open_page: OpenPage, home: Home, mode: str
) -> None:
    async with open_page(home) as page:
        hand = await Hand.open(page, home)
        body = scanned(half_black(mode))
        assert {"1": b"CCITTFax", "RGB": b"DCTDecode", "RGBA": b"JPXDecode"}[mode] in body
        await choose(hand, body)
        below = await shown(hand.part("image"), (0.25, 0.5), (0.75, 0.5))
        assert below["colours"] == [[0, 0, 0], [*WHITE]]
        await page.keyboard.press("Control+z")
        await hand.settle()


async def test_a_photo_that_is_too_large_as_png_is_sent_as_jpeg(
    open_page: OpenPage, home: Home
) -> None:
    async with open_page(home) as page:
        hand = await Hand.open(page, home)
        await choose(hand, scanned(Image.effect_noise((3000, 3000), 80).convert("RGB")))
        below = await shown(hand.part("image"))
        assert below["size"] == [LONG_SIDE_PX, LONG_SIDE_PX]
        assert below["type"] == "image/jpeg"
        await page.keyboard.press("Control+z")
        await hand.settle()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (LOCKED, "The PDF is protected with a password"),
        (b"%PDF-1.4\nnothing but a beginning", "The PDF is damaged or cannot be read"),
        (b"no picture at all", "This is no PNG, JPEG, WebP or SVG picture, and no PDF"),
    ],
    ids=["locked", "broken", "neither"],
)
async def test_what_cannot_be_drawn_is_said(
    open_page: OpenPage, home: Home, tolerated: list[str], body: bytes, said: str
) -> None:
    # The answer to what is no picture.
    tolerated.append("415")
    async with open_page(home) as page:
        hand = await Hand.open(page, home)
        before = await hand.part(".bay").count()
        await choose(hand, body)
        await expect(hand.part(".note:visible")).to_contain_text(said)
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(hand.part("image")).to_have_count(0)
        await expect(hand.part(".bay")).to_have_count(before)
        # What is chosen next is not hindered, and the note is about nothing any more.
        await choose(hand, pdf("1 0 0 rg 0 0 400 200 re f"))
        await expect(hand.part("image")).to_have_count(1)
        await expect(hand.part(".note:visible")).to_have_count(0)
        await page.keyboard.press("Control+z")
        await hand.settle()


@pytest.mark.parametrize("file", ["pdf-page.js", "pdfjs/pdf.js", "pdfjs/pdf.worker.js"])
async def test_without_its_reader_a_pdf_is_refused_and_the_editor_works(
    open_page: OpenPage, home: Home, tolerated: list[str], file: str
) -> None:
    tolerated.append("ERR_FAILED")
    async with open_page(home) as page:
        hand = await Hand.open(page, home)
        await page.route(f"**/{file}", lambda route: route.abort())
        await choose(hand, TWO_PAGES)
        await expect(hand.part(".note:visible")).to_contain_text("could not be loaded")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(hand.part("image")).to_have_count(0)
