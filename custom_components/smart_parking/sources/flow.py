"""The steps that lead to a sensor node: what measures, its bays, and a look at what answers."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any, ClassVar, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.helpers.selector import (
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

from ..bay_entities import LOT_ENTITIES, BayNumbers, entities_form
from ..const import (
    CONF_BAY_ID,
    CONF_BAYS,
    CONF_EMPTY_M,
    CONF_KIND,
    CONF_LABEL,
    CONF_LEVEL,
    CONF_SOURCE,
    CONF_X,
    CONF_Y,
    CONF_ZONE,
    DOMAIN,
    SUBENTRY_NODE,
)
from ..errors import InvalidInputError, SmartParkingError
from ..lot.model import BayKind, Reading
from ..text_input import check_controls
from . import SOURCES
from .base import (
    CONF_EMPTY_IS,
    EMPTY_IS_NOTHING,
    BayOffer,
    Columns,
    DeviceOffer,
    NodeConfig,
    Row,
    Schema,
    Source,
    Value,
)
from .bay_table import (
    check_rows,
    common_columns,
    from_text,
    make_row,
    to_text,
    with_ids,
    with_new_ids,
)
from .entity_selectors import without_own_entities
from .forms import (
    CONF_LOT,
    CONF_NEXT,
    CONF_PREFIX,
    field_of,
    in_sections,
    lot_schema,
    next_schema,
    out_of_sections,
    row_fields,
)
from .levels import levels_in, spelt_alike, zones_in
from .test_results import as_plain, has_answered, listed, results_text

CONF_TEXT = "text"
CONF_RESULT = "result"
# So many devices that were found are listed one by one; the fields offer all of them.
FOUND_MAX = 20


def nodes_of_kind(
    hass: HomeAssistant, kind: type[Source]
) -> Iterator[tuple[ConfigEntry, ConfigSubentry]]:
    """Yield the nodes of a kind, each with its lot."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry in entry.get_subentries_of_type(SUBENTRY_NODE):
            if subentry.data[CONF_SOURCE] == kind.key:
                yield entry, subentry


