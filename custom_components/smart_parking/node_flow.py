"""The steps that lead to a sensor node: what measures, its bays, and a look at what answers."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult, section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from .const import (
    CONF_BAY_ID,
    CONF_BAYS,
    CONF_EMPTY_M,
    CONF_KIND,
    CONF_LABEL,
    CONF_LEVEL,
    CONF_SOURCE,
    CONF_X,
    CONF_Y,
    DOMAIN,
    SUBENTRY_NODE,
)
from .lot.model import BayKind, Fault, Reading
from .rows import (
    BAYS_MAX,
    KIND_SELECTOR,
    SPACING_M,
    check_rows,
    common_columns,
    from_text,
    make_row,
    to_text,
    with_ids,
)
from .sources import SOURCES
from .sources.base import (
    CONF_EMPTY_IS,
    EMPTY_IS_NOTHING,
    PLACE_MAX_M,
    Columns,
    NodeConfig,
    Row,
    Schema,
    Source,
    SourceError,
    Value,
    metres,
)
from .sources.entity_choice import without_ours
from .texts_typed import check_controls

CONF_TEXT = "text"
CONF_NEXT = "next"
CONF_RESULT = "result"

# More bays than this are not listed one by one.
LISTED_MAX = 60

SOURCE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_SOURCE): SelectSelector(
            SelectSelectorConfig(
                options=list(SOURCES), mode=SelectSelectorMode.LIST, translation_key=CONF_SOURCE
            )
        )
    }
)
NEXT_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NEXT, default="again"): SelectSelector(
            SelectSelectorConfig(
                options=["again", "bays"], mode=SelectSelectorMode.LIST, translation_key=CONF_NEXT
            )
        )
    }
)


def _count(low: int, high: int) -> NumberSelector:
    """Return a field for a whole number."""
    return NumberSelector(
        NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)
    )


ROW_FIELDS: dict[vol.Marker, object] = {
    vol.Required("prefix", default="A"): TextSelector(),
    vol.Required("first_number", default=1): _count(0, 99_999),
    vol.Required("count", default=6): _count(1, BAYS_MAX),
    vol.Required(CONF_KIND, default=BayKind.STANDARD.value): KIND_SELECTOR,
    vol.Optional(CONF_LEVEL, default="1"): TextSelector(),
    vol.Required(CONF_X, default=0.0): metres(-PLACE_MAX_M),
    vol.Required(CONF_Y, default=0.0): metres(-PLACE_MAX_M),
    vol.Required("spacing", default=SPACING_M): metres(0.1, 100.0),
    vol.Required("direction", default="x"): SelectSelector(
        SelectSelectorConfig(options=["x", "y"], translation_key="direction")
    ),
}


class NodeSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[ContextT, ResultT, HandlerT]
):
    """Steps shared by a lot's first node and by those that are added or changed later."""

    _kind: type[Source]
    _name: str = ""
    _settings: Mapping[str, Value] = {}
    _rows: Sequence[Row] = ()
    _measured: Mapping[str, Reading] = {}

    @abstractmethod
    async def async_save_node(self, node: NodeConfig) -> ResultT:
        """Go on with a node that is complete and checked."""

    def taken_labels(self) -> set[str]:
        """Return the labels of bays that other nodes of the lot have."""
        return set()

    def sensors_at_rest(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which nothing else uses the node's sensors."""
        return nullcontext()

    async def async_step_node(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask what measures the bays."""
        if user_input is None:
            return self.async_show_form(step_id="node", data_schema=SOURCE_SCHEMA, last_step=False)
        self._kind = SOURCES[user_input[CONF_SOURCE]]
        if self._kind.only_one and (taken := self._other_node()) is not None:
            return self._show_again("node", SOURCE_SCHEMA, user_input, taken)
        self._name = self._kind.model
        return await self.async_step_settings()

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask for the node's name, and what its kind of sensor wants to know."""
        fields = self._kind.settings_schema()
        schema = vol.Schema({vol.Required(CONF_NAME): TextSelector(), **fields})
        if user_input is None:
            known = {CONF_NAME: self._name, **in_sections(fields, self._settings)}
            return self.async_show_form(
                step_id="settings",
                data_schema=self.add_suggested_values_to_schema(schema, known),
                last_step=False,
            )
        try:
            check_controls(user_input[CONF_NAME].strip())
        except SourceError as err:
            return self._show_again("settings", schema, user_input, err)
        self._name = user_input.pop(CONF_NAME).strip() or self._kind.model
        self._settings = out_of_sections(fields, user_input)
        return await self.async_step_bays()

    async def async_step_bays(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Offer the ways to enter bays, and to go on when there are some."""
        again = ["settings", "check"] if self._rows else []
        return self.async_show_menu(
            step_id="bays",
            menu_options=["row", "table", "text", *again],
            description_placeholders={
                "count": str(len(self._rows)),
                "labels": _listed([str(row[CONF_LABEL]) for row in self._rows]),
            },
        )

    async def async_step_row(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Make a whole row of bays from a few answers."""
        schema = vol.Schema({**ROW_FIELDS, **self._row_fields()})
        if user_input is not None:
            try:
                new = self._kind.wire_row(make_row(user_input), user_input, self._rows)
                self._take([*self._rows, *new])
            except SourceError as err:
                return self._show_again("row", schema, user_input, err)
            return await self.async_step_bays()
        return self.async_show_form(step_id="row", data_schema=schema, last_step=False)

    async def async_step_table(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Let bays be edited one by one."""
        columns = self._columns()
        words = await self._words("bay_kind")
        kinds = [SelectOptionDict(value=kind, label=words(kind)) for kind in BayKind]
        selector = ObjectSelector(
            ObjectSelectorConfig(
                # The frontend does not translate options inside a table, so they come translated.
                fields={
                    **columns,
                    CONF_KIND: {
                        **columns[CONF_KIND],
                        "selector": SelectSelector(SelectSelectorConfig(options=kinds)),
                    },
                },
                multiple=True,
                label_field=CONF_LABEL,
                translation_key=CONF_BAYS,
            )
        )
        schema = vol.Schema({vol.Required(CONF_BAYS): selector})
        if user_input is not None:
            try:
                self._take(user_input[CONF_BAYS])
            except SourceError as err:
                return self._show_again("table", schema, user_input, err)
            return await self.async_step_bays()
        shown = [{key: row[key] for key in columns if key in row} for row in self._rows]
        return self.async_show_form(
            step_id="table",
            data_schema=self.add_suggested_values_to_schema(schema, {CONF_BAYS: shown}),
            last_step=False,
        )

    async def async_step_text(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Show all bays as text, to be copied or replaced."""
        columns = self._columns()
        schema = vol.Schema(
            {vol.Required(CONF_TEXT): TextSelector(TextSelectorConfig(multiline=True))}
        )
        if user_input is not None:
            try:
                self._take(from_text(user_input[CONF_TEXT], columns))
            except SourceError as err:
                return self._show_again("text", schema, user_input, err)
            return await self.async_step_bays()
        return self.async_show_form(
            step_id="text",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_TEXT: to_text(self._rows, columns)}
            ),
            description_placeholders={"columns": ", ".join(columns)},
            last_step=False,
        )

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask every sensor once, and show what answered."""
        if user_input is not None and user_input[CONF_NEXT] == "bays":
            return await self.async_step_bays()
        node = self._node()
        try:
            self._kind.check(self.hass, node)
            async with self.sensors_at_rest():
                self._measured = await self._kind(self.hass, node).async_probe()
        except SourceError as err:
            return self._show_again("check", NEXT_SCHEMA, {}, err)
        return await self.async_step_checked()

    async def async_step_checked(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Offer to save what has been checked."""
        # Without an empty distance a bay would be unknown for ever, so it cannot be saved.
        # Where an empty bay gives no value, whatever is measured now is a vehicle.
        measured = self._rows if self._is_nothing else self._with_measured()
        lacking = self._uncalibrated(measured)
        options = [] if self._uncalibrated(self._rows) else ["save"]
        if measured != self._rows and not lacking:
            options.append("save_measured")
        return self.async_show_menu(
            step_id="checked",
            menu_options=[*options, "check", "bays"],
            description_placeholders={
                "count": str(len(self._rows)),
                "answered": str(sum(map(self._has_answered, self._measured.values()))),
                "results": await self._results(lacking),
            },
        )

    @property
    def _is_nothing(self) -> bool:
        """Whether an empty bay gives no value."""
        return self._settings.get(CONF_EMPTY_IS) == EMPTY_IS_NOTHING

    def _has_answered(self, reading: Reading) -> bool:
        """Return whether a sensor has said what it can: no echo may be all there is to say."""
        return reading.fault is None or (self._is_nothing and reading.fault is Fault.NO_TARGET)

    def _uncalibrated(self, rows: Sequence[Row]) -> list[str]:
        """Return the ids of bays that lack an empty distance."""
        return self._kind.uncalibrated(self._node(rows))

    def _with_measured(self) -> Sequence[Row]:
        """Return the bays with the distances just measured as those of empty bays."""
        if CONF_EMPTY_M not in self._kind.columns():
            return self._rows
        return [
            {**row, CONF_EMPTY_M: round(reading.distance_m, 3)}
            if (reading := self._measured.get(str(row[CONF_BAY_ID]))) is not None
            and reading.distance_m is not None
            else row
            for row in self._rows
        ]

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Keep the node as it is written down."""
        return await self.async_save_node(self._node())

    async def async_step_save_measured(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Keep the node, with the distances just measured as those of empty bays."""
        self._rows = self._with_measured()
        return await self.async_save_node(self._node())

    def _other_node(self) -> SourceError | None:
        """Return an error when any lot has a node of this kind already."""
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            for subentry in entry.get_subentries_of_type(SUBENTRY_NODE):
                if subentry.data[CONF_SOURCE] == self._kind.key:
                    return SourceError("only_one", {"node": subentry.title, "lot": entry.title})
        return None

    def _columns(self) -> Columns:
        """Return the columns of this kind of node's bays."""
        own = {
            name: ObjectSelectorField(
                **{**column, "selector": without_ours(self.hass, column["selector"])}
            )
            for name, column in self._kind.columns().items()
        }
        return {**common_columns(), **own}

    def _row_fields(self) -> Schema:
        """Return what the row generator asks for this kind of node."""
        return {
            name: without_ours(self.hass, field) for name, field in self._kind.row_schema().items()
        }

    def _node(self, rows: Sequence[Row] | None = None) -> NodeConfig:
        """Return the node as it has been entered so far."""
        return NodeConfig(
            self._name,
            {CONF_SOURCE: self._kind.key, **self._settings},
            self._rows if rows is None else rows,
        )

    def _take(self, rows: Sequence[Mapping[str, Value]]) -> None:
        """Take over bays, or raise `SourceError` and leave everything as it was."""
        wiring = [name for name, column in self._kind.columns().items() if column.get("required")]
        known = with_ids(rows, self._rows, wiring or (CONF_LEVEL, CONF_X, CONF_Y))
        check_rows(known, self.taken_labels())
        self._kind.check(self.hass, self._node(known))
        self._rows = known

    def _show_again(
        self, step_id: str, schema: vol.Schema, answers: Mapping[str, Any], err: SourceError
    ) -> ResultT:
        """Show a step again, with everything as it was entered and what is wrong with it."""
        columns = {"columns": ", ".join(self._columns())} if step_id == "text" else {}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, answers),
            errors={"base": err.key},
            description_placeholders={**columns, **err.placeholders},
            last_step=False,
        )

    async def _words(self, selector: str) -> Callable[[str], str]:
        """Return what names a selector's options in the language of this Home Assistant."""
        words = await async_get_translations(
            self.hass, self.hass.config.language, "selector", {DOMAIN}
        )
        return lambda option: words.get(
            f"component.{DOMAIN}.selector.{selector}.options.{option}", option
        )

    async def _results(self, lacking: Collection[str]) -> str:
        """Return what each sensor said, as a list: what needs a look stands first, and marked."""
        words = await self._words(CONF_RESULT)
        lines: list[tuple[int, str]] = []
        for row in self._rows:
            bay_id = str(row[CONF_BAY_ID])
            reading = self._measured.get(bay_id)
            said, rank = _said(reading, words), 2
            if reading is None:
                # Some sources cannot be asked at all.
                rank = 0 if self._measured else 2
            elif not self._has_answered(reading):
                rank = 1 if reading.fault is Fault.NO_TARGET else 0
            elif self._is_nothing and row.get(CONF_EMPTY_M) is None and reading.distance_m:
                said, rank = f"{said}; {words('taken_for_vehicle')}", 1
            mark = "" if rank == 2 else "⚠️ "
            lines.append((rank, f"- {mark}**{row[CONF_LABEL]}**: {said}"))
        lines.sort(key=lambda line: line[0])
        listed = [line for _, line in lines[:LISTED_MAX]]
        if lacking:
            labels = [str(row[CONF_LABEL]) for row in self._rows if row[CONF_BAY_ID] in lacking]
            listed += ["", f"{words('uncalibrated')} {_listed(labels)}"]
        return "\n".join(listed)


