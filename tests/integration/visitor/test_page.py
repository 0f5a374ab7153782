"""The page as one reads it whose phone runs no scripts."""

import asyncio
import json
import threading

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.lot.model import Fault
from custom_components.smart_parking.rendering.scene import SceneData
from custom_components.smart_parking.visitor import plan_drawings
from tests.integration.lots import CAR_M, EMPTY_M, add, bay, change, node, remove
from tests.integration.sources.driven import Hand
from tests.integration.visitor.conftest import Phones
from tests.integration.visitor.phones import BASE, Phone, set_options


async def test_it_says_the_nearest_free_bay_and_the_way_to_it(phone: Phone) -> None:
    page = await phone.look()

    assert page.status == "none"
    assert (page.text("name"), page.text("free")) == ("Garage", "3 free")
    assert (page.text("say"), page.text("bay")) == ("The nearest free bay", "A01")
    assert page.text("way") == "25 m, on the left"
    assert page.get("turn")["data-side"] == "left"
    assert page.buttons["guide"] == "Take me there"
    assert "A01" in page.text("plan")


async def test_it_follows_the_lot(phone: Phone, hand: Hand) -> None:
    await phone.look()
    hand.settle("North", A01=CAR_M)

    page = await phone.look()

    assert (page.text("bay"), page.text("free")) == ("A02", "2 free")


async def test_kind_and_gate_are_chosen_by_links_and_remembered_by_the_phone(phone: Phone) -> None:
    page = await phone.look()
    assert page.offered["kind"] == ["standard", "ev"]
    assert page.offered["gate"] == ["main", "back"]
    assert page.chosen == {"kind": "standard", "gate": "main", "lang": "en"}

    await phone.look("?kind=ev")
    await phone.look("?gate=back")
    page = await phone.look()

    assert page.chosen == {"kind": "ev", "gate": "back", "lang": "en"}
    assert (page.text("bay"), page.text("free")) == ("A04", "4 free")


async def test_the_choice_is_for_the_next_bay_too(phone: Phone) -> None:
    await phone.look("?kind=ev")

    assert (await phone.tap("guide")).text("bay") == "A04"


@pytest.mark.parametrize("nonsense", ["kind=staff", "kind=boat", "gate=nowhere", "lang=xx"])
async def test_what_there_is_not_cannot_be_chosen(phone: Phone, nonsense: str) -> None:
    page = await phone.look(f"?{nonsense}")

    assert page.chosen == {"kind": "standard", "gate": "main", "lang": "en"}


