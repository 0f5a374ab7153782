"""A walk through a flow, as an owner takes it."""

from collections.abc import Mapping
from typing import Any, Self

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, FlowResultType

from custom_components.smart_parking.const import DOMAIN
from custom_components.smart_parking.data import SmartParkingConfigEntry

# The sections of a node of entities, with their defaults.
UNTOUCHED: Mapping[str, Any] = {"distance_sensors": {}, "binary_sensors": {}, "silence": {}}


class Walk:
    """A flow, and what it shows now."""

    def __init__(self, hass: HomeAssistant, flows: FlowManager[Any, Any, Any]) -> None:
        """Stand at the door."""
        self.hass = hass
        self.shown: Mapping[str, Any] = {}
        self._flows = flows

    @classmethod
    async def to_a_lot(cls, hass: HomeAssistant) -> Self:
        """Start to set up a lot."""
        walk = cls(hass, hass.config_entries.flow)
        walk.shown = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        return walk

    @classmethod
    async def through_a_lot(cls, hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Self:
        """Start to change a lot."""
        walk = cls(hass, hass.config_entries.flow)
        walk.shown = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
        )
        return walk

    @classmethod
    async def through_options(cls, hass: HomeAssistant, entry: SmartParkingConfigEntry) -> Self:
        """Start to change a lot's options."""
        walk = cls(hass, hass.config_entries.options)
        walk.shown = await hass.config_entries.options.async_init(entry.entry_id)
        return walk

    @classmethod
    async def to_a_part(
        cls, hass: HomeAssistant, entry: SmartParkingConfigEntry, kind: str
    ) -> Self:
        """Start to add a node or a gate."""
        walk = cls(hass, hass.config_entries.subentries)
        walk.shown = await hass.config_entries.subentries.async_init(
            (entry.entry_id, kind), context={"source": SOURCE_USER}
        )
        return walk

    @classmethod
    async def through_a_part(
        cls, hass: HomeAssistant, entry: SmartParkingConfigEntry, part_id: str
    ) -> Self:
        """Start to change a node or a gate."""
        walk = cls(hass, hass.config_entries.subentries)
        walk.shown = await hass.config_entries.subentries.async_init(
            (entry.entry_id, entry.subentries[part_id].subentry_type),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": part_id},
        )
        return walk

    @property
    def step(self) -> str:
        """The step that is shown, or how the flow ended."""
        if self.shown["type"] in (FlowResultType.FORM, FlowResultType.MENU):
            return str(self.shown["step_id"])
        return str(self.shown.get("reason", self.shown["type"].value))

    @property
    def options(self) -> list[str]:
        """What the menu offers."""
        return list(self.shown["menu_options"])

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with the answers."""
        return dict(self.shown["errors"] or {})

    @property
    def suggested(self) -> dict[str, Any]:
        """What the form is filled with."""
        return {
            str(field): field.description["suggested_value"]
            for field in self.shown["data_schema"].schema
            if field.description and "suggested_value" in field.description
        }

    async def pick(self, *options: str) -> None:
        """Choose from menus, one after another."""
        for option in options:
            assert option in self.options
            await self._go({"next_step_id": option})

    async def fill(self, **answers: object) -> None:
        """Fill in a form."""
        await self._go(answers)

    async def _go(self, answers: dict[str, Any]) -> None:
        """Go one step."""
        self.shown = await self._flows.async_configure(self.shown["flow_id"], answers)
        await self.hass.async_block_till_done()
