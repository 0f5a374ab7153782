/** The panel with the plan of a lot, coloured by how much each bay is used. */

import { html } from "../shared/dom.js";
import { heatMap } from "./heat-map.js";
import { bayColumns, earns, MEASURES } from "./measures.js";
import { chips, csv, hint, panel } from "./panel.js";
import { behind, table } from "./tables.js";

/** @typedef {import("./view.js").Context} Context */
/** @typedef {import("./measures.js").Measure} Measure */

/** The plan. @param {Context} context */
export function map(context) {
  const { words, data, chosen, levels } = context;
  const measures = [
    "turnover",
    "average_stay",
    "occupancy",
    ...(earns(context) ? ["revenue"] : []),
  ];
  const rows = new Map(data.bays.map((row) => [row.bay_id, row]));
  const body = html("div", { class: "map" });
  const draw = () => {
    const key = measures.includes(chosen.heat) ? chosen.heat : "turnover";
    const measure = /** @type {Measure} */ (MEASURES[key]);
    const level = levels.includes(chosen.level ?? "") ? chosen.level : levels[0];
    const values = [...rows.values()].flatMap((row) => measure.value(row) ?? []);
    const most = Math.max(0, ...values);
    /** @type {Map<string, import("./heat-map.js").Heat>} */
    const heats = new Map();
    for (const [id, row] of rows) {
      const value = measure.value(row);
      if (typeof value !== "number") continue;
      heats.set(id, {
        short: (measure.short ?? measure.format)(words, value),
        title: `${words.text("bay", { label: row.bay })}: ${measure.format(words, value)}`,
        share: most ? value / most : 0,
      });
    }
    const name = words.say(measure.name);
    const drawn = heatMap(
      context.bays.filter((bay) => bay.level === level),
      heats,
      words.say("map_of", { measure: name }),
    );
    body.replaceChildren(
      html(
        "div",
        { class: "choices" },
        chips(
          words.say("measure"),
          measures.map((one) => [one, words.say(/** @type {Measure} */ (MEASURES[one]).name)]),
          key,
          (value) => {
            chosen.heat = value;
            draw();
          },
        ),
        levels.length > 1 &&
          chips(
            words.say("levels"),
            levels.map((one) => [one, words.level(one)]),
            level ?? "",
            (value) => {
              chosen.level = value;
              draw();
            },
          ),
      ),
      html(
        "p",
        { class: "measure" },
        levels.length > 1 ? `${name} · ${words.level(level ?? "")}` : name,
      ),
      drawn ?? hint(words.say("no_plan")),
      html(
        "div",
        { class: "scale", "aria-hidden": "true" },
        html("span", {}, measure.format(words, 0)),
        html("i"),
        html("span", {}, measure.format(words, most)),
      ),
    );
  };
  draw();
  const caption = words.say("bays");
  return panel(
    words.say("map"),
    { name: "map", tools: [csv(context, caption, "bays", data.bays)] },
    body,
    behind(words, table(caption, bayColumns(context), data.bays)),
  );
}