def _said(reading: Reading | None, words: Callable[[str], str]) -> str:
    """Return what one sensor said, in words."""
    if reading is None:
        return words("no_reading")
    if reading.distance_m is not None:
        return f"{reading.distance_m:.2f} m"
    if reading.fault is not None:
        return words(reading.fault)
    return words("occupied" if reading.occupied else "vacant")


def in_sections(fields: Schema, settings: Mapping[str, Value]) -> dict[str, object]:
    """Return settings as a form with sections shows them."""
    shown: dict[str, object] = {}
    for marker, field in fields.items():
        if isinstance(field, section):
            shown[str(marker)] = in_sections(field.schema.schema, settings)
        elif str(marker) in settings:
            shown[str(marker)] = settings[str(marker)]
    return shown


def out_of_sections(fields: Schema, entered: Mapping[str, Any]) -> dict[str, Value]:
    """Return settings as they are kept from those that a form with sections gives."""
    settings: dict[str, Value] = {}
    for marker, field in fields.items():
        value = entered.get(str(marker))
        if isinstance(field, section):
            settings |= out_of_sections(field.schema.schema, value or {})
        elif value is not None:
            settings[str(marker)] = value
    return settings


def _listed(labels: Sequence[str]) -> str:
    """Return labels in one line; of very many, the first and the last."""
    if len(labels) > LISTED_MAX:
        return f"{', '.join(labels[: LISTED_MAX - 1])} … {labels[-1]}"
    return ", ".join(labels)
