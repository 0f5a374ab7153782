"""Forms of a promotion."""

from collections.abc import Mapping
import re
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import WEEKDAYS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    DateSelector,
    MediaSelector,
    MediaSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import (
    CONF_CLOSES,
    CONF_FIRST_DAY,
    CONF_LANGUAGES,
    CONF_LAST_DAY,
    CONF_LINK,
    CONF_MOST,
    CONF_MOST_PER_VISIT,
    CONF_OPENS,
    CONF_PICTURE,
    CONF_PICTURE_PATH,
    CONF_TEXT,
    CONF_TITLE,
    CONF_WEEKDAYS,
    CONF_WEIGHT,
    CONF_WHEN,
    SUBENTRY_PROMOTION,
)
from ..errors import InvalidInputError, SmartParkingError
from ..lot.promotions.model import When, base_language
from ..text_input import check_controls, has_controls
from ..texts import own_names
from .config import TEXT_MAX, TITLE_MAX, check_link, picture_in
from .picture import async_read_picture

# Sections of the form; the stored data has none.
TIMES = "times"
SHARE = "share"

WEIGHT_MAX = 100
MOST_MAX = 100_000_000
# All of them take part in every choice.
PROMOTIONS_MAX = 100


def _count(low: int, high: int) -> NumberSelector:
    """Return a field for a whole number."""
    return NumberSelector(
        NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)
    )


TIMES_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_WHEN, default=When.BOTH.value): SelectSelector(
            SelectSelectorConfig(options=[one.value for one in When], translation_key=CONF_WHEN)
        ),
        vol.Optional(CONF_FIRST_DAY): DateSelector(),
        vol.Optional(CONF_LAST_DAY): DateSelector(),
        vol.Optional(CONF_OPENS): TimeSelector(),
        vol.Optional(CONF_CLOSES): TimeSelector(),
        vol.Optional(CONF_WEEKDAYS): SelectSelector(
            SelectSelectorConfig(
                options=WEEKDAYS,
                multiple=True,
                mode=SelectSelectorMode.DROPDOWN,
                translation_key="weekday",
            )
        ),
        # The options are the languages of the drivers' texts: see `_promotion_schema`.
        vol.Optional(CONF_LANGUAGES): SelectSelector(SelectSelectorConfig(options=[])),
    }
)
SHARE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_WEIGHT, default=1): _count(1, WEIGHT_MAX),
        vol.Optional(CONF_MOST): _count(1, MOST_MAX),
        vol.Optional(CONF_MOST_PER_VISIT): _count(1, 1000),
    }
)


def _promotion_schema(hass: HomeAssistant) -> vol.Schema:
    """Return the form, with the languages of the visitors' pages."""
    languages = SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=code, label=name) for code, name in own_names(hass).items()
            ],
            multiple=True,
            custom_value=True,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
    times = TIMES_SCHEMA.extend({vol.Optional(CONF_LANGUAGES): languages})
    return vol.Schema(
        {
            vol.Required(CONF_TITLE): TextSelector(),
            vol.Optional(CONF_TEXT): TextSelector(TextSelectorConfig(multiline=True)),
            vol.Optional(CONF_PICTURE): MediaSelector(
                MediaSelectorConfig(accept=["image/*"], image_upload=True)
            ),
            vol.Optional(CONF_PICTURE_PATH): TextSelector(),
            vol.Optional(CONF_LINK): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
            vol.Required(TIMES): section(times, {"collapsed": True}),
            vol.Required(SHARE): section(SHARE_SCHEMA, {"collapsed": True}),
        }
    )


