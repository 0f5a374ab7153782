"""Chips that only some machines have, played by a chip without a kernel."""

from collections.abc import Callable
from errno import EIO, ENOENT
from pathlib import Path
from typing import NoReturn

import gpiod
from gpiozero.exc import PinUnknownPi
import pytest

from custom_components.smart_parking.hcsr04.chips import find_chips, find_header_chip
from custom_components.smart_parking.hcsr04.errors import GpioError, LineBusyError
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from tests.kernel.fake_chip import FakeChip
from tests.kernel.rig import FakeRig

ENOTSUPP = 524


@pytest.fixture(name="rig")
def rig_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeRig:
    return FakeRig(monkeypatch, tmp_path, virtual=True)


@pytest.mark.parametrize(
    "refusal",
    [
        ValueError(22, "Invalid argument"),
        NotImplementedError(95, "Operation not supported"),
        OSError(ENOTSUPP, "Unknown error 524"),
    ],
    ids=["EINVAL", "EOPNOTSUPP", "ENOTSUPP"],
)
def test_a_chip_without_pulls_is_used_without(rig: FakeRig, refusal: Exception) -> None:
    rig.chip.refuses_bias = refusal
    with GpiodFactory() as factory:
        lines = factory.lines([5], [6])
        rig.sensor(6, 5, 10_000_000)
        fired_ns = lines.pulse([5])
        assert [edge.rising for edge in lines.collect(fired_ns + 20_000_000)] == [True, False]
        lines.close()


def test_an_error_without_a_name_says_what_the_kernel_says(rig: FakeRig) -> None:
    rig.chip.refuses_bias = OSError(EIO, "Input/output error")
    with GpiodFactory() as factory, pytest.raises(GpioError, match="Input/output error") as caught:
        factory.lines([5], [6])
    assert caught.value.placeholders == {"path": rig.path}


def test_a_line_whose_owner_left_meanwhile_is_busy_all_the_same(
    rig: FakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = FakeChip.get_line_info

    def nobody(chip: FakeChip, line: int) -> gpiod.LineInfo:
        owner.release()
        return asked(chip, line)

    owner = rig.kernel.open(rig.path).request_lines({6: None}, "somebody")
    monkeypatch.setattr(FakeChip, "get_line_info", nobody)
    with (
        GpiodFactory() as factory,
        pytest.raises(LineBusyError, match="GPIO6 is in use by another program"),
    ):
        factory.lines([5], [6])


def test_two_names_of_one_chip_are_one_chip(rig: FakeRig, tmp_path: Path) -> None:
    """A Raspberry Pi 5 has gpiochip4 as a link to gpiochip0."""
    (tmp_path / "gpiochip4").symlink_to("gpiochip0")
    assert [chip.path for chip in find_chips()] == [rig.path]


def test_an_older_kernel_has_the_header_of_a_pi_5_on_gpiochip4(rig: FakeRig) -> None:
    rig.relabel("gpio-brcmstb@107d508500", 32)
    for _ in range(3):
        rig.add("gpio-brcmstb@107d517c00")
    path = rig.add("pinctrl-rp1")
    assert path.endswith("gpiochip4")
    assert find_header_chip().path == path


def test_a_chip_that_goes_while_it_is_listed_is_left_out(rig: FakeRig, tmp_path: Path) -> None:
    (tmp_path / "gpiochip7").touch()
    assert [chip.path for chip in find_chips()] == [rig.path]


def test_a_known_board_is_taken_as_it_is(rig: FakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xA22082)
    with GpiodFactory() as factory:
        assert factory.board_info.revision == "a22082"
        assert factory.board_info is factory.board_info


def _unknown() -> NoReturn:
    raise PinUnknownPi("unable to locate Pi revision")


def _masked() -> NoReturn:
    raise FileNotFoundError(ENOENT, "No such file or directory", "/proc/cpuinfo")


@pytest.mark.parametrize("revision", [_unknown, _masked, lambda: 0], ids=["none", "masked", "0"])
def test_a_board_that_cannot_be_found_out_is_guessed_from_the_chip(
    rig: FakeRig, monkeypatch: pytest.MonkeyPatch, revision: Callable[[], int]
) -> None:
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", revision)
    with GpiodFactory() as factory:
        assert factory.board_info.model == "5B"
