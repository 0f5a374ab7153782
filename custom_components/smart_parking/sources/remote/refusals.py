"""Why a node elsewhere cannot measure, in the words of this Home Assistant."""

from collections.abc import Mapping
from typing import Final

from ...node.messages import Refusal
from ..base import SourceError

# What a node may say, and what has to be put into the words for it. What speaks of this machine
# when a local node says it has words of its own here.
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "chip_missing": frozenset({"chip"}),
    "line_lost": frozenset(),
    "other_chips": frozenset({"labels"}),
    "pin_busy": frozenset({"line", "consumer"}),
    "pin_busy_unnamed": frozenset({"line"}),
    "pin_unusable": frozenset({"line"}),
    "silent": frozenset(),
}
# Signs that a text of another machine shall not bring into what is shown: links, and markup.
_STEERING = str.maketrans("", "", "[](){}<>`*_#|\\")


def explain(refusal: Refusal, name: str) -> SourceError:
    """Return what an owner is told of what a node of a name has said."""
    said = {key: text.translate(_STEERING) for key, text in refusal.placeholders.items()}
    needed = _KNOWN.get(refusal.error)
    if needed is not None and needed <= said.keys():
        return SourceError(refusal.error, {key: said[key] for key in needed})
    match refusal.error:
        case "no_chip":
            return SourceError("node_no_chip", {"pi": name})
        case "no_permission":
            return SourceError("node_no_permission", {"pi": name})
        case _:
            details = ", ".join([refusal.error, *(f"{key}: {said[key]}" for key in sorted(said))])
            return SourceError("node_refuses", {"pi": name, "reason": details})
