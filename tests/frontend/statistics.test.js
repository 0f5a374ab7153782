/** Which days the statistics are about, and the files that they are taken along as. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { asCsv } from "../../custom_components/smart_parking/frontend/statistics/csv.js";
import {
  niceDuration,
  niceTop,
} from "../../custom_components/smart_parking/frontend/statistics/charts.js";
import {
  around,
  compared,
  firstWeekday,
  length,
  past,
  plus,
  step,
  today,
} from "../../custom_components/smart_parking/frontend/statistics/period.js";

const FOLDER = new URL(
  "../../custom_components/smart_parking/frontend/statistics/",
  import.meta.url,
);
const TEXTS = new URL("../../custom_components/smart_parking/texts/en.json", import.meta.url);

describe("a period", () => {
  it("is the day, week, month or year around a day", () => {
    assert.deepEqual(around("day", "2026-11-28"), {
      unit: "day",
      first: "2026-11-28",
      last: "2026-11-28",
    });
    const week = around("week", "2026-11-28");
    assert.deepEqual([week.first, week.last], ["2026-11-23", "2026-11-29"]);
    const american = around("week", "2026-11-28", 7);
    assert.deepEqual([american.first, american.last], ["2026-11-22", "2026-11-28"]);
    const month = around("month", "2028-02-10");
    assert.deepEqual([month.first, month.last], ["2028-02-01", "2028-02-29"]);
    const year = around("year", "2026-11-28");
    assert.deepEqual([year.first, year.last, length(year)], ["2026-01-01", "2026-12-31", 365]);
  });

  it("is followed by the next, and leads back where it came from", () => {
    for (const unit of /** @type {const} */ (["day", "week", "month", "year", "own"]))
      for (let day = "2027-12-01"; day < "2028-03-15"; day = plus(day, 1)) {
        const period = around(unit, day);
        const next = step(period, 1);
        assert.equal(next.first, plus(period.last, 1), `${unit} ${day}`);
        assert.deepEqual(step(next, -1), period);
      }
    const range = { unit: /** @type {const} */ ("own"), first: "2026-11-03", last: "2026-11-12" };
    assert.deepEqual(step(range, -1), { unit: "own", first: "2026-10-24", last: "2026-11-02" });
  });

  it("is compared with the one before, or a year before", () => {
    const now = "2026-11-28";
    const of = (/** @type {any} */ unit, /** @type {string} */ day, /** @type {any} */ how) => {
      const other = compared(around(unit, day), how, now);
      return other && [other.first, other.last];
    };
    assert.deepEqual(of("month", "2026-10-10", "before"), ["2026-09-01", "2026-09-30"]);
    assert.deepEqual(of("month", "2026-10-10", "year_before"), ["2025-10-01", "2025-10-31"]);
    assert.deepEqual(of("year", "2025-10-10", "year_before"), ["2024-01-01", "2024-12-31"]);
    assert.deepEqual(of("year", "2025-10-10", "before"), ["2024-01-01", "2024-12-31"]);
    assert.deepEqual(of("week", "2026-11-18", "year_before"), ["2025-11-17", "2025-11-23"]);
    assert.equal(of("week", "2026-11-18", "none"), null);
  });

  it("that is not over is compared with as many days", () => {
    const month = around("month", "2026-11-12");
    assert.deepEqual(past(month, "2026-11-12"), { first: "2026-11-01", last: "2026-11-12" });
    assert.deepEqual(compared(month, "before", "2026-11-12"), {
      first: "2026-10-01",
      last: "2026-10-12",
    });
    // February is shorter than what there has been of March.
    assert.deepEqual(compared(around("month", "2026-03-30"), "before", "2026-03-30"), {
      first: "2026-02-01",
      last: "2026-02-28",
    });
  });

  it("begins with the day that it is where the car park is", () => {
    const late = new Date("2026-11-28T23:30:00Z");
    assert.equal(today("Europe/Berlin", late), "2026-11-29");
    assert.equal(today("America/New_York", late), "2026-11-28");
  });

  it("has weeks that begin as the user wants, or as the language does", () => {
    assert.equal(firstWeekday({ language: "en", first_weekday: "saturday" }), 6);
    assert.equal(firstWeekday({ language: "de", first_weekday: "language" }), 1);
    assert.equal(firstWeekday({ language: "not a language" }), 1);
  });
});

describe("a file", () => {
  it("has a line of names, and quotation marks where they are needed", () => {
    const rows = [
      { bay: "A01", stay_s: 90.5, left: null },
      { bay: 'B "1", north', stay_s: 0, left: undefined },
    ];
    assert.equal(asCsv(rows), 'bay,stay_s,left\r\nA01,90.5,\r\n"B ""1"", north",0,\r\n');
    assert.equal(asCsv([]), "\r\n");
  });

  it("has no formulas in it", () => {
    const cell = (/** @type {string} */ shop) => asCsv([{ shop }]).split("\r\n")[1];
    for (const shop of ["=1+1", "@a", "-2", "+3", "\t=1", "＝1", "'=1", "\u200b=1"])
      assert.match(cell(shop) ?? "", /^'/, shop);
    assert.equal(cell("Bakery = bread"), "Bakery = bread");
    assert.equal(asCsv([{ change: -2 }]), "change\r\n-2\r\n");
  });
});

describe("a chart", () => {
  it("ends at a number that is easily read", () => {
    assert.deepEqual([0, 1, 3, 7, 12, 26, 812].map(niceTop), [1, 1, 5, 10, 20, 50, 1000]);
    assert.deepEqual(
      [60, 5_000, 100_000].map((one) => niceDuration(one) / 60),
      [10, 120, 2_880],
    );
  });
});

describe("the statistics' texts", () => {
  it("are all used", () => {
    const source = readdirSync(FOLDER)
      .filter((name) => name.endsWith(".js"))
      .map((name) => readFileSync(new URL(name, FOLDER), "utf8"))
      .join("\n");
    const built = /^(before|by|reason)_/;
    for (const key of Object.keys(JSON.parse(readFileSync(TEXTS, "utf8"))))
      if (key.startsWith("statistics_") && !built.test(key.slice(11)))
        assert.match(source, new RegExp(`\\b${key.slice(11)}\\b`), key);
  });
});
