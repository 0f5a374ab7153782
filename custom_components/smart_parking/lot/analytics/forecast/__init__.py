"""What is to come in a lot: free bays for any time of the next two days, with honest odds.

Learnt from the lot's own counts, by numpy alone. `learn` returns a model as soon as enough days are
known; the model's `predict` says what is expected.
"""

from .model import Counts, ForecastModel, ForecastOptions, Learned, learn
from .outlook import Expectation, get_free_again_at, get_full_at
from .series import LOT_SERIES, GroupCount, create_series, get_kind_series, get_level_series

__all__ = [
    "LOT_SERIES",
    "Counts",
    "Expectation",
    "ForecastModel",
    "ForecastOptions",
    "GroupCount",
    "Learned",
    "create_series",
    "get_free_again_at",
    "get_full_at",
    "get_kind_series",
    "get_level_series",
    "learn",
]
