"""Feeds are written without Home Assistant, so nothing of the house can get into them."""

import ast
from pathlib import Path
import sys

import pytest

from custom_components.smart_parking.open_data import formats

MODULES = sorted(Path(formats.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_knows_the_lot_and_nothing_else(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                assert {name.name.partition(".")[0] for name in names} <= sys.stdlib_module_names
            case ast.ImportFrom(level=0, module=str(module)):
                assert module.partition(".")[0] in sys.stdlib_module_names
            case ast.ImportFrom(level=3, module=str(module)):
                assert module.partition(".")[0] == "lot"
