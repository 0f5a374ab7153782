"""What Home Assistant's own validator, hassfest, asks of an integration, and no other test does."""

import ast
from collections.abc import Iterator
from copy import deepcopy
import json
import re

from homeassistant.const import Platform
import pytest
import voluptuous as vol
import yaml

from tests.repository.project import INTEGRATION, Json, files, modules, read_json

MANIFEST = read_json(INTEGRATION / "manifest.json")
COMPONENTS = "homeassistant.components."
# Set up before any integration, whatever the configuration; hassfest counts more among them.
ALWAYS_THERE = {"homeassistant", "input_boolean"}


def components(tree: ast.Module) -> Iterator[str]:
    """Yield the integrations that a module imports something from."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="homeassistant.components", names=names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=str(module)) if module.startswith(COMPONENTS):
                yield module.split(".")[2]
            case ast.Import(names=names):
                yield from (
                    one.name.split(".")[2] for one in names if one.name.startswith(COMPONENTS)
                )


def imported() -> dict[str, list[str]]:
    """Return the integrations that are imported from, and where."""
    found: dict[str, list[str]] = {}
    for path, tree in modules().items():
        for name in components(tree):
            found.setdefault(name, []).append(str(path.relative_to(INTEGRATION)))
    return found


def is_platform_of(name: str) -> bool:
    """Return whether the integration has a platform for another one, such as repairs.py."""
    return (INTEGRATION / f"{name}.py").is_file() or name in {str(one) for one in Platform}


def test_what_is_imported_is_in_the_manifest() -> None:
    named = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]}
    unnamed = {
        name: where
        for name, where in imported().items()
        if name not in named | ALWAYS_THERE and not is_platform_of(name)
    }
    assert unnamed == {}


def test_no_dependency_is_named_twice_or_for_nothing() -> None:
    named = [*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]]
    # The recorder is reached by helpers: the integration comes after it, and imports nothing of it.
    assert sorted(named) == sorted({*named} & (imported().keys() | {"recorder"}))


def test_every_way_of_importing_is_seen() -> None:
    tree = ast.parse(
        "from homeassistant.components import mqtt, zone\n"
        "from homeassistant.components.http.auth import sign\n"
        "import homeassistant.components.recorder.util as util\n"
        "def later():\n    from homeassistant.components.cloud import on\n"
    )
    assert [*components(tree)] == ["mqtt", "zone", "http", "recorder", "cloud"]


def test_there_is_a_schema_for_configuration_files() -> None:
    """It says that there is nothing to configure in them."""
    body = modules()[INTEGRATION / "__init__.py"].body
    functions = {node.name for node in body if isinstance(node, ast.AsyncFunctionDef)}
    names = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert "async_setup" in functions
    assert "CONFIG_SCHEMA" in names


def test_no_action_has_the_name_of_an_anchor() -> None:
    """What begins with a dot is passed over in triggers and conditions, and refused here."""
    names = yaml.safe_load((INTEGRATION / "services.yaml").read_text())
    assert {name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)} == set()


def _icon(value: object) -> object:
    """Take an icon of Material Design."""
    if isinstance(value, str) and re.fullmatch(r"mdi:[a-z0-9]+(-[a-z0-9]+)*", value):
        return value
    raise vol.Invalid(f"{value} is no icon")


def _key(value: object) -> object:
    """Take a key of a text."""
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9]+([_-][a-z0-9]+)*", value):
        return value
    raise vol.Invalid(f"{value} is no key")


def _number(value: object) -> object:
    """Take a number from which an icon holds."""
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return value
    raise vol.Invalid(f"{value} is no number")


def _in_order(ranges: dict[str, str]) -> dict[str, str]:
    """Take ranges that begin one after the other."""
    if [*ranges] != sorted(ranges, key=float):
        raise vol.Invalid("ranges are not in order")
    return ranges


def _of_its_own(icons: Json) -> Json:
    """Take icons of states that are not the one that is shown anyway."""
    if icons.get("default") in icons.get("state", {}).values():
        raise vol.Invalid("the icon of a state is the default")
    return icons


def _entity(**more: object) -> object:
    """Return the shape of the icons of one entity, or of one attribute."""
    shape = {
        "default": _icon,
        "state": {_key: _icon},
        "range": vol.All({_number: _icon}, _in_order),
        **more,
    }
    return vol.All({vol.Optional(key): value for key, value in shape.items()}, _of_its_own)


SHAPE = vol.Schema(
    {
        vol.Optional("entity"): {_key: {_key: _entity(state_attributes={_key: _entity()})}},
        vol.Optional("services"): {
            _key: {vol.Required("service"): _icon, vol.Optional("sections"): {_key: _icon}}
        },
        vol.Optional("triggers"): {_key: {vol.Required("trigger"): _icon}},
        vol.Optional("conditions"): {_key: {vol.Required("condition"): _icon}},
    }
)
ICONS = read_json(INTEGRATION / "icons.json")


def test_icons_have_the_shape_that_home_assistant_reads() -> None:
    SHAPE(ICONS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"triggers": {"bay_became_free": "mdi:parking"}},
        {"services": {"guide": {"icon": "mdi:map"}}},
        {"entity": {"sensor": {"free": "mdi:parking"}}},
        {"entity": {"sensor": {"free": {"state": {"Full": "mdi:car"}}}}},
        {"entity": {"sensor": {"free": {"default": "mdi:car", "state": {"on": "mdi:car"}}}}},
        {"entity": {"sensor": {"free": {"range": {"5": "mdi:car", "0": "mdi:parking"}}}}},
        {"entity": {"sensor": {"free": {"default": "hass:car"}}}},
        {"entity": {"sensor": {"free": {"attributes": {}}}}},
    ],
    ids=json.dumps,
)
def test_another_shape_would_be_noticed(wrong: Json) -> None:
    icons = deepcopy(ICONS)
    for section, content in wrong.items():
        icons[section] |= content
    with pytest.raises(vol.Invalid):
        SHAPE(icons)


def test_nothing_else_would_be_taken_for_an_integration() -> None:
    found = [path for path in files() if path.name == "manifest.json"]
    assert found == [INTEGRATION / "manifest.json"]
