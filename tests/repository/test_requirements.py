"""What the integration needs: where it is asked for, in which versions, and beside which others."""

from importlib.metadata import version
from pathlib import Path
import re
import subprocess
import sys

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.requirements import CONSTRAINT_FILE
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

from custom_components.smart_parking.analytics import engine
from custom_components.smart_parking.sources import gpio
from custom_components.smart_parking.wifi import sign
from tests.repository.project import HOME_ASSISTANT, INTEGRATION, ROOT, read_json

IN_MANIFEST: list[str] = read_json(INTEGRATION / "manifest.json")["requirements"]
DRIVERS = sorted({one for some in engine.REQUIREMENTS.values() for one in some})
ALL = [*IN_MANIFEST, *gpio.REQUIREMENTS, *sign.REQUIREMENTS, *DRIVERS]
# What may be loaded only when these have been installed.
NEED_MORE = {
    "hcsr04.chips",
    "hcsr04.dispatcher",
    "hcsr04.edges",
    "hcsr04.gpiod_lines",
    "hcsr04.pin_factory",
    "wifi.sign_page",
}
LOAD = """
import importlib, pkgutil, sys

whole, *absent = sys.argv[1:]

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"{name} is not installed", name=name)

import homeassistant  # it gives voluptuous its place
sys.meta_path.insert(0, Absent())
package = importlib.import_module(whole)
for module in pkgutil.walk_packages(package.__path__, f"{whole}."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        assert error.name.partition(".")[0] in absent, error
        print(module.name.removeprefix(f"{whole}."))
"""


def lines(name: str) -> list[str]:
    """Return the requirements in a file."""
    text = (ROOT / "requirements" / name).read_text()
    return [line for line in text.splitlines() if line and not line.startswith(("#", "-"))]


def pinned(name: str) -> dict[str, str]:
    """Return the versions in a file that pins."""
    found = re.findall(r"^([\w.-]+)==([^ ;\\]+)", "\n".join(lines(name)), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


def test_the_same_in_every_environment() -> None:
    assert sorted(ALL, key=str.lower) == lines("integration.in")


@pytest.mark.parametrize("text", ALL)
def test_requirement_leaves_room_for_others(text: str) -> None:
    bounds = {one.operator: one.version for one in Requirement(text).specifier}
    assert bounds.keys() == {">=", "<"}
    assert bounds["<"] == str(int(bounds[">="].split(".")[0]) + 1)
    # hassfest splits it by hand.
    assert " " not in text
    for bound in bounds.values():
        assert AwesomeVersion(bound).strategy is not AwesomeVersionStrategy.UNKNOWN


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("name", ["test.txt", "demo.txt"])
def test_what_is_pinned_is_within(text: str, name: str) -> None:
    wanted = Requirement(text)
    assert wanted.specifier.contains(pinned(name)[canonicalize_name(wanted.name)])


def test_what_only_a_part_needs_is_loaded_by_that_part_alone() -> None:
    packages = [Requirement(text).name for text in ALL if text not in IN_MANIFEST]
    done = subprocess.run(
        [sys.executable, "-c", LOAD, f"custom_components.{INTEGRATION.name}", *packages],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {*done.stdout.split()} == NEED_MORE


def test_messages_history_and_forecasts_use_what_home_assistant_pins() -> None:
    """So it is installed already where Home Assistant comes as an image."""
    pins = [
        pin
        for name in ("html5", "recorder", "stream")
        for pin in read_json(HOME_ASSISTANT / "components" / name / "manifest.json")["requirements"]
    ]
    theirs = {canonicalize_name(pin.name): pin for pin in map(Requirement, pins)}
    for ours in map(Requirement, IN_MANIFEST):
        (pin,) = theirs[canonicalize_name(ours.name)].specifier
        assert ours.specifier.contains(pin.version)


def test_sentences_are_understood_with_what_home_assistant_pins() -> None:
    conversation = read_json(HOME_ASSISTANT / "components" / "conversation" / "manifest.json")
    assert set(conversation["requirements"]) <= set(lines("test.in"))


def constraints(path: Path) -> list[Requirement]:
    """Return what Home Assistant allows."""
    bare = (line.partition(" #")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in bare if line and not line.startswith("#")]


def test_tests_run_with_versions_that_home_assistant_allows() -> None:
    """An owner's Home Assistant installs nothing else."""
    versions = pinned("test.txt")
    assert versions["homeassistant"] == version("homeassistant")
    outside = {
        f"{allowed}, not {versions[name]}"
        for allowed in constraints(HOME_ASSISTANT / CONSTRAINT_FILE)
        if (name := canonicalize_name(allowed.name)) in versions
        and not allowed.specifier.contains(versions[name], prereleases=True)
    }
    assert outside == set()
