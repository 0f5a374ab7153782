"""Everything in this folder again on the kernel's own GPIO chip, and a whole lot on top of it.

The chip is gpio-sim with a model of the HC-SR04 behind each line, in a User-Mode Linux guest on
virtual time. It belongs to the GPIO lab beside the checkout; GPIO_GUEST names another one.
"""

import os
from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]
GUEST = Path(os.environ.get("GPIO_GUEST", ROOT.parent / "shared/lab/gpio/gpio-guest"))
LIMIT_S = 110


@pytest.fixture(scope="module")
def guest() -> Path:
    """Return what starts the guest, where its kernel can run programs at all.

    User-Mode Linux 6.12 ends with a fault in its first program on processors whose registers
    are larger than it knows (AMX).
    """
    done = subprocess.run([GUEST, "-t", "60", "--", "true"], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("the GPIO lab's kernel cannot run a program on this processor")
    return GUEST


@pytest.mark.skipif("GPIO_SYSFS" in os.environ, reason="this is the guest")
@pytest.mark.skipif(
    not GUEST.is_file(), reason=f"there is no GPIO lab beside the checkout: {GUEST}"
)
@pytest.mark.parametrize(
    ("folder", "options"),
    [
        # The bank needs neither the rest of the tests nor Home Assistant's plugin.
        ("kernel", ["-p", "no:homeassistant", "-W", "ignore::pytest.PytestConfigWarning"]),
        ("guest", []),
    ],
)
def test_the_same_on_a_kernel_chip(guest: Path, folder: str, options: list[str]) -> None:
    python = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "-q"]
    path = ROOT / "tests" / folder
    done = subprocess.run(
        [
            guest,
            "-m",
            "1024M",
            "-t",
            str(LIMIT_S),
            "--",
            *python,
            *options,
            f"--confcutdir={path}",
            path,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
