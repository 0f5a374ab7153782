"""Names of bays, levels and gates as people write them: names that look the same are equal."""

from unicodedata import normalize

# Invisible characters that join the letters of some scripts, and the parts of an emoji.
JOINERS = "\u200c\u200d"
_UNSEEN = dict.fromkeys(map(ord, f"{JOINERS}\ufe0e\ufe0f"))


def clean(name: str) -> str:
    """Return a name with composed letters and single, ordinary spaces."""
    return " ".join(normalize("NFC", name).split())


def name_key(name: str) -> str:
    """Return a key that is equal for all spellings of a name that people take for the same."""
    return normalize("NFC", clean(name).casefold()).translate(_UNSEEN)


def is_printable(name: str) -> bool:
    """Return whether every letter of a name can be shown."""
    return all(letter.isprintable() or letter in JOINERS for letter in name)
