"""What drivers are told, in their language.

Home Assistant's translations are for owners. Drivers, too, read and hear: directions, answers,
messages. Their texts are in `texts/`; what a language lacks is said in English.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .lot.directions import Directions

ENGLISH = "en"
FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language, complete."""

    language: str
    texts: Mapping[str, str]

    def text(self, key: str, **values: object) -> str:
        """Return a text with values put into it."""
        return self.texts[key].format_map(values)

    def plural(self, key: str, count: int, **values: object) -> str:
        """Return a text about one or several; these languages know no third."""
        which = "one" if count == 1 else "other"
        return self.text(f"{key}_{which}", count=count, **values)

    def listed(self, items: Iterable[str]) -> str:
        """Return items as one says them: `A, B and C`."""
        *most, last = items
        return self.texts["and"].join(
            [self.texts["separator"].join(most), last] if most else [last]
        )

    def directions(self, directions: Directions) -> str:
        """Return the way to a bay, such as `Level 1, row B, 35 m, on the left`."""
        parts = [
            self.text("level", level=directions.level) if directions.level else "",
            self.text("row", row=directions.row) if directions.row else "",
            self.text("metres", metres=directions.metres),
            self.text(directions.side) if directions.side else "",
        ]
        line = self.texts["separator"].join(part for part in parts if part)
        return line[:1].upper() + line[1:]


type Languages = Mapping[str, Words]

DATA_WORDS: HassKey[Languages] = HassKey(f"{DOMAIN}_words")


def read_words(folder: Path = FOLDER) -> Languages:
    """Read the texts of all languages. Blocks: for the executor."""
    english = json.loads((folder / f"{ENGLISH}.json").read_bytes())
    return {
        path.stem: Words(path.stem, {**english, **json.loads(path.read_bytes())})
        for path in folder.glob("*.json")
    }


async def async_setup_words(hass: HomeAssistant) -> None:
    """Have the texts at hand."""
    hass.data[DATA_WORDS] = await hass.async_add_executor_job(read_words)


def words_for(hass: HomeAssistant, language: str | None = None) -> Words:
    """Return the words of a language, else of this Home Assistant's, else English.

    Of `pt-BR` as of `pt`.
    """
    languages = hass.data[DATA_WORDS]
    names = (name for name in (language, hass.config.language, ENGLISH) if name)
    return next(
        found
        for name in names
        if (found := languages.get(name.replace("_", "-").split("-")[0].lower()))
    )
