"""Tariff: the fee for a stay, and how long it may last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from .records import BayRecord

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A price for some hours, and for a kind of bay or all."""

    per_hour: float
    kind: str | None = None
    opens: time = time()
    closes: time = time()
    """Equal to `opens`: all day; before it: over midnight."""

    def applies(self, kind: str, at: time) -> bool:
        """Return whether it is the price for a kind at a time of day."""
        if self.kind not in (None, kind):
            return False
        if self.opens < self.closes:
            return self.opens <= at < self.closes
        return self.opens == self.closes or at >= self.opens or at < self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Prices of an owner. The first rate that applies is the price; without one it is free."""

    rates: tuple[Rate, ...] = ()
    free_s: float = 0.0
    interval_s: float = _HOUR_S
    """Each interval that has begun is charged, in seconds."""
    day_maximum: float | None = None
    """The most that is charged for one local day."""

    def fee(self, kind: str, arrived: float, left: float, zone: tzinfo) -> float:
        """Return the fee for a stay."""
        if not self.rates:
            return 0.0
        total, of_day, day = 0.0, 0.0, 0
        at = arrived + self.free_s
        share = self.interval_s / _HOUR_S
        while at < left:
            local = datetime.fromtimestamp(at, zone)
            if local.toordinal() != day:
                total, of_day, day = total + of_day, 0.0, local.toordinal()
            of_day += share * self._price(kind, local.time())
            if self.day_maximum is not None:
                of_day = min(of_day, self.day_maximum)
            at += self.interval_s
        return round(total + of_day, 2)

    def _price(self, kind: str, at: time) -> float:
        """Return the price of an hour."""
        return next((rate.per_hour for rate in self.rates if rate.applies(kind, at)), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayLimit:
    """The longest time that a stay may last; a field that is None applies to all."""

    limit_s: float
    label: str | None = None
    zone: str | None = None
    kind: str | None = None

    @property
    def closeness(self) -> tuple[bool, bool, bool]:
        """How specific the limit is."""
        return self.label is not None, self.zone is not None, self.kind is not None

    def applies(self, bay: BayRecord) -> bool:
        """Return whether it applies to a bay."""
        return (
            self.label in (None, bay.label)
            and self.zone in (None, bay.zone)
            and self.kind in (None, bay.kind)
        )

    @staticmethod
    def of(limits: Sequence[StayLimit], bay: BayRecord) -> float | None:
        """Return how long a stay in a bay may last, in seconds: the most specific limit applies."""
        fitting = [one for one in limits if one.applies(bay)]
        return max(fitting, key=lambda one: one.closeness).limit_s if fitting else None
