"""What is public of a lot, and what is not."""

from collections import Counter
from datetime import timedelta
import json

from homeassistant.helpers.json import json_bytes
from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import BayKind, BayState
from custom_components.smart_parking.open_data.formats.documents import DOCUMENTS, Document
from custom_components.smart_parking.open_data.formats.lot import PublicLot, overview
from custom_components.smart_parking.open_data.formats.schema_org import facility
from tests.open_data.formats.lots import AS_OF, BAYS, FACTS, bay, lot, lots


def test_a_bay_of_the_staff_is_not_public() -> None:
    assert [one.label for one in lot().bays] == [
        one.bay.label for one in BAYS if one.bay.kind is not BayKind.STAFF
    ]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda document: document.name)
def test_nothing_tells_how_the_house_calls_things(document: Document) -> None:
    secret = lot(
        [bay("A01")._replace(bay=bay("A01", BayState.OCCUPIED).bay)], secret_id="01JENTRYIDENTRYID"
    )
    text = json.dumps(document.write(secret))
    assert "ENTRYID" not in text
    assert '"a01"' not in text, "the id of a bay stays inside"
    assert '"north"' not in text, "and that of a gate"


def test_identifiers_stay_and_are_the_lot_s_own() -> None:
    renamed = lot(name="Another name", operator=None)
    other = lot(secret_id="another lot")

    assert renamed.uid == lot().uid
    assert [one.uid for one in renamed.bays] == [one.uid for one in lot().bays]
    assert {other.uid, *(one.uid for one in other.bays)}.isdisjoint(
        {lot().uid, *(one.uid for one in lot().bays)}
    )


@given(lots, st.sets(st.sampled_from(BayKind)))
def test_counts_are_those_of_the_bays(published: PublicLot, kinds: set[BayKind]) -> None:
    bays = [one for one in published.bays if not kinds or one.kind in kinds]
    counts = published.count(*kinds)
    assert counts.total == len(bays)
    assert counts.free == sum(one.state is BayState.VACANT for one in bays)
    assert counts.unknown == sum(one.state is BayState.UNKNOWN for one in bays)


def test_at_a_glance_a_lot_is_what_it_is_bay_by_bay() -> None:
    tally = Counter((one.bay.kind, one.state) for one in BAYS)
    assert facility(overview(FACTS, tally)) == facility(lot())


def test_a_kept_bay_counts_as_taken() -> None:
    counts = lot().count()
    assert (counts.total, counts.free, counts.taken, counts.closed, counts.unknown) == (
        8,
        3,
        3,
        1,
        1,
    )


@pytest.mark.parametrize(
    ("states", "is_full"),
    [
        ([BayState.VACANT, BayState.UNKNOWN], False),
        ([BayState.OCCUPIED, BayState.HELD, BayState.OUT_OF_SERVICE], True),
        ([BayState.OCCUPIED, BayState.UNKNOWN], None),
        ([BayState.UNKNOWN], None),
    ],
)
def test_full(states: list[BayState], is_full: bool | None) -> None:
    found = lot(bay(f"A{number}", state) for number, state in enumerate(states))
    assert found.count().is_full is is_full


def test_with_every_bay_closed_the_lot_is_closed() -> None:
    assert lot([bay("A01", BayState.OUT_OF_SERVICE)]).is_open is False
    assert lot([bay("A01", BayState.OUT_OF_SERVICE), bay("A02")]).is_open is True
    assert lot([bay("A01")], is_open=False).is_open is False
    assert lot([bay("A01")], is_open=None).is_open is None


def test_a_text_is_shown_as_it_can_be_read() -> None:
    found = lot([bay(" A\x0001\n\u202e")], name="\n", operator="  ")
    assert (found.name, found.operator, found.bays[0].label) == ("P", None, "A 01")


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda document: document.name)
def test_a_document_that_is_not_dated_stays_as_it_is_while_nothing_changes(
    document: Document,
) -> None:
    later = lot(as_of=AS_OF + timedelta(minutes=10))
    assert (document.write(later) != document.write(lot())) is document.is_dated


@given(lots)
def test_all_of_them_can_be_sent(published: PublicLot) -> None:
    for document in DOCUMENTS.values():
        written = document.write(published)
        assert json.loads(json_bytes(written)) == written
