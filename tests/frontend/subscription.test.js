import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";

import { subscriptionOf } from "../../custom_components/smart_parking/frontend/card/subscription.js";
import { bay, gate, picture } from "./lots.js";

const PICTURE = picture([bay("A01"), bay("A02")], [gate("North", 0, 0)]);

/** Home Assistant's end of the line, as far as a subscription sees it. */
class EventStream {
  connected = true;
  commands = new Map();
  /** @type {any[]} */
  sent = [];
  /** @type {any} */
  refusal = null;
  /** @type {any} */
  first = PICTURE;
  /** @type {((event: any) => void) | null} */
  callback = null;
  subscriptions = 0;
  ended = 0;
  /** @type {Record<string, Set<() => void>>} */
  listeners = { ready: new Set(), disconnected: new Set() };

  /** @param {(event: any) => void} callback @param {any} message @param {any} options */
  async subscribeMessage(callback, message, options) {
    this.subscriptions += 1;
    assert.equal(options.resubscribe, false);
    this.message = message;
    if (this.refusal) throw this.refusal;
    const id = 40 + this.subscriptions;
    this.commands.set(id, { callback });
    this.callback = callback;
    if (this.first) callback(this.first);
    return async () => {
      this.ended += 1;
      this.commands.delete(id);
    };
  }

  /** @param {any} message */
  sendMessage(message) {
    this.sent.push(message);
  }

  /** @param {string} name @param {() => void} listener */
  addEventListener(name, listener) {
    this.listeners[name]?.add(listener);
  }

  /** @param {string} name @param {() => void} listener */
  removeEventListener(name, listener) {
    this.listeners[name]?.delete(listener);
  }

  /** @param {string} name */
  fire(name) {
    this.connected = name === "ready";
    for (const listener of this.listeners[name] ?? []) listener();
  }

