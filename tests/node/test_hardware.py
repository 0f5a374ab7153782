"""Lines of a header, and of a simulated one: had, or refused in words."""

from pathlib import Path

import pytest

from custom_components.smart_parking.hcsr04.errors import LineLostError
from custom_components.smart_parking.hcsr04.model import Sensor
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from custom_components.smart_parking.node import hardware
from custom_components.smart_parking.node.hardware import GpioHardware, SimulatedHardware
from custom_components.smart_parking.node.wiring import RefusedError
from tests.kernel.rig import FakeRig

SENSORS = [Sensor(sensor_id="a", trigger=4, echo=5)]


def refused(*sensors: Sensor) -> tuple[str, dict[str, str]]:
    """Return why lines cannot be had."""
    with pytest.raises(RefusedError) as caught:
        GpioHardware().lines(sensors or SENSORS, None)
    return caught.value.refusal.error, dict(caught.value.refusal.placeholders)


def test_a_machine_without_a_header(rig: FakeRig) -> None:
    rig.relabel("gpio-mockup-A", 8)
    assert refused() == ("other_chips", {"path": "", "labels": "gpio-mockup-A"})


def test_a_chip_that_may_not_be_opened(rig: FakeRig) -> None:
    with rig.forbid():
        assert GpioHardware().chips() == []
        error, placeholders = refused()
    assert error == "no_permission"
    assert placeholders["path"] == rig.path


def test_lines_that_are_ours_already(rig: FakeRig) -> None:
    lines = GpioHardware().lines(SENSORS, None)
    error, placeholders = refused()
    assert (error, placeholders["consumer"]) == ("pin_busy", "smart-parking-node")
    lines.close()


def test_a_chip_that_goes_meanwhile(rig: FakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_args: object) -> None:
        raise LineLostError

    monkeypatch.setattr(GpiodFactory, "lines", lose)
    assert refused() == ("line_lost", {})


def test_what_the_machine_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_MODEL", tmp_path / "model")
    assert GpioHardware().model == ""
    (tmp_path / "model").write_text("Raspberry Pi Zero 2 W Rev 1.0\0")
    assert GpioHardware().model == "Raspberry Pi Zero 2 W Rev 1.0"


def test_only_simulated_vehicles_can_be_driven() -> None:
    assert not GpioHardware().simulate("a", "park")
    simulated = SimulatedHardware()
    assert not simulated.simulate("a", "park")
    simulated.lines(SENSORS, None)
    assert simulated.simulate("a", "park")
    assert not simulated.simulate("a", "fly")
    assert simulated.simulate("a", "leave")
