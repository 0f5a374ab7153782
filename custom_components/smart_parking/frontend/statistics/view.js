/** What the statistics of a period look like: tiles, charts, the map and lists. */

import { html } from "../shared/dom.js";
import { barChart, niceDuration, niceTop, weekTable } from "./charts.js";
import { heatMap } from "./heat-map.js";
import { behind, csvButton, table } from "./tables.js";
import { todayChart } from "./today.js";

/** @typedef {import("./types").Statistics} Statistics */
/** @typedef {import("./types").Numbers} Numbers */
/** @typedef {import("./types").Row} Row */
/** @typedef {import("./types").BayNumbers} BayNumbers */
/** @typedef {import("./words.js").StatisticsWords} Words */
/** @typedef {import("./words.js").Key} Key */

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

/**
 * @typedef {object} Measure
 * @property {Key} name
 * @property {(row: Numbers) => number | null | undefined} value
 * @property {(words: Words, value: number) => string} format
 * @property {(words: Words, value: number) => string} [short]
 * @property {(value: number) => number} [top]
 */

/** @param {Words} words @param {number} value */
const asDuration = (words, value) => words.duration(value);
/** @param {Words} words @param {number} value */
const asShare = (words, value) => words.share(value);
/** @param {Words} words @param {number} value */
const asNumber = (words, value) => words.decimal(value);

/** @type {Record<string, Measure>} */
const MEASURES = {
  vehicles: { name: "vehicles", value: (row) => row.vehicles, format: asNumber },
  turnover: {
    name: "turnover",
    value: (row) => row.turnover,
    format: (words, value) => words.rate(value),
  },
  average_stay: {
    name: "average_stay",
    value: (row) => row.average_stay_s,
    format: asDuration,
    short: (_words, value) =>
      `${Math.floor(value / 3600)}:${String(Math.round((value % 3600) / 60) % 60).padStart(2, "0")}`,
    top: niceDuration,
  },
  occupancy: {
    name: "occupancy",
    value: (row) => row.occupancy,
    format: asShare,
    top: () => 1,
  },
  full: { name: "full", value: (row) => row.full_s, format: asDuration, top: niceDuration },
  turned_away: { name: "turned_away", value: (row) => row.turned_away, format: asNumber },
  revenue: {
    name: "revenue",
    value: (row) => row.revenue,
    format: (words, value) => words.money(value),
    short: (words, value) => words.decimal(value, value < 100 ? 1 : 0),
  },
};

/** @param {Context} context */
const earns = ({ data, isAdmin }) => isAdmin && data.lot.has_tariff;

/**
 * @param {string} heading
 * @param {{wide?: boolean, tools?: (Node | null)[], name?: string}} options
 * @param {...(Node | null)} children
 */
const panel = (heading, { wide, tools = [], name }, ...children) =>
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
const hint = (text) => html("p", { class: "hint" }, text);

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
const csv = (context, caption, what, rows) =>
  csvButton(context.words, caption, file(context, what), () => rows);

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

/** What is compared with, if the record goes so far back. @param {Statistics} data */
export const comparable = ({ compared_with: other, lot }) =>
  other && other.from >= lot.first_day ? other : null;

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
const firstRows = (words, caption, columns, rows) =>
  html(
    "div",
    {},
    table(caption, columns, rows.slice(0, ROWS_MAX)),
    rows.length > ROWS_MAX &&
      hint(words.say("more_rows", { count: words.decimal(rows.length - ROWS_MAX) })),
  );

/** @param {Statistics} data */
const hasHappened = ({ totals, week_hours: week, faults }) =>
  totals.vehicles > 0 ||
  totals.occupied_s > 0 ||
  faults.bays.length > 0 ||
  week.some((day) => day.some((share) => share !== null));

