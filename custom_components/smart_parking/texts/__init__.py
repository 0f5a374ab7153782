"""Texts for drivers, in their language.

Home Assistant's translations are for owners. Drivers, too, read and hear texts: directions,
answers, messages. These are in `texts/`; a text that a language lacks is in English.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
import json
from pathlib import Path

from homeassistant.const import UnitOfLength
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..lot.routing.directions import Directions, Unit
from .plurals import OTHER, category

ENGLISH = "en"
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class DriverTexts:
    """The texts of one language, complete."""

    language: str
    texts: Mapping[str, str]
    unit: Unit = Unit.METRES

    def text(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled in."""
        return self.texts[key].format_map(values)

    def plural(self, key: str, count: int, **values: object) -> str:
        """Return a text with a number, in the language's plural form for it."""
        form = f"{key}_{category(self.texts['plural_rules'], count)}"
        if form not in self.texts:
            form = f"{key}_{OTHER}"
        return self.text(form, count=count, **values)

    def of(self, prefix: str, others: Iterable[str] = ()) -> dict[str, str]:
        """Return the texts with a prefix, without the prefix, and some others."""
        own = {
            key.removeprefix(prefix): text
            for key, text in self.texts.items()
            if key.startswith(prefix)
        }
        return {key: self.texts[key] for key in others} | own

    def listed(self, items: Iterable[str]) -> str:
        """Return items as a list in words: `A, B and C`."""
        *most, last = items
        return self.texts["and"].join(
            [self.texts["separator"].join(most), last] if most else [last]
        )

    def level(self, name: str) -> str:
        """Return the name of a level: `level 1`, but `Roof`."""
        is_number = name.removeprefix("-").isdecimal()
        return self.text("level", level=name) if is_number else name

    def directions(self, directions: Directions) -> str:
        """Return directions such as `Level 1, up the ramp, row B, 35 m, on the left`."""
        level, row = self._place(directions)
        ramp, *rest = self._way(directions)
        return self._line(level, ramp, row, *rest)

    def route_and_place(self, directions: Directions) -> tuple[str, str]:
        """Return directions in two parts: `Up the ramp, 35 m, on the left`, `Level 1, row B`."""
        return self._line(*self._way(directions)), self._line(*self._place(directions))

    def _place(self, directions: Directions) -> list[str]:
        """Return the place of a bay: its level and its row, as far as they are given."""
        return [
            self.level(directions.level) if directions.level else "",
            self.text("row", row=directions.row) if directions.row else "",
        ]

    def _way(self, directions: Directions) -> list[str]:
        """Return the route to a bay: the ramp, the distance, and the side."""
        change, side = directions.level_change, directions.side
        return [
            self.text(f"ramp_{change}") if change else "",
            self.text(self.unit, **{self.unit: directions.distance(self.unit)}),
            self.text(side) if side else "",
        ]

    def _line(self, *parts: str) -> str:
        """Return the non-empty parts as a line."""
        line = self.texts["separator"].join(filter(None, parts))
        return line[:1].upper() + line[1:]


type Languages = Mapping[str, DriverTexts]

DATA_TEXTS: HassKey[Languages] = HassKey(f"{DOMAIN}_words")


def read_texts(folder: Path = FOLDER) -> Languages:
    """Return the texts of all languages. Blocks: for the executor."""
    english = json.loads((folder / f"{ENGLISH}.json").read_bytes())
    return {
        path.stem: DriverTexts(path.stem, {**english, **json.loads(path.read_bytes())})
        for path in folder.glob("*.json")
    }


async def async_setup_texts(hass: HomeAssistant) -> None:
    """Load the texts."""
    hass.data[DATA_TEXTS] = await hass.async_add_executor_job(read_texts)


def own_names(hass: HomeAssistant) -> dict[str, str]:
    """Return the name of each language of drivers' texts, in itself."""
    return {
        language: texts.text("page_own_name")
        for language, texts in sorted(hass.data[DATA_TEXTS].items())
    }


def unit_of(hass: HomeAssistant) -> Unit:
    """Return the unit of distances of this Home Assistant."""
    is_metric = hass.config.units.length_unit == UnitOfLength.KILOMETERS
    return Unit.METRES if is_metric else Unit.FEET


def get_texts(
    hass: HomeAssistant, language: str | None = None, *, house: bool = True
) -> DriverTexts:
    """Return the texts of a language, else of this Home Assistant's, else English.

    `pt-BR` gets the texts of `pt`. With `house` off, an unknown language gets English directly.
    """
    languages = hass.data[DATA_TEXTS]
    of_house = hass.config.language if house else None
    names = (name for name in (language, of_house, ENGLISH) if name)
    found = next(
        found
        for name in names
        if (found := languages.get(name.replace("_", "-").split("-")[0].lower()))
    )
    return replace(found, unit=unit_of(hass))
