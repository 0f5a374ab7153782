"""What a forecast is made from: the latest counts, and what past days tell of this one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .memory import Floats, Profiles, RecentDays
from .steps import TYPE_OF_KIND, Steps

LAG_S = 1_800
SHORT_LAG_S = 600
# Days like today: how much their recent changes count beside their level, how near is near, how
# fast they grow old, and what another weekday of the same type is worth.
CHANGE_WEIGHTS = (1.5, 0.7)
NEAR, FAR = 0.03, 0.1
ALIKE_HALF_LIFE = 30.0
OTHER_WEEKDAY = 0.6
ALIKE_PRIOR = 0.02
MOST_GROWTH = 1.5
LEAST_LEVEL = 0.08
# So many rows are compared with past days at a time.
_CHUNK = 2_000

type Ints = NDArray[np.int64]

NAMES = (
    *("anomaly", "change", "change_before", "change_long_before", "change_short"),
    *("growth", "growth_scaled"),
    *("long_growth", "long_level", "long_change"),
    *("recent_growth", "recent_level", "recent_change"),
    *("any_growth", "any_level"),
    *("last_growth", "last_level", "last_change"),
    "before_last_growth",
    *("typed_growth", "typed_level", "typed_change"),
    *("drift", "drift_growth"),
    *("peers", "peers_change", "peers_change_before"),
    *("level", "expected", "room", "over"),
    *("usual_change", "growth_after", "growth_half"),
    *("alike", "widely_alike"),
    *("mean", "to_top", "size", "place", "kind", "horizon"),
)


class Rows(NamedTuple):
    """What is to be forecast: of which series, from which step, how many steps ahead."""

    series: Ints
    origins: Ints
    ahead: Ints


class Features(NamedTuple):
    """Features by row and name, the share usual at the target, and today's deviation from it."""

    values: Floats
    usual: Floats
    anomaly: Floats


class Past(NamedTuple):
    """What past days tell, as the features ask for it."""

    profiles: Profiles
    recent: RecentDays
    sizes: Floats


