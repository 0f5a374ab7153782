"""Bays as an owner enters them: rows of a table, lines of text, or a generated row."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
import csv
from io import StringIO
from itertools import zip_longest
from math import isfinite
import re
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

from ..const import (
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
    CONF_ZONE,
)
from ..errors import InvalidInputError
from ..lot.labels import clean, is_printable, name_key
from ..lot.model import Bay, BayKind, Gate
from ..text_input import as_cell, from_cell, has_controls
from .base import PLACE_MAX_M, Columns, Row, Value, metres, number_in
from .levels import name_selector

LABEL_MAX = 12
ZONE_MAX = 40
BAYS_MAX = 10_000
# The width of a usual bay.
SPACING_M = 2.5
# From a motorcycle's to a coach's.
SIDE_MIN_M = 0.5
SIDE_MAX_M = 25.0
# Columns that most plans do not need: the text shows them only when a bay uses one.
RARE_COLUMNS = (
    CONF_ZONE,
    CONF_HEADING,
    CONF_WIDTH,
    CONF_LENGTH,
    "battery_entity",
    "last_seen_entity",
)

# Length to which a text that is not understood is cut.
SHOWN_MAX = 40
# Any kind of space between the thousands and the rest.
_GROUPED = re.compile(r"(?<=\d)\s(?=\d{3}(?:\D|$))")

HEADING_SELECTOR = NumberSelector(
    NumberSelectorConfig(
        min=0.0, max=360.0, step="any", unit_of_measurement="°", mode=NumberSelectorMode.BOX
    )
)
KIND_SELECTOR = SelectSelector(
    SelectSelectorConfig(options=[kind.value for kind in BayKind], translation_key="bay_kind")
)


def common_columns(levels: Iterable[str] = (), zones: Iterable[str] = ()) -> Columns:
    """Return the columns that every bay has; `levels` and `zones` are those that there are."""
    return {
        CONF_LABEL: {"selector": TextSelector(), "required": True},
        CONF_KIND: {"selector": KIND_SELECTOR, "required": True, "default": BayKind.STANDARD.value},
        CONF_LEVEL: {"selector": name_selector(levels)},
        CONF_ZONE: {"selector": name_selector(zones)},
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
        kind=_kind_of(row),
        level=str(row.get(CONF_LEVEL) or ""),
        zone=str(row.get(CONF_ZONE) or ""),
        x=number_in(row, CONF_X) or 0.0,
        y=number_in(row, CONF_Y) or 0.0,
        heading=number_in(row, CONF_HEADING),
        width=number_in(row, CONF_WIDTH),
        length=number_in(row, CONF_LENGTH),
    )


def _kind_of(row: Row) -> BayKind:
    """Return the kind of a bay; a kind of another version becomes the standard one."""
    kind = row.get(CONF_KIND)
    return BayKind(str(kind)) if kind in list(BayKind) else BayKind.STANDARD


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

    Raises `InvalidInputError` with the line that cannot be understood.
    """
    distances: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        label, _, metres_text = line.replace(":", "=").rpartition("=")
        try:
            distance = _number(metres_text.strip().removesuffix("m"), decimal_comma=True)
        except ValueError:
            distance = -1.0
        if not label.strip() or not 0.0 <= distance <= PLACE_MAX_M:
            raise InvalidInputError("bad_distance", {"line": str(number)})
        distances[label.strip()] = distance
    return distances


def with_ids(
    rows: Iterable[Mapping[str, Value]], before: Sequence[Row], wiring: Iterable[str]
) -> list[Row]:
    """Return rows with the ids of their bays.

    A table does not show ids, so a bay is recognised by its label, else by its wiring (the columns
    `wiring`). So a bay may be renamed, moved or rewired and stays the same. Any other row is a new
    bay.
    """
    wires = tuple(wiring)
    new = [_tidy(row) for row in rows]
    left = {str(row[CONF_BAY_ID]): row for row in before}
    ids: dict[int, str] = {}
    # An equal label counts more than a similar one, and that more than equal wiring.
    likenesses: list[Callable[[Row], Hashable]] = [_label, lambda row: name_key(_label(row))]
    if wires:
        likenesses.append(lambda row: tuple(str(row.get(wire)) for wire in wires))
    for likeness in likenesses:
        known = {likeness(row): bay_id for bay_id, row in left.items()}
        for number, row in enumerate(new):
            bay_id = None if number in ids else known.pop(likeness(row), None)
            if bay_id is not None:
                ids[number] = bay_id
                del left[bay_id]
    for number, row in enumerate(new):
        row.pop(CONF_BAY_ID, None)
        if number in ids:
            row[CONF_BAY_ID] = ids[number]
    return with_new_ids(new)


