"""Names as people write them, of bays, levels and gates: what looks the same is the same."""

from unicodedata import normalize

# They join the letters of some scripts, and the parts of an emoji; nobody sees them.
JOINERS = "\u200c\u200d"
_UNSEEN = dict.fromkeys(map(ord, f"{JOINERS}\ufe0e\ufe0f"))


def clean(name: str) -> str:
    """Return a name with composed letters and single, ordinary blanks."""
    return " ".join(normalize("NFC", name).split())


def name_key(name: str) -> str:
    """Return what all names have in common that people take for the same."""
    return normalize("NFC", clean(name).casefold()).translate(_UNSEEN)


def is_printable(name: str) -> bool:
    """Return whether every letter of a name can be shown."""
    return all(letter.isprintable() or letter in JOINERS for letter in name)
