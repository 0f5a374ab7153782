"""Learns every night what is to come in a lot, and says it anew every few minutes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
import logging
from typing import Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change, async_track_utc_time_change
from homeassistant.util import dt as dt_util

from ..clock import epoch_s
from ..data import SmartParkingConfigEntry
from ..listeners import Listeners
from ..lot.analytics.forecast import (
    LOT_SERIES,
    Counts,
    Expectation,
    ForecastModel,
    ForecastOptions,
    Learned,
    get_free_again_at,
    get_full_at,
    learn,
)

_LOGGER = logging.getLogger(__name__)

# Counts are written every five minutes, within five seconds.
PREDICT_EVERY_MIN = 5
PREDICT_SECOND = 20
LEARN_HOUR, LEARN_MINUTE = 3, 40
HISTORY_S = 400 * 86_400
RECENT_S = 5 * 3600
STEP_MIN = 15
# As far ahead as forecasts go, and as far as a time is named at which a lot is full or free again.
AHEAD_MIN = 48 * 60
TOLD_AHEAD_S = 24 * 3600

type Path = Sequence[Expectation | None]


class CountsProvider(Protocol):
    """What remembers how many bays were taken."""

    async def async_counts(self, begin: float, end: float) -> Mapping[str, Counts]:
        """Return the counts of every series between two times."""


class ForecastManager:
    """What is expected of one lot."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: SmartParkingConfigEntry,
        provider: CountsProvider,
    ) -> None:
        """Initialize; nothing is expected yet."""
        self._hass = hass
        self._entry = entry
        self._provider = provider
        self._options = ForecastOptions()
        self._learned: Learned | None = None
        self._paths: Mapping[str, Path] = {}
        self._listeners = Listeners[()]()
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self.is_open = False

    async def async_open(self) -> None:
        """Learn in the background, every night, and follow the counts."""
        self.is_open = True
        self._unsubscribe += [
            async_track_utc_time_change(
                self._hass,
                self._async_predict_now,
                minute=range(0, 60, PREDICT_EVERY_MIN),
                second=PREDICT_SECOND,
            ),
            async_track_time_change(
                self._hass, self._async_learn_now, hour=LEARN_HOUR, minute=LEARN_MINUTE, second=0
            ),
        ]
        self._entry.async_create_background_task(
            self._hass, self.async_learn(), "smart_parking forecast"
        )

    async def async_close(self) -> None:
        """Follow no longer."""
        self.is_open = False
        while self._unsubscribe:
            self._unsubscribe.pop()()

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when something else is expected, until the returned is called."""
        return self._listeners.async_add(listener)

    @property
    def days(self) -> int:
        """Return how many days are known."""
        return 0 if self._learned is None else self._learned.days

    @property
    def needed_days(self) -> int:
        """Return how many days have to be known."""
        return Learned(None, 0).needed

    @property
    def is_learned(self) -> bool:
        """Return whether enough is known to expect anything."""
        return self._learned is not None and self._learned.model is not None

    def get_path(self, series: str = LOT_SERIES) -> list[Expectation]:
        """Return what is expected every quarter of an hour, as far ahead as anything is."""
        return [point for point in self._paths.get(series, ()) if point is not None]

    def get_expectation(self, minutes: int, series: str = LOT_SERIES) -> Expectation | None:
        """Return what is expected in so many minutes, a multiple of 15 within two days."""
        path = self._paths.get(series, ())
        number = minutes // STEP_MIN - 1
        return path[number] if 0 <= number < len(path) else None

    def get_full_at(self, series: str = LOT_SERIES) -> datetime | None:
        """Return when the lot will probably be full within a day."""
        return _to_time(get_full_at(self._get_forecast(series)))

    def get_free_again_at(self, series: str = LOT_SERIES) -> datetime | None:
        """Return when, having become full within a day, the lot will probably be free again."""
        path = self._get_forecast(series)
        full_at = get_full_at(path)
        if full_at is None:
            return None
        return _to_time(get_free_again_at([point for point in path if point.at > full_at]))

    def _get_forecast(self, series: str) -> list[Expectation]:
        last = epoch_s() + TOLD_AHEAD_S
        return [point for point in self.get_path(series) if point.at <= last]

    async def async_learn(self) -> None:
        """Learn from all that is known, and say what is expected."""
        try:
            now = epoch_s()
            counts = await self._provider.async_counts(now - HISTORY_S, now)
            self._learned = await self._hass.async_add_executor_job(self._learn, counts, now)
        except Exception:
            _LOGGER.exception("What is to come in %s could not be learnt", self._entry.title)
            return
        await self.async_predict()

    async def async_predict(self) -> None:
        """Show what is expected now."""
        model = None if self._learned is None else self._learned.model
        paths: Mapping[str, Path] = {}
        if model is not None:
            try:
                now = epoch_s()
                counts = await self._provider.async_counts(now - RECENT_S, now)
                paths = await self._hass.async_add_executor_job(_predict, model, counts, now)
            except Exception:
                _LOGGER.exception("What is to come in %s is not known", self._entry.title)
        self._paths = paths
        self._listeners.async_notify()

    async def _async_predict_now(self, _now: datetime) -> None:
        await self.async_predict()

    async def _async_learn_now(self, _now: datetime) -> None:
        await self.async_learn()

    def _learn(self, counts: Mapping[str, Counts], now: float) -> Learned:
        return learn(counts, now, dt_util.get_default_time_zone(), options=self._options)


def _predict(model: ForecastModel, counts: Mapping[str, Counts], now: float) -> Mapping[str, Path]:
    return model.predict(counts, now, range(STEP_MIN, AHEAD_MIN + STEP_MIN, STEP_MIN))


def _to_time(at: float | None) -> datetime | None:
    return None if at is None else dt_util.utc_from_timestamp(at)
