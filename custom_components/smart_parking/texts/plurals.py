"""Plural forms: the categories of Unicode's CLDR, by its rules.

Rules are data: each language's texts have their own, as in
<https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>.
"""

from collections.abc import Mapping
from functools import lru_cache
import re

OTHER = "other"
"""The category of all numbers without a rule; every language has it."""

# For a whole number these operands are the number itself; all operands of decimals are 0.
_WHOLE = ("n", "i")
_RELATION = re.compile(r"([nivwftce])(?: % (\d+))? (!?=) ([\d.,]+)")

type _Relation = tuple[bool, int | None, bool, frozenset[int]]
"""Whether the operand is the number or its decimals, a modulus, whether to be in a set."""
type _Condition = tuple[tuple[_Relation, ...], ...]
"""Alternatives, each of relations that all have to be true."""


def category(rules: str, count: int) -> str:
    """Return the category of a whole number: `one`, `few`, `many`, `other` and the like."""
    return next(
        (name for name, condition in _parsed(rules).items() if _holds(condition, count)), OTHER
    )


def categories(rules: str) -> list[str]:
    """Return the categories of rules, `other` last."""
    return [*_parsed(rules), OTHER]


@lru_cache(maxsize=64)
def _parsed(rules: str) -> Mapping[str, _Condition]:
    """Return rules such as `one: i = 1 and v = 0; few: n % 10 = 2..4`, by their category.

    Raises `ValueError` for an invalid rule.
    """
    named = (rule.partition(":") for rule in rules.split(";") if rule.strip())
    return {
        name.strip(): tuple(
            tuple(map(_relation, both.split(" and "))) for both in condition.split(" or ")
        )
        for name, _, condition in named
    }


def _relation(text: str) -> _Relation:
    """Return a relation such as `i % 100 != 12..14`."""
    found = _RELATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    operand, modulus, sign, ranges = found.groups()
    values: set[int] = set()
    for one in ranges.split(","):
        low, _, high = one.partition("..")
        values.update(range(int(low), int(high or low) + 1))
    return operand in _WHOLE, int(modulus) if modulus else None, sign == "=", frozenset(values)


def _holds(condition: _Condition, count: int) -> bool:
    """Return whether a condition is true for a whole number."""
    return any(all(_is_true(relation, count) for relation in both) for both in condition)


def _is_true(relation: _Relation, count: int) -> bool:
    """Return whether a relation is true for a whole number."""
    is_number, modulus, is_in, values = relation
    value = count if is_number else 0
    return ((value % modulus if modulus else value) in values) is is_in