def with_new_ids(rows: Iterable[Row]) -> list[Row]:
    """Return rows of which those have new ids that have none."""
    return [row if CONF_BAY_ID in row else {**row, CONF_BAY_ID: uuid4().hex[:12]} for row in rows]


def _label(row: Row) -> str:
    """Return a bay's label."""
    return str(row.get(CONF_LABEL, ""))


def _tidy(row: Mapping[str, Value]) -> Row:
    """Return a row without extra spaces and empty cells, with whole numbers as integers."""
    tidy: Row = {}
    for key, value in row.items():
        cell = clean(value) if isinstance(value, str) else value
        if isinstance(cell, float) and cell.is_integer() and key not in (CONF_X, CONF_Y):
            cell = int(cell)
        if cell not in (None, ""):
            tidy[key] = cell
    return {CONF_KIND: BayKind.STANDARD.value, **tidy}


def check_rows(rows: Sequence[Row], taken: Iterable[str] = ()) -> None:
    """Raise `InvalidInputError` when rows cannot be bays; `taken` are the labels of other nodes."""
    if not rows:
        raise InvalidInputError("no_bays")
    if len(rows) > BAYS_MAX:
        raise InvalidInputError("too_many_bays", {"limit": str(BAYS_MAX)})
    for _, err in find_row_errors(rows, taken):
        raise err


def find_row_errors(
    rows: Iterable[Row], taken: Iterable[str] = ()
) -> Iterator[tuple[int, InvalidInputError]]:
    """Yield what keeps rows from being bays, and the index of each such row."""
    labels = {name_key(label): label for label in taken}
    places: dict[tuple[object, ...], str] = {}
    for index, row in enumerate(rows):
        label = _label(row)
        if not label or len(label) > LABEL_MAX or not is_printable(label):
            placeholders = {"label": label, "row": str(index + 1), "limit": str(LABEL_MAX)}
            yield index, InvalidInputError("bad_label", placeholders)
        elif (key := name_key(label)) in labels:
            yield (
                index,
                InvalidInputError("duplicate_label", {"label": label, "other": labels[key]}),
            )
        else:
            labels[key] = label
        zone = str(row.get(CONF_ZONE) or "")
        if any(map(has_controls, (str(row.get(CONF_LEVEL) or ""), zone))):
            yield index, InvalidInputError("control_characters")
        if len(zone) > ZONE_MAX:
            placeholders = {"zone": zone, "row": str(index + 1), "limit": str(ZONE_MAX)}
            yield index, InvalidInputError("bad_zone", placeholders)
        place = (row.get(CONF_LEVEL), row.get(CONF_X), row.get(CONF_Y))
        if place in places:
            yield index, InvalidInputError("same_place", {"label": label, "other": places[place]})
        places[place] = label


