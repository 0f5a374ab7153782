import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import vm from "node:vm";

const WORKER = new URL(
  "../../custom_components/smart_parking/frontend/visitor/push/sw.js",
  import.meta.url,
);
const PAGE = "https://park.example/api/smart_parking/v/secret/";

/** A worker, and what it does. @param {string[]} open The addresses of the browser's windows. */
async function worker(open) {
  /** @type {Record<string, (event: object) => void>} */
  const listeners = {};
  /** @type {unknown[][]} */
  const done = [];
  const self = {
    addEventListener: (/** @type {string} */ type, /** @type {any} */ listener) =>
      (listeners[type] = listener),
    registration: {
      scope: PAGE,
      showNotification: async (/** @type {unknown[]} */ ...shown) => done.push(["show", ...shown]),
    },
    clients: {
      matchAll: async () =>
        open.map((url) => ({ url, focus: async () => done.push(["focus", url]) })),
      openWindow: async (/** @type {string} */ url) => done.push(["open", url]),
    },
  };
  vm.runInNewContext(await readFile(WORKER, "utf8"), { self, URL });
  /** @param {string} type @param {object} event */
  const hear = async (type, event) => {
    /** @type {Promise<unknown>[]} */
    const waiting = [];
    const waitUntil = (/** @type {Promise<unknown>} */ one) => waiting.push(one);
    listeners[type]?.({ ...event, waitUntil });
    await Promise.all(waiting);
  };
  /** @param {string} to */
  const tap = (to) =>
    hear("notificationclick", {
      notification: { data: { to }, close: () => done.push(["close"]) },
    });
  return { hear, tap, done };
}

const code = { title: "Garage", body: "Go to A02.", lang: "en", tag: "bay-", to: "", icon: "" };

test("what is sent is shown", async () => {
  const { hear, done } = await worker([]);
  await hear("push", { data: { json: () => code } });
  const about = { body: "Go to A02.", lang: "en", tag: "bay-", data: { to: "" }, renotify: true };
  assert.equal(JSON.stringify(done), JSON.stringify([["show", "Garage", about]]));
});

test("a picture is the page's own", async () => {
  const { hear, done } = await worker([]);
  await hear("push", { data: { json: () => ({ ...code, icon: "p/1/picture" }) } });
  const [, , about] = /** @type {any[]} */ (done[0]);
  assert.equal(about.icon, `${PAGE}p/1/picture`);
});

test("a message without content shows nothing", async () => {
  const { hear, done } = await worker([]);
  await hear("push", { data: null });
  assert.deepEqual(done, []);
});

test("a tap brings the page to the front", async () => {
  const { tap, done } = await worker(["https://park.example/lovelace", `${PAGE}?lang=de`]);
  await tap("");
  assert.deepEqual(done, [["close"], ["focus", `${PAGE}?lang=de`]]);
});

test("a tap opens the page when it is closed", async () => {
  const { tap, done } = await worker(["https://park.example/lovelace"]);
  await tap("");
  assert.deepEqual(done, [["close"], ["open", PAGE]]);
});

test("a promotion opens beside the page", async () => {
  const { tap, done } = await worker([PAGE]);
  await tap("p/1");
  assert.deepEqual(done, [["close"], ["open", `${PAGE}p/1`]]);
});

test("nothing leads to another site", async () => {
  const { tap, done } = await worker([]);
  await tap("https://evil.example/");
  await tap("../other/");
  assert.deepEqual(done, [["close"], ["close"]]);
});
