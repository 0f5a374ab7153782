/** Bars, and how full it is by weekday and hour: elements that print, and are as wide as there is room. */

import { html } from "../shared/dom.js";

/** @typedef {import("./words.js").StatisticsWords} Words */

/**
 * @typedef {object} Bar
 * @property {string} label What stands below it.
 * @property {string} title All that is to be said of it.
 * @property {number | null} value
 * @property {number | null} [before] That of the time that it is compared with.
 * @property {boolean} [over] Whether it is too much.
 */

/** So many labels fit below. */
const LABELS_MAX = 8;

/**
 * The next number above that is easily read.
 * @param {number} value
 */
export function niceTop(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= value) ?? 10;
  return step * power;
}

/** Durations are easily read in other numbers. @param {number} seconds */
export function niceDuration(seconds) {
  const minutes = [10, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1_440];
  const found = minutes.find((one) => one * 60 >= seconds);
  return found ? found * 60 : niceTop(seconds / 86_400) * 86_400;
}

/**
 * @param {Bar[]} bars
 * @param {{label: string, top: number, format: (value: number) => string, edges?: boolean}} options
 *   `edges`: labels are where bars begin.
 */
export function barChart(bars, { label, top, format, edges = false }) {
  const share = (/** @type {number | null | undefined} */ value) =>
    value === null || value === undefined ? "0" : (Math.min(1, value / top) * 100).toFixed(2);
  const each = Math.ceil(bars.length / LABELS_MAX);
  const line = (/** @type {number} */ part) =>
    html("span", { class: "line", style: `bottom: ${part * 100}%` }, format(top * part));
  return html(
    "div",
    { class: `chart${edges ? " edges" : ""}`, role: "img", "aria-label": label },
    html(
      "div",
      { class: "bars" },
      line(1),
      line(0.5),
      ...bars.map(({ title, value, before, over }) =>
        html(
          "div",
          { class: "slot", title },
          before !== undefined && before !== null
            ? html("i", { class: "then", style: `height: ${share(before)}%` })
            : null,
          html("i", { class: `now${over ? " over" : ""}`, style: `height: ${share(value)}%` }),
        ),
      ),
    ),
    html(
      "div",
      { class: "ticks" },
      ...bars.map((bar, at) => html("span", {}, at % each ? "" : bar.label)),
    ),
  );
}

/**
 * How full it is: darker is fuller, and every cell has its number.
 * @param {Words} words
 * @param {(number | null)[][]} week Monday first; null where nothing is known.
 * @param {number} firstWeekday
 */
export function weekTable(words, week, firstWeekday) {
  const days = Array.from({ length: 7 }, (_, at) => (at + firstWeekday - 1) % 7);
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return html(
    "table",
    { class: "week" },
    html("caption", { class: "quiet" }, words.say("by_hour")),
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        html("td"),
        ...hours.map((hour) =>
          html(
            "th",
            { scope: "col" },
            html("span", { class: hour % 6 ? "quiet" : "" }, words.hour(hour)),
          ),
        ),
      ),
    ),
    html(
      "tbody",
      {},
      ...days.map((day) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, words.weekday(day)),
          ...(week[day] ?? []).map((share, hour) => {
            if (share === null) return html("td", { class: "unknown" }, quiet("–"));
            const text = words.share(share);
            return html(
              "td",
              {
                title: `${words.weekday(day, "long")} ${words.hour(hour)}: ${text}`,
                style: `--share: ${(0.06 + 0.94 * share).toFixed(3)}`,
              },
              quiet(text),
            );
          }),
        ),
      ),
    ),
  );
}

/** What only screen readers say. @param {string} text */
const quiet = (text) => html("span", { class: "quiet" }, text);
