"""Bays as a node holds them, for lots that are bigger than the demo's, or higher."""

type Bay = dict[str, str | float]

THOUSAND_PER_ROW = 100
THOUSAND_ROWS = 10
LEVEL_PER_ROW = 8
LEVELS = {"1": "AB", "2": "CD"}
"""The rows of each level."""
BAY_WIDTH_M = 2.5
BAY_LENGTH_M = 5.0
AISLE_M = 6.0


def thousand_bays() -> list[Bay]:
    """Return rows in pairs, back to back, with an aisle between the pairs."""
    bays: list[Bay] = []
    for row in range(THOUSAND_ROWS):
        y = row * BAY_LENGTH_M + (row + 1) // 2 * AISLE_M
        for number in range(1, THOUSAND_PER_ROW + 1):
            label = f"{chr(ord('A') + row)}{number:02}"
            bays.append(
                {
                    "bay_id": label.lower(),
                    "label": label,
                    "kind": "standard",
                    "level": "1",
                    "x": (number - 0.5) * BAY_WIDTH_M,
                    "y": y,
                }
            )
    return bays


def two_levels() -> list[Bay]:
    """Return two rows on either level, with the aisle between them."""
    return [
        {
            "bay_id": f"{row}{number:02}".lower(),
            "label": f"{row}{number:02}",
            "kind": "ev" if (row, number) == ("D", LEVEL_PER_ROW) else "standard",
            "level": level,
            "x": (number - 0.5) * BAY_WIDTH_M,
            "y": place * (BAY_LENGTH_M + AISLE_M),
        }
        for level, rows in LEVELS.items()
        for place, row in enumerate(rows)
        for number in range(1, LEVEL_PER_ROW + 1)
    ]


def corner() -> list[Bay]:
    """Return two rows along one leg of a lot, and a third one beside the other leg."""
    rows = {"A": 13.5, "B": 2.5}
    places = [
        (f"{row}{number:02}", (number - 0.5) * BAY_WIDTH_M, y)
        for row, y in rows.items()
        for number in range(1, 7)
    ]
    places += [(f"D{number:02}", 26.0, 12.0 + number * BAY_WIDTH_M) for number in range(1, 6)]
    return [
        {"bay_id": label.lower(), "label": label, "kind": "standard", "level": "1", "x": x, "y": y}
        for label, x, y in places
    ]
