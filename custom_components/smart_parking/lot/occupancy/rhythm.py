"""Rhythm of a push sensor, learnt from its reports."""

from collections import deque

# Reports that repeat the value show the rhythm; a report that comes much earlier is off the beat.
RHYTHM_GAPS = 6
RHYTHM_SPREAD = 3.0
RHYTHM_LONE_S = 300.0
RHYTHM_MAX_S = 3600.0
RHYTHM_STEADY = 4
RECENT_GAPS = 20
ON_BEAT_SHARE = 0.6
# A sensor that has sent this many values equal to the one before does not swallow equal values.
EQUAL_REPORTS = 2
# Number of reports that the share of reversals is taken over, the share that names an alternation,
# and the number of other reports that ends it.
ALTERNATION_REPORTS = 20
ALTERNATION_SHARE = 0.7
ALTERNATION_CALM = 6


class Rhythm:
    """How often a sensor reports when nothing has changed."""

    def __init__(self) -> None:
        """Initialize without a rhythm."""
        self._gaps: deque[float | None] = deque(maxlen=RHYTHM_GAPS)
        """Seconds between reports; None where the later one is a change."""
        self._recent: deque[float] = deque(maxlen=RECENT_GAPS)
        """Seconds between reports, repeats and changes alike."""
        self._equal = 0
        """Number of reports that were equal to the one before."""

    def add(self, gap_s: float, *, is_repeat: bool, is_equal: bool) -> None:
        """Add the time between two reports."""
        self._gaps.append(gap_s if is_repeat else None)
        self._recent.append(gap_s)
        self._equal += is_equal

    @property
    def shortest_s(self) -> float | None:
        """The shortest recent time between reports, in seconds: a report cannot come sooner."""
        return min(self._recent, default=None)

    @property
    def beat_s(self) -> float | None:
        """The usual time between reports, in seconds; None for sensors that report only changes."""
        gaps = [gap_s for gap_s in self._gaps if gap_s is not None]
        if not gaps or max(gaps) > min(gaps) * RHYTHM_SPREAD:
            return None
        longest_s = RHYTHM_LONE_S if len(gaps) == 1 else RHYTHM_MAX_S
        return max(gaps) if max(gaps) <= longest_s else None

    @property
    def steady_beat_s(self) -> float | None:
        """The usual time between reports, in seconds, where it is certain; else None.

        Many integrations swallow equal values: over a floor that seems to move by a centimetre such
        a sensor has a rhythm, and over a parked car it is silent for hours.
        """
        quiet = sum(gap_s is not None for gap_s in self._gaps)
        if self._equal < EQUAL_REPORTS or quiet < RHYTHM_STEADY:
            return None
        return self.beat_s

    def is_on_beat(self, gap_s: float) -> bool:
        """Return whether a report came when one was due anyway, and not because of a change."""
        beat_s = self.beat_s
        return beat_s is not None and gap_s >= ON_BEAT_SHARE * beat_s


class Alternation:
    """Distinguishes two reports that always alternate, at one pace, from chance.

    Of a windscreen that loses every second echo, one report in four comes between two different
    ones; of a broken sensor, each does.
    """

    def __init__(self) -> None:
        """Initialize without an alternation."""
        self.lasts = False
        self._share = 0.0
        self._calm = 0

    def add(self, *, is_reversal: bool) -> None:
        """Count a report; it is a reversal when it repeats the last but one, and not the last."""
        self._share += (is_reversal - self._share) / ALTERNATION_REPORTS
        self._calm = 0 if is_reversal else self._calm + 1
        if self._share > ALTERNATION_SHARE:
            self.lasts = True
        elif self._calm >= ALTERNATION_CALM:
            self.lasts = False

    def clear(self) -> None:
        """End the alternation: one of the reports has lasted."""
        self.lasts, self._share = False, 0.0
