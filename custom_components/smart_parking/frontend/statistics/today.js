/** How full it was today, and will probably be: a line, and a band in which it lies eight times in ten. */

import { html, svg } from "../shared/dom.js";

/** @typedef {import("./words.js").StatisticsWords} Words */
/** @typedef {import("./types").Today} Today */

const DAY_S = 86_400;
/** At least so much of what comes is shown, late in the evening too. */
const AHEAD_S = 8 * 3_600;
const HOUR_S = 3_600;

/**
 * @param {Words} words
 * @param {Today} today
 * @param {number} bays
 * @param {number} midnight At which the day began, in seconds since 1970.
 * @param {number} now
 */
export function todayChart(words, today, bays, midnight, now) {
  const end = Math.max(midnight + DAY_S, now + AHEAD_S);
  const x = (/** @type {number} */ at) => (((at - midnight) / (end - midnight)) * 1_000).toFixed(1);
  const y = (/** @type {number} */ occupied) => (100 - (occupied / bays) * 100).toFixed(2);
  const expected = today.expected.filter(([at]) => at <= end);
  const line = (/** @type {[number, number][]} */ points) =>
    points.map(([at, value], number) => `${number ? "L" : "M"}${x(at)} ${y(value)}`).join("");
  const newest = today.counts[today.counts.length - 1];
  const begin = newest ? [/** @type {[number, number]} */ ([newest[0], newest[1]])] : [];
  const middle = [
    ...begin,
    ...expected.map(([at, value]) => /** @type {[number, number]} */ ([at, value])),
  ];
  const band = [
    ...begin,
    ...expected.map(([at, , , high]) => /** @type {[number, number]} */ ([at, high])),
    ...expected.map(([at, , low]) => /** @type {[number, number]} */ ([at, low])).reverse(),
    ...begin,
  ];
  const hours = Array.from(
    { length: Math.floor((end - midnight) / HOUR_S / 6) + 1 },
    (_, at) => at * 6,
  );
  const place = (/** @type {number} */ at) => `inset-inline-start: ${Number(x(at)) / 10}%`;
  return html(
    "div",
    { class: "today", role: "img", "aria-label": words.say("today_of") },
    html(
      "div",
      { class: "curve" },
      html("span", { class: "line", style: "bottom: 100%" }, words.decimal(bays, 0)),
      html("span", { class: "line", style: "bottom: 50%" }, words.decimal(bays / 2, 1)),
      svg(
        "svg",
        { viewBox: "0 0 1000 100", preserveAspectRatio: "none" },
        expected.length ? svg("path", { class: "band", d: `${line(band)}Z` }) : null,
        expected.length ? svg("path", { class: "next", d: line(middle) }) : null,
        svg("path", { class: "past", d: line(today.counts) }),
      ),
      html("i", { class: "moment", style: place(now) }, html("span", {}, words.say("now"))),
    ),
    html(
      "div",
      { class: "hours" },
      ...hours.map((hour) =>
        html("span", { style: place(midnight + hour * HOUR_S) }, words.hour(hour % 24)),
      ),
    ),
  );
}
