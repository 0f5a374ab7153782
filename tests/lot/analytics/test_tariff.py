"""What stays cost, and how long they may last."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.analytics.records import BayRecord
from custom_components.smart_parking.lot.analytics.tariff import Rate, StayLimit, Tariff

BERLIN = ZoneInfo("Europe/Berlin")
DAY = Rate(per_hour=2.0, opens=time(8), closes=time(20))
NIGHT = Rate(per_hour=0.5, opens=time(20), closes=time(8))
TARIFF = Tariff(rates=(DAY, NIGHT), free_s=1800.0, day_maximum=12.0)


def at(hour: int, minute: int = 0, day: int = 2) -> float:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("arrived", "left", "fee"),
    [
        (at(9), at(9, 30), 0.0),
        (at(9), at(9, 31), 2.0),
        (at(9), at(10, 30), 2.0),
        (at(9), at(10, 31), 4.0),
        (at(19, 30), at(21), 0.5),
        (at(8), at(20), 12.0),
        (at(8), at(20, day=3), 24.0),
        (at(8), at(8), 0.0),
    ],
)
def test_fees(arrived: float, left: float, fee: float) -> None:
    assert TARIFF.fee("standard", arrived, left, BERLIN) == fee


def test_kinds_have_their_own_prices() -> None:
    tariff = Tariff(rates=(Rate(per_hour=0.0, kind="staff"), Rate(per_hour=3.0)), interval_s=60.0)
    assert tariff.fee("staff", at(9), at(12), BERLIN) == 0.0
    assert tariff.fee("ev", at(9), at(10, 30), BERLIN) == 4.5
    assert Tariff().fee("ev", at(9), at(12), BERLIN) == 0.0
    assert Tariff(rates=(DAY,)).fee("ev", at(3), at(7), BERLIN) == 0.0


@given(st.floats(0.0, 10 * 86_400.0), st.floats(0.0, 86_400.0))
def test_longer_is_never_cheaper_and_never_beyond_the_maximum(
    lasts_s: float, more_s: float
) -> None:
    shorter = TARIFF.fee("standard", at(9), at(9) + lasts_s, BERLIN)
    longer = TARIFF.fee("standard", at(9), at(9) + lasts_s + more_s, BERLIN)
    assert 0.0 <= shorter <= longer <= 12.0 * (2 + (lasts_s + more_s) // 86_400)


def test_the_limit_that_says_most_closely_what_it_means_holds() -> None:
    limits = [
        StayLimit(limit_s=1.0),
        StayLimit(limit_s=2.0, kind="ev"),
        StayLimit(limit_s=3.0, zone="Short stay"),
        StayLimit(limit_s=4.0, label="A07"),
    ]
    assert StayLimit.of(limits, bay("A01")) == 1.0
    assert StayLimit.of(limits, bay("A01", kind="ev")) == 2.0
    assert StayLimit.of(limits, bay("A01", kind="ev", zone="Short stay")) == 3.0
    assert StayLimit.of(limits, bay("A07", kind="ev", zone="Short stay")) == 4.0
    assert StayLimit.of(limits[1:], bay("A01")) is None


def bay(label: str, kind: str = "standard", zone: str = "") -> BayRecord:
    return BayRecord(bay_id=label.lower(), label=label, kind=kind, zone=zone)
