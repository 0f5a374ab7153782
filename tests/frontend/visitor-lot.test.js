import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { lot, seen } from "./visitors.js";

describe("a visitor's lot", () => {
  it("counts what suits who asks", () => {
    const one = lot();
    assert.equal(one.free("standard"), 2);
    assert.equal(one.free("ev"), 3);
  });

  it("takes in what changes, and nothing else", () => {
    const one = lot();
    one.apply({ s: 1, t: 2_001, b: [[0, "o"]], n: [[0, 0, 2, 70, "r", "u", seen("B01")]] });
    assert.deepEqual(one.codes, ["o", "v", "v"]);
    assert.equal(one.free("standard"), 1);
    assert.deepEqual(one.offer(0, "standard"), {
      bay: 2,
      metres: 70,
      side: "r",
      change: "u",
      seen: seen("B01"),
    });
    assert.deepEqual(one.offer(0, "ev"), {
      bay: 1,
      metres: 10,
      side: "l",
      change: null,
      seen: seen("A02"),
    });
    assert.deepEqual(one.offer(1, "standard"), {
      bay: 2,
      metres: 15,
      side: "a",
      change: null,
      seen: seen("B01"),
    });
  });

  it("knows when a bay is likely, once it is told", () => {
    const one = lot();
    assert.deepEqual(one.likely, []);
    one.apply({ s: 1, t: 2_001, b: [], w: [2_400, null] });
    assert.deepEqual(one.likely, [2_400, null]);
    one.apply({ s: 2, t: 2_002, b: [[0, "o"]] });
    assert.deepEqual(one.likely, [2_400, null]);
  });

  it("has nothing to offer when the last bay is gone", () => {
    const one = lot();
    one.apply({ s: 1, t: 2_001, b: [[1, "o"]], n: [[0, 1]] });
    assert.equal(one.offer(0, "ev"), null);
  });

  it("shows what it does not know as unknown: never as free", () => {
    const one = lot({ states: "v?" });
    assert.deepEqual(one.codes, ["v", "u", "u"]);
    one.apply({ s: 1, t: 2_001, b: [[0, "vv"]] });
    assert.equal(one.isKnown, false);
    assert.equal(one.free("standard"), 0);
  });

  it("minds no bay and no gate that it does not have", () => {
    const one = lot();
    one.apply({ s: 1, t: 2_001, b: [[7, "v"]], n: [[9, 0, 1, 5, "l", null, seen("A02")]] });
    assert.deepEqual(one.codes, ["v", "v", "v"]);
  });

  it("offers what everybody is offered where a kind is no more", () => {
    assert.equal(lot().offer(0, "family")?.bay, 0);
  });
});
