"""Every text that the code asks for exists, says what it may, and none is left over."""

from collections.abc import Iterator
from pathlib import Path
import re

from homeassistant.helpers import config_validation as cv
import pytest
import voluptuous as vol

from custom_components.smart_parking.lot.model import Fault
from tests.repository import asked
from tests.repository.project import (
    HOME_ASSISTANT,
    INTEGRATION,
    Json,
    english,
    is_spoken,
    leaves,
    placeholders,
    read_json,
)

ENGLISH = english()
OTHERS = sorted(
    set((INTEGRATION / "translations").glob("*.json")) - {INTEGRATION / "translations" / "en.json"}
)
TEXTS = {"/".join(path): text for path, text in leaves(ENGLISH)}
FORMS = {
    f"{where}/{name}": step
    for where, flow in [
        ("config", ENGLISH["config"]),
        ("options", ENGLISH.get("options", {})),
        *ENGLISH["config_subentries"].items(),
    ]
    for name, step in flow.get("step", {}).items()
}


def test_top_level_is_known() -> None:
    used = (read_json(path) for path in HOME_ASSISTANT.glob("components/*/strings.json"))
    assert ENGLISH.keys() <= {key for strings in used for key in strings}


def faults(text: str) -> Iterator[str]:
    """Yield why Home Assistant would not show a text as it is meant, in any language."""
    if not text.strip():
        yield "it is empty"
    if text != text.strip():
        yield "it begins or ends with a space"
    try:
        cv.string_with_no_html(text)
    except vol.Invalid as error:
        yield str(error)
    if "[%" in text:
        yield "custom integrations expand no references"
    if re.search(r"https?://|www\.", text):
        yield "addresses are placeholders"
    if re.search(r"'\{\w+\}'", text):
        yield "a placeholder in single quotes is not filled"
    if not all(name.isidentifier() for name in placeholders(text)):
        yield "a placeholder is a name"


@pytest.mark.parametrize("path", sorted(TEXTS))
def test_text(path: str) -> None:
    assert list(faults(TEXTS[path])) == []


def test_a_bad_text_would_be_noticed() -> None:
    assert list(faults("Press <b>Save</b> ")) != list(faults("Press <b>Save</b>")) != []
    assert list(faults(" ")) == ["it is empty", "it begins or ends with a space"]


@pytest.mark.parametrize("path", [INTEGRATION / "translations" / "en.json", *OTHERS])
def test_states_and_units_have_no_gaps(path: Path) -> None:
    """Home Assistant fills the gaps of names, errors and steps only."""
    named = {
        "/".join(at): text
        for at, text in leaves(read_json(path))
        if at[0] == "entity" and at[3:] != ("name",)
    }
    assert len(named) > 20
    assert {at for at, text in named.items() if placeholders(text)} == set()


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_field_of_a_form_is_explained(form: str) -> None:
    step = FORMS[form]
    for part in [step, *step.get("sections", {}).values()]:
        assert part.get("data", {}).keys() == part.get("data_description", {}).keys()


@pytest.mark.parametrize("kind", sorted(ENGLISH["config_subentries"]))
def test_subentry_can_be_begun(kind: str) -> None:
    texts = ENGLISH["config_subentries"][kind]
    assert texts["entry_type"]
    assert texts["initiate_flow"]["user"]


@pytest.mark.parametrize("text", asked.exceptions(), ids=str)
def test_error_has_its_words(text: asked.Text) -> None:
    message = ENGLISH["exceptions"][text.key]["message"]
    if text.placeholders is not None:
        assert placeholders(message) == text.placeholders


def test_repairs_have_words_for_what_can_be_wrong_with_a_sensor_and_for_nothing_else() -> None:
    # Missing entities have one issue per node; distances of bays have several kinds of issues.
    wrong = {f"bay_{fault}" for fault in Fault if fault.is_of_one_sensor} - {"bay_missing"}
    wrong |= {"bay_no_reading", "bay_uncalibrated", "bay_never_vacant"}
    assert {key for key in ENGLISH["issues"] if key.startswith("bay_")} == wrong
    for texts in ENGLISH["issues"].values():
        assert texts["title"]
        assert ("description" in texts) is not ("fix_flow" in texts)


@pytest.mark.parametrize("entity", asked.entities(), ids=str)
def test_entity_has_its_words(entity: asked.Entity) -> None:
    named = ENGLISH["entity"][entity.platform]
    assert any(re.fullmatch(entity.pattern, key) for key in named)


def test_every_entity_is_named() -> None:
    unnamed = {
        platform
        for platform, entities in ENGLISH["entity"].items()
        if not all("name" in texts for texts in entities.values())
    }
    nameless = {
        path.stem for path in INTEGRATION.glob("*.py") if "_attr_name = None" in path.read_text()
    }
    assert unnamed <= nameless


KEYS = sorted(
    f"{section}/{key}" for section in ("exceptions", "issues") for key in ENGLISH.get(section, {})
) + sorted(
    f"{platform}/{key}" for platform, entities in ENGLISH["entity"].items() for key in entities
)


@pytest.mark.parametrize("key", KEYS)
def test_no_text_is_left_over(key: str) -> None:
    assert is_spoken(key.split("/")[1])


def shape(tree: Json) -> dict[str, set[str]]:
    """Return the paths of a translation with the placeholders of each text."""
    return {"/".join(path): placeholders(text) for path, text in leaves(tree)}


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_language_is_complete(path: Path) -> None:
    assert shape(read_json(path)) == shape(ENGLISH)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_language_is_well_written(path: Path) -> None:
    texts = {"/".join(at): list(faults(text)) for at, text in leaves(read_json(path))}
    assert {at: why for at, why in texts.items() if why} == {}


def test_languages_are_those_that_drivers_are_told_in() -> None:
    told = {path.stem for path in (INTEGRATION / "texts").glob("*.json")}
    assert {path.stem for path in OTHERS} | {"en"} == told
