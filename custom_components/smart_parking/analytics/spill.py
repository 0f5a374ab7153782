"""Spill file: records that could not be written before Home Assistant stopped."""

from collections.abc import Sequence
from dataclasses import asdict
import json
import logging
from pathlib import Path
from typing import Any, Final

from ..lot.analytics.records import (
    BayKnown,
    BayRecord,
    CountRecord,
    FaultSpell,
    Group,
    GuidanceEventType,
    GuidanceRecord,
    PromotionRecord,
    Record,
    Stay,
    StayOrigin,
    StayOutcome,
    VisitRecord,
)
from ..lot.analytics.spells import Spell
from ..lot.model import BayState
from .store import Batch

_LOGGER = logging.getLogger(__name__)

_SUFFIX: Final = ".pending"
_TYPES: Final[dict[str, type[Any]]] = {
    one.__name__: one
    for one in (
        *(Stay, FaultSpell, Spell, BayKnown, CountRecord, GuidanceRecord),
        *(PromotionRecord, VisitRecord),
    )
}
_ENUMS: Final = {"origin": StayOrigin, "outcome": StayOutcome, "event": GuidanceEventType}


def _path(database: Path) -> Path:
    """Return the path of the spill file, beside the history's default file."""
    return database.with_name(database.name + _SUFFIX)


def write_spill(database: Path, batches: Sequence[Batch]) -> None:
    """Write batches for the next start."""
    data = [
        {
            "batch_id": batch.batch_id,
            "at": batch.at,
            "records": [_to_data(record) for record in batch.records],
        }
        for batch in batches
    ]
    path = _path(database)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    path.chmod(0o600)


def read_spill(database: Path) -> list[Batch]:
    """Return the stored batches; a damaged file is renamed."""
    path = _path(database)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [
            Batch(one["batch_id"], one["at"], [_from_data(row) for row in one["records"]])
            for one in data
        ]
    except FileNotFoundError:
        return []
    except ValueError, TypeError, KeyError:
        _LOGGER.exception("%s cannot be read", path)
        path.replace(path.with_name(path.name + ".corrupt"))
        return []


def remove_spill(database: Path) -> None:
    """Remove the spill file."""
    _path(database).unlink(missing_ok=True)


def _to_data(record: Record) -> dict[str, Any]:
    """Return a record as data."""
    name = type(record).__name__
    if isinstance(record, CountRecord):
        counts = [[asdict(group), dict(states)] for group, states in record.counts.items()]
        return {"type": name, "at": record.at, "counts": counts}
    return {"type": name, **asdict(record)}


def _from_data(data: dict[str, Any]) -> Record:
    """Return the record of data."""
    fields = dict(data)
    kind = _TYPES[fields.pop("type")]
    if kind is CountRecord:
        counts = {
            Group(**group): {BayState(state): number for state, number in states.items()}
            for group, states in fields["counts"]
        }
        return CountRecord(at=fields["at"], counts=counts)
    if fields.get("bay") is not None:
        fields["bay"] = BayRecord(**fields["bay"])
    for name, enum in _ENUMS.items():
        if fields.get(name) is not None:
            fields[name] = enum(fields[name])
    record: Record = kind(**fields)
    return record
