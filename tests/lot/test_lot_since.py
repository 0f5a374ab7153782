"""Since when a bay has had its state: the time of the reading, not that of the query."""

from custom_components.smart_parking.lot.lot import Lot
from custom_components.smart_parking.lot.model import Bay, Observation, Reading
from custom_components.smart_parking.lot.tracker import BayTracker

BAY = Bay(bay_id="a1", label="A1")
EPOCH = 1_800_000_000.0


def epoch_of(at: float) -> float:
    """Return a monotonic time in seconds since the epoch."""
    return EPOCH + at


def seen(at: float, *, occupied: bool | None, distance_m: float | None = None) -> Observation:
    """Return an observation."""
    return Observation("a1", occupied, None, 1.0, distance_m, at)


def test_a_state_begins_with_the_reading_that_showed_it() -> None:
    lot = Lot()
    lot.set_bays([BAY], EPOCH)
    assert lot["a1"].since == EPOCH

    lot.apply([seen(5.0, occupied=False)], epoch_of)
    lot.apply([seen(9.0, occupied=False, distance_m=2.4)], epoch_of)
    assert lot["a1"].since == EPOCH + 5.0

    lot.apply([seen(12.0, occupied=True)], epoch_of)
    assert lot["a1"].since == EPOCH + 12.0


def test_what_people_decide_begins_when_they_decide_it() -> None:
    lot = Lot()
    lot.set_bays([BAY], EPOCH)
    lot.apply([seen(1.0, occupied=False)], epoch_of)

    lot.set_held("a1", held=True, at=EPOCH + 20.0)
    assert lot["a1"].since == EPOCH + 20.0
    lot.set_out_of_service("a1", out=True, at=EPOCH + 30.0)
    assert lot["a1"].since == EPOCH + 30.0
    # It stays out of service, held or not.
    lot.set_held("a1", held=False, at=EPOCH + 40.0)
    assert lot["a1"].since == EPOCH + 30.0


def test_bays_that_stay_keep_their_time() -> None:
    lot = Lot()
    lot.set_bays([BAY], EPOCH)
    lot.set_bays([BAY, Bay(bay_id="a2", label="A2")], EPOCH + 60.0)

    assert [status.since for status in lot] == [EPOCH, EPOCH + 60.0]


def test_an_observation_has_the_time_of_its_reading() -> None:
    watch = BayTracker({"a1": 2.5})
    told = [
        one
        for at in range(20)
        for one in watch.observe([Reading("a1", 100.0 + at, occupied=True)]).observations
    ]

    first = told[0]
    assert first.occupied
    assert 100.0 <= first.at < 120.0
    assert watch.begin(7.0)[0].at == 7.0
