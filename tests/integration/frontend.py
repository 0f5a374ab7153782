"""As much of Home Assistant's frontend as needs none of its files."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from homeassistant.components import frontend
from homeassistant.core import HomeAssistant, callback
from pytest_homeassistant_custom_component.common import mock_component

SERVER = "homeassistant.components.http.HomeAssistantHTTP"


@callback
def add_frontend(hass: HomeAssistant) -> frontend.UrlManager:
    """Return the modules that every page loads; what depends on the frontend can be set up now."""
    urls = hass.data[frontend.DATA_EXTRA_MODULE_URL] = frontend.UrlManager(lambda *_: None, [])
    mock_component(hass, "frontend")
    return urls


@contextmanager
def without_sockets() -> Iterator[None]:
    """Set up the server without a port, as the tests' plugin does."""
    with patch(f"{SERVER}.async_bind"), patch(f"{SERVER}.start"):
        yield
