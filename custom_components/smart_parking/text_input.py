"""Texts that people type and others see: on screens, in files and in spreadsheets."""

from typing import Final
import unicodedata

import voluptuous as vol

from .errors import InvalidInputError

# Control characters, halves of characters, and the separators of lines and paragraphs.
_CONTROLS: Final = {"Cc", "Cs", "Zl", "Zp"}
# These turn the direction of the text after them, so that it reads as something else.
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters that a text of several lines may have.
_OF_LINES: Final = frozenset("\n\r\t")

# A spreadsheet begins a formula with these; U+2212 is the minus sign of typographers.
_FORMULAS: Final = frozenset("=+-@\u2212")
# Characters that spreadsheets may drop first: invisible ones, marks that change the one before, and
# spaces.
_DROPPED: Final = ("C", "M", "Z")
# Letters that are invisible, too.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_TEXT_MARK: Final = "'"


def has_controls(text: str, *, lines: bool = False) -> bool:
    """Return whether a text has control characters.

    With `lines`, the text may have several lines.
    """
    return any(
        (unicodedata.category(one) in _CONTROLS or one in _TURNS)
        and not (lines and one in _OF_LINES)
        for one in text
    )


def check_controls(*texts: str, lines: bool = False) -> None:
    """Raise `InvalidInputError` when a text has control characters."""
    if any(has_controls(text, lines=lines) for text in texts):
        raise InvalidInputError("control_characters")


def without_controls(text: str) -> str:
    """Return a text of one line, or raise `vol.Invalid`: for schemas of actions."""
    if has_controls(text):
        raise vol.Invalid("There are control characters in it")
    return text


def as_cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula."""
    return f"{_TEXT_MARK}{text}" if _is_formula(text.lstrip(_TEXT_MARK)) else text


def from_cell(text: str) -> str:
    """Return the text that `as_cell` has turned into a cell."""
    is_marked = text.startswith(_TEXT_MARK) and _is_formula(text.lstrip(_TEXT_MARK))
    return text.removeprefix(_TEXT_MARK) if is_marked else text


def _is_formula(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula, or drop its beginning.

    Full-width, small and similar letters count as the ones that they represent.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return True
    for one in text:
        if one in _FILLERS or unicodedata.category(one).startswith(_DROPPED):
            continue
        return unicodedata.normalize("NFKC", one)[:1] in _FORMULAS
    return False
