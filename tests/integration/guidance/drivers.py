"""Drivers who ask for bays, and the notifications that they get."""

from collections.abc import Mapping
from typing import cast

from homeassistant.core import Context, Event, HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.smart_parking.const import DOMAIN, EVENT

type Answer = Mapping[str, object]


async def ask(hass: HomeAssistant, action: str, **data: object) -> Answer:
    """Call an action, and return what it answers."""
    return await ask_as(hass, None, action, **data)


async def ask_as(
    hass: HomeAssistant, context: Context | None, action: str, **data: object
) -> Answer:
    """Call an action as a user, and return its response."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    await hass.async_block_till_done()
    return cast("Answer", answer)


async def do(hass: HomeAssistant, action: str, **data: object) -> None:
    """Call an action without caring for its answer."""
    await hass.services.async_call(DOMAIN, action, data, blocking=True)
    await hass.async_block_till_done()


class Ears:
    """Records the events of holds and of the lot."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Subscribe to changes."""
        self._events: list[Event] = async_capture_events(hass, EVENT)

    @property
    def heard(self) -> list[tuple[str, str, str]]:
        """The events of holds: type, driver, and bay."""
        return [
            (event.data["type"], event.data["driver"], event.data["bay"])
            for event in self._events
            if "hold_id" in event.data
        ]

    @property
    def turns(self) -> list[tuple[str, int]]:
        """The events of the lot: full or not, with the vacant bays."""
        return [
            (event.data["type"], event.data["free"])
            for event in self._events
            if "hold_id" not in event.data
        ]

    @property
    def last(self) -> Mapping[str, object]:
        """The newest event of a hold, in full."""
        return next(event.data for event in reversed(self._events) if "hold_id" in event.data)
