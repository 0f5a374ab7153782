/** Texts, numbers, times and distances as Home Assistant's user wants them. */

import en from "./texts/en.js";

/** @typedef {typeof en} Texts */
/** @typedef {keyof Texts} Key */
/** @typedef {import("./types").Hass} Hass */
/** @typedef {import("./types").Locale} Locale */

/** @type {Record<string, () => Promise<{default: Texts}>>} */
const OTHERS = {
  de: () => import("./texts/de.js"),
  es: () => import("./texts/es.js"),
  fr: () => import("./texts/fr.js"),
  hi: () => import("./texts/hi.js"),
};

export const LANGUAGES = ["en", ...Object.keys(OTHERS)];

/** @type {Map<string, Texts>} */
const loaded = new Map([["en", en]]);

/** What day it is, is looked up anew after this. */
const TODAY_MS = 10_000;
const HOUR_S = 3_600;
const DAY_MIN = 1_440;

/** Home Assistant's names of number formats, as languages that write so. */
/** @type {Record<string, string | undefined>} */
const NUMBERS_LIKE = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
};

/** @param {string | undefined} language */
const base = (language) => (language ?? "en").split("-")[0]?.toLowerCase() ?? "en";

/**
 * Loads the texts of a language, if there are any.
 * @param {string | undefined} language
 * @returns {Promise<boolean>} Whether something new is there now.
 */
export async function loadTexts(language) {
  const name = base(language);
  const load = OTHERS[name];
  if (!load || loaded.has(name)) return false;
  try {
    loaded.set(name, (await load()).default);
    return true;
  } catch {
    return false;
  }
}

/**
 * The text of a key; in English while or when its language is not there.
 * @param {string | undefined} language
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function text(language, key, values = {}) {
  const found = loaded.get(base(language))?.[key] ?? en[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

export class Words {
  /** @param {Pick<Hass, "locale" | "config" | "translationMetadata">} hass */
  constructor(hass) {
    const { locale } = hass;
    this.language = locale.language || "en";
    this.rtl = Boolean(hass.translationMetadata?.translations[this.language]?.isRTL);
    /** The direction of texts, which may be English in place of the language's own. */
    this.direction = this.rtl && loaded.has(base(this.language)) ? "rtl" : "ltr";
    const system = locale.number_format === "system";
    const numbers = system
      ? undefined
      : (NUMBERS_LIKE[locale.number_format ?? ""] ?? this.language);
    const options = { useGrouping: locale.number_format !== "none" };
    this.#number = new Intl.NumberFormat(numbers, options);
    this.#percent = new Intl.NumberFormat(numbers, { style: "percent" });
    // Units are words, and go with the other words.
    const hasTexts = LANGUAGES.includes(base(this.language));
    const [metres, feet] = ["meter", "foot"].map(
      (unit) =>
        new Intl.NumberFormat(hasTexts ? numbers : "en", { ...options, style: "unit", unit }),
    );
    this.#distance = { metres, feet };
    /** @type {Intl.DateTimeFormatOptions} */
    const clock = {
      timeZone: locale.time_zone === "server" ? hass.config.time_zone : undefined,
      ...(locale.time_format === "12" || locale.time_format === "24"
        ? { hourCycle: locale.time_format === "12" ? "h12" : "h23" }
        : {}),
    };
    const zone = locale.time_format === "system" ? undefined : this.language;
    this.#time = new Intl.DateTimeFormat(zone, { ...clock, hour: "numeric", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(zone, {
      ...clock,
      dateStyle: "medium",
      timeStyle: "short",
    });
    this.#hour = new Intl.DateTimeFormat(zone, {
      ...clock,
      timeZone: "UTC",
      hour: "numeric",
      minute: "2-digit",
    });
    this.#day = new Intl.DateTimeFormat(undefined, { timeZone: clock.timeZone });
  }

  #number;
  #percent;
  #distance;
  #time;
  #date;
  #hour;
  #day;
  #today = "";
  #todayAt = 0;

  /** @param {Key} key @param {Record<string, string | number>} [values] */
  text(key, values) {
    return text(this.language, key, values);
  }

  /** @param {number} value */
  number(value) {
    return this.#number.format(value);
  }

  /** @param {number} share 0 to 1 */
  percent(share) {
    return this.#percent.format(share);
  }

  /**
   * A distance as the server has rounded it.
   * @param {number} distance
   * @param {"metres" | "feet"} unit
   */
  distance(distance, unit) {
    return (this.#distance[unit] ?? this.#number).format(distance);
  }

  /** @param {Date} date */
  time(date) {
    return this.#time.format(date);
  }

  /**
   * How long something is still to last, in few letters.
   * @param {number} seconds
   */
  left(seconds) {
    if (seconds < HOUR_S)
      return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
    return this.span(seconds / 60, "narrow");
  }

  /**
   * A length of time in full minutes, hours or, from two on, days.
   * @param {number} minutes
   * @param {"short" | "narrow"} [unitDisplay]
   */
  span(minutes, unitDisplay = "short") {
    const [unit, length] =
      minutes < 60 ? ["minute", 1] : minutes < 2 * DAY_MIN ? ["hour", 60] : ["day", DAY_MIN];
    const value = Math.floor(minutes / /** @type {number} */ (length));
    return new Intl.NumberFormat(this.language, {
      style: "unit",
      unit: /** @type {string} */ (unit),
      unitDisplay,
    }).format(value);
  }

  /** A full hour. @param {number} hour 0 to 23 */
  hour(hour) {
    return this.#hour.format(new Date(Date.UTC(2026, 0, 1, hour)));
  }

  /**
   * A time of today, or a date and time.
   * @param {number} epochS
   */
  moment(epochS) {
    const date = new Date(epochS * 1000);
    const now = Date.now();
    if (Math.abs(now - this.#todayAt) > TODAY_MS)
      [this.#todayAt, this.#today] = [now, this.#day.format(now)];
    return (this.#day.format(date) === this.#today ? this.#time : this.#date).format(date);
  }

  /** @param {string} level */
  level(level) {
    return /^-?\d+$/.test(level) ? this.text("level", { level }) : level;
  }

  /** @param {string} fault */
  fault(fault) {
    const key = /** @type {Key} */ (`fault_${fault}`);
    return this.text(key in en ? key : "fault_other");
  }

  /**
   * @param {string} reason A server's error code.
   */
  absence(reason) {
    const key = /** @type {Key} */ (`absent_${reason}`);
    return this.text(key in en ? key : "absent");
  }

  /**
   * What a screen reader says of a bay.
   * @param {import("./lot-state.js").LotState} state
   * @param {number} index
   */
  bay(state, index) {
    const bay = /** @type {import("./types").Bay} */ (state.bays[index]);
    const letter = /** @type {import("./types").Letter} */ (state.letters[index]);
    const since = state.since[index];
    const fault = state.faults.get(index);
    const until = letter === "h" && state.held.get(index);
    return [
      this.text("bay", { label: bay.label }),
      this.text(`state_${letter}`),
      until && this.text("until", { time: this.moment(until) }),
      fault && this.fault(fault),
      bay.kind !== "standard" && this.kind(bay.kind),
      since && this.text("since", { time: this.moment(since) }),
    ]
      .filter(Boolean)
      .join(", ");
  }

  /** @param {string} kind */
  kind(kind) {
    const key = /** @type {Key} */ (`kind_${kind}`);
    return key in en ? this.text(key) : kind;
  }
}
