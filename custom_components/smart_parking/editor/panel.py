"""The editor's page: full-screen, for administrators, and not in the sidebar."""

from typing import Final

from homeassistant.components.frontend import async_register_built_in_panel
from homeassistant.core import HomeAssistant, callback

from ..resources import CARD_FILES

PATH: Final = "smart-parking-editor"
ELEMENT: Final = "smart-parking-editor"


def editor_path(entry_id: str | None = None) -> str:
    """Return where the plan of a lot is drawn; without one, the page lets choose."""
    return f"/{PATH}" if entry_id is None else f"/{PATH}/{entry_id}"


@callback
def async_setup_editor_panel(hass: HomeAssistant) -> None:
    """Add the page, which loads its module when it is opened."""
    custom = {
        "name": ELEMENT,
        "module_url": hass.data[CARD_FILES].editor_url,
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