/** @param {Context} context */
function tiles(context) {
  const { words, data } = context;
  const { totals } = data;
  const before = comparable(data) && data.totals_before;
  /**
   * @param {string} measure
   * @param {-1 | 0 | 1} good Whether more of it is better.
   * @param {boolean} [isRelative] Whether the change is told in percent.
   */
  const tile = (measure, good, isRelative = false) => {
    const { name, value, format } = /** @type {Measure} */ (MEASURES[measure]);
    const [now, then] = [value(totals), before && value(before)];
    return html(
      "div",
      { class: "tile", "data-tile": measure },
      html("span", { class: "name" }, words.say(name)),
      html("strong", {}, now === null || now === undefined ? "–" : format(words, now)),
      change(words, now, then, { good, isRelative, format }),
    );
  };
  return html(
    "div",
    { class: `tiles wide${earns(context) ? " seven" : ""}` },
    tile("vehicles", 1, true),
    tile("average_stay", 0),
    tile("turnover", 1),
    tile("occupancy", 0),
    tile("full", -1),
    tile("turned_away", -1),
    ...(earns(context) ? [tile("revenue", 1, true)] : []),
  );
}

/**
 * @param {Words} words
 * @param {number | null | undefined} now
 * @param {number | null | undefined} then
 * @param {{good: number, isRelative: boolean, format: (words: Words, value: number) => string}} options
 */
function change(words, now, then, { good, isRelative, format }) {
  if (typeof now !== "number" || typeof then !== "number") return html("small", {}, "\u00a0");
  const by = now - then;
  const size = isRelative && then ? words.share(Math.abs(by) / then) : format(words, Math.abs(by));
  const isNothing = size === (isRelative && then ? words.share(0) : format(words, 0));
  if (isNothing) return html("small", { class: "same" }, words.say("unchanged"));
  const isBetter = by * good;
  return html(
    "small",
    { class: isBetter > 0 ? "better" : isBetter < 0 ? "worse" : "" },
    html("span", { class: "arrow", "aria-hidden": "true" }, by > 0 ? "▲" : "▼"),
    `${by > 0 ? "+" : "−"}${size}`,
    html("span", { class: "then" }, words.say("was", { value: format(words, then) })),
  );
}

