"""Gaps beside a vehicle: how often a ping passes it and measures the floor."""

# Up to a third of the pings pass a motorcycle, hardly any pass a car. The share is learnt over 100
# readings of each vehicle and doubled as a margin; a newcomer starts between the two.
GAPS_MIN = 0.004
GAPS_NEW = 0.06
GAPS_MAX = 0.5
GAPS_PER_READING = 0.01
GAPS_SAFETY = 2.0


class Gaps:
    """The gaps beside one vehicle."""

    __slots__ = ("_since", "newest", "share")

    def __init__(self) -> None:
        """Initialize for a newcomer."""
        self.share = GAPS_NEW
        """Share of pings that pass beside the vehicle, with the margin."""
        self.newest = 0.0
        """Probability that the newest reading passed beside the vehicle, if there is one."""
        self._since = 0.0
        """Number of readings since the newest one that passed beside the vehicle."""

    def clear(self) -> None:
        """Reset when the vehicle is gone."""
        self.share, self._since = GAPS_NEW, 0.0

    def miss(self) -> None:
        """Learn from a reading of the floor."""
        self._since += self.newest

    def hit(self) -> None:
        """Learn from the readings before this one, which were of the vehicle itself."""
        share = self.share + GAPS_PER_READING * (GAPS_SAFETY * self._since - self.share)
        self.share, self._since = min(GAPS_MAX, max(GAPS_MIN, share)), 0.0