def create_features(past: Past, steps: Steps, shares: Floats, rows: Rows) -> Features:
    """Return the features of rows; of `shares` only what is up to each row's origin is read."""
    series, origins, ahead = rows
    targets = origins + ahead
    lag = max(1, LAG_S // steps.step_s)
    short = max(1, SHORT_LAG_S // steps.step_s)
    usual = past.profiles.usual

    def get_profile(profile: Floats, at: Ints) -> Floats:
        at = np.clip(at, 0, len(steps) - 1)
        result: Floats = profile[steps.kinds[at], series, steps.places[at]]
        return result

    def get_share(back: int) -> Floats:
        return _get_share(shares, series, origins - back)

    level, before = get_share(0), get_share(lag)
    now, then = get_profile(usual, origins), get_profile(usual, targets)
    usual_before = get_profile(usual, origins - lag)
    growth = then - now
    anomaly = level - now
    short_ago = _or(get_share(short) - get_profile(usual, origins - short), anomaly)
    ago = _or(before - usual_before, anomaly)
    long_ago = _or(get_share(2 * lag) - get_profile(usual, origins - 2 * lag), ago)
    longest_ago = _or(get_share(4 * lag) - get_profile(usual, origins - 4 * lag), long_ago)
    change = now - usual_before
    columns = [
        *(anomaly, anomaly - ago, ago - long_ago, long_ago - longest_ago, anomaly - short_ago),
        growth,
        np.clip(anomaly / np.maximum(now, LEAST_LEVEL), -1.0, MOST_GROWTH) * growth,
    ]
    for name in ("long", "recent", "any", "last", "before_last", "last_of_type"):
        profile: Floats = getattr(past.profiles, name)
        at = get_profile(profile, origins)
        columns.append(get_profile(profile, targets) - at - growth)
        if name != "before_last":
            columns.append(at - now)
        if name not in ("before_last", "any"):
            columns.append(at - get_profile(profile, origins - lag) - change)
    drift = get_profile(past.profiles.drift, origins)
    columns += [drift, get_profile(past.profiles.drift, targets) - drift]
    peers = [_get_peers(usual, steps, shares, origins, back * lag) for back in (0, 1, 2)]
    peers[1] = _or(peers[1], peers[0])
    peers[2] = _or(peers[2], peers[1])
    columns += [peers[0], peers[0] - peers[1], peers[1] - peers[2]]
    columns += [level, then, np.minimum(1.0 - level - growth, 0.3)]
    columns += [np.maximum(level + growth - 1.0, 0.0), change]
    columns += [
        get_profile(usual, targets + lag) - then,
        get_profile(usual, origins + np.maximum(1, ahead // 2)) - now,
    ]
    columns += [alike - growth for alike in _get_alike(past, steps, shares, rows, growth, lag)]
    kinds = steps.kinds[origins]
    daily = past.profiles.any[kinds, series]
    filled = np.where(np.isfinite(daily).any(axis=1, keepdims=True), daily, 0.0)
    columns += [np.nanmean(filled, axis=1), np.nanmax(filled, axis=1) - level]
    columns += [past.sizes[series], steps.places[origins] / steps.per_day]
    columns += [steps.kinds[targets].astype(np.float32), np.log2(ahead * steps.step_s / 900)]
    return Features(np.stack(columns, axis=1).astype(np.float32), then, anomaly)


def _or(first: Floats, second: Floats) -> Floats:
    return np.where(np.isfinite(first), first, second)


def _get_share(shares: Floats, series: Ints, at: Ints) -> Floats:
    found: Floats = shares[series, np.maximum(at, 0)]
    return np.where(at >= 0, found, np.float32(np.nan))


def _get_peers(usual: Floats, steps: Steps, shares: Floats, origins: Ints, back: int) -> Floats:
    """Return the mean deviation of all series at the same time."""
    distinct, inverse = np.unique(origins, return_inverse=True)
    at = distinct - back
    clipped = np.maximum(at, 0)
    deviations = shares[:, clipped] - usual[steps.kinds[clipped], :, steps.places[clipped]].T
    known = np.isfinite(deviations) & (at >= 0)
    counts = known.sum(axis=0)
    means = np.where(known, deviations, 0.0).sum(axis=0) / np.maximum(counts, 1)
    result: Floats = np.where(counts > 0, means, np.nan)[inverse].astype(np.float32)
    return result


def _get_alike(
    past: Past, steps: Steps, shares: Floats, rows: Rows, growth: Floats, lag: int
) -> tuple[Floats, Floats]:
    """Return the growth that past days had which at this time were most, and widely, like today."""
    recent = past.recent
    per_day = steps.per_day
    series_count, day_count, _ = recent.shares.shape
    flat = recent.shares.reshape(series_count, -1)
    near, far = np.full_like(growth, np.nan), np.full_like(growth, np.nan)
    candidates = np.flatnonzero(recent.kinds >= 0)
    for begin in range(0, len(growth), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        series, origins, ahead = (column[part] for column in rows)
        days, places, kinds = steps.days[origins], steps.places[origins], steps.kinds[origins]
        targets = origins + ahead
        shift = (steps.days[targets] - days) * per_day + steps.places[targets] - places
        cells = candidates[None, :] * per_day + places[:, None]

        def get(moved: Ints | int, series: Ints = series, cells: Ints = cells) -> Floats:
            at = cells + moved
            inside = (at >= 0) & (at < day_count * per_day)
            found: Floats = flat[series[:, None], np.clip(at, 0, day_count * per_day - 1)]
            return np.where(inside, found, np.float32(np.nan))

        level, ago, long_ago = (_get_share(shares, series, origins - n * lag) for n in (0, 1, 2))
        levels, levels_ago, levels_long_ago = get(0), get(-lag), get(-2 * lag)
        distances = np.abs(level[:, None] - levels)
        for weight, change, changes in (
            (CHANGE_WEIGHTS[0], level - ago, levels - levels_ago),
            (CHANGE_WEIGHTS[1], ago - long_ago, levels_ago - levels_long_ago),
        ):
            distances += weight * np.nan_to_num(np.abs(change[:, None] - changes))
        growths = get(shift[:, None]) - levels
        ages = days[:, None] - (recent.end - day_count + candidates[None, :])
        trust = 0.5 ** (ages / ALIKE_HALF_LIFE)
        other = recent.kinds[candidates][None, :]
        trust = trust * np.where(other == kinds[:, None], 1.0, OTHER_WEEKDAY)
        trust *= TYPE_OF_KIND[other] == TYPE_OF_KIND[kinds][:, None]
        known = np.isfinite(growths) & np.isfinite(distances)
        growths = np.where(known, growths, 0.0)
        for reach, result in ((NEAR, near), (FAR, far)):
            weights = np.where(known, np.exp(-np.nan_to_num(distances) / reach) * trust, 0.0)
            total = (weights * growths).sum(axis=1) + ALIKE_PRIOR * growth[part]
            result[part] = total / (weights.sum(axis=1) + ALIKE_PRIOR)
    return near, far
