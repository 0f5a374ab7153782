from collections.abc import Callable
from typing import Self

from .exc import (
    DistanceSensorNoEcho as DistanceSensorNoEcho,
    GPIOPinInUse as GPIOPinInUse,
    PWMSoftwareFallback as PWMSoftwareFallback,
)
from .pins import Factory, Pin

class Device:
    pin_factory: Factory
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc_info: object) -> None: ...
    @property
    def closed(self) -> bool: ...
    def close(self) -> None: ...

class GPIODevice(Device):
    def __init__(self, pin: int | str, *, pin_factory: Factory | None = ...) -> None: ...
    @property
    def pin(self) -> Pin: ...
    @property
    def value(self) -> float: ...
    @property
    def is_active(self) -> bool: ...

class LED(GPIODevice):
    def __init__(
        self,
        pin: int | str,
        *,
        active_high: bool = ...,
        initial_value: bool | None = ...,
        pin_factory: Factory | None = ...,
    ) -> None: ...
    is_lit: bool
    def on(self) -> None: ...
    def off(self) -> None: ...
    def toggle(self) -> None: ...

class PWMLED(GPIODevice):
    def pulse(self) -> None: ...

class Button(GPIODevice):
    def __init__(
        self,
        pin: int | str,
        *,
        pull_up: bool | None = ...,
        bounce_time: float | None = ...,
        pin_factory: Factory | None = ...,
    ) -> None: ...
    when_pressed: Callable[[], object] | None
    when_released: Callable[[], object] | None
    is_pressed: bool
    @property
    def active_time(self) -> float | None: ...
    def wait_for_press(self, timeout: float | None = ...) -> bool: ...
    def wait_for_release(self, timeout: float | None = ...) -> bool: ...

class DistanceSensor(GPIODevice):
    def __init__(
        self,
        echo: int | str,
        trigger: int | str,
        *,
        queue_len: int = ...,
        max_distance: float = ...,
        partial: bool = ...,
        pin_factory: Factory | None = ...,
    ) -> None: ...
    speed_of_sound: float
    @property
    def distance(self) -> float: ...
    def _read(self) -> float | None: ...
