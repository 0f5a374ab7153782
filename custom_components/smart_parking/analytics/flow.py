"""Forms for analytics: the database, the tariff and the longest stays."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)
from sqlalchemy.exc import SQLAlchemyError
import voluptuous as vol

from ..const import CONF_ZONE, SUBENTRY_NODE
from ..lot.labels import name_key
from ..lot.model import BayKind
from ..requirements import RequirementsMissingError, async_load
from ..sources.base import Columns, NodeConfig, Row
from ..sources.levels import as_known, name_selector, zones_of_lot
from .engine import Address, DatabaseUrlError, open_engine, parse_address
from .options import (
    CONF_BAY,
    CONF_CLOSES,
    CONF_DATABASE_URL,
    CONF_DAY_MAXIMUM,
    CONF_FREE_MINUTES,
    CONF_INTERVAL_MINUTES,
    CONF_KEEP_DAYS,
    CONF_KIND,
    CONF_MINUTES,
    CONF_OPENS,
    CONF_PER_HOUR,
    CONF_RATES,
    CONF_STAY_LIMITS,
    INTERVAL_MINUTES,
    KEEP_DAYS,
    KEEP_DAYS_MAX,
    KEEP_DAYS_MIN,
)

_KIND = SelectSelector(
    SelectSelectorConfig(options=[kind.value for kind in BayKind], translation_key="bay_kind")
)


def _number(low: float, high: float, step: float, unit: str | None = None) -> NumberSelector:
    """Return a field for a number."""
    config = NumberSelectorConfig(min=low, max=high, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _table(name: str, columns: Columns, *, label: str, description: str) -> ObjectSelector:
    """Return a table."""
    return ObjectSelector(
        ObjectSelectorConfig(
            fields=columns,
            multiple=True,
            label_field=label,
            description_field=description,
            translation_key=name,
        )
    )


HISTORY_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_DATABASE_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        ),
        vol.Required(CONF_KEEP_DAYS, default=KEEP_DAYS): _number(
            KEEP_DAYS_MIN, KEEP_DAYS_MAX, 1, "d"
        ),
    }
)
TARIFF_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_FREE_MINUTES, default=0): _number(0, 1440, 1, "min"),
        vol.Required(CONF_INTERVAL_MINUTES, default=INTERVAL_MINUTES): _number(5, 1440, 1, "min"),
        vol.Optional(CONF_DAY_MAXIMUM): _number(0, 1_000_000, 0.01),
        vol.Optional(CONF_RATES): _table(
            CONF_RATES,
            {
                CONF_PER_HOUR: {"selector": _number(0, 100_000, 0.01), "required": True},
                CONF_KIND: {"selector": _KIND},
                CONF_OPENS: {"selector": TimeSelector()},
                CONF_CLOSES: {"selector": TimeSelector()},
            },
            label=CONF_PER_HOUR,
            description=CONF_KIND,
        ),
    }
)


def _limits_schema(zones: Sequence[str]) -> vol.Schema:
    """Return the table of limits; `zones` are those that the lot has."""
    columns: Columns = {
        CONF_MINUTES: {"selector": _number(1, 60 * 24 * 365, 1, "min"), "required": True},
        CONF_BAY: {"selector": TextSelector()},
        CONF_ZONE: {"selector": name_selector(zones)},
        CONF_KIND: {"selector": _KIND},
    }
    table = _table(CONF_STAY_LIMITS, columns, label=CONF_MINUTES, description=CONF_BAY)
    return vol.Schema({vol.Optional(CONF_STAY_LIMITS): table})


class AnalyticsSteps(OptionsFlow):
    """The steps of a lot's options for analytics."""

    async def async_step_history(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the database and the retention until the database can be reached."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {"error": "", "packages": ""}
        if user_input is not None:
            url = str(user_input.pop(CONF_DATABASE_URL, "")).strip()
            answers = {**user_input, CONF_KEEP_DAYS: int(user_input[CONF_KEEP_DAYS])}
            if url and url != self.config_entry.options.get(CONF_DATABASE_URL):
                errors, placeholders = await self._async_try(url)
            if not errors:
                return self._save_history({**answers, CONF_DATABASE_URL: url})
            user_input = {**answers, CONF_DATABASE_URL: url}
        return self.async_show_form(
            step_id="history",
            data_schema=self.add_suggested_values_to_schema(
                HISTORY_SCHEMA, user_input or self.config_entry.options
            ),
            errors=errors,
            description_placeholders={
                **placeholders,
                "example": "postgresql://user:password@host/database",
            },
        )

    async def _async_try(self, url: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return the errors of a database, and their placeholders."""
        placeholders = {"error": "", "packages": ""}
        try:
            address = parse_address(url)
            if address.requirements:
                await async_load(self.hass, "analytics.engine", address.requirements)
            await self.hass.async_add_executor_job(_connect, address)
        except DatabaseUrlError as err:
            return {CONF_DATABASE_URL: err.key}, placeholders
        except RequirementsMissingError as err:
            return {CONF_DATABASE_URL: "database_driver"}, {
                **placeholders,
                "packages": err.packages,
            }
        except (SQLAlchemyError, OSError, ImportError) as err:
            error = str(getattr(err, "orig", None) or err).strip()
            return {CONF_DATABASE_URL: "database_away"}, {**placeholders, "error": error}
        return {}, placeholders

    async def async_step_tariff(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the tariff."""
        if user_input is not None:
            rows = [_tidy(row) for row in user_input.pop(CONF_RATES, None) or ()]
            cleared = {CONF_DAY_MAXIMUM: None} if CONF_DAY_MAXIMUM not in user_input else {}
            return self._save_history({**cleared, **user_input, CONF_RATES: rows})
        return self._ask("tariff", TARIFF_SCHEMA, self.config_entry.options)

    async def async_step_limits(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how long parking may last, until all bays and zones that are named are there."""
        zones = zones_of_lot(self.config_entry)
        schema = _limits_schema(zones)
        if user_input is None:
            return self._ask("limits", schema, self.config_entry.options)
        labels = {name_key(label): label for label in self._labels_of_lot()}
        rows = [_tidy(row) for row in user_input.get(CONF_STAY_LIMITS) or ()]
        for number, row in enumerate(rows, 1):
            said = {"row": str(number)}
            if CONF_ZONE in row:
                row[CONF_ZONE] = zone = as_known(row[CONF_ZONE], zones)
                if zone not in zones:
                    error = {CONF_STAY_LIMITS: "unknown_zone"}
                    return self._ask("limits", schema, user_input, error, {**said, "zone": zone})
            if (label := row.get(CONF_BAY)) is None:
                continue
            if (known := labels.get(name_key(str(label)))) is None:
                error = {CONF_STAY_LIMITS: "unknown_bay"}
                return self._ask("limits", schema, user_input, error, {**said, "bay": str(label)})
            row[CONF_BAY] = known
        return self._save_history({CONF_STAY_LIMITS: rows})

    def _labels_of_lot(self) -> Sequence[str]:
        """Return the labels of the lot's bays."""
        nodes = self.config_entry.get_subentries_of_type(SUBENTRY_NODE)
        return [
            str(row["label"])
            for one in nodes
            for row in NodeConfig.from_data(one.title, one.data).rows
        ]

    def _ask(
        self,
        step_id: str,
        schema: vol.Schema,
        answers: Mapping[str, Any],
        errors: dict[str, str] | None = None,
        placeholders: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show a form with its errors."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, answers),
            errors=errors,
            description_placeholders={
                "currency": self.hass.config.currency,
                **(placeholders or {}),
            },
        )

    def _save_history(self, changed: Mapping[str, Any]) -> ConfigFlowResult:
        """Save the changed options together with all others."""
        options = {**self.config_entry.options, **changed}
        return self.async_create_entry(
            data={key: one for key, one in options.items() if one is not None}
        )


def _tidy(row: Mapping[str, Any]) -> Row:
    """Return a row without empty cells."""
    return {key: value for key, value in row.items() if value not in (None, "")}


def _connect(address: Address) -> None:
    """Connect to a database; raises any error of the connection."""
    engine = open_engine(address)
    try:
        with engine.connect():
            pass
    finally:
        with suppress(SQLAlchemyError):
            engine.dispose()