class NodeSteps[ContextT: FlowContext, ResultT: FlowResult[Any, Any], HandlerT](
    FlowHandler[ContextT, ResultT, HandlerT]
):
    """Steps shared by a lot's first node and by those that are added or changed later."""

    _kind: type[Source]
    _name: str = ""
    _settings: Mapping[str, Value] = {}
    _rows: Sequence[Row] = ()
    _measured: Mapping[str, Reading] = {}
    _offer: DeviceOffer | None = None
    """What finds devices while the form is open."""

    @abstractmethod
    async def async_save_node(self, node: NodeConfig) -> ResultT:
        """Finish with a node that is complete and checked."""

    plan_preview: ClassVar[str | None] = None
    """Whose preview stands below forms with bays, if there is one."""

    @abstractmethod
    def plan_of(
        self, read: Callable[[Mapping[str, Any]], Sequence[Row]], answers: Mapping[str, Any]
    ) -> str:
        """Return what shows the plan in the description of a form, with what stands in it."""

    def source_kinds(self) -> list[str]:
        """Return what is offered to measure the bays: kinds of sources, and what a flow adds."""
        return [*SOURCES]

    @abstractmethod
    def taken_labels(self) -> set[str]:
        """Return the labels of bays that other nodes of the lot have."""

    def own_topic(self) -> str | None:
        """Return where the lot itself is published on MQTT, if it is."""
        return None

    @abstractmethod
    def other_levels(self) -> Sequence[str]:
        """Return the levels that the rest of the lot has."""

    def other_rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the bays of the lot's other nodes."""
        return ()

    def bays_before(self) -> int:
        """Return how many bays the lot had until now."""
        return 0

    def other_entities(self) -> int:
        """Return how many entities the lot has beside those of its bays."""
        return LOT_ENTITIES

    def lot_options(self) -> Mapping[str, Any]:
        """Return the options of the lot."""
        return {}

    @abstractmethod
    def set_lot_options(self, chosen: Mapping[str, Any]) -> None:
        """Set options of the lot, together with the node."""

    def other_zones(self) -> Sequence[str]:
        """Return the zones that the rest of the lot has."""
        return ()

    def own_node_id(self) -> str | None:
        """Return the id of the node that is being changed, if one is."""
        return None

    def sensors_at_rest(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which nothing else uses the node's sensors."""
        return nullcontext()

    async def async_step_node(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask what measures the bays."""
        schema = await self._source_schema()
        if user_input is None:
            return self.async_show_form(step_id="node", data_schema=schema, last_step=False)
        self._kind = SOURCES[user_input[CONF_SOURCE]]
        if self._kind.only_one and (taken := self._other_node()) is not None:
            return self._show_again("node", schema, user_input, taken)
        self._name = self._kind.model
        return await self.async_step_settings()

    async def _source_schema(self) -> vol.Schema:
        """Return the choice of sensors: what this machine has none of says so."""
        texts, lacks = await self._texts(CONF_SOURCE), await self._texts("lacking")
        options = []
        for key in self.source_kinds():
            kind = SOURCES.get(key)
            lacking = None if kind is None else await kind.async_lacking(self.hass, {})
            why = "" if lacking is None else f": {lacks(lacking.key)}"
            options.append(SelectOptionDict(value=key, label=f"{texts(key)}{why}"))
        config = SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
        return vol.Schema({vol.Required(CONF_SOURCE): SelectSelector(config)})

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask for the node's name, and what its kind of sensor wants to know."""
        fields = await self._kind.async_settings_schema(self.hass)
        schema = vol.Schema({vol.Required(CONF_NAME): TextSelector(), **fields})
        if user_input is None:
            known = {CONF_NAME: self._name, **in_sections(fields, self._settings)}
            return self._show_settings(schema, known, await self._lacking())
        answers = dict(user_input)
        name = answers.pop(CONF_NAME).strip()
        settings = out_of_sections(fields, answers)
        try:
            check_controls(name)
            self._kind.check_settings(self.hass, settings)
            self._check_identity(settings)
        except SmartParkingError as err:
            return self._show_settings(schema, user_input, await self._lacking(), err)
        found = {
            key: value for key, value in self._settings.items() if key in self._kind.found_settings
        }
        self._name = name or self._kind.identity(settings) or self._kind.model
        self._settings = await self._kind.async_complete(
            self.hass, {**found, **settings}, self._settings
        )
        await self._look_for_devices()
        if self._kind.finds_bays and not self._rows:
            return await self.async_step_lot()
        return await self.async_step_bays()

    def _show_settings(
        self,
        schema: vol.Schema,
        answers: Mapping[str, Any],
        lacking: str,
        err: SmartParkingError | None = None,
    ) -> ResultT:
        """Show the node's settings, and what is wrong with them."""
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(schema, answers),
            errors=None if err is None else {field_of(err, schema): err.key},
            description_placeholders={
                "lacking": lacking,
                **({} if err is None else err.placeholders),
            },
            last_step=False,
        )

    async def _look_for_devices(self) -> None:
        """Look for devices to be offered, as the settings say; not for others any more."""
        offer = await self._kind.async_offer(self.hass, self._settings)
        self._stop_looking()
        self._offer = offer

    def _stop_looking(self) -> None:
        """Look for no more devices."""
        if self._offer is not None:
            self._offer.close()
            self._offer = None

    @callback
    @override
    def async_remove(self) -> None:
        """Look for no more devices, for nobody looks at the form any more."""
        super().async_remove()
        self._stop_looking()

    async def _lacking(self) -> str:
        """Return what the kind of sensor lacks here, and that one can go on all the same."""
        if (lacking := await self._kind.async_lacking(self.hass, self._settings)) is None:
            return ""
        messages = await async_get_translations(
            self.hass, self.hass.config.language, "exceptions", {DOMAIN}
        )
        why = messages[f"component.{DOMAIN}.exceptions.{lacking.key}.message"]
        texts = await self._texts("lacking")
        return f"⚠️ {why.format(**lacking.placeholders)}\n\n{texts('go_on')}"

    async def async_step_bays(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Offer the ways to enter bays, and to go on when there are some."""
        again = ["settings", "check"] if self._rows else []
        return self.async_show_menu(
            step_id="bays",
            menu_options=["lot" if self._kind.finds_bays else "row", "table", "text", *again],
            description_placeholders={
                "count": str(len(self._rows)),
                "labels": listed([str(row[CONF_LABEL]) for row in self._rows]),
                "found": await self._found_text(),
            },
        )

    async def _found_text(self) -> str:
        """Return which devices there are to choose from; nothing where none can be found."""
        if self._offer is None:
            return ""
        texts = await self._texts("found")
        found = self._offered()
        if self._kind.finds_bays:
            there = listed([as_plain(label) for label in found.values()])
            return f"{texts('there')} {there}" if found else ""
        lines = [f"- {as_plain(text)}" for text in [*found.values()][:FOUND_MAX]]
        if len(found) > FOUND_MAX:
            lines.append(f"- … ({len(found)})")
        return "\n".join([texts("heard" if found else "nothing"), "", *lines])

    def _offered(self) -> Mapping[str, str]:
        """Return the devices that there are to choose from."""
        found = {} if self._offer is None else self._offer.devices()
        fields = self._kind.device_fields
        taken = {str(row[name]).casefold() for row in self._rows for name in fields if name in row}
        return {device: text for device, text in found.items() if device.casefold() not in taken}

    def _offering[SelectorT](self, name: str, field: SelectorT) -> SelectorT | SelectSelector:
        """Return a field that offers the devices that there are, if it asks for devices."""
        if name not in self._kind.device_fields or not isinstance(field, SelectSelector):
            return field
        options = [
            SelectOptionDict(value=device, label=text) for device, text in self._offered().items()
        ]
        return SelectSelector(SelectSelectorConfig(**{**field.config, "options": options}))

    async def async_step_lot(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask of which of the car parks that were found the bays are, and take them over."""
        if self._offer is None:
            await self._look_for_devices()
        offer = self._offer if isinstance(self._offer, BayOffer) else None
        texts = await self._texts("found")
        schema = lot_schema(
            [
                SelectOptionDict(value=one.topic, label=texts("lot").format(**one._asdict()))
                for one in (await offer.async_lots() if offer else ())
            ]
        )
        if user_input is None:
            known = {
                CONF_LOT: self._settings.get("topic"),
                CONF_PREFIX: self._settings.get("label_prefix"),
            }
            return self.async_show_form(
                step_id="lot",
                data_schema=self.add_suggested_values_to_schema(schema, known),
                last_step=False,
            )
        try:
            await self._take_bays_of(
                offer, user_input.get(CONF_LOT), user_input.get(CONF_PREFIX, "").strip()
            )
        except SmartParkingError as err:
            return self._show_again("lot", schema, user_input, err)
        return await self.async_step_bays()

    async def _take_bays_of(self, offer: BayOffer | None, topic: str | None, prefix: str) -> None:
        """Take over the bays of another car park, or raise `SmartParkingError`."""
        if (
            offer is None
            and (lacking := await self._kind.async_lacking(self.hass, self._settings)) is not None
        ):
            raise lacking
        if offer is None or topic is None:
            raise InvalidInputError("lot_needed")
        if topic == self.own_topic():
            raise InvalidInputError("own_lot")
        check_controls(prefix)
        if not await offer.async_choose(topic):
            raise InvalidInputError("lot_without_plan", {"topic": topic})
        before = self._settings
        self._settings = {**before, **offer.settings(topic, prefix)}
        try:
            await self._set(with_new_ids, offer.rows(prefix, self._rows))
        except SmartParkingError:
            self._settings = before
            raise
        if self._name == self._kind.model:
            self._name = offer.name()

    async def async_step_row(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Make a whole row of bays from a few answers."""
        schema = vol.Schema({**row_fields(self._levels(), self._zones()), **self._own_row_fields()})
        before = self._rows

        def read(answers: Mapping[str, Any]) -> list[Row]:
            """Return the bays with a row more."""
            return [*before, *make_row(answers)] if "count" in answers else [*before]

        if user_input is not None:
            try:
                answers = {**self._settings, **user_input}
                new = self._kind.wire_row(make_row(user_input), answers, self._rows)
                await self._take([*self._rows, *new])
            except SmartParkingError as err:
                return self._show_again("row", schema, user_input, err, read=read)
            return await self.async_step_bays()
        return self.async_show_form(
            step_id="row",
            data_schema=schema,
            description_placeholders={"plan": self.plan_of(read, {})},
            last_step=False,
            preview=self.plan_preview,
        )

    async def async_step_table(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Show the table in which bays are edited."""
        columns = self._columns()
        texts = await self._texts("bay_kind")
        kinds = [SelectOptionDict(value=kind, label=texts(kind)) for kind in BayKind]
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
                await self._take(user_input[CONF_BAYS])
            except SmartParkingError as err:
                return self._show_again("table", schema, user_input, err, read=_in_table)
            return await self.async_step_bays()
        shown = [{key: row[key] for key in columns if key in row} for row in self._rows]
        return self.async_show_form(
            step_id="table",
            data_schema=self.add_suggested_values_to_schema(schema, {CONF_BAYS: shown}),
            description_placeholders={"plan": self.plan_of(_in_table, {CONF_BAYS: shown})},
            last_step=False,
            preview=self.plan_preview,
        )

    async def async_step_text(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Show all bays as text, to be copied or replaced."""
        columns = self._columns()
        schema = vol.Schema(
            {vol.Required(CONF_TEXT): TextSelector(TextSelectorConfig(multiline=True))}
        )

        def read(answers: Mapping[str, Any]) -> list[Row]:
            """Return the bays of a text; of one that is empty there are none."""
            text = str(answers.get(CONF_TEXT) or "")
            return from_text(text, columns) if text.strip() else []

        if user_input is not None:
            try:
                await self._take(
                    await self.hass.async_add_executor_job(
                        from_text, user_input[CONF_TEXT], columns
                    )
                )
            except SmartParkingError as err:
                return self._show_again("text", schema, user_input, err, read=read)
            return await self.async_step_bays()
        shown = {CONF_TEXT: to_text(self._rows, columns)}
        return self.async_show_form(
            step_id="text",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            description_placeholders={
                "columns": ", ".join(columns),
                "plan": self.plan_of(read, shown),
            },
            last_step=False,
            preview=self.plan_preview,
        )

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask every sensor once, and show what answered."""
        if user_input is not None and user_input[CONF_NEXT] != "again":
            is_saved = user_input[CONF_NEXT] == "save"
            return await (self.async_step_save() if is_saved else self.async_step_bays())
        node, can_be_saved = self._node(), False
        try:
            self._kind.check(self.hass, node)
            # What is only not wired yet may be saved; what can never work may not.
            can_be_saved = not self._uncalibrated(self._rows)
            async with self.sensors_at_rest():
                self._measured = await self._kind(self.hass, node).async_probe()
        except SmartParkingError as err:
            return self._show_again("check", next_schema(save=can_be_saved), {}, err, "base")
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
                "answered": str(
                    sum(
                        has_answered(one, is_nothing=self._is_nothing)
                        for one in self._measured.values()
                    )
                ),
                "results": results_text(
                    self._rows,
                    self._measured,
                    lacking,
                    await self._texts(CONF_RESULT),
                    is_nothing=self._is_nothing,
                ),
            },
        )

    @property
    def _is_nothing(self) -> bool:
        """Whether an empty bay gives no value."""
        return self._settings.get(CONF_EMPTY_IS) == EMPTY_IS_NOTHING

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
        """Save the node as it is written down."""
        return await self._finish()

    async def async_step_save_measured(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Save the node, with the distances just measured as those of empty bays."""
        self._rows = self._with_measured()
        return await self._finish()

    async def _finish(self) -> ResultT:
        """Save the node; the owner of a large lot is asked before what its bays shall have."""
        if self._numbers().is_to_be_chosen(self.lot_options(), self.bays_before()):
            return await self.async_step_entities()
        return await self.async_save_node(self._node())

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask which bays of the lot have entities."""
        form = entities_form(self._numbers(), self.lot_options(), self.bays_before(), user_input)
        if user_input is not None and not form.errors:
            self.set_lot_options(user_input)
            return await self.async_save_node(self._node())
        return self.async_show_form(
            step_id="entities",
            data_schema=form.schema,
            errors=form.errors,
            description_placeholders=form.placeholders,
            last_step=False,
        )

    def _numbers(self) -> BayNumbers:
        """Return how many bays the lot will have."""
        return BayNumbers.of([*self.other_rows(), *self._rows], self.other_entities())

    def _other_node(self) -> InvalidInputError | None:
        """Return an error when any lot has a node of this kind already."""
        for entry, subentry in nodes_of_kind(self.hass, self._kind):
            return InvalidInputError("only_one", {"node": subentry.title, "lot": entry.title})
        return None

    def _check_identity(self, settings: Mapping[str, Value]) -> None:
        """Raise `InvalidInputError` when another node of any lot is what settings describe."""
        own, wanted = self.own_node_id(), self._kind.identity(settings)
        for entry, subentry in nodes_of_kind(self.hass, self._kind):
            is_same = self._kind.identity(subentry.data) == wanted
            if wanted is not None and is_same and subentry.subentry_id != own:
                raise InvalidInputError(
                    "node_taken", {"pi": wanted, "node": subentry.title, "lot": entry.title}
                )

    def _columns(self) -> Columns:
        """Return the columns of this kind of node's bays."""
        own = {
            name: ObjectSelectorField(
                **{
                    **column,
                    "selector": self._offering(
                        name, without_own_entities(self.hass, column["selector"])
                    ),
                }
            )
            for name, column in self._kind.columns().items()
        }
        return {**common_columns(self._levels(), self._zones()), **own}

    def _levels(self) -> Sequence[str]:
        """Return the levels that there are."""
        return [*self.other_levels(), *levels_in(self._rows, CONF_LEVEL)]

    def _zones(self) -> Sequence[str]:
        """Return the zones that there are."""
        return [*self.other_zones(), *zones_in(self._rows)]

    def _own_row_fields(self) -> Schema:
        """Return what the row generator asks for this kind of node."""
        return {
            marker: self._offering(str(marker), without_own_entities(self.hass, field))
            for marker, field in self._kind.row_schema().items()
        }

    def _node(self, rows: Sequence[Row] | None = None) -> NodeConfig:
        """Return the node as it has been entered so far."""
        return NodeConfig(
            self._name,
            {CONF_SOURCE: self._kind.key, **self._settings},
            self._rows if rows is None else rows,
        )

    async def _take(self, rows: Sequence[Mapping[str, Value]]) -> None:
        """Replace the bays, or raise `InvalidInputError` and leave everything as it was."""
        wiring = [name for name, column in self._kind.columns().items() if column.get("required")]
        await self._set(with_ids, rows, self._rows, wiring or (CONF_LEVEL, CONF_X, CONF_Y))

    async def _set(self, identify: Callable[..., Sequence[Row]], *arguments: Any) -> None:
        """Replace the bays by such as have their ids, or raise `InvalidInputError`."""
        # Of thousands of bays that takes a while.
        known = await self.hass.async_add_executor_job(
            partial(
                _checked,
                levels=self.other_levels(),
                zones=self.other_zones(),
                taken=self.taken_labels(),
            ),
            identify,
            *arguments,
        )
        self._kind.check(self.hass, self._node(known))
        self._rows = known

    def _show_again(
        self,
        step_id: str,
        schema: vol.Schema,
        answers: Mapping[str, Any],
        err: SmartParkingError,
        field: str | None = None,
        *,
        read: Callable[[Mapping[str, Any]], Sequence[Row]] | None = None,
    ) -> ResultT:
        """Show a step again, with everything as it was entered and what is wrong with it.

        `read` returns the bays that stand in it, if there may be any.
        """
        columns = {"columns": ", ".join(self._columns())} if step_id == "text" else {}
        plan = {} if read is None else {"plan": self.plan_of(read, answers)}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, answers),
            errors={field or field_of(err, schema): err.key},
            description_placeholders={**columns, **plan, **err.placeholders},
            last_step=False,
            preview=None if read is None else self.plan_preview,
        )

    async def _texts(self, selector: str) -> Callable[[str], str]:
        """Return what names a selector's options in the language of this Home Assistant."""
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "selector", {DOMAIN}
        )
        return lambda option: texts.get(
            f"component.{DOMAIN}.selector.{selector}.options.{option}", option
        )


def _in_table(answers: Mapping[str, Any]) -> list[Row]:
    """Return the bays of a table; those that have no place yet are not on the plan."""
    rows: list[Row] = answers.get(CONF_BAYS) or []
    return [row for row in rows if CONF_X in row and CONF_Y in row]


def _checked(
    identify: Callable[..., Sequence[Row]],
    *arguments: Any,
    levels: Sequence[str],
    zones: Sequence[str],
    taken: Iterable[str],
) -> Sequence[Row]:
    """Return rows that each know which bay they are, or raise `InvalidInputError`."""
    known = [*spelt_alike(identify(*arguments), CONF_LEVEL, levels)]
    known = [*spelt_alike(known, CONF_ZONE, zones)]
    check_rows(known, taken)
    return known
