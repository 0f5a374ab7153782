"""Options of a lot, as stored in its entry and as typed values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry

from .const import (
    CONF_DRAWING,
    CONF_FROM_LEVEL,
    CONF_FROM_POINT,
    CONF_HOLD_MINUTES,
    CONF_LANES,
    CONF_LENGTH,
    CONF_LEVEL,
    CONF_ONE_WAY,
    CONF_POINTS,
    CONF_QUEUE_MAX,
    CONF_RAMPS,
    CONF_SPEED_KMH,
    CONF_TO_LEVEL,
    CONF_TO_POINT,
    CONF_USER_DAYS,
    CONF_USER_HOLDS,
    CONF_USER_HOURS,
    CONF_USER_MINUTES,
)
from .errors import InvalidInputError
from .lot.drawing.model import Collection, Drawing
from .lot.drawing.surroundings import Surroundings
from .lot.model import Lane, Place, Point, Ramp
from .lot.stored import Stored
from .sources.base import PLACE_MAX_M, Row, number_in

HOLD_MINUTES = 4.0
# Walking pace is 5, and car parks allow 10 to 20.
SPEED_KMH = 15.0
QUEUE_MAX = 20
# As many as visitors may have from one phone.
USER_HOLDS = 2
# A driver on the way arrives within this time; a bay for longer is reserved instead.
USER_MINUTES = 60.0
# A day, within a week: for more, a user asks the owner.
USER_HOURS = 24.0
USER_DAYS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOptions:
    """Options of guidance, in seconds and metres, and the lanes and ramps."""

    hold_s: float = HOLD_MINUTES * 60.0
    speed_m_s: float = SPEED_KMH / 3.6
    queue_max: int = QUEUE_MAX
    user_holds: int = USER_HOLDS
    """Most holds at a time of a user who is no administrator."""
    user_hold_s: float = USER_MINUTES * 60.0
    """Longest hold of such a user on the way, in seconds."""
    user_reservation_s: float = USER_HOURS * 3600.0
    """Longest reservation of such a user, in seconds."""
    user_ahead_s: float = USER_DAYS * 86_400.0
    """Longest time before a reservation of such a user begins, in seconds."""
    lanes: tuple[Lane, ...] = ()
    ramps: tuple[Ramp, ...] = ()

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return the options of a lot's entry; a missing one has its default."""
        options = entry.options
        return cls(
            hold_s=options.get(CONF_HOLD_MINUTES, HOLD_MINUTES) * 60.0,
            speed_m_s=options.get(CONF_SPEED_KMH, SPEED_KMH) / 3.6,
            queue_max=int(options.get(CONF_QUEUE_MAX, QUEUE_MAX)),
            user_holds=int(options.get(CONF_USER_HOLDS, USER_HOLDS)),
            user_hold_s=options.get(CONF_USER_MINUTES, USER_MINUTES) * 60.0,
            user_reservation_s=options.get(CONF_USER_HOURS, USER_HOURS) * 3600.0,
            user_ahead_s=options.get(CONF_USER_DAYS, USER_DAYS) * 86_400.0,
            lanes=read_lanes(options.get(CONF_LANES, ())),
            ramps=read_ramps(options.get(CONF_RAMPS, ())),
        )


def read_surroundings(options: Mapping[str, Any]) -> Surroundings:
    """Return all that is drawn around a lot's bays; what of it cannot be read is not drawn."""
    drawing = Drawing.from_data(Stored(_only_around(options.get(CONF_DRAWING))))
    return Surroundings(
        lanes=read_lanes(options.get(CONF_LANES, ())),
        ramps=read_ramps(options.get(CONF_RAMPS, ())),
        walls=tuple(drawing.walls.values()),
        zones=tuple(drawing.zones.values()),
        grounds=tuple(drawing.grounds.values()),
    )


def _only_around(drawing: object) -> dict[str, object]:
    """Return what of a stored drawing is drawn around bays: there may be thousands of rows."""
    data = drawing if isinstance(drawing, Mapping) else {}
    kinds = (Collection.WALLS, Collection.ZONES, Collection.GROUNDS)
    return {kind.value: data[kind.value] for kind in kinds if kind.value in data}


def read_lanes(rows: Iterable[Row]) -> tuple[Lane, ...]:
    """Return the lanes of table rows, or raise `InvalidInputError`."""
    return tuple(_lane(row, str(number)) for number, row in enumerate(rows, 1))


def read_ramps(rows: Iterable[Row]) -> tuple[Ramp, ...]:
    """Return the ramps of table rows, or raise `InvalidInputError`."""
    return tuple(_ramp(row, str(number)) for number, row in enumerate(rows, 1))


def _lane(row: Row, number: str) -> Lane:
    """Return the lane of a table row."""
    text = str(row.get(CONF_POINTS) or "")
    try:
        points = tuple(_point(part) for part in text.split(";") if part.strip())
    except ValueError as err:
        raise InvalidInputError("lane_points", {"row": number, "points": text}) from err
    if len(set(points)) < 2:
        raise InvalidInputError("lane_short", {"row": number})
    return Lane(level=_level(row, CONF_LEVEL), points=points, one_way=bool(row.get(CONF_ONE_WAY)))


def _ramp(row: Row, number: str) -> Ramp:
    """Return the ramp of a table row."""
    ends = []
    for level, point in ((CONF_FROM_LEVEL, CONF_FROM_POINT), (CONF_TO_LEVEL, CONF_TO_POINT)):
        text = str(row.get(point) or "")
        try:
            ends.append(Place(_level(row, level), *_point(text)))
        except ValueError as err:
            raise InvalidInputError("ramp_point", {"row": number, "point": text}) from err
    ramp = Ramp(
        start=ends[0],
        end=ends[1],
        one_way=bool(row.get(CONF_ONE_WAY)),
        length=number_in(row, CONF_LENGTH),
    )
    if ramp.start.level == ramp.end.level:
        raise InvalidInputError("ramp_flat", {"row": number, "level": ramp.start.level})
    if ramp.length is not None and ramp.length < ramp.straight_m:
        raise InvalidInputError("ramp_short", {"row": number, "straight": f"{ramp.straight_m:.1f}"})
    return ramp


def _level(row: Mapping[str, object], key: str) -> str:
    """Return a level in the spelling of bays."""
    return str(row.get(key) or "").strip()


def _point(text: str) -> Point:
    """Return a point such as `20, 7.5`, or raise `ValueError`."""
    x, y = (float(part) for part in text.split(","))
    if not max(abs(x), abs(y)) <= PLACE_MAX_M:
        raise ValueError(text)
    return x, y
