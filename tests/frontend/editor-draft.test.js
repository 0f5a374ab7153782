import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Draft } from "../../custom_components/smart_parking/frontend/editor/draft.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/editor/types").Event} Event */
/** @typedef {import("../../custom_components/smart_parking/frontend/editor/types").Change} Change */

/** A server that takes every change, and says so to all who look. */
class Server {
  revision = 0;
  author = 0;
  /** @type {any[]} */
  asked = [];
  /** @type {((message: any) => Promise<unknown>) | null} */
  answer = null;
  /** @type {(event: Event) => void} */
  tell = () => {};
  /** @type {Record<string, any>} */
  bays = { a: { label: "A", x: 0, y: 0 } };

  status() {
    return { revision: this.revision, changed: true, changed_at: 1, changed_by: "" };
  }

  connection =
    /** @type {import("../../custom_components/smart_parking/frontend/card/types").Connection} */ (
      /** @type {unknown} */ ({
        subscribeMessage: async (/** @type {(event: any) => void} */ tell) => {
          this.tell = tell;
          this.author += 1;
          const drawing = { bays: { ...this.bays } };
          tell({
            type: "draft",
            author: String(this.author),
            name: "L",
            drawing,
            plans: [],
            ...this.status(),
          });
          return async () => {};
        },
        sendMessagePromise: async (/** @type {any} */ message) => {
          this.asked.push(message);
          if (this.answer) return this.answer(message);
          if (message.type.endsWith("/change")) this.take(message.change, message.author);
          return { revision: this.revision };
        },
      })
    );

  /** @param {Change} change @param {string} author */
  take(change, author) {
    this.revision += 1;
    for (const [id, bay] of Object.entries(change.bays ?? {}))
      if (bay) this.bays[id] = bay;
      else delete this.bays[id];
    this.tell({ type: "change", author, change, ...this.status() });
  }
}

const moved = (/** @type {number} */ x, id = "a") => ({ bays: { [id]: { label: "A", x, y: 0 } } });

describe("a draft", () => {
  /** @type {Server} */
  let server;
  /** @type {Draft} */
  let draft;
  /** @type {unknown[]} */
  let failures;
  let asks = 0;
  const x = () => draft.drawing.bays.get("a")?.x;
  const stranded = () => draft.ways?.stranded;

  beforeEach(async () => {
    server = new Server();
    failures = [];
    asks = 0;
    draft = new Draft(server.connection, "lot", {
      changed() {},
      told() {},
      checked() {},
      sensors: () => (asks += 1),
      failed: (error) => failures.push(error),
    });
    await draft.open();
  });

  it("is changed at once, and one's own word of it changes nothing", async () => {
    draft.do(moved(1));
    assert.equal(x(), 1);
    assert.equal(draft.waiting, 1);
    draft.do(moved(2));
    await draft.settled();
    assert.equal(draft.waiting, 0);
    assert.equal(x(), 2);
    assert.deepEqual(
      server.asked.map(({ revision }) => revision),
      [0, 1],
    );
    draft.do({ bays: {} });
    assert.equal(server.asked.length, 2);
  });

  it("is undone and redone, on the server, too", async () => {
    draft.do(moved(1));
    draft.do(moved(2));
    draft.undo();
    draft.undo();
    draft.undo();
    await draft.settled();
    assert.equal(x(), 0);
    assert.equal(server.bays["a"].x, 0);
    assert.ok(!draft.canUndo && draft.canRedo);
    draft.redo();
    assert.equal(x(), 1);
    draft.do(moved(5));
    assert.ok(!draft.canRedo);
    draft.redo();
    await draft.settled();
    assert.equal(server.bays["a"].x, 5);
  });

  it("shows what others do, once", () => {
    server.take(moved(7), "somebody");
    assert.equal(x(), 7);
    server.tell({ type: "change", author: "somebody", change: moved(8), ...server.status() });
    assert.equal(x(), 7);
    assert.ok(!draft.canUndo);
  });

  it("is as it is there when somebody was faster, and what came after is not sent", async () => {
    server.answer = async (message) => {
      if (message.type.endsWith("/change")) throw Object.assign(new Error(), { code: "conflict" });
      return {};
    };
    server.bays["a"] = { label: "A", x: 9, y: 0 };
    draft.do(moved(1));
    draft.do(moved(2));
    await draft.settled();
    assert.equal(failures.length, 1);
    assert.equal(x(), 9);
    assert.equal(server.asked.filter(({ type }) => type.endsWith("/change")).length, 1);
    assert.ok(!draft.canUndo);
    server.answer = null;
    draft.do(moved(3));
    await draft.settled();
    assert.equal(server.bays["a"].x, 3);
    assert.equal(server.asked.at(-1).author, "2");
  });

  it("that was brought back can be undone", async () => {
    server.answer = async (message) => {
      if (message.type.endsWith("/restore")) server.take(moved(4), message.author);
      return {};
    };
    await draft.replace("restore", { number: 1 });
    assert.equal(x(), 4);
    server.answer = null;
    draft.undo();
    await draft.settled();
    assert.equal(x(), 0);
  });

  it("begins anew with what was published", async () => {
    draft.do(moved(1));
    await draft.publish();
    assert.ok(!draft.canUndo);
    server.revision += 1;
    server.tell({
      type: "published",
      by: "",
      change: moved(1, "b"),
      plans: [{ number: 1, at: 1, by: "", bays: 2, current: true }],
      ...server.status(),
    });
    assert.equal(draft.plans.length, 1);
    assert.equal(draft.drawing.bays.size, 2);
  });

  it("is looked at while it is drawn, and only the newest is looked at", async () => {
    /** @type {((value: unknown) => void)[]} */
    const waiting = [];
    server.answer = () => new Promise((resolve) => waiting.push(resolve));
    /** @type {unknown[]} */
    const seen = [];
    const look = (/** @type {number} */ at) =>
      draft.preview(moved(at), (check) => seen.push(check));
    const first = look(1);
    void look(2);
    void look(3);
    waiting[0]?.("one");
    await new Promise((resolve) => setImmediate(resolve));
    waiting[1]?.("three");
    await first;
    assert.deepEqual(seen, ["one", "three"]);
    assert.deepEqual(
      server.asked.map(({ change }) => change.bays.a.x),
      [1, 3],
    );
  });

  it("passes over what was said of it before", () => {
    const check = { problems: [], ways: /** @type {any} */ ({ stranded: ["a"] }) };
    server.take(moved(7), "somebody");
    server.tell({ type: "check", revision: 0, ...check });
    assert.equal(stranded(), undefined);
    server.tell({ type: "check", revision: 1, ...check });
    assert.deepEqual(stranded(), ["a"]);
    server.tell({ type: "authors", authors: [] });
    assert.deepEqual(draft.authors, []);
  });

  it("hears that other sensors may be there, which changes nothing of it", () => {
    const { revision } = draft.status;
    server.tell({ type: "sensors" });
    assert.equal(asks, 1);
    assert.equal(draft.status.revision, revision);
  });

  it("is closed", async () => {
    await draft.close();
    await draft.close();
    assert.ok(draft.ready);
  });
});
