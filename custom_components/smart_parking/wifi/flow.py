"""Forms for the Wi-Fi: settings for the router, and the printed sign."""

from typing import Any

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from ..visitor.options import (
    CONF_HOOK,
    CONF_HOOK_ID,
    CONF_HOOK_PAUSE,
    HOOK_PAUSE_MIN,
    HookOptions,
    VisitorOptions,
)
from ..visitor.urls import captive_path, origins, secure_origin
from .sign import async_sign_path

# Not stored: it takes effect once.
CONF_HOOK_ROTATE = "visitors_hook_rotate"

HOOK_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOOK, default=False): BooleanSelector(),
        vol.Required(CONF_HOOK_PAUSE, default=HOOK_PAUSE_MIN): NumberSelector(
            NumberSelectorConfig(
                min=1, max=24 * 60, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement="min"
            )
        ),
        vol.Required(CONF_HOOK_ROTATE, default=False): BooleanSelector(),
    }
)


class WifiSteps(OptionsFlow):
    """The steps of a lot's options for its Wi-Fi."""

    _hook: dict[str, Any]

    async def async_step_joining(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the menu; the sign and the captive portal need a page that they lead to."""
        is_on = VisitorOptions.from_entry(self.config_entry).on
        return self.async_show_menu(
            step_id="joining",
            menu_options=["sign", "captive", "hook"] if is_on else ["hook", "visitors"],
        )

    async def async_step_sign(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Redirect to the sign."""
        if user_input is not None:
            return await self.async_step_joining()
        # Home Assistant's frontend would open a link to its own host as one of its own pages.
        path = async_sign_path(self.hass, self.config_entry.entry_id)
        return self._show("sign", link=f'<a href="{path}" target="_blank">', end="</a>")

    async def async_step_captive(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the value of DHCP option 114."""
        if user_input is not None:
            return await self.async_step_joining()
        path = captive_path(VisitorOptions.from_entry(self.config_entry).secret)
        return self._show("captive", address=f"{secure_origin(self.hass)}{path}")

    async def async_step_hook(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether there is a webhook for access points."""
        options = self.config_entry.options
        if user_input is None:
            return self.async_show_form(
                step_id="hook",
                data_schema=self.add_suggested_values_to_schema(HOOK_SCHEMA, options),
            )
        is_rotated = user_input.pop(CONF_HOOK_ROTATE)
        self._hook = user_input
        if not user_input[CONF_HOOK]:
            return self._save_hook()
        known = "" if is_rotated else HookOptions.from_entry(self.config_entry).hook_id
        self._hook[CONF_HOOK_ID] = known or webhook.async_generate_id()
        return await self.async_step_hook_address()

    async def async_step_hook_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the address of the webhook."""
        if user_input is not None:
            return self._save_hook()
        path = webhook.async_generate_path(self._hook[CONF_HOOK_ID])
        address = f"{origins(self.hass)[0]}{path}"
        return self._show("hook_address", last_step=True, address=address)

    def _show(self, step: str, *, last_step: bool = False, **placeholders: str) -> ConfigFlowResult:
        """Show a step with information."""
        return self.async_show_form(
            step_id=step,
            data_schema=vol.Schema({}),
            last_step=last_step,
            description_placeholders=placeholders,
        )

    def _save_hook(self) -> ConfigFlowResult:
        """Save the changed options together with all others."""
        return self.async_create_entry(data={**self.config_entry.options, **self._hook})
