"""What was learnt, as it is written down: plain values, arrays as compressed text.

Only what is as it was written is read again; anything else raises `ValueError`, and is learnt anew.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any
import zlib

import numpy as np
from numpy.typing import NDArray

from .boosting import Trees
from .departures import STEPS, Departures, Floats
from .features import NAMES
from .linear import LinearModel
from .memory import Profiles, RecentDays
from .model import ForecastModel, ForecastOptions, Middle, Spread
from .steps import KINDS

# Raised when what is learnt, or from what, is another.
FORMAT = 1
_TYPES = {"float32", "float64", "int8", "int32"}
# A lot of forty series is a tenth of this.
_MOST_BYTES = 100_000_000

type Json = dict[str, Any]


def encode_model(model: ForecastModel) -> Json:
    """Return a model as plain values."""
    return {
        "format": FORMAT,
        "features": list(NAMES),
        "step_s": model.options.step_s,
        "names": list(model.names),
        "special_days": sorted(day.isoformat() for day in model.special_days),
        "profiles": {
            name: _encode(profile if name != "drift" else profile[:1])
            for name, profile in model.profiles._asdict().items()
        },
        "recent": {
            "shares": _encode(model.recent.shares),
            "kinds": _encode(model.recent.kinds),
            "end": model.recent.end,
        },
        "sizes": _encode(model.sizes),
        "middle": {
            "fading": _encode_keys(model.middle.fading),
            "scales": _encode_keys(model.middle.scales),
            "linear": {
                str(ahead): [_encode(one.means), _encode(one.scales), _encode(one.weights)]
                for ahead, one in model.middle.linear.items()
            },
            "trees": _encode_trees(model.middle.trees),
        },
        "spread": {
            "trees": _encode_trees(model.spread.trees),
            "scales": _encode_keys(model.spread.scales),
            "quantiles": {
                str(ahead): _encode(one) for ahead, one in model.spread.quantiles.items()
            },
        },
    }


def decode_model(data: Mapping[str, Any], zone: tzinfo, options: ForecastOptions) -> ForecastModel:
    """Return the model that was written down; raises `ValueError` when it is of another making."""
    try:
        made = data["format"], data["features"], data["step_s"]
        if made != (FORMAT, list(NAMES), options.step_s):
            raise ValueError("of another version")
        middle, spread, recent = data["middle"], data["spread"], data["recent"]
        profiles = {name: _decode(data["profiles"][name]) for name in Profiles._fields}
        profiles["drift"] = np.broadcast_to(profiles["drift"], profiles["usual"].shape)
        model = ForecastModel(
            names=tuple(map(str, data["names"])),
            options=options,
            zone=zone,
            special_days=frozenset(map(date.fromisoformat, data["special_days"])),
            profiles=Profiles(**profiles),
            recent=RecentDays(
                _decode(recent["shares"]), _decode(recent["kinds"]), int(recent["end"])
            ),
            sizes=_decode(data["sizes"]),
            middle=Middle(
                fading=_decode_keys(middle["fading"]),
                scales=_decode_keys(middle["scales"]),
                linear={
                    int(ahead): LinearModel(*map(_decode, one))
                    for ahead, one in middle["linear"].items()
                },
                trees=_decode_trees(middle["trees"]),
            ),
            spread=Spread(
                trees=_decode_trees(spread["trees"]),
                scales=_decode_keys(spread["scales"]),
                quantiles={int(ahead): _decode(one) for ahead, one in spread["quantiles"].items()},
            ),
        )
    except (KeyError, TypeError, AttributeError, zlib.error) as err:
        raise ValueError("damaged") from err
    shape = (KINDS, len(model.names), 86_400 // options.step_s)
    if any(profile.shape != shape for profile in model.profiles):
        raise ValueError("of another size")
    return model


def encode_departures(departures: Departures) -> list[Json]:
    """Return how long vehicles stay as plain values."""
    return [
        {"kind": kind, "period": period, "curve": _encode(curve)}
        for (kind, period), curve in departures.curves.items()
    ]


def decode_departures(data: list[Mapping[str, Any]]) -> Departures:
    """Return what was written down of how long vehicles stay; raises `ValueError`."""
    try:
        curves: dict[tuple[str | None, int], Floats] = {
            (one["kind"], int(one["period"])): _decode(one["curve"]) for one in data
        }
    except (KeyError, TypeError, zlib.error) as err:
        raise ValueError("damaged") from err
    if any(curve.shape != (STEPS + 1,) for curve in curves.values()):
        raise ValueError("of another size")
    return Departures(curves)


def _encode(array: NDArray[Any]) -> Json:
    packed = zlib.compress(np.ascontiguousarray(array).tobytes())
    return {
        "type": str(array.dtype),
        "shape": list(array.shape),
        "data": b64encode(packed).decode(),
    }


def _decode(data: Mapping[str, Any]) -> NDArray[Any]:
    if data["type"] not in _TYPES:
        raise ValueError("of another type")
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(b64decode(data["data"]), _MOST_BYTES)
    if not unpacker.eof:
        raise ValueError("incomplete")
    array: NDArray[Any] = np.frombuffer(unpacked, data["type"]).reshape(data["shape"])
    return array


def _encode_trees(trees: Trees) -> Json:
    return {
        "columns": _encode(trees.columns),
        "thresholds": _encode(trees.thresholds),
        "leaves": _encode(trees.leaves),
        "start": trees.start,
    }


def _decode_trees(data: Mapping[str, Any]) -> Trees:
    return Trees(
        _decode(data["columns"]),
        _decode(data["thresholds"]),
        _decode(data["leaves"]),
        float(data["start"]),
    )


def _encode_keys(values: Mapping[int, float]) -> Json:
    return {str(key): value for key, value in values.items()}


def _decode_keys(data: Mapping[str, Any]) -> dict[int, float]:
    return {int(key): float(value) for key, value in data.items()}
