"""The demo's car park: two rows of twelve bays, an entrance at each end."""

from homeassistant.config_entries import ConfigSubentryData

TITLE = "Market Square"
LEVEL = "1"
ROWS_Y_M = {"A": 13.5, "B": 2.5}
BAYS_PER_ROW = 12
BAY_WIDTH_M = 2.5
KINDS = {"B02": "accessible", "B03": "accessible", "B05": "ev", "B06": "ev"}
# The bays nearest to the north gate.
SHORT_STAY = {f"{row}{number:02}" for row in ROWS_Y_M for number in range(1, 5)}
ZONES = {"Short stay": 120, "Long stay": 600}
"""What they are called, and for how many minutes one may stand there."""
LANES = ["0,8; 30,8"]
# No secret: the demo listens on this machine only. scripts/develop prints how it begins.
VISITORS_SECRET = "marketsquare22222222222222"  # noqa: S105
GATES_XY_M = {"North gate": (0.0, 8.0), "South gate": (30.0, 8.0)}


def bays() -> list[dict[str, str | float]]:
    """Return the bays as the node's subentry holds them."""
    return [
        {
            "bay_id": f"{row.lower()}{number:02}",
            "label": (label := f"{row}{number:02}"),
            "kind": KINDS.get(label, "standard"),
            "level": LEVEL,
            "zone": "Short stay" if label in SHORT_STAY else "Long stay",
            "x": (number - 0.5) * BAY_WIDTH_M,
            "y": y,
        }
        for row, y in ROWS_Y_M.items()
        for number in range(1, BAYS_PER_ROW + 1)
    ]


def options() -> dict[str, bool | str | float | list[dict[str, str | float]]]:
    """Return the lot's options: lanes, the visitors' page, limits of stay and a tariff."""
    return {
        "lanes": [{"level": LEVEL, "points": points} for points in LANES],
        "visitors": True,
        "visitors_secret": VISITORS_SECRET,
        "stay_limits": [{"minutes": minutes, "zone": zone} for zone, minutes in ZONES.items()],
        "free_minutes": 15,
        "interval_minutes": 30,
        "day_maximum": 12,
        "rates": [{"per_hour": 2.0, "opens": "08:00:00", "closes": "20:00:00"}],
    }


def subentries() -> list[ConfigSubentryData]:
    """Return the lot's subentries: the simulated node with its bays, and the gates."""
    node = ConfigSubentryData(
        subentry_type="node",
        title="Simulated Raspberry Pi",
        unique_id=None,
        data={
            "source": "simulated",
            "height_m": 2.5,
            "stay_min": 10,
            "occupancy": 70,
            "seed": 1,
            "bays": bays(),
        },
    )
    gates = [
        ConfigSubentryData(
            subentry_type="gate",
            title=title,
            unique_id=None,
            data={"level": LEVEL, "x": x, "y": y},
        )
        for title, (x, y) in GATES_XY_M.items()
    ]
    return [node, *gates]
