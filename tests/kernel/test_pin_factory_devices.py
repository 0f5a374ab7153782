"""gpiozero's own devices on this project's pin factory."""

from collections.abc import Callable
import gc
import threading

from gpiozero import LED, PWMLED, Button, DistanceSensor, PWMSoftwareFallback
from gpiozero.exc import PinPWMUnsupported
import pytest

from custom_components.smart_parking.hcsr04.acoustics import echo_ns
from custom_components.smart_parking.hcsr04.errors import LineBusyError, LineLostError
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from tests.kernel.rig import Rig
from tests.kernel.test_gpiod_lines_claimed import many_open_files, open_files

TIMEOUT_S = 10


def edge_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "gpio edges"]


def wait_for_end(threads: list[threading.Thread]) -> bool:
    for thread in threads:
        thread.join(TIMEOUT_S)
    return not any(thread.is_alive() for thread in threads)


def test_a_light_is_switched(rig: Rig, factory: GpiodFactory) -> None:
    with LED(17, pin_factory=factory) as led:
        assert not rig.level(17)
        led.on()
        assert rig.level(17)
        assert led.is_lit
        led.toggle()
        assert not rig.level(17)


def test_a_light_starts_as_it_is_told_or_as_it_is_found(rig: Rig, factory: GpiodFactory) -> None:
    with LED(17, initial_value=True, pin_factory=factory):
        assert rig.level(17)
    rig.pull(17, up=True)
    with LED(17, initial_value=None, pin_factory=factory) as led:
        assert led.is_lit


def test_a_closed_light_is_dark_and_its_line_free_for_anyone(
    rig: Rig, factory: GpiodFactory
) -> None:
    before = open_files()
    for _ in range(3):
        led = LED(17, pin_factory=factory)
        led.on()
        led.close()
        assert not rig.level(17)
        with rig.occupy(17, "somebody"):
            pass
        button = Button(17, pull_up=False, pin_factory=factory)
        assert not button.is_pressed
        button.close()
    assert wait_for_end(edge_threads())
    assert open_files() == before


def test_dimming_is_refused_as_gpiozero_expects(rig: Rig, factory: GpiodFactory) -> None:
    with pytest.raises(PinPWMUnsupported):
        PWMLED(17, pin_factory=factory)
    with LED(17, pin_factory=factory) as led:
        assert led.pin.frequency is None


def test_a_light_on_a_line_of_another_program_is_refused(rig: Rig, factory: GpiodFactory) -> None:
    with rig.occupy(17, "onewire@11"), pytest.raises(LineBusyError, match="onewire@11"):
        LED(17, pin_factory=factory)
    gc.collect()
    LED(17, pin_factory=factory).close()


@pytest.mark.parametrize("pull_up", [True, False])
def test_a_button_is_pressed_and_released(
    live_rig: Rig, live_factory: GpiodFactory, *, pull_up: bool
) -> None:
    seen: list[str] = []
    pressed = lambda: seen.append("pressed")  # noqa: E731  (gpiozero calls what it is given)
    with Button(17, pull_up=pull_up, pin_factory=live_factory) as button:
        button.when_pressed = pressed
        assert button.value == 0
        live_rig.pull(17, up=not pull_up)
        assert button.wait_for_press(TIMEOUT_S)
        assert button.value == 1
        live_rig.pull(17, up=pull_up)
        assert button.wait_for_release(TIMEOUT_S)
        assert button.value == 0
        threads = edge_threads()
        assert len(threads) == 1
    assert wait_for_end(threads)
    assert seen == ["pressed"]


def test_a_button_is_pressed_beside_a_thousand_open_files(
    live_rig: Rig, live_factory: GpiodFactory
) -> None:
    with many_open_files(), Button(17, pin_factory=live_factory) as button:
        live_rig.pull(17, up=False)
        assert button.wait_for_press(TIMEOUT_S)


def test_a_button_that_bounces_is_pressed_once_it_rests(
    live_rig: Rig, live_factory: GpiodFactory
) -> None:
    with Button(17, bounce_time=0.01, pin_factory=live_factory) as button:
        assert button.pin.bounce == 0.01
        live_rig.pull(17, up=False)
        assert button.wait_for_press(TIMEOUT_S)


