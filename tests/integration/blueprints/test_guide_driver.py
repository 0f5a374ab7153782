"""Drivers join the Wi-Fi, and their phones lead them to a bay."""

from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.const import ATTR_ENTITY_ID, MATCH_ALL, SERVICE_TOGGLE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.smart_parking.const import EVENT
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.holds.hold import HoldStatus
from custom_components.smart_parking.lot.model import Fault
from tests.integration.blueprints.phones import (
    MOBILE_APP,
    Phone,
    RouterTracker,
    add,
    have_people,
    have_phone,
    quiet,
)
from tests.integration.blueprints.shipped import (
    ask,
    automate,
    have_no_promotions,
    let,
    pass_time,
    set_options,
)
from tests.integration.logs import complaints
from tests.integration.lots import CAR_M, EMPTY_M, LOT_ID, add as add_part, said
from tests.integration.promotions.shops import promotion
from tests.integration.sources.driven import Hand

type Client = TestClient[web.Request, web.Application]

BLUEPRINT = "guide_driver"
ON_THE_WAY_S = 60.0
"""Time enough to drive to any bay."""
HOLD_S = 240.0


@pytest.fixture(name="guided")
async def guided_fixture(hass: HomeAssistant, people: list[str]) -> None:
    """Guide Anna and Ben by one automation."""
    await automate(hass, BLUEPRINT, {"drivers": people})


@pytest.mark.usefixtures("guided")
async def test_two_who_come_together_are_sent_to_different_bays(
    hass: HomeAssistant, anna: Phone, ben: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    anna.go(home=True)
    ben.go(home=True)
    await quiet(hass)
    assert {anna.title, ben.title} == {"Park in A01", "Park in A02"}
    assert (anna.heard, ben.heard) == (1, 1)
    assert complaints(caplog) == []


@pytest.mark.usefixtures("guided")
async def test_the_message_says_the_way_and_for_how_long(
    hass: HomeAssistant, anna: Phone, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-20T08:00:00+00:00")
    await anna.come()
    assert anna.text == "40 m, straight ahead. Kept for you until 09:04."
    assert anna.buttons == ["Navigate", "Another bay", "I parked"]
    assert anna.screen is not None
    data = anna.screen["data"]
    assert data["actions"][0] == {
        "action": "URI",
        "title": "Navigate",
        "uri": "/smart-parking",
    }
    assert data["when"] == freezer().timestamp() + HOLD_S


@pytest.mark.usefixtures("guided")
async def test_a_driver_whose_bay_is_taken_is_sent_elsewhere(
    hass: HomeAssistant, anna: Phone, hand: Hand
) -> None:
    await anna.come()
    await let(hass, hand, A01=CAR_M)
    assert anna.title == "Park in A02"
    assert anna.text.startswith("A01 has just been taken. 45 m,")


@pytest.mark.usefixtures("guided")
@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("fault", "The sensor of A01 has failed. "),
        ("closed", "A01 has been closed. "),
    ],
)
async def test_the_message_says_why_it_has_changed(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    what: str,
    why: str,
) -> None:
    await anna.come()
    if what == "fault":
        await let(hass, hand, A01=Fault.NO_RESPONSE)
    else:
        entry.runtime_data.coordinator.async_set_out_of_service("a01", out=True)
        await quiet(hass)
    assert anna.title == "Park in A02"
    assert anna.text.startswith(why)


