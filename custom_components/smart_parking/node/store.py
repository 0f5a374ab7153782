"""What a node remembers when it is switched off: its configuration, and what it has learnt."""

from __future__ import annotations

from dataclasses import dataclass, field
import json
import logging
from pathlib import Path

from .fields import Fields
from .messages import METRES_MAX, Config

_LOGGER = logging.getLogger(__name__)

# A file that is longer was not written here.
FILE_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Learned:
    """The empty distance of a bay as it was learnt, and the one that was configured."""

    configured_m: float | None
    empty_m: float
    far_m: float | None = None


@dataclass(slots=True)
class NodeMemory:
    """What a node remembers."""

    config: Config | None = None
    learned: dict[str, Learned] = field(default_factory=dict)
    occupied: dict[str, bool] = field(default_factory=dict)


class NodeStore:
    """The file in which a node remembers; without a folder it remembers nothing."""

    def __init__(self, folder: Path | None) -> None:
        """Initialize; nothing is read yet."""
        self._path = None if folder is None else folder / "node.json"
        self._is_logged = False

    def load(self) -> NodeMemory:
        """Return what was written; nothing when it cannot be read."""
        memory = NodeMemory()
        try:
            if self._path is None or self._path.stat().st_size > FILE_MAX:
                return memory
            fields = Fields(json.loads(self._path.read_bytes()), "memory")
            if fields.has("config"):
                memory.config = Config.read(fields.part("config"))
            for one in fields.parts("bays", FILE_MAX):
                bay_id = one.word("bay", 64)
                if (occupied := one.maybe_flag("occupied")) is not None:
                    memory.occupied[bay_id] = occupied
                if (empty_m := one.maybe_number("empty_m", 0.0, METRES_MAX)) is not None:
                    memory.learned[bay_id] = Learned(
                        one.maybe_number("configured_m", 0.0, METRES_MAX),
                        empty_m,
                        one.maybe_number("far_m", 0.0, METRES_MAX),
                    )
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError) as err:
            _LOGGER.warning("What was remembered cannot be read, and is left: %s", err)
        return memory

    def save(self, memory: NodeMemory) -> None:
        """Write what is to be remembered, whole or not at all."""
        if self._path is None:
            return
        bays = []
        for bay_id in sorted({*memory.learned, *memory.occupied}):
            learned = memory.learned.get(bay_id)
            bays.append(
                {
                    "bay": bay_id,
                    "occupied": memory.occupied.get(bay_id),
                    "configured_m": learned and learned.configured_m,
                    "empty_m": learned and round(learned.empty_m, 3),
                    "far_m": learned and learned.far_m,
                }
            )
        config = None if memory.config is None else memory.config.to_json()
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_text(json.dumps({"config": config, "bays": bays}))
            fresh.replace(self._path)
        except OSError as err:
            if not self._is_logged:
                self._is_logged = True
                _LOGGER.warning("Nothing can be remembered: %s", err)
