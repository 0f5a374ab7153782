"""The lot and the bank know no Home Assistant, and not one another."""

from pathlib import Path
import subprocess
import sys

import pytest

PACKAGES = Path(__file__).parents[2] / "custom_components" / "smart_parking"

ALONE = """
import importlib, pkgutil, sys

alone, *forbidden = sys.argv[1:]

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"{name} was imported")

sys.meta_path.insert(0, Absent())
package = importlib.import_module(alone)
for module in pkgutil.walk_packages(package.__path__, f"{alone}."):
    importlib.import_module(module.name)
    print(module.name)
"""


def import_all(package: str, *forbidden: str) -> subprocess.CompletedProcess[str]:
    """Import every module of a package where others cannot be had."""
    return subprocess.run(
        [sys.executable, "-c", ALONE, package, *forbidden],
        cwd=PACKAGES,
        env={"PYTHONPATH": str(PACKAGES)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("package", "one_of_them", "forbidden"),
    [
        (
            "lot",
            "lot.occupancy.filter",
            ["homeassistant", "voluptuous", "gpiozero", "gpiod", "hcsr04"],
        ),
        ("hcsr04", "hcsr04.simulator.world", ["homeassistant", "voluptuous", "lot"]),
    ],
)
def test_it_works_where_home_assistant_is_absent(
    package: str, one_of_them: str, forbidden: list[str]
) -> None:
    result = import_all(package, *forbidden)

    assert result.returncode == 0, result.stderr
    assert one_of_them in result.stdout.split()


def test_the_check_would_notice() -> None:
    assert "gpiozero was imported" in import_all("hcsr04", "gpiozero").stderr
