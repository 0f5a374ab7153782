/** The bar above the statistics: the name, and which days are shown and compared with. */

import { html } from "../shared/dom.js";
import { chips } from "./panel.js";
import { around, COMPARISONS, past, step, UNITS } from "./period.js";

/** @typedef {import("./period.js").Period} Period */
/** @typedef {import("./period.js").Unit} Unit */
/** @typedef {import("./period.js").Comparison} Comparison */
/** @typedef {import("./words.js").StatisticsWords} Words */

/**
 * What the bar is about.
 * @typedef {object} Shown
 * @property {string} name
 * @property {Period} period
 * @property {string} today
 * @property {number} firstWeekday
 * @property {string} [firstDay] That of the record.
 */

/**
 * One period for all lots of a page, and from view to view.
 * @type {{period: Period | null, comparison: Comparison, listeners: Set<() => void>}}
 */
export const shared = { period: null, comparison: "before", listeners: new Set() };

/** @param {Partial<typeof shared>} change */
export function share(change) {
  Object.assign(shared, change);
  for (const listener of [...shared.listeners]) listener();
}

/** A period, as one reads it. @param {Words} words @param {Period} period */
export function nameOf(words, { unit, first, last }) {
  if (unit === "day")
    return words.day(first, { weekday: "short", day: "numeric", month: "long", year: "numeric" });
  if (unit === "month") return words.day(first, { month: "long", year: "numeric" });
  if (unit === "year") return words.day(first, { year: "numeric" });
  return words.days(first, last);
}

export class PeriodBar {
  /** @param {() => Shown} shown */
  constructor(shown) {
    this.shown = shown;
    this.root = html("div", { class: "bar" });
  }

  /** Shows all anew; what had the focus keeps it. @param {Words} words */
  draw(words) {
    const root = /** @type {ShadowRoot} */ (this.root.getRootNode());
    const focused = /** @type {HTMLElement | null} */ (root.activeElement)?.dataset["focus"];
    const { name, period, today: now, firstDay: first } = this.shown();
    const go = (/** @type {number} */ steps) => share({ period: step(this.shown().period, steps) });
    const arrow = (
      /** @type {string} */ name,
      /** @type {number} */ steps,
      /** @type {boolean} */ off,
    ) =>
      html(
        "button",
        {
          class: "chip arrow",
          type: "button",
          "data-focus": name,
          disabled: off,
          "aria-label": words.say(steps < 0 ? "earlier" : "later"),
          click: () => go(steps),
        },
        html("span", { "aria-hidden": "true" }, steps < 0 === !words.rtl ? "‹" : "›"),
      );
    const select = html(
      "select",
      {
        "data-focus": "compare",
        "aria-label": words.say("compare"),
        change: (/** @type {any} */ event) => share({ comparison: event.target.value }),
      },
      ...COMPARISONS.map((one) =>
        html(
          "option",
          { value: one, selected: one === shared.comparison },
          one === "before"
            ? words.say(`before_${period.unit}`)
            : words.say(one === "none" ? "before_none" : "before_a_year"),
        ),
      ),
    );
    this.root.replaceChildren(
      html("h2", {}, name),
      chips(
        words.say("period"),
        UNITS.map((unit) => [unit, words.say(unit)]),
        period.unit,
        (unit) => this.#choose(/** @type {Unit} */ (unit)),
      ),
      html(
        "div",
        { class: "span" },
        arrow("earlier", -1, Boolean(first && period.first <= first)),
        period.unit === "own"
          ? this.#range(words)
          : html("b", { class: "said" }, nameOf(words, period)),
        arrow("later", 1, period.last >= now),
      ),
      select,
      html(
        "button",
        { class: "chip print", type: "button", "data-focus": "print", click: () => window.print() },
        words.say("print"),
      ),
    );
    if (focused)
      /** @type {HTMLElement | null} */ (
        this.root.querySelector(`[data-focus="${focused}"]`)
      )?.focus();
  }

  /** @param {Unit} unit */
  #choose(unit) {
    const { period, today: now, firstWeekday } = this.shown();
    const { first, last, unit: before } = period;
    if (unit === "own") share({ period: { unit, ...past({ unit, first, last }, now) } });
    else {
      // What is looked at stays in sight: the newest part of it that has been.
      const day = before === "day" ? first : last < now ? last : now;
      share({ period: around(unit, day, firstWeekday) });
    }
    const chosen = this.root.querySelector(`[data-value="${unit}"]`);
    /** @type {HTMLElement | null} */ (chosen)?.focus();
  }

  /** @param {Words} words */
  #range(words) {
    const { period, today: now } = this.shown();
    const { first, last } = period;
    const field = (/** @type {"first" | "last"} */ which) =>
      html("input", {
        type: "date",
        value: period[which],
        max: now,
        "data-focus": which,
        "aria-label": words.say(which === "first" ? "from" : "until"),
        change: (/** @type {any} */ event) => {
          const day = event.target.value;
          if (!day) return;
          const range = { unit: /** @type {const} */ ("own"), first, last, [which]: day };
          // Whoever moves one end beyond the other means a day.
          if (range.last < range.first) range[which === "first" ? "last" : "first"] = day;
          share({ period: range });
        },
      });
    return html("span", { class: "range" }, field("first"), " – ", field("last"));
  }
}
