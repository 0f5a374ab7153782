"""How an owner changes the way a lot guides drivers, and draws the ways through it."""

from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from typing import Any, NamedTuple, override

from homeassistant.config_entries import ConfigFlowContext, ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from .analytics.flow import AnalyticsSteps
from .bay_entities import BayNumbers, entities_form, other_entities, rows_of
from .const import (
    CONF_FROM_LEVEL,
    CONF_FROM_POINT,
    CONF_HOLD_MINUTES,
    CONF_LANES,
    CONF_LENGTH,
    CONF_LEVEL,
    CONF_ONE_WAY,
    CONF_POINTS,
    CONF_QUEUE_MAX,
    CONF_RAMPS,
    CONF_SPEED_KMH,
    CONF_TO_LEVEL,
    CONF_TO_POINT,
    CONF_USER_DAYS,
    CONF_USER_HOLDS,
    CONF_USER_HOURS,
    CONF_USER_MINUTES,
    SUBENTRY_GATE,
    SUBENTRY_NODE,
)
from .editor.panel import editor_path
from .errors import InvalidInputError, SmartParkingError
from .flow_preview import PlanPreviewSteps, async_show_plan
from .forecast.flow import ForecastSteps
from .lot.model import Lane, Ramp
from .lot.routing.network import Network
from .mqtt_publisher.flow import MqttPublisherSteps
from .open_data.flow import FeedSteps
from .options import HOLD_MINUTES, QUEUE_MAX, SPEED_KMH, read_lanes, read_ramps
from .plan_preview import PlanChange
from .rendering.scene import Pointer
from .sources.base import Columns, NodeConfig, Row, metres
from .sources.bay_table import bay_of, gate_of
from .sources.levels import as_known, levels_in, levels_of_bays, levels_of_lot, name_selector
from .visitor.flow import VisitorSteps
from .wifi.flow import WifiSteps

_LEVELS = (CONF_LEVEL, CONF_FROM_LEVEL, CONF_TO_LEVEL)

# So many bays are named one by one, the rest is counted.
NAMED_MAX = 12


def _number(low: float, high: float, step: float, unit: str | None = None) -> NumberSelector:
    """Return a field for a number."""
    config = NumberSelectorConfig(min=low, max=high, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


GUIDANCE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOLD_MINUTES, default=HOLD_MINUTES): _number(1, 60, 0.5, "min"),
        vol.Required(CONF_SPEED_KMH, default=SPEED_KMH): _number(3, 50, 1, "km/h"),
        vol.Required(CONF_QUEUE_MAX, default=QUEUE_MAX): _number(0, 1000, 1),
        vol.Optional(CONF_USER_HOLDS): _number(1, 1000, 1),
        vol.Optional(CONF_USER_MINUTES): _number(1, 1440, 1, "min"),
        vol.Optional(CONF_USER_HOURS): _number(1, 744, 1, "h"),
        vol.Optional(CONF_USER_DAYS): _number(1, 366, 1, "d"),
    }
)


def _table(name: str, columns: Columns, *, label: str, description: str) -> ObjectSelector:
    """Return a table of lanes or ramps."""
    return ObjectSelector(
        ObjectSelectorConfig(
            fields=columns,
            multiple=True,
            label_field=label,
            description_field=description,
            translation_key=name,
        )
    )


def _ways_schema(levels: Sequence[str]) -> vol.Schema:
    """Return the tables of lanes and ramps; `levels` are those that there are."""
    level = name_selector(levels)
    return vol.Schema(
        {
            vol.Optional(CONF_LANES): _table(
                CONF_LANES,
                {
                    CONF_LEVEL: {"selector": level},
                    CONF_POINTS: {"selector": TextSelector(), "required": True},
                    CONF_ONE_WAY: {"selector": BooleanSelector()},
                },
                label=CONF_POINTS,
                description=CONF_LEVEL,
            ),
            vol.Optional(CONF_RAMPS): _table(
                CONF_RAMPS,
                {
                    CONF_FROM_LEVEL: {"selector": level},
                    CONF_FROM_POINT: {"selector": TextSelector(), "required": True},
                    CONF_TO_LEVEL: {"selector": level},
                    CONF_TO_POINT: {"selector": TextSelector(), "required": True},
                    CONF_ONE_WAY: {"selector": BooleanSelector()},
                    CONF_LENGTH: {"selector": metres(1.0, 1000.0)},
                },
                label=CONF_FROM_LEVEL,
                description=CONF_TO_LEVEL,
            ),
        }
    )


