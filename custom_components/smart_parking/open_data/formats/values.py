"""Texts and times in feeds."""

from datetime import UTC, datetime

type Json = str | int | float | list[Json] | dict[str, Json] | None
type Record = dict[str, Json]

# The limit of ParkAPI for a name, the shortest of all.
TEXT_MAX = 256


def plain(text: str) -> str:
    """Return a text in one line, without invisible characters."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())[:TEXT_MAX].rstrip()


def iso(at: datetime) -> str:
    """Return a time to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def known(record: dict[str, Json]) -> Record:
    """Return a record without unknown values."""
    return {key: value for key, value in record.items() if value is not None}