class PromotionFlow(ConfigSubentryFlow):
    """Adds a promotion to a lot, or changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form of a new promotion."""
        if len(self._others()) >= PROMOTIONS_MAX:
            return self.async_abort(
                reason="too_many", description_placeholders={"most": str(PROMOTIONS_MAX)}
            )
        return await self._async_step("user", user_input, {})

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the form of an existing promotion."""
        subentry = self._get_reconfigure_subentry()
        before = {
            CONF_TITLE: subentry.title,
            **subentry.data,
            TIMES: _part_of(subentry.data, TIMES_SCHEMA),
            SHARE: _part_of(subentry.data, SHARE_SCHEMA),
        }
        return await self._async_step("reconfigure", user_input, before)

    async def _async_step(
        self, step_id: str, user_input: dict[str, Any] | None, before: Mapping[str, Any]
    ) -> SubentryFlowResult:
        """Show the form until its input is valid, and save the promotion."""
        errors: dict[str, str] = {}
        placeholders: Mapping[str, str] = {}
        if user_input is not None:
            answers = _tidy(user_input)
            try:
                _check_controls(answers)
                title = self._title(answers)
                _check_text(answers)
                _check_link(answers)
                _check_times(answers)
                await self._async_check_picture(answers)
            except SmartParkingError as err:
                before, placeholders = user_input, err.placeholders
                errors[_field_of(err, _tidy(user_input))] = err.key
            else:
                return self._keep(title, answers)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_promotion_schema(self.hass), before),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _keep(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        """Add the promotion to the lot, or replace it."""
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)

    def _others(self) -> list[ConfigSubentry]:
        """Return the lot's other promotions."""
        own = None
        if self.source == SOURCE_RECONFIGURE:
            own = self._get_reconfigure_subentry().subentry_id
        promotions = self._get_entry().get_subentries_of_type(SUBENTRY_PROMOTION)
        return [one for one in promotions if one.subentry_id != own]

    def _title(self, answers: dict[str, Any]) -> str:
        """Pop the title from the answers, or raise `InvalidInputError`."""
        title = " ".join(answers.pop(CONF_TITLE, "").split())
        if not title:
            raise InvalidInputError("no_title")
        if len(title) > TITLE_MAX:
            raise InvalidInputError("long_title", {"most": str(TITLE_MAX), "is": str(len(title))})
        if title.casefold() in {one.title.casefold() for one in self._others()}:
            raise InvalidInputError("title_taken")
        return title

    async def _async_check_picture(self, answers: Mapping[str, Any]) -> None:
        """Raise `InvalidInputError` when there is a picture that cannot be used."""
        if CONF_PICTURE in answers and CONF_PICTURE_PATH in answers:
            raise InvalidInputError("two_pictures")
        if where := picture_in(answers):
            await async_read_picture(self.hass, where)


def _part_of(data: Mapping[str, Any], schema: vol.Schema) -> dict[str, Any]:
    """Return the data of a section of the form."""
    return {str(key): data[key] for key in schema.schema if key in data}


def _tidy(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers without sections, empty fields and outer spaces."""
    flat = {**user_input, **user_input[TIMES], **user_input[SHARE]}
    texts = {
        key: value.strip() if isinstance(value, str) else value
        for key, value in flat.items()
        if key not in (TIMES, SHARE)
    }
    return {key: value for key, value in texts.items() if value not in ("", None, [], {})}


def _field_of(err: SmartParkingError, answers: Mapping[str, Any]) -> str:
    """Return the field at which an error is shown; errors in sections are shown above the form."""
    if err.key == "control_characters":
        return CONF_TITLE if has_controls(answers.get(CONF_TITLE, "")) else CONF_TEXT
    if "picture" in err.key:
        return CONF_PICTURE_PATH if CONF_PICTURE_PATH in answers else CONF_PICTURE
    return next((field for field in (CONF_TITLE, CONF_TEXT, CONF_LINK) if field in err.key), "base")


def _check_controls(answers: Mapping[str, Any]) -> None:
    """Raise `InvalidInputError` when a text has control characters."""
    check_controls(answers.get(CONF_TITLE, ""))
    check_controls(answers.get(CONF_TEXT, ""), lines=True)


def _check_text(answers: Mapping[str, Any]) -> None:
    """Raise `InvalidInputError` when a text is too long for a sign or a message."""
    if (length := len(answers.get(CONF_TEXT, ""))) > TEXT_MAX:
        raise InvalidInputError("long_text", {"most": str(TEXT_MAX), "is": str(length)})


def _check_link(answers: Mapping[str, Any]) -> None:
    """Raise `InvalidInputError` when there is an invalid link."""
    if link := answers.get(CONF_LINK):
        check_link(link)


def _check_times(answers: dict[str, Any]) -> None:
    """Raise `InvalidInputError` when the promotion would never be shown.

    Days, times and languages are normalized first.
    """
    for key in (CONF_FIRST_DAY, CONF_LAST_DAY):
        if (day := dt_util.parse_date(answers.get(key, ""))) is not None:
            answers[key] = day.isoformat()
    for key in (CONF_OPENS, CONF_CLOSES):
        if (clock := dt_util.parse_time(answers.get(key, ""))) is not None:
            answers[key] = clock.isoformat()
    first, last = answers.get(CONF_FIRST_DAY), answers.get(CONF_LAST_DAY)
    if first and last and last < first:
        raise InvalidInputError("days_backwards", {"first": first, "last": last})
    opens, closes = answers.get(CONF_OPENS), answers.get(CONF_CLOSES)
    if opens and opens == closes:
        raise InvalidInputError("no_hours", {"time": opens})
    if languages := [base_language(one.strip()) for one in answers.get(CONF_LANGUAGES, ())]:
        for one in languages:
            if not re.fullmatch(r"[a-z]{2,3}", one):
                raise InvalidInputError("bad_language", {"language": one})
        answers[CONF_LANGUAGES] = languages
