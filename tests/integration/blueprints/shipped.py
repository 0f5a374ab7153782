"""Automations made from the blueprints that ship."""

from collections.abc import Mapping
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry
from tests.integration.blueprints.phones import quiet
from tests.integration.sources.driven import Hand, Said
from tests.repository.project import ROOT

FOLDER = ROOT / "blueprints" / "automation" / "smart_parking"


def have_blueprints(hass: HomeAssistant, config: Path) -> None:
    """Give Home Assistant a configuration of its own, with the blueprints in it."""
    hass.config.config_dir = str(config)
    (config / "blueprints" / "automation").mkdir(parents=True)
    (config / "blueprints" / "automation" / FOLDER.name).symlink_to(FOLDER)


async def automate(hass: HomeAssistant, name: str, *inputs: Mapping[str, object]) -> None:
    """Make an automation for each set of inputs."""
    path = f"{FOLDER.name}/{name}.yaml"
    made = [
        {
            "id": f"{name}_{number}",
            "alias": f"{name} {number}",
            "use_blueprint": {"path": path, "input": about},
        }
        for number, about in enumerate(inputs, 1)
    ]
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: made})
    await hass.async_block_till_done()
    for number in range(1, len(inputs) + 1):
        state = hass.states.get(f"{AUTOMATION}.{name}_{number}")
        assert state is not None
        assert state.state == "on", "the automation has no mistake"


async def let(hass: HomeAssistant, hand: Hand, **said: Said) -> None:
    """Report for all sensors something until it is believed."""
    hand.settle("North", **said)
    await quiet(hass)


async def set_options(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, **options: object
) -> None:
    """Change the options of a lot, as its owner does."""
    hass.config_entries.async_update_entry(entry, options=options)
    await quiet(hass)


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Run, and everything happen that waits for it."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await quiet(hass)


async def ask(hass: HomeAssistant, action: str, **data: object) -> None:
    """Call an action of ours."""
    await hass.services.async_call(DOMAIN, action, data, blocking=True)
    await quiet(hass)


def have_no_promotions(hass: HomeAssistant) -> None:
    """Make the action for promotions fail, as while a lot is being reloaded."""

    async def refuse(_call: ServiceCall) -> None:
        raise HomeAssistantError

    hass.services.async_register(
        DOMAIN, "promotion", refuse, supports_response=SupportsResponse.ONLY
    )
