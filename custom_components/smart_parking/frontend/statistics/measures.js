/** What is measured of a lot, a bay or a day: how it is called, read and compared. */

import { niceDuration } from "./charts.js";

/** @typedef {import("./view.js").Context} Context */
/** @typedef {import("./types").Statistics} Statistics */
/** @typedef {import("./types").Numbers} Numbers */
/** @typedef {import("./types").Row} Row */
/** @typedef {import("./types").BayNumbers} BayNumbers */
/** @typedef {import("./words.js").StatisticsWords} Words */
/** @typedef {import("./words.js").Key} Key */

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
export const MEASURES = {
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
export const earns = ({ data, isAdmin }) => isAdmin && data.lot.has_tariff;

/** What is compared with, if the record goes so far back. @param {Statistics} data */
export const comparable = ({ compared_with: other, lot }) =>
  other && other.from >= lot.first_day ? other : null;

/** @param {Context} context @returns {import("./tables.js").Column<BayNumbers>[]} */
export const bayColumns = (context) => [
  { label: context.words.say("bay"), isText: true, value: (row) => row.bay },
  ...numberColumns(context, ["turnover", "average_stay", "occupancy"]),
];

/**
 * @param {Context} context
 * @param {string[]} measures
 * @returns {import("./tables.js").Column<any>[]}
 */
export const numberColumns = (context, measures) =>
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
