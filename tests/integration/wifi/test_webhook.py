"""Access points report phones that join; visits are counted without identities."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import logging
from types import MappingProxyType

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.webhook import async_handle_webhook
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.json import json_dumps
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    mock_restore_cache_with_extra_data,
)

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.wifi.reports import BODY_MAX
from tests.integration.lots import (
    LOT_ID,
    device_id,
    entry_of,
    gate,
    look,
    lot,
    node,
    row,
    said,
    set_up,
)
from tests.integration.sources.driven import Hand
from tests.integration.visitor.phones import set_options
from tests.integration.wifi.conftest import Client
from tests.integration.wifi.hook import HOOK, HOOK_ID, HOOK_PATH, ON, PHONE, hear

OTHER = "02:00:5e:00:53:0b"


async def tell(client: Client, what: str, station: str = PHONE) -> None:
    """Notify that a station joins or leaves."""
    answer = await client.post(HOOK_PATH, data={"type": what, "station": station})
    assert answer.status == HTTPStatus.NO_CONTENT


async def test_who_joins_is_an_event_and_a_visit(hass: HomeAssistant, client: Client) -> None:
    heard = hear(hass)
    await tell(client, "joined")
    await tell(client, "left")
    await tell(client, "joined")
    await tell(client, "joined", OTHER)
    await hass.async_block_till_done()

    assert said(hass, "visits_today") == "2"
    first, second, third, other = heard
    assert first == {
        "type": "joined",
        "lot": "Garage",
        "entry_id": LOT_ID,
        "device_id": device_id(hass),
        "station": first["station"],
        "visit": True,
    }
    assert (second["type"], second["visit"]) == ("left", False)
    assert (third["type"], third["visit"]) == ("joined", False)
    assert first["station"] == second["station"] == third["station"] != other["station"]
    assert other["visit"]


async def test_the_sensor_has_statistics(hass: HomeAssistant, client: Client) -> None:
    assert look(hass, "visits_today").attributes["state_class"] == "total_increasing"


async def test_a_renewed_lease_is_no_event(hass: HomeAssistant, client: Client) -> None:
    heard = hear(hass)
    await tell(client, "old")
    await hass.async_block_till_done()
    assert (heard, said(hass, "visits_today")) == ([], "0")


async def test_a_new_day_begins_at_midnight(
    hass: HomeAssistant, client: Client, freezer: FrozenDateTimeFactory
) -> None:
    heard = hear(hass)
    await tell(client, "joined")
    assert said(hass, "visits_today") == "1"
    midnight = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1))
    freezer.move_to(midnight + timedelta(seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert said(hass, "visits_today") == "0"
    await tell(client, "left")
    await hass.async_block_till_done()
    assert heard[0]["station"] != heard[1]["station"], "nobody is followed from day to day"


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("", 400, "type"),
        ('{"type": "joined", "station": "<script>alert(1)</script>"}', 400, "station"),
        ("type=<b>&station=" + PHONE, 400, "type"),
        ("{" + "[" * 4_000, 400, "JSON"),
        ("x" * (BODY_MAX + 1), 413, "Too Large"),
    ],
)
async def test_what_is_not_understood_is_refused_without_an_echo(
    hass: HomeAssistant, client: Client, body: str, status: int, told: str
) -> None:
    heard = hear(hass)
    answer = await client.post(HOOK_PATH, data=body)
    text = await answer.text()
    assert (answer.status, answer.content_type) == (status, "text/plain")
    assert told in text
    assert "<" not in text
    assert (heard, said(hass, "visits_today")) == ([], "0")


async def test_the_hardware_address_is_nowhere(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.smart_parking")
    heard = hear(hass)
    await tell(client, "joined")
    await tell(client, "left")
    await hass.async_block_till_done()
    everything = [*heard, *(state.as_dict() for state in hass.states.async_all()), entry.as_dict()]
    plain = json_dumps(everything).lower()
    ours = [one.getMessage() for one in caplog.records if "smart_parking" in one.name]
    for form in (PHONE, PHONE.replace(":", "")):
        assert form not in plain
        assert form not in " ".join(ours).lower()


async def test_switched_off_there_is_no_hook_and_no_sensor(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    heard = hear(hass)
    await set_options(hass, entry, visitors_hook=False)
    assert entry_of(hass, "visits_today") is None
    # Home Assistant answers webhooks that there are not as if all were well.
    answer = await client.post(HOOK_PATH, data={"type": "joined", "station": PHONE})
    assert answer.status == HTTPStatus.OK
    await set_options(hass, entry, **HOOK)
    assert said(hass, "visits_today") == "0"
    await tell(client, "joined")
    await hass.async_block_till_done()
    assert len(heard) == 1


async def test_a_new_address_does_away_with_the_old_one(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    await tell(client, "joined")
    await set_options(hass, entry, visitors_hook_id="another")
    assert (await client.post(HOOK_PATH)).status == HTTPStatus.OK
    assert (await client.post("/api/webhook/another")).status == HTTPStatus.BAD_REQUEST
    assert said(hass, "visits_today") == "1", "what has been counted stays"


async def test_how_long_a_pause_may_be(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    await set_options(hass, entry, visitors_hook_pause=0)
    for _ in range(2):
        await tell(client, "joined")
        await tell(client, "left")
    await hass.async_block_till_done()
    assert said(hass, "visits_today") == "2"


@pytest.mark.parametrize(("remote", "status"), [(False, HTTPStatus.OK), (True, 204)])
async def test_from_the_internet_only_if_the_owner_says_so(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    remote: bool,
    status: int,
) -> None:
    heard = hear(hass)
    await set_options(hass, entry, visitors_remote=remote)
    monkeypatch.setattr("homeassistant.components.webhook.network_util.is_local", lambda _: False)
    answer = await client.post(HOOK_PATH, data={"type": "joined", "station": PHONE})
    await hass.async_block_till_done()
    assert (answer.status, len(heard)) == (status, int(remote))


async def test_never_through_the_cloud(hass: HomeAssistant, entry: SmartParkingConfigEntry) -> None:
    heard = hear(hass)
    await set_options(hass, entry, visitors_remote=True)
    request = MockRequest(
        content=f"type=joined&station={PHONE}".encode(), mock_source="cloud", method="POST"
    )
    answer = await async_handle_webhook(hass, HOOK_ID, request)
    await hass.async_block_till_done()
    assert (answer.status, heard) == (HTTPStatus.NOT_FOUND, [])


@pytest.mark.parametrize(("days_ago", "count"), [(0, "7"), (1, "0")])
async def test_after_a_restart_the_count_of_the_day_goes_on(
    hass: HomeAssistant,
    hand: Hand,
    freezer: FrozenDateTimeFactory,
    days_ago: int,
    count: str,
) -> None:
    now = datetime(2026, 6, 2, 20, 0, tzinfo=UTC)
    freezer.move_to(now)
    kept = {"native_value": 7, "native_unit_of_measurement": None}
    before = State("sensor.garage_visits_today", "7", last_updated=now - timedelta(days=days_ago))
    mock_restore_cache_with_extra_data(hass, [(before, kept)])
    entry = lot(node("North", row("A", 1)), gate("Main"))
    object.__setattr__(entry, "options", MappingProxyType({**ON, **HOOK}))
    assert await set_up(hass, entry)
    assert said(hass, "visits_today") == count


async def test_an_unloaded_lot_has_no_hook(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, client: Client
) -> None:
    heard = hear(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.post(HOOK_PATH)).status == HTTPStatus.OK
    assert await hass.config_entries.async_setup(entry.entry_id)
    await tell(client, "joined")
    await hass.async_block_till_done()
    assert len(heard) == 1
