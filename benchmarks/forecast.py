"""How far forecasts of free bays are off, beside what anybody would guess first.

The counts are those of Birmingham's car parks, 2016 (UCI "Parking Birmingham"): every half hour
from 8:00 to 16:30. A week is judged by what was learnt from all that was before it.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
import os
from pathlib import Path
import resource
import sys
from time import process_time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from custom_components.smart_parking.lot.analytics.forecast import (
    Counts,
    Expectation,
    ForecastModel,
    ForecastOptions,
    learn,
)

DATA = Path(__file__).parents[2] / "shared" / "data" / "birmingham.csv"
VARIABLE = "SMART_PARKING_CAR_PARKS"
ZONE = ZoneInfo("Europe/London")
STEP_S = 1_800
DAY_STEPS = 48
HORIZONS_MIN = (30, 60, 120, 240)
JUDGED_FROM = date(2016, 12, 4)
WEEK = timedelta(days=7)
# A car park is judged that was counted on at least this share of the days before the week.
LEAST_DAYS = 0.5
HEADINGS = {
    False: "Nothing of the week remembered but the hours before",
    True: "The week's days remembered as they pass, as at home every night",
}
METHODS = ("persistence", "last week", "weekly mean", "mean + anomaly", "forecast")

type Floats = NDArray[np.float64]
# Occupied bays by the half hour, in steps from the epoch.
type Parks = dict[str, tuple[int, dict[int, int]]]


@dataclass(frozen=True, slots=True)
class Judged:
    """Errors in shares of capacity by method, and how often the band was right."""

    errors: dict[str, Floats]
    in_band: float


def read_parks(path: Path) -> Parks:
    """Return capacity and counts of each car park; of several in a half hour, the last."""
    parks: Parks = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["LastUpdated"])
    for row in rows:
        moment = datetime.fromisoformat(row["LastUpdated"]).replace(tzinfo=ZONE).timestamp()
        _, counts = parks.setdefault(row["SystemCodeNumber"], (int(row["Capacity"]), {}))
        counts[int(moment / STEP_S + 0.5)] = int(row["Occupancy"])
    return parks


def get_midnight(day: date) -> float:
    """Return the moment at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp()


def get_place(step: int) -> tuple[int, int, int]:
    """Return weekday, hour and minute of a step."""
    local = datetime.fromtimestamp(step * STEP_S, ZONE)
    return local.weekday(), local.hour, local.minute