def test_edges_carry_the_time_at_which_they_happened(
    live_rig: Rig, live_factory: GpiodFactory
) -> None:
    seen: list[tuple[float, int]] = []
    done = threading.Event()

    def changed(ticks: float, state: int) -> None:
        seen.append((ticks, state))
        if len(seen) == 2:
            done.set()

    pin = live_factory.pin(17)
    pin.input_with_pull("down")
    pin.when_changed = changed
    before = live_factory.ticks()
    live_rig.pull(17, up=True)
    live_rig.pull(17, up=False)
    assert done.wait(TIMEOUT_S)
    after = live_factory.ticks()
    (rise, high), (fall, low) = seen
    assert (high, low) == (1, 0)
    assert before <= rise <= fall <= after


@pytest.mark.filterwarnings("ignore::gpiozero.DistanceSensorNoEcho")
# gpiozero closes the trigger before it stops the thread that may be using it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("distance_m", [0.3, 2.0])
def test_gpiozeros_distance_sensor_measures(
    live_rig: Rig, live_factory: GpiodFactory, distance_m: float
) -> None:
    live_rig.sensor(6, 5, echo_ns(distance_m, 343.26))
    with (
        pytest.warns(PWMSoftwareFallback),
        DistanceSensor(6, 5, queue_len=3, max_distance=4, pin_factory=live_factory) as sensor,
    ):
        assert sensor.distance == pytest.approx(distance_m, abs=0.001)


def test_one_thread_serves_all_buttons_and_ends_with_the_factory(
    live_rig: Rig, live_factory: GpiodFactory
) -> None:
    before = open_files()
    buttons = [Button(line, pin_factory=live_factory) for line in (17, 22, 27)]
    threads = edge_threads()
    assert len(threads) == 1
    for line, button in zip((17, 22, 27), buttons, strict=True):
        live_rig.pull(line, up=False)
        assert button.wait_for_press(TIMEOUT_S)
    live_factory.close()
    assert edge_threads() == []
    assert open_files() == before
    for button in buttons:
        button.close()


def test_a_handler_that_fails_does_not_stop_the_others(
    live_rig: Rig, live_factory: GpiodFactory, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(ticks: float, state: int) -> None:
        raise ValueError("no light")

    pin = live_factory.pin(22)
    pin.input_with_pull("down")
    pin.when_changed = fail
    with Button(17, pin_factory=live_factory) as button:
        live_rig.pull(22, up=True)
        live_rig.pull(17, up=False)
        assert button.wait_for_press(TIMEOUT_S)
    assert "A handler of GPIO22 failed" in caplog.text
    assert "no light" in caplog.text


def test_a_forgotten_handler_ends_the_watch(live_rig: Rig, live_factory: GpiodFactory) -> None:
    def make_handler() -> Callable[[float, int], None]:
        def changed(ticks: float, state: int) -> None:
            """Do nothing."""

        return changed

    pin = live_factory.pin(17)
    pin.input_with_pull("down")
    handler: Callable[[float, int], None] | None = make_handler()
    pin.when_changed = handler
    threads = edge_threads()
    handler = None
    live_rig.pull(17, up=True)
    assert wait_for_end(threads)
    assert pin.when_changed is None


def test_a_handler_may_close_the_factory(live_rig: Rig, live_factory: GpiodFactory) -> None:
    def changed(ticks: float, state: int) -> None:
        live_factory.close()

    pin = live_factory.pin(17)
    pin.input_with_pull("down")
    pin.when_changed = changed
    threads = edge_threads()
    live_rig.pull(17, up=True)
    assert wait_for_end(threads)


def test_a_chip_that_vanishes_ends_the_watch_and_can_be_closed(
    live_rig: Rig, live_factory: GpiodFactory
) -> None:
    button = Button(17, pin_factory=live_factory)
    led = LED(22, pin_factory=live_factory)
    threads = edge_threads()
    live_rig.unplug()
    assert wait_for_end(threads)
    with pytest.raises(LineLostError):
        led.on()
    with pytest.raises(LineLostError):
        assert button.pin.state
    button.close()
    led.close()
    live_rig.plug()
    with LED(22, pin_factory=live_factory) as mended:
        mended.on()
        assert live_rig.level(22)
