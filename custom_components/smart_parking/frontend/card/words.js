/** Texts, numbers, times and distances in the user's language and formats. */

/** @typedef {import("./types").Hass} Hass */
/** @typedef {import("./types").Locale} Locale */
/** @typedef {typeof import("../../texts/en.json")} Store Texts that Python and the visitors' page use, too. */
/** @typedef {"left" | "right" | "ahead" | "ramp_up" | "ramp_down" | "ramp_other"} Shared */
/** @typedef {{[Name in keyof Store]: Name extends `card_${infer Key}` ? Key : never}[keyof Store] | Shared} Key */
/** @typedef {{[Name in Key]: Name extends `${infer Of}_one` ? Of : never}[Key]} Counted */
/** @typedef {{language: string, texts: Record<string, string | undefined>}} Texts Texts from the server. */

/** By the language that was asked for; the newest last. @type {Map<string, Texts>} */
const loaded = new Map();
/** @type {Map<string, Promise<boolean>>} */
const loading = new Map();

/** Pauses between attempts to load texts, in ms: the first, and the longest. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;

/** Time in ms for which the current day is cached. */
const TODAY_MS = 10_000;
const HOUR_S = 3_600;
const DAY_MIN = 1_440;

/** Languages that write numbers in Home Assistant's number formats. */
/** @type {Record<string, string | undefined>} */
const NUMBERS_LIKE = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
};

/**
 * Loads the texts of the user's language, or those that the server sends in place of them.
 * @param {{locale: Pick<Locale, "language">, connection: Hass["connection"]}} hass
 * @returns {Promise<boolean>} Whether new texts are loaded now.
 */
export function loadTexts({ locale, connection }) {
  const { language } = locale;
  if (loaded.has(language)) return Promise.resolve(false);
  let promise = loading.get(language);
  if (!promise) loading.set(language, (promise = load(connection, language)));
  return promise;
}

/** Stores texts that another part has received. @param {string} language @param {Texts} texts */
export function takeTexts(language, texts) {
  loaded.set(language, texts);
}

/** @param {Hass["connection"]} connection @param {string} language */
async function load(connection, language) {
  for (let pause = RETRY_MS; !loaded.has(language); pause = Math.min(2 * pause, RETRY_MAX_MS)) {
    try {
      const message = { type: "smart_parking/texts", language };
      loaded.set(language, await connection.sendMessagePromise(message));
    } catch {
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  loading.delete(language);
  return true;
}

/**
 * Returns the texts of a language, else those that were loaded last.
 * @param {string | undefined} language
 */
const textsOf = (language) => loaded.get(language ?? "") ?? [...loaded.values()].pop();

/**
 * Returns the text of a key; an empty text while none are loaded.
 * @param {string | undefined} language
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function text(language, key, values = {}) {
  const texts = textsOf(language)?.texts;
  return fill(texts && (texts[key] ?? key), values);
}

/** @param {string | undefined} text @param {Record<string, string | number>} values */
const fill = (text = "", values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

export class Words {
  /** @param {Pick<Hass, "locale" | "config" | "translationMetadata">} hass */
  constructor(hass) {
    const { locale } = hass;
    this.language = locale.language || "en";
    this.rtl = Boolean(hass.translationMetadata?.translations[this.language]?.isRTL);
    const texts = loaded.get(this.language);
    /** Whether texts are loaded. */
    this.ready = Boolean(texts);
    // The texts may be English in place of the language's own.
    const spoken = texts?.language ?? "en";
    const isOwn = this.language.split("-")[0]?.toLowerCase() === spoken;
    this.direction = this.rtl && isOwn ? "rtl" : "ltr";
    this.#plural = new Intl.PluralRules(spoken);
    const system = locale.number_format === "system";
    const numbers = system
      ? undefined
      : (NUMBERS_LIKE[locale.number_format ?? ""] ?? this.language);
    const options = { useGrouping: locale.number_format !== "none" };
    this.#number = new Intl.NumberFormat(numbers, options);
    this.#percent = new Intl.NumberFormat(numbers, { style: "percent" });
    // Names of units are in the language of the texts.
    const [metres, feet] = ["meter", "foot"].map(
      (unit) => new Intl.NumberFormat(isOwn ? numbers : "en", { ...options, style: "unit", unit }),
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

  #plural;
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

  /**
   * Returns a text in the language's plural form for a number.
   * @param {Counted} key
   * @param {number} count
   * @param {Record<string, string | number>} [values]
   */
  plural(key, count, values = {}) {
    const texts = textsOf(this.language)?.texts ?? {};
    const form = texts[`${key}_${this.#plural.select(count)}`] ?? texts[`${key}_other`];
    return fill(form, { count: this.number(count), ...values });
  }

  /** @param {string} key A key, if there is a text for it. @param {Key} other The key to use otherwise. */
  #known(key, other) {
    const known = textsOf(this.language)?.texts[key] !== undefined;
    return this.text(known ? /** @type {Key} */ (key) : other);
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
   * Returns a distance that the server has rounded.
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
   * Returns a remaining time in few characters.
   * @param {number} seconds
   */
  left(seconds) {
    if (seconds < HOUR_S)
      return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
    return this.span(seconds / 60, "narrow");
  }

  /**
   * Returns a duration in full minutes, hours or, from two on, days.
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

  /** Returns a full hour. @param {number} hour 0 to 23 */
  hour(hour) {
    return this.#hour.format(new Date(Date.UTC(2026, 0, 1, hour)));
  }

  /**
   * Returns a time of today, or a date and time.
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
    return this.#known(`fault_${fault}`, "fault_other");
  }

  /** @param {string} reason A server's error code. */
  absence(reason) {
    return this.#known(`absent_${reason}`, "absent");
  }

  /**
   * Returns the description of a bay for a screen reader.
   * @param {import("./lot-state.js").LotState} state
   * @param {number} index
   */
  bay(state, index) {
    const bay = /** @type {import("./types").Bay} */ (state.bays[index]);
    const code = /** @type {import("./types").StateCode} */ (state.codes[index]);
    const since = state.since[index];
    const fault = state.faults.get(index);
    const until = code === "h" && state.held.get(index);
    return [
      this.text("bay", { label: bay.label }),
      this.text(`state_${code}`),
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
    return textsOf(this.language)?.texts[`kind_${kind}`] ?? kind;
  }
}
