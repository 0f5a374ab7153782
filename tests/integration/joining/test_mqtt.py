"""What access points publish over MQTT comes to the hook, as the shipped configuration has it."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message

from tests.integration.clock import until
from tests.integration.joining.conftest import Client
from tests.integration.joining.hook import HOOK_PATH, PHONE, hear
from tests.repository.project import ROOT

SHIPPED = ROOT / "docs" / "access-points" / "mqtt.yaml"


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Mind that Home Assistant's own client of the broker leaves one."""
    return True


@pytest.mark.usefixtures("mqtt_mock")
async def test_messages_of_access_points_are_passed_on(hass: HomeAssistant, client: Client) -> None:
    config = load_yaml_dict(SHIPPED)
    command = config["rest_command"]["smart_parking_station"]
    assert command["url"] == "http://127.0.0.1:8123/api/webhook/HOOK"
    command["url"] = str(client.make_url(HOOK_PATH))
    for domain in ("rest_command", "automation"):
        assert await async_setup_component(hass, domain, config)
    await hass.async_block_till_done()
    heard = hear(hass)
    for what in ("joined", "left"):
        report = f'{{"type": "{what}", "station": "{PHONE}"}}'
        async_fire_mqtt_message(hass, "wifi/stations", report)
    await until(hass, lambda: len(heard) == 2)
    assert [one["type"] for one in heard] == ["joined", "left"]
