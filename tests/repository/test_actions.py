"""Actions, triggers and conditions: described, translated and with an icon each."""

from typing import Any

from homeassistant.helpers.selector import validate_selector
import pytest
import yaml

from tests.repository.project import (
    HOME_ASSISTANT,
    INTEGRATION,
    ROOT,
    english,
    is_spoken,
    read_json,
)

ENGLISH = english()
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
ICONS = read_json(INTEGRATION / "icons.json")
KINDS = [
    kind
    for kind in ("services", "triggers", "conditions")
    if (INTEGRATION / f"{kind}.yaml").exists()
]


def described(kind: str) -> dict[str, Any]:
    """Return the descriptions of a kind; names with a dot are only there to be referred to."""
    content = yaml.safe_load((INTEGRATION / f"{kind}.yaml").read_text())
    return {name: about or {} for name, about in content.items() if not name.startswith(".")}


def fields(about: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an action, those in sections too."""
    found: dict[str, Any] = {}
    for name, field in about.get("fields", {}).items():
        found |= field.get("fields", {name: field})
    return found


ALL = [(kind, name) for kind in KINDS for name in described(kind)]


def test_actions_are_described() -> None:
    assert "services" in KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_everywhere(kind: str) -> None:
    assert described(kind).keys() == ENGLISH[kind].keys() == ICONS[kind].keys()


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_is_in_the_code_and_translated(kind: str, name: str) -> None:
    texts = ENGLISH[kind][name]
    about = fields(described(kind)[name])
    assert is_spoken(name)
    assert texts["name"]
    assert texts["description"]
    assert about.keys() == texts.get("fields", {}).keys()
    for field, content in about.items():
        assert {"name", "description"} <= texts["fields"][field].keys()
        validate_selector(content["selector"])


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_is_documented(kind: str, name: str) -> None:
    assert f"`{INTEGRATION.name}.{name}`" in REFERENCE
    for field in fields(described(kind)[name]):
        assert f"`{field}`" in REFERENCE


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_choices_are_translated(kind: str, name: str) -> None:
    for content in fields(described(kind)[name]).values():
        match content["selector"]:
            case {"select": {"translation_key": key, "options": options}}:
                assert set(options) == ENGLISH["selector"][key]["options"].keys()
            case {"select": {"options": options}}:
                assert all("label" in option for option in options)


def test_icons_are_icons_of_known_things() -> None:
    used = (read_json(path) for path in HOME_ASSISTANT.glob("components/*/icons.json"))
    assert ICONS.keys() <= {key for icons in used for key in icons}
    for platform, entities in ICONS["entity"].items():
        assert entities.keys() <= ENGLISH["entity"][platform].keys()


def icons(tree: Any) -> list[str]:
    """Return every icon in a tree."""
    if isinstance(tree, dict):
        return [icon for value in tree.values() for icon in icons(value)]
    return [tree]


@pytest.mark.parametrize("icon", sorted(set(icons(ICONS))))
def test_icon_is_of_material_design(icon: str) -> None:
    assert icon.startswith("mdi:")