@pytest.mark.usefixtures("guided")
async def test_who_arrives_is_asked_and_says_yes(
    hass: HomeAssistant, anna: Phone, ben: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    await ben.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    assert anna.title == "Parked in A01?"
    assert anna.buttons == ["Yes", "No, it was taken"]
    await anna.press("Yes")
    assert anna.screen is None
    assert ben.title == "Park in A02"


@pytest.mark.usefixtures("guided")
async def test_who_finds_the_bay_taken_is_sent_elsewhere(
    hass: HomeAssistant, anna: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    await anna.press("No, it was taken")
    assert anna.title == "Park in A02"
    assert anna.text.startswith("A01 is noted as taken.")


@pytest.mark.usefixtures("guided")
async def test_who_does_not_answer_is_left_alone(
    hass: HomeAssistant, anna: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    await pass_time(hass, freezer, 600.0)
    assert anna.screen is None


@pytest.mark.usefixtures("guided")
async def test_who_has_parked_before_it_is_seen_is_not_asked(
    hass: HomeAssistant, anna: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await anna.press("I parked")
    assert anna.screen is None
    await let(hass, hand, A01=CAR_M)
    assert (anna.screen, anna.heard) == (None, 1)


@pytest.mark.usefixtures("guided")
async def test_a_button_of_an_old_message_speaks_for_no_other_bay(
    hass: HomeAssistant, anna: Phone, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await anna.come()
    old = anna.screen
    await let(hass, hand, A01=CAR_M)
    assert anna.title == "Park in A02"
    tag, _ = anna.shown.popitem()
    assert old is not None
    anna.shown[tag] = old
    await anna.press("I parked")
    (hold,) = entry.runtime_data.guidance.all()
    assert (hold.bay_id, hold.status) == ("a02", HoldStatus.HELD)


@pytest.mark.usefixtures("guided")
async def test_nothing_that_is_recorded_speaks_for_a_hold(
    hass: HomeAssistant, anna: Phone, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    recorded: list[str] = []

    @callback
    def record(event: Event[Any]) -> None:
        """Note what the recorder would write down: all but the event that it leaves out."""
        if event.event_type != EVENT:
            recorded.append(json_dumps(event.data))

    hass.bus.async_listen(MATCH_ALL, record)
    await anna.come()
    (hold,) = entry.runtime_data.guidance.all()
    await anna.press("Another bay")
    await let(hass, hand, A02=CAR_M)
    await anna.press("Stop waiting")
    assert any("Park in A02" in one for one in recorded)
    assert not [one for one in recorded if hold.hold_id in one or "authSig" in one]


@pytest.mark.usefixtures("guided")
async def test_another_bay(hass: HomeAssistant, anna: Phone, ben: Phone) -> None:
    await anna.come()
    await anna.press("Another bay")
    assert anna.title == "Park in A02"
    await ben.come()
    assert ben.title == "Park in A01"


@pytest.mark.usefixtures("guided")
async def test_there_is_no_other_bay(hass: HomeAssistant, anna: Phone, ben: Phone) -> None:
    await anna.come()
    await ben.come()
    await anna.press("Another bay")
    assert anna.title == "Park in A01"
    assert anna.text.startswith("No other bay is free. 40 m,")
    assert anna.buttons == ["Navigate", "Another bay", "I parked"]
    assert ben.heard == 1


@pytest.mark.usefixtures("guided")
async def test_who_comes_to_a_full_lot_waits_for_a_bay(
    hass: HomeAssistant, anna: Phone, ben: Phone, hand: Hand
) -> None:
    await let(hass, hand, A01=CAR_M, A02=CAR_M)
    await anna.come()
    await ben.come()
    assert (anna.title, ben.title) == ("All bays are taken", "All bays are taken")
    assert anna.text.startswith("You are number 1 in the queue")
    assert ben.text.startswith("You are number 2 in the queue")
    await let(hass, hand, A02=EMPTY_M)
    assert (anna.title, ben.title) == ("Park in A02", "All bays are taken")


@pytest.mark.usefixtures("guided")
async def test_who_waits_no_longer_gives_the_place_to_the_next(
    hass: HomeAssistant, anna: Phone, ben: Phone, hand: Hand
) -> None:
    await let(hass, hand, A01=CAR_M, A02=CAR_M)
    await anna.come()
    await ben.come()
    await anna.press("Stop waiting")
    assert anna.screen is None
    await let(hass, hand, A02=EMPTY_M)
    assert (anna.screen, ben.title) == (None, "Park in A02")


@pytest.mark.usefixtures("guided")
async def test_who_has_waited_too_long_is_told(
    hass: HomeAssistant, anna: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await let(hass, hand, A01=CAR_M, A02=CAR_M)
    await anna.come()
    await pass_time(hass, freezer, 1800.0)
    assert (anna.title, anna.buttons) == ("No bay has become free", ["Find me a bay"])


@pytest.mark.usefixtures("guided")
async def test_a_full_queue_can_be_tried_again(
    hass: HomeAssistant, anna: Phone, ben: Phone, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await set_options(hass, entry, queue_max=1)
    await let(hass, hand, A01=CAR_M, A02=CAR_M)
    await anna.come()
    await ben.come()
    assert ben.text.startswith("The queue is full, too.")
    await ben.press("Find me a bay")
    assert ben.text.startswith("The queue is full, too.")
    await anna.press("Stop waiting")
    await ben.press("Find me a bay")
    assert ben.text.startswith("You are number 1 in the queue")


@pytest.mark.usefixtures("guided")
async def test_who_takes_too_long_is_told_and_may_ask_again(
    hass: HomeAssistant, anna: Phone, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    await pass_time(hass, freezer, HOLD_S)
    assert (anna.title, anna.buttons) == ("A01 is kept for you no longer", ["Find me a bay"])
    await anna.press("Find me a bay")
    assert anna.title == "Park in A01"


@pytest.mark.usefixtures("guided")
async def test_a_message_that_is_out_of_date_still_helps(
    hass: HomeAssistant, anna: Phone, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    old = anna.screen
    assert old is not None
    await pass_time(hass, freezer, HOLD_S)
    for button, title in (("Another bay", "Park in A01"), ("I parked", None)):
        anna.shown = {old["data"]["tag"]: old}
        await anna.press(button)
        assert anna.title == title


@pytest.mark.usefixtures("guided")
async def test_who_finds_a_bay_taken_too_late_is_guided_anew(
    hass: HomeAssistant, anna: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    question = anna.screen
    assert question is not None
    await pass_time(hass, freezer, 600.0)
    anna.shown = {question["data"]["tag"]: question}
    await anna.press("No, it was taken")
    assert anna.title == "Park in A02"


@pytest.mark.usefixtures("guided")
async def test_who_finds_a_bay_taken_too_late_may_find_the_lot_full(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await set_options(hass, entry, queue_max=0)
    await anna.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M, A02=CAR_M)
    question = anna.screen
    assert question is not None
    await pass_time(hass, freezer, 600.0)
    anna.shown = {question["data"]["tag"]: question}
    await anna.press("No, it was taken")
    assert anna.text.startswith("The queue is full, too.")


@pytest.mark.usefixtures("guided")
async def test_a_bay_that_the_owner_gives_away_is_told(hass: HomeAssistant, anna: Phone) -> None:
    await anna.come()
    await ask(hass, "release", driver="person.anna")
    assert anna.title == "A01 is kept for you no longer"


@pytest.mark.usefixtures("guided")
async def test_more_time_is_told(hass: HomeAssistant, anna: Phone) -> None:
    await anna.come()
    before = anna.text
    await ask(hass, "extend", driver="person.anna", minutes=10)
    assert anna.title == "Park in A01"
    assert anna.text != before


@pytest.mark.usefixtures("guided")
async def test_a_phone_that_flaps_is_told_once(hass: HomeAssistant, anna: Phone) -> None:
    await anna.come()
    await anna.leave()
    await anna.come()
    await anna.switch(off=True)
    await anna.switch(off=False)
    assert (anna.title, anna.heard) == ("Park in A01", 1)


@pytest.mark.usefixtures("anna")
async def test_a_tracker_that_works_again_has_not_come(hass: HomeAssistant, anna: Phone) -> None:
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.switch(off=True)
    anna.is_off = False
    await anna.come()
    assert anna.heard == 0
    await anna.leave()
    await anna.come()
    assert anna.title == "Park in A01"


async def test_who_has_several_trackers_gets_one_bay(hass: HomeAssistant, anna: Phone) -> None:
    router = RouterTracker("Anna's phone in the Wi-Fi")
    await add(hass, router, "router")
    trackers = [anna.entity_id, router.entity_id]
    await have_people(hass, anna=trackers)
    await automate(hass, BLUEPRINT, {"drivers": ["person.anna", *trackers]})
    await router.see(sees=True)
    await anna.come()
    assert (anna.title, anna.heard) == ("Park in A01", 1)
    assert said(hass, "free_standard") == "1"


async def test_a_router_knows_whose_phone_it_sees(hass: HomeAssistant, anna: Phone) -> None:
    router = RouterTracker("Anna's phone in the Wi-Fi")
    await add(hass, router, "router")
    await have_people(hass, anna=[anna.entity_id, router.entity_id])
    await automate(hass, BLUEPRINT, {"drivers": [router.entity_id]})
    await router.see(sees=True)
    assert anna.title == "Park in A01"


async def test_the_phones_of_a_tracker_of_nobody_are_named(
    hass: HomeAssistant, anna: Phone, ben: Phone
) -> None:
    phones = [device.id for device in dr.async_get(hass).devices if device.name == "Ben's phone"]
    await automate(hass, BLUEPRINT, {"drivers": ["device_tracker.van"], "phones": phones})
    hass.states.async_set("device_tracker.van", "not_home")
    hass.states.async_set("device_tracker.van", "home")
    await quiet(hass)
    assert (anna.title, ben.title) == (None, "Park in A01")


async def test_no_bay_is_kept_for_who_cannot_be_told(hass: HomeAssistant) -> None:
    mute = await have_phone(hass, "Old phone", may_be_told=False)
    await have_people(hass, anna=[mute.entity_id])
    await automate(hass, BLUEPRINT, {"drivers": ["person.anna"]})
    await mute.come()
    assert said(hass, "free_standard") == "2"


async def test_another_zone(hass: HomeAssistant, anna: Phone) -> None:
    hass.states.async_set(
        "zone.work",
        "0",
        {"latitude": 10.0, "longitude": 20.0, "radius": 100, "friendly_name": "Work"},
    )
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id], "zone": "zone.work"})
    await anna.come()
    assert anna.heard == 0
    await anna.be_at(10.0, 20.0)
    assert anna.title == "Park in A01"


async def test_kind_gate_and_lot_are_the_automations(
    hass: HomeAssistant, anna: Phone, ben: Phone, people: list[str]
) -> None:
    await automate(
        hass,
        BLUEPRINT,
        {"drivers": ["person.anna"], "kind": "ev", "lot": LOT_ID},
        {"drivers": ["person.ben"], "gate": "Back"},
    )
    await anna.come()
    await ben.come()
    assert (anna.title, ben.title) == ("Park in A03", "Park in A02")
    await anna.press("Another bay")
    assert (anna.title, anna.heard, ben.heard) == ("Park in A01", 2, 1)


async def test_what_happens_in_another_lot_is_not_told(
    hass: HomeAssistant, anna: Phone, people: list[str]
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": people, "lot": "another"})
    await ask(hass, "guide", driver="person.anna")
    assert anna.heard == 0


async def test_two_automations_do_not_answer_one_press(
    hass: HomeAssistant, anna: Phone, hand: Hand, people: list[str]
) -> None:
    await let(hass, hand, A03=CAR_M)
    await automate(hass, BLUEPRINT, {"drivers": people}, {"drivers": people, "lot": LOT_ID})
    await anna.come()
    assert {one["title"] for one in anna.shown.values()} == {"Park in A01"}
    newest = next(iter(anna.shown.values()))
    anna.shown = {newest["data"]["tag"]: newest}
    await anna.press("Another bay")
    assert {one["title"] for one in anna.shown.values()} == {"Park in A02"}


async def test_only_who_comes_by_car_is_guided(hass: HomeAssistant, anna: Phone) -> None:
    in_car = {"condition": "state", "entity_id": "input_boolean.in_car", "state": "on"}
    hass.states.async_set("input_boolean.in_car", "off")
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id], "only_if": [in_car]})
    await anna.come()
    assert anna.heard == 0
    await anna.leave()
    hass.states.async_set("input_boolean.in_car", "on")
    await anna.come()
    assert anna.title == "Park in A01"


@pytest.mark.parametrize(
    ("language", "title", "buttons"),
    [
        ("de", "Parken Sie auf A01", ["Hinführen", "Anderer Platz", "Ich stehe"]),
        ("es", "Aparque en A01", ["Guiarme", "Otra plaza", "He aparcado"]),
        ("fr", "Garez-vous en A01", ["Me guider", "Autre place", "Je suis garé"]),
        ("hi", "A01 में पार्क करें", ["रास्ता दिखाएँ", "दूसरी जगह", "पार्क कर दिया"]),
    ],
)
async def test_languages(
    hass: HomeAssistant, anna: Phone, language: str, title: str, buttons: list[str]
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id], "language": language})
    await anna.come()
    assert (anna.title, anna.buttons) == (title, buttons)


@pytest.mark.usefixtures("guided")
async def test_an_automation_that_was_off_meanwhile_goes_on(
    hass: HomeAssistant, anna: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await anna.come()
    for _ in range(2):
        await hass.services.async_call(
            AUTOMATION,
            SERVICE_TOGGLE,
            {ATTR_ENTITY_ID: f"{AUTOMATION}.{BLUEPRINT}_1"},
            blocking=True,
        )
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    assert anna.title == "Parked in A01?"


@pytest.mark.usefixtures("guided")
async def test_what_other_apps_ask_is_not_ours(hass: HomeAssistant, anna: Phone) -> None:
    await anna.come()
    for data in ({}, {"action": "OPEN_GARAGE"}, {"action": "a|another|person.anna|x"}):
        hass.bus.async_fire(f"{MOBILE_APP}_notification_action", data)
    await quiet(hass)
    assert (anna.title, anna.heard) == ("Park in A01", 1)


@pytest.mark.usefixtures("guided")
async def test_bays_kept_for_others_are_not_told(hass: HomeAssistant, anna: Phone) -> None:
    await ask(hass, "guide", driver="visitor")
    await ask(hass, "guide")
    await anna.come()
    assert anna.title == "All bays are taken"


async def test_the_first_message_ends_with_a_promotion(
    hass: HomeAssistant, anna: Phone, hand: Hand, entry: SmartParkingConfigEntry
) -> None:
    await add_part(hass, entry, promotion("Bakery", text="Coffee and cake."))
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.come()
    assert anna.text.endswith(".\nAd: Bakery · Coffee and cake.")
    await let(hass, hand, A01=CAR_M)
    assert "Bakery" not in anna.text


async def test_a_promotion_that_cannot_be_had_keeps_no_message_back(
    hass: HomeAssistant, anna: Phone
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    have_no_promotions(hass)
    await anna.come()
    assert anna.title == "Park in A01"


async def test_promotions_may_be_off(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_part(hass, entry, promotion("Bakery"))
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id], "promotions": False})
    await anna.come()
    assert "Bakery" not in anna.text
    await park(hass, anna, hand, freezer)
    assert (anna.screen, counted(entry)) == (None, (0, 0, 0))


WHOLE = promotion(
    "Bakery",
    text="Coffee and cake.",
    link="https://bakery.example/",
    picture_path="/local/cake.png",
)
FOLLOW = "Ad: Bakery"


async def park(
    hass: HomeAssistant, phone: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    """Make a driver park in A01 and say so."""
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    await phone.press("Yes")


def counted(entry: SmartParkingConfigEntry) -> tuple[int, int, int]:
    """Return the impressions, visits and clicks of the bakery."""
    counts = entry.runtime_data.promotions.counts("bakery")
    return counts.impressions, counts.visits, counts.clicks


async def follow(address: str, client: Client) -> str:
    """Open an address in a browser that is not logged in, and return where it leads."""
    response = await client.get(URL(address).raw_path_qs, allow_redirects=False)
    return response.headers["Location"]


async def test_the_last_button_leads_to_the_shop_and_takes_no_place_of_guidance(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await add_part(hass, entry, WHOLE)
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.come()
    assert anna.screen is not None
    assert anna.buttons == ["Navigate", "Another bay", "I parked", FOLLOW]
    assert anna.screen["data"]["image"].startswith("/api/smart_parking/way/")
    client = await hass_client_no_auth()
    assert await follow(anna.opens(FOLLOW), client) == "https://bakery.example/"
    assert counted(entry) == (1, 1, 1)
    # Who is sent elsewhere is in a hurry.
    await let(hass, hand, A01=CAR_M)
    assert anna.buttons == ["Navigate", "Another bay", "I parked"]


async def test_without_a_link_there_is_no_button(
    hass: HomeAssistant, anna: Phone, entry: SmartParkingConfigEntry
) -> None:
    await add_part(hass, entry, promotion("Bakery"))
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.come()
    assert anna.buttons == ["Navigate", "Another bay", "I parked"]


async def test_who_has_parked_is_shown_a_promotion(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await add_part(hass, entry, {**WHOLE, "data": {**WHOLE["data"], "when": "after"}})
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.come()
    assert anna.buttons == ["Navigate", "Another bay", "I parked"]
    await park(hass, anna, hand, freezer)
    assert (anna.title, anna.text) == ("Garage", "Ad: Bakery · Coffee and cake.")
    assert anna.screen is not None
    data = anna.screen["data"]
    assert data["image"].startswith("/api/smart_parking/promotion/garage/bakery/picture")
    assert data["url"] == data["clickAction"] == anna.opens(FOLLOW)
    # It makes no sound.
    assert (data["importance"], data["push"]) == ("low", {"interruption-level": "passive"})
    await follow(data["url"], await hass_client_no_auth())
    assert counted(entry) == (1, 1, 1)


async def test_a_promotion_of_words_only_is_shown_as_such(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_part(hass, entry, promotion("Bakery", when="after"))
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id], "language": "de"})
    await anna.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await let(hass, hand, A01=CAR_M)
    await anna.press("Ja")
    assert (anna.title, anna.text) == ("Garage", "Anzeige: Bakery")
    assert anna.screen is not None
    assert not anna.screen["data"].keys() & {"image", "url", "clickAction", "actions"}


async def test_who_has_parked_before_it_is_seen_is_shown_a_promotion_when_it_is(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_part(hass, entry, promotion("Bakery", when="after"))
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.come()
    await pass_time(hass, freezer, ON_THE_WAY_S)
    await anna.press("I parked")
    assert anna.screen is None
    await let(hass, hand, A01=CAR_M)
    assert anna.text == "Ad: Bakery"
    assert counted(entry) == (1, 1, 0)


async def test_a_promotion_after_parking_stays_out_of_the_way_of_the_next_bay(
    hass: HomeAssistant,
    anna: Phone,
    hand: Hand,
    entry: SmartParkingConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await add_part(hass, entry, promotion("Bakery", when="after"))
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.come()
    await park(hass, anna, hand, freezer)
    await let(hass, hand, A01=EMPTY_M)
    await pass_time(hass, freezer, HOLD_S)
    await anna.leave()
    await anna.come()
    assert [one["title"] for one in anna.shown.values()] == ["Garage", "Park in A01"]


async def test_a_promotion_that_cannot_be_had_keeps_nothing_on_the_phone(
    hass: HomeAssistant, anna: Phone, hand: Hand, freezer: FrozenDateTimeFactory
) -> None:
    await automate(hass, BLUEPRINT, {"drivers": [anna.entity_id]})
    await anna.come()
    have_no_promotions(hass)
    await park(hass, anna, hand, freezer)
    assert anna.screen is None
