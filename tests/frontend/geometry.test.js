import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  aisles,
  boxOf,
  neighbour,
  rows as rowsOf,
  side,
  span,
} from "../../custom_components/smart_parking/frontend/geometry.js";
import { Router } from "../../custom_components/smart_parking/frontend/route.js";
import { bay, gate, rows } from "./lots.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/types").Bay} Bay */
/** @typedef {import("../../custom_components/smart_parking/frontend/types").Point} Point */

const box = (/** @type {Bay[]} */ bays) =>
  /** @type {import("../../custom_components/smart_parking/frontend/geometry.js").Box} */ (
    span(bays.map(boxOf))
  );

/**
 * @param {Point[]} way
 * @returns {Generator<Point>} Points of the way, 10 cm apart.
 */
function* walk(way) {
  for (let at = 1; at < way.length; at++) {
    const from = /** @type {Point} */ (way[at - 1]);
    const to = /** @type {Point} */ (way[at]);
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 0.1);
    for (let step = 0; step <= steps; step++)
      yield {
        x: from.x + ((to.x - from.x) * step) / steps,
        y: from.y + ((to.y - from.y) * step) / steps,
      };
  }
}

/** @param {Point} point @param {Bay} one */
function isIn(point, one) {
  const { left, right, bottom, top } = boxOf(one);
  const slack = 0.3;
  return (
    point.x > left + slack &&
    point.x < right - slack &&
    point.y > bottom + slack &&
    point.y < top - slack
  );
}

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

describe("the way from a gate to a bay", () => {
  const pairs = rows(3, 10);
  const gates = [
    gate("West", -2, 8),
    gate("South", 12, -3),
    gate("North", 25, 50),
    gate("In", 0, 8),
  ];

  for (const from of gates)
    it(`runs at right angles and through no other bay: ${from.name}`, () => {
      const router = new Router(from, pairs);
      for (const to of pairs) {
        const way = router.to(to);
        assert.deepEqual(way[0], { x: from.x, y: from.y });
        for (let at = 1; at < way.length; at++) {
          const a = /** @type {Point} */ (way[at - 1]);
          const b = /** @type {Point} */ (way[at]);
          assert.ok(
            Math.abs(a.x - b.x) < 1e-6 || Math.abs(a.y - b.y) < 1e-6,
            `${to.label}: slanting`,
          );
        }
        for (const point of walk(way))
          for (const other of pairs)
            if (other !== to) assert.ok(!isIn(point, other), `${to.label}: through ${other.label}`);
        const end = /** @type {Point} */ (way.at(-1));
        const mouth = to.heading === 90 ? to.y - to.l / 2 : to.y + to.l / 2;
        assert.ok(
          Math.abs(end.x - to.x) < 1e-6 && Math.abs(end.y - mouth) < 0.2,
          `${to.label}: ends elsewhere`,
        );
      }
    });

  it("is straight along the aisle with one bend where that is all it takes", () => {
    const bays = rows(1, 12);
    const way = new Router(gate("West", 0, 8), bays).to(/** @type {Bay} */ (bays[6]));
    assert.equal(way.length, 3);
    assert.ok(way.every(({ y }, at) => at === 2 || y === 8));
  });

  it("is found in a lot of one bay, and from a gate that stands in a bay", () => {
    const one = [bay("A1", { x: 1.25, y: 2.5 })];
    assert.ok(new Router(gate("In", 1.25, 2.5), one).to(/** @type {Bay} */ (one[0])).length >= 2);
    assert.ok(new Router(gate("Far", 300, 400), one).to(/** @type {Bay} */ (one[0])).length >= 2);
  });
});

describe("the side on which a bay lies", () => {
  const bays = rows(1, 12);
  const [a1, b1] = [/** @type {Bay} */ (bays[0]), /** @type {Bay} */ (bays[12])];
  const all = box(bays);

  it("is seen by a driver who comes in, from whatever side that is", () => {
    assert.equal(side(gate("West", 0, 8), a1, all), "left");
    assert.equal(side(gate("West", 0, 8), b1, all), "right");
    assert.equal(side(gate("East", 30, 8), a1, all), "right");
    assert.equal(side(gate("East", 30, 8), b1, all), "left");
  });

  it("is ahead when the bay lies in the driver's line", () => {
    const ahead = bay("C1", { x: 29, y: 8, heading: 0 });
    assert.equal(side(gate("West", 0, 8), ahead, all), "ahead");
  });

  it("is another level before anything else", () => {
    assert.equal(side(gate("West", 0, 8, { level: "0" }), a1, all), "level");
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
