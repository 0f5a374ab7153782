"""Every blueprint that ships can be imported, is described, and is tried out."""

from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.util.yaml import load_yaml_dict
import pytest

from tests.repository.project import INTEGRATION, ROOT, read_json

FOLDER = ROOT / "blueprints" / "automation" / INTEGRATION.name
BLUEPRINTS = sorted((ROOT / "blueprints").rglob("*.yaml"))
REPOSITORY = read_json(INTEGRATION / "manifest.json")["documentation"]
OLDEST = read_json(ROOT / "hacs.json")["homeassistant"]
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
TESTS = "".join(path.read_text() for path in (ROOT / "tests" / "integration").rglob("test_*.py"))

each = pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)


def read(path: Path) -> Blueprint:
    """Return a blueprint, as an automation takes it."""
    return Blueprint(
        load_yaml_dict(path), expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )


def inputs(blueprint: Blueprint) -> dict[str, Any]:
    """Return the inputs, also those in sections."""
    found: dict[str, Any] = {}
    for key, about in blueprint.metadata["input"].items():
        found |= about.get("input", {key: about})
    return found


def address(path: Path) -> str:
    """Return where a blueprint is published."""
    return f"{REPOSITORY}/blob/main/{path.relative_to(ROOT)}"


def test_there_are_blueprints() -> None:
    assert BLUEPRINTS
    assert {path.parent for path in BLUEPRINTS} == {FOLDER}


@each
def test_blueprint(path: Path) -> None:
    blueprint = read(path)
    about = blueprint.metadata
    assert blueprint.validate() is None
    assert about["name"].startswith("Smart Parking: ")
    assert about["author"]
    assert about["description"]
    assert about["source_url"] == address(path)
    assert about["homeassistant"]["min_version"] == OLDEST
    assert {"triggers", "actions"} <= blueprint.data.keys()


@each
def test_inputs_have_names_and_selectors_and_are_used(path: Path) -> None:
    about = inputs(read(path))
    assert all(one["name"] and one["selector"] for one in about.values())
    assert set(re.findall(r"!input (\w+)", path.read_text())) == about.keys()


@each
def test_what_has_no_default_stands_at_the_top(path: Path) -> None:
    sections = [one for one in read(path).metadata["input"].values() if "input" in one]
    assert all("default" in one for about in sections for one in about["input"].values())


@each
@pytest.mark.parametrize("page", ["README.md", "docs/blueprints.md"])
def test_blueprint_has_a_button(path: Path, page: str) -> None:
    assert f"]({IMPORT}{address(path)})" in (ROOT / page).read_text()


@each
def test_blueprint_is_tried_out(path: Path) -> None:
    assert re.search(rf'["/]{path.stem}(\.yaml)?"', TESTS)
