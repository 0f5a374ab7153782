/** What the panels of the statistics are made of: a heading, chips, a file to take along, rows, hints. */

import { html } from "../shared/dom.js";
import { csvButton, table } from "./tables.js";

/** @typedef {import("./view.js").Context} Context */
/** @typedef {import("./words.js").StatisticsWords} Words */

/**
 * @param {string} heading
 * @param {{wide?: boolean, tools?: (Node | null)[], name?: string}} options
 * @param {...(Node | null)} children
 */
export const panel = (heading, { wide, tools = [], name }, ...children) =>
  html(
    "section",
    { class: `panel${wide ? " wide" : ""}`, "data-panel": name },
    html(
      "div",
      { class: "title" },
      html("h3", {}, heading),
      html("div", { class: "tools" }, ...tools),
    ),
    ...children,
  );

/** @param {string} text */
export const hint = (text) => html("p", { class: "hint" }, text);

/**
 * Chips of which one is chosen.
 * @param {string} label
 * @param {[value: string, label: string][]} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
export function chips(label, options, chosen, choose) {
  return html(
    "div",
    { class: "chips", role: "group", "aria-label": label },
    ...options.map(([value, text]) =>
      html(
        "button",
        {
          class: "chip small",
          type: "button",
          "data-value": value,
          "aria-pressed": String(value === chosen),
          click: () => choose(value),
        },
        text,
      ),
    ),
  );
}

/** @param {Context} context @param {string} what */
const file = ({ data }, what) => {
  const { from, until } = data.period;
  const lot = data.lot.name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return `${[lot, what, from, until].filter(Boolean).join("_")}.csv`;
};

/** @param {Context} context @param {string} caption @param {string} what @param {object[]} rows */
export const csv = (context, caption, what, rows) =>
  csvButton(context.words, caption, file(context, what), () => rows);

/** So many rows are read; the file has all. */
const ROWS_MAX = 20;

/**
 * The first rows of a table, and how many more there are.
 * @template {object} Row
 * @param {Words} words
 * @param {string} caption
 * @param {import("./tables.js").Column<Row>[]} columns
 * @param {Row[]} rows
 */
export const firstRows = (words, caption, columns, rows) =>
  html(
    "div",
    {},
    table(caption, columns, rows.slice(0, ROWS_MAX)),
    rows.length > ROWS_MAX &&
      hint(words.say("more_rows", { count: words.decimal(rows.length - ROWS_MAX) })),
  );
