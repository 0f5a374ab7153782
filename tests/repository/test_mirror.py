"""A test file is found from the module that it tests, and the module from the test file."""

from pathlib import Path
import re

import pytest

from tests.repository.project import ROOT
from tests.repository.test_rooms import MODULES

TESTS = ROOT / "tests"
# These test the whole, in front of a person, a machine or a broker; or the repository.
OF_THE_WHOLE = (
    "browser/",
    "frontend/",
    "guest/",
    "integration/blueprints/",
    "kernel/test_guest.py",
    "network/",
    "reliability/",
    "repository/",
    "trials/",
)
# The chips of the kernel's own tests belong to the bank.
ALIASES = {"kernel": "hcsr04"}


def files_of_modules() -> list[Path]:
    """Return the test files that belong to a module, below tests/."""
    found = (path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))
    return [path for path in found if not path.as_posix().startswith(OF_THE_WHOLE)]


def room_of(path: Path) -> str:
    """Return the room that a test file belongs to: its folder, with or without Home Assistant."""
    room = path.parent.as_posix().removeprefix("integration").strip("/").replace("/", ".")
    return ALIASES.get(room, "" if room == "." else room)


def names_in(room: str) -> set[str]:
    """Return the names of the modules of a room."""
    prefix = f"{room}." if room else ""
    names = {
        name.removeprefix(prefix)
        for name in MODULES
        if name.startswith(prefix) and "." not in name.removeprefix(prefix)
    }
    return names | {"init", "imports"}


@pytest.mark.parametrize("path", files_of_modules(), ids=str)
def test_a_test_file_is_called_after_its_module(path: Path) -> None:
    about = path.stem.removeprefix("test_")
    assert any(about == name or about.startswith(f"{name}_") for name in names_in(room_of(path))), (
        f"no module of {room_of(path) or 'the root'} is called as {path} says"
    )


def test_documentation_names_tests_that_there_are() -> None:
    pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    named = {
        path for page in pages for path in re.findall(r"`(tests/[\w./]+\.py)`", page.read_text())
    }
    assert named
    assert {path for path in named if not (ROOT / path).exists() and "ROOM" not in path} == set()
