"""Options for the analytics of a lot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry

from ..const import CONF_ZONE
from ..lot.analytics.tariff import Rate, StayLimit, Tariff

CONF_DATABASE_URL: Final = "database_url"
CONF_KEEP_DAYS: Final = "keep_days"
CONF_STAY_LIMITS: Final = "stay_limits"
CONF_BAY: Final = "bay"
CONF_KIND: Final = "kind"
CONF_MINUTES: Final = "minutes"
CONF_FREE_MINUTES: Final = "free_minutes"
CONF_INTERVAL_MINUTES: Final = "interval_minutes"
CONF_DAY_MAXIMUM: Final = "day_maximum"
CONF_RATES: Final = "rates"
CONF_PER_HOUR: Final = "per_hour"
CONF_OPENS: Final = "opens"
CONF_CLOSES: Final = "closes"

KEEP_DAYS: Final = 730
KEEP_DAYS_MIN: Final = 30
KEEP_DAYS_MAX: Final = 3650
INTERVAL_MINUTES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsOptions:
    """Database and retention of a lot's history, its tariff and its longest stays."""

    database_url: str = ""
    """Empty: a file in Home Assistant's configuration."""
    keep_days: int = KEEP_DAYS
    limits: tuple[StayLimit, ...] = ()
    tariff: Tariff = field(default_factory=Tariff)

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return the options of a lot; a missing one has its default."""
        options = entry.options
        return cls(
            database_url=options.get(CONF_DATABASE_URL, ""),
            keep_days=int(options.get(CONF_KEEP_DAYS, KEEP_DAYS)),
            limits=read_limits(options.get(CONF_STAY_LIMITS, ())),
            tariff=read_tariff(options),
        )


def read_limits(rows: Iterable[Mapping[str, Any]]) -> tuple[StayLimit, ...]:
    """Return the limits of table rows."""
    return tuple(
        StayLimit(
            limit_s=float(row[CONF_MINUTES]) * 60.0,
            label=row.get(CONF_BAY) or None,
            zone=row.get(CONF_ZONE) or None,
            kind=row.get(CONF_KIND) or None,
        )
        for row in rows
    )


def read_tariff(options: Mapping[str, Any]) -> Tariff:
    """Return the tariff of options."""
    maximum = options.get(CONF_DAY_MAXIMUM)
    return Tariff(
        rates=tuple(
            Rate(
                per_hour=float(row[CONF_PER_HOUR]),
                kind=row.get(CONF_KIND) or None,
                opens=_time(row.get(CONF_OPENS)),
                closes=_time(row.get(CONF_CLOSES)),
            )
            for row in options.get(CONF_RATES, ())
        ),
        free_s=float(options.get(CONF_FREE_MINUTES, 0)) * 60.0,
        interval_s=float(options.get(CONF_INTERVAL_MINUTES, INTERVAL_MINUTES)) * 60.0,
        day_maximum=None if maximum is None else float(maximum),
    )


def _time(text: str | None) -> time:
    """Return a time of day from a picker; midnight for none."""
    return time.fromisoformat(text) if text else time()
