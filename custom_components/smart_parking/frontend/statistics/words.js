/** The statistics' own texts, which are asked for when statistics are shown, and their numbers. */

import { Words } from "../card/words.js";

/** @typedef {import("../card/types").Hass} Hass */
/** @typedef {typeof import("../../texts/en.json")} Store */
/** @typedef {{[Name in keyof Store]: Name extends `statistics_${infer Key}` ? Key : never}[keyof Store]} Key */

/** By language. @type {Map<string, Promise<Record<string, string | undefined>>>} */
const asked = new Map();

/**
 * @param {Hass} hass
 * @returns {Promise<Record<string, string | undefined>>}
 */
export function loadOwnTexts({ connection, locale: { language } }) {
  let promise = asked.get(language);
  if (!promise) {
    const message = { type: "smart_parking/texts", language, of: "statistics" };
    promise = connection
      .sendMessagePromise(/** @type {Record<string, unknown>} */ (message))
      .then((answer) => /** @type {any} */ (answer).texts);
    promise.catch(() => asked.delete(language));
    asked.set(language, promise);
  }
  return promise;
}

export class StatisticsWords extends Words {
  #texts;
  #numbers;

  /** @param {Hass} hass @param {Record<string, string | undefined>} texts @param {string | null} currency */
  constructor(hass, texts, currency) {
    super(hass);
    this.#texts = texts;
    this.currency = currency;
    /** @type {Map<string, Intl.NumberFormat>} */
    this.#numbers = new Map();
  }

  /** @param {Key} key @param {Record<string, string | number>} [values] */
  say(key, values = {}) {
    return (this.#texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
      String(values[name] ?? whole),
    );
  }

  /** A text if there is one, else the word itself. @param {string} key @param {string} other */
  sayIfKnown(key, other) {
    return this.#texts[key] ?? other;
  }

  /** @param {Intl.NumberFormatOptions} options */
  #format(options) {
    const key = JSON.stringify(options);
    let format = this.#numbers.get(key);
    if (!format) this.#numbers.set(key, (format = new Intl.NumberFormat(this.language, options)));
    return format;
  }

  /** @param {number} value @param {number} digits */
  decimal(value, digits = 1) {
    return this.#format({ maximumFractionDigits: digits }).format(value);
  }

  /** @param {number} value */
  rate(value) {
    return this.#format({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
  }

  /** @param {number} share @param {number} digits */
  share(share, digits = 0) {
    return this.#format({ style: "percent", maximumFractionDigits: digits }).format(share);
  }

  /** @param {number} amount */
  money(amount) {
    return this.currency
      ? this.#format({ style: "currency", currency: this.currency }).format(amount)
      : this.decimal(amount, 2);
  }

  /**
   * A length of time: 45 min, 1 h 38 min, 3 d 4 h. These signs are the same in all languages.
   * @param {number} seconds
   */
  duration(seconds) {
    const minutes = Math.round(seconds / 60);
    const [hours, days] = [Math.floor(minutes / 60), Math.floor(minutes / 1_440)];
    /** @type {[number, string][]} */
    const parts =
      hours === 0
        ? [[minutes, "min"]]
        : hours < 48
          ? [
              [hours, "h"],
              [minutes % 60, "min"],
            ]
          : [
              [days, "d"],
              [hours % 24, "h"],
            ];
    return parts
      .filter(([value], at) => at === 0 || value)
      .map(([value, sign]) => `${this.decimal(value, 0)}\u00a0${sign}`)
      .join("\u00a0");
  }

  /** @param {string} day @param {Intl.DateTimeFormatOptions} options */
  day(day, options = { day: "numeric", month: "short" }) {
    return new Intl.DateTimeFormat(this.language, { ...options, timeZone: "UTC" }).format(
      new Date(`${day}T00:00Z`),
    );
  }

  /**
   * @param {string} first
   * @param {string} last
   * @param {Intl.DateTimeFormatOptions} [options]
   */
  days(first, last, options = { day: "numeric", month: "short", year: "numeric" }) {
    const format = new Intl.DateTimeFormat(this.language, { ...options, timeZone: "UTC" });
    return format.formatRange(new Date(`${first}T00:00Z`), new Date(`${last}T00:00Z`));
  }

  /**
   * When the day began that a moment is in, in seconds since 1970.
   * @param {number} epochS
   * @param {string} timeZone
   */
  midnight(epochS, timeZone) {
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
    const [hours = 0, minutes = 0, seconds = 0] = clock
      .format(new Date(epochS * 1000))
      .split(":")
      .map(Number);
    return epochS - hours * 3_600 - minutes * 60 - seconds;
  }

  /** Monday is 0. @param {number} weekday @param {"short" | "long"} [style] */
  weekday(weekday, style = "short") {
    // 2 February 2026 was a Monday.
    return this.day(`2026-02-0${2 + weekday}`, { weekday: style });
  }

  /** A moment as the server writes it, by its own clock. @param {string} iso */
  when(iso) {
    return this.moment(new Date(iso).getTime() / 1000);
  }
}
