import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { describe, it } from "node:test";

import {
  apply,
  invert,
  isEmpty,
  merge,
  newId,
  readDrawing,
} from "../../custom_components/smart_parking/frontend/editor/change.js";
import {
  alignment,
  boundsOf,
  corners,
  foot,
  nearest,
  onGrid,
  straightened,
  turning,
} from "../../custom_components/smart_parking/frontend/editor/geometry.js";
import {
  idOf,
  isSame,
  newsOf,
  speaks,
  stillFree,
} from "../../custom_components/smart_parking/frontend/editor/free-sensors.js";
import {
  align,
  copy,
  drawRow,
  middleOf,
  pair,
  pairAll,
  paste,
  remove,
  removeLevel,
  renameLevel,
  renumber,
  rowOf,
  transform,
  unpair,
  wholeRow,
} from "../../custom_components/smart_parking/frontend/editor/operations.js";
import {
  countOf,
  fits,
  inOrder,
  layOut,
  lineLength,
  nextLetters,
  parts,
  proposeLabel,
  readShape,
  runOn,
  shapeCells,
} from "../../custom_components/smart_parking/frontend/editor/rows.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/editor/types").RowShape} RowShape */
/** @typedef {import("../../custom_components/smart_parking/frontend/editor/types").Drawing} Drawing */
/** @typedef {import("../../custom_components/smart_parking/frontend/editor/types").FreeSensor} FreeSensor */

/** @param {Partial<RowShape>} [more] @returns {RowShape} */
const shape = (more) => ({
  level: "0",
  x1: 0,
  y1: 0,
  x2: 25,
  y2: 0,
  bend: 0,
  count: 0,
  width: 2.5,
  length: 5,
  angle: 90,
  sides: 1,
  aisle: 6,
  flip: false,
  ...more,
});

/** A drawing with a row of ten bays. */
function rowed() {
  const drawing = readDrawing({ levels: { 0: { order: 0 } } });
  const { change, ids } = drawRow(drawing, shape(), { first: "A01" });
  apply(drawing, change);
  return { drawing, ids, rowId: /** @type {string} */ (rowOf(drawing, ids[0] ?? "")) };
}

/**
 * Pins of a Raspberry Pi elsewhere that no bay has.
 * @param {string} name
 * @param {number} trigger
 * @param {number} echo
 * @returns {FreeSensor}
 */
const pins = (name, trigger, echo) => ({
  key: `${name} ${echo}`,
  source: "remote",
  node: `id of ${name}`,
  node_name: name,
  name: `${name}: GPIO${trigger} → GPIO${echo}`,
  entity_id: null,
  wiring: { trigger, echo, empty_m: 2.5 },
  endless: false,
});

const labels = (/** @type {Drawing} */ { bays }) => [...bays.values()].map(({ label }) => label);
const plain = (/** @type {Drawing} */ drawing) =>
  Object.fromEntries(
    Object.entries(drawing).map(([name, things]) => [name, Object.fromEntries(things)]),
  );