def make_row(answers: Mapping[str, Value]) -> list[Row]:
    """Return a row of bays from a few answers: labels count up, places follow one another."""
    # Anything may stand in a form that is being filled in.
    count = min(int(number_in(answers, "count") or 1), BAYS_MAX)
    first = int(number_in(answers, "first_number") or 0)
    spacing = number_in(answers, "spacing") or SPACING_M
    x, y = number_in(answers, CONF_X) or 0.0, number_in(answers, CONF_Y) or 0.0
    width = max(2, len(str(first + count - 1)))
    along_x = answers.get("direction", "x") == "x"
    return [
        {
            CONF_LABEL: f"{str(answers.get('prefix', '')).strip()}{first + step:0{width}d}",
            CONF_KIND: str(answers.get(CONF_KIND, BayKind.STANDARD.value)),
            CONF_LEVEL: str(answers.get(CONF_LEVEL) or ""),
            CONF_ZONE: str(answers.get(CONF_ZONE) or ""),
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
    """Return bays from text as `to_text` writes it, or a spreadsheet with tabs.

    What a spreadsheet adds is ignored: empty lines, and columns without any value.

    Raises `InvalidInputError` with the line that cannot be understood.
    """
    text = text.removeprefix("\ufeff")
    head = next((line for line in text.splitlines() if line.strip()), "")
    if not head:
        raise InvalidInputError("no_bays")
    delimiter = max("\t;,", key=head.count)
    reader = csv.reader(StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        filled = ((reader.line_num, cells) for cells in reader if any(map(str.strip, cells)))
        if (first := next(filled, None)) is None:
            raise InvalidInputError("no_bays")
        names = _column_names(first[1], columns)
        return [
            _row_of(dict(_named(names, cells, line)), columns, line, delimiter)
            for line, cells in filled
        ]
    except csv.Error as err:
        # A quotation mark is in the wrong place.
        line = max(1, reader.line_num)
        lines = text.split("\n")
        raise _not_understood(line, head, lines[min(line, len(lines)) - 1], '"…"') from err


def _column_names(cells: Iterable[str], columns: Columns) -> list[str]:
    """Return the names of columns, empty where there is none, or raise `InvalidInputError`."""
    names = [clean(cell).lower() for cell in cells]
    listed = ", ".join(columns)
    if unknown := [name for name in names if name and name not in columns]:
        raise InvalidInputError("text_columns", {"column": unknown[0], "columns": listed})
    for name, column in columns.items():
        if name not in names and column.get("required") and "default" not in column:
            raise InvalidInputError("text_missing", {"column": name, "columns": listed})
        if names.count(name) > 1:
            raise InvalidInputError("text_twice", {"column": name})
    return names


def _named(names: Sequence[str], cells: Sequence[str], line: int) -> Iterator[tuple[str, str]]:
    """Yield the cells of a line with the names of their columns, or raise `InvalidInputError`."""
    for name, cell in zip_longest(names, cells):
        if name and cell is not None:
            yield name, cell.strip()
        elif name or (cell or "").strip():
            raise InvalidInputError("text_cells", {"line": str(line)})


def _row_of(cells: Mapping[str, str], columns: Columns, line: int, delimiter: str) -> Row:
    """Return one line's cells as a row, each of the type of its column."""
    row: Row = {}
    for name, typed in cells.items():
        selector = columns[name]["selector"]
        cell = from_cell(typed)
        if not cell:
            if columns[name].get("required") and "default" not in columns[name]:
                raise _not_understood(line, name, cell, _wanted(selector))
            continue
        try:
            if isinstance(selector, NumberSelector):
                row[name] = vol.Schema(selector)(_number(cell, decimal_comma=delimiter != ","))
            elif isinstance(selector, EntitySelector):
                # The entity is checked later, with an error of its own.
                row[name] = cv.entity_id(cell)
            elif isinstance(selector, SelectSelector) and not selector.config["custom_value"]:
                row[name] = vol.Schema(selector)(cell.casefold())
            else:
                row[name] = cell
        except (ValueError, TypeError, vol.Invalid) as err:
            raise _not_understood(line, name, cell, _wanted(selector)) from err
    return row


def _not_understood(line: int, column: str, value: str, wanted: str) -> InvalidInputError:
    """Return the error for a cell."""
    return InvalidInputError(
        "text_line",
        {
            "line": str(line),
            "column": column[:SHOWN_MAX],
            "value": value[:SHOWN_MAX],
            "wanted": wanted,
        },
    )


def _wanted(selector: object) -> str:
    """Return the values that a column takes, in signs that need no language."""
    match selector:
        case NumberSelector(config={"min": low, "max": high}):
            return f"{low:g} … {high:g}"
        case SelectSelector(config={"options": options}):
            return ", ".join(map(str, options))
        case EntitySelector():
            return "sensor.…"
    return "A01"


def _number(text: str, *, decimal_comma: bool) -> float:
    """Return the number in a text, as people and spreadsheets write it, or raise `ValueError`.

    Python itself also reads `nan` and `1_000`, which are typing errors here.
    """
    text = _GROUPED.sub("", text.replace("\N{MINUS SIGN}", "-"))
    if decimal_comma:
        text = text.replace(",", ".")
    number = float(text)
    if isfinite(number) and "_" not in text:
        return number
    raise ValueError(text)
