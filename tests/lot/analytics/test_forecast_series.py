"""The series that are forecast, from counts of bays of one kind on one level."""

from custom_components.smart_parking.lot.analytics.forecast import (
    LOT_SERIES,
    GroupCount,
    create_series,
    get_kind_series,
    get_level_series,
)
from custom_components.smart_parking.lot.analytics.forecast.series import MOST_SERIES


def test_a_lot_its_kinds_and_its_levels_are_summed_at_each_time() -> None:
    found = create_series(
        [
            GroupCount(600.0, "ev", "1", 1, 0),
            GroupCount(300.0, "standard", "1", 3, 2),
            GroupCount(300.0, "ev", "1", 0, 1),
            GroupCount(300.0, "standard", "", 4, 6),
        ]
    )

    assert {name: [column.tolist() for column in counts] for name, counts in found.items()} == {
        LOT_SERIES: [[300.0, 600.0], [9.0, 0.0], [16.0, 1.0]],
        get_kind_series("ev"): [[300.0, 600.0], [1.0, 0.0], [1.0, 1.0]],
        get_kind_series("standard"): [[300.0], [8.0], [15.0]],
        get_level_series("1"): [[300.0, 600.0], [3.0, 0.0], [6.0, 1.0]],
    }


def test_nothing_counted_is_no_series() -> None:
    assert create_series([]) == {}


def test_of_very_many_levels_the_largest_are_forecast() -> None:
    rows = [GroupCount(300.0, "standard", str(level), level, 0) for level in range(1, 101)]

    found = create_series(rows)

    assert len(found) == MOST_SERIES
    assert {LOT_SERIES, get_kind_series("standard"), get_level_series("100")} <= found.keys()
    assert get_level_series("1") not in found
    assert found[LOT_SERIES].capacity.tolist() == [5050.0]
