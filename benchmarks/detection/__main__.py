"""Print how well ways to tell occupied bays from vacant ones do in simulated days.

Several ways read the same measurements: a threshold, a median before the threshold, and this
project's filter. Echoes come from the simulator's physics.
"""

from argparse import ArgumentParser, Namespace
from concurrent.futures import ProcessPoolExecutor
from statistics import quantiles

from benchmarks.detection import banked, broken, spoken
from benchmarks.detection.lot import (
    ASSUMED_C,
    CAR_PARK,
    DATA,
    RECORDED,
    SCENES,
    SENSORS,
    SPOKEN,
    Job,
    Scene,
)
from benchmarks.detection.spoken import Way
from benchmarks.detection.witness import Tally

BANK_DAYS = 7.0
BROKEN_DAYS = 1.0
# A sensor that reports more often takes longer to process.
WAYS = {
    "0.06": Way(0.06, 0.5),
    "0.5": Way(0.5, 2.0),
    "1": Way(1.0, 7.0),
    "5": Way(5.0, 7.0),
    "60": Way(60.0, 7.0),
    "delta": Way(0.5, 2.0, delta_m=0.05),
}
TABLES = ("bank", "spoken", "broken")
CELLS = (
    "right % | false flips per bay-day | arrival seen after s: p50 / p95 / max | departure "
    "| missed | unknown s per bay-day |"
)


def words(tally: Tally, bay_days: float) -> str:
    """Return a tally as cells of the table."""
    right = 100.0 * (1.0 - tally.wrong_ns / tally.counted_ns)
    flips = tally.false_flips / bay_days
    unknown_s = tally.unknown_ns / 1e9 / bay_days
    return (
        f"{right:.3f} | {flips:.3f} | {spread(tally.arrivals_s)} | {spread(tally.departures_s)} "
        f"| {tally.missed} | {unknown_s:.1f}"
    )


def spread(times_s: list[float]) -> str:
    """Return the middle, the 95th percentile and the greatest of times."""
    if len(times_s) < 2:
        return "".join(f"{one:.2f}" for one in times_s) or "-"
    cuts = quantiles(times_s, n=100, method="inclusive")
    return f"{cuts[49]:.2f} / {cuts[94]:.2f} / {max(times_s):.1f}"


def bank_table(options: Namespace, pool: ProcessPoolExecutor) -> None:
    """Print how methods do with the project's own bank."""
    jobs = [
        make_job(options, SCENES[scene], BANK_DAYS, is_known=known == "known", has_learnt=later)
        for scene in options.world
        for known in options.air
        for later in ((False, True) if SCENES[scene].far_m else (False,))
    ]
    print(f"| world | air | method | {CELLS}")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    texts = []
    results = pool.map(banked.run, jobs, [options.trace] * len(jobs))
    for job, (tallies, text) in zip(jobs, results, strict=True):
        air = "known" if job.compensated else f"taken for {ASSUMED_C:.0f} °C"
        learned = ", later" if job.has_learnt else ""
        for name, tally in tallies.items():
            if job.has_learnt and name != banked.OURS:
                continue
            cells = words(tally, len(SENSORS) * job.days)
            print(f"| {job.scene.name} | {air} | {name}{learned} | {cells} |", flush=True)
        texts.append(f"{job.scene.name}, air {air}: {banked.OURS}{learned}\n{text}")
    explain(texts, options)


def spoken_table(options: Namespace, pool: ProcessPoolExecutor) -> None:
    """Print how methods do with sensors that others built."""
    ways = [WAYS[one] for one in options.every]
    jobs = [make_job(options, SPOKEN, way.days, is_known=False) for way in ways]
    print(f"| a sample every | days | reports per bay-day | method | {CELLS}")
    print("| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    texts = []
    results = pool.map(spoken.run, jobs, ways, [options.trace] * len(jobs))
    for job, way, (tallies, text, reports) in zip(jobs, ways, results, strict=True):
        bay_days = len(SENSORS) * job.days
        for name, tally in tallies.items():
            cells = words(tally, bay_days)
            said = f"{reports / bay_days:.0f}"
            print(f"| {way.name} | {job.days:g} | {said} | {name} | {cells} |", flush=True)
        texts.append(f"{way.name}: {spoken.OURS}\n{text}")
    explain(texts, options)


def explain(texts: list[str], options: Namespace) -> None:
    """Print where ours went wrong, if that was asked for."""
    if options.causes or options.trace:
        print("", *texts, sep="\n")
    print()


def broken_table(job: Job) -> None:
    """Print what is shown of bays whose sensor breaks."""
    print("| sensor | over | times | named after s: p50 / p95 / max | never ", end="")
    print(
        "| shown vacant before that s: longest / in all | after that s: vacant | occupied ", end=""
    )
    print("| right again after being mended s | names |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for (defect, presence), found in sorted(broken.run(job).items(), key=str):
        names = ", ".join(f"{name} {count}" for name, count in found.names.most_common())
        print(
            f"| {defect.value} | {presence.value if presence else 'from the beginning'} "
            f"| {len(found.named_s) + found.unnamed} | {spread(found.named_s)} | {found.unnamed} "
            f"| {found.vacant_longest_s:.1f} / {found.vacant_s:.1f} | {found.vacant_later_s:.1f} "
            f"| {found.occupied_later_s:.1f} | {spread(found.mended_s)} | {names} |"
        )


def make_job(
    options: Namespace, scene: Scene, days: float, *, is_known: bool, has_learnt: bool = False
) -> Job:
    """Return a run as it was asked for."""
    return Job(
        scene,
        options.days or days,
        options.seed,
        options.walkers,
        is_known,
        options.car_park,
        has_learnt,
    )


def main() -> None:
    """Print the tables."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", choices=TABLES, default=TABLES)
    parser.add_argument("--days", type=float, help="instead of those of each table")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--walkers", type=float, default=4.0, help="per bay and hour")
    parser.add_argument("--car-park", default=CAR_PARK, help="code in the data")
    parser.add_argument("--world", nargs="+", choices=list(SCENES), default=list(SCENES))
    parser.add_argument("--air", nargs="+", choices=["known", "taken"], default=["known", "taken"])
    parser.add_argument("--every", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--causes", action="store_true", help="print where wrong states come from")
    parser.add_argument(
        "--trace", type=int, default=0, metavar="N", help="print the readings around N false flips"
    )
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA.name} is not beside this checkout: the simulator's own day instead.\n")
        options.car_park = None
    with ProcessPoolExecutor(2) as pool:
        if "bank" in options.tables:
            bank_table(options, pool)
        if "spoken" in options.tables:
            spoken_table(options, pool)
    if "broken" in options.tables:
        broken_table(make_job(options, RECORDED, BROKEN_DAYS, is_known=True))


if __name__ == "__main__":
    main()
