"""Rigs: the kernel's chip where GPIO_SYSFS names one, a fake one elsewhere."""

from collections.abc import Iterator
from importlib import import_module
import os
from pathlib import Path

import pytest

IN_GUEST = "GPIO_SYSFS" in os.environ

if IN_GUEST:
    import_module("tests.bare")

from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory  # noqa: E402  (above)
from tests.kernel.rig import FakeRig, KernelRig, Rig  # noqa: E402  (above)


def _make_rig(monkeypatch: pytest.MonkeyPatch, devices: Path, *, virtual: bool) -> Iterator[Rig]:
    rig = KernelRig() if IN_GUEST else FakeRig(monkeypatch, devices, virtual=virtual)
    yield rig
    rig.close()


@pytest.fixture(name="rig")
def rig_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Rig]:
    """Give a chip on virtual time, for all that runs in one thread."""
    yield from _make_rig(monkeypatch, tmp_path, virtual=True)


@pytest.fixture(name="live_rig")
def live_rig_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Rig]:
    """Give a chip for threads: outside the kernel's lab, on the machine's own time."""
    yield from _make_rig(monkeypatch, tmp_path, virtual=False)


@pytest.fixture(name="factory")
def factory_fixture(rig: Rig) -> Iterator[GpiodFactory]:
    """Give a factory for the header of the rig."""
    with GpiodFactory() as factory:
        yield factory


@pytest.fixture(name="live_factory")
def live_factory_fixture(live_rig: Rig) -> Iterator[GpiodFactory]:
    """Give a factory for the header of the rig for threads."""
    with GpiodFactory() as factory:
        yield factory
