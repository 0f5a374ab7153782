from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

class PinInfo(NamedTuple):
    number: int
    name: str
    names: frozenset[int | str]
    pull: str
    row: int
    col: int
    interfaces: frozenset[str]

class HeaderInfo(NamedTuple):
    name: str
    rows: int
    columns: int
    pins: dict[int, PinInfo]

class BoardInfo:
    model: str
    revision: str
    soc: str
    def find_pin(self, name: int | str) -> Iterator[tuple[HeaderInfo, PinInfo]]: ...
    @property
    def description(self) -> str: ...

class Factory:
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc_info: object) -> None: ...
    def reserve_pins(self, requester: object, *names: int | str) -> None: ...
    def release_pins(self, reserver: object, *names: int | str) -> None: ...
    def release_all(self, reserver: object) -> None: ...
    def close(self) -> None: ...
    def pin(self, name: int | str) -> Pin: ...
    def ticks(self) -> float: ...
    def ticks_diff(self, later: float, earlier: float) -> float: ...
    @property
    def board_info(self) -> BoardInfo: ...

class Pin:
    info: PinInfo
    function: str
    state: float
    pull: str
    frequency: float | None
    bounce: float | None
    edges: str
    when_changed: Callable[[float, int], object] | None
    def close(self) -> None: ...
    def output_with_state(self, state: bool) -> None: ...
    def input_with_pull(self, pull: str) -> None: ...
