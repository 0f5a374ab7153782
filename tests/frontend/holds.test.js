import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, it, mock } from "node:test";

import { explain } from "../../custom_components/smart_parking/frontend/card/explain.js";
import { HoldList } from "../../custom_components/smart_parking/frontend/card/hold-list.js";
import { MyHold } from "../../custom_components/smart_parking/frontend/card/my-hold.js";
import { standing } from "../../custom_components/smart_parking/frontend/card/owner-holds.js";
import { secondsLeft } from "../../custom_components/smart_parking/frontend/shared/ticking.js";
import { Words } from "../../custom_components/smart_parking/frontend/card/words.js";
import { speak } from "./spoken.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Hold} Hold */

before(() => speak());

/** @param {string | null} bay @param {Partial<Hold>} [more] @returns {Hold} */
const guidance = (bay, more = {}) => ({
  hold_id: "id",
  status: bay ? "held" : "waiting",
  driver: null,
  gate: "North",
  from: "2026-11-22T12:00:00+00:00",
  until: "2026-11-22T12:04:00+00:00",
  position: bay ? null : 1,
  bay,
  bay_id: bay?.toLowerCase() ?? null,
  directions: bay && "Row A, 10 m, on the left",
  ...more,
});

/** @param {string} key */
const refusal = (key) => ({ code: "not_found", message: key, translation_key: key });

/** Home Assistant's end of the line, as far as holds see it. */
class EventStream {
  /** @type {any[]} */
  asked = [];
  /** What the actions answer: a guidance, or why not. @type {any} */
  answer = guidance("A01");
  /** What one who follows is told first, or why not. @type {any} */
  now = guidance("A01");
  /** @type {any[]} */
  followed = [];
  ended = 0;
  /** @type {(event: any) => void} */
  tell = () => {};

  /** @param {any} message */
  async sendMessagePromise(message) {
    assert.equal(message.type, "smart_parking/hold_action");
    this.asked.push([message.action, message.data]);
    if (this.answer.translation_key) throw this.answer;
    return this.answer;
  }

  /** @param {(event: any) => void} callback @param {any} message */
  async subscribeMessage(callback, message) {
    this.followed.push(message);
    if (this.now.translation_key) throw this.now;
    this.tell = callback;
    callback(this.now);
    return async () => {
      this.ended += 1;
    };
  }
}

