import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Page } from "../../custom_components/smart_parking/frontend/visitor/page.js";

/** Just enough of an element to be filled. */
class Element {
  hidden = true;
  /** @type {Record<string, string>} */
  dataset = {};
  /** In the order in which they were set. @type {Record<string, string>} */
  attributes = {};
  /** @type {(Element | string)[]} */
  children = [];
  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  /** @param {(Element | string)[]} more */
  append(...more) {
    this.children.push(...more);
  }
  /** @param {(Element | string)[]} all */
  replaceChildren(...all) {
    this.children = all;
  }
  before() {}
  get childNodes() {
    return this.children;
  }
  /** @param {string} name @returns {Element[]} */
  all(name) {
    return this.children.flatMap((one) =>
      one instanceof Element ? [...(one.name === name ? [one] : []), ...one.all(name)] : [],
    );
  }
  /** @returns {string} */
  get said() {
    return this.children.map((one) => (one instanceof Element ? one.said : one)).join("|");
  }
}

const globals = /** @type {Record<string, any>} */ (globalThis);
const { document: documentBefore, Node: nodeBefore } = globals;
/** @type {Record<string, Element>} */
const parts = {
  notice: new Element("p"),
  acts: new Element("form"),
  promotion: new Element("aside"),
};
const aside = /** @type {Element} */ (parts.promotion);

before(() => {
  globals.Node = Element;
  globals.document = {
    createElement: (/** @type {string} */ name) => new Element(name),
    getElementById: (/** @type {string} */ id) => parts[id],
  };
});
after(() => Object.assign(globals, { document: documentBefore, Node: nodeBefore }));

const bakery = { id: "a b", title: "Bakery", text: "Cake.", link: true, picture: true };
const page = () => new Page({ promotion: "Ad" });

test("a promotion says that it is one, and leads to where it is counted", () => {
  page().showPromotion(bakery);
  assert.equal(aside.hidden, false);
  assert.equal(aside.dataset.id, "a b");
  assert.equal(aside.said, "|Ad|Bakery| |Cake.");
  const [link] = aside.all("a");
  assert.equal(link?.attributes.href, "p/a%20b");
  assert.match(link?.attributes.rel ?? "", /noopener.*sponsored/);
});

test("its picture comes after all that guides", () => {
  page().showPromotion(bakery);
  const [picture] = aside.all("img");
  assert.deepEqual(Object.entries(picture?.attributes ?? {}), [
    ["loading", "lazy"],
    ["decoding", "async"],
    ["fetchpriority", "low"],
    ["src", "p/a%20b/picture"],
    ["alt", ""],
    ["width", "52"],
    ["height", "52"],
  ]);
});

test("without a link and a picture it is words only", () => {
  page().showPromotion({ ...bakery, link: false, picture: false });
  assert.deepEqual([aside.all("a"), aside.all("img")], [[], []]);
  assert.equal(aside.said, "Ad|Bakery| |Cake.");
});