class Ways(NamedTuple):
    """The lanes and ramps of a lot."""

    lanes: Sequence[Lane]
    ramps: Sequence[Ramp]


class LotOptionsFlow(
    PlanPreviewSteps[ConfigFlowContext, ConfigFlowResult, str],
    VisitorSteps,
    WifiSteps,
    FeedSteps,
    MqttPublisherSteps,
    AnalyticsSteps,
    ForecastSteps,
):
    """Changes the options of a lot; only other entities of bays take a reload."""

    _ways: Mapping[str, list[Row]] = {}
    _labels: Sequence[str] = ()

    @override
    def point_on_plan(
        self, read: Callable[[Mapping[str, Any]], Pointer], answers: Mapping[str, Any]
    ) -> str:
        def change(answers: Mapping[str, Any]) -> PlanChange:
            """Return the point that stands in the form."""
            return PlanChange(pointer=read(answers))

        return async_show_plan(self.hass, self.flow_id, change, answers, self.config_entry)

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer what there is to change."""
        return self.async_show_menu(
            step_id="init",
            menu_options=[
                "editor",
                "guidance",
                "ways",
                "entities",
                "visitors",
                "joining",
                "open_data",
                "mqtt",
                "limits",
                "tariff",
                "history",
                "forecast",
            ],
        )

    async def async_step_editor(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Lead to the editor of the plan."""
        return self.async_abort(
            reason="editor",
            description_placeholders={
                "url": editor_path(self.config_entry.entry_id),
                "lot": self.config_entry.title,
            },
        )

    async def async_step_guidance(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how long a bay is kept, and for how many drivers at most."""
        if user_input is not None:
            # What is emptied has its default again.
            others = {
                key: value
                for key, value in self.config_entry.options.items()
                if key not in GUIDANCE_SCHEMA.schema
            }
            return self.async_create_entry(data={**others, **user_input})
        return self.async_show_form(
            step_id="guidance",
            data_schema=self.add_suggested_values_to_schema(
                GUIDANCE_SCHEMA, self.config_entry.options
            ),
        )

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which bays have entities, and say what that means in numbers."""
        entry = self.config_entry
        numbers = BayNumbers.of(rows_of(entry), other_entities(self.hass, entry))
        form = entities_form(numbers, entry.options, numbers.bays, user_input)
        if user_input is not None and not form.errors:
            return self._save(user_input)
        return self.async_show_form(
            step_id="entities",
            data_schema=form.schema,
            errors=form.errors,
            description_placeholders=form.placeholders,
        )

    async def async_step_ways(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where one drives, until that can be understood."""
        if user_input is None:
            return self._show_ways(self._ways or self.config_entry.options)
        self._ways = self._tidy_ways(user_input)
        try:
            self._labels = self._stranded(self._read_ways(self._ways))
        except SmartParkingError as err:
            return self._show_ways(user_input, err)
        return await self.async_step_stranded() if self._labels else self._save(self._ways)

    async def async_step_stranded(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show which bays one cannot drive to, before anything is saved."""
        named = ", ".join(self._labels[:NAMED_MAX])
        return self.async_show_menu(
            step_id="stranded",
            menu_options=["ways", "save"],
            description_placeholders={
                "count": str(len(self._labels)),
                "labels": f"{named} …" if len(self._labels) > NAMED_MAX else named,
            },
        )

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Save lanes although they do not lead to every bay."""
        return self._save(self._ways)

    def _tidy_ways(self, answers: Mapping[str, Any]) -> dict[str, list[Row]]:
        """Return the rows of both tables, tidied."""
        levels = levels_of_lot(self.config_entry)
        return {
            name: [_tidy(row, levels) for row in answers.get(name) or ()]
            for name in (CONF_LANES, CONF_RAMPS)
        }

    def _read_ways(self, ways: Mapping[str, Sequence[Row]]) -> Ways:
        """Return the lanes and ramps of both tables, or raise `InvalidInputError`."""
        lanes, ramps = read_lanes(ways[CONF_LANES]), read_ramps(ways[CONF_RAMPS])
        entry = self.config_entry
        gates = (one.data for one in entry.get_subentries_of_type(SUBENTRY_GATE))
        _check_levels(lanes, ramps, {*levels_of_bays(entry), *levels_in(gates, CONF_LEVEL)})
        return Ways(lanes, ramps)

    def _changed_ways(self, answers: Mapping[str, Any]) -> PlanChange:
        """Return the lanes and ramps that stand in the form, or raise `InvalidInputError`."""
        lanes, ramps = self._read_ways(self._tidy_ways(answers))
        return PlanChange(lanes=lanes, ramps=ramps)

    def _stranded(self, ways: Ways) -> list[str]:
        """Return the labels of bays that one cannot drive to."""
        gates = self.config_entry.get_subentries_of_type(SUBENTRY_GATE)
        if not (ways.lanes or ways.ramps) or not gates:
            return []
        entrances = [gate_of(one.subentry_id, one.title, one.data) for one in gates]
        nodes = self.config_entry.get_subentries_of_type(SUBENTRY_NODE)
        bays = [
            bay_of(row) for one in nodes for row in NodeConfig.from_data(one.title, one.data).rows
        ]
        return [bay.label for bay in Network(bays, entrances, *ways).stranded()]

    def _show_ways(
        self, answers: Mapping[str, Any], err: SmartParkingError | None = None
    ) -> ConfigFlowResult:
        """Show the tables of lanes and ramps, what they look like, and what is wrong with them."""
        plan = async_show_plan(
            self.hass, self.flow_id, self._changed_ways, answers, self.config_entry
        )
        return self.async_show_form(
            step_id="ways",
            data_schema=self.add_suggested_values_to_schema(
                _ways_schema(levels_of_lot(self.config_entry)), answers
            ),
            errors={_table_of(err): err.key} if err else None,
            description_placeholders={**(err.placeholders if err else {}), "plan": plan},
            preview=self.plan_preview,
        )

    def _save(self, changed: Mapping[str, Any]) -> ConfigFlowResult:
        """Save what has been changed, and all other options."""
        return self.async_create_entry(data={**self.config_entry.options, **changed})


def _tidy(row: Mapping[str, Any], levels: Sequence[str]) -> Row:
    """Return a row without empty cells, its levels written as they are elsewhere."""
    return {
        key: as_known(value, levels) if key in _LEVELS else value
        for key, value in row.items()
        if value not in (None, "")
    }


def _table_of(err: SmartParkingError) -> str:
    """Return the table in which something is wrong."""
    return CONF_RAMPS if err.key.startswith("ramp") else CONF_LANES


def _check_levels(lanes: Sequence[Lane], ramps: Sequence[Ramp], known: AbstractSet[str]) -> None:
    """Raise `InvalidInputError` when a lane or a ramp is on a level that nothing else is on."""
    of_lanes = {lane.level for lane in lanes}
    of_ramps = {end.level for ramp in ramps for end in (ramp.start, ramp.end)}
    for number, lane in enumerate(lanes, 1):
        if lane.level not in known | of_ramps:
            raise InvalidInputError("lane_level", {"row": str(number), "level": lane.level})
    for number, ramp in enumerate(ramps, 1):
        for end in (ramp.start, ramp.end):
            if end.level not in known | of_lanes:
                raise InvalidInputError("ramp_level", {"row": str(number), "level": end.level})