/** The plan. @param {Context} context */
function map(context) {
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

/** @param {Context} context @returns {import("./tables.js").Column<BayNumbers>[]} */
const bayColumns = (context) => [
  { label: context.words.say("bay"), isText: true, value: (row) => row.bay },
  ...numberColumns(context, ["turnover", "average_stay", "occupancy"]),
];

/**
 * @param {Context} context
 * @param {string[]} measures
 * @returns {import("./tables.js").Column<any>[]}
 */
const numberColumns = (context, measures) =>
  [...measures, ...(earns(context) ? ["revenue"] : [])].map((key) => {
    const { name, value, format } = /** @type {Measure} */ (MEASURES[key]);
    return {
      label: context.words.say(name),
      value: (row) => {
        const one = value(row);
        return typeof one === "number" ? format(context.words, one) : null;
      },
    };
  });

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
function series(context) {
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
function today(context) {
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
function hours(context) {
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

/** How long they stay. @param {Context} context */
function stays(context) {
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

/**
 * The ten bays that are used most, or least.
 * @param {Context} context
 * @param {"busiest" | "idle"} which
 * @param {string[]} ids
 */
function ends(context, which, ids) {
  const { words, data } = context;
  const of = new Map(data.bays.map((row) => [row.bay_id, row]));
  const rows = ids.flatMap((id) => of.get(id) ?? []);
  const caption = words.say(which);
  return panel(
    caption,
    { name: which, tools: [csv(context, caption, which, rows)] },
    table(caption, bayColumns(context), rows),
  );
}

/** By weekday, kind, zone or level. @param {Context} context */
function groups(context) {
  const { words, data, chosen, levels } = context;
  /** @type {Record<string, [label: string, rows: Row[], name: (row: Row) => string]>} */
  const all = {
    weekday: [
      words.say("weekday"),
      data.by_weekday,
      (row) => words.weekday(Number(row["weekday"]), "long"),
    ],
    kind: [words.say("kind"), data.by_kind, (row) => words.kind(String(row["kind"]))],
  };
  if (data.by_zone.some((row) => row["zone"]))
    all["zone"] = [
      words.say("zone"),
      data.by_zone,
      (row) => String(row["zone"]) || words.say("no_zone"),
    ];
  if (levels.length > 1)
    all["level"] = [words.say("level"), data.by_level, (row) => words.level(String(row["level"]))];
  const body = html("div");
  const tools = html("div");
  const draw = () => {
    const key = chosen.group in all ? chosen.group : "weekday";
    const [label, rows, name] = /** @type {NonNullable<typeof all[string]>} */ (all[key]);
    tools.replaceChildren(csv(context, label, `by_${key}`, rows));
    body.replaceChildren(
      html(
        "div",
        { class: "choices" },
        chips(
          words.say("groups"),
          Object.entries(all).map(([one, [text]]) => [one, text]),
          key,
          (one) => {
            chosen.group = one;
            draw();
          },
        ),
      ),
      table(
        label,
        [
          { label, isText: true, value: name },
          ...numberColumns(context, ["vehicles", "turnover", "average_stay"]),
          duration(words, "median", (row) => row.median_stay_s),
          duration(words, "p90", (row) => row.p90_stay_s),
          {
            label: words.say("occupancy"),
            value: (row) => (row.occupancy === null ? null : words.share(row.occupancy)),
          },
        ],
        rows,
      ),
    );
  };
  draw();
  return panel(words.say("groups"), { wide: true, name: "groups", tools: [tools] }, body);
}

/**
 * @param {Words} words
 * @param {Key} key
 * @param {(row: Row) => number | null} value
 */
const duration = (words, key, value) => ({
  label: words.say(key),
  value: (/** @type {Row} */ row) => {
    const one = value(row);
    return one === null ? null : words.duration(one);
  },
});

/** When it was full. @param {Context} context */
function full(context) {
  const { words, data } = context;
  const caption = words.say("first_full");
  return panel(
    caption,
    {
      name: "full",
      tools: data.first_full.length ? [csv(context, caption, "full", data.first_full)] : [],
    },
    data.first_full.length
      ? firstRows(
          words,
          caption,
          [
            {
              label: words.say("day"),
              isText: true,
              value: (row) =>
                words.day(row.day, { weekday: "short", day: "numeric", month: "short" }),
            },
            { label: words.say("full_from"), value: (row) => words.time(new Date(row.at)) },
            { label: words.say("full"), value: (row) => words.duration(row.full_s) },
          ],
          data.first_full,
        )
      : hint(words.say("never_full")),
  );
}

/** Who stands, or stood, for too long. @param {Context} context */
function overstays(context) {
  const { words, data } = context;
  /** @param {import("./types").Overstay} row */
  const sure = (row) => (row.is_estimated ? ` ${words.say("estimated")}` : "");
  /** @type {import("./tables.js").Column<import("./types").Overstay>[]} */
  const columns = [
    { label: words.say("bay"), isText: true, value: (row) => row.bay },
    { label: words.say("arrived"), value: (row) => words.when(row.arrived) + sure(row) },
    { label: words.say("over_by"), value: (row) => words.duration(row.over_s) },
  ];
  const { now, period } = data.overstays;
  const caption = words.say("too_long");
  return panel(
    caption,
    {
      name: "overstays",
      tools: period.length ? [csv(context, caption, "too_long", period)] : [],
    },
    html("h4", {}, words.say("now")),
    now.length ? firstRows(words, words.say("now"), columns, now) : hint(words.say("nobody_now")),
    html("h4", {}, words.say("this_period")),
    period.length
      ? firstRows(words, caption, columns, period)
      : hint(words.say(data.lot.has_limits ? "nobody_then" : "no_limits")),
  );
}

/**
 * @param {string} label
 * @param {[name: string, value: string | null][]} facts
 */
const facts = (label, facts) =>
  html(
    "dl",
    { class: "facts", "aria-label": label },
    ...facts.flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, value ?? "–")]),
  );

/** What guidance does. @param {Context} context */
function guidance(context) {
  const { words, data } = context;
  const { guidance: told } = data;
  const caption = words.say("guidance");
  const reasons = (/** @type {Record<string, number>} */ counts) =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(
        ([reason, count]) =>
          `${words.sayIfKnown(`reason_${reason}`, reason)} ${words.decimal(count)}`,
      )
      .join(", ");
  const events = told.events;
  const share = (/** @type {number | null} */ value) =>
    value === null ? null : words.share(value);
  const counted = (/** @type {string} */ event, /** @type {Record<string, number>} */ why) => {
    const count = events[event] ?? 0;
    return count && Object.keys(why).length
      ? `${words.decimal(count)} (${reasons(why)})`
      : words.decimal(count);
  };
  const rows = Object.entries(events).map(([event, count]) => ({ event, count }));
  return panel(
    caption,
    { name: "guidance", tools: rows.length ? [csv(context, caption, "guidance", rows)] : [] },
    facts(caption, [
      [words.say("guided_share"), share(told.guided_share)],
      [words.say("found_share"), share(told.found_share)],
      [
        words.say("to_park"),
        told.minutes_to_park === null ? null : words.duration(told.minutes_to_park * 60),
      ],
      [words.say("re_guided"), counted("re_guided", told.re_guided)],
      [words.say("queued"), words.decimal(events["queued"] ?? 0)],
      [words.say("turned_away"), counted("turned_away", told.turned_away)],
      ...(data.wifi_visits
        ? [/** @type {[string, string]} */ ([words.say("joined"), words.decimal(data.wifi_visits)])]
        : []),
      ...(typeof data.lost_revenue === "number" && earns(context)
        ? [
            /** @type {[string, string]} */ ([
              words.say("lost_revenue"),
              words.money(data.lost_revenue),
            ]),
          ]
        : []),
    ]),
  );
}

/** What shops had of it. @param {Context} context */
function shops(context) {
  const { words, data } = context;
  if (!data.shops?.length) return null;
  const caption = words.say("shops");
  return panel(
    caption,
    { name: "shops", tools: [csv(context, caption, "shops", data.shops)] },
    table(
      caption,
      [
        { label: words.say("shop"), isText: true, value: (row) => row.shop },
        { label: words.say("views"), value: (row) => words.decimal(row.impressions) },
        { label: words.say("visits"), value: (row) => words.decimal(row.visits) },
        { label: words.say("clicks"), value: (row) => words.decimal(row.clicks) },
      ],
      data.shops,
    ),
  );
}

/** What is broken. @param {Context} context */
function faults(context) {
  const { words, data } = context;
  const caption = words.say("faults");
  const worse = new Set(data.worse);
  const { bays } = data.faults;
  const available = data.totals.availability;
  return panel(
    caption,
    { name: "faults", tools: bays.length ? [csv(context, caption, "faults", flat(bays))] : [] },
    html(
      "p",
      { class: "measure" },
      typeof available === "number"
        ? words.say("available", { percent: words.share(available, 2) })
        : "",
    ),
    bays.length
      ? table(
          caption,
          [
            {
              label: words.say("bay"),
              isText: true,
              value: (row) =>
                row.bay + (worse.has(row.bay_id) ? ` ▲ ${words.say("getting_worse")}` : ""),
            },
            {
              label: words.say("what"),
              isText: true,
              value: (row) =>
                Object.keys(row.kinds)
                  .map((kind) => words.fault(kind))
                  .join(", "),
            },
            { label: words.say("times"), value: (row) => words.decimal(row.faults) },
            { label: words.say("for_how_long"), value: (row) => words.duration(row.fault_s) },
            {
              label: words.say("availability"),
              value: (row) => (row.availability === null ? null : words.share(row.availability, 1)),
            },
          ],
          bays.slice(0, 10),
        )
      : hint(words.say("no_faults")),
  );
}

/** @param {Statistics["faults"]["bays"]} bays */
const flat = (bays) =>
  bays.map(({ kinds, ...bay }) => ({
    ...bay,
    kinds: Object.entries(kinds)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(" "),
  }));
