import assert from "node:assert/strict";
import { beforeEach, describe, it, mock } from "node:test";

import { Plan } from "../../custom_components/smart_parking/frontend/visitor/plan.js";
import { lot, seen } from "./visitors.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/visitor/types").View} View */

/** Just enough of an element to be changed. */
class Element {
  /** @type {Record<string, string>} */
  dataset = {};
  /** @type {Map<string, string>} */
  attributes = new Map();
  /** @type {Record<string, Element>} */
  parts = {};
  /** @type {Element[]} */
  order = [];
  innerHTML = "";
  textContent = "";
  hidden = true;
  /** @type {Element | null} */
  parentNode = null;
  /** @param {string} name */
  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes.set(name, value);
  }
  /** @param {string} name */
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  /** @param {string} name */
  querySelector(name) {
    return this.parts[name] ?? null;
  }
  /** @param {Element} one */
  appendChild(one) {
    this.order.push(one);
  }
  /** @param {Element} svg */
  prepend(svg) {
    this.parts.svg = svg;
  }
  remove() {}
}

/** A level as the server draws it. */
function drawn(level = "1", plan = "drawn") {
  const svg = new Element();
  svg.dataset = { level, plan };
  for (const name of ["#b0", "#b1", "#b2", ".over"]) {
    svg.parts[name] = new Element();
    svg.parts[name].parentNode = svg;
  }
  return svg;
}

/** @param {Partial<View>} [more] @returns {any} */
const view = (more = {}) => ({ index: 0, level: "1", note: "", seen: seen("A01"), ...more });
const looks = (/** @type {Element} */ svg) =>
  ["#b0", "#b1", "#b2"].map((name) => svg.parts[name]?.getAttribute("class"));
const settled = () => new Promise((done) => setImmediate(done));

describe("the plan of the page", () => {
  /** @type {Element} */
  let figure;
  /** @type {any[]} */
  let answers;
  /** @type {Plan} */
  let plan;
  beforeEach(() => {
    figure = new Element();
    figure.parts.svg = drawn();
    figure.parts.figcaption = new Element();
    answers = [];
    const load = async () => {
      const answer = answers.shift();
      if (!answer) throw new Error("no network");
      return answer;
    };
    plan = new Plan(/** @type {any} */ (figure), load);
  });
  const svg = () => /** @type {Element} */ (figure.parts.svg);

  it("shows each bay as it is, and the way to the one that is meant", () => {
    plan.show(lot({ states: "voh" }), view());
    assert.deepEqual(looks(svg()), ["target", "occupied", "held"]);
    assert.equal(svg().getAttribute("viewBox"), "0 0 9 9");
    assert.equal(svg().getAttribute("aria-label"), "A01");
    assert.equal(svg().parts[".over"]?.innerHTML, seen("A01")[2]);
    assert.deepEqual(svg().order, [svg().parts["#b0"]], "nothing covers its outline");
    assert.equal(figure.hidden, false);
  });

  it("changes no more than what has changed", () => {
    plan.show(lot(), view());
    plan.show(lot({ states: "uxv" }), view({ index: null, seen: ["0 0 8 8", "far", "gates"] }));
    assert.deepEqual(looks(svg()), ["unknown", "closed", "free"]);
    assert.equal(svg().getAttribute("class"), "plan far");
    assert.equal(svg().getAttribute("role"), null);
    assert.equal(svg().getAttribute("aria-hidden"), "true");
    assert.equal(svg().parts[".over"]?.innerHTML, "gates");
    assert.equal(svg().order.length, 1);
  });

  it("says which level it is", () => {
    plan.show(lot(), view({ note: "Level 1" }));
    assert.equal(figure.parts.figcaption?.textContent, "Level 1");
  });

  it("is none without a gate", () => {
    plan.show(lot(), view({ seen: null }));
    assert.equal(figure.hidden, true);
    assert.deepEqual(
      looks(svg()),
      [undefined, undefined, undefined].map(() => null),
    );
  });

  it("is drawn anew by the server when the lot is rebuilt, or another level is meant", async () => {
    const newer = drawn("1", "rebuilt");
    answers.push(newer);
    plan.show(lot({}, { plan: "rebuilt" }), view());
    await settled();
    assert.equal(svg(), newer);
    assert.deepEqual(looks(newer), ["target", "free", "free"]);
  });

  it("is asked for again as long as the server draws something else, or nothing", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      answers.push(undefined, drawn("1"), drawn("2"));
      const two = lot({}, { bays: lot().bays.map((bay) => ({ ...bay, level: "2" })) });
      plan.show(two, view({ level: "2" }));
      plan.show(two, view({ level: "2" }));
      for (let tries = 0; tries < 3; tries++) {
        await settled();
        mock.timers.tick(6_000);
      }
      await settled();
      assert.equal(svg().dataset.level, "2");
      assert.deepEqual(looks(svg()), ["target", "free", "free"]);
      assert.deepEqual(answers, []);
    } finally {
      mock.timers.reset();
    }
  });
});
