"""Automations, as an owner has them."""

from typing import Any

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component

from custom_components.smart_parking.const import DOMAIN

RAN = "ran"
ASK = "ask"
WHAT = "{{ trigger.entity_id | default(trigger.bay | default('asked')) }}"


async def automate(
    hass: HomeAssistant,
    trigger: dict[str, Any],
    condition: dict[str, Any] | None = None,
) -> list[str]:
    """Set up an automation; return the list in which what it ran for is noted, run by run."""
    ran: list[str] = []

    @callback
    def note(event: Event[dict[str, Any]]) -> None:
        ran.append(event.data["what"])

    hass.bus.async_listen(RAN, note)
    about = {
        "triggers": [trigger],
        "conditions": [] if condition is None else [condition],
        "actions": [{"event": RAN, "event_data": {"what": WHAT}}],
        "mode": "parallel",
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [about]})
    await hass.async_block_till_done()
    assert len(hass.states.async_entity_ids(AUTOMATION)) == 1
    automation = hass.states.get(hass.states.async_entity_ids(AUTOMATION)[0])
    assert automation is not None
    assert automation.state == "on", "the automation has no mistake"
    return ran


async def when(
    hass: HomeAssistant, name: str, target: dict[str, Any] | None = None, **options: object
) -> list[str]:
    """Automate one of this integration's triggers."""
    of_target = {} if target is None else {"target": target}
    return await automate(hass, {"trigger": f"{DOMAIN}.{name}", **of_target, "options": options})


class Question:
    """One of this integration's conditions, that can be asked whether it is so."""

    def __init__(self, hass: HomeAssistant, ran: list[str]) -> None:
        """Be answered in a list."""
        self._hass = hass
        self._ran = ran

    async def is_so(self) -> bool:
        """Ask."""
        self._ran.clear()
        self._hass.bus.async_fire(ASK)
        await self._hass.async_block_till_done()
        return bool(self._ran)


async def whether(
    hass: HomeAssistant, name: str, target: dict[str, Any] | None = None, **options: object
) -> Question:
    """Automate one of this integration's conditions."""
    of_target = {} if target is None else {"target": target}
    condition = {"condition": f"{DOMAIN}.{name}", **of_target, "options": options}
    return Question(hass, await automate(hass, {"trigger": "event", "event_type": ASK}, condition))
