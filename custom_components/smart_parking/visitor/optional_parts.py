"""Optional parts of the page: when one fails, visitors get the page without it."""

from collections.abc import Iterator
from contextlib import contextmanager
import logging

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)

FAILED: HassKey[set[str]] = HassKey(f"{DOMAIN}_visitors_failed")
"""Names of parts that have failed, and were logged."""


@contextmanager
def optional_part(hass: HomeAssistant, what: str) -> Iterator[None]:
    """Skip a part that fails; it is logged once."""
    try:
        yield
    except web.HTTPException:
        raise
    except Exception:
        failed = hass.data.setdefault(FAILED, set())
        if what not in failed:
            failed.add(what)
            _LOGGER.exception("The visitors' page is shown without %s", what)