async def test_a_kind_that_is_no_more_is_forgotten(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    await phone.look("?kind=ev&gate=back")
    await change(hass, entry, "north", bays=[bay("A01", 20.0)])
    await remove(hass, entry, "back")

    # There is no other gate to choose, either.
    assert (await phone.look()).chosen == {"kind": "standard", "lang": "en"}


async def test_bays_of_the_staff_are_not_for_visitors(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phone: Phone
) -> None:
    await change(hass, entry, "north", bays=[bay("S01", 20.0, kind="staff")])
    hand.settle("North", S01=EMPTY_M)

    page = await phone.look("?kind=staff")

    assert page.offered["kind"] == ["standard"]
    assert page.text("bay") == "Full"
    await phone.tap("guide", kind="staff")
    assert (await phone.look()).status == "waiting"


@pytest.mark.parametrize(
    ("accepted", "language", "guide"),
    [
        ("de-CH,de;q=0.9,en;q=0.5", "de", "Dorthin führen"),
        ("nl,fr;q=0.8,en;q=0.7", "fr", "Y aller"),
        ("en;q=0.1,es-419;q=0.9", "es", "Lléveme allí"),
        ("hi", "hi", "मुझे वहाँ ले चलें"),
        ("nl", "en", "Take me there"),
        ("de;q=0", "en", "Take me there"),
        ("de;q=soon,", "en", "Take me there"),
    ],
)
async def test_it_speaks_the_language_of_the_browser(
    phones: Phones, accepted: str, language: str, guide: str
) -> None:
    page = await phones(**{"Accept-Language": accepted}).look()

    assert page.all("html")[0]["lang"] == language
    assert page.buttons["guide"] == guide


async def test_another_language_can_be_chosen(phones: Phones) -> None:
    phone = phones(**{"Accept-Language": "de"})
    await phone.look("?lang=fr")

    assert (await phone.look()).text("say") == "La place libre la plus proche"


async def test_a_full_lot_says_so_and_offers_to_wait(phone: Phone, hand: Hand) -> None:
    hand.settle("North", A01=CAR_M, A02=CAR_M, A03=CAR_M)

    page = await phone.look()

    assert (page.text("bay"), page.text("free")) == ("Full", "0 free")
    assert page.buttons["guide"] == "Wait for a bay"
    assert page.get("go")["hidden"] is None
    # Who needs to charge finds a bay.
    assert (await phone.look("?kind=ev")).text("bay") == "A04"


async def test_of_a_lot_that_is_not_known_it_says_nothing(phone: Phone, hand: Hand) -> None:
    hand.settle("North", **dict.fromkeys(("A01", "A02", "A03", "A04"), Fault.NO_RESPONSE))

    page = await phone.look()

    assert page.text("say") == "Nothing is known of the bays at the moment."
    assert page.text("bay") == "?"
    assert "guide" not in page.buttons


async def test_a_lot_without_a_gate_shows_its_numbers(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    for one in ("main", "back"):
        await remove(hass, entry, one)

    page = await phone.look()

    assert page.text("free") == "3 free"
    assert "no gate" in page.text("say")
    assert "guide" not in page.buttons
    assert page.get("plan").keys() >= {"hidden"}
    assert page.start["gate"] is None
    assert (await phone.get("plan.svg")).status == 404


async def test_levels_and_rows_are_named_where_there_are_several(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, hand: Hand, phone: Phone
) -> None:
    bays = [bay("B01", 20.0, y=6.0, level="2"), bay("B02", 22.5, y=6.0, level="2")]
    bays += [bay("C01", 20.0, y=12.0, level="2"), bay("C02", 22.5, y=12.0, level="2")]
    await add(hass, entry, node("Up", bays))
    hand.settle("Up", B01=EMPTY_M, B02=EMPTY_M, C01=EMPTY_M, C02=EMPTY_M)
    hand.settle("North", A01=CAR_M, A02=CAR_M, A03=CAR_M)

    page = await phone.look()

    assert (page.text("bay"), page.text("where")) == ("B01", "Level 2, row B")


async def test_a_script_is_given_what_it_begins_with(phone: Phone) -> None:
    start = (await phone.look("?lang=de&kind=ev&gate=back")).start

    assert (start["lang"], start["kind"], start["gate"]) == ("de", "ev", 1)
    assert start["texts"]["guide"] == "Dorthin führen"
    assert start["texts"]["left"] == "links"
    assert start["mine"]["status"] == "none"


async def test_machines_read_what_the_lot_is_if_an_owner_lets_them(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    assert "ld+json" not in (await phone.look()).source
    await set_options(hass, entry, feeds=["schema_org"])
    source = (await phone.look()).source
    text = source.split('<script type="application/ld+json">')[1].split("</script>")[0]
    facts = json.loads(text)

    assert (facts["@type"], facts["name"]) == ("ParkingFacility", "Garage")
    assert [one["value"] for one in facts["additionalProperty"]] == [3]
    assert {one["name"]: one["value"] for one in facts["amenityFeature"]} == {
        "ordinary bays": 3,
        "charging bays": 1,
    }


async def test_what_it_needs_is_found_beside_it(phone: Phone) -> None:
    response = await phone.session.get(BASE.rstrip("/") + "?lang=de", allow_redirects=False)

    assert (response.status, response.headers["Location"]) == (303, f"{BASE}?lang=de")


async def test_a_phone_that_keeps_nothing_is_still_spoken_to_as_it_chose(phone: Phone) -> None:
    page = await phone.look("?lang=de&kind=ev")
    refresh = next(one["content"] for one in page.all("meta") if one.get("http-equiv") == "refresh")
    assert refresh is not None
    phone.jar.clear()

    again = await phone.look(refresh.partition("url=")[2])

    assert again.all("html")[0]["lang"] == "de"
    assert again.chosen["kind"] == "ev"


async def test_a_sign_leads_to_it_by_a_short_address(phone: Phone) -> None:
    response = await phone.session.get("/park/secretse?gate=back")

    assert response.url.path_qs == f"{BASE}?gate=back"
    assert 'data-gate="back" aria-current="true"' in await response.text()


async def test_the_plan_can_be_had_alone(phone: Phone) -> None:
    response = await phone.get("plan.svg")

    assert response.content_type == "image/svg+xml"
    assert "A01" in await response.text()


async def test_too_many_who_want_a_plan_at_once_are_asked_to_wait(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_drawings, "WAITING_MAX", 0)

    response = await phone.get("plan.svg")

    assert (response.status, response.headers["Retry-After"]) == (429, "5")
    # The page can do without it.
    page = await phone.look()
    assert page.text("bay") == "A01"
    assert page.get("plan").keys() >= {"hidden"}


async def test_plans_are_kept_until_the_lot_changes_but_not_for_ever(
    phone: Phone, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    draw = plan_drawings._draw  # noqa: SLF001  (where a plan is really drawn)

    def draw_and_note(scene_data: SceneData, name: str, *alone: bool) -> str:
        made.append(scene_data.gate.name)
        return draw(scene_data, name, *alone)

    monkeypatch.setattr(plan_drawings, "_draw", draw_and_note)
    monkeypatch.setattr(plan_drawings, "CACHED_MAX", 1)
    for gate in ("main", "main", "back", "main"):
        await phone.look(f"?gate={gate}")
    assert made == ["Main", "Back", "Main"]
    hand.settle("North", A03=CAR_M)
    await phone.look()
    assert len(made) == 4


class SlowPencil:
    """Draws as it is drawn really, and then waits until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Capture the place of the real one."""
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.drawings = 0
        self._draw = plan_drawings._draw  # noqa: SLF001  (where a plan is really drawn)
        monkeypatch.setattr(plan_drawings, "_draw", self.draw)

    def draw(self, scene_data: SceneData, name: str, *alone: bool) -> str:
        """Draw a plan."""
        drawing = self._draw(scene_data, name, *alone)
        self.drawings += 1
        self.begun.set()
        self.may_end.wait(20.0)
        return drawing


async def test_who_wants_the_same_plan_waits_for_the_same(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    pencil = SlowPencil(monkeypatch)
    first = asyncio.create_task(phones().get("plan.svg"))
    assert await asyncio.to_thread(pencil.begun.wait, 20.0)
    second = asyncio.create_task(phones().get("plan.svg"))
    await asyncio.wait([second], timeout=0.1)
    pencil.may_end.set()

    assert await (await first).text() == await (await second).text()
    assert pencil.drawings == 1


async def test_a_plan_that_was_overtaken_by_the_lot_is_not_kept(
    phone: Phone, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    pencil = SlowPencil(monkeypatch)
    slow = asyncio.create_task(phone.get("plan.svg"))
    assert await asyncio.to_thread(pencil.begun.wait, 20.0)
    hand.settle("North", A02=CAR_M)
    pencil.may_end.set()
    before = await (await slow).text()

    after = await (await phone.get("plan.svg")).text()

    assert after != before


async def test_it_is_neither_kept_nor_framed_and_runs_nothing_but_its_own(phone: Phone) -> None:
    response = await phone.get()

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in response.headers["Permissions-Policy"]
    policy = dict(
        part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert "<style" not in await response.text()


async def test_it_needs_nothing_from_elsewhere_and_no_script_in_itself(phone: Phone) -> None:
    page = await phone.look()

    for tag in ("script", "link", "img"):
        for one in page.all(tag):
            address = one.get("src") or one.get("href") or ""
            assert "//" not in address
            assert address or one["type"] in ("application/json", "application/ld+json")
    assert not [name for _, one in page.tags for name in one if name.startswith("on")]
    assert not [one for _, one in page.tags if "style" in one]


async def test_it_is_small(phone: Phone) -> None:
    response = await phone.session.get(BASE, headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) < 12_000


async def test_it_tells_nothing_of_the_house(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, phone: Phone
) -> None:
    hass.config.location_name = "Villa Smith"
    await set_options(hass, entry, hold_minutes=4)
    source = (await phone.look()).source
    source += (await phone.tap("guide")).source

    for secret in ("Villa", "binary_sensor", "sensor.", entry.entry_id + '"', "visitor:"):
        assert secret not in source
