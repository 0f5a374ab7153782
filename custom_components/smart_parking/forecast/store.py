"""What was learnt of a lot, over a restart: written whenever it is learnt, and never else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
import logging
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..lot.analytics.forecast import (
    Departures,
    ForecastModel,
    ForecastOptions,
    decode_departures,
    decode_model,
    encode_departures,
    encode_model,
)

_LOGGER = logging.getLogger(__name__)

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedLot:
    """What was learnt of a lot, when, and from what."""

    learned_at: float
    days: int
    bays: Mapping[str, int]
    """How many there were, by series."""
    time_zone: str
    calendar: str | None
    model: ForecastModel
    departures: Departures


class _Store(Store[dict[str, Any]]):
    """A file that is learnt anew when another version has written it."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        return {}


class ForecastStore:
    """The file of what was learnt of one lot."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize; nothing is read yet."""
        self._hass = hass
        self._store = _Store(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.forecast",
            private=True,
            atomic_writes=True,
            serialize_in_event_loop=False,
        )

    async def async_load(self, zone: tzinfo, options: ForecastOptions) -> LearnedLot | None:
        """Return what was written; None when there is nothing that can be used."""
        try:
            data = await self._store.async_load()
            if not data:
                return None
            return await self._hass.async_add_executor_job(_decode, data, zone, options)
        except (HomeAssistantError, NotImplementedError, OSError, ValueError) as err:
            _LOGGER.info("What was learnt cannot be read, and is learnt anew: %s", err)
            return None

    async def async_save(self, learned: LearnedLot) -> None:
        """Write what was learnt; what cannot be written is learnt anew after a restart."""
        try:
            data = await self._hass.async_add_executor_job(_encode, learned)
            await self._store.async_save(data)
        except (HomeAssistantError, OSError) as err:
            _LOGGER.warning("What was learnt cannot be written: %s", err)

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()


def _encode(learned: LearnedLot) -> dict[str, Any]:
    return {
        "learned_at": learned.learned_at,
        "days": learned.days,
        "bays": dict(learned.bays),
        "time_zone": learned.time_zone,
        "calendar": learned.calendar,
        "model": encode_model(learned.model),
        "departures": encode_departures(learned.departures),
    }


def _decode(data: Mapping[str, Any], zone: tzinfo, options: ForecastOptions) -> LearnedLot:
    try:
        return LearnedLot(
            learned_at=float(data["learned_at"]),
            days=int(data["days"]),
            bays={str(name): int(bays) for name, bays in data["bays"].items()},
            time_zone=str(data["time_zone"]),
            calendar=data["calendar"],
            model=decode_model(data["model"], zone, options),
            departures=decode_departures(data["departures"]),
        )
    except (KeyError, TypeError, AttributeError) as err:
        raise ValueError("damaged") from err
