"""Pictures are drawn without Home Assistant."""

import ast
from pathlib import Path
import sys

import pytest

from custom_components.smart_parking import rendering

# These take a lot in Home Assistant to what is drawn, and what is drawn to who asks for it.
OF_HOME_ASSISTANT = {"http", "route_images", "scene_builder"}
MODULES = sorted(
    path
    for path in Path(rendering.__file__).parent.glob("*.py")
    if path.stem not in OF_HOME_ASSISTANT
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_knows_the_lot_and_pillow_and_nothing_else(path: Path) -> None:
    known = {*sys.stdlib_module_names, "PIL"}
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                assert {name.name.partition(".")[0] for name in names} <= known
            case ast.ImportFrom(level=0, module=str(module)):
                assert module.partition(".")[0] in known
            case ast.ImportFrom(level=2, module=str(module)):
                assert module.partition(".")[0] == "lot"
