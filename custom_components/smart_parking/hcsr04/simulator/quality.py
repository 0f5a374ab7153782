"""Quality of simulated sensors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Quality of the sensors; by default without any defect of real ones but noise."""

    noise_m: float = 0.004
    """Standard deviation of a distance: the data sheets' resolution of 3 mm, and some air."""
    noise_far_m: float | None = None
    """The same at 2.7 m, where noise grows with the distance from 1.7 m on."""
    step_m: float = 0.0
    """Distances are multiples of this."""
    dropout_share: float = 0.0
    """Share of pings whose echo is missed."""
    dropout_burst_s: float = 0.0
    """Average duration of missed echoes in a row, in whole 60 ms; 0: each for itself."""
    outlier_share: float = 0.0
    """Share of pings with a wrong distance."""
    outlier_near_share: float | None = None
    """Share of these that are far too near, the others are off by less; None: any distance."""

    @property
    def is_plain(self) -> bool:
        """Whether it has none of the effects that only recordings show."""
        shown = self.step_m or self.dropout_burst_s
        return not shown and self.noise_far_m is None and self.outlier_near_share is None


# Recordings of others' sensors, nothing moving: noise of 2.4-3.1 mm at 0.4-1.7 m, some of it the
# steps, and of 9 mm at 2.5-2.9 m; 5-22 % dropouts in bursts of 2.4 pings at 60 ms; 1-4 % outliers,
# most of them within 20 cm.
AS_RECORDED = Quality(
    noise_m=0.0025,
    noise_far_m=0.009,
    step_m=0.004,
    dropout_share=0.12,
    dropout_burst_s=0.144,
    outlier_share=0.03,
    outlier_near_share=0.15,
)
