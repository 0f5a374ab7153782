/** The panels that show how it went: from day to day, today, and by the hours of a week. */

import { html } from "../shared/dom.js";
import { barChart, niceTop, weekTable } from "./charts.js";
import { comparable, earns, MEASURES, numberColumns } from "./measures.js";
import { chips, csv, panel } from "./panel.js";
import { behind, table } from "./tables.js";
import { todayChart } from "./today.js";

/** @typedef {import("./view.js").Context} Context */
/** @typedef {import("./measures.js").Measure} Measure */
/** @typedef {import("./types").Row} Row */

/**
 * The rows of all hours or days of the period, also of those of which there are none.
 * @param {Context} context
 * @param {Row[]} rows
 * @param {{from: string, days: number}} period
 * @returns {(Row | null)[]}
 */
function filled({ data }, rows, { from, days }) {
  if (data.unit === "hour") {
    const of = new Map(rows.map((row) => [row["hour"], row]));
    return Array.from({ length: 24 }, (_, hour) => of.get(hour) ?? null);
  }
  if (data.unit !== "day") return rows;
  const of = new Map(rows.map((row) => [row["day"], row]));
  const first = new Date(`${from}T00:00Z`).getTime();
  return Array.from(
    { length: days },
    (_, at) => of.get(new Date(first + at * 86_400_000).toISOString().slice(0, 10)) ?? null,
  );
}

/**
 * What a row of the series is called.
 * @param {Context} context
 * @param {Row | null} row
 * @param {number} at
 * @param {boolean} [isLong]
 */
function nameOf({ words, data }, row, at, isLong = false) {
  if (data.unit === "hour") return words.hour(at);
  if (data.unit === "day") {
    const day = new Date(new Date(`${data.period.from}T00:00Z`).getTime() + at * 86_400_000);
    const text = day.toISOString().slice(0, 10);
    if (isLong) return words.day(text, { weekday: "short", day: "numeric", month: "long" });
    return data.period.days <= 7 ? words.day(text, { weekday: "short" }) : words.day(text);
  }
  if (data.unit === "month")
    return words.day(`${row?.["month"]}-01`, {
      month: "short",
      year: isLong ? "numeric" : undefined,
    });
  return String(row?.["week"] ?? "").replace(
    /^\d+-W/,
    isLong ? "$&" : `${words.say("week_short")}\u00a0`,
  );
}

/** How it went. @param {Context} context */
export function series(context) {
  const { words, data, chosen } = context;
  const measures = ["vehicles", "average_stay", "occupancy", "full", "turned_away"];
  if (earns(context)) measures.push("revenue");
  const rows = filled(context, data.series, data.period);
  const other = comparable(data);
  const before =
    data.series_before && other
      ? filled(context, data.series_before, { ...other, days: rows.length })
      : null;
  const body = html("div");
  const draw = () => {
    const key = measures.includes(chosen.series) ? chosen.series : "vehicles";
    const { name, value, format, top } = /** @type {Measure} */ (MEASURES[key]);
    const of = (/** @type {Row | null | undefined} */ row) => (row && value(row)) ?? null;
    const bars = rows.map((row, at) => {
      const [now, then] = [of(row), before ? of(before[at]) : undefined];
      const said = now === null ? "–" : format(words, now);
      return {
        label: nameOf(context, row, at),
        title:
          `${nameOf(context, row, at, true)}: ${said}` +
          (typeof then === "number"
            ? ` · ${words.say("was", { value: format(words, then) })}`
            : ""),
        value: now,
        before: then,
      };
    });
    const most = Math.max(0, ...bars.flatMap((bar) => [bar.value ?? 0, bar.before ?? 0]));
    body.replaceChildren(
      html(
        "div",
        { class: "choices" },
        chips(
          words.say("measure"),
          measures.map((one) => [one, words.say(/** @type {Measure} */ (MEASURES[one]).name)]),
          key,
          (one) => {
            chosen.series = one;
            draw();
          },
        ),
      ),
      html("p", { class: "measure" }, words.say(name)),
      barChart(bars, {
        label: words.say("chart_of", { measure: words.say(name) }),
        top: (top ?? niceTop)(most),
        format: (one) => format(words, one),
      }),
      before
        ? html(
            "p",
            { class: "key" },
            html("i", { class: "now" }),
            words.say("this_period"),
            html("i", { class: "then" }),
            words.say("that_period"),
          )
        : html("span"),
    );
  };
  draw();
  const caption = words.say(`by_${data.unit}`);
  const known = rows.flatMap((row, at) => (row ? [{ ...row, at }] : []));
  return panel(
    caption,
    { name: "series", tools: [csv(context, caption, `by_${data.unit}`, data.series)] },
    body,
    behind(
      words,
      table(
        caption,
        [
          {
            label: words.say(data.unit),
            isText: true,
            value: (row) => nameOf(context, row, row.at, true),
          },
          ...numberColumns(context, [
            "vehicles",
            "average_stay",
            "occupancy",
            "full",
            "turned_away",
          ]),
        ],
        known,
      ),
    ),
  );
}

/** Today, and what comes. @param {Context} context */
export function today(context) {
  const { words, data } = context;
  const { today: told, lot } = data;
  if (!told?.counts.length) return null;
  const caption = words.say("today");
  const [first] = told.counts[0] ?? [0];
  const midnight = words.midnight(first, lot.time_zone);
  const isKnown = told.expected.length > 0;
  const rows = [
    ...told.counts.map(([at, occupied]) => ({ at, occupied, low: null, high: null })),
    ...told.expected.map(([at, occupied, low, high]) => ({ at, occupied, low, high })),
  ].map((row) => ({ time: new Date(row.at * 1000).toISOString(), ...row }));
  const full =
    told.full_at && told.full_probability !== null
      ? words.say("full_at", {
          time: words.when(told.full_at),
          percent: words.share(told.full_probability),
        })
      : words.say("not_full");
  return panel(
    caption,
    { wide: true, name: "today", tools: [csv(context, caption, "today", rows)] },
    html(
      "p",
      { class: "measure" },
      isKnown ? full : words.say("not_learned", { days: told.days, needed: told.needed_days }),
    ),
    todayChart(words, told, lot.bays, midnight, Date.now() / 1000),
    behind(
      words,
      table(
        caption,
        [
          { label: words.say("hour"), isText: true, value: (row) => words.moment(row.at) },
          { label: words.say("occupied"), value: (row) => words.decimal(row.occupied) },
          {
            label: words.say("band"),
            value: (row) =>
              row.low === null || row.high === null
                ? null
                : `${words.decimal(row.low)} – ${words.decimal(row.high)}`,
          },
        ],
        // Full hours will do.
        rows.filter(({ at }) => at % 3_600 === 0),
      ),
    ),
  );
}

/** Occupancy by weekday and hour. @param {Context} context */
export function hours(context) {
  const { words, data, firstWeekday } = context;
  const caption = words.say("by_hour");
  const rows = data.week_hours.flatMap((day, weekday) =>
    day.map((occupancy, hour) => ({ weekday, hour, occupancy })),
  );
  return panel(
    words.say("occupancy_by_hour"),
    { name: "hours", tools: [csv(context, caption, "week_hours", rows)] },
    weekTable(words, data.week_hours, firstWeekday),
    html(
      "div",
      { class: "scale blue", "aria-hidden": "true" },
      html("span", {}, words.share(0)),
      html("i"),
      html("span", {}, words.share(1)),
    ),
  );
}
