"""The translations that the integration's code asks for, read from its syntax tree.

Only what stands there literally is found: keys that are computed are seen at run time, by the tests
of the flows, actions and entities.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
import re
from typing import NamedTuple, override

from tests.repository.project import modules


class Text(NamedTuple):
    """A text that is asked for; without placeholders where they are computed."""

    key: str
    placeholders: set[str] | None

    @override
    def __str__(self) -> str:
        """Name the test."""
        return self.key


class Entity(NamedTuple):
    """A translation key of an entity, as a pattern where a part of it is computed."""

    platform: str
    pattern: str

    @override
    def __str__(self) -> str:
        """Name the test."""
        return f"{self.platform}.{self.pattern}"


def _name(call: ast.Call) -> str:
    """Return the last name of what is called."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    """Return a keyword argument."""
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the name of its module."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield _platform(path, tree), node


def _platform(path: Path, tree: ast.Module) -> str:
    """Return the platform that a module is, or, of a feature's `entities.py`, that it is for."""
    if path.stem != "entities":
        return path.stem
    prefix = "homeassistant.components."
    return next(
        (
            str(node.module).removeprefix(prefix)
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith(prefix)
        ),
        path.stem,
    )


def _literal_keys(value: ast.expr | None) -> set[str] | None:
    """Return the keys of a dictionary that is written out; the empty set where there is none."""
    match value:
        case None:
            return set()
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
            return {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    return None


def _texts(is_meant: str) -> list[Text]:
    """Return the texts asked for in calls of a name that the pattern fits."""
    return [
        Text(str(key.value), _literal_keys(_argument(call, "translation_placeholders")))
        for _, call in _calls()
        if re.fullmatch(is_meant, _name(call))
        and isinstance(key := _argument(call, "translation_key"), ast.Constant)
    ]


def exceptions() -> list[Text]:
    """Return the messages of exceptions, also of those that a helper of a module makes."""
    errors = r"\w*(Error|Failed|NotReady)"
    helpers = {
        function.name
        for tree in modules().values()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and re.fullmatch(errors, _name(call))
        and isinstance(_argument(call, "translation_key"), ast.Name)
    }
    through_helpers = [
        Text(str(call.args[0].value), {keyword.arg for keyword in call.keywords if keyword.arg})
        for _, call in _calls()
        if _name(call) in helpers and call.args and isinstance(call.args[0], ast.Constant)
    ]
    return _texts(errors) + through_helpers


def _pattern(value: ast.expr | None) -> str | None:
    """Return a pattern for a string or an f-string."""
    match value:
        case ast.Constant(value=str(key)):
            return re.escape(key)
        case ast.JoinedStr(values=parts):
            return "".join(_pattern(part) or r"\w+" for part in parts)
    return None


@cache
def entities() -> list[Entity]:
    """Return the translation keys in descriptions of entities and in entities' classes."""
    found = {
        Entity(module, pattern)
        for module, call in _calls()
        if _name(call).endswith("Description")
        and (pattern := _pattern(_argument(call, "translation_key")))
    }
    for path, tree in modules().items():
        for node in ast.walk(tree):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id="_attr_translation_key")], value=ast.Constant(value=key)
                ):
                    found.add(Entity(_platform(path, tree), re.escape(str(key))))
    return sorted(found)
