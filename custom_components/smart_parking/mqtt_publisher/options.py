"""What an owner says of a lot that is published on MQTT."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import slugify

from ..errors import InvalidInputError
from ..text_input import has_controls

CONF_PUBLISH: Final = "mqtt_publish"
CONF_TOPIC: Final = "mqtt_topic"
# Topics under which the lot was published before, as long as they have not been cleared.
CONF_LEFT: Final = "mqtt_topics_left"

PREFIX: Final = "parking"
TOPIC_MAX: Final = 200
# Home Assistant reads and writes here itself.
RESERVED: Final = ("homeassistant",)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttPublisherOptions:
    """Whether a lot is published on MQTT, and where."""

    topic: str | None = None
    """Below it the lot is published; None: nowhere."""
    left: tuple[str, ...] = ()
    """Where it was published before, and has to be cleared."""

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Read the options of a lot's entry."""
        return cls.read(entry.options)

    @classmethod
    def read(cls, options: Mapping[str, object]) -> Self:
        """Read options."""
        topic, left = options.get(CONF_TOPIC), options.get(CONF_LEFT)
        is_on = bool(options.get(CONF_PUBLISH)) and isinstance(topic, str)
        return cls(
            topic=str(topic) if is_on else None,
            left=tuple(map(str, left)) if isinstance(left, list) else (),
        )


def usual_topic(title: str) -> str:
    """Return the topic that a lot of a name is offered."""
    return f"{PREFIX}/{slugify(title)}"


def read_topic(text: str, others: Iterable[str]) -> str:
    """Return a topic as it is written down, or raise `InvalidInputError`.

    `others` are the topics of other lots: none may be above or below one of them.
    """
    topic = text.strip()
    levels = topic.split("/")
    if (
        not all(level.strip() == level != "" for level in levels)
        or set("+#") & set(topic)
        or topic.startswith("$")
        or has_controls(topic)
        or len(topic.encode(errors="replace")) > TOPIC_MAX
    ):
        raise InvalidInputError("mqtt_topic")
    if levels[0] in RESERVED:
        raise InvalidInputError("mqtt_topic_reserved", {"topic": levels[0]})
    for other in others:
        if f"{topic}/".startswith(f"{other}/") or f"{other}/".startswith(f"{topic}/"):
            raise InvalidInputError("mqtt_topic_taken", {"other": other})
    return topic
