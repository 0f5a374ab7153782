"""How often a ping passes beside the vehicle in a bay and tells of the floor."""

# Up to a third of the pings with a motorcycle, hardly any else. Learnt over 100 readings of each
# vehicle, and counted twice to be on the safe side; a newcomer is taken for something in between.
GAPS_MIN = 0.004
GAPS_NEW = 0.06
GAPS_MAX = 0.5
GAPS_PER_READING = 0.01
GAPS_SAFETY = 2.0


class Gaps:
    """The gaps beside one vehicle."""

    __slots__ = ("_since", "newest", "share")

    def __init__(self) -> None:
        """Initialize with a newcomer."""
        self.share = GAPS_NEW
        """Share of pings that pass beside the vehicle, on the safe side."""
        self.newest = 0.0
        """How likely the newest reading came past the vehicle, if there is one."""
        self._since = 0.0
        """How many readings since the vehicle's newest came past it."""

    def clear(self) -> None:
        """Forget a vehicle that is gone."""
        self.share, self._since = GAPS_NEW, 0.0

    def miss(self) -> None:
        """Learn that a reading told of the floor."""
        self._since += self.newest

    def hit(self) -> None:
        """Learn from the readings before this one, which told of the vehicle itself."""
        share = self.share + GAPS_PER_READING * (GAPS_SAFETY * self._since - self.share)
        self.share, self._since = min(GAPS_MAX, max(GAPS_MIN, share)), 0.0
