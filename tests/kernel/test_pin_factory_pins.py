"""One pin as gpiozero uses it."""

from threading import Event

from gpiozero.exc import (
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidEdges,
    PinInvalidFunction,
    PinInvalidPin,
    PinInvalidPull,
    PinSetInput,
)
import pytest

from custom_components.smart_parking.hcsr04.errors import GpioError
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from tests.kernel.rig import Rig


def test_pulls_decide_what_an_open_line_reads(rig: Rig, factory: GpiodFactory) -> None:
    pin = factory.pin("GPIO17")
    pin.input_with_pull("up")
    assert (pin.function, pin.pull, pin.state) == ("input", "up", True)
    pin.pull = "down"
    assert (pin.pull, pin.state) == ("down", False)
    pin.pull = "floating"
    assert pin.pull == "floating"


def test_a_pin_that_nobody_has_used_can_be_read(rig: Rig, factory: GpiodFactory) -> None:
    rig.pull(17, up=True)
    assert factory.pin(17).state
    assert factory.pin(17).function == "input"


def test_a_pin_changes_its_direction_and_back(rig: Rig, factory: GpiodFactory) -> None:
    pin = factory.pin(17)
    pin.output_with_state(True)
    assert pin.function == "output"
    pin.function = "output"
    assert rig.level(17)
    pin.state = 0
    assert not rig.level(17)
    pin.function = "input"
    assert pin.function == "input"
    rig.pull(17, up=True)
    assert pin.state


def test_a_pin_refuses_what_it_cannot_do(rig: Rig, factory: GpiodFactory) -> None:
    pin = factory.pin(17)
    with pytest.raises(PinInvalidFunction):
        pin.function = "alt0"
    with pytest.raises(PinSetInput):
        pin.state = 1
    with pytest.raises(PinInvalidPull):
        pin.pull = "sideways"
    with pytest.raises(PinInvalidEdges):
        pin.edges = "sideways"
    with pytest.raises(PinInvalidBounce):
        pin.bounce = -1
    pin.function = "output"
    with pytest.raises(PinFixedPull):
        pin.pull = "up"
    with pytest.raises(GpioError, match="refuses its lines"):
        pin.bounce = 0.1
    with pytest.raises(PinInvalidPin):
        factory.pin(40)


def test_pins_with_resistors_on_the_board_cannot_be_pulled_down(
    rig: Rig, factory: GpiodFactory
) -> None:
    pin = factory.pin(2)
    assert pin.pull == "up"
    with pytest.raises(PinFixedPull):
        pin.input_with_pull("down")
    pin.pull = "up"
    assert pin.state


def test_bounce_is_remembered_until_it_is_taken_away(rig: Rig, factory: GpiodFactory) -> None:
    pin = factory.pin(17)
    assert pin.bounce is None
    pin.bounce = 0.02
    assert pin.bounce == 0.02
    pin.bounce = None
    assert pin.bounce is None


@pytest.mark.parametrize(("edges", "states"), [("rising", [1, 1]), ("falling", [0, 0])])
def test_only_the_wanted_edges_are_reported(
    live_rig: Rig, live_factory: GpiodFactory, edges: str, states: list[int]
) -> None:
    seen: list[int] = []
    done = Event()

    def changed(ticks: float, state: int) -> None:
        seen.append(state)
        if len(seen) == 2:
            done.set()

    pin = live_factory.pin(17)
    assert pin.edges == "both"
    pin.input_with_pull("down")
    pin.when_changed = changed
    pin.edges = edges
    for number in range(4):
        live_rig.pull(17, up=number % 2 == 0)
    assert done.wait(10)
    assert seen == states


def test_pins_of_two_factories_are_not_mixed_up(rig: Rig, factory: GpiodFactory) -> None:
    with GpiodFactory() as other:
        assert other.pin(17) is not factory.pin(17)
        assert factory.pin(17) is factory.pin(17)
        other.pin(17).output_with_state(True)
    assert factory.pin(17).function == "input"
