"""How the parts of a plan look: the card's colours in Home Assistant's light theme."""

from collections.abc import Mapping

from .marks import Look

PAPER = "#ffffff"
INK = "#1c1c1c"
DIM = "#5e5e5e"
LANE = "#f1f1f1"
WAY = "#006f9b"
WAY_BED = "#cfdfe5"
FREE = "#297235"
FREE_PALE = "#e3f1e3"
FREE_FAR = "#95cf9a"
BUSY = "#566779"
CAR = "#dde4ea"
HELD = "#995a00"
HELD_PALE = "#fff4e0"
HELD_STRIPE = "#d8ba8b"
OFF = "#727272"
OFF_PALE = "#b8b8b8"
KIND = "#026aae"
FULL = "#b3261e"

LOOKS: Mapping[str, Look] = {
    "paper": Look(fill=PAPER),
    "lane": Look(fill=LANE),
    "free": Look(fill=FREE_PALE, stroke=FREE, width=2.6),
    "occupied": Look(fill=BUSY),
    "held": Look(fill=HELD_PALE, stroke=HELD, width=2.2),
    "closed": Look(fill=PAPER, stroke=OFF, width=1.5),
    "unknown": Look(fill=PAPER, stroke=OFF, width=2.0, dash=(5.0, 5.0)),
    "target": Look(fill=FREE_PALE, stroke=WAY, width=4.5),
    # From afar a bay is a patch of its colour.
    "free-far": Look(fill=FREE_FAR, stroke=FREE, width=4.0),
    "held-far": Look(fill="#ffc14d", stroke=HELD, width=4.0),
    "closed-far": Look(fill=OFF_PALE),
    "unknown-far": Look(fill=PAPER, stroke=OFF, width=7.0, dash=(14.0, 10.0)),
    "target-far": Look(fill=WAY),
    "car": Look(fill=CAR),
    "glass": Look(fill=BUSY),
    "stripes": Look(stroke=HELD_STRIPE, width=5.0),
    "hatching": Look(stroke=OFF_PALE, width=1.3),
    "question": Look(stroke=OFF, width=3.2),
    "kind": Look(stroke=KIND, width=2.2),
    "kind-solid": Look(fill=KIND),
    "kind-on-car": Look(stroke="#1d2a36", width=2.2),
    "kind-on-car-solid": Look(fill="#1d2a36"),
    "kind-closed": Look(stroke="#8fbcd9", width=2.2),
    "kind-closed-solid": Look(fill="#8fbcd9"),
    "label-free": Look(fill=FREE),
    "label-occupied": Look(fill="#ffffff"),
    "label-held": Look(fill=HELD, stroke=HELD_PALE, width=7.0),
    "label-closed": Look(fill=OFF, stroke=PAPER, width=7.0),
    "label-unknown": Look(fill=OFF),
    "label-target": Look(fill=WAY),
    "way-bed": Look(stroke=WAY_BED, width=15.0),
    "way": Look(stroke=WAY, width=6.5, dash=(0.0, 13.0)),
    "way-far": Look(stroke=WAY, width=10.0),
    "way-end": Look(fill=WAY, stroke=PAPER, width=3.0),
    "gate": Look(fill=PAPER, stroke=DIM, width=2.4),
    "gate-arrow": Look(fill=DIM),
    "gate-name": Look(fill=DIM, stroke=PAPER, width=4.0),
    "gate-on": Look(fill=WAY),
    "gate-on-arrow": Look(fill="#ffffff"),
    "gate-on-name": Look(fill=INK, stroke=PAPER, width=4.0),
    "flag": Look(fill=WAY, stroke=PAPER, width=4.0),
    "flag-tip": Look(fill=WAY),
    "flag-text": Look(fill="#ffffff"),
    "full": Look(fill=FULL, stroke=PAPER, width=4.0),
    "note": Look(fill=PAPER, stroke=DIM, width=1.5),
    "note-text": Look(fill=INK),
}
"""By name, the way they are named in drawings; the names are classes in SVG."""
