"""A bank at work: swept on a steady beat, with what it measured in the words of the lot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
import logging
from threading import Event
import time
from typing import Protocol

from ..hcsr04.bank import Bank
from ..hcsr04.errors import LineLostError
from ..hcsr04.model import Measurement
from ..lot.model import Fault, Reading

_LOGGER = logging.getLogger(__name__)

PERIOD_S = 0.5
# Nearer than this nothing can be measured: 2 cm with an HC-SR04, 20 to 25 cm with a JSN-SR04T.
BLIND_M = 0.02
# Bays in doubt are asked so often between two sweeps; the rest of the time is the machine's.
AGAIN_MAX = 3
MARGIN_S = 0.05
# A test of sensors takes the middle of so many sweeps: one echo may be anything.
PROBE_SWEEPS = 5


class SweepSink(Protocol):
    """Where sweeps go; called from the thread that sweeps."""

    def sweep(
        self, readings: Iterable[Reading], duration_s: float | None = None
    ) -> Collection[str]:
        """Receive readings, in order of time; return the bays to be asked again at once."""

    def lost(self, fault: Fault) -> None:
        """Learn that the bank can go no further."""


def reading_of(measurement: Measurement, blind_m: float) -> Reading:
    """Return what a bank measured in the words of the lot; what is nearer than it can is none."""
    sensor_id, at_ns, distance_m, fault = measurement
    if distance_m is not None and distance_m <= blind_m:
        return Reading(sensor_id, at_ns / 1e9, fault=Fault.TOO_NEAR)
    said = None if fault is None else Fault(fault)
    return Reading(sensor_id, at_ns / 1e9, distance_m, fault=said)


def probe(bank: Bank, celsius: float, blind_m: float) -> dict[str, Reading]:
    """Return what sensors usually measure in a few sweeps, by sensor id, and release the lines.

    Raises `LineLostError`.
    """
    bank.temperature_c = celsius
    try:
        sweeps = [
            [reading_of(one, blind_m) for one in bank.sweep().measurements]
            for _ in range(PROBE_SWEEPS)
        ]
    finally:
        bank.close()
    return {readings[0].bay_id: _typical(readings) for readings in zip(*sweeps, strict=True)}


def _typical(readings: Sequence[Reading]) -> Reading:
    """Return the reading in the middle of those of one bay, or what keeps most from being any."""
    good = sorted(
        (one for one in readings if one.distance_m is not None), key=lambda one: one.distance_m or 0
    )
    if 2 * len(good) > len(readings):
        return good[len(good) // 2]
    return next(one for one in readings if one.fault is not None)


def run_sweeps(
    bank: Bank, sink: SweepSink, stop: Event, *, blind_m: float, period_s: float, name: str
) -> None:
    """Sweep on a steady beat until told to stop, and release the lines.

    A beat that is missed is left out.
    """
    beat = time.monotonic()
    try:
        while not stop.is_set():
            sweep = bank.sweep()
            if stop.is_set():
                break
            readings = (reading_of(one, blind_m) for one in sweep.measurements)
            doubtful = sink.sweep(readings, sweep.duration_s)
            _ask_again(bank, sink, doubtful, blind_m, until=beat + period_s)
            beat += period_s
            late_s = time.monotonic() - beat
            if late_s > 0:
                beat += period_s * (1 + late_s // period_s)
            stop.wait(beat - time.monotonic())
    except LineLostError:
        if not stop.is_set():
            sink.lost(Fault.LINE_LOST)
    except Exception:
        _LOGGER.exception("Measuring %s has failed", name)
        sink.lost(Fault.NODE_SILENT)
    finally:
        bank.close()


def _ask_again(
    bank: Bank, sink: SweepSink, doubtful: Collection[str], blind_m: float, *, until: float
) -> None:
    """Measure bays in doubt again, as often as there is time for it before the next sweep."""
    for _ in range(AGAIN_MAX):
        if not doubtful or time.monotonic() + bank.again_s(doubtful) > until - MARGIN_S:
            return
        measured = bank.again(doubtful).measurements
        doubtful = sink.sweep(reading_of(one, blind_m) for one in measured)
