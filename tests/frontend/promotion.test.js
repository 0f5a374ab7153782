import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it, mock } from "node:test";

import { PromotionStrip } from "../../custom_components/smart_parking/frontend/card/promotion.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Promotion} Promotion */

/** Just enough of an element to be filled. */
class Element {
  hidden = false;
  /** @type {(Element | string)[]} */
  children = [];
  /** @type {Record<string, string>} */
  attributes = {};
  /** @type {Record<string, () => void>} */
  listeners = {};
  /** @type {Element | undefined} */
  parent;
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
    if (name === "hidden") this.hidden = true;
  }
  /** @param {string} name @param {() => void} listener */
  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }
  /** @param {(Element | string)[]} more */
  append(...more) {
    for (const one of more) if (one instanceof Element) one.parent = this;
    this.children.push(...more);
  }
  /** @param {(Element | string)[]} all */
  replaceChildren(...all) {
    this.children = [];
    this.append(...all);
  }
  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((one) => one !== this);
  }
  /** @returns {string[]} */
  get said() {
    return this.children.flatMap((one) => (one instanceof Element ? one.said : [one]));
  }
}

/** @type {(entries: {isIntersecting: boolean}[]) => void} */
let scroll = () => {};

const page = {
  visibilityState: "visible",
  listeners: new Set(),
  createElement: () => new Element(),
  /** @param {string} _ @param {() => void} listener */
  addEventListener: (_, listener) => page.listeners.add(listener),
  /** @param {string} _ @param {() => void} listener */
  removeEventListener: (_, listener) => page.listeners.delete(listener),
  /** @param {"visible" | "hidden"} state */
  become(state) {
    page.visibilityState = state;
    for (const listener of page.listeners) listener();
  },
};

/** @param {string} title @returns {Promotion} */
const promotion = (title, more = {}) => ({
  promotion_id: title,
  mark: "Ad",
  title,
  text: "",
  image: null,
  ...more,
});

/** @param {(Promotion | null | Error)[]} answers */
function strip(answers, { preview = false } = {}) {
  /** @type {Record<string, unknown>[]} */
  const asked = [];
  const context = {
    state: { entryId: "garage" },
    words: { language: "de" },
    preview: () => preview,
    hass: () => ({
      /** @param {Record<string, unknown>} message */
      async callWS(message) {
        asked.push(message);
        const answer = answers[Math.min(asked.length, answers.length) - 1];
        if (answer instanceof Error) throw answer;
        return { promotion: answer, seconds: 20 };
      },
    }),
  };
  const shown = new PromotionStrip(/** @type {any} */ (context));
  shown.attach(/** @type {any} */ (new Element()));
  const root = /** @type {Element} */ (/** @type {unknown} */ (shown.root));
  return { shown, root, asked };
}

/** Lets time pass, and answers arrive. @param {number} seconds */
async function pass(seconds) {
  mock.timers.tick(seconds * 1000);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe("a sign's promotions", () => {
  before(() => {
    Object.assign(globalThis, {
      document: page,
      Node: Element,
      IntersectionObserver: class {
        /** @param {typeof scroll} callback */
        constructor(callback) {
          scroll = callback;
        }
        observe() {}
        disconnect() {}
      },
    });
  });
  after(() => {
    for (const name of ["document", "Node", "IntersectionObserver"])
      Reflect.deleteProperty(globalThis, name);
  });
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
  afterEach(() => {
    page.visibilityState = "visible";
    page.listeners.clear();
    mock.timers.reset();
  });

  it("are shown one after the other, marked as what they are", async () => {
    const { root, asked } = strip([promotion("Bakery", { text: "Cake" }), promotion("Zoo")]);

    await pass(0);
    assert.deepEqual(root.said, ["Ad", "Bakery", "Cake"]);
    assert.deepEqual(asked, [
      { type: "smart_parking/promotion", entry_id: "garage", language: "de" },
    ]);
    await pass(19);
    assert.equal(asked.length, 1);
    await pass(1);
    assert.deepEqual(root.said, ["Ad", "Zoo"]);
  });

  it("are not asked for while the page is behind others", async () => {
    const { asked } = strip([promotion("Bakery"), promotion("Zoo")]);
    await pass(0);

    page.become("hidden");
    await pass(3600);
    assert.equal(asked.length, 1);
    page.become("visible");
    await pass(0);
    assert.equal(asked.length, 2);
  });

  it("are not asked for more often because the page comes and goes", async () => {
    const { asked } = strip([promotion("Bakery")]);
    await pass(0);

    for (let turn = 0; turn < 10; turn++) {
      page.become("hidden");
      page.become("visible");
      await pass(1);
    }
    assert.equal(asked.length, 1);
    await pass(10);
    assert.equal(asked.length, 2);
  });

  it("are not asked for while the sign is scrolled away", async () => {
    const { asked } = strip([promotion("Bakery"), promotion("Zoo")]);
    await pass(0);

    scroll([{ isIntersecting: false }]);
    await pass(60);
    assert.equal(asked.length, 1);
    scroll([{ isIntersecting: true }]);
    await pass(0);
    assert.equal(asked.length, 2);
  });

  it("disappear with the connection, and come back with it", async () => {
    const { shown, root, asked } = strip([promotion("Bakery")]);
    await pass(0);

    shown.setLive(false);
    assert.equal(root.hidden, true);
    await pass(60);
    assert.equal(asked.length, 1);
    shown.setLive(true);
    await pass(0);
    assert.equal(root.hidden, false);
    assert.equal(asked.length, 2);
  });

  it("leave no strip when there are none, or nobody to ask", async () => {
    const { root, asked } = strip([null, new Error("not loaded"), promotion("Bakery")]);

    await pass(0);
    assert.equal(root.hidden, true);
    await pass(59);
    assert.equal(asked.length, 1);
    await pass(1);
    assert.equal(root.hidden, true);
    await pass(60);
    assert.equal(root.hidden, false);
  });

  it("are not counted for a picture of the card in its editor", async () => {
    const { asked } = strip([promotion("Bakery")], { preview: true });

    await pass(60);
    assert.equal(asked.length, 0);
  });

  it("end with the sign", async () => {
    const { shown, asked } = strip([promotion("Bakery")]);
    await pass(0);

    shown.detach();
    await pass(60);
    page.become("visible");
    assert.equal(asked.length, 1);
    assert.equal(page.listeners.size, 0);
  });

  it("do without a picture that cannot be had", async () => {
    const { root } = strip([promotion("Bakery", { image: "/picture" })]);
    await pass(0);

    const picture = /** @type {Element} */ (root.children[1]);
    assert.equal(picture.attributes["src"], "/picture");
    picture.listeners["error"]?.();
    assert.deepEqual(root.said, ["Ad", "Bakery"]);
    assert.equal(root.children.length, 2);
  });
});
