/** The numbers of a period at a glance, and what has changed. */

import { html } from "../shared/dom.js";
import { comparable, earns, MEASURES } from "./measures.js";

/** @typedef {import("./view.js").Context} Context */
/** @typedef {import("./measures.js").Measure} Measure */
/** @typedef {import("./words.js").StatisticsWords} Words */

/** @param {Context} context */
export function tiles(context) {
  const { words, data } = context;
  const { totals } = data;
  const before = comparable(data) && data.totals_before;
  /**
   * @param {string} measure
   * @param {-1 | 0 | 1} good Whether more of it is better.
   * @param {boolean} [isRelative] Whether the change is told in percent.
   */
  const tile = (measure, good, isRelative = false) => {
    const { name, value, format } = /** @type {Measure} */ (MEASURES[measure]);
    const [now, then] = [value(totals), before && value(before)];
    return html(
      "div",
      { class: "tile", "data-tile": measure },
      html("span", { class: "name" }, words.say(name)),
      html("strong", {}, now === null || now === undefined ? "–" : format(words, now)),
      change(words, now, then, { good, isRelative, format }),
    );
  };
  return html(
    "div",
    { class: `tiles wide${earns(context) ? " seven" : ""}` },
    tile("vehicles", 1, true),
    tile("average_stay", 0),
    tile("turnover", 1),
    tile("occupancy", 0),
    tile("full", -1),
    tile("turned_away", -1),
    ...(earns(context) ? [tile("revenue", 1, true)] : []),
  );
}

/**
 * @param {Words} words
 * @param {number | null | undefined} now
 * @param {number | null | undefined} then
 * @param {{good: number, isRelative: boolean, format: (words: Words, value: number) => string}} options
 */
function change(words, now, then, { good, isRelative, format }) {
  if (typeof now !== "number" || typeof then !== "number") return html("small", {}, "\u00a0");
  const by = now - then;
  const size = isRelative && then ? words.share(Math.abs(by) / then) : format(words, Math.abs(by));
  const isNothing = size === (isRelative && then ? words.share(0) : format(words, 0));
  if (isNothing) return html("small", { class: "same" }, words.say("unchanged"));
  const isBetter = by * good;
  return html(
    "small",
    { class: isBetter > 0 ? "better" : isBetter < 0 ? "worse" : "" },
    html("span", { class: "arrow", "aria-hidden": "true" }, by > 0 ? "▲" : "▼"),
    `${by > 0 ? "+" : "−"}${size}`,
    html("span", { class: "then" }, words.say("was", { value: format(words, then) })),
  );
}