  /** @param {number} seq @param {any} [more] */
  delta(seq, more = { b: [[0, seq % 2 ? "o" : "v"]] }) {
    this.callback?.({ s: seq, t: 1_000 + seq, ...more });
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function minute() {
  for (let second = 0; second < 60; second++) {
    mock.timers.tick(1_000);
    await settle();
  }
}

describe("a subscription", () => {
  /** @type {any} */
  let line;
  /** @type {(import("../../custom_components/smart_parking/frontend/card/lot-state.js").Change | null)[]} */
  let told;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    line = new EventStream();
    told = [];
  });
  afterEach(() => mock.timers.reset());

  /** @param {string} [entryId] */
  async function follow(entryId) {
    const subscription = subscriptionOf(line, entryId);
    const unlisten = subscription.listen((change) => told.push(change));
    await settle();
    return { subscription, unlisten };
  }

  it("begins with a picture and goes on with what changes", async () => {
    const { subscription } = await follow("entry");
    assert.deepEqual(line.message, { type: "smart_parking/subscribe", entry_id: "entry" });
    assert.equal(subscription.status, "live");
    line.delta(8, { b: [[1, "o"]] });
    assert.deepEqual(told.at(-1)?.bays, [1]);
    assert.deepEqual(subscription.state?.codes, ["v", "o"]);
  });

  it("asks for no lot by name when it is given none", async () => {
    await follow();
    assert.deepEqual(line.message, { type: "smart_parking/subscribe" });
  });

  it("stays with the lot that it showed when others come", async () => {
    const { subscription } = await follow();
    line.fire("disconnected");
    line.fire("ready");
    await settle();
    assert.deepEqual(line.message, { type: "smart_parking/subscribe", entry_id: "entry" });
    assert.equal(subscription.status, "live");
  });

  it("shows the first of several lots when it is given no name", async () => {
    const values = { first: "entry" };
    line.refusal = { code: "invalid_format", translation_key: "which_lot" };
    line.refusal.translation_placeholders = values;
    const { subscription } = await follow();
    assert.deepEqual(line.message, { type: "smart_parking/subscribe", entry_id: "entry" });
    line.refusal = null;
    await minute();
    assert.equal(subscription.status, "live");
  });

  it("goes on with what is left when the lot that it showed is gone", async () => {
    const { subscription } = await follow();
    line.refusal = { code: "not_found", translation_key: "no_lot" };
    line.callback?.({ gone: true, lot: null });
    await minute();
    assert.deepEqual(line.message, { type: "smart_parking/subscribe" });
    assert.equal(subscription.reason, "no_lot");
    line.refusal = null;
    await minute();
    assert.equal(subscription.status, "live");
  });

  it("acknowledges each eighth delta, with the number it has come to", async () => {
    await follow();
    for (let seq = 8; seq < 28; seq++) line.delta(seq);
    assert.deepEqual(line.sent, [
      { type: "smart_parking/ack", subscription: 41, seq: 15 },
      { type: "smart_parking/ack", subscription: 41, seq: 23 },
    ]);
  });

  it("is shared by all who look at the lot", async () => {
    const first = await follow("entry");
    const second = await follow("entry");
    assert.equal(first.subscription, second.subscription);
    assert.equal(line.subscriptions, 1);
  });

  it("ends some seconds after the last one has left, and not for one who comes back", async () => {
    const { unlisten } = await follow();
    unlisten();
    mock.timers.tick(4_000);
    const { unlisten: again } = await follow();
    mock.timers.tick(60_000);
    assert.equal(line.ended, 0);
    again();
    mock.timers.tick(60_000);
    assert.equal(line.ended, 1);
    assert.equal(line.listeners.ready.size, 0);
  });

  it("says that the connection is lost, and heals when it is back", async () => {
    const { subscription } = await follow();
    line.fire("disconnected");
    assert.equal(subscription.status, "lost");
    assert.ok(subscription.state, "the last picture stays");
    line.fire("ready");
    await settle();
    assert.equal(subscription.status, "live");
    assert.equal(line.subscriptions, 2);
    assert.equal(told.at(-1)?.whole, true);
  });

  it("asks again while Home Assistant starts, and more and more patiently", async () => {
    line.refusal = { code: "unknown_command" };
    const { subscription } = await follow();
    assert.equal(subscription.status, "absent");
    assert.equal(subscription.reason, "unknown_command");
    await minute();
    assert.ok(line.subscriptions > 5 && line.subscriptions < 15, `${line.subscriptions}`);
    line.refusal = null;
    mock.timers.tick(8_000);
    await settle();
    assert.equal(subscription.status, "live");
  });

  it("keeps the picture of a lot that is reloaded, and takes the new one", async () => {
    const { subscription } = await follow("entry");
    line.callback({ gone: true, lot: null });
    assert.equal(subscription.status, "absent");
    assert.equal(subscription.reason, "not_loaded");
    assert.ok(subscription.state);
    line.callback({ ...PICTURE, states: "ov" });
    assert.equal(subscription.status, "live");
    assert.deepEqual(subscription.state?.codes, ["o", "v"]);
    mock.timers.tick(60_000);
    await settle();
    assert.equal(line.subscriptions, 1, "and asks for no other");
  });

  it("drops the picture of a lot that was deleted, also while it was not at work", async () => {
    const { subscription } = await follow("entry");
    line.first = { gone: true, lot: null };
    line.callback(line.first);
    await minute();
    assert.equal(subscription.reason, "not_loaded");
    assert.ok(subscription.state);
    line.refusal = { code: "not_found", translation_key: "no_lot" };
    mock.timers.tick(8_000);
    await settle();
    assert.equal(subscription.reason, "not_found");
    assert.equal(subscription.state, null);
  });

  it("asks but now and then for a lot that is gone for good", async () => {
    await follow("entry");
    line.refusal = { code: "not_found", translation_key: "no_lot" };
    line.callback({ gone: true, lot: null });
    await minute();
    const { subscriptions } = line;
    await minute();
    assert.ok(line.subscriptions - subscriptions <= 8, `${line.subscriptions} - ${subscriptions}`);
    assert.equal(line.commands.size, 0);
  });

  it("listens to no event of a subscription that it has given up", async () => {
    const { subscription } = await follow();
    const stale = line.callback;
    line.fire("disconnected");
    line.fire("ready");
    await settle();
    stale({ s: 99, t: 1, b: [[0, "o"]] });
    assert.deepEqual(subscription.state?.codes, ["v", "v"]);
  });
});
