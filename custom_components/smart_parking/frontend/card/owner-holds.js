/** Holds for the owner: the driver, the end, and the possible actions. */

import { html } from "../shared/dom.js";
import { sample } from "./glyphs.js";

/** @typedef {import("./types").Hold} Hold */
/** @typedef {import("./types").ViewContext} ViewContext */
/** @typedef {(service: string, data: Record<string, unknown>) => void} Act */

/** Durations in minutes that an owner can choose for a hold. */
const MINUTES = [15, 60, 240, 1_440];
/** Longer names are cut, because a driver's name comes from any source. */
const DRIVER_MAX = 128;

/** @param {string} iso */
const epochS = (iso) => Date.parse(iso) / 1_000;

/**
 * Returns the status of a hold in words.
 * @param {import("./words.js").Words} words
 * @param {Hold} hold
 */
export function standing(words, hold) {
  const [from, until] = [words.moment(epochS(hold.from)), words.moment(epochS(hold.until))];
  if (hold.status === "waiting")
    return words.text("in_queue", { position: words.number(hold.position ?? 1) });
  if (hold.status === "arrived") return words.text("has_arrived");
  return hold.status === "reserved"
    ? words.text("reserved", { from, until })
    : words.text("until", { time: until });
}

/**
 * Returns the row of a hold, with a button that releases it.
 * @param {ViewContext} context
 * @param {Hold} hold
 * @param {Act} act
 */
export function holdRow({ words }, hold, act) {
  const driver = hold.driver ?? words.text("somebody");
  return html(
    "div",
    { class: "row hold" },
    sample(hold.bay ? "h" : "u"),
    html("b", {}, hold.bay),
    html("span", {}, hold.bay ? words.text("kept_for", { driver }) : (hold.driver ?? "")),
    html("span", { class: "since" }, standing(words, hold)),
    html(
      "button",
      {
        class: "action",
        type: "button",
        "aria-label": [words.text("free_bay"), hold.bay, hold.driver].filter(Boolean).join(" "),
        click: () => act("release", { hold_id: hold.hold_id }),
      },
      words.text("free_bay"),
    ),
  );
}

/** Form of a new hold: the driver and the duration. */
export class KeepForm {
  /** @param {ViewContext} context @param {Act} act */
  constructor({ state, words }, act) {
    const label = words.text("keep_whom");
    this.whom = html("input", {
      type: "text",
      maxlength: DRIVER_MAX,
      autocomplete: "off",
      placeholder: label,
      "aria-label": label,
    });
    this.bay = "";
    const keep = (/** @type {number} */ minutes) => {
      const driver = this.whom.value.trim();
      const now = Date.now() + state.aheadS * 1_000;
      act("reserve", {
        config_entry_id: state.entryId,
        bay: this.bay,
        until: new Date(now + minutes * 60_000).toISOString(),
        ...(driver ? { driver } : {}),
      });
      this.whom.value = "";
    };
    this.root = html(
      "div",
      { class: "actions keep", role: "group", "aria-label": words.text("keep_for") },
      html("span", {}, words.text("keep_for")),
      this.whom,
      ...MINUTES.map((minutes) =>
        html(
          "button",
          { class: "action", type: "button", click: () => keep(minutes) },
          words.span(minutes),
        ),
      ),
    );
  }
}
