import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { view } from "../../custom_components/smart_parking/frontend/visitor/view.js";
import { lot, mine, seen as drawn } from "./visitors.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/visitor/types").Mine} Mine */

const file = new URL("../../custom_components/smart_parking/texts/en.json", import.meta.url);
/** @type {Record<string, string>} */
const all = JSON.parse(readFileSync(file, "utf-8"));
const texts = Object.fromEntries(
  Object.entries(all).map(([key, text]) => [key.replace(/^page_/, ""), text]),
);
const ANY = /** @type {const} */ ({ kind: "standard", gate: 0 });

/** @param {Partial<Mine>} [of] @param {import("../../custom_components/smart_parking/frontend/visitor/view.js").Choice} [choice] */
const seen = (of, choice = ANY, one = lot()) => view(one, mine(of), choice, texts, "en");
const held = /** @type {Partial<Mine>} */ ({
  status: "held",
  bay: 2,
  label: "B01",
  gate: 0,
  kind: "standard",
  until: 2_240,
  metres: 5,
  side: "r",
  can: ["parked", "another", "extend", "release"],
});

describe("what a visitor is shown", () => {
  it("is the nearest bay, and where it is", () => {
    const { say, bay, way, where, side, free, acts, index } = seen();
    assert.equal(say, "The nearest free bay");
    assert.equal(bay, "A01");
    assert.equal(way, "5 m, on the left");
    assert.equal(where, "Row A");
    assert.equal(side, "left");
    assert.equal(free, "2 free");
    assert.equal(index, 0);
    assert.deepEqual(acts, [{ do: "guide", label: "Take me there" }]);
  });

  it("is what suits them, from where they come in", () => {
    const { bay, way, gate } = seen({}, { kind: "ev", gate: 1 });
    assert.equal(bay, "A02");
    assert.equal(way, "10 m");
    assert.equal(gate, 1);
  });

  it("is when a bay is likely, while there is none for them", () => {
    const full = lot({ states: "ovo", nearest: [[null, null]], likely: [2_400, 2_500] });
    assert.equal(seen({}, ANY, full).likely, 2_400);
    // Who charges finds a bay.
    assert.equal(seen({}, { kind: "ev", gate: 0 }, full).likely, null);
    assert.equal(seen().likely, null);
    assert.equal(seen({ ...held, status: "waiting", likely: 2_600 }, ANY, full).likely, 2_600);
    assert.equal(seen(held, ANY, full).likely, null);
  });

  it("names the level where there are several", () => {
    const two = lot();
    two.hasLevels = true;
    assert.equal(seen({}, ANY, two).where, "Level 1, row A");
  });

  it("is how one gets to another level, before anything else", () => {
    const up = lot({ nearest: [[[0, 70, "l", "u", drawn("A01")]]] });
    up.hasLevels = true;
    const { way, where, side } = seen({}, ANY, up);
    assert.equal(way, "Up the ramp, 70 m, on the left");
    assert.equal(where, "Level 1, row A");
    assert.equal(side, "up");
    const mine = seen({ ...held, level_change: "d" }, ANY, up);
    assert.equal(mine.way, "Down the ramp, 5 m, on the right");
  });

  it("is a level by its name, where it has one", () => {
    const roof = lot({}, { bays: lot().bays.map((bay) => ({ ...bay, level: "Roof" })) });
    roof.hasLevels = true;
    assert.equal(seen({}, ANY, roof).where, "Roof, row A");
  });

  it("is that the lot is full, and a queue", () => {
    const full = lot({ states: "ooo", nearest: [] });
    const { say, bay, way, acts, free } = seen({}, ANY, full);
    assert.equal(say, "No bay is free for you at the moment.");
    assert.equal(bay, "Full");
    assert.equal(way, "");
    assert.equal(free, "0 free");
    assert.deepEqual(acts, [{ do: "guide", label: "Wait for a bay" }]);
  });

  it("is that nothing is known, and then there is nothing to ask for", () => {
    const { say, bay, acts } = seen({}, ANY, lot({ states: "uuu", nearest: [] }));
    assert.equal(say, "Nothing is known of the bays at the moment.");
    assert.equal(bay, "?");
    assert.deepEqual(acts, []);
  });

  it("is that there is no gate", () => {
    const { say, bay, acts } = seen({}, { kind: "standard", gate: null });
    assert.match(say, /has no gate yet/);
    assert.equal(bay, "?");
    assert.deepEqual(acts, []);
  });

  it("is the bay that is kept, whatever is nearest now", () => {
    const { say, bay, way, until, acts, index } = seen(held);
    assert.equal(say, "Your bay, kept for you");
    assert.equal(bay, "B01");
    assert.equal(way, "5 m, on the right");
    assert.equal(until, 2_240);
    assert.equal(index, 2);
    assert.deepEqual(
      acts.map(({ label }) => label),
      ["I parked here", "Another bay", "Keep it longer", "Give it back"],
    );
  });

  it("offers another kind to who has chosen it meanwhile", () => {
    const { acts } = seen(held, { kind: "ev", gate: 0 });
    assert.deepEqual(acts.at(-1), { do: "guide", label: "Another kind instead: charging" });
  });

  it("is the place in the queue", () => {
    const { say, bay, acts } = seen({
      status: "waiting",
      position: 3,
      kind: "standard",
      can: ["release"],
    });
    assert.equal(say, "Your place in the queue");
    assert.equal(bay, "3");
    assert.deepEqual(acts, [{ do: "release", label: "Stop waiting" }]);
  });

  it("is the question whose car it is", () => {
    const { say, acts } = seen({ ...held, status: "arrived", until: null, can: ["yes", "no"] });
    assert.equal(say, "A vehicle has parked in your bay. Is it yours?");
    assert.deepEqual(
      acts.map(({ do: act }) => act),
      ["yes", "no"],
    );
  });

  it("is where the car stands, even when that bay is no more", () => {
    const { bay, way, where, index } = seen({
      status: "parked",
      label: "C09",
      gate: 0,
      can: ["found"],
    });
    assert.equal(bay, "C09");
    assert.equal(way + where, "");
    assert.equal(index, null);
  });

  it("is the way to the bay, on its level, else the gate that one comes in by", () => {
    assert.deepEqual(seen().seen, drawn("A01"));
    assert.deepEqual(seen({ ...held, seen: drawn("mine") }).seen, drawn("mine"));
    const full = seen({}, { kind: "standard", gate: 1 }, lot({ states: "ooo", nearest: [] }));
    assert.deepEqual([full.seen, full.level, full.note], [drawn("South"), "1", ""]);
    assert.equal(seen({}, { kind: "standard", gate: null }).seen, null);
    const bays = lot().bays.map((bay, at) => (at ? bay : { ...bay, level: "2" }));
    const two = lot({}, { bays });
    assert.deepEqual([seen({}, ANY, two).level, seen({}, ANY, two).note], ["2", "Level 2"]);
  });

  it("has the forms of numbers that the language has", () => {
    const forms = { ...texts, free_few: "{count} wolne", free_many: "{count} wolnych" };
    const said = (/** @type {string} */ states) =>
      view(lot({ states }), mine(), { kind: "ev", gate: 0 }, forms, "pl").free;
    assert.deepEqual([said("ooo"), said("voo"), said("vvo")], ["0 wolnych", "1 free", "2 wolne"]);
  });
});
