"""Preferences of a visitor: the kind of bay, the gate and the language.

They are stored in a cookie of the phone, and not here.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qsl, urlencode

from ..lot.model import BayKind

KIND = "kind"
GATE = "gate"
LANG = "lang"

# A longer cookie was not written here.
COOKIE_MAX = 200
# A browser sends a handful of languages.
LANGUAGES_MAX = 12


@dataclass(frozen=True, slots=True)
class Preferences:
    """Choices of a visitor; None leaves the choice to the lot."""

    kind: BayKind | None = None
    gate_id: str | None = None
    language: str | None = None

    @classmethod
    def read(cls, cookie: str) -> Self:
        """Return the choices in a cookie, as far as they are valid."""
        if len(cookie) > COOKIE_MAX:
            return cls()
        try:
            fields = dict(parse_qsl(cookie, max_num_fields=3))
        except ValueError:
            return cls()
        return cls(kind_of(fields.get(KIND)), fields.get(GATE), fields.get(LANG))

    def write(self) -> str:
        """Return the choices for a cookie, or for a query."""
        fields = {KIND: self.kind, GATE: self.gate_id, LANG: self.language}
        return urlencode({name: value for name, value in fields.items() if value})

    def changed(
        self, fields: Mapping[str, str], gates: Container[str], languages: Container[str]
    ) -> Self:
        """Return the choices with new ones applied; invalid ones are ignored."""
        gate_id, language = fields.get(GATE), fields.get(LANG)
        return replace(
            self,
            kind=kind_of(fields.get(KIND)) or self.kind,
            gate_id=gate_id if gate_id in gates else self.gate_id,
            language=language if language in languages else self.language,
        )


def kind_of(text: str | None) -> BayKind | None:
    """Return the kind of bay with a name that visitors may choose."""
    if text is None or text not in BayKind or text == BayKind.STAFF:
        return None
    return BayKind(text)


def accepted_language(header: str, known: Container[str]) -> str | None:
    """Return the known language that a browser prefers."""
    best: tuple[float, str] | None = None
    for part in header.split(",")[:LANGUAGES_MAX]:
        tag, _, quality = part.partition(";q=")
        language = tag.strip().split("-")[0].lower()
        try:
            weight = float(quality or 1.0)
        except ValueError:
            continue
        if language in known and weight > 0.0 and (best is None or weight > best[0]):
            best = weight, language
    return None if best is None else best[1]
