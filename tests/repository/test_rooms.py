"""Imports run one way: no room imports from one above it, and none run in a circle."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
import re

import pytest

from tests.repository.project import ROOT

PACKAGE = ROOT / "custom_components" / "smart_parking"

# Each room, or module of the root, may import from those before it and from its own line.
ORDER = (
    "const data errors clock listeners slices signed_path rate_limit requirements issues resources",
    "hcsr04",
    "lot",
    "node",
    "storage store ground_pictures text_input web_address texts devices bay_entities",
    "sources options",
    "fault_monitor feature coordinator",
    "lookup permissions websocket entity recorder_filter",
    "automation_targets named_bays trigger_base",
    "gate_form",
    "guidance",
    "promotions analytics",
    "forecast",
    "live rendering",
    "visitor",
    "wifi open_data mqtt_publisher voice",
    "editor",
    "binary_sensor sensor event image switch calendar trigger condition intent llm",
    "plan_preview flow_preview gate_flow",
    "checklist services backup diagnostics repairs logbook options_flow config_flow",
    "smart_parking",
)
FLOORS = {room: floor for floor, rooms in enumerate(ORDER) for room in rooms.split()}


def modules() -> dict[str, Path]:
    """Return all modules by their names within the package; the package itself has its own name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        found[".".join(parts) or PACKAGE.name] = path
    return found


MODULES = modules()


def run(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs of a syntax tree: what is imported for type checkers alone is no arrow."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from run(child)


def imports(name: str) -> Iterator[str]:
    """Yield the modules of the package that one of them imports, also within its functions."""
    path = MODULES[name]
    inside = path.relative_to(PACKAGE).parent.parts
    for node in run(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*inside[: len(inside) - node.level + 1], *(node.module or "").split(".")]
            for alias in node.names:
                whole = ".".join(filter(None, [*base, alias.name]))
                yield whole if whole in MODULES else whole.rpartition(".")[0] or PACKAGE.name


def absolute_imports(path: Path) -> Iterator[str]:
    """Yield the modules of other packages that a module imports, also within its functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


def room_of(name: str) -> str:
    """Return the room that a module is in."""
    return name.partition(".")[0]


ARROWS = {name: set(imports(name)) - {name} for name in MODULES}


def test_every_room_has_its_floor() -> None:
    assert {room_of(name) for name in MODULES} <= FLOORS.keys()


@pytest.mark.parametrize("name", MODULES)
def test_no_import_runs_back_up(name: str) -> None:
    own = FLOORS[room_of(name)]
    assert {other for other in ARROWS[name] if FLOORS[room_of(other)] > own} == set()


def test_no_imports_run_in_a_circle() -> None:
    # A package is made of its modules, which may all look at what it says of itself.
    arrows = {
        name: {other for other in others if not name.startswith(f"{other}.")}
        for name, others in ARROWS.items()
    }
    TopologicalSorter(arrows).prepare()


def test_rooms_that_know_only_themselves() -> None:
    alone: dict[str, set[str]] = {"lot": set(), "hcsr04": set(), "node": {"lot", "hcsr04"}}
    for room, known in alone.items():
        outside = {
            (name, other)
            for name, others in ARROWS.items()
            for other in others
            if room_of(name) == room and room_of(other) not in {room, *known}
        }
        assert outside == set()


def test_what_runs_on_other_machines_knows_no_home_assistant() -> None:
    foreign = {
        (name, module)
        for name, path in MODULES.items()
        if room_of(name) in ("lot", "hcsr04", "node")
        for module in absolute_imports(path)
        if module.partition(".")[0] in ("homeassistant", "voluptuous")
    }
    assert foreign == set()


def test_the_page_for_newcomers_names_the_rooms_in_order() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    rooms = re.findall(r"^\| `(\w+)/`", page, re.MULTILINE)
    assert rooms == sorted(rooms, key=FLOORS.__getitem__)
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(rooms) == folders


def test_scripts_name_modules_that_there_are() -> None:
    scripts = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
    named = {
        name
        for path in scripts
        for name in re.findall(rf"\b{PACKAGE.name}\.([\w.]+) import", path.read_text())
    }
    assert named
    assert named <= MODULES.keys()
