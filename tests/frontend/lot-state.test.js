import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { LotState } from "../../custom_components/smart_parking/frontend/card/lot-state.js";
import { bay, gate, picture } from "./lots.js";

const BAYS = [
  bay("A01"),
  bay("A02", { kind: "ev" }),
  bay("B01", { level: "2" }),
  bay("C01", { level: "10" }),
];
const GATES = [gate("North", 0, 0), gate("South", 9, 0, { level: "2" })];
const begin = (more = {}) => new LotState(picture(BAYS, GATES, more));

describe("a picture", () => {
  it("is counted by state, by level and by kind", () => {
    const state = begin({ states: "vovx" });
    assert.deepEqual(state.tally.of, { v: 2, o: 1, h: 0, x: 1, u: 0 });
    assert.equal(state.levels.get("2")?.free, 1);
    assert.deepEqual(state.tally.kinds.get("ev"), { free: 0, total: 1 });
  });

  it("shows a state that it does not know as unknown, never as free", () => {
    assert.deepEqual(begin({ states: "v?" }).codes, ["v", "u", "u", "u"]);
  });

  it("puts levels in the order in which people count them", () => {
    assert.deepEqual(begin().levelNames, ["1", "2", "10"]);
    const names = ["1", "-1", "Roof", "-2", "0"];
    const bays = names.map((level) => bay(level, { level }));
    assert.deepEqual(new LotState(picture(bays, [])).levelNames, ["-2", "-1", "0", "1", "Roof"]);
  });

  it("bears what a newer server may send in addition, and what an older one leaves out", () => {
    const newer = /** @type {any} */ (picture(BAYS, GATES, { states: "vvvv" }));
    newer.weather = "rain";
    newer.lot.bays[0].colour = "red";
    delete newer.faults;
    delete newer.can;
    assert.equal(new LotState(newer).tally.free, 4);
  });
});

describe("what is usual", () => {
  it("is told with the picture, and when it changes", () => {
    assert.equal(begin().fullFrom, null);
    const state = begin({ full_from: 9_000 });
    assert.equal(state.fullFrom, 9_000);
    state.apply({ s: 8, t: 1_500, b: [] });
    assert.equal(state.fullFrom, 9_000);
    state.apply({ s: 9, t: 1_600, b: [], u: null });
    assert.equal(state.fullFrom, null);
  });
});

describe("a delta", () => {
  it("changes exactly the bays it names, and when they changed", () => {
    const state = begin();
    const change = state.apply({ s: 8, t: 1_500, b: [[1, "o"]] });
    assert.deepEqual(change, { whole: false, bays: [1], nearest: false });
    assert.deepEqual(state.codes, ["v", "o", "v", "v"]);
    assert.deepEqual(state.since, [1_000, 1_500, 1_000, 1_000]);
    assert.equal(state.seq, 8);
  });

  it("says since when, where that is another time than its own", () => {
    const state = begin();
    state.apply({
      s: 8,
      t: 1_500,
      b: [
        [1, "o", 1_200],
        [2, "o"],
      ],
    });
    assert.deepEqual(state.since, [1_000, 1_200, 1_500, 1_000]);
  });

  it("keeps the counts what a new picture would count", () => {
    const state = begin({ states: "vohx" });
    for (const [index, code] of /** @type {[number, string][]} */ ([
      [0, "o"],
      [1, "v"],
      [3, "u"],
      [1, "h"],
    ]))
      state.apply({ s: 9, t: 1_600, b: [[index, code]] });
    const anew = begin({ states: state.codes.join("") });
    assert.deepEqual(state.tally, anew.tally);
    assert.deepEqual(state.levels, anew.levels);
  });

  it("moves the nearest bay of a gate, or takes it away", () => {
    const state = begin();
    assert.equal(state.apply({ s: 8, t: 1, n: [[0, 2, 30, "l", null]] }).nearest, true);
    assert.equal(state.nearest[0]?.bay.label, "B01");
    assert.equal(state.nearest[0]?.distance, 30);
    assert.equal(state.nearest[0]?.side, "l");
    state.apply({ s: 9, t: 2, n: [[0]] });
    assert.equal(state.nearest[0], null);
    assert.equal(state.nearest[1]?.bay.label, "A01");
  });

  it("brings and mends faults, which are changes to look at", () => {
    const state = begin();
    assert.deepEqual(state.apply({ s: 8, t: 1, b: [[0, "u"]], f: { 0: "no_response" } }).bays, [0]);
    assert.equal(state.faults.get(0), "no_response");
    assert.deepEqual(state.apply({ s: 9, t: 2, f: { 0: null } }).bays, [0]);
    assert.equal(state.faults.size, 0);
  });

  it("keeps bays, longer, and no more", () => {
    const state = begin({ states: "hvvv", held: { 0: 2_000 } });
    assert.equal(state.held.get(0), 2_000);
    assert.deepEqual(state.apply({ s: 8, t: 1, h: { 0: 2_600 } }).bays, [0]);
    state.apply({ s: 9, t: 2, b: [[1, "h"]], h: { 0: null, 1: 2_700, 99: 3_000 } });
    assert.deepEqual([...state.held], [[1, 2_700]]);
  });

  it("about a bay or gate that is not there changes nothing", () => {
    const state = begin();
    const change = state.apply({
      s: 8,
      t: 1,
      b: [[99, "o"]],
      n: [[5, 0, 5, null, null]],
      f: { 99: "glitch" },
    });
    assert.deepEqual(change.bays, []);
    assert.equal(state.nearest.length, 2);
    assert.equal(state.faults.size, 0);
  });
});

describe("a gate", () => {
  it("is found by its name in any case, by its id, or is the first on the level", () => {
    const state = begin();
    assert.equal(state.gateIndex("SOUTH"), 1);
    assert.equal(state.gateIndex("north"), 0);
    assert.equal(state.gateIndex(undefined, "2"), 1);
    assert.equal(state.gateIndex("nowhere"), 0);
    assert.equal(new LotState(picture(BAYS, [])).gateIndex("north"), -1);
  });
});
