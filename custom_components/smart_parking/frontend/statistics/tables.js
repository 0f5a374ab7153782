/** Tables that are read, and taken along as files. */

import { html } from "../shared/dom.js";
import { asCsv, save } from "./csv.js";

/** @typedef {import("./words.js").StatisticsWords} Words */

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} label
 * @property {(row: Row) => string | number | null | undefined} value As it is read.
 * @property {boolean} [isText] Whether it is no number.
 */

/** What stands where nothing is known. */
const NOTHING = "–";

/**
 * @template {object} Row
 * @param {string} caption
 * @param {Column<Row>[]} columns
 * @param {Row[]} rows
 */
export function table(caption, columns, rows) {
  return html(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    html(
      "table",
      { class: "data" },
      html("caption", { class: "quiet" }, caption),
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          ...columns.map(({ label, isText }) =>
            html("th", { scope: "col", class: isText ? "text" : "" }, label),
          ),
        ),
      ),
      html(
        "tbody",
        {},
        ...rows.map((row) =>
          html(
            "tr",
            {},
            ...columns.map(({ value, isText }, at) =>
              html(
                at ? "td" : "th",
                { class: isText ? "text" : "", ...(at ? {} : { scope: "row" }) },
                value(row) ?? NOTHING,
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * A button that hands rows to the user as a file.
 * @param {Words} words
 * @param {string} caption Of what.
 * @param {string} name Of the file.
 * @param {() => object[]} rows
 */
export const csvButton = (words, caption, name, rows) =>
  html(
    "button",
    {
      class: "chip small csv",
      type: "button",
      "aria-label": words.say("csv_of", { table: caption }),
      click: () => save(name, asCsv(rows())),
    },
    "CSV",
  );

/**
 * A table that is behind a chart.
 * @param {Words} words
 * @param {Node} data
 */
export const behind = (words, data) =>
  html("details", { class: "behind" }, html("summary", {}, words.say("table")), data);
