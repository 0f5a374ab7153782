"""The editor's page: full-screen, for administrators, and not in the sidebar."""

from typing import Final

from homeassistant.components.frontend import async_register_built_in_panel
from homeassistant.core import HomeAssistant

from ..resources import async_address

PATH: Final = "smart-parking-editor"
ELEMENT: Final = "smart-parking-editor"
MODULE: Final = "editor/editor.js"


def editor_path(entry_id: str | None = None) -> str:
    """Return where the plan of a lot is drawn; without one, the page lets choose."""
    return f"/{PATH}" if entry_id is None else f"/{PATH}/{entry_id}"


async def async_setup_editor_panel(hass: HomeAssistant) -> None:
    """Add the page, which loads its module when it is opened."""
    custom = {
        "name": ELEMENT,
        "module_url": f"{await async_address(hass)}/{MODULE}",
        "embed_iframe": False,
        "trust_external": False,
        "handle_safe_area": False,
    }
    async_register_built_in_panel(
        hass,
        "custom",
        frontend_url_path=PATH,
        config={"_panel_custom": custom},
        require_admin=True,
        show_in_sidebar=False,
    )
