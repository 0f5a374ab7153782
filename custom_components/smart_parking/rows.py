"""Bays as an owner writes them down: rows of a table, lines of text, a whole row at once."""

from collections.abc import Iterable, Mapping, Sequence
import csv
from io import StringIO
from math import isfinite
from uuid import uuid4

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    EntitySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from .const import (
    CONF_BAY_ID,
    CONF_DISTANCES,
    CONF_HEADING,
    CONF_KIND,
    CONF_LABEL,
    CONF_LENGTH,
    CONF_LEVEL,
    CONF_WIDTH,
    CONF_X,
    CONF_Y,
)
from .lot.model import Bay, BayKind, Gate
from .sources.base import (
    PLACE_MAX_M,
    Columns,
    Row,
    SourceError,
    Value,
    metres,
    number_in,
)
from .texts_typed import as_cell, check_controls, from_cell

LABEL_MAX = 12
BAYS_MAX = 10_000
# The width of a usual bay.
SPACING_M = 2.5
# From a motorcycle's to a coach's.
SIDE_MIN_M = 0.5
SIDE_MAX_M = 25.0
# Columns that a plan mostly does without: they are not shown as text while no bay uses them.
RARE_COLUMNS = (CONF_HEADING, CONF_WIDTH, CONF_LENGTH, "battery_entity", "last_seen_entity")

HEADING_SELECTOR = NumberSelector(
    NumberSelectorConfig(
        min=0.0, max=360.0, step="any", unit_of_measurement="°", mode=NumberSelectorMode.BOX
    )
)
KIND_SELECTOR = SelectSelector(
    SelectSelectorConfig(options=[kind.value for kind in BayKind], translation_key="bay_kind")
)


def common_columns() -> Columns:
    """Return the columns that every bay has."""
    return {
        CONF_LABEL: {"selector": TextSelector(), "required": True},
        CONF_KIND: {"selector": KIND_SELECTOR, "required": True, "default": BayKind.STANDARD.value},
        CONF_LEVEL: {"selector": TextSelector()},
        CONF_X: {"selector": metres(-PLACE_MAX_M), "required": True},
        CONF_Y: {"selector": metres(-PLACE_MAX_M), "required": True},
        CONF_HEADING: {"selector": HEADING_SELECTOR},
        CONF_WIDTH: {"selector": metres(SIDE_MIN_M, SIDE_MAX_M)},
        CONF_LENGTH: {"selector": metres(SIDE_MIN_M, SIDE_MAX_M)},
    }


def bay_of(row: Row) -> Bay:
    """Return the bay that a row describes."""
    return Bay(
        bay_id=str(row[CONF_BAY_ID]),
        label=str(row[CONF_LABEL]),
        kind=BayKind(str(row.get(CONF_KIND) or BayKind.STANDARD)),
        level=str(row.get(CONF_LEVEL) or ""),
        x=number_in(row, CONF_X) or 0.0,
        y=number_in(row, CONF_Y) or 0.0,
        heading=number_in(row, CONF_HEADING),
        width=number_in(row, CONF_WIDTH),
        length=number_in(row, CONF_LENGTH),
    )


def gate_of(gate_id: str, name: str, answers: Mapping[str, Value]) -> Gate:
    """Return the gate that its configuration describes."""
    return Gate(
        gate_id=gate_id,
        name=name,
        level=str(answers.get(CONF_LEVEL) or ""),
        x=number_in(answers, CONF_X) or 0.0,
        y=number_in(answers, CONF_Y) or 0.0,
        distances=read_distances(str(answers.get(CONF_DISTANCES) or "")),
        heading=number_in(answers, CONF_HEADING),
    )


def read_distances(text: str) -> dict[str, float]:
    """Return distances in metres by bay label, from lines such as `A07 = 35`.

    Raises `SourceError` with the line that cannot be understood.
    """
    distances: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        label, _, metres_text = line.replace(":", "=").rpartition("=")
        try:
            distance = float(metres_text.replace(",", ".").removesuffix("m"))
        except ValueError:
            distance = -1.0
        if not label.strip() or not 0.0 <= distance <= PLACE_MAX_M:
            raise SourceError("bad_distance", {"line": str(number)})
        distances[label.strip()] = distance
    return distances


def with_ids(
    rows: Iterable[Mapping[str, Value]], before: Sequence[Row], wiring: Iterable[str]
) -> list[Row]:
    """Return rows that each know which bay they are.

    A table does not show ids, so a bay is recognised: by its label, else by its wiring (the columns
    named), so that a bay may be renamed, moved or rewired and keeps its history. Anything else is
    new.
    """
    wires = tuple(wiring)
    old_by_label = {str(row[CONF_LABEL]): row for row in before}
    new = [_tidy(row) for row in rows]
    left = {
        str(row[CONF_BAY_ID]): row
        for row in before
        if row[CONF_LABEL] not in {one.get(CONF_LABEL) for one in new}
    }
    for row in new:
        old = old_by_label.get(str(row.get(CONF_LABEL)))
        if old is None:
            old = next(
                (
                    one
                    for one in left.values()
                    if wires and all(one.get(w) == row.get(w) for w in wires)
                ),
                None,
            )
            if old is not None:
                del left[str(old[CONF_BAY_ID])]
        row[CONF_BAY_ID] = str(old[CONF_BAY_ID]) if old is not None else uuid4().hex[:12]
    return new


