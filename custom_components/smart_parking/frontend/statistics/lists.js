/** The panels that are read row by row: bays, groups, full times, overstays, guidance, shops and faults. */

import { html } from "../shared/dom.js";
import { bayColumns, earns, numberColumns } from "./measures.js";
import { chips, csv, firstRows, hint, panel } from "./panel.js";
import { table } from "./tables.js";

/** @typedef {import("./view.js").Context} Context */
/** @typedef {import("./types").Statistics} Statistics */
/** @typedef {import("./types").Row} Row */
/** @typedef {import("./words.js").StatisticsWords} Words */
/** @typedef {import("./words.js").Key} Key */

/**
 * The ten bays that are used most, or least.
 * @param {Context} context
 * @param {"busiest" | "idle"} which
 * @param {string[]} ids
 */
export function ends(context, which, ids) {
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
export function groups(context) {
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
export function full(context) {
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
export function overstays(context) {
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
export function guidance(context) {
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
export function shops(context) {
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
export function faults(context) {
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
