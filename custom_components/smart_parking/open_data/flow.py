"""Forms for open data, and the addresses of the feeds."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.selector import (
    LocationSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..errors import InvalidInputError
from ..rendering.scene import Pointer
from ..visitor.manager import base_path
from ..visitor.options import VisitorOptions
from .formats.documents import DOCUMENTS, Feed
from .formats.lot import Structure
from .formats.park_api import LATITUDES, LONGITUDES
from .options import (
    CONF_ANCHOR,
    CONF_BEARING,
    CONF_FEEDS,
    CONF_LOCATION,
    CONF_OPENING_HOURS,
    CONF_OPERATOR,
    CONF_STRUCTURE,
    CONF_WEBSITE,
    FeedOptions,
)

NORTH = "N"

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_FEEDS, default=[]): SelectSelector(
            SelectSelectorConfig(
                options=[feed.value for feed in Feed],
                multiple=True,
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_FEEDS,
            )
        ),
        vol.Required(CONF_LOCATION): LocationSelector(),
        vol.Optional(CONF_BEARING): NumberSelector(
            NumberSelectorConfig(
                min=0, max=359.9, step=0.1, mode=NumberSelectorMode.BOX, unit_of_measurement="°"
            )
        ),
        vol.Optional(CONF_ANCHOR): TextSelector(),
        vol.Optional(CONF_STRUCTURE): SelectSelector(
            SelectSelectorConfig(
                options=[structure.value for structure in Structure],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key=CONF_STRUCTURE,
            )
        ),
        vol.Optional(CONF_OPENING_HOURS): TextSelector(),
        vol.Optional(CONF_OPERATOR): TextSelector(),
        vol.Optional(CONF_WEBSITE): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
    }
)


class FeedSteps(OptionsFlow):
    """The steps of a lot's options for open data."""

    _feeds: Mapping[str, Any] = {}

    plan_preview: ClassVar[str | None] = None
    """Whose preview stands below forms with points of the plan, if there is one."""

    @abstractmethod
    def point_on_plan(
        self, read: Callable[[Mapping[str, Any]], Pointer], answers: Mapping[str, Any]
    ) -> str:
        """Return what shows a point on the plan in the description of a form."""

    async def async_step_open_data(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the feeds and their data until the input is valid."""
        options = self.config_entry.options
        if user_input is None:
            home = {"latitude": self.hass.config.latitude, "longitude": self.hass.config.longitude}
            return self._show_open_data({CONF_LOCATION: home, **options})
        if errors := self._errors(user_input):
            return self._show_open_data(user_input, errors)
        # An emptied field is missing in the answers.
        others = {key: value for key, value in options.items() if key not in SCHEMA.schema}
        self._feeds = {**others, **user_input}
        if not user_input[CONF_FEEDS]:
            return self.async_create_entry(data=self._feeds)
        return await self.async_step_open_data_addresses()

    async def async_step_open_data_addresses(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the addresses of the feeds."""
        if user_input is not None:
            return self.async_create_entry(data=self._feeds)
        try:
            host = get_url(self.hass, allow_cloud=False, prefer_external=True)
        except NoURLAvailableError:
            host = ""
        base = f"{host}{base_path(VisitorOptions.from_entry(self.config_entry).secret)}feeds/"
        names = [one.name for one in DOCUMENTS.values() if one.feed in self._feeds[CONF_FEEDS]]
        return self.async_show_form(
            step_id="open_data_addresses",
            data_schema=vol.Schema({}),
            last_step=True,
            description_placeholders={
                "addresses": "\n".join(f"- [{name}]({base}{name})" for name in names)
            },
        )

    def _show_open_data(
        self, answers: Mapping[str, Any], errors: dict[str, str] | None = None
    ) -> ConfigFlowResult:
        """Show the form with its errors."""
        return self.async_show_form(
            step_id="open_data",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, answers),
            errors=errors,
            description_placeholders={"plan": self.point_on_plan(read_pointer, answers)},
            preview=self.plan_preview,
        )

    def _errors(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """Return the errors of answers, by field."""
        try:
            options = FeedOptions.read(answers)
        except ValueError as err:
            field = str(err)
            return {field: field}
        errors = {}
        if options.website and not _is_address(options.website):
            errors[CONF_WEBSITE] = CONF_WEBSITE
        if Feed.PARK_API in options.feeds and not _is_in_europe(options):
            errors[CONF_FEEDS] = "feeds_europe"
        if options.feeds and not VisitorOptions.from_entry(self.config_entry).on:
            errors[CONF_FEEDS] = "feeds_visitors"
        return errors


def read_pointer(answers: Mapping[str, Any]) -> Pointer:
    """Return the point of the plan that is at the location, and north from there, if known.

    Raises `InvalidInputError` when it is not understood.
    """
    try:
        options = FeedOptions.read({key: answers.get(key) for key in (CONF_ANCHOR, CONF_BEARING)})
    except ValueError as err:
        raise InvalidInputError(CONF_ANCHOR) from err
    if options.bearing is None:
        return Pointer(options.anchor, "{:g}, {:g}".format(*options.anchor))
    return Pointer(options.anchor, NORTH, 90.0 + options.bearing)


def _is_address(text: str) -> bool:
    """Return whether a text is the address of a public page."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")


def _is_in_europe(options: FeedOptions) -> bool:
    """Return whether a lot is in the area of ParkAPI."""
    assert options.location is not None  # noqa: S101  the form asks for it
    latitude, longitude = options.location
    south, north = LATITUDES
    west, east = LONGITUDES
    return south <= latitude <= north and west <= longitude <= east
