"""The card's own tests, run by Node, and what can be said of its files without running them."""

from gzip import compress
from pathlib import Path
import re
import shutil
import subprocess

import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "custom_components/smart_parking/frontend"
SOURCES = sorted(FRONTEND.rglob("*.js"))

SIZE_LIMIT_BYTES = 60_000
LINES_LIMIT = 400


def test_logic_of_the_card() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: the card's unit tests need it (version 20 or later)")
    done = subprocess.run(
        [node, "--test", "tests/frontend/"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_card_is_small() -> None:
    """A page loads the code, English, and at most one language more."""
    sizes = {path: len(compress(path.read_bytes(), 9)) for path in SOURCES}
    texts = {path: size for path, size in sizes.items() if path.parent.name == "texts"}
    other = max(size for path, size in texts.items() if path.stem != "en")
    english = sizes[FRONTEND / "texts/en.js"]
    size = sum(sizes.values()) - sum(texts.values()) + english + other
    assert size < SIZE_LIMIT_BYTES


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(FRONTEND).as_posix())
def test_file_is_short_and_loads_only_its_neighbours(path: Path) -> None:
    """Everything is served from one folder, so nothing may come from anywhere else."""
    text = path.read_text()
    assert text.count("\n") <= LINES_LIMIT
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for name in re.findall(r'(?:^|\s)(?:from|import)\s*\(?"([^"]+)"', code):
        assert name.startswith((".", "..")), name
        assert (path.parent / name).is_file(), name