/** @returns {Storage} */
function store() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    removeItem: (/** @type {string} */ key) => kept.delete(key),
    get length() {
      return kept.size;
    },
  });
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("a driver's hold", () => {
  /** @type {any} */
  let line;
  /** @type {Storage} */
  let kept;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    line = new EventStream();
    kept = store();
  });
  afterEach(() => mock.timers.reset());

  /** @param {Storage | null} [memory] */
  function driver(memory = kept) {
    const hold = new MyHold(line, "entry", "en", memory);
    const leave = hold.listen({}, () => {});
    return { hold, leave };
  }

  it("is asked for once, and followed from then on", async () => {
    const { hold } = driver();
    assert.equal(line.followed.length, 0);
    await hold.guide("north", "ev");
    assert.deepEqual(line.asked, [
      ["guide", { config_entry_id: "entry", gate: "north", kind: "ev" }],
    ]);
    assert.deepEqual(line.followed, [
      { type: "smart_parking/follow", hold_id: "id", language: "en" },
    ]);
    assert.equal(hold.guidance?.bay, "A01");
  });

  it("says that the bay was taken, and which it is now", async () => {
    const { hold } = driver();
    await hold.guide("north", "standard");
    line.tell({
      ...guidance("A02"),
      type: "re_guided",
      reason: "taken",
      previous_bay: "A01",
    });
    assert.deepEqual(hold.news, { reason: "taken", from: "A01" });
    assert.equal(hold.guidance?.bay, "A02");
  });

  it("is found again after the page has been loaded anew", async () => {
    await driver().hold.guide("north", "standard");
    const { hold } = driver();
    await settle();
    assert.equal(hold.guidance?.bay, "A01");
    assert.equal(hold.news, null);
  });

  it("says what has changed while nobody looked", async () => {
    await driver().hold.guide("north", "standard");
    line.now = guidance("B07");
    const { hold } = driver();
    await settle();
    assert.deepEqual(hold.news, { reason: "", from: "A01" });
  });

  it("is followed anew with every new picture of the lot", async () => {
    const { hold, leave } = driver();
    await hold.guide("north", "standard");
    hold.listen({}, () => {});
    leave();
    await settle();
    assert.equal(line.followed.length, 2);
    assert.equal(line.ended, 1);
  });

  it("is followed some seconds longer than it is looked at", async () => {
    const { hold, leave } = driver();
    await hold.guide("north", "standard");
    leave();
    mock.timers.tick(4_000);
    assert.equal(line.ended, 0);
    mock.timers.tick(2_000);
    assert.equal(line.ended, 1);
  });

  it("ends with a word, which goes by itself, and is forgotten", async () => {
    const { hold } = driver();
    await hold.guide("north", "standard");
    line.tell({ ...guidance("A01"), type: "expired" });
    assert.equal(hold.guidance, null);
    assert.deepEqual(hold.over, { how: "expired", bay: "A01" });
    assert.equal(kept.length, 0);
    mock.timers.tick(20_000);
    assert.equal(hold.over, null);
  });

  it("that is over when the page comes back is forgotten", async () => {
    await driver().hold.guide("north", "standard");
    line.now = refusal("unknown_hold");
    const { hold } = driver();
    await settle();
    assert.deepEqual(hold.over, { how: "unknown", bay: "A01" });
    assert.equal(kept.length, 0);
  });

  it("of a lot that rests is kept until the lot is back", async () => {
    await driver().hold.guide("north", "standard");
    line.now = refusal("lot_not_loaded");
    const { hold } = driver();
    await settle();
    assert.equal(kept.length, 1);
    line.now = guidance("A01");
    hold.listen({}, () => {});
    await settle();
    assert.equal(hold.guidance?.bay, "A01");
  });

  it("is not lost when a wish is not granted", async () => {
    const { hold } = driver();
    await hold.guide("north", "standard");
    line.answer = refusal("no_other_bay");
    await hold.another();
    assert.equal(hold.guidance?.bay, "A01");
    assert.equal(hold.error, line.answer);
    assert.equal(hold.busy, false);
  });

  it("waits for the sensor when the driver is quicker, and asks no more", async () => {
    const { hold } = driver();
    await hold.guide("north", "standard");
    await hold.confirm(true);
    assert.equal(hold.saysParked, true);
    line.tell({ ...guidance("A01"), type: "confirmed" });
    assert.deepEqual(hold.over, { how: "confirmed", bay: "A01" });
  });

  it("tells the place in the queue, and that the driver waits no longer", async () => {
    line.answer = line.now = guidance(null, { position: 3 });
    const { hold } = driver();
    await hold.guide("north", "standard");
    line.tell(guidance(null, { position: 2 }));
    assert.equal(hold.guidance?.position, 2);
    line.tell({ ...guidance(null), type: "expired" });
    assert.equal(hold.over?.how, "waiting");
  });

  it("works where a browser remembers nothing", async () => {
    const forgetful = /** @type {any} */ ({
      getItem() {
        throw new Error("SecurityError");
      },
      setItem() {
        throw new Error("QuotaExceededError");
      },
    });
    const { hold } = driver(forgetful);
    await hold.guide("north", "standard");
    assert.equal(hold.guidance?.bay, "A01");
  });
});

describe("a shared screen", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  it("shows a driver their bay for 20 s and is then ready for the next", async () => {
    const line = new EventStream();
    const hold = new MyHold(/** @type {any} */ (line), "entry", "en", null);
    await hold.guide("north", "standard");
    mock.timers.tick(19_000);
    assert.equal(hold.guidance?.bay, "A01");
    mock.timers.tick(1_000);
    assert.equal(hold.guidance, null);
    assert.equal(line.asked.length, 1);
  });

  it("gives a place in the queue back: its driver could not be told", async () => {
    const line = new EventStream();
    line.answer = guidance(null);
    const hold = new MyHold(/** @type {any} */ (line), "entry", "en", null);
    await hold.guide("north", "standard");
    assert.deepEqual(line.asked.at(-1), ["release", { hold_id: "id" }]);
    assert.equal(hold.over?.how, "full");
    assert.equal(hold.guidance, null);
  });
});

