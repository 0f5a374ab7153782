"""Errors of a GPIO chip and its lines."""

from enum import StrEnum


class GpioError(Exception):
    """The chip or its lines cannot be used.

    `placeholders` holds the parts of the explanation, which a translation puts into a sentence.
    """

    def __init__(self, message: str, **placeholders: str) -> None:
        """Initialize with a message for the log."""
        super().__init__(message)
        self.placeholders = placeholders


class LineLostError(OSError):
    """The chip behind the lines is gone, or was removed."""


class ChipNotFoundError(GpioError):
    """There is no such chip, or none that leads to a Raspberry Pi's header."""


class ChipPermissionError(GpioError):
    """The chip is there, and this process may not open it."""

    def __init__(self, path: str) -> None:
        """Initialize with the device file."""
        super().__init__(f"No permission to open {path}", path=path)


class LineBusyError(GpioError):
    """A line is in use by another process, or by a driver of the kernel."""

    def __init__(self, line: int, consumer: str) -> None:
        """Initialize with the line and its user; `consumer` is empty when it is unknown."""
        owner = consumer or "another program"
        super().__init__(f"GPIO{line} is in use by {owner}", line=str(line), consumer=consumer)
        self.line = line
        self.consumer = consumer


class LineInUseError(GpioError):
    """A line is in use by another gpiozero device, or another bank, of this process."""


class LineProblem(StrEnum):
    """Why a line can never have a role."""

    ID_EEPROM = "id_eeprom"
    """GPIO 0 and 1 identify add-on boards while the Pi boots."""
    FIXED_PULL = "fixed_pull"
    """A resistor on the board pulls the line up: it cannot listen to an echo."""
    NOT_ON_HEADER = "not_on_header"
    """The board's header has no such line."""


_IN_WORDS = {
    LineProblem.ID_EEPROM: "is reserved for identifying add-on boards",
    LineProblem.FIXED_PULL: "has a fixed pull-up resistor: it can be a trigger, not an echo",
    LineProblem.NOT_ON_HEADER: "does not exist on this board's header",
}


class LineUnusableError(GpioError):
    """A line cannot be a trigger or an echo."""

    def __init__(self, line: int, problem: LineProblem) -> None:
        """Initialize with the line and its problem."""
        super().__init__(f"GPIO{line} {_IN_WORDS[problem]}", line=str(line))
        self.line = line
        self.problem = problem
