/** The panel that shows how long vehicles stay. */

import { html } from "../shared/dom.js";
import { barChart, niceTop } from "./charts.js";
import { csv, hint, panel } from "./panel.js";
import { behind, table } from "./tables.js";

/** @typedef {import("./view.js").Context} Context */
/** @typedef {import("./types").Statistics} Statistics */
/** @typedef {import("./words.js").Key} Key */

/** How long they stay. @param {Context} context */
export function stays(context) {
  const { words, data } = context;
  const { totals, histogram, lot } = data;
  const most = Math.max(0, ...histogram.map((one) => one.stays));
  const isOver = (/** @type {{from_s: number}} */ { from_s: from }) =>
    lot.limit_s !== null && from >= lot.limit_s;
  const nameOf = (
    /** @type {Statistics["histogram"][number]} */ { from_s: from, until_s: until },
  ) =>
    until === null
      ? words.say("and_more", { from: words.duration(from) })
      : words.say("from_until", { from: words.duration(from), until: words.duration(until) });
  const caption = words.say("how_long");
  return panel(
    caption,
    { name: "stays", tools: [csv(context, caption, "stays", histogram)] },
    html(
      "p",
      { class: "measure" },
      [
        ["median", totals.median_stay_s],
        ["p90", totals.p90_stay_s],
      ]
        .flatMap(([key, value]) =>
          typeof value === "number"
            ? `${words.say(/** @type {Key} */ (key))} ${data.is_exact ? "" : "≈\u00a0"}${words.duration(value)}`
            : [],
        )
        .join(" · "),
    ),
    most
      ? barChart(
          histogram.map((one) => ({
            label: words.duration(one.from_s),
            title: `${nameOf(one)}: ${words.decimal(one.stays)}`,
            value: one.stays,
            over: isOver(one),
          })),
          {
            label: caption,
            top: niceTop(most),
            format: (value) => words.decimal(value),
            edges: true,
          },
        )
      : hint(words.say("no_stays")),
    histogram.some((one) => isOver(one) && one.stays)
      ? html(
          "p",
          { class: "key" },
          html("i", { class: "now over" }),
          words.say("over_limit", { limit: words.duration(lot.limit_s ?? 0) }),
        )
      : null,
    behind(
      words,
      table(
        caption,
        [
          { label: words.say("stay"), isText: true, value: nameOf },
          { label: words.say("vehicles"), value: (one) => words.decimal(one.stays) },
        ],
        histogram,
      ),
    ),
  );
}
