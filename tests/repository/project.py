"""What the tests on the repository read: its files, and the code's own words as a syntax tree."""

import ast
from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re
import string
from typing import Any

import homeassistant

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "smart_parking"
HOME_ASSISTANT = Path(homeassistant.__file__).parent

type Json = dict[str, Any]
"""A JSON object: of any shape, which is what these tests are about."""


def read_json(path: Path) -> Json:
    """Return a JSON file's object."""
    content: Json = json.loads(path.read_text(encoding="utf-8"))
    return content


def english() -> Json:
    """Return the English texts."""
    return read_json(INTEGRATION / "translations" / "en.json")


def files() -> Iterator[Path]:
    """Yield every file of the repository, but none that the scripts or tools have made."""
    ignored = {".git", ".local", "__pycache__", "node_modules"}
    caches = {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    for folder, folders, names in ROOT.walk():
        folders[:] = [name for name in folders if name not in ignored | caches]
        # In a work tree beside the repository, some of these are files and links.
        yield from (folder / name for name in names if name not in ignored)


@cache
def modules() -> dict[Path, ast.Module]:
    """Return the integration's Python, parsed."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(INTEGRATION.rglob("*.py"))
    }


@cache
def texts() -> set[str]:
    """Return every string and every name in the integration's code, in lower case."""
    found: set[str] = set()
    for node in (node for tree in modules().values() for node in ast.walk(tree)):
        match node:
            case ast.Constant(value=str(value)):
                found.add(value.lower())
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.keyword(arg=str(name)):
                found.add(name.lower())
            case ast.AsyncFunctionDef(name=name) | ast.FunctionDef(name=name):
                found.add(name.removeprefix("async_step_"))
    return found


@cache
def computed_words() -> set[str]:
    """Return a pattern for every string in the code that is put together like an identifier."""
    found: set[str] = set()
    for node in (node for tree in modules().values() for node in ast.walk(tree)):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "*" for part in node.values]
            if re.fullmatch(r"[a-z_*]*[a-z]{3}[a-z_*]*", template := "".join(map(str, parts))):
                found.add(template.replace("*", r"\w+"))
    return found


def is_spoken(word: str) -> bool:
    """Return whether a word stands in the code, or can be put together there."""
    return word in texts() or any(re.fullmatch(pattern, word) for pattern in computed_words())


def leaves(tree: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text of a translation with its path."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
