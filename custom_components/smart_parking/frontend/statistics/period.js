/** Which days the statistics are about, and which they are compared with. Days are texts: 2026-11-28. */

/** @typedef {"day" | "week" | "month" | "year" | "own"} Unit */
/** @typedef {"before" | "year_before" | "none"} Comparison */
/** @typedef {{first: string, last: string}} Days */
/** @typedef {Days & {unit: Unit}} Period */

/** @type {Unit[]} */
export const UNITS = ["day", "week", "month", "year", "own"];
/** @type {Comparison[]} */
export const COMPARISONS = ["before", "year_before", "none"];

const DAY_MS = 86_400_000;

/** @param {string} day */
const at = (day) => new Date(`${day}T00:00Z`);

/** @param {Date} date */
const text = (date) => date.toISOString().slice(0, 10);

/** @param {string} day @param {number} days */
export const plus = (day, days) => text(new Date(at(day).getTime() + days * DAY_MS));

/** How many days there are from a first to a last one. @param {Days} days */
export const length = ({ first, last }) => (at(last).getTime() - at(first).getTime()) / DAY_MS + 1;

/**
 * The same day some months later, or the last one of that month.
 * @param {string} day
 * @param {number} months
 */
function plusMonths(day, months) {
  const date = at(day);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const last = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0));
  last.setUTCDate(Math.min(last.getUTCDate(), date.getUTCDate()));
  return text(last);
}

/**
 * What day it is in a time zone.
 * @param {string | undefined} timeZone
 * @param {Date} [now]
 */
export const today = (timeZone, now = new Date()) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(now);

/**
 * On which day weeks begin, 1 is Monday, 7 is Sunday.
 * @param {{language: string, first_weekday?: string}} locale
 */
export function firstWeekday({ language, first_weekday: chosen = "language" }) {
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  if (days.includes(chosen)) return days.indexOf(chosen) + 1;
  try {
    const locale = /** @type {any} */ (new Intl.Locale(language));
    return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
  } catch {
    return 1;
  }
}

/**
 * The day, week, month or year that a day is in; a range of one's own is that day.
 * @param {Unit} unit
 * @param {string} day
 * @param {number} weekday On which weeks begin.
 * @returns {Period}
 */
export function around(unit, day, weekday = 1) {
  if (unit === "week") {
    const first = plus(day, -((at(day).getUTCDay() - weekday + 7) % 7));
    return { unit, first, last: plus(first, 6) };
  }
  if (unit === "month" || unit === "year") {
    const first = `${day.slice(0, unit === "month" ? 7 : 4)}-01-01`.slice(0, 10);
    return { unit, first, last: plus(plusMonths(first, unit === "month" ? 1 : 12), -1) };
  }
  return { unit, first: day, last: day };
}

/**
 * The period so many periods later.
 * @param {Period} period
 * @param {number} steps
 * @returns {Period}
 */
export function step(period, steps) {
  const { unit, first } = period;
  if (unit === "month" || unit === "year") {
    const begins = plusMonths(first, steps * (unit === "month" ? 1 : 12));
    return { unit, first: begins, last: around(unit, begins).last };
  }
  const days = steps * length(period);
  return { unit, first: plus(first, days), last: plus(period.last, days) };
}

/**
 * What of a period has been: it ends today at the latest.
 * @param {Period} period
 * @param {string} now Today.
 * @returns {Days}
 */
export const past = ({ first, last }, now) => ({
  first,
  last: last > now && first <= now ? now : last,
});

/**
 * The days to compare with: of a period that is not over, as many as there have been of it.
 * @param {Period} period
 * @param {Comparison} comparison
 * @param {string} now Today.
 * @returns {Days | null}
 */
export function compared(period, comparison, now) {
  if (comparison === "none") return null;
  const whole =
    comparison === "before"
      ? step(period, -1)
      : period.unit === "month" || period.unit === "year"
        ? step(period, period.unit === "month" ? -12 : -1)
        : yearBefore(period);
  const { last } = past(period, now);
  if (last === period.last) return { first: whole.first, last: whole.last };
  const days = length({ first: period.first, last });
  const until = plus(whole.first, days - 1);
  return { first: whole.first, last: until < whole.last ? until : whole.last };
}

/**
 * 52 weeks before, so that weekdays meet weekdays.
 * @param {Period} period
 * @returns {Period}
 */
const yearBefore = ({ unit, first, last }) => ({
  unit,
  first: plus(first, -364),
  last: plus(last, -364),
});
