/** What the statistics of a period look like: tiles, charts, the map and lists. */

import { html } from "../shared/dom.js";
import { map } from "./bay-map.js";
import { ends, faults, full, groups, guidance, overstays, shops } from "./lists.js";
import { hours, series, today } from "./over-time.js";
import { stays } from "./stays.js";
import { tiles } from "./tiles.js";

/** @typedef {import("./types").Statistics} Statistics */
/** @typedef {import("./words.js").StatisticsWords} Words */

/**
 * What somebody has chosen to see; it outlives what is shown.
 * @typedef {{heat: string, series: string, group: string, level?: string}} Chosen
 */

/**
 * @typedef {object} Context
 * @property {Words} words
 * @property {Statistics} data
 * @property {import("../card/types").Bay[]} bays The plan; empty while it is not there.
 * @property {string[]} levels In order.
 * @property {Chosen} chosen
 * @property {number} firstWeekday
 * @property {boolean} isAdmin
 */

/** All of it. @param {Context} context */
export function view(context) {
  const { words, data } = context;
  if (!hasHappened(data))
    return html(
      "div",
      { class: "grid" },
      html(
        "p",
        { class: "note wide", role: "status" },
        words.say("empty", { day: words.day(data.lot.first_day, { dateStyle: "long" }) }),
      ),
      overstays(context),
    );
  return html(
    "div",
    { class: "grid" },
    tiles(context),
    map(context),
    series(context),
    today(context),
    hours(context),
    stays(context),
    ends(context, "busiest", data.busiest),
    ends(context, "idle", data.idle),
    groups(context),
    full(context),
    overstays(context),
    guidance(context),
    shops(context),
    faults(context),
  );
}

/** @param {Statistics} data */
const hasHappened = ({ totals, week_hours: week, faults }) =>
  totals.vehicles > 0 ||
  totals.occupied_s > 0 ||
  faults.bays.length > 0 ||
  week.some((day) => day.some((share) => share !== null));
