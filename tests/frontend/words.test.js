import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { before, describe, it, mock } from "node:test";

import { LotState } from "../../custom_components/smart_parking/frontend/card/lot-state.js";
import { text, Words } from "../../custom_components/smart_parking/frontend/card/words.js";
import { bay, gate, picture } from "./lots.js";
import { sent, speak } from "./spoken.js";

const FOLDER = new URL("../../custom_components/smart_parking/frontend/", import.meta.url);
const HASS = {
  locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server" },
  config: { time_zone: "Asia/Kolkata", unit_system: { length: "km" } },
  translationMetadata: { translations: { en: {}, ar: { isRTL: true } } },
};
const words = (/** @type {any} */ more = {}) => new Words({ ...HASS, ...more });
const en = sent("en").texts;

describe("texts", () => {
  it("are nothing as long as they are not there, and are asked for until they are", async () => {
    assert.equal(text("en", "full"), "");
    assert.equal(words().ready, false);
    mock.timers.enable({ apis: ["setTimeout"] });
    let asked = 0;
    const loading = speak("en", (language) => {
      if (asked++ < 2) throw new Error("not yet");
      return sent(language);
    });
    for (let pause = 1_000; pause <= 2_000; pause *= 2) {
      await new Promise((done) => setImmediate(done));
      mock.timers.tick(pause);
    }
    assert.equal(await loading, true);
    mock.timers.reset();
    assert.equal(asked, 3);
    assert.equal(await speak("en"), false, "they are there");
    assert.equal(words().ready, true);
  });

  it("are asked for once, however many cards there are", async () => {
    let asked = 0;
    const answer = (/** @type {string} */ language) => {
      asked += 1;
      return sent(language);
    };
    assert.deepEqual(await Promise.all([speak("es", answer), speak("es", answer)]), [true, true]);
    assert.equal(asked, 1);
  });

  it("are all used", () => {
    const source = ["", "card/"]
      .flatMap((folder) => readdirSync(new URL(`./${folder}`, FOLDER)).map((name) => folder + name))
      .filter((name) => name.endsWith(".js"))
      .map((name) => readFileSync(new URL(name, FOLDER), "utf8"))
      .join("\n");
    const built = /^(state|kind|fault|absent|gone|over|view|edit|help|setup)_/;
    for (const key of Object.keys(en))
      if (!built.test(key))
        assert.match(source, new RegExp(`"${key.replace(/^(free)_(one|other)$/, "$1")}"`), key);
  });

  it("come in English where there are none in the language, and in a region's language", async () => {
    await speak("he");
    assert.equal(text("he", "full"), "Full");
    await speak("de-CH");
    assert.equal(text("de-CH", "full"), "Voll");
    assert.equal(text("en", "bay", { label: "A07" }), "Bay A07");
  });
});

describe("words", () => {
  before(() => speak("ar"));

  it("write numbers as the user wants them", () => {
    assert.equal(words().number(1234), "1,234");
    assert.equal(
      words({ locale: { ...HASS.locale, number_format: "decimal_comma" } }).number(1234),
      "1.234",
    );
    assert.equal(words({ locale: { ...HASS.locale, number_format: "none" } }).number(1234), "1234");
  });

  it("give distances in the unit of the server", () => {
    assert.equal(words().distance(20, "metres"), "20 m");
    assert.equal(words().distance(60, "feet"), "60 ft");
    const french = { ...HASS.locale, language: "fr", number_format: "comma_decimal" };
    assert.equal(words({ locale: french }).distance(20, "metres"), "20 m");
    const arabic = { ...HASS.locale, language: "ar" };
    assert.equal(
      words({ locale: arabic }).distance(20, "metres"),
      "20 m",
      "as the words around it",
    );
  });

  it("tell the time of the server's or of the browser's zone, in 12 or 24 hours", () => {
    const date = new Date("2026-11-22T12:00:00Z");
    assert.equal(words().time(date), "17:30");
    assert.match(words({ locale: { ...HASS.locale, time_format: "12" } }).time(date), /5:30\sPM/);
  });

  it("say the date of what was not today", () => {
    assert.match(words().moment(0), /1970/);
    assert.match(words().moment(Date.now() / 1000), /^\d\d:\d\d$/);
  });

  it("count down by the second, and in hours and days what takes longer", () => {
    assert.equal(words().left(239.9), "3:59");
    assert.equal(words().left(5), "0:05");
    assert.equal(words().left(3 * 3_600 + 59), "3h");
    assert.equal(words().span(15), "15 min");
    assert.equal(words().span(3 * 1_440), "3 days");
  });

  it("say until when a bay is kept, once", () => {
    const state = new LotState(picture([bay("A07")], [], { states: "h", held: { 0: 86_400 } }));
    assert.match(words().bay(state, 0), /^Bay A07, kept for a driver, until .*1970/);
  });

  it("say of a bay what a screen reader needs", () => {
    const bays = [bay("A07", { kind: "accessible" }), bay("A08")];
    const state = new LotState(
      picture(bays, [gate("North", 0, 0)], {
        states: "vu",
        since: [Date.UTC(2020, 0, 2, 3, 4) / 1000, 0],
        faults: { 1: "no_response" },
      }),
    );
    assert.match(words().bay(state, 0), /^Bay A07, free, accessible, since .*2020/);
    assert.equal(words().bay(state, 1), "Bay A08, unknown, sensor does not answer");
  });

  it("have a sentence for every reason, also for one that is new", () => {
    assert.equal(words().absence("not_loaded"), en.absent_not_loaded);
    assert.equal(words().absence("eaten_by_a_bear"), en.absent);
    assert.equal(words().fault("eaten_by_a_bear"), en.fault_other);
    assert.equal(words().kind("spaceship"), "spaceship");
  });

  it("name levels that are numbers, and leave other names alone", () => {
    assert.equal(words().level("-1"), "Level -1");
    assert.equal(words().level("Roof"), "Roof");
  });

  it("have the forms that the language has for numbers", async () => {
    const forms = { bays_one: "{count} miejsce", bays_few: "{count} miejsca" };
    const texts = { ...forms, bays_many: "{count} miejsc", bays_other: "{count} miejsca" };
    await speak("pl-PL", () => ({ language: "pl", texts }));
    const polish = words({ locale: { ...HASS.locale, language: "pl-PL" } });
    const key = /** @type {any} */ ("bays");
    assert.deepEqual(
      [0, 1, 2, 5, 12, 22].map((count) => polish.plural(key, count)),
      ["0 miejsc", "1 miejsce", "2 miejsca", "5 miejsc", "12 miejsc", "22 miejsca"],
    );
    await speak("en");
    assert.equal(words().plural("free", 0), "free");
  });

  it("have a form for every number, also where the language has more than there are texts", async () => {
    const texts = { free_one: "libre", free_other: "libres" };
    await speak("fr", () => ({ language: "fr", texts }));
    const french = words({ locale: { ...HASS.locale, language: "fr" } });
    const said = [0, 1, 2, 1_000_000].map((free) => french.plural("free", free));
    assert.deepEqual(said, ["libre", "libre", "libres", "libres"]);
  });

  it("know languages that are written from the right", () => {
    assert.equal(words({ locale: { ...HASS.locale, language: "ar" } }).rtl, true);
    assert.equal(words().rtl, false);
  });
});
