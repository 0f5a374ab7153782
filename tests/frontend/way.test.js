import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { partsOn, spots, wayTo } from "../../custom_components/smart_parking/frontend/card/way.js";
import { bay, gate, noWays } from "./lots.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Network} Network */
/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Place} Place */

const corners = (/** @type {Place[]} */ way) => way.map(({ level, x, y }) => [level, x, y]);

/** A gate on level 1, a ramp at its end, and a bay up there. */
const garage = () => {
  const bays = [bay("A1", { x: 5, y: 13.5 }), bay("C1", { level: "2", x: 5, y: 13.5 })];
  const gates = [gate("West", 0, 8)];
  /** @type {Network} */
  const network = {
    levels: ["1", "2"],
    nodes: [
      [0, 8, 0],
      [5, 8, 0],
      [30, 8, 0],
      [30, 8, 1],
      [5, 8, 1],
    ],
    gates: [0],
    bays: [1, 4],
    parents: [[-1, 0, 1, 2, 3]],
  };
  return { bays, gates, network };
};

describe("the way from a gate to a bay", () => {
  it("goes along the lane, and then into the bay", () => {
    assert.deepEqual(corners(wayTo(garage(), 0, 0)), [
      ["1", 0, 8],
      ["1", 5, 8],
      ["1", 5, 13.5],
    ]);
  });

  it("has a part on each level", () => {
    const way = wayTo(garage(), 0, 1);

    assert.deepEqual(partsOn(way, "1").map(corners), [
      [
        ["1", 0, 8],
        ["1", 30, 8],
      ],
    ]);
    assert.deepEqual(partsOn(way, "2").map(corners), [
      [
        ["2", 30, 8],
        ["2", 5, 8],
        ["2", 5, 13.5],
      ],
    ]);
    assert.deepEqual(partsOn(way, "3"), []);
  });

  it("is a right angle where no lane leads, and nothing where no ramp does", () => {
    const { bays, gates } = garage();
    const lot = { bays, gates, network: noWays(bays, gates) };

    assert.deepEqual(corners(wayTo(lot, 0, 0)), [
      ["1", 0, 8],
      ["1", 5, 8],
      ["1", 5, 11],
      ["1", 5, 13.5],
    ]);
    assert.deepEqual(partsOn(wayTo(lot, 0, 1), "1"), []);
    assert.deepEqual(partsOn(wayTo(lot, 0, 1), "2"), []);
  });

  it("is none that ends before it reaches the gate", () => {
    const lot = garage();
    lot.network.parents = [[-1, 0, -1, 2, 3]];

    assert.deepEqual(partsOn(wayTo(lot, 0, 1), "2"), []);
  });

  it("is seen as a whole, also where it leads around the bays", () => {
    assert.deepEqual(spots(garage().network, "2"), [
      { left: 29.2, right: 30.8, bottom: 7.2, top: 8.8 },
      { left: 4.2, right: 5.8, bottom: 7.2, top: 8.8 },
    ]);
  });
});