describe("an owner's list of holds", () => {
  it("follows what happens, with the queue at its end and in order", async () => {
    const line = new EventStream();
    const ann = guidance("A01", { hold_id: "ann", driver: "Ann" });
    const early = guidance(null, { hold_id: "early", from: "2026-11-22T12:01:00+00:00" });
    const late = guidance(null, { hold_id: "late", from: "2026-11-22T12:02:00+00:00" });
    line.now = { holds: [late, ann, early] };
    let changes = 0;
    const list = new HoldList(/** @type {any} */ (line), "entry", () => (changes += 1));
    await settle();
    const ids = () => list.all.map(({ hold_id, position }) => [hold_id, position]);
    assert.deepEqual(ids(), [
      ["ann", null],
      ["early", 1],
      ["late", 2],
    ]);
    line.tell({ ...early, bay: "A02", bay_id: "a02", status: "held", type: "guided" });
    line.tell({ ...ann, type: "released" });
    assert.deepEqual(ids(), [
      ["early", 1],
      ["late", 1],
    ]);
    assert.deepEqual(
      list.ofBay("a02").map(({ hold_id }) => hold_id),
      ["early"],
    );
    assert.equal(changes, 3);
    list.end();
    line.tell({ ...late, type: "released" });
    assert.equal(changes, 3);
    assert.equal(line.ended, 1);
  });

  it("says how it stands with each", () => {
    const words = new Words({
      locale: { language: "en", time_format: "24", time_zone: "server" },
      config: { time_zone: "UTC", unit_system: { length: "km" } },
    });
    const say = (/** @type {Partial<Hold>} */ more) => standing(words, guidance("A01", more));
    assert.match(say({}), /^until .*12:04/);
    assert.match(say({ status: "reserved" }), /^from .*12:00.* until .*12:04/);
    assert.equal(say({ status: "waiting", position: 2 }), "number 2 in the queue");
    assert.equal(say({ status: "arrived" }), "a vehicle has arrived");
  });
});

describe("the time that is left", () => {
  afterEach(() => mock.timers.reset());

  it("goes by the server's clock, and not below zero", () => {
    mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    assert.equal(secondsLeft(1_240, 0), 240);
    assert.equal(secondsLeft(1_240, 100), 140);
    assert.equal(secondsLeft(900, 0), 0);
  });

  it("moves in steps of ten seconds for who wants less motion", () => {
    mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const page = /** @type {any} */ (globalThis);
    page.matchMedia = () => ({ matches: true });
    assert.equal(secondsLeft(1_003, 0), 10);
    assert.equal(secondsLeft(1_240, 0), 240);
    delete page.matchMedia;
  });
});

describe("what went wrong", () => {
  const words = new Words({
    locale: { language: "en" },
    config: { time_zone: "UTC", unit_system: { length: "km" } },
  });
  const hass = /** @type {any} */ ({
    async loadBackendTranslation(/** @type {string} */ _category, /** @type {string} */ domain) {
      if (domain !== "smart_parking") throw new Error("unknown domain");
      return (/** @type {string} */ key, /** @type {any} */ { bay = "" } = {}) =>
        key === "component.smart_parking.exceptions.bay_not_free.message" ? `${bay} belegt` : "";
    },
  });
  const error = (/** @type {any} */ more) => ({ code: "x", message: "in English", ...more });

  it("is said in the user's language, with what it is about", async () => {
    const known = error({
      translation_domain: "smart_parking",
      translation_key: "bay_not_free",
      translation_placeholders: { bay: "A07" },
    });
    assert.equal(await explain(hass, words, known), "A07 belegt");
  });

  it("is said in the server's words where there are no others", async () => {
    const said = "That did not work: in English";
    assert.equal(await explain(hass, words, error({})), said);
    for (const translation_domain of ["smart_parking", "elsewhere"])
      assert.equal(
        await explain(hass, words, error({ translation_domain, translation_key: "new" })),
        said,
      );
  });

  it("may be that nobody answers", async () => {
    assert.equal(await explain(hass, words, 3), "No connection");
    assert.equal(
      await explain(hass, words, { success: false, error: { code: 3 } }),
      "No connection",
    );
  });
});