def _tidy(row: Mapping[str, Value]) -> Row:
    """Return a row without stray blanks and empty cells, whole numbers as such."""
    tidy: Row = {}
    for key, value in row.items():
        cell = value.strip() if isinstance(value, str) else value
        if isinstance(cell, float) and cell.is_integer() and key not in (CONF_X, CONF_Y):
            cell = int(cell)
        if cell not in (None, ""):
            tidy[key] = cell
    return {CONF_KIND: BayKind.STANDARD.value, **tidy}


def check_rows(rows: Sequence[Row], taken: Iterable[str] = ()) -> None:
    """Raise `SourceError` when rows cannot be bays; `taken` are the labels of the lot's others."""
    if not rows:
        raise SourceError("no_bays")
    if len(rows) > BAYS_MAX:
        raise SourceError("too_many_bays", {"limit": str(BAYS_MAX)})
    labels = set(taken)
    places: dict[tuple[object, ...], str] = {}
    for number, row in enumerate(rows, 1):
        label = str(row.get(CONF_LABEL, ""))
        if not label or len(label) > LABEL_MAX or not label.isprintable():
            raise SourceError(
                "bad_label", {"label": label, "row": str(number), "limit": str(LABEL_MAX)}
            )
        if label in labels:
            raise SourceError("duplicate_label", {"label": label})
        labels.add(label)
        check_controls(str(row.get(CONF_LEVEL) or ""))
        place = (row.get(CONF_LEVEL), row.get(CONF_X), row.get(CONF_Y))
        if place in places:
            raise SourceError("same_place", {"label": label, "other": places[place]})
        places[place] = label


def make_row(answers: Mapping[str, Value]) -> list[Row]:
    """Return a row of bays from a few answers: labels counted up, places one after another."""
    count, first = (
        int(number_in(answers, "count") or 1),
        int(number_in(answers, "first_number") or 0),
    )
    spacing = number_in(answers, "spacing") or SPACING_M
    x, y = number_in(answers, CONF_X) or 0.0, number_in(answers, CONF_Y) or 0.0
    width = max(2, len(str(first + count - 1)))
    along_x = answers.get("direction", "x") == "x"
    return [
        {
            CONF_LABEL: f"{str(answers.get('prefix', '')).strip()}{first + step:0{width}d}",
            CONF_KIND: str(answers.get(CONF_KIND, BayKind.STANDARD.value)),
            CONF_LEVEL: str(answers.get(CONF_LEVEL) or ""),
            CONF_X: round(x + step * spacing, 3) if along_x else x,
            CONF_Y: y if along_x else round(y + step * spacing, 3),
        }
        for step in range(count)
    ]


def to_text(rows: Iterable[Row], columns: Columns) -> str:
    """Return bays as text: a line of column names, then a line per bay, separated by commas."""
    bays = list(rows)
    used = [
        name for name in columns if name not in RARE_COLUMNS or any(name in row for row in bays)
    ]
    out = StringIO()
    writer = csv.DictWriter(out, used, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: as_cell(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        for row in bays
    )
    return out.getvalue()


def from_text(text: str, columns: Columns) -> list[Row]:
    """Return bays from text as `to_text` writes it, or as a spreadsheet does with tabs.

    Raises `SourceError` with the line that cannot be understood.
    """
    text = text.strip().lstrip("\ufeff")
    if not text:
        raise SourceError("no_bays")
    head = text.splitlines()[0]
    delimiter = max("\t;,", key=head.count)
    reader = csv.DictReader(StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
    except csv.Error as err:
        raise SourceError("text_line", {"line": "1", "column": head}) from err
    reader.fieldnames = names
    if unknown := [name for name in names if name not in columns]:
        raise SourceError("text_columns", {"column": unknown[0], "columns": ", ".join(columns)})
    if missing := [
        name
        for name, column in columns.items()
        if column.get("required") and "default" not in column and name not in names
    ]:
        raise SourceError("text_missing", {"column": missing[0], "columns": ", ".join(columns)})
    try:
        return [
            _row_of(cells, columns, reader.line_num, decimal_comma=delimiter != ",")
            for cells in reader
        ]
    except csv.Error as err:
        raise SourceError("text_line", {"line": str(reader.line_num), "column": str(err)}) from err


def _row_of(
    cells: Mapping[str | None, str | list[str] | None],
    columns: Columns,
    line: int,
    *,
    decimal_comma: bool,
) -> Row:
    """Return one line's cells as a row, each as its column wants it."""
    row: Row = {}
    for name, text in cells.items():
        if name is None or not isinstance(text, str):
            raise SourceError("text_cells", {"line": str(line), "count": str(len(columns))})
        selector = columns[name]["selector"]
        cell = from_cell(text.strip())
        if not cell:
            if columns[name].get("required") and "default" not in columns[name]:
                raise SourceError("text_line", {"line": str(line), "column": name})
            continue
        try:
            if isinstance(selector, NumberSelector):
                number = _number(cell.replace(",", ".") if decimal_comma else cell)
                row[name] = vol.Schema(selector)(number)
            elif isinstance(selector, EntitySelector):
                # Whether it can be used is said later, with the reason.
                row[name] = cv.entity_id(cell)
            else:
                row[name] = vol.Schema(selector)(cell)
        except (ValueError, TypeError, vol.Invalid) as err:
            raise SourceError("text_line", {"line": str(line), "column": name}) from err
    return row


def _number(text: str) -> float:
    """Return the number that a text is; Python also reads `nan`, which is none."""
    number = float(text)
    if isfinite(number):
        return number
    raise ValueError(text)
