/** Guidance in words: how many bays are vacant, and where the nearest one is. */

import { html } from "../shared/dom.js";

/** @typedef {import("./types").ViewContext} ViewContext */

const SIDES = /** @type {const} */ ({ l: "left", r: "right", a: "ahead" });
const RAMPS = /** @type {const} */ ({ u: "ramp_up", d: "ramp_down", o: "ramp_other" });

/**
 * Returns "9 of 24 free" with a big first number, wherever the language has it.
 * @param {import("./words.js").Words} words
 * @param {number} free
 * @param {number} total
 */
export function headline(words, free, total) {
  const number = words.number(free);
  const [before = "", after = ""] = words
    .text("free_of", { total: words.number(total) })
    .split("{free}");
  return [
    before && html("small", {}, before),
    html("strong", {}, number),
    html("small", {}, after),
  ].filter((part) => part !== "");
}

/**
 * Returns the route from a gate to its nearest vacant bay: another level and its ramp, the
 * distance, the side.
 * @param {ViewContext} context
 * @param {number} gate
 * @returns {string[]}
 */
export function wayTexts({ state, words }, gate) {
  const way = state.nearest[gate];
  if (!way) return [];
  const { bay, distance, side, levelChange } = way;
  return [
    levelChange ? words.level(bay.level) : "",
    levelChange ? words.text(RAMPS[levelChange]) : "",
    words.distance(distance, state.unit),
    side ? words.text(SIDES[side]) : "",
  ].filter(Boolean);
}

/**
 * Returns guidance in one sentence.
 * @param {ViewContext} context
 * @param {number} gate
 * @param {import("./lot-state.js").Tally} [tally] Of the whole lot when left out.
 */
export function summary({ state, words }, gate, tally = state.tally) {
  const values = { free: words.number(tally.free), total: words.number(tally.total) };
  const bay = state.nearest[gate]?.bay.label;
  return bay === undefined
    ? words.text("free_of", values)
    : words.text("count_and_nearest", { ...values, bay });
}

/**
 * From when the lot is usually full today, in words; nothing when it is not, is full already, or
 * nobody knows.
 * @param {ViewContext} context
 */
export function usuallyFull({ state, words }) {
  const at = state.fullFrom;
  const isAhead = at !== null && at > Date.now() / 1000 + state.aheadS;
  if (!isAhead || !state.tally.free) return "";
  return words.text("usually_full", { time: words.time(new Date(at * 1000)) });
}
