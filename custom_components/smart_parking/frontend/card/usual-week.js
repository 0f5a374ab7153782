/** Usual week, from the recorder's hourly statistics. */

/**
 * Returns the average of hourly means by weekday and hour of a time zone.
 * @param {{start: number, mean: number | null}[]} statistics
 * @param {string} timeZone
 * @returns {(number | null)[][]} Seven days from Sunday, 24 hours each.
 */
export function usualWeek(statistics, timeZone) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const sums = days.map(() => Array.from({ length: 24 }, () => ({ sum: 0, count: 0 })));
  for (const { start, mean } of statistics) {
    if (mean === null || mean === undefined) continue;
    const parts = format.formatToParts(new Date(start));
    const day = days.indexOf(parts.find(({ type }) => type === "weekday")?.value ?? "");
    const cell = sums[day]?.[Number(parts.find(({ type }) => type === "hour")?.value)];
    if (!cell) continue;
    cell.sum += mean;
    cell.count += 1;
  }
  return sums.map((hours) => hours.map(({ sum, count }) => (count ? sum / count : null)));
}
