"""The card's own tests, run by Node, and what can be said of its files without running them."""

from gzip import compress
from pathlib import Path
import re
import shutil
import subprocess

import pytest

from custom_components.smart_parking.visitor.static_files import read_files

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "custom_components/smart_parking/frontend"
SOURCES = sorted({*FRONTEND.rglob("*.js")} - {*(FRONTEND / "dist").rglob("*.js")})

# With the page itself, some 5 kB, and its drawing of less than 40 kB.
PAGE_SIZE_LIMIT_BYTES = 33_000
LINES_LIMIT = 400

IMPORT = re.compile(r'^import\b[^;]*?"(\.{1,2}/.*?)"', re.MULTILINE)


def test_logic_of_the_card() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: the card's unit tests need it (version 20 or later)")
    done = subprocess.run(
        [node, "--test", "tests/frontend/"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def loaded(start: Path) -> set[Path]:
    """Return a module and all that is loaded with it."""
    found, waiting = set[Path](), [start]
    while waiting:
        if (path := waiting.pop()) not in found:
            found.add(path)
            waiting += [(path.parent / name).resolve() for name in IMPORT.findall(path.read_text())]
    return found


def test_page_for_visitors_is_small_and_has_all_it_needs() -> None:
    served = {FRONTEND / name for name in read_files().by_name}
    scripts = {path for path in served if path.suffix == ".js"}
    assert scripts == loaded(FRONTEND / "visitor/app.js")
    sizes = [len(compress(path.read_bytes(), 9)) for path in served if path.suffix != ".png"]
    assert sum(sizes) < PAGE_SIZE_LIMIT_BYTES


# Libraries that lie beside what is built, as they were published.
COPIED = {"pdfjs-dist/legacy/build/pdf.mjs": "pdfjs/pdf.js"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(FRONTEND).as_posix())
def test_file_is_short_and_loads_only_its_neighbours(path: Path) -> None:
    """What ships depends on nothing but what ships with it."""
    text = path.read_text()
    assert text.count("\n") <= LINES_LIMIT
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for name in re.findall(r'(?:^|\s)(?:from|import)\s*\(?"([^"]+)"', code):
        if name in COPIED:
            assert (FRONTEND / "dist" / COPIED[name]).is_file(), name
            continue
        assert name.startswith((".", "..")), name
        assert (path.parent / name).is_file(), name