describe("a row from a line", () => {
  it("has as many bays as fit, side by side, in the middle of the line", () => {
    const placed = layOut(shape({ x2: 26 }));
    assert.equal(placed.length, 10);
    assert.deepEqual(placed[0], { x: 1.75, y: 0, heading: 90, width: 2.5, length: 5 });
    assert.deepEqual(placed[9], { x: 24.25, y: 0, heading: 90, width: 2.5, length: 5 });
  });

  it("has as many as were asked for, and then they share the line", () => {
    const placed = layOut(shape({ count: 8 }));
    assert.equal(placed.length, 8);
    assert.equal(placed[0]?.width, 3.125);
    assert.equal(placed[0]?.x, 1.563);
  });

  it("stands at an angle, and needs more of the line for it", () => {
    for (const [angle, count] of /** @type {const} */ ([
      [60, 8],
      [45, 7],
      [0, 5],
    ]))
      assert.equal(countOf(shape({ angle })), count);
    assert.equal(layOut(shape({ angle: 60 }))[0]?.heading, 60);
    assert.equal(layOut(shape({ angle: 60, flip: true }))[0]?.heading, 300);
    assert.equal(layOut(shape({ angle: 0 }))[0]?.heading, 0);
  });

  it("has two sides that look away from the aisle between them", () => {
    const placed = layOut(shape({ sides: 2 }));
    assert.equal(placed.length, 20);
    assert.deepEqual([placed[0]?.y, placed[0]?.heading], [5.5, 90]);
    assert.deepEqual([placed[10]?.y, placed[10]?.heading], [-5.5, 270]);
  });

  it("follows an arc, and stays as far from its middle", () => {
    const bent = shape({ bend: 5 });
    assert.ok(lineLength(bent) > 25);
    const placed = layOut(bent);
    const radius = (25 ** 2 / 4 + 25) / 10;
    for (const { x, y, heading } of placed) {
      const [dx, dy] = [x - 12.5, y - (5 - radius)];
      assert.ok(Math.abs(Math.hypot(dx, dy) - radius) < 0.01);
      const out = (Math.atan2(dy, dx) * 180) / Math.PI;
      assert.ok(Math.abs(((heading - out + 540) % 360) - 180) < 0.5);
    }
    const other = layOut(shape({ bend: -5 }));
    assert.ok((other[0]?.y ?? 0) < 0 && (placed[0]?.y ?? 0) > 0);
    assert.ok(lineLength(shape({ bend: 20 })) > lineLength(bent));
  });

  it("never makes two bays of one place, however it is drawn", () => {
    for (const angle of [90, 60, 45, 0])
      for (const sides of [1, 2])
        for (const bend of [0, 4, -9])
          for (const x2 of [1, 7.3, 40]) {
            const placed = layOut(shape({ angle, sides, bend, x2, y2: x2 / 3 }));
            const places = new Set(placed.map(({ x, y }) => `${x},${y}`));
            assert.equal(places.size, placed.length);
            assert.ok(placed.every(({ heading }) => heading >= 0 && heading < 360));
          }
  });

  it("is read as it was kept, and only if it is whole", () => {
    assert.deepEqual(readShape(shapeCells(shape({ flip: true }))), shape({ flip: true }));
    assert.equal(readShape({ x1: 0 }), null);
  });
});

describe("labels", () => {
  it("run on, and grow when they have to", () => {
    assert.deepEqual(runOn("A08", 4), ["A08", "A09", "A10", "A11"]);
    assert.deepEqual(runOn("P-98", 3), ["P-098", "P-099", "P-100"]);
    assert.deepEqual(runOn("Roof", 2), ["Roof01", "Roof02"]);
    assert.deepEqual(runOn("A03", 3, -1), ["A03", "A02", "A01"]);
    assert.deepEqual(parts("B2-07"), { prefix: "B2-", number: 7, digits: 2 });
  });

  it("go on with the next code", () => {
    assert.equal(proposeLabel([]), "A01");
    assert.equal(proposeLabel(["A01", "b7", "D01"]), "C01");
    assert.equal(nextLetters("Z"), "AA");
    assert.equal(nextLetters("AZ"), "BA");
    assert.equal(nextLetters("ZZ"), "AAA");
  });

  it("are all different, however many there are", () => {
    for (const first of ["A1", "7", "X099", ""])
      for (const count of [1, 9, 120]) assert.equal(new Set(runOn(first, count)).size, count);
  });

  it("follow whoever walks along, row after row", () => {
    const grid = [0, 10].flatMap((y) => [0, 3, 6].map((x) => ({ x, y })));
    const walk = (/** @type {"right" | "left" | "down" | "up"} */ direction) =>
      inOrder(grid, direction).map(({ x, y }) => `${x},${y}`);
    assert.deepEqual(walk("right"), ["0,10", "3,10", "6,10", "0,0", "3,0", "6,0"]);
    assert.deepEqual(walk("left").slice(0, 2), ["6,0", "3,0"]);
    assert.deepEqual(walk("down").slice(0, 3), ["6,10", "6,0", "3,10"]);
    assert.deepEqual(walk("up").slice(0, 3), ["0,0", "0,10", "3,0"]);
  });
});

