"""Which bays of a lot have entities, and devices: what is pleasant at 24 is not at 5,000."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import CONF_BAY_ENTITIES, CONF_BAY_SWITCHES, CONF_BAYS, CONF_KIND, SUBENTRY_NODE
from .errors import InvalidInputError
from .lot.model import Bay, BayKind

# Up to so many bays each has a device of its own unless the owner says otherwise. Opening the
# integration's page takes a second then, and twenty with 1,000: see benchmarks/README.md.
DEVICES_MAX = 200
# So many enabled entities Home Assistant allows for one config entry.
ENTITIES_MAX = 10_000
# So many of them are for the lot itself, its nodes, gates and promotions, as far as is known before
# they are there.
LOT_ENTITIES = 100

# The entities of a bay: platform, and what its unique id ends with.
OCCUPANCY = ("binary_sensor", "occupancy")
OUT_OF_SERVICE = ("switch", "out_of_service")
DISTANCE = ("sensor", "distance")
OF_BAYS = (OCCUPANCY, OUT_OF_SERVICE, DISTANCE)

type BayEntityKey = tuple[str, str]


class BayEntities(StrEnum):
    """Which bays have entities."""

    DEVICES = "devices"
    """Each, with a device of its own."""
    ALL = "all"
    SPECIAL = "special"
    """Those that are not for everybody."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BayEntityPlan:
    """What an owner has chosen; a lot of which nothing was chosen has devices, as ever."""

    choice: BayEntities = BayEntities.DEVICES
    switches: bool = False
    """Whether bays without a device have their switch and distance, too."""

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Read the options of a lot; a choice of another version counts for none."""
        choice = str(options.get(CONF_BAY_ENTITIES))
        is_known = choice in list(BayEntities)
        return cls(
            BayEntities(choice) if is_known else BayEntities.DEVICES,
            bool(options.get(CONF_BAY_SWITCHES)),
        )

    def to_options(self) -> dict[str, Any]:
        """Return the choice as the options of a lot have it."""
        return {CONF_BAY_ENTITIES: self.choice.value, CONF_BAY_SWITCHES: self.switches}

    @property
    def has_devices(self) -> bool:
        """Whether each bay has a device."""
        return self.choice is BayEntities.DEVICES

    def has(self, bay: Bay, what: BayEntityKey) -> bool:
        """Return whether a bay has one of the entities that there are for bays."""
        return self.has_any(bay) and (what == OCCUPANCY or self.has_devices or self.switches)

    def has_any(self, bay: Bay) -> bool:
        """Return whether a bay has entities."""
        if self.choice is BayEntities.SPECIAL:
            return bay.kind is not BayKind.STANDARD
        return self.choice is not BayEntities.NONE

    def count(self, bays: int, special: int) -> int:
        """Return how many enabled entities a lot's bays have; `special` are among them."""
        with_entities = special if self.choice is BayEntities.SPECIAL else bays
        if self.choice is BayEntities.NONE:
            return 0
        # Distances are disabled at first.
        return with_entities * (2 if self.has_devices or self.switches else 1)


