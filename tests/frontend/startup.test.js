/** What finds the card on a page from before it had an address. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { beforeEach, test } from "node:test";
import vm from "node:vm";

const MODULE = new URL(
  "../../custom_components/smart_parking/frontend/dist/startup.js",
  import.meta.url,
);
const HOME = "http://home.example:8123";
const LOADER = "/smart_parking/0123456789abcdef/smart-parking.js";
const STRATEGY = "custom:smart-parking";

/** Lets everything happen that waits for nothing else. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {string} name @param {object[]} [inside] */
const element = (name, inside) => ({
  localName: name,
  shadowRoot: inside && { querySelectorAll: () => inside },
});

/** A page of Home Assistant, and what happens on it. */
class Page {
  isThere = false;
  isServed = true;
  /** @type {string[]} */
  imported = [];
  /** @type {string[]} */
  rebuilt = [];
  /** @type {Record<string, unknown>[]} */
  asked = [];
  /** @type {Set<string>} */
  defined = new Set();
  /** @type {Map<string, () => void>} */
  awaited = new Map();
  /** @type {Set<(event: object) => void>} */
  heard = new Set();
  /** @type {Set<() => void>} */
  ready = new Set();

  /** @param {string} name @param {string} [type] */
  dashboard(name, type) {
    return {
      ...element("hui-root"),
      lovelace: { rawConfig: type ? { strategy: { type } } : { views: [] } },
      dispatchEvent: (/** @type {CustomEvent} */ { type: event }) =>
        this.rebuilt.push(`${name}: ${event}`),
    };
  }

  connection = {
    addEventListener: (/** @type {string} */ event, /** @type {() => void} */ listener) => {
      assert.equal(event, "ready");
      this.ready.add(listener);
    },
    removeEventListener: (/** @type {string} */ _, /** @type {() => void} */ listener) =>
      this.ready.delete(listener),
    subscribeMessage: async (
      /** @type {(event: object) => void} */ listener,
      /** @type {object} */ message,
    ) => {
      assert.equal(
        JSON.stringify(message),
        JSON.stringify({ type: "subscribe_events", event_type: "component_loaded" }),
      );
      this.heard.add(listener);
      return async () => this.heard.delete(listener);
    },
    sendMessagePromise: async (/** @type {Record<string, unknown>} */ message) => {
      this.asked.push(message);
      if (!this.isThere) throw new Error("unknown_command");
      return { url: LOADER };
    },
  };

  /** Opens it: the resource is loaded. @param {object[]} elements @param {boolean} [isHome] */
  async open(elements, isHome = true) {
    const customElements = {
      get: (/** @type {string} */ name) => this.defined.has(name) || undefined,
      whenDefined: (/** @type {string} */ name) =>
        new Promise((resolve) => {
          if (this.defined.has(name)) resolve(undefined);
          else this.awaited.set(name, () => resolve(undefined));
        }),
    };
    const home = { auth: { data: { hassUrl: HOME } }, conn: this.connection };
    const window = { customElements, hassConnection: isHome ? Promise.resolve(home) : undefined };
    const document = { querySelectorAll: () => elements };
    // What a script imports is this function's to say, where Node lets it.
    const code = (await readFile(MODULE, "utf8")).replace("await import(", "await imported(");
    const imported = async (/** @type {string} */ url) => {
      if (!this.isServed) throw new TypeError("Failed to fetch");
      this.imported.push(url);
    };
    vm.runInNewContext(code, { window, document, imported, URL, CustomEvent });
    await settled();
  }

  /** The loader registers its elements. */
  async define() {
    for (const name of ["smart-parking-card", "ll-strategy-dashboard-smart-parking"]) {
      this.defined.add(name);
      this.awaited.get(name)?.();
    }
    await settled();
  }

  /** An integration has been set up. @param {string} component */
  async hear(component) {
    for (const listener of this.heard) listener({ data: { component } });
    await settled();
  }

  /** The page has connected again. */
  async reconnect() {
    for (const listener of this.ready) listener();
    await settled();
  }
}

/** @type {Page} */
let page;
beforeEach(() => {
  page = new Page();
});

test("a page that has the card is left alone", async () => {
  await page.define();
  await page.open([]);
  assert.deepEqual([page.asked, page.heard.size, page.ready.size], [[], 0, 0]);
});

test("a page that is not Home Assistant's own is left alone", async () => {
  await page.open([], false);
  assert.deepEqual([page.asked, page.heard.size], [[], 0]);
});

test("the loader is imported as soon as it can be", async () => {
  await page.open([]);
  assert.equal(page.asked.length, 1);
  await page.hear("light");
  assert.equal(page.asked.length, 1);
  page.isThere = true;
  await page.hear("smart_parking");
  assert.equal(JSON.stringify(page.asked[1]), JSON.stringify({ type: "smart_parking/loader" }));
  assert.deepEqual(page.imported, [HOME + LOADER]);
});

test("what came between the page and its resource is found at once", async () => {
  page.isThere = true;
  await page.open([]);
  assert.deepEqual(page.imported, [HOME + LOADER]);
});

test("nothing is listened to any more when the loader is there", async () => {
  page.isThere = true;
  await page.open([]);
  assert.deepEqual([page.heard.size, page.ready.size], [0, 0]);
});

test("what has been missed while there was no connection is found after it", async () => {
  await page.open([]);
  page.isThere = true;
  await page.reconnect();
  assert.deepEqual(page.imported, [HOME + LOADER]);
});

test("a file that could not be had is asked for again", async () => {
  page.isThere = true;
  page.isServed = false;
  await page.open([]);
  assert.deepEqual([page.heard.size, page.ready.size], [1, 1]);
  page.isServed = true;
  await page.reconnect();
  assert.deepEqual(page.imported, [HOME + LOADER]);
});

test("only dashboards that lack their builder begin anew, when it is there", async () => {
  page.isThere = true;
  const deep = element("home-assistant", [
    element("div"),
    element("home-assistant-main", [page.dashboard("lots", STRATEGY)]),
  ]);
  await page.open([
    deep,
    page.dashboard("cards"),
    page.dashboard("other", "custom:other"),
    { ...page.dashboard("none"), lovelace: undefined },
  ]);
  assert.deepEqual(page.rebuilt, []);
  await page.define();
  assert.deepEqual(page.rebuilt, ["lots: config-refresh"]);
});
