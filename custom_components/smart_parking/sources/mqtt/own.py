"""Senders that an owner describes: where the value is, and what it means."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template

from ...lot.model import Fault
from .lorawan import as_distance
from .messages import DeviceReport
from .presets import Preset
from .topics import wildcards
from .values import (
    FREE,
    OCCUPIED,
    OFFLINE,
    ONLINE,
    Json,
    Path,
    follow,
    number_of,
    path_of,
    read_json,
    state_of,
    text_of,
    word_of,
)

# Results of a template that mean no value.
_NOTHING = frozenset(["", "none", "null"])


def is_template(text: str) -> bool:
    """Return whether a text is a template, not a path."""
    return "{{" in text or "{%" in text


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds a value in a message: by a path, by a template, or the whole message."""

    path: Path | None
    template: Template | None

    @classmethod
    def parse(cls, hass: HomeAssistant, text: str) -> Finder:
        """Return the finder for a text.

        Raises `ValueError` for an invalid path, and `TemplateError` for an invalid template.
        """
        if not is_template(text):
            return cls(path_of(text), None)
        template = Template(text, hass)
        template.ensure_valid()
        return cls(None, template)

    def find(self, topic: str, payload: bytes) -> tuple[bool, Json]:
        """Return whether there is a value, and the value. Raises `TemplateError`."""
        content = read_json(payload)
        if self.template is not None:
            variables = {"value": text_of(payload) or "", "value_json": content, "topic": topic}
            rendered = self.template.async_render(variables, parse_result=False).strip()
            return rendered.casefold() not in _NOTHING, rendered
        if self.path:
            return follow(content, self.path)
        text = text_of(payload)
        # A number or a word may be written as JSON, too.
        is_plain = isinstance(content, str | int | float | bool)
        return bool(text), content if is_plain else text


def words_in(text: str, usual: Collection[str]) -> Collection[str]:
    """Return the words between commas, in small letters; the usual ones when there are none."""
    return frozenset(filter(None, (word_of(word) for word in text.split(",")))) or usual


class Own(Preset):
    """A sender that its owner describes."""

    key = "own"

    def __init__(
        self,
        filters: tuple[str, ...],
        unit: str | None,
        finders: Mapping[str, Finder],
        occupied: str,
        free: str,
    ) -> None:
        """Initialize with the owner's settings; `finders` by the name of the value."""
        super().__init__(filters, unit)
        self._finders = finders
        self.by_topic = "device" not in finders
        self._occupied = words_in(occupied, OCCUPIED)
        self._free = words_in(free, FREE)

    @override
    def device_of(self, topic: str, payload: bytes) -> str | None:
        if (finder := self._finders.get("device")) is not None:
            with suppress(TemplateError):
                is_there, value = finder.find(topic, payload)
                return str(value).strip() if is_there else None
            return None
        for one in self.filters:
            if (found := wildcards(one, topic)) is not None:
                # The match of `#` is no device where a `+` has one.
                named = found[:-1] if one.endswith("#") and len(found) > 1 else found
                return "/".join(named) or topic
        return None

    @override
    def read(self, topic: str, payload: bytes) -> Iterator[DeviceReport]:
        if (device := self.device_of(topic, payload)) is None:
            return
        try:
            yield replace(self._read(topic, payload), device=device)
        except TemplateError:
            yield DeviceReport(device=device, undecoded=True)

    def _read(self, topic: str, payload: bytes) -> DeviceReport:
        """Return the report of a message. Raises `TemplateError`."""
        found = {
            name: value
            for name, finder in self._finders.items()
            for is_there, value in [finder.find(topic, payload)]
            if is_there
        }
        report = DeviceReport()
        if "value" in found:
            report = self._meaning(found["value"])
        online = state_of(found.get("alive"), ONLINE, OFFLINE)
        percent = number_of(found.get("battery"))
        return replace(report, online=online, heartbeat=online is True, battery_percent=percent)

    def _meaning(self, value: Json) -> DeviceReport:
        """Return the report of a value."""
        if self.own_unit is not None:
            return as_distance(value, self.own_unit)
        state = state_of(value, self._occupied, self._free)
        return DeviceReport(occupied=state, fault=Fault.IMPLAUSIBLE if state is None else None)
