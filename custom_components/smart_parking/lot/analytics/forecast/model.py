"""What is to come in a lot: learnt from its counts, asked for any time of the next two days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, tzinfo
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .boosting import BoostingOptions, Trees, fit_trees
from .features import NAMES, Features, Past, Rows, create_features
from .linear import LinearModel
from .memory import DayMemory, Floats, Profiles, RecentDays
from .outlook import Expectation
from .steps import DAY_S, SPECIAL, Steps

# Learning begins in the second week.
NEEDED_DAYS = 8
# A day counts when so much of it is known.
NEEDED_OF_DAY_S = 4 * 3600
# Older days are forgotten: what they could still tell, the newer ones tell better. Special days
# recur yearly, so that a little more than a year is looked at.
MOST_DAYS = 400
# Examples are taken from so many days, of which newer ones count more.
EXAMPLE_DAYS = 112
EXAMPLE_HALF_LIFE_DAYS = 14.0
# The first days are no examples: nothing is remembered before them.
WARM_UP_DAYS = 3
# How the two kinds of model are mixed.
TREE_SHARE = 0.6
# The latest days, in two parts, tell how wrong forecasts are: each part by a model that was learnt
# from what was before it.
PROOF_DAYS = 14
QUANTILES: NDArray[np.float64] = np.linspace(0.0, 1.0, 81)
# So many days of a weekday show what is usual.
LEAST_ALIKE = 2
# Two counts that are further apart in time are not one after the other.
MOST_SILENCE_S = 900
_AHEAD_S = 3 * DAY_S
_LAG_STEPS_S = 4 * 3600


class Counts(NamedTuple):
    """How many bays were occupied, and how many there were, at times in seconds since the epoch."""

    times: NDArray[np.float64]
    occupied: NDArray[np.float64]
    capacity: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ForecastOptions:
    """How finely time is looked at, and how much is spent on learning."""

    step_s: int = 300
    horizons_min: tuple[int, ...] = (15, 30, 60, 120, 240, 720, 1440, 2880)
    examples: int = 100_000
    trees: BoostingOptions = field(
        default_factory=lambda: BoostingOptions(
            rounds=360, depth=6, rate=0.06, most_rows=12_000, column_share=0.3
        )
    )
    # For models that only show how wrong forecasts are.
    proof_trees: BoostingOptions = field(
        default_factory=lambda: BoostingOptions(
            rounds=180, depth=6, rate=0.1, most_rows=8_000, column_share=0.3
        )
    )
    error_trees: BoostingOptions = field(
        default_factory=lambda: BoostingOptions(
            rounds=60, depth=3, rate=0.1, most_rows=8_000, prior=100.0
        )
    )
    seed: int = 1


class Learned(NamedTuple):
    """A model, or none as long as too few days are known."""

    model: ForecastModel | None
    days: int
    needed: int = NEEDED_DAYS


@dataclass(frozen=True, slots=True)
class _Examples:
    rows: Rows
    features: Features
    truth: Floats
    days: NDArray[np.int32]
    weights: Floats

    def take(self, chosen: NDArray[np.bool_]) -> _Examples:
        return _Examples(
            Rows(*(column[chosen] for column in self.rows)),
            Features(*(column[chosen] for column in self.features)),
            self.truth[chosen],
            self.days[chosen],
            self.weights[chosen],
        )


@dataclass(frozen=True, slots=True)
class Middle:
    """What is most likely: a mix of trees for all horizons and of a linear model for each."""

    # By horizon, in steps.
    fading: dict[int, float]
    scales: dict[int, float]
    linear: dict[int, LinearModel]
    trees: Trees

    def predict(self, features: Features, ahead: NDArray[np.int64]) -> Floats:
        """Return by how much the share will differ from what is usual at the target."""
        fading = _by_horizon(self.fading, ahead)
        scales = _by_horizon(self.scales, ahead)
        grown = self.trees.predict(features.values) * scales + fading * features.anomaly
        straight = np.zeros_like(grown)
        for horizon, model in self.linear.items():
            state = ahead == horizon
            if state.any():
                straight[state] = model.predict(features.values[state]) + features.anomaly[state]
        mixed = TREE_SHARE * grown + (1.0 - TREE_SHARE) * straight
        return mixed.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Spread:
    """How wrong the middle is: a typical error for a row, and how errors are spread around it."""

    trees: Trees
    scales: dict[int, float]
    quantiles: dict[int, NDArray[np.float64]]

    def predict(self, features: Features, ahead: NDArray[np.int64]) -> Floats:
        """Return the typical absolute error of each row."""
        return _get_typical_error(self.trees, features) * _by_horizon(self.scales, ahead)


@dataclass(frozen=True, slots=True)
class ForecastModel:
    """What was learnt of a lot and its parts, up to a moment."""

    names: tuple[str, ...]
    options: ForecastOptions
    zone: tzinfo
    special_days: frozenset[date]
    profiles: Profiles
    recent: RecentDays
    sizes: Floats
    middle: Middle
    spread: Spread

    def remember(self, history: Mapping[str, Counts], until: float) -> ForecastModel:
        """Return the model with the days in mind that are over at `until`; nothing is learnt."""
        panel = _Panel.create(self.names, history, until, self)
        memory = panel.create_memory()
        for day in panel.get_days():
            panel.add_day(memory, day)
        return replace(self, profiles=memory.create_profiles(), recent=memory.get_recent_days())

    def predict(
        self, history: Mapping[str, Counts], now: float, minutes: Sequence[int]
    ) -> dict[str, tuple[Expectation | None, ...]]:
        """Return what is expected of each series so many minutes from now.

        Counts later than `now` are not looked at. A series whose latest count is too old is
        missing; None stands for a time of day of which nothing is known.
        """
        return self.predict_many(history, [now], minutes)[0]

    def predict_many(
        self, history: Mapping[str, Counts], moments: Sequence[float], minutes: Sequence[int]
    ) -> list[dict[str, tuple[Expectation | None, ...]]]:
        """Return what was to be expected at each of several moments, each knowing only its past."""
        return [
            self._predict(_Panel.create(self.names, history, now, self, _LAG_STEPS_S), now, minutes)
            for now in moments
        ]

    def get_usually_full_from(self, name: str, day: date) -> time | None:
        """Return from when on days like a day a series is usually full; None if it usually is not.

        It is usual what at least half of the latest days of that weekday had, at least two of them.
        """
        number = self.names.index(name)
        kind = SPECIAL if day in self.special_days else day.weekday()
        shares = self.recent.shares[number, self.recent.kinds == kind]
        shares = shares[np.isfinite(shares).any(axis=1)]
        full = shares > 1.0 - 0.5 / 2.0 ** float(self.sizes[number])
        firsts = np.sort(full.argmax(axis=1)[full.any(axis=1)])
        if len(shares) < LEAST_ALIKE or 2 * len(firsts) < len(shares):
            return None
        seconds = int(firsts[len(firsts) // 2]) * self.options.step_s
        return time(seconds // 3600, seconds % 3600 // 60)

    def _predict(
        self, panel: _Panel, now: float, minutes: Sequence[int]
    ) -> dict[str, tuple[Expectation | None, ...]]:
        origin = panel.get_step(now)
        back = range(max(1, MOST_SILENCE_S // self.options.step_s) if panel.is_fine else 1)
        anchors = np.array(sorted(self.middle.linear))
        found: dict[str, tuple[Expectation | None, ...]] = {}
        shares = panel.shares
        for number in range(len(self.names)):
            # A count that is missing now is the one before, as long as that is fresh.
            known = [origin - n for n in back if np.isfinite(shares[number, origin - n])]
            if known and known[0] != origin:
                shares[number, known[0] + 1 : origin + 1] = shares[number, known[0]]
        series = np.flatnonzero(np.isfinite(shares[:, origin]))
        if not len(series):
            return found
        rows = Rows(
            np.repeat(series, len(anchors)),
            np.full(len(series) * len(anchors), origin),
            np.tile(anchors, len(series)),
        )
        past = Past(self.profiles, self.recent, self.sizes)
        features = create_features(past, panel.steps, shares, rows)
        changes = self.middle.predict(features, rows.ahead).reshape(len(series), -1)
        errors = self.spread.predict(features, rows.ahead).reshape(len(series), -1)
        anomalies = features.anomaly.reshape(len(series), -1)[:, 0]
        ahead_s = np.array(minutes) * 60.0
        targets = np.array([panel.get_step(now + seconds) for seconds in ahead_s])
        kinds, places = panel.steps.kinds[targets], panel.steps.places[targets]
        quantiles = np.array([self.spread.quantiles[int(anchor)] for anchor in anchors])
        anchors_s = anchors * float(self.options.step_s)
        for at, number in enumerate(series):
            usual = self.profiles.usual[kinds, number, places]
            if not np.isfinite(anomalies[at]):
                continue
            change = np.interp(
                ahead_s, np.append(0.0, anchors_s), np.append(anomalies[at], changes[at])
            )
            spread = (errors[at][:, None] * quantiles).T
            errors_then = np.array(
                [np.interp(ahead_s, np.append(0.0, anchors_s), np.append(0.0, q)) for q in spread]
            ).T
            capacity = panel.capacities[number]
            found[self.names[number]] = tuple(
                Expectation.create(now + seconds, capacity, float(share), error)
                if np.isfinite(share)
                else None
                for seconds, share, error in zip(ahead_s, usual + change, errors_then, strict=True)
            )
        return found


def learn(
    history: Mapping[str, Counts],
    until: float,
    zone: tzinfo,
    *,
    special_days: frozenset[date] = frozenset(),
    options: ForecastOptions | None = None,
) -> Learned:
    """Return a model of all series, learnt from the days that are over at `until`.

    Nothing later than `until` is looked at. The same history gives the same model.
    """
    options = options or ForecastOptions()
    names = tuple(sorted(history))
    setting = _Setting(options, zone, special_days)
    panel = _Panel.create(names, history, until, setting)
    days = panel.get_days()
    known = panel.count_known_days(days)
    if known < NEEDED_DAYS:
        return Learned(None, known)
    generator = np.random.default_rng(options.seed)
    horizons = [
        minutes * 60 // options.step_s
        for minutes in options.horizons_min
        if minutes * 60 % options.step_s == 0
    ]
    memory = panel.create_memory()
    examples = _collect(panel, memory, days, np.array(horizons), options, generator)
    if examples is None:
        return Learned(None, known)
    middle = _fit_middle(examples, options.trees, generator)
    spread = _fit_spread(examples, options, generator)
    return Learned(
        ForecastModel(
            names=names,
            options=options,
            zone=zone,
            special_days=special_days,
            profiles=memory.create_profiles(),
            recent=memory.get_recent_days(),
            sizes=panel.sizes,
            middle=middle,
            spread=spread,
        ),
        known,
    )


class _Setting(NamedTuple):
    options: ForecastOptions
    zone: tzinfo
    special_days: frozenset[date]


@dataclass(frozen=True, slots=True)
class _Panel:
    """All series on one run of steps: shares of capacity, NaN where nothing was counted."""

    steps: Steps
    shares: Floats
    capacities: NDArray[np.float64]
    sizes: Floats
    end: int

    @property
    def is_fine(self) -> bool:
        """Return whether several steps may pass before a count is too old."""
        return self.steps.step_s < MOST_SILENCE_S

    @classmethod
    def create(
        cls,
        names: Sequence[str],
        history: Mapping[str, Counts],
        until: float,
        setting: _Setting | ForecastModel,
        back_s: float = MOST_DAYS * DAY_S,
    ) -> _Panel:
        """Return the counts up to `until`, and room for what comes."""
        step_s = setting.options.step_s
        end = int(until // step_s)
        begin = int((until - back_s) // step_s)
        cut: list[tuple[NDArray[np.int64], Counts]] = []
        for name in names:
            counts = history.get(name, _NO_COUNTS)
            chosen = (counts.times <= until) & (counts.times >= begin * step_s)
            state = Counts(*(column[chosen] for column in counts))
            cut.append(((state.times // step_s).astype(np.int64), state))
        begin = min((int(at.min()) for at, _ in cut if len(at)), default=end)
        # Features look back, too.
        begin -= _LAG_STEPS_S // step_s
        count = end - begin + 1 + _AHEAD_S // step_s
        shares = np.full((len(names), count), np.nan, np.float32)
        capacities = np.zeros(len(names))
        for number, (at, counts) in enumerate(cut):
            order = np.argsort(counts.times, kind="stable")
            usable = order[counts.capacity[order] > 0]
            if len(usable):
                occupied = counts.occupied[usable] / counts.capacity[usable]
                shares[number, at[usable] - begin] = np.clip(occupied, 0.0, 1.2)
                capacities[number] = counts.capacity[usable[-1]]
        steps = Steps.create(step_s, begin, count, setting.zone, setting.special_days)
        sizes = np.log2(np.maximum(capacities, 1.0)).astype(np.float32)
        return cls(steps, shares, capacities, sizes, end - begin)

    def get_step(self, moment: float) -> int:
        """Return the step of a moment."""
        return int(moment // self.steps.step_s) - self.steps.first

    def create_memory(self) -> DayMemory:
        """Return an empty memory."""
        return DayMemory(len(self.shares), self.steps.per_day, self.steps.step_s)

    def get_days(self) -> range:
        """Return the days that are over."""
        return range(int(self.steps.days[0]), int(self.steps.days[self.end]))

    def get_slice(self, day: int) -> slice:
        """Return the steps of a day."""
        return slice(*np.searchsorted(self.steps.days, (day, day + 1)))

    def add_day(self, memory: DayMemory, day: int) -> None:
        """Add a day to a memory."""
        steps = self.get_slice(day)
        shares = np.full((len(self.shares), self.steps.per_day), np.nan, np.float32)
        shares[:, self.steps.places[steps]] = self.shares[:, steps]
        memory.add_day(day, int(self.steps.kinds[steps.start]), shares)

    def count_known_days(self, days: range) -> int:
        """Return on how many days enough was counted of any series."""
        needed = NEEDED_OF_DAY_S // self.steps.step_s
        is_known = np.isfinite(self.shares)
        counted = (is_known[:, self.get_slice(day)].sum(axis=1) for day in days)
        return sum(int(steps.max(initial=0)) >= needed for steps in counted)


_NO_COUNTS = Counts(np.zeros(0), np.zeros(0), np.zeros(0))


def _collect(
    panel: _Panel,
    memory: DayMemory,
    days: range,
    horizons: NDArray[np.int64],
    options: ForecastOptions,
    generator: np.random.Generator,
) -> _Examples | None:
    """Return examples of each day, made when only the days before it are in the memory."""
    used = days[WARM_UP_DAYS:][-EXAMPLE_DAYS:]
    quota = max(1, options.examples // (len(used) * len(horizons)))
    found = _Collector(len(used) * quota * len(horizons))
    for day in days:
        if day in used:
            steps = panel.get_slice(day)
            series, origins = np.nonzero(np.isfinite(panel.shares[:, steps]))
            if len(series) > quota:
                chosen = np.sort(generator.permutation(len(series))[:quota])
                series, origins = series[chosen], origins[chosen]
            rows = Rows(
                np.repeat(series, len(horizons)),
                np.repeat(origins + steps.start, len(horizons)),
                np.tile(horizons, len(series)),
            )
            truth = panel.shares[rows.series, rows.origins + rows.ahead]
            known = np.isfinite(truth)
            rows = Rows(*(column[known] for column in rows))
            if len(rows.series):
                past = Past(memory.create_profiles(), memory.get_recent_days(), panel.sizes)
                features = create_features(past, panel.steps, panel.shares, rows)
                found.add(rows, features, truth[known])
        panel.add_day(memory, day)
    return found.create(panel.steps.days, days.stop)


class _Collector:
    """Room for so many examples, which are put where they stay: copies would take as much again."""

    def __init__(self, most: int) -> None:
        self._rows = Rows(*(np.empty(most, np.int64) for _ in Rows._fields))
        self._features = Features(
            np.empty((most, len(NAMES)), np.float32),
            np.empty(most, np.float32),
            np.empty(most, np.float32),
        )
        self._truth = np.empty(most, np.float32)
        self._count = 0

    def add(self, rows: Rows, features: Features, truth: Floats) -> None:
        """Add the examples of a day of which it is known what is usual."""
        usable = np.isfinite(features.usual) & np.isfinite(features.anomaly)
        part = slice(self._count, self._count + int(usable.sum()))
        for column, numbers in zip(self._rows, rows, strict=True):
            column[part] = numbers[usable]
        for room, values in zip(self._features, features, strict=True):
            room[part] = values[usable]
        self._truth[part] = truth[usable]
        self._count = part.stop

    def create(self, days: NDArray[np.int32], end: int) -> _Examples | None:
        """Return all examples, which weigh less the longer before the day `end` they are."""
        if not self._count:
            return None
        every = slice(self._count)
        rows = Rows(*(column[every] for column in self._rows))
        of_day = days[rows.origins]
        ages = (end - of_day).astype(np.float32)
        return _Examples(
            rows,
            Features(*(column[every] for column in self._features)),
            self._truth[every],
            of_day,
            (0.5 ** (ages / EXAMPLE_HALF_LIFE_DAYS)).astype(np.float32),
        )


def _fit_middle(
    examples: _Examples, options: BoostingOptions, generator: np.random.Generator
) -> Middle:
    features, ahead = examples.features, examples.rows.ahead
    changes = examples.truth - features.usual
    fading: dict[int, float] = {}
    scales: dict[int, float] = {}
    linear: dict[int, LinearModel] = {}
    for horizon in np.unique(ahead).tolist():
        state = ahead == horizon
        change, anomaly = changes[state], features.anomaly[state]
        weights = examples.weights[state]
        fading[horizon] = float(
            np.clip(
                (weights * change * anomaly).sum() / ((weights * anomaly**2).sum() + 1e-9), 0, 1
            )
        )
        scales[horizon] = float(np.abs(change - fading[horizon] * anomaly).mean()) + 1e-4
        linear[horizon] = LinearModel.fit(features.values[state], change - anomaly, weights)
    target = changes - _by_horizon(fading, ahead) * features.anomaly
    trees = fit_trees(
        features.values,
        (target / _by_horizon(scales, ahead)).astype(np.float32),
        examples.weights,
        options,
        generator,
    )
    return Middle(fading, scales, linear, trees)


def _fit_spread(
    examples: _Examples, options: ForecastOptions, generator: np.random.Generator
) -> Spread:
    """Return how wrong forecasts are of days that the model had not seen."""
    days = np.unique(examples.days)
    proof = days[-min(PROOF_DAYS, max(2, len(days) // 2)) :]
    parts = [part for part in np.array_split(proof, 2) if len(part)]
    judged: list[_Examples] = []
    errors: list[Floats] = []
    for part in parts:
        before = examples.days < part[0]
        if not before.any():
            continue
        middle = _fit_middle(examples.take(before), options.proof_trees, generator)
        later = examples.take(
            (examples.days >= part[0])
            & (examples.days <= part[-1])
            & np.isin(examples.rows.ahead, list(middle.linear))
        )
        errors.append(
            later.truth - later.features.usual - middle.predict(later.features, later.rows.ahead)
        )
        judged.append(later)
    ahead = np.concatenate([part.rows.ahead for part in judged])
    error = np.concatenate(errors)
    values = np.concatenate([part.features.values for part in judged])
    scales = {
        horizon: float(np.abs(error[ahead == horizon]).mean()) + 1e-4
        for horizon in np.unique(ahead).tolist()
    }
    relative = np.log(np.abs(error) / _by_horizon(scales, ahead) + 0.05).astype(np.float32)
    ones = np.ones(len(relative), np.float32)
    # Each half is measured with what the other half tells of typical errors.
    middle_day = np.median(np.concatenate([part.days for part in judged]))
    early = np.concatenate([part.days for part in judged]) <= middle_day
    typical = np.ones(len(relative), np.float32)
    for state in (early, ~early):
        if state.any() and (~state).any():
            trees = fit_trees(
                values[~state], relative[~state], ones[~state], options.error_trees, generator
            )
            typical[state] = np.exp(trees.predict(values[state]))
    scaled = error / (typical * _by_horizon(scales, ahead))
    quantiles = {horizon: np.quantile(scaled[ahead == horizon], QUANTILES) for horizon in scales}
    everything = fit_trees(values, relative, ones, options.error_trees, generator)
    # A horizon that the latest days do not reach is as uncertain as the longest that they do.
    longest = max(scales)
    for horizon in np.unique(examples.rows.ahead).tolist():
        scales.setdefault(horizon, scales[longest])
        quantiles.setdefault(horizon, quantiles[longest])
    return Spread(everything, scales, quantiles)


def _get_typical_error(trees: Trees, features: Features) -> Floats:
    return np.exp(trees.predict(features.values))


def _by_horizon(values: Mapping[int, float], ahead: NDArray[np.int64]) -> Floats:
    result = np.ones(len(ahead), np.float32)
    for horizon, value in values.items():
        result[ahead == horizon] = value
    return result
