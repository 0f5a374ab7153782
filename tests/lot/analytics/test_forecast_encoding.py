"""What was learnt is the same after it was written down and read."""

from collections.abc import Callable
from dataclasses import replace
import json
from typing import Any

import numpy as np
import pytest

from custom_components.smart_parking.lot.analytics.forecast import (
    StaySpan,
    decode_departures,
    decode_model,
    encode_departures,
    encode_model,
    learn_departures,
)
from tests.lot.analytics.test_forecast_laws import (
    ALL_AHEAD,
    NOON,
    QUICK,
    ZONE,
    create_history,
    create_model,
    tell,
)


def test_a_model_says_the_same_after_it_was_written_down() -> None:
    model, history, now = create_model(), create_history(), NOON.timestamp()
    special = replace(model, special_days=frozenset({NOON.date()}))
    written = json.loads(json.dumps(encode_model(special)))

    read = decode_model(written, ZONE, QUICK)

    assert read.special_days == special.special_days
    assert tell(read.predict(history, now, ALL_AHEAD)) == tell(
        special.predict(history, now, ALL_AHEAD)
    )
    assert read.get_usually_full_from("2", NOON.date()) == special.get_usually_full_from(
        "2", NOON.date()
    )
    later = now + 86_400.0
    assert tell(read.remember(history, later).predict(history, later, ALL_AHEAD)) == tell(
        special.remember(history, later).predict(history, later, ALL_AHEAD)
    )


def test_what_is_written_is_small() -> None:
    assert len(json.dumps(encode_model(create_model()))) < 400_000


def forget(written: dict[str, Any]) -> None:
    del written["middle"]["trees"]["leaves"]


def cut(written: dict[str, Any]) -> None:
    written["sizes"]["data"] = written["sizes"]["data"][:8]


def reshape(written: dict[str, Any]) -> None:
    written["recent"]["shares"]["shape"] = [1, 2, 3]


def rename(written: dict[str, Any]) -> None:
    written["features"] = written["features"][1:]


def retype(written: dict[str, Any]) -> None:
    written["sizes"]["type"] = "object"


def regrow(written: dict[str, Any]) -> None:
    written["names"].append("3")


def nothing(written: dict[str, Any]) -> None:
    written["spread"] = None


@pytest.mark.parametrize("damage", [forget, cut, reshape, rename, retype, regrow, nothing])
def test_what_is_not_as_it_was_written_is_learnt_anew(
    damage: Callable[[dict[str, Any]], None],
) -> None:
    written = json.loads(json.dumps(encode_model(create_model())))
    damage(written)

    with pytest.raises(ValueError, match=r".+"):
        decode_model(written, ZONE, QUICK)


def test_a_model_of_other_steps_is_learnt_anew() -> None:
    with pytest.raises(ValueError, match="version"):
        decode_model(encode_model(create_model()), ZONE, replace(QUICK, step_s=300))


def test_how_long_vehicles_stay_is_read_as_it_was_written() -> None:
    departures = learn_departures(
        StaySpan("ev", number % 24, 60.0 * number, has_left=True) for number in range(500)
    )
    written = json.loads(json.dumps(encode_departures(departures)))

    read = decode_departures(written)

    assert read.curves.keys() == departures.curves.keys()
    for sort, curve in departures.curves.items():
        np.testing.assert_array_equal(read.curves[sort], curve)
    with pytest.raises(ValueError, match="damaged"):
        decode_departures([{"kind": "ev"}])
    written[0]["curve"]["shape"] = [1, len(next(iter(departures.curves.values())))]
    with pytest.raises(ValueError, match="size"):
        decode_departures(written)
