"""How an owner publishes a lot on MQTT."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol

from ..clock import epoch_s
from ..const import DOMAIN
from ..errors import InvalidInputError
from ..lot.publication import BEATS_MISSED, HEARTBEAT, read_heartbeat
from ..sources.mqtt.client import async_read_retained, mqtt_lacking
from .options import (
    CONF_LEFT,
    CONF_PUBLISH,
    CONF_TOPIC,
    MqttPublisherOptions,
    read_topic,
    usual_topic,
)

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PUBLISH, default=False): BooleanSelector(),
        vol.Required(CONF_TOPIC): TextSelector(),
    }
)


class MqttPublisherSteps(OptionsFlow):
    """The step of a lot's options that is about MQTT."""

    async def async_step_mqtt(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the lot is published, and below which topic, until that can be done."""
        entry = self.config_entry
        if user_input is None:
            usual = {CONF_TOPIC: usual_topic(entry.title)}
            return self._show_mqtt({**usual, **entry.options})
        is_on = user_input[CONF_PUBLISH]
        try:
            topic = read_topic(user_input[CONF_TOPIC], self._topics_of_others() if is_on else ())
        except InvalidInputError as err:
            return self._show_mqtt(user_input, {CONF_TOPIC: err.key}, err.placeholders)
        if is_on and (lacking := mqtt_lacking(self.hass)) is not None:
            return self._show_mqtt(user_input, {CONF_PUBLISH: lacking.key})
        before = MqttPublisherOptions.from_entry(entry)
        if is_on and topic != before.topic and await self._is_used(topic):
            return self._show_mqtt(user_input, {CONF_TOPIC: "mqtt_topic_used"})
        now = topic if is_on else None
        # What was published is cleared as soon as the broker can be reached.
        left = {*before.left, *filter(None, [before.topic])} - {now}
        kept = {key: value for key, value in entry.options.items() if key != CONF_LEFT}
        more = {CONF_LEFT: sorted(left)} if left else {}
        return self.async_create_entry(
            data={**kept, CONF_PUBLISH: is_on, CONF_TOPIC: topic, **more}
        )

    async def _is_used(self, topic: str) -> bool:
        """Return whether somebody else has been publishing a lot below a topic just now."""
        payload = await async_read_retained(self.hass, f"{topic}/{HEARTBEAT}")
        beat = None if payload is None else read_heartbeat(payload)
        if beat is None:
            return False
        at, every_s = beat
        return epoch_s() - at < BEATS_MISSED * every_s

    def _topics_of_others(self) -> Iterator[str]:
        """Yield the topics below which other lots are published, or were and will be cleared."""
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            if entry.entry_id != self.config_entry.entry_id:
                options = MqttPublisherOptions.from_entry(entry)
                yield from filter(None, [options.topic, *options.left])

    def _show_mqtt(
        self,
        answers: Mapping[str, Any],
        errors: dict[str, str] | None = None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show the form, and what is wrong with it."""
        return self.async_show_form(
            step_id="mqtt",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, answers),
            errors=errors,
            description_placeholders=placeholders,
        )
