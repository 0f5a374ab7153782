"""Texts that people type, and that others are shown: on screens, in files and by table programs."""

from typing import Final
import unicodedata

import voluptuous as vol

from .errors import InvalidInputError

# Control characters, halves of characters, and the separators of lines and paragraphs.
_CONTROLS: Final = {"Cc", "Cs", "Zl", "Zp"}
# These turn the direction of all that follows, so that it reads as something else.
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What a text of several lines has of them.
_OF_LINES: Final = frozenset("\n\r\t")

# With these a table program begins a formula; U+2212 is the minus sign of typographers.
_FORMULAS: Final = frozenset("=+-@\u2212")
# What such programs may drop before they look: what cannot be seen, marks that change the look of
# what is before them, and what is blank.
_DROPPED: Final = ("C", "M", "Z")
# Letters that cannot be seen either.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_TEXT_MARK: Final = "'"


def has_controls(text: str, *, lines: bool = False) -> bool:
    """Return whether there is something in a text that steers instead of being read.

    With `lines`, the text may have several lines.
    """
    return any(
        (unicodedata.category(one) in _CONTROLS or one in _TURNS)
        and not (lines and one in _OF_LINES)
        for one in text
    )


def check_controls(*texts: str, lines: bool = False) -> None:
    """Raise `InvalidInputError` when something in a text steers instead of being read."""
    if any(has_controls(text, lines=lines) for text in texts):
        raise InvalidInputError("control_characters")


def without_controls(text: str) -> str:
    """Return a text of one line, or raise `vol.Invalid`: for schemas of actions."""
    if has_controls(text):
        raise vol.Invalid("There are control characters in it")
    return text


def as_cell(text: str) -> str:
    """Return a text as a cell that no table program takes for a formula."""
    return f"{_TEXT_MARK}{text}" if _is_formula(text.lstrip(_TEXT_MARK)) else text


def from_cell(text: str) -> str:
    """Return the text of which `as_cell` has made a cell."""
    is_marked = text.startswith(_TEXT_MARK) and _is_formula(text.lstrip(_TEXT_MARK))
    return text.removeprefix(_TEXT_MARK) if is_marked else text


def _is_formula(text: str) -> bool:
    """Return whether a table program may take a text for a formula, or drop how it begins.

    Letters of full width, small ones and the like count as what they stand for.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return True
    for one in text:
        if one in _FILLERS or unicodedata.category(one).startswith(_DROPPED):
            continue
        return unicodedata.normalize("NFKC", one)[:1] in _FORMULAS
    return False
