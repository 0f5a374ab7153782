"""Learns every night what is to come in a lot, and says it anew every few minutes."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Final, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change, async_track_utc_time_change
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from ..clock import epoch_s
from ..coordinator import LotCoordinator
from ..data import SmartParkingConfigEntry
from ..listeners import Listeners
from ..lot.analytics.forecast import (
    LIKELY,
    LOT_SERIES,
    NEEDED_DAYS,
    Counts,
    Departures,
    Expectation,
    ForecastModel,
    ForecastOptions,
    Learned,
    Outflow,
    Standing,
    StaySpan,
    get_free_again_at,
    get_full_at,
    get_kind_series,
    get_level_series,
    learn,
    learn_departures,
)
from ..lot.model import BayKind
from .options import get_calendar
from .special_days import SpecialDays
from .store import ForecastStore, LearnedLot

_LOGGER = logging.getLogger(__name__)

# Counts are written every five minutes, within five seconds.
PREDICT_EVERY_MIN: Final = 5
PREDICT_SECOND: Final = 20
LEARN_HOUR: Final = 3
LEARN_MINUTE: Final = 40
# What was learnt serves for a day.
MOST_AGE_S: Final = 86_400.0
HISTORY_S: Final = 400 * 86_400
RECENT_S: Final = 5 * 3600
STEP_MIN: Final = 15
# As far ahead as forecasts go, and as far as a time is named at which a lot is full or free again.
AHEAD_MIN: Final = 48 * 60
TOLD_AHEAD_S: Final = 24 * 3600
ISSUE_LIFETIME_S: Final = 300
# From when the lot is usually full is said when today's forecast agrees within this time.
AGREES_S: Final = 90 * 60
# How long it takes until a bay becomes free is worked out anew after this.
WAITS_S: Final = 30.0

type Path = Sequence[Expectation | None]


class CountsProvider(Protocol):
    """What remembers how many bays were taken."""

    async def async_counts(self, begin: float, end: float) -> Mapping[str, Counts]:
        """Return the counts of every series between two times."""


class StaysProvider(Protocol):
    """What remembers how long vehicles stayed."""

    async def async_stays(self) -> Sequence[StaySpan]:
        """Return how long vehicles have stayed lately."""

    def get_standing(self) -> list[Standing]:
        """Return the vehicles that stand in the lot."""


class ForecastManager:
    """What is expected of one lot."""

    def __init__(
        self, coordinator: LotCoordinator, counts: CountsProvider, stays: StaysProvider
    ) -> None:
        """Initialize; nothing is expected yet."""
        self._hass = coordinator.hass
        self._entry = coordinator.entry
        self._coordinator = coordinator
        self._counts = counts
        self._stays = stays
        self._options = ForecastOptions()
        self._store = ForecastStore(self._hass, self._entry.entry_id)
        self._special_days = SpecialDays(self._hass, self._entry, self._async_days_changed)
        self._learning = asyncio.Lock()
        self._learned: Learned | None = None
        self._learned_at = 0.0
        self._bays: Mapping[str, int] = {}
        """How many there were by series when it was learnt."""
        self._departures = Departures({})
        self._paths: Mapping[str, Path] = {}
        self._usually_full_at: float | None = None
        self._outflows: dict[BayKind, Outflow | None] = {}
        self._outflows_at = 0.0
        self._listeners = Listeners[()]()
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self.is_open = False
        self.known_since: float | None = None
        """Since when anything is expected, in seconds since the epoch."""

    async def async_open(self) -> None:
        """Follow the counts, and learn in the night; begin once Home Assistant has started."""
        self.is_open = True
        self._special_days.async_follow()
        self._unsubscribe += [
            self._entry.add_update_listener(self._async_updated),
            async_track_utc_time_change(
                self._hass,
                self._async_predict_now,
                minute=range(0, 60, PREDICT_EVERY_MIN),
                second=PREDICT_SECOND,
            ),
            async_track_time_change(
                self._hass, self._async_learn_now, hour=LEARN_HOUR, minute=LEARN_MINUTE, second=0
            ),
            async_at_started(self._hass, self._async_started),
        ]

    async def async_close(self) -> None:
        """Follow no longer."""
        self.is_open = False
        self._special_days.async_close()
        while self._unsubscribe:
            self._unsubscribe.pop()()

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when something else is expected, until the returned is called."""
        return self._listeners.async_add(listener)

    # What is known, and expected.

    @property
    def days(self) -> int:
        """Return how many days are known."""
        return 0 if self._learned is None else self._learned.days

    @property
    def needed_days(self) -> int:
        """Return how many days have to be known."""
        return NEEDED_DAYS

    @property
    def is_learned(self) -> bool:
        """Return whether enough is known to expect anything."""
        return self._learned is not None and self._learned.model is not None

    @property
    def usually_full_at(self) -> float | None:
        """Return from when today the lot is usually full, in seconds since the epoch.

        None when it usually is not, when that is over, or when today is not to be expected so.
        """
        return self._usually_full_at

    def numbers(self) -> dict[str, JsonValueType]:
        """Return how the forecast does, for whoever helps."""
        model = None if self._learned is None else self._learned.model
        return {
            "is_learned": self.is_learned,
            "days": self.days,
            "learned_at": self._learned_at,
            "known_since": self.known_since,
            "series": len(self._paths),
            "special_days": 0 if model is None else len(model.special_days),
            "sorts_of_stays": len(self._departures.curves),
        }

    def get_series(self, kind: BayKind | None) -> str:
        """Return the series of a kind of bay; that of the lot where there is but one kind."""
        of_kind = LOT_SERIES if kind is None else get_kind_series(kind)
        return of_kind if of_kind in self._bays else LOT_SERIES

    def get_path(self, series: str = LOT_SERIES) -> list[Expectation]:
        """Return what is expected every quarter of an hour, as far ahead as anything is."""
        return [point for point in self._paths.get(series, ()) if point is not None]

    def get_expectation(self, minutes: int, series: str = LOT_SERIES) -> Expectation | None:
        """Return what is expected in so many minutes, a multiple of 15 within two days."""
        path = self._paths.get(series, ())
        number = minutes // STEP_MIN - 1
        return path[number] if 0 <= number < len(path) else None

    def get_expectation_at(self, at: float, series: str = LOT_SERIES) -> Expectation | None:
        """Return what is expected at about a time; None for one that is over or too far away."""
        near = min(self.get_path(series), key=lambda one: abs(one.at - at), default=None)
        if near is None or at < epoch_s() - 60.0 or abs(near.at - at) > STEP_MIN * 60.0:
            return None
        return near

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

    @callback
    def async_get_next_free_at(self, kind: BayKind, place: int = 1) -> float | None:
        """Return when it is likely that a bay for a kind becomes free, for who is so far behind.

        In seconds since the epoch; None when that takes long, or too little is known. It follows
        from the vehicles that stand now and how long others have stayed, at most every half minute.
        """
        now = epoch_s()
        if not 0.0 <= now - self._outflows_at < WAITS_S:
            self._outflows, self._outflows_at = {}, now
        if kind not in self._outflows:
            suits = {kind.value, BayKind.STANDARD.value}
            standing = [one for one in self._stays.get_standing() if one.kind in suits]
            self._outflows[kind] = self._departures.get_outflow(standing)
        outflow = self._outflows[kind]
        wait_s = None if outflow is None else outflow.get_wait_s(place)
        return None if wait_s is None else self._outflows_at + wait_s

    # Learning.

    @callback
    def _async_started(self, _hass: HomeAssistant) -> None:
        self._async_run(self._async_resume())

    @callback
    def _async_run(self, work: Coroutine[object, object, None]) -> None:
        """Do something in the background, for as long as the lot is loaded."""
        self._entry.async_create_background_task(self._hass, work, "smart_parking forecast")

    async def _async_resume(self) -> None:
        """Go on with what was learnt before, and learn anew what has changed since."""
        kept = await self._store.async_load(dt_util.get_default_time_zone(), self._options)
        if kept is not None:
            self._learned = Learned(kept.model, kept.days)
            self._learned_at, self._bays = kept.learned_at, kept.bays
            self._departures = kept.departures
            await self.async_predict()
        if kept is None or not self._is_current(kept):
            await self.async_learn()

    def _is_current(self, kept: LearnedLot) -> bool:
        """Return whether what was learnt serves for today, and for the lot as it is."""
        return (
            0.0 <= epoch_s() - kept.learned_at < MOST_AGE_S
            and kept.bays == self._get_bays()
            and kept.time_zone == self._hass.config.time_zone
            and kept.calendar == self._special_days.calendar
        )

    def _get_bays(self) -> dict[str, int]:
        """Return how many bays each series has."""
        bays: Counter[str] = Counter()
        for status in self._coordinator.lot:
            bays[LOT_SERIES] += 1
            bays[get_kind_series(status.bay.kind)] += 1
            if status.bay.level:
                bays[get_level_series(status.bay.level)] += 1
        return dict(bays)

    async def async_learn(self) -> None:
        """Learn from all that is known, and say what is expected."""
        async with self._learning:
            try:
                await self._async_learn()
            except Exception:
                _LOGGER.exception("What is to come in %s could not be learnt", self._entry.title)
                return
        await self.async_predict()

    async def _async_learn(self) -> None:
        now, today = epoch_s(), dt_util.now().date()
        counts = await self._counts.async_counts(now - HISTORY_S, now)
        if not counts and self._learned is not None:
            # The record is away: what was learnt before it was is better than nothing.
            return
        special_days = await self._special_days.async_get(
            today - timedelta(seconds=HISTORY_S), today + timedelta(minutes=2 * AHEAD_MIN)
        )
        if special_days is None:
            model = None if self._learned is None else self._learned.model
            special_days = frozenset() if model is None else model.special_days
        bays, calendar = self._get_bays(), self._special_days.calendar
        departures = learn_departures(await self._stays.async_stays())
        zone = dt_util.get_default_time_zone()
        learned = await self._hass.async_add_executor_job(
            lambda: learn(counts, now, zone, special_days=special_days, options=self._options)
        )
        self._learned, self._departures = learned if counts else None, departures
        self._learned_at, self._bays = now, bays
        self._outflows_at = 0.0
        if learned.model is not None:
            await self._store.async_save(
                LearnedLot(
                    learned_at=now,
                    days=learned.days,
                    bays=bays,
                    time_zone=self._hass.config.time_zone,
                    calendar=calendar,
                    model=learned.model,
                    departures=departures,
                )
            )

    # Expecting.

    async def async_predict(self) -> None:
        """Show what is expected now."""
        model = None if self._learned is None else self._learned.model
        paths: Mapping[str, Path] = {}
        if model is not None:
            try:
                now = epoch_s()
                counts = await self._counts.async_counts(now - RECENT_S, now)
                paths = await self._hass.async_add_executor_job(_predict, model, counts, now)
            except Exception:
                _LOGGER.exception("What is to come in %s is not known", self._entry.title)
        if not paths:
            self.known_since = None
        elif self.known_since is None:
            self.known_since = epoch_s()
        self._paths = paths
        self._usually_full_at = None if model is None else self._find_usually_full(model)
        self._listeners.async_notify()

    def _find_usually_full(self, model: ForecastModel) -> float | None:
        """Return from when the lot is usually full on days like today, if today will be so, too."""
        if LOT_SERIES not in model.names:
            return None
        today = dt_util.now().date()
        usual = model.get_usually_full_from(LOT_SERIES, today)
        if usual is None:
            return None
        at = datetime.combine(today, usual, dt_util.get_default_time_zone()).timestamp()
        near = [one for one in self.get_path() if abs(one.at - at) <= AGREES_S]
        will_be = any(one.get_probability() < LIKELY for one in near)
        return at if will_be and at > epoch_s() else None

    # What happens.

    async def _async_predict_now(self, now: datetime) -> None:
        # The record was away when there was to be learnt from it, or there are other bays now.
        if self._learned is None or (self.is_learned and self._bays != self._get_bays()):
            await self.async_learn()
            return
        if now.minute == 0:
            await self._async_read_days()
        await self.async_predict()

    async def _async_learn_now(self, _now: datetime) -> None:
        await self.async_learn()

    async def _async_updated(self, _hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
        """Learn anew when another calendar was named."""
        if get_calendar(entry) != self._special_days.calendar:
            self._special_days.async_follow()
            self._async_run(self.async_learn())

    @callback
    def _async_days_changed(self) -> None:
        self._async_run(self._async_read_days())

    async def _async_read_days(self) -> None:
        """Take in which of the days to come are special, as the calendar says now."""
        model = None if self._learned is None else self._learned.model
        if model is None:
            return
        begin = dt_util.now().date() - timedelta(days=1)
        end = begin + timedelta(minutes=2 * AHEAD_MIN)
        days = await self._special_days.async_get(begin, end)
        if days is None or self._learned is None or self._learned.model is not model:
            return
        others = {day for day in model.special_days if not begin <= day < end}
        if (special_days := frozenset(others | days)) != model.special_days:
            self._learned = self._learned._replace(model=replace(model, special_days=special_days))
            await self.async_predict()


def _predict(model: ForecastModel, counts: Mapping[str, Counts], now: float) -> Mapping[str, Path]:
    return model.predict(counts, now, range(STEP_MIN, AHEAD_MIN + STEP_MIN, STEP_MIN))


def _to_time(at: float | None) -> datetime | None:
    """Return a time to the five minutes: what moves by less is no news."""
    return (
        None
        if at is None
        else dt_util.utc_from_timestamp(round(at / ISSUE_LIFETIME_S) * ISSUE_LIFETIME_S)
    )
