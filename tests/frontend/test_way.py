"""The card walks the same ways as the server: every one of many lots, point by point."""

import json
from pathlib import Path
import shutil
import subprocess
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.smart_parking.lot.model import Bay, Gate, Lane, Place, Ramp
from custom_components.smart_parking.lot.routing.network import Network
from tests.lot.plans import bay, gate

ROOT = Path(__file__).parents[2]
WALK = """
import { wayTo } from "./custom_components/smart_parking/frontend/card/way.js";
let text = "";
for await (const chunk of process.stdin) text += chunk;
const ways = JSON.parse(text).map((lot) =>
  lot.gates.map((_, gate) => lot.bays.map((_, bay) => wayTo(lot, gate, bay))),
);
process.stdout.write(JSON.stringify(ways));
"""

places = st.tuples(st.integers(-40, 40).map(float), st.integers(-40, 40).map(float))
levels = st.sampled_from(["0", "1"])
lanes = st.builds(
    lambda level, points, one_way: Lane(level=level, points=tuple(points), one_way=one_way),
    levels,
    st.lists(places, min_size=2, max_size=4, unique=True),
    st.booleans(),
)
ramps = st.builds(
    lambda start, end, one_way: Ramp(
        start=Place("0", *start), end=Place("1", *end), one_way=one_way
    ),
    places,
    places,
    st.booleans(),
)
lots = st.tuples(
    st.lists(st.tuples(levels, places), min_size=1, max_size=12, unique=True),
    st.lists(st.tuples(levels, places), min_size=1, max_size=3),
    st.lists(lanes, max_size=4),
    st.lists(ramps, max_size=2),
)
type Drawn = tuple[
    list[tuple[str, tuple[float, float]]],
    list[tuple[str, tuple[float, float]]],
    list[Lane],
    list[Ramp],
]


def sent(network: Network, bays: list[Bay], gates: list[Gate]) -> dict[str, Any]:
    """Return a lot as the card knows it, as far as ways need it."""
    plan = network.plan()
    names = [*dict.fromkeys(place.level for place in plan.places)]
    return {
        "bays": [
            {
                "level": one.level,
                "x": one.x,
                "y": one.y,
                "w": network.shapes[one.bay_id].width,
                "l": network.shapes[one.bay_id].length,
                "heading": network.shapes[one.bay_id].heading,
            }
            for one in bays
        ],
        "gates": [{"level": one.level, "x": one.x, "y": one.y} for one in gates],
        "network": {
            "levels": names,
            "nodes": [[place.x, place.y, names.index(place.level)] for place in plan.places],
            "gates": plan.gates,
            "bays": plan.bays,
            "parents": plan.parents,
        },
    }


@settings(max_examples=8, deadline=None)
@given(st.lists(lots, min_size=1, max_size=12))
def test_the_card_walks_as_the_server_does(drawn: list[Drawn]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: the card's unit tests need it (version 20 or later)")
    messages: list[dict[str, Any]] = []
    ours: list[list[list[tuple[Place, ...]]]] = []
    for bays_at, gates_at, of_lanes, of_ramps in drawn:
        bays = [bay(f"A{n:02}", x, y, level) for n, (level, (x, y)) in enumerate(bays_at)]
        gates = [gate(f"g{n}", x, y, level) for n, (level, (x, y)) in enumerate(gates_at)]
        network = Network(bays, gates, of_lanes, of_ramps)
        messages.append(sent(network, bays, gates))
        ours.append([[network.points(start.gate_id, to.bay_id) for to in bays] for start in gates])

    done = subprocess.run(
        [node, "--input-type=module", "--eval", WALK],
        cwd=ROOT,
        input=json.dumps(messages),
        capture_output=True,
        text=True,
        check=True,
    )

    theirs = json.loads(done.stdout)
    for lot, walked in zip(ours, theirs, strict=True):
        for ways, walked_ways in zip(lot, walked, strict=True):
            for way, walked_way in zip(ways, walked_ways, strict=True):
                assert [place.level for place in way] == [one["level"] for one in walked_way]
                for place, one in zip(way, walked_way, strict=True):
                    assert (one["x"], one["y"]) == pytest.approx((place.x, place.y), abs=0.001)
