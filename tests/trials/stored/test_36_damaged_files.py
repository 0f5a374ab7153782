"""Files that are damaged, of another version, or gone: what is good in them is used."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.holds.hold import Hold
from custom_components.smart_parking.lot.promotions.ledger import Ledger
from custom_components.smart_parking.lot.stored import Losses, Stored
from custom_components.smart_parking.visitor.push.vapid import KEYS
from custom_components.smart_parking.visitor.sessions import Session
from tests.integration.clock import skip
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, data_of, said
from tests.integration.promotions.shops import ask, show
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import Phone
from tests.integration.visitor.push.browsers import Browser
from tests.integration.wifi.hook import HOOK_PATH, PHONE
from tests.trials import repair
from tests.trials.stored.conftest import Phones
from tests.trials.stored.disk import Disk

type Data = Any
type Damage = Callable[[Data], object]

LOT = f"{DOMAIN}.{LOT_ID}"
FILES = {
    "lot": LOT,
    "holds": f"{LOT}.holds",
    "promotions": f"{LOT}.promotions",
    "visitors": f"{LOT}.visitors",
    "visits": f"{LOT}.visits",
    "push": f"{DOMAIN}.push",
}


def first(rows: dict[str, Data]) -> str:
    """Return the name of the first row."""
    return next(iter(rows))


# What is damaged is one row; where a file has but one, there is no good one left.
ROWS: dict[str, dict[str, Damage]] = {
    "lot": {
        "wrong type": lambda data: data["occupied"].update(a01="perhaps"),
        "missing key": lambda data: data["empty"]["a02"].pop("empty_m"),
        "unknown key": lambda data: data["empty"]["a02"].update(colour="red"),
    },
    "holds": {
        "wrong type": lambda data: data[0].update(until="soon"),
        "missing key": lambda data: data[0].pop("kind"),
        "unknown key": lambda data: data[0].update(colour="red"),
    },
    "promotions": {
        "wrong type": lambda data: data["ledger"]["totals"].update(bakery="many"),
        "missing key": lambda data: data.pop("owed"),
        "unknown key": lambda data: data["ledger"].update(colour="red"),
    },
    "visitors": {
        "wrong type": lambda data: data["sessions"][first(data["sessions"])].update(parked=7),
        "missing key": lambda data: data["sessions"][first(data["sessions"])].pop("seen"),
        "unknown key": lambda data: data["sessions"][first(data["sessions"])].update(colour="red"),
    },
    "visits": {
        "wrong type": lambda data: data["days"].update({first(data["days"]): "many"}),
        "missing key": lambda data: data.pop("days"),
        "unknown key": lambda data: data.update(colour="red"),
    },
    "push": {
        "wrong type": lambda data: data.update(private=7),
        "missing key": lambda data: data.pop("private"),
        "unknown key": lambda data: data.update(colour="red"),
    },
}


def of_row(damage: Damage) -> Damage:
    """Return the damage to a file that a damage to its data is."""

    def spoil(stored: Data) -> Data:
        damage(stored["data"])
        return stored

    return spoil


WHOLE: dict[str, Damage] = {
    "future version": lambda stored: stored | {"version": 2},
    "version that is no number": lambda stored: stored | {"version": "two"},
    "data null": lambda stored: stored | {"data": None},
    "data of a wrong type": lambda stored: stored | {"data": "all of it"},
    "no data": lambda stored: {"version": stored["version"], "key": stored["key"]},
    "not even an object": lambda stored: [stored],
    "no JSON": lambda _: b'{"version": 1, "data": {',
    "nothing": lambda _: b"",
    "no text": lambda _: b"\xff\xfe\x00",
}
USABLE = {"future version", "version that is no number"}
CASES = [
    *(
        pytest.param(store, name, of_row(damage), id=f"{store}: {name}")
        for store, damages in ROWS.items()
        for name, damage in damages.items()
    ),
    *(
        pytest.param(store, name, damage, id=f"{store}: {name}")
        for store in FILES
        for name, damage in WHOLE.items()
    ),
]


@pytest.fixture(name="parked")
async def parked_fixture(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    hass_client_no_auth: ClientSessionGenerator,
) -> list[Phone]:
    """Create all kinds of stored data, most of it twice; return two phones that have parked."""
    entry.runtime_data.coordinator.async_set_out_of_service("a03", out=True)
    for bay_id, distance_m in (("a02", 2.4), ("a04", 2.3)):
        entry.runtime_data.coordinator.async_set_empty_distance(bay_id, distance_m)
    hand.settle("North", A04=CAR_M)
    for driver, hours in (("ann", 2), ("bob", 4)):
        starts = dt_util.utcnow().replace(microsecond=0) + timedelta(hours=hours)
        times = {"from": starts, "until": starts + timedelta(hours=1)}
        await ask(hass, "reserve", bay="A01", driver=driver, **times)
    for _ in range(4):
        show(entry)
    client = await hass_client_no_auth()
    await client.post(HOOK_PATH, data={"type": "joined", "station": PHONE})
    both = [phones(), phones()]
    for phone, label in zip(both, ("A01", "A02"), strict=True):
        await phone.look()
        assert (await phone.post("parked", bay=label)).status == HTTPStatus.SEE_OTHER
        assert await Browser().subscribe(phone) == (HTTPStatus.OK, {"on": True})
    await skip(hass, 90.0)
    return both


def shown(entry: SmartParkingConfigEntry) -> tuple[int, int]:
    """Return how often the two promotions have been shown."""
    promotions = entry.runtime_data.promotions
    return promotions.counts("bakery").impressions, promotions.counts("zoo").impressions


def subscribed(hass: HomeAssistant) -> int:
    """Return the number of push subscriptions."""
    return len(data_of(hass).visitor.push)


async def check(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    parked: list[Phone],
    before: tuple[int, int],
    store: str,
    *,
    is_whole: bool,
    is_usable: bool,
) -> None:
    """Look whether all that was good in a file is known, and everything of the other files."""

    def good(name: str, *, of_row: bool = False) -> bool:
        """Return whether something of a store has to be there; `of_row` is in the damaged row."""
        return name != store or is_usable or not (is_whole or of_row)

    guidance, memory = entry.runtime_data.guidance, entry.runtime_data.coordinator.store
    if good("lot"):
        assert said(hass, "a03", "out_of_service") == STATE_ON
        assert entry.runtime_data.lot.arrivals == 1
        assert memory.empty["a04"]["empty_m"] == 2.3
    assert ("a02" in memory.empty) is good("lot", of_row=True) or store == "lot"
    assert (guidance.of_driver("bob") is not None) is good("holds")
    assert (guidance.of_driver("ann") is not None) is good("holds", of_row=True)
    if good("promotions"):
        assert shown(entry) == before
    pages = [await phone.look() for phone in parked]
    if good("visitors"):
        assert (pages[1].status, pages[1].text("bay")) == ("parked", "A02")
    assert (pages[0].status == "parked") is good("visitors", of_row=True)
    assert data_of(hass).wifi.visits == good("visits", of_row=True)
    told = 2 * good("visitors") - (good("visitors") is not good("visitors", of_row=True))
    assert subscribed(hass) == told * good("push", of_row=True)


@pytest.mark.parametrize(("store", "name", "damage"), CASES)
async def test_36_what_is_good_is_used_and_the_owner_is_told(
    hass: HomeAssistant,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    disk: Disk,
    parked: list[Phone],
    store: str,
    name: str,
    damage: Damage,
) -> None:
    spoilt: list[bytes] = []
    before = shown(entry)

    def spoil() -> None:
        spoilt.append(disk.spoil(FILES[store], damage))
        hass.data.pop(KEYS)

    await disk.cut_power(entry, spoil)
    hand.settle("North", A01=EMPTY_M, A02=EMPTY_M)

    assert entry.state is ConfigEntryState.LOADED
    is_usable = name in USABLE or name == "unknown key"
    await check(hass, entry, parked, before, store, is_whole=name in WHOLE, is_usable=is_usable)
    assert disk.copies(FILES[store]) == spoilt
    issues = [one for one in ir.async_get(hass).issues.values() if one.domain == DOMAIN]
    assert [one.translation_key for one in issues] == [f"store_damaged_{store}"]

    # What could be read has been written anew: once is enough.
    await skip(hass, 2.0)
    await disk.cut_power(entry, lambda: hass.data.pop(KEYS))
    assert entry.state is ConfigEntryState.LOADED
    assert disk.copies(FILES[store]) == spoilt


async def test_36_who_has_seen_it_is_told_no_more(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, disk: Disk, parked: list[Phone]
) -> None:
    damage = of_row(ROWS["holds"]["missing key"])
    await disk.cut_power(entry, lambda: disk.spoil(FILES["holds"], damage))
    issue_id = f"{FILES['holds']}_damaged"
    shown = await repair.begin(hass, issue_id)
    assert shown["description_placeholders"]["lost"] == "0"
    assert ".holds.corrupt." in shown["description_placeholders"]["copy"]
    await repair.go_on(hass, shown, {})

    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_36_a_deleted_lot_takes_the_copies_along(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, disk: Disk, parked: list[Phone]
) -> None:
    damage = of_row(ROWS["visitors"]["wrong type"])
    await disk.cut_power(entry, lambda: disk.spoil(FILES["visitors"], damage))
    assert disk.copies(FILES["visitors"])
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert disk.files() == {}
    assert not [one for one in ir.async_get(hass).issues.values() if one.domain == DOMAIN]


@pytest.mark.parametrize("what", ["promotions", "push messages", "facts for search engines"])
async def test_36_the_page_works_without_what_fails(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("out of order")

    part = {
        "promotions": "visitor.page_data.async_promotion_for",
        "push messages": "visitor.page_data.async_get_prompt",
        "facts for search engines": "open_data.publisher.OpenDataPublisher.async_facts",
    }[what]
    monkeypatch.setattr(f"custom_components.smart_parking.{part}", fail)
    phone = phones()

    assert (await phone.look()).status == "none"
    assert (await phone.tap("guide")).status == "held"
    assert caplog.text.count(f"The visitors' page is shown without {what}") == 1


# Whatever is in a file, reading it raises nothing.

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
known_names = st.sampled_from(
    ["hold_id", "driver", "kind", "until", "declined", "seen", "parked", "push", "titles", "days"]
)
like_ours = st.dictionaries(known_names, json_values, max_size=6)


@given(json_values | like_ours | st.lists(like_ours, max_size=3))
def test_36_whatever_is_in_a_file(data: Data) -> None:
    losses = Losses()
    holds = Stored(data, losses).rows(Hold.from_data)
    sessions = Stored(data, losses).each(Session.from_data)
    ledger = Stored(data, losses).read(Ledger.from_data)

    assert all(isinstance(hold, Hold) for hold in holds)
    assert all(isinstance(session, Session) for session in sessions.values())
    assert ledger.to_data().keys() == {"titles", "totals", "days"}
    assert losses
