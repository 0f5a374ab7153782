"""Reads JSON that came from elsewhere: every field within its bounds, or not at all."""

from __future__ import annotations

import json
from math import isfinite
import re

# What is longer than this is no message of a node; 512 bays take half of it.
PAYLOAD_MAX = 131_072
_WORD = re.compile(r"[\w.:+-]*")


class MessageError(ValueError):
    """A message is not what it should be; the text says where."""


class _Needed:
    """Stands for the default of a field that has to be there."""


NEEDED = _Needed()


class Fields:
    """A JSON object, whose fields are read one by one. All methods may raise `MessageError`."""

    def __init__(self, data: object, where: str = "message") -> None:
        """Wrap what was parsed."""
        if not isinstance(data, dict):
            raise MessageError(f"{where} is no object")
        self._data = data
        self._where = where

    @classmethod
    def parse(cls, payload: bytes) -> Fields:
        """Return the object that a payload is."""
        if len(payload) > PAYLOAD_MAX:
            raise MessageError(f"message has {len(payload)} bytes, more than {PAYLOAD_MAX}")
        try:
            return cls(json.loads(payload, parse_constant=_refuse))
        except (ValueError, RecursionError) as err:
            raise MessageError(f"message is no JSON: {err}"[:200]) from err

    def has(self, name: str) -> bool:
        """Return whether there is a value of a name."""
        return self._data.get(name) is not None

    def is_text(self, name: str, text: str) -> bool:
        """Return whether a value is a certain text."""
        return bool(self._data.get(name) == text)

    def text(self, name: str, longest: int, default: str | _Needed = NEEDED) -> str:
        """Return a text without control characters that is not too long."""
        value = self._get(name, default)
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise self._wrong(name)
        return value

    def word(self, name: str, longest: int, default: str | _Needed = NEEDED) -> str:
        """Return a text that is a word of letters, digits and some signs."""
        value = self.text(name, longest, default)
        if _WORD.fullmatch(value) is None:
            raise self._wrong(name)
        return value

    def flag(self, name: str, default: bool | _Needed = NEEDED) -> bool:
        """Return whether something is so."""
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name)
        return value

    def whole(self, name: str, low: int, high: int, default: int | _Needed = NEEDED) -> int:
        """Return a whole number within bounds."""
        value = self._get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self._wrong(name)
        return value

    def number(
        self, name: str, low: float, high: float, default: float | _Needed = NEEDED
    ) -> float:
        """Return a number within bounds."""
        value = self._get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._wrong(name)
        if not low <= value <= high or not isfinite(value):
            raise self._wrong(name)
        return float(value)

    def maybe_number(self, name: str, low: float, high: float) -> float | None:
        """Return a number within bounds; None where there is none."""
        return self.number(name, low, high) if self.has(name) else None

    def maybe_flag(self, name: str) -> bool | None:
        """Return whether something is so; None where nobody knows."""
        return self.flag(name) if self.has(name) else None

    def part(self, name: str) -> Fields:
        """Return an object in this one."""
        return Fields(self._get(name, NEEDED), f"{self._where}.{name}")

    def parts(self, name: str, most: int) -> list[Fields]:
        """Return the objects of a list that is not too long."""
        return [
            Fields(one, f"{self._where}.{name}[{place}]")
            for place, one in enumerate(self._list(name, most))
        ]

    def words(self, name: str, most: int, longest: int) -> list[str]:
        """Return the words of a list that is not too long."""
        values = self._list(name, most)
        return [Fields({name: value}, self._where).word(name, longest) for value in values]

    def texts(self, name: str, most: int, longest: int) -> dict[str, str]:
        """Return an object of texts, none where there is none."""
        value = self._data.get(name, {})
        if not isinstance(value, dict) or len(value) > most:
            raise self._wrong(name)
        part = Fields(value, f"{self._where}.{name}")
        return {key[:longest]: part.text(key, longest) for key in value}

    def _list(self, name: str, most: int) -> list[object]:
        """Return a list that is not too long."""
        value = self._get(name, NEEDED)
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(name)
        return value

    def _get(self, name: str, default: object) -> object:
        """Return a value, or the default where there is none."""
        value = self._data.get(name)
        if value is None:
            value = default
        if value is NEEDED:
            raise MessageError(f"{self._where}.{name} is missing")
        return value

    def _wrong(self, name: str) -> MessageError:
        """Return what is to be said of a value that cannot be."""
        return MessageError(f"{self._where}.{name} cannot be {self._data.get(name)!r}"[:200])


def _refuse(constant: str) -> None:
    """Refuse what JSON does not know: NaN and infinities."""
    raise ValueError(constant)
