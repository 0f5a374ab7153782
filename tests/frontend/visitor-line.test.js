import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";

import { EventStream } from "../../custom_components/smart_parking/frontend/visitor/event-stream.js";

/** A browser's end of a line, as far as the page sees it. */
class FakeSource extends EventTarget {
  /** @type {FakeSource[]} */
  static all = [];
  isOpen = true;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onerror = null;

  /** @param {string} address */
  constructor(address) {
    super();
    this.address = address;
    FakeSource.all.push(this);
  }

  close() {
    this.isOpen = false;
  }

  /** @param {string} name @param {unknown} data */
  say(name, data) {
    const event = new MessageEvent(name, { data: data === undefined ? "" : JSON.stringify(data) });
    if (name === "message") this.onmessage?.(event);
    else this.dispatchEvent(event);
  }

  static get last() {
    return /** @type {FakeSource} */ (FakeSource.all.at(-1));
  }

  static get open() {
    return FakeSource.all.filter(({ isOpen }) => isOpen).length;
  }
}

describe("the line", () => {
  /** @type {unknown[]} */
  let heard;
  /** @type {string[]} */
  let told;
  /** @type {EventStream} */
  let line;
  const before = globalThis.EventSource;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    FakeSource.all = [];
    globalThis.EventSource = /** @type {any} */ (FakeSource);
    heard = [];
    told = [];
    line = new EventStream(
      "stream",
      (event, data) => heard.push([event, data]),
      (status) => told.push(status),
    );
    line.wake();
  });

  afterEach(() => {
    line.rest();
    mock.timers.reset();
    globalThis.EventSource = before;
  });

  it("hands on what is said", () => {
    FakeSource.last.say("picture", { seq: 1 });
    FakeSource.last.say("message", { s: 2 });
    FakeSource.last.say("mine", { status: "none" });
    FakeSource.last.say("beat", undefined);
    assert.deepEqual(heard, [
      ["picture", { seq: 1 }],
      ["delta", { s: 2 }],
      ["mine", { status: "none" }],
    ]);
    assert.deepEqual(told, []);
  });

  it("tries again with longer and longer pauses, and says so", () => {
    FakeSource.last.onerror?.();
    assert.equal(FakeSource.open, 0);
    mock.timers.tick(2_000);
    assert.equal(FakeSource.open, 1);
    FakeSource.last.onerror?.();
    mock.timers.tick(1_000);
    assert.deepEqual(told, ["lost"]);
    assert.equal(FakeSource.open, 0);
    mock.timers.tick(3_000);
    assert.equal(FakeSource.open, 1);
    FakeSource.last.say("picture", { seq: 9 });
    assert.deepEqual(told, ["lost", "live"]);
  });

  it("goes on trying once a minute", () => {
    for (let minute = 0; minute < 20; minute++) {
      FakeSource.last.onerror?.();
      mock.timers.tick(60_000);
    }
    assert.equal(FakeSource.open, 1);
  });

  it("says nothing of a break that nobody notices", () => {
    FakeSource.last.onerror?.();
    mock.timers.tick(2_000);
    FakeSource.last.say("picture", {});
    mock.timers.tick(30_000);
    assert.deepEqual(told, []);
  });

  it("takes a silent line for dead", () => {
    FakeSource.last.say("picture", {});
    mock.timers.tick(44_000);
    FakeSource.last.say("beat", undefined);
    mock.timers.tick(44_000);
    assert.equal(FakeSource.all.length, 1);
    mock.timers.tick(1_000);
    assert.equal(FakeSource.open, 0);
    mock.timers.tick(2_000);
    assert.equal(FakeSource.all.length, 2);
    assert.equal(FakeSource.open, 1);
  });

  it("begins anew after a sleep, and not after a glance aside", () => {
    FakeSource.last.say("picture", {});
    mock.timers.tick(5_000);
    line.wake();
    assert.equal(FakeSource.all.length, 1);
    line.rest();
    assert.equal(FakeSource.open, 0);
    mock.timers.tick(600_000);
    assert.deepEqual(told, []);
    line.wake();
    assert.equal(FakeSource.all.length, 2);
    assert.equal(FakeSource.open, 1);
  });

  it("knows at once that there is no network, and when there is one again", () => {
    FakeSource.last.say("picture", {});
    line.lose();
    assert.deepEqual(told, ["lost"]);
    line.wake();
    FakeSource.last.say("picture", {});
    assert.deepEqual(told, ["lost", "live"]);
  });

  it("ends for good when the page has moved", () => {
    FakeSource.last.say("gone", {});
    assert.deepEqual(told, ["gone"]);
    line.wake();
    line.lose();
    mock.timers.tick(600_000);
    assert.equal(FakeSource.open, 0);
    assert.equal(FakeSource.all.length, 1);
    assert.deepEqual(told, ["gone"]);
  });

  describe("of which all are taken", () => {
    let looks = 0;
    let isEnough = true;
    /** Lets what was looked at arrive. */
    const arrive = async () => {
      for (let turn = 0; turn < 5; turn++) await null;
    };

    beforeEach(() => {
      looks = 0;
      isEnough = true;
      line.rest();
      line = new EventStream(
        "stream",
        (event, data) => heard.push([event, data]),
        (status) => told.push(status),
        async () => {
          looks += 1;
          return isEnough;
        },
      );
      line.wake();
    });

    const refuse = async () => {
      FakeSource.last.onerror?.();
      mock.timers.tick(1);
      await arrive();
    };

    /** @param {number} seconds */
    const wait = async (seconds) => {
      for (let second = 0; second < seconds; second++) {
        mock.timers.tick(1_000);
        await arrive();
      }
    };

    it("looks at the lot now and then, and is live", async () => {
      await refuse();
      assert.equal(looks, 1);
      await wait(60);
      assert.equal(looks, 7);
      assert.deepEqual(told, []);
    });

    it("asks for a line but seldom then", async () => {
      const before = FakeSource.all.length;
      await refuse();
      await wait(299);
      assert.equal(FakeSource.all.length, before);
      await wait(1);
      assert.equal(FakeSource.all.length, before + 1);
      await refuse();
      await wait(299);
      assert.equal(FakeSource.all.length, before + 1);
      await wait(1);
      assert.equal(FakeSource.all.length, before + 2);
    });

    it("looks no more as soon as there is a line", async () => {
      await refuse();
      await wait(300);
      const before = looks;
      FakeSource.last.say("picture", {});
      await wait(40);
      assert.equal(looks, before);
    });

    it("opens a line at once for who is promised something", async () => {
      await refuse();
      await wait(5);
      const before = FakeSource.all.length;
      line.wake();
      assert.equal(FakeSource.all.length, before + 1);
    });

    it("says so when looking is not enough, and asks for a line more often again", async () => {
      await refuse();
      await wait(60);
      isEnough = false;
      const before = FakeSource.all.length;
      await wait(14);
      assert.deepEqual(told, ["lost"]);
      assert.ok(FakeSource.all.length > before);
    });

    it("looks no more when nobody looks at it", async () => {
      await refuse();
      line.rest();
      await wait(60);
      assert.equal(looks, 1);
    });

    it("cannot look where there is no network", async () => {
      line.look = async () => {
        throw new TypeError("no network");
      };
      await refuse();
      await wait(4);
      assert.deepEqual(told, ["lost"]);
    });
  });
});
