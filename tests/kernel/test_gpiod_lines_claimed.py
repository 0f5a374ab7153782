"""Claiming lines: which are allowed, which errors are raised, and that lines are released."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import resource

from gpiozero import LED, GPIOPinInUse
import pytest

from custom_components.smart_parking.hcsr04.errors import (
    ChipPermissionError,
    LineBusyError,
    LineProblem,
    LineUnusableError,
)
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from tests.kernel.rig import Rig
from tests.kernel.wiring import bank_of, distances, far_apart, two_rows, wire


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@contextmanager
def many_open_files() -> Iterator[None]:
    """Prepare more files open than select(2) can count."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (2048, hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    yield
    for file in files:
        os.close(file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_bank_works_beside_a_thousand_open_files(rig: Rig, factory: GpiodFactory) -> None:
    sensors = far_apart((5, 6))
    wire(rig, sensors, [1.2])
    with many_open_files(), bank_of(factory, sensors) as bank:
        assert distances(bank.sweep())["B0"] == pytest.approx(1.2, abs=0.001)


def test_a_closed_bank_leaves_no_file_open_and_its_lines_free(
    rig: Rig, factory: GpiodFactory
) -> None:
    before = open_files()
    for _ in range(2):
        with bank_of(factory, two_rows()) as bank:
            bank.sweep()
            assert open_files() == before + 2
        assert open_files() == before


def test_a_line_of_another_program_is_named_with_its_owner(rig: Rig, factory: GpiodFactory) -> None:
    before = open_files()
    for line in (5, 8):
        with rig.occupy(line, "spi0 CS0"), pytest.raises(LineBusyError) as caught:
            factory.lines([5, 7], [6, 8])
        assert str(caught.value) == f"GPIO{line} is in use by spi0 CS0"
        assert caught.value.placeholders == {"line": str(line), "consumer": "spi0 CS0"}
    assert open_files() == before
    factory.lines([5, 7], [6, 8]).close()


def test_a_bank_and_a_gpiozero_device_never_share_a_line(rig: Rig, factory: GpiodFactory) -> None:
    lines = factory.lines([5], [6])
    for line in (5, 6):
        with pytest.raises(GPIOPinInUse, match="a bank of ultrasonic sensors"):
            LED(line, pin_factory=factory)
    lines.close()
    with LED(6, pin_factory=factory), pytest.raises(GPIOPinInUse) as caught:
        factory.lines([5], [6])
    assert getattr(caught.value, "placeholders", None) == {"line": "6"}
    factory.lines([5], [6]).close()


@pytest.mark.parametrize(
    ("trigger", "echo", "problem"),
    [
        (0, 6, LineProblem.ID_EEPROM),
        (5, 1, LineProblem.ID_EEPROM),
        (5, 2, LineProblem.FIXED_PULL),
        (5, 3, LineProblem.FIXED_PULL),
        (40, 6, LineProblem.NOT_ON_HEADER),
        (5, 28, LineProblem.NOT_ON_HEADER),
    ],
)
def test_a_line_that_cannot_do_it_is_refused_with_the_reason(
    rig: Rig, factory: GpiodFactory, trigger: int, echo: int, problem: LineProblem
) -> None:
    with pytest.raises(LineUnusableError) as caught:
        factory.lines([trigger], [echo])
    assert caught.value.problem is problem
    assert caught.value.line in {trigger, echo}
    assert f"GPIO{caught.value.line} " in str(caught.value)


def test_a_chip_with_too_few_lines_says_which_is_missing(rig: Rig) -> None:
    with GpiodFactory(rig.add("expander")) as factory:
        with pytest.raises(LineUnusableError, match="GPIO20 does not exist"):
            factory.lines([5], [20])
        factory.lines([5], [6]).close()


def test_missing_rights_are_told_from_missing_lines(rig: Rig, factory: GpiodFactory) -> None:
    with rig.forbid(), pytest.raises(ChipPermissionError, match=factory.chip.path):
        factory.lines([5], [6])