describe("a change", () => {
  it("is undone and done again", () => {
    const { drawing, ids } = rowed();
    const before = plain(drawing);
    const change = merge(remove(drawing, [["bays", ids[0] ?? ""]]), {
      walls: {
        w: {
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      },
    });
    const undo = invert(drawing, change);
    apply(drawing, change);
    const after = plain(drawing);
    assert.notDeepEqual(after, before);
    const redo = invert(drawing, undo);
    apply(drawing, undo);
    assert.deepEqual(plain(drawing), before);
    apply(drawing, redo);
    assert.deepEqual(plain(drawing), after);
  });

  it("may be none", () => {
    assert.ok(isEmpty({}));
    assert.ok(isEmpty({ bays: {} }));
    assert.ok(!isEmpty({ bays: { a: null } }));
    assert.notEqual(newId(), newId());
  });
});

describe("what is drawn", () => {
  it("keeps its bays when a row is drawn longer, and drops those that are too many", () => {
    const { drawing, ids, rowId } = rowed();
    const longer = drawRow(drawing, shape({ x2: 30 }), { rowId });
    assert.deepEqual(longer.ids.slice(0, 10), ids);
    apply(drawing, longer.change);
    assert.deepEqual(labels(drawing).slice(-2), ["A11", "A12"]);
    apply(drawing, drawRow(drawing, shape({ x2: 10 }), { rowId }).change);
    assert.deepEqual(labels(drawing), ["A01", "A02", "A03", "A04"]);
  });

  it("finds other labels when they are taken", () => {
    const { drawing } = rowed();
    apply(drawing, drawRow(drawing, shape({ y1: 20, y2: 20, x2: 5 }), { first: "A09" }).change);
    assert.equal(new Set(labels(drawing)).size, 12);
  });

  it("stays a row while all of it moves, and is none when some do", () => {
    const { drawing, ids, rowId } = rowed();
    const all = ids.map((id) => /** @type {["bays", string]} */ (["bays", id]));
    const turn = turning(middleOf(drawing, all), 90);
    apply(drawing, transform(drawing, all, turn, 90));
    assert.equal(drawing.bays.get(ids[0] ?? "")?.heading, 180);
    assert.equal(wholeRow(drawing, ids)?.id, rowId);
    assert.equal(wholeRow(drawing, ids.slice(1)), null);
    apply(
      drawing,
      transform(drawing, all.slice(0, 1), (x, y) => [x + 1, y]),
    );
    assert.equal(wholeRow(drawing, ids), null);
    assert.equal(rowOf(drawing, ids[0] ?? ""), null);
  });

  it("is no row any more when the forms have moved a bay", () => {
    const { drawing, ids, rowId } = rowed();
    const bay = drawing.bays.get(ids[3] ?? "");
    assert.ok(bay);
    drawing.bays.set(ids[3] ?? "", { ...bay, x: bay.x + 0.5 });
    assert.ok(drawing.rows.has(rowId));
    assert.equal(wholeRow(drawing, ids), null);
    assert.ok(!fits(shape(), []));
  });

  it("moves everything that lies on a level, and one end of a ramp", () => {
    const drawing = readDrawing({
      gates: { g: { name: "G", x: 0, y: 0, heading: 350 } },
      lanes: {
        l: {
          points: [
            [0, 0],
            [5, 0],
          ],
        },
      },
      ramps: { r: { start: ["0", 1, 1], end: ["1", 2, 2] } },
      grounds: { p: { picture: "p", x: 0, y: 0, width: 9, height: 9, turn: 350 } },
    });
    const things =
      /** @type {import("../../custom_components/smart_parking/frontend/editor/types").ThingId[]} */ ([
        ["gates", "g"],
        ["lanes", "l"],
        ["ramps", "r"],
        ["grounds", "p"],
        ["bays", "gone"],
      ]);
    apply(
      drawing,
      transform(drawing, things, (x, y) => [x + 10, y], 20, "0"),
    );
    assert.deepEqual(drawing.gates.get("g"), { name: "G", x: 10, y: 0, heading: 10 });
    assert.deepEqual(drawing.lanes.get("l")?.points[1], [15, 0]);
    assert.deepEqual(drawing.ramps.get("r")?.start, ["0", 11, 1]);
    assert.deepEqual(drawing.ramps.get("r")?.end, ["1", 2, 2]);
    assert.equal(drawing.grounds.get("p")?.turn, 10);
  });

  it("is copied with other labels and names, without its sensors, and stays a row", () => {
    const { drawing, ids } = rowed();
    const first = ids[0] ?? "";
    const bay = drawing.bays.get(first);
    assert.ok(bay);
    drawing.bays.set(first, { ...bay, node: "n", wiring: { entity_id: "sensor.a" } });
    drawing.gates.set("g", { name: "Gate", x: 0, y: 0 });
    const copied = copy(drawing, [
      ...ids.map((id) => /** @type {["bays", string]} */ (["bays", id])),
      ["gates", "g"],
    ]);
    apply(
      drawing,
      paste(drawing, copied, (x, y) => [x, y - 10], "1"),
    );
    assert.equal(new Set(labels(drawing)).size, 20);
    assert.equal([...drawing.bays.values()].filter(({ node }) => node).length, 1);
    assert.deepEqual(
      [...drawing.gates.values()].map(({ name }) => name),
      ["Gate", "Gate 2"],
    );
    const other = [...drawing.rows.values()][1];
    assert.ok(other && wholeRow(drawing, other.bays));
    assert.equal(drawing.bays.get(other.bays[0] ?? "")?.level, "1");
  });

  it("is labelled anew in any direction", () => {
    const { drawing, ids } = rowed();
    apply(drawing, renumber(drawing, ids, "P1", "left"));
    assert.deepEqual(labels(drawing).slice(0, 2), ["P10", "P09"]);
  });

  it("is brought into line and spread", () => {
    const drawing = readDrawing({
      bays: {
        a: { label: "A", x: 0, y: 0 },
        b: { label: "B", x: 1, y: 1 },
        c: { label: "C", x: 8, y: 0.5 },
      },
    });
    const all = /** @type {["bays", string][]} */ ([
      ["bays", "a"],
      ["bays", "b"],
      ["bays", "c"],
    ]);
    apply(drawing, align(drawing, all, "y", false));
    assert.deepEqual(
      [...drawing.bays.values()].map(({ y }) => y),
      [0.5, 0.5, 0.5],
    );
    apply(drawing, align(drawing, all, "x", true));
    assert.deepEqual(
      [...drawing.bays.values()].map(({ x }) => x),
      [0, 4, 8],
    );
  });

  it("gets a sensor and loses it", () => {
    const { drawing, ids } = rowed();
    /** @type {FreeSensor} */
    const offer = {
      key: "sensor.a",
      source: "entities",
      node: null,
      name: "A",
      entity_id: "sensor.a",
      wiring: { entity_id: "sensor.a" },
      endless: false,
    };
    apply(drawing, pair(drawing, ids[0] ?? "", offer, 2.4));
    apply(drawing, pair(drawing, ids[1] ?? "", { ...offer, wiring: { entity_id: "b" } }, null));
    const [first, second] = ids.map((id) => drawing.bays.get(id));
    assert.deepEqual(first?.wiring, { entity_id: "sensor.a", empty_m: 2.4 });
    assert.deepEqual(second?.wiring, { entity_id: "b" });
    assert.equal(first?.node, second?.node);
    assert.equal(drawing.nodes.get(first?.node ?? "")?.source, "entities");
    apply(drawing, unpair(drawing, ids));
    assert.ok([...drawing.bays.values()].every(({ node }) => node === undefined));
    assert.ok(isEmpty(pair(drawing, "gone", offer, null)));
  });

  it("gets pins of a machine whose node is not drawn yet, and is of that node for all who draw", () => {
    const { drawing, ids } = rowed();
    apply(drawing, pair(drawing, ids[0] ?? "", pins("garage-2", 2, 4), null));
    assert.deepEqual(drawing.nodes.get("id of garage-2"), { name: "garage-2", source: "remote" });
    const again = pair(drawing, ids[1] ?? "", pins("garage-2", 3, 5), null);
    assert.equal(again.nodes, undefined);
    assert.equal(again.bays?.[ids[1] ?? ""]?.node, "id of garage-2");
    assert.deepEqual(again.bays?.[ids[1] ?? ""]?.wiring, { trigger: 3, echo: 5, empty_m: 2.5 });
  });

  it("gets sensors together with others: each machine has a node, and each kind has one", () => {
    const { drawing, ids } = rowed();
    const entity = (/** @type {string} */ id) => ({
      ...pins("", 0, 0),
      source: "entities",
      node: null,
      entity_id: id,
      wiring: { entity_id: id },
    });
    const offers = [
      pins("garage-2", 2, 4),
      pins("garage-3", 2, 4),
      entity("sensor.a"),
      pins("garage-2", 3, 5),
      entity("sensor.b"),
    ];
    const pairs = offers.map((offer, index) => [ids[index] ?? "", offer, null]);
    apply(drawing, pairAll(drawing, /** @type {any} */ (pairs)));
    const nodes = ids.slice(0, 5).map((id) => drawing.bays.get(id)?.node);
    assert.equal(nodes[0], nodes[3]);
    assert.equal(nodes[2], nodes[4]);
    assert.equal(new Set(nodes).size, 3);
    assert.deepEqual(
      [...drawing.nodes.values()].map(({ source }) => source),
      ["remote", "remote", "entities"],
    );
    assert.ok(isEmpty(pairAll(drawing, [])));
  });

  it("takes its level along, and goes with it", () => {
    const { drawing } = rowed();
    drawing.ramps.set("r", { start: ["0", 0, 0], end: ["1", 0, 0] });
    apply(drawing, renameLevel(drawing, "0", "Garage"));
    assert.ok([...drawing.bays.values()].every(({ level }) => level === "Garage"));
    assert.deepEqual(drawing.ramps.get("r")?.start, ["Garage", 0, 0]);
    assert.deepEqual([...drawing.levels.keys()], ["Garage"]);
    assert.equal([...drawing.rows.values()][0]?.shape["level"], "Garage");
    apply(drawing, removeLevel(drawing, "Garage"));
    for (const things of Object.values(drawing)) assert.equal(things.size, 0);
  });
});

describe("sensors that no bay has", () => {
  it("are told apart by the machine where each has its own, and else by their kind", () => {
    const { drawing, ids } = rowed();
    const [first, second] = ids;
    const here = { ...pins("", 2, 4), source: "gpio", node: null, node_name: undefined };
    const offers = [
      pins("garage-2", 2, 4),
      pins("garage-3", 2, 4),
      here,
      { ...here, key: "simulated", source: "simulated", wiring: {}, endless: true },
    ];
    const left = () => stillFree(drawing, /** @type {FreeSensor[]} */ (offers)).map(idOf);
    assert.deepEqual(left(), [
      "remote garage-2 4",
      "remote garage-3 4",
      "gpio  4",
      "simulated simulated",
    ]);
    apply(drawing, pair(drawing, first ?? "", pins("garage-2", 2, 4), 3.1));
    assert.deepEqual(left(), ["remote garage-3 4", "gpio  4", "simulated simulated"]);
    apply(drawing, pair(drawing, second ?? "", /** @type {FreeSensor} */ (here), null));
    assert.deepEqual(left(), ["remote garage-3 4", "simulated simulated"]);
    apply(drawing, unpair(drawing, ids));
    assert.equal(left().length, 4);
  });

  it("are news when they say something else, and not when nothing is known for a moment", () => {
    const seen = new Map();
    const says = (/** @type {boolean | null} */ occupied) =>
      newsOf(seen, [
        { ...pins("garage-2", 2, 4), occupied },
        pins("garage-2", 3, 5),
        { ...pins("", 0, 0), key: "puck", source: "mqtt", said: "still the same" },
      ]).map(idOf);
    assert.deepEqual(says(null), []);
    assert.deepEqual(says(false), []);
    assert.deepEqual(says(false), []);
    assert.deepEqual(says(true), ["remote garage-2 4"]);
    assert.deepEqual(says(null), []);
    assert.deepEqual(says(true), []);
    assert.deepEqual(says(false), ["remote garage-2 4"]);
    assert.ok(speaks({ ...pins("garage-2", 2, 4), occupied: null }));
    assert.ok(!speaks(pins("garage-2", 2, 4)));
  });

  it("are the same whatever else is said of them", () => {
    const one = pins("garage-2", 2, 4);
    assert.ok(isSame(one, { ...one, away: true }));
    assert.ok(!isSame(one, pins("garage-3", 2, 4)));
    assert.ok(!isSame(one, null));
  });
});

describe("what a hand means", () => {
  it("is found among what is near", () => {
    const places = [
      { x: 0, y: 0 },
      { x: 3, y: 0 },
    ];
    assert.deepEqual(nearest({ x: 2.6, y: 0 }, places, 1), { x: 3, y: 0 });
    assert.equal(nearest({ x: 1.5, y: 5 }, places, 1), null);
    assert.deepEqual(foot({ x: 4, y: 3 }, [0, 0], [10, 0]), { x: 4, y: 0 });
    assert.deepEqual(foot({ x: 4, y: 3 }, [1, 1], [1, 1]), { x: 1, y: 1 });
    assert.deepEqual(onGrid({ x: 1.3, y: -0.2 }), { x: 1.5, y: -0 });
    assert.deepEqual(alignment({ x: 2.9, y: 9 }, places, 0.5).dx.toFixed(3), "0.100");
    assert.deepEqual(boundsOf(places), { left: 0, right: 3, bottom: 0, top: 0 });
  });

  it("is straight when it nearly is", () => {
    assert.deepEqual(straightened({ x: 0, y: 0 }, { x: 10, y: 0.3 }), { x: 10.004, y: 0 });
    const askew = { x: 10, y: 3 };
    assert.equal(straightened({ x: 0, y: 0 }, askew), askew);
  });

  it("covers what a bay covers", () => {
    const [back] = corners({ x: 0, y: 0, width: 2, length: 4, heading: 0 });
    assert.deepEqual(back, [-2, -1]);
  });
});

describe("the editor's texts", () => {
  it("are all used", async () => {
    const folder = new URL(
      "../../custom_components/smart_parking/frontend/editor/",
      import.meta.url,
    );
    const names = (await readdir(folder)).filter((name) => name.endsWith(".js"));
    const files = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
    const code = files.join("\n");
    const english = new URL("../../custom_components/smart_parking/texts/en.json", import.meta.url);
    const keys = Object.keys(JSON.parse(await readFile(english, "utf8")))
      .filter((key) => key.startsWith("editor_"))
      .map((key) => key.slice("editor_".length));
    assert.ok(keys.length > 100);
    const unused = keys.filter(
      (key) => !/^(tool|hint|problem)_/.test(key) && !code.includes(`"${key}"`),
    );
    assert.deepEqual(unused, []);
  });
});
