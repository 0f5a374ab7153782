"""The brand's images keep the rules of Home Assistant's brands."""

from PIL import Image
import pytest

from tests.repository.project import INTEGRATION, ROOT

NAMES = [
    f"{theme}{kind}{scale}"
    for theme in ("", "dark_")
    for kind in ("icon", "logo")
    for scale in ("", "@2x")
]


@pytest.mark.parametrize("name", NAMES)
def test_image(name: str) -> None:
    scale = 2 if name.endswith("@2x") else 1
    with Image.open(INTEGRATION / "brand" / f"{name}.png") as image:
        assert image.format == "PNG"
        assert image.mode == "RGBA"
        if "icon" in name:
            assert image.size == (256 * scale, 256 * scale)
        else:
            assert 128 * scale <= min(image.size) <= 256 * scale
        assert image.getchannel("A").getpixel((0, 0)) == 0, "the ground shows through"
        assert image.getchannel("A").getbbox() == (0, 0, *image.size), "nothing to trim"


def test_every_image_has_a_source() -> None:
    drawn = {path.stem for path in (ROOT / "docs" / "brand").glob("*.svg")}
    shown = {path.stem.removesuffix("@2x") for path in (INTEGRATION / "brand").iterdir()}
    assert drawn == shown
