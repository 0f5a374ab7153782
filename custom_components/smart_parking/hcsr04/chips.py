"""GPIO chips: the one that leads to the header, and how lines are claimed on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EBUSY, ENODEV, ENOENT
from pathlib import Path
from typing import NamedTuple

import gpiod
from gpiod.line import Bias

from .errors import (
    ChipNotFoundError,
    ChipPermissionError,
    GpioError,
    LineBusyError,
    LineLostError,
    LineProblem,
    LineUnusableError,
)

DEVICES = Path("/dev")
CONSUMER = "smart_parking"

# The kernel keeps 16 edges for each of at most 64 lines of a request (GPIO_V2_LINES_MAX), and
# reduces a larger request to this.
EDGES_MAX = 1024

_GONE = "The GPIO chip is gone"

# The kernel's own "operation not supported", which some drivers let out to user space.
_ENOTSUPP = 524


class Header(NamedTuple):
    """A family of boards, known by the label of the chip behind the header."""

    label: str
    board: str
    revision: int
    """The revision of one member of the family, for where the board itself cannot be asked."""


# Revision codes: https://www.raspberrypi.com/documentation/computers/raspberry-pi.html
# The chip of a Pi 5 is gpiochip4 on older kernels and gpiochip0 on newer ones, so it is the label
# that counts. Everything before the Pi 4 says bcm2835.
HEADERS = (
    Header("pinctrl-rp1", "Raspberry Pi 5", 0xC04170),
    Header("pinctrl-bcm2711", "Raspberry Pi 4", 0xC03111),
    Header("pinctrl-bcm2", "Raspberry Pi 3", 0xA02082),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A GPIO chip of this machine."""

    path: str
    label: str
    lines: int

    @property
    def header(self) -> Header | None:
        """The family of boards whose header this chip drives, if it does."""
        return next((one for one in HEADERS if self.label.startswith(one.label)), None)


def find_chips() -> list[Chip]:
    """Return the chips of this machine that can be opened, each once, in the order of their names.

    Raises `ChipPermissionError` when there are chips and none may be opened.
    """
    # A Pi 5 has gpiochip4 as a symbolic link to gpiochip0.
    paths = {path.resolve() for path in DEVICES.glob("gpiochip*")}
    chips = []
    denied = ""
    for path in sorted(paths, key=lambda one: (len(one.name), one.name)):
        try:
            chips.append(_describe(str(path)))
        except ChipPermissionError:
            denied = denied or str(path)
        except ChipNotFoundError:
            continue  # gone since it was listed
    if denied and not chips:
        raise ChipPermissionError(denied)
    return chips


def find_header_chip(wanted: str | None = None) -> Chip:
    """Return the chip at a path or of a label, else that behind this Raspberry Pi's header.

    Raises `ChipNotFoundError` or `ChipPermissionError`.
    """
    if wanted is not None and wanted.startswith("/"):
        return _describe(wanted)
    chips = find_chips()
    if wanted is not None:
        found = [chip for chip in chips if chip.label == wanted]
    else:
        found = [chip for header in HEADERS for chip in chips if chip.header == header]
    if found:
        return found[0]
    labels = ", ".join(chip.label for chip in chips)
    raise ChipNotFoundError(
        f"No chip {wanted or 'of a header'} here, only: {labels or 'none'}", path="", labels=labels
    )


def claim(
    path: str, config: Mapping[int, gpiod.LineSettings], *, edges: int | None = None
) -> gpiod.LineRequest:
    """Claim lines of a chip with their settings; `edges` is how many the kernel may keep.

    Raises `LineBusyError`, `LineUnusableError`, `ChipPermissionError`, or `LineLostError` when the
    chip is gone. A bias that the chip cannot do is left out.
    """
    with named_errors(path), gpiod.Chip(path) as chip:
        _check_exist(config, chip.get_info().num_lines)
        try:
            return _request(chip, config, edges)
        except (ValueError, NotImplementedError):
            pass  # gpiod's names for EINVAL and EOPNOTSUPP
        except OSError as error:
            if error.errno == EBUSY:
                raise _busy(chip, config) from error
            if error.errno != _ENOTSUPP:
                raise
        unbiased = {line: _without_bias(settings) for line, settings in config.items()}
        return _request(chip, unbiased, edges)


@contextmanager
def named_errors(path: str) -> Iterator[None]:
    """Raise the errors of opening a chip and setting up its lines as `GpioError`."""
    try:
        yield
    except PermissionError as error:
        raise ChipPermissionError(path) from error
    except (OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno in {ENODEV, ENOENT}:
            raise LineLostError(ENODEV, _GONE, path) from error
        raise GpioError(f"{path} refuses its lines: {error}", path=path) from error


@contextmanager
def lost_if_failing() -> Iterator[None]:
    """Raise a failure of claimed lines as `LineLostError`.

    Once claimed and set up, a line fails for one reason only: there is no chip behind it any more.
    """
    try:
        yield
    except OSError as error:
        raise LineLostError(error.errno, _GONE) from error


def _describe(path: str) -> Chip:
    """Open a chip and read its label."""
    try:
        with gpiod.Chip(path) as chip:
            info = chip.get_info()
    except PermissionError as error:
        raise ChipPermissionError(path) from error
    except OSError as error:
        raise ChipNotFoundError(f"No GPIO chip at {path}", path=path, labels="") from error
    return Chip(path=path, label=info.label, lines=info.num_lines)


def _request(
    chip: gpiod.Chip, config: Mapping[int, gpiod.LineSettings], edges: int | None
) -> gpiod.LineRequest:
    return chip.request_lines(
        config=dict(config.items()), consumer=CONSUMER, event_buffer_size=edges
    )


def _check_exist(config: Mapping[int, gpiod.LineSettings], lines: int) -> None:
    for line in config:
        if line >= lines:
            raise LineUnusableError(line, LineProblem.NOT_ON_HEADER)


def _busy(chip: gpiod.Chip, config: Mapping[int, gpiod.LineSettings]) -> LineBusyError:
    """Return the error for the line of a refused request that is in use, and its user."""
    infos = [chip.get_line_info(line) for line in config]
    taken = next((info for info in infos if info.used), infos[0])
    return LineBusyError(taken.offset, taken.consumer)


def _without_bias(settings: gpiod.LineSettings) -> gpiod.LineSettings:
    return gpiod.LineSettings(
        direction=settings.direction,
        edge_detection=settings.edge_detection,
        bias=Bias.AS_IS,
        debounce_period=settings.debounce_period,
        output_value=settings.output_value,
    )