def choose_parks(parks: Parks, first: date) -> Parks:
    """Return the car parks of which enough is known before a week."""
    begin = int(get_midnight(first) // STEP_S)
    days = {
        name: len({step // DAY_STEPS for step in counts if step < begin})
        for name, (_, counts) in parks.items()
    }
    most = max(days.values())
    return {name: parks[name] for name in parks if days[name] >= LEAST_DAYS * most}


def create_history(parks: Parks) -> dict[str, Counts]:
    """Return the counts as the model asks for them."""
    return {
        name: Counts(
            np.array(list(counts), np.float64) * STEP_S,
            np.array(list(counts.values()), np.float64),
            np.full(len(counts), float(capacity)),
        )
        for name, (capacity, counts) in parks.items()
    }


def get_steps(parks: Parks, first: date) -> Iterator[int]:
    """Yield the steps of a week at which anything was counted."""
    begin = int(get_midnight(first) // STEP_S)
    end = int(get_midnight(first + WEEK) // STEP_S)
    yield from sorted(
        {step for _, counts in parks.values() for step in counts if begin <= step < end}
    )


def get_means(counts: Mapping[int, int], before: int) -> dict[tuple[int, int, int], float]:
    """Return the mean of each time of the week before a step."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for step, occupied in counts.items():
        if step < before:
            found.setdefault(get_place(step), []).append(occupied)
    return {place: sum(values) / len(values) for place, values in found.items()}


class _Jury:
    """What each method guessed, and how far off it was."""

    def __init__(self, parks: Parks, first: date) -> None:
        self._parks = parks
        before = int(get_midnight(first) // STEP_S)
        self._means = {name: get_means(counts, before) for name, (_, counts) in parks.items()}
        self._errors: dict[int, dict[str, list[float]]] = {
            minutes: {method: [] for method in METHODS} for minutes in HORIZONS_MIN
        }
        self._hits: dict[int, list[bool]] = {minutes: [] for minutes in HORIZONS_MIN}

    def judge(self, step: int, found: Mapping[str, Sequence[Expectation | None]]) -> None:
        """Compare all that is guessed at a step with what was counted later."""
        for name, (capacity, counts) in self._parks.items():
            if step not in counts:
                continue
            expected = found.get(name, [None] * len(HORIZONS_MIN))
            for minutes, expectation in zip(HORIZONS_MIN, expected, strict=True):
                target = step + minutes * 60 // STEP_S
                if target not in counts:
                    continue
                truth = counts[target]
                guesses = self._guess(name, step, target)
                if expectation is not None:
                    guesses["forecast"] = capacity - expectation.free
                    low, high = capacity - expectation.high, capacity - expectation.low
                    # Whole bays are counted: a bound within a bay includes that bay.
                    self._hits[minutes].append(low - 0.5 <= truth <= high + 0.5)
                for method, guess in guesses.items():
                    if guess is not None:
                        self._errors[minutes][method].append(abs(guess - truth) / capacity)

    def _guess(self, name: str, step: int, target: int) -> dict[str, float | None]:
        _, counts = self._parks[name]
        now = counts[step]
        mean_now = self._means[name].get(get_place(step))
        mean = self._means[name].get(get_place(target))
        return {
            "persistence": now,
            "last week": counts.get(target - 7 * DAY_STEPS),
            "weekly mean": mean,
            "mean + anomaly": None if mean is None or mean_now is None else mean + now - mean_now,
        }

    def create_result(self) -> dict[int, Judged]:
        """Return the errors by minutes ahead."""
        return {
            minutes: Judged(
                {method: np.array(values) for method, values in self._errors[minutes].items()},
                float(np.mean(self._hits[minutes])),
            )
            for minutes in HORIZONS_MIN
        }


def judge(parks: Parks, first: date, model: ForecastModel, *, nightly: bool) -> dict[int, Judged]:
    """Return how far off each method is in the week that begins with a day, by minutes ahead.

    Every count is judged that has another one so many minutes before it. `nightly` has the model
    keep the days of the week in mind as they pass; what it learnt from ends before the week.
    """
    history = create_history(parks)
    jury = _Jury(parks, first)
    today = first
    for step in get_steps(parks, first):
        day = datetime.fromtimestamp(step * STEP_S, ZONE).date()
        if nightly and day != today:
            today = day
            model = model.remember(history, get_midnight(day))
        jury.judge(step, model.predict(history, step * STEP_S, HORIZONS_MIN))
    return jury.create_result()


def learn_before(parks: Parks, first: date) -> ForecastModel:
    """Return what is learnt from all that was before a week."""
    options = ForecastOptions(step_s=STEP_S, horizons_min=HORIZONS_MIN)
    model = learn(create_history(parks), get_midnight(first), ZONE, options=options).model
    if model is None:
        sys.exit(f"Too few days are known before {first}.")
    return model


def print_week(judged: Mapping[int, Judged]) -> None:
    """Print a table of a week."""
    print("\n| minutes | " + " | ".join(METHODS) + " | band right | judged |")
    print("| ---: |" + " ---: |" * (len(METHODS) + 2))
    for minutes, week in judged.items():
        means = [float(week.errors[method].mean()) for method in METHODS]
        print(
            f"| {minutes} | "
            + " | ".join(f"{mean:.4f}" for mean in means)
            + f" | {week.in_band:.1%} | {len(week.errors['forecast'])} |"
        )
    counts = [len(week.errors["forecast"]) for week in judged.values()]
    in_band = np.average([week.in_band for week in judged.values()], weights=counts)
    print(f"\nThe band was right in {in_band:.1%} of all.")


def print_mean(weeks: Sequence[Mapping[int, Judged]]) -> None:
    """Print the means over several weeks."""
    print("\n| minutes | " + " | ".join(METHODS) + " | band right |")
    print("| ---: |" + " ---: |" * (len(METHODS) + 1))
    for minutes in HORIZONS_MIN:
        means = [
            float(np.mean([week[minutes].errors[method].mean() for week in weeks]))
            for method in METHODS
        ]
        band = float(np.mean([week[minutes].in_band for week in weeks]))
        print(f"| {minutes} | " + " | ".join(f"{mean:.4f}" for mean in means) + f" | {band:.1%} |")


def main() -> None:
    """Judge a week, and before it those that the model was chosen by."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "data",
        nargs="?",
        type=Path,
        default=Path(os.environ.get(VARIABLE, DATA)),
        help=f"the car parks' CSV file (or {VARIABLE})",
    )
    parser.add_argument(
        "--week",
        type=date.fromisoformat,
        default=JUDGED_FROM,
        help="the first of the seven days to judge; all before it is to learn from",
    )
    parser.add_argument(
        "--until",
        type=date.fromisoformat,
        help="the last day to learn from, instead of --week: the seven days after it are judged",
    )
    parser.add_argument(
        "--validate", type=int, default=0, help="judge so many weeks before it, too"
    )
    arguments = parser.parse_args()
    if not arguments.data.is_file():
        sys.exit(f"There is no file {arguments.data}: give its path, or set {VARIABLE}.")
    first = arguments.until + timedelta(days=1) if arguments.until else arguments.week
    everything = read_parks(arguments.data)
    before: dict[bool, list[dict[int, Judged]]] = {False: [], True: []}
    for number in range(arguments.validate, -1, -1):
        week = first - number * WEEK
        parks = choose_parks(everything, week)
        began = process_time()
        model = learn_before(parks, week)
        print(f"\n## {week}\n\n{len(parks)} car parks, learnt in {process_time() - began:.0f} s")
        for nightly, heading in HEADINGS.items():
            judged = judge(parks, week, model, nightly=nightly)
            print(f"\n{heading}:")
            print_week(judged)
            if number:
                before[nightly].append(judged)
    if arguments.validate:
        print(f"\n## Mean of the {arguments.validate} weeks before")
        for nightly, heading in HEADINGS.items():
            print(f"\n{heading}:")
            print_mean(before[nightly])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nMost memory: {peak:.0f} MB")


if __name__ == "__main__":
    main()
