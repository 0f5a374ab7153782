import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  aisles,
  neighbour,
  rows as rowsOf,
} from "../../custom_components/smart_parking/frontend/card/geometry.js";
import { bay, rows } from "./lots.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Bay} Bay */

describe("aisles", () => {
  it("lie between rows that face each other", () => {
    const [aisle, ...more] = aisles(rows(1, 12));
    assert.equal(more.length, 0);
    assert.ok(aisle);
    assert.deepEqual(
      [aisle.left, aisle.right, aisle.bottom, aisle.top].map((value) =>
        value.toFixed(1).replace("-0.0", "0.0"),
      ),
      ["0.0", "30.0", "5.0", "11.0"],
    );
  });

  it("lie before a row that nothing faces", () => {
    const [aisle] = aisles([bay("A1", { x: 1, y: 10 }), bay("A2", { x: 3.5, y: 10 })]);
    assert.ok(aisle);
    assert.equal(Math.round(aisle.top * 10) / 10, 7.5);
    assert.ok(aisle.bottom < aisle.top - 3);
  });

  it("are found for rows that run upwards, too", () => {
    const bays = rows(1, 4).map((one) => ({
      ...one,
      x: one.y,
      y: one.x,
      heading: one.heading - 90,
    }));
    const [aisle, ...more] = aisles(bays);
    assert.equal(more.length, 0);
    assert.ok(aisle && aisle.top - aisle.bottom > aisle.right - aisle.left);
  });

  it("part where something passes between the bays of a row", () => {
    const bays = [bay("A1", { x: 1 }), bay("A2", { x: 3.5 }), bay("A3", { x: 15 })];
    assert.equal(rowsOf(bays).length, 2);
  });
});

describe("arrow keys", () => {
  const bays = rows(1, 3);
  const label = (/** @type {number | null} */ index) =>
    index === null ? null : bays[index]?.label;

  it("lead to the next bay of the row and across the aisle", () => {
    assert.equal(label(neighbour(bays, 0, "ArrowRight")), "A0-2");
    assert.equal(label(neighbour(bays, 1, "ArrowLeft")), "A0-1");
    assert.equal(label(neighbour(bays, 1, "ArrowDown")), "B0-2");
    assert.equal(label(neighbour(bays, 4, "ArrowUp")), "A0-2");
  });

  it("lead nowhere at the edge, and other keys never do", () => {
    assert.equal(neighbour(bays, 0, "ArrowLeft"), null);
    assert.equal(neighbour(bays, 0, "ArrowUp"), null);
    assert.equal(neighbour(bays, 0, "x"), null);
  });

  it("reach every bay from the first", () => {
    const many = rows(3, 9);
    const reached = new Set([0]);
    for (const from of reached)
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
        const next = neighbour(many, from, key);
        if (next !== null) reached.add(next);
      }
    assert.equal(reached.size, many.length);
  });
});
