"""Reader of stored data, part by part: unreadable parts are dropped and named, the rest is used.

A file may be damaged, edited by hand, or of a version with more or fewer fields than this one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final, override

# The last second of the year 9999.
SECONDS_MAX: Final = 253_402_300_799.0
# A file may have thousands of rows.
NAMED_MAX: Final = 8
_ABSENT: Final = object()


class StoredError(ValueError):
    """A part of stored data is missing or invalid."""


@dataclass(slots=True)
class Losses:
    """Paths in a file that could not be read, or are unknown."""

    parts: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Return whether anything was lost."""
        return bool(self.parts)

    @override
    def __str__(self) -> str:
        """Return the first of them, and how many more there are."""
        more = len(self.parts) - NAMED_MAX
        return ", ".join(self.parts[:NAMED_MAX]) + (f" … (+{more})" if more > 0 else "")


class Stored:
    """A part of stored data, its path, and which of its fields have been read."""

    def __init__(
        self, value: object, losses: Losses | None = None, path: str = "", name: str = ""
    ) -> None:
        """Wrap a value of a JSON file."""
        self.name = name
        """Its name in the object that contains it."""
        self._value = value
        self._losses = Losses() if losses is None else losses
        self._path = path
        self._unread = set(value) if isinstance(value, Mapping) else set()

    @classmethod
    def of(cls, data: object) -> Stored:
        """Return data as `Stored`, if it is not so already."""
        return data if isinstance(data, Stored) else cls(data)

    # Values that have to be there: these raise `StoredError`.

    def text(self) -> str:
        """Return a text."""
        if not isinstance(self._value, str):
            raise StoredError(self._path)
        return self._value

    def flag(self) -> bool:
        """Return a boolean."""
        if not isinstance(self._value, bool):
            raise StoredError(self._path)
        return self._value

    def count(self) -> int:
        """Return a whole number that is not negative."""
        if not isinstance(self._value, int) or isinstance(self._value, bool) or self._value < 0:
            raise StoredError(self._path)
        return self._value

    def number(self) -> float:
        """Return a finite number."""
        if not isinstance(self._value, int | float) or isinstance(self._value, bool):
            raise StoredError(self._path)
        try:
            number = float(self._value)
        except OverflowError:
            raise StoredError(self._path) from None
        if not isfinite(number):
            raise StoredError(self._path)
        return number

    def seconds(self) -> float:
        """Return a duration, or a time since the epoch that a calendar can show."""
        number = self.number()
        if not 0.0 <= number <= SECONDS_MAX:
            raise StoredError(self._path)
        return number

    def optional[T](self, read: Callable[[Stored], T]) -> T | None:
        """Return the value that is read, or None where there is none."""
        return None if self._value is None else self.read(read)

    def members[T](self, read: Callable[[Stored], T]) -> list[T]:
        """Return the members of a list, all of which have to be valid."""
        if not isinstance(self._value, list):
            raise StoredError(self._path)
        return [
            Stored(value, self._losses, self._at(str(place))).read(read)
            for place, value in enumerate(self._value)
        ]

    def field(self, name: str) -> Stored:
        """Return a field of an object."""
        if not isinstance(self._value, Mapping) or name not in self._value:
            raise StoredError(self._at(name))
        self._unread.discard(name)
        return Stored(self._value[name], self._losses, self._at(name), name)

    def has(self, name: str) -> bool:
        """Return whether an object has a field."""
        return isinstance(self._value, Mapping) and name in self._value

    # Parts that may be lost: these raise nothing.

    def get[T](self, name: str, read: Callable[[Stored], T], default: T) -> T:
        """Return the value of a field; the default when it is lost."""
        return next(iter(self._spare(name, read)), default)

    def section(self, name: str) -> Stored:
        """Return a field of an object, whose own parts are read next; empty when it is lost."""
        lost = Stored(_ABSENT, self._losses, self._at(name), name)
        return next(iter(self._spare(name, lambda part: part)), lost)

    def each[T](self, read: Callable[[Stored], T]) -> dict[str, T]:
        """Return the readable fields of an object, by name."""
        if not isinstance(self._value, Mapping):
            self._lose()
            return {}
        return {name: one for name in self._value for one in self._spare(name, read)}

    def rows[T](self, read: Callable[[Stored], T]) -> list[T]:
        """Return the readable members of a list."""
        if not isinstance(self._value, list):
            self._lose()
            return []
        by_place = {str(place): value for place, value in enumerate(self._value)}
        return list(Stored(by_place, self._losses, self._path).each(read).values())

    def read[T](self, read: Callable[[Stored], T]) -> T:
        """Return what `read` makes of this; fields that it did not read are recorded as lost."""
        found = read(self)
        if not isinstance(found, Stored):
            self._losses.parts += [self._at(name) for name in sorted(map(str, self._unread))]
        return found

    def _spare[T](self, name: str, read: Callable[[Stored], T]) -> list[T]:
        """Return the value of a field in a list, or an empty list and record the loss."""
        if self._value is _ABSENT:
            return []
        before = len(self._losses.parts)
        try:
            return [self.field(name).read(read)]
        except ValueError:
            del self._losses.parts[before:]
            self._losses.parts.append(self._at(name))
            return []

    def _lose(self) -> None:
        """Record this as lost, unless that is recorded already."""
        if self._value is not _ABSENT:
            self._losses.parts.append(self._path or "data")

    def _at(self, name: str) -> str:
        """Return the path of a field."""
        return f"{self._path}.{name}" if self._path else name
