"""Forms for the visitors' page, and its address."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .http import SHORT_URL
from .manager import base_path
from .options import (
    CONF_HOLDS,
    CONF_HOURS,
    CONF_PUSH,
    CONF_REMOTE,
    CONF_REQUESTS,
    CONF_REQUESTS_TOTAL,
    CONF_SECRET,
    CONF_SHARE,
    CONF_STREAMS,
    CONF_STREAMS_TOTAL,
    CONF_VISITORS,
    HOLDS,
    HOURS,
    REQUESTS,
    REQUESTS_TOTAL,
    SHARE_PERCENT,
    SHORT_LENGTH,
    STREAMS,
    STREAMS_TOTAL,
    new_secret,
)
from .urls import origins

LIMITS = "limits"
# Not stored: it takes effect once.
CONF_ROTATE = "visitors_rotate"


def _number(low: int, high: int, unit: str | None = None) -> NumberSelector:
    """Return a field for a whole number."""
    config = NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


VISITORS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_VISITORS, default=False): BooleanSelector(),
        vol.Required(CONF_REMOTE, default=False): BooleanSelector(),
        vol.Required(CONF_PUSH, default=False): BooleanSelector(),
        vol.Required(CONF_HOURS, default=HOURS): _number(1, 7 * 24, "h"),
        vol.Required(CONF_ROTATE, default=False): BooleanSelector(),
        vol.Required(LIMITS): section(
            vol.Schema(
                {
                    vol.Required(CONF_REQUESTS, default=REQUESTS): _number(30, 10_000),
                    vol.Required(CONF_REQUESTS_TOTAL, default=REQUESTS_TOTAL): _number(
                        100, 1_000_000
                    ),
                    vol.Required(CONF_STREAMS, default=STREAMS): _number(1, 1_000),
                    vol.Required(CONF_STREAMS_TOTAL, default=STREAMS_TOTAL): _number(1, 10_000),
                    vol.Required(CONF_HOLDS, default=HOLDS): _number(1, 1_000),
                    vol.Required(CONF_SHARE, default=SHARE_PERCENT): _number(0, 100, "%"),
                }
            ),
            {"collapsed": True},
        ),
    }
)


class VisitorSteps(OptionsFlow):
    """The steps of a lot's options for visitors."""

    _visitors: Mapping[str, Any] = {}

    async def async_step_visitors(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether there is a page for visitors, and for its limits."""
        options = self.config_entry.options
        if user_input is None:
            return self.async_show_form(
                step_id="visitors",
                data_schema=self.add_suggested_values_to_schema(
                    VISITORS_SCHEMA, {**options, LIMITS: options}
                ),
            )
        is_rotated, limits = user_input.pop(CONF_ROTATE), user_input.pop(LIMITS)
        self._visitors = {**user_input, **limits}
        if not user_input[CONF_VISITORS]:
            return self._save_visitors()
        secret = new_secret() if is_rotated else options.get(CONF_SECRET) or new_secret()
        self._visitors = {**self._visitors, CONF_SECRET: secret}
        return await self.async_step_visitors_address()

    async def async_step_visitors_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the address of the page."""
        if user_input is not None:
            return self._save_visitors()
        secret = self._visitors[CONF_SECRET]
        host = origins(self.hass)[0]
        return self.async_show_form(
            step_id="visitors_address",
            data_schema=vol.Schema({}),
            last_step=True,
            description_placeholders={
                "address": f"{host}{base_path(secret)}",
                "short": f"{host}{SHORT_URL.format(short=secret[:SHORT_LENGTH])}",
            },
        )

    def _save_visitors(self) -> ConfigFlowResult:
        """Save the changed options together with all others."""
        return self.async_create_entry(data={**self.config_entry.options, **self._visitors})
