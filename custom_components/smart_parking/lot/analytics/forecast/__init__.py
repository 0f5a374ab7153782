"""What is to come in a lot: free bays for any time of the next two days, with honest odds.

Learnt from the lot's own counts, by numpy alone. `learn` returns a model as soon as enough days are
known; the model's `predict` says what is expected.
"""

from .departures import Departures, Outflow, Standing, StaySpan, learn_departures
from .encoding import decode_departures, decode_model, encode_departures, encode_model
from .model import NEEDED_DAYS, Counts, ForecastModel, ForecastOptions, Learned, learn
from .outlook import LIKELY, Expectation, get_free_again_at, get_full_at
from .series import LOT_SERIES, GroupCount, create_series, get_kind_series, get_level_series

__all__ = [
    "LIKELY",
    "LOT_SERIES",
    "NEEDED_DAYS",
    "Counts",
    "Departures",
    "Expectation",
    "ForecastModel",
    "ForecastOptions",
    "GroupCount",
    "Learned",
    "Outflow",
    "Standing",
    "StaySpan",
    "create_series",
    "decode_departures",
    "decode_model",
    "encode_departures",
    "encode_model",
    "get_free_again_at",
    "get_full_at",
    "get_kind_series",
    "get_level_series",
    "learn",
    "learn_departures",
]
