"""The page's files, a promotion's picture, and its link."""

import gzip
from pathlib import Path
import shutil

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.static_files import FOLDER, read_files
from tests.integration.lots import LOT_ID, add
from tests.integration.promotions.shops import PNG, keep, promotion
from tests.integration.visitor.phones import BASE, Phone

FILES = read_files()


@pytest.mark.parametrize("name", sorted(FILES.by_name))
async def test_a_file_is_sent_once(phone: Phone, name: str) -> None:
    first = await phone.get(f"{FILES.address}/{name}")
    assert first.status == 200
    assert first.content_type == FILES.by_name[name].content_type
    assert await first.read() == FILES.by_name[name].body
    assert "immutable" in first.headers["Cache-Control"]
    assert first.headers["X-Content-Type-Options"] == "nosniff"

    again = await phone.get(f"files/old/{name}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status, await again.read()) == (304, b"")
    assert "immutable" not in again.headers["Cache-Control"]


async def test_texts_are_sent_compressed_to_who_understands(phone: Phone) -> None:
    address = f"{FILES.address}/visitor/app.css"
    small = await phone.get(address, headers={"Accept-Encoding": "gzip"})
    big = await phone.get(address, headers={"Accept-Encoding": "identity"})

    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in big.headers
    assert await small.read() == await big.read() == FILES.by_name["visitor/app.css"].body
    assert int(small.headers["Content-Length"]) < int(big.headers["Content-Length"])


@pytest.mark.parametrize(
    "name",
    ["no.js", "card.js", "visitor/types.d.ts", "..%2Fcard.js", "visitor/..%2Fcard.js", "app.py"],
)
async def test_other_files_are_nobodys_business(phone: Phone, name: str) -> None:
    assert (await phone.get(f"{FILES.address}/{name}")).status in (400, 404)


def test_the_version_changes_with_the_files(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "frontend")
    (folder / "visitor" / "notes.txt").write_text("not for visitors")
    before = read_files(folder)
    (folder / "visitor" / "app.js").write_text("2;")
    after = read_files(folder)

    assert before.by_name.keys() == FILES.by_name.keys()
    assert (before.version == FILES.version, after.version == FILES.version) == (True, False)
    compressed = after.by_name["visitor/app.js"].compressed
    assert compressed is not None
    assert gzip.decompress(compressed) == b"2;"


async def test_a_promotion_is_shown_marked_and_leads_to_its_shop(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, folder: Path, phone: Phone
) -> None:
    keep(str(folder), "www/cake.png", PNG)
    shop = promotion(
        "Bakery", text="Cake, 4 €.", link="https://bakery.example/", picture_path="/local/cake.png"
    )
    await add(hass, entry, shop)

    page = await phone.look()

    assert "Ad" in page.text("promotion")
    assert "Bakery" in page.text("promotion")
    (link,) = [one for one in page.all("a") if one["href"] == "p/bakery"]
    assert "noopener" in str(link["rel"])
    (image,) = page.all("img")
    picture = await phone.get(str(image["src"]))
    assert (picture.content_type, await picture.read()) == ("image/png", PNG)
    assert picture.headers["Content-Security-Policy"].endswith("sandbox")
    click = await phone.get("p/bakery", allow_redirects=False)
    assert (click.status, click.headers["Location"]) == (302, "https://bakery.example/")
    counts = entry.runtime_data.promotions.counts("bakery")
    assert (counts.impressions, counts.visits, counts.clicks) == (1, 1, 1)


async def test_a_promotion_without_picture_and_link_is_words_only(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, folder: Path, phone: Phone
) -> None:
    await add(hass, entry, promotion("Zoo"))
    page = await phone.look()

    assert "Zoo" in page.text("promotion")
    assert not page.all("img")
    for path in ("p/zoo", "p/zoo/picture", "p/nobody", "p/nobody/picture"):
        assert (await phone.get(path)).status == 404


async def test_a_picture_that_is_gone_is_missed_by_nobody(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, folder: Path, phone: Phone
) -> None:
    await add(hass, entry, promotion("Zoo", picture_path="/local/gone.png"))

    assert (await phone.get("p/zoo/picture")).status == 404


async def test_before_and_after_parking(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await add(hass, entry, promotion("Wash", when="before", link="https://wash.example/"))
    await add(hass, entry, promotion("Cinema", when="after"))
    await phone.look()

    _, answer = await phone.ask("guide")
    assert answer["promotion"] == {
        "id": "wash",
        "title": "Wash",
        "text": "",
        "link": True,
        "picture": False,
    }
    _, answer = await phone.ask("parked")
    assert answer["promotion"]["title"] == "Cinema"
    assert (await phone.look()).get("promotion")["data-id"] == "cinema"
    _, answer = await phone.ask("found")
    assert answer["promotion"] is None


async def test_who_is_kept_out_by_an_error_is_told_why(phone: Phone) -> None:
    """A script gets the message in words, too."""
    await phone.look("?lang=fr")
    status, answer = await phone.ask("parked", bay="Z9")

    assert (status, answer["error"]) == (409, "unknown_bay")
    assert answer["text"] == "Il n\u2019y a pas de place de ce nom."
    assert answer["mine"]["status"] == "none"


async def test_the_manifest_lets_a_phone_keep_the_page(phone: Phone) -> None:
    response = await phone.get("manifest.webmanifest", headers={"Accept-Language": "de"})
    manifest = await response.json(content_type="application/manifest+json")

    assert (manifest["name"], manifest["lang"], manifest["scope"]) == ("Garage", "de", "./")
    for icon in manifest["icons"]:
        assert (await phone.get(icon["src"])).status == 200
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert BASE not in await response.text()
    assert LOT_ID not in await response.text()