@dataclass(frozen=True, slots=True)
class BayNumbers:
    """What is said of a lot before its owner chooses."""

    bays: int
    special: int
    others: int = LOT_ENTITIES
    """How many entities the lot has beside those of its bays, or may come to have."""

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], others: int = LOT_ENTITIES) -> Self:
        """Count bays as they are written down."""
        kinds = [str(row.get(CONF_KIND) or BayKind.STANDARD) for row in rows]
        return cls(len(kinds), sum(kind != BayKind.STANDARD for kind in kinds), others)

    def fits(self, plan: BayEntityPlan) -> bool:
        """Return whether Home Assistant allows for what a plan means."""
        return plan.count(self.bays, self.special) + self.others <= ENTITIES_MAX

    def check(self, plan: BayEntityPlan) -> None:
        """Raise `InvalidInputError` when Home Assistant does not allow for what a plan means."""
        if not self.fits(plan):
            raise InvalidInputError("too_many_entities", self.placeholders(plan))

    def is_to_be_chosen(self, options: Mapping[str, Any], before: int) -> bool:
        """Return whether the owner has to choose, before a lot that had so many bays is saved."""
        if not self.fits(BayEntityPlan.from_options(options)):
            return True
        has_grown = self.bays > max(DEVICES_MAX, before)
        return has_grown and CONF_BAY_ENTITIES not in options

    def suggest(self, options: Mapping[str, Any], before: int) -> BayEntityPlan:
        """Return what is proposed: what there is if it can go on, else what is most and fits."""
        plan = BayEntityPlan.from_options(options)
        is_kept = CONF_BAY_ENTITIES in options or before > DEVICES_MAX or self.bays <= DEVICES_MAX
        if is_kept and self.fits(plan):
            return plan
        choices = (BayEntities.ALL, BayEntities.SPECIAL, BayEntities.NONE)
        plans = (BayEntityPlan(choice) for choice in choices)
        return next(one for one in plans if self.fits(one) or one.choice is BayEntities.NONE)

    def placeholders(self, plan: BayEntityPlan | None = None) -> dict[str, str]:
        """Return what every choice means, in numbers."""
        plan = plan or BayEntityPlan()
        return {
            "bays": str(self.bays),
            "special": str(self.special),
            "devices": str(BayEntityPlan().count(self.bays, self.special)),
            "needed": str(plan.count(self.bays, self.special) + self.others),
            "others": str(self.others),
            "limit": str(ENTITIES_MAX),
            "pleasant": str(DEVICES_MAX),
        }


def entities_schema(plan: BayEntityPlan) -> vol.Schema:
    """Return the form in which an owner chooses."""
    choice = SelectSelector(
        SelectSelectorConfig(
            options=[one.value for one in BayEntities],
            mode=SelectSelectorMode.LIST,
            translation_key=CONF_BAY_ENTITIES,
        )
    )
    return vol.Schema(
        {
            vol.Required(CONF_BAY_ENTITIES, default=plan.choice.value): choice,
            vol.Required(CONF_BAY_SWITCHES, default=plan.switches): BooleanSelector(),
        }
    )


class EntitiesForm(NamedTuple):
    """The form in which an owner chooses, with its errors."""

    schema: vol.Schema
    errors: dict[str, str]
    placeholders: Mapping[str, str]


def entities_form(
    numbers: BayNumbers,
    options: Mapping[str, Any],
    before: int,
    answers: Mapping[str, Any] | None,
) -> EntitiesForm:
    """Return the form for a lot that had so many bays; answers without an error can be saved."""
    if answers is None:
        schema = entities_schema(numbers.suggest(options, before))
        return EntitiesForm(schema, {}, numbers.placeholders())
    plan = BayEntityPlan.from_options(answers)
    try:
        numbers.check(plan)
    except InvalidInputError as err:
        return EntitiesForm(entities_schema(plan), {CONF_BAY_ENTITIES: err.key}, err.placeholders)
    return EntitiesForm(entities_schema(plan), {}, numbers.placeholders())


def rows_of(entry: ConfigEntry) -> list[Mapping[str, Any]]:
    """Return the bays that are written down in a lot."""
    return [
        row for node in entry.get_subentries_of_type(SUBENTRY_NODE) for row in node.data[CONF_BAYS]
    ]


def other_entities(hass: HomeAssistant, entry: ConfigEntry) -> int:
    """Return how many enabled entities a lot has beside those of its bays, with some to spare."""
    prefix = f"{entry.entry_id}_"
    of_bays = tuple(f"_{key}" for _, key in OF_BAYS)
    others = sum(
        not one.disabled and not one.unique_id.removeprefix(prefix).endswith(of_bays)
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    )
    return max(LOT_ENTITIES, others + LOT_ENTITIES // 2)
