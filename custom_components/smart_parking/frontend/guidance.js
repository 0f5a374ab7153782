/** What a driver is told: how many are free, and where the nearest bay is. */

import { html } from "./dom.js";
import { side } from "./geometry.js";

/** @typedef {import("./types").ViewContext} ViewContext */

/**
 * "9 of 24 free" with a big first number, wherever a language puts it.
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
 * @param {ViewContext} context
 * @param {number} gate
 */
export function sideText({ state, words }, gate) {
  const from = state.gates[gate];
  const way = state.nearest[gate];
  if (!from || !way) return "";
  const towards = sideOf(state, gate);
  return towards === "level"
    ? words.level(way.bay.level)
    : words.text(/** @type {"left" | "right" | "ahead"} */ (towards));
}

/**
 * @param {import("./lot-state.js").LotState} state
 * @param {number} gateIndex
 */
export function sideOf(state, gateIndex) {
  const gate = state.gates[gateIndex];
  const way = state.nearest[gateIndex];
  return gate && way ? side(gate, way.bay) : null;
}

/**
 * One sentence.
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
