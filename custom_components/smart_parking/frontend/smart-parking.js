/**
 * What every page of Home Assistant loads: the names of the cards and of the dashboard. What is behind
 * them is loaded when the first of them is used.
 *
 * It waits until the page has chosen its registry of elements: a page may exchange `customElements` and
 * `HTMLElement` while it starts, and what was defined before is lost then without a word.
 */

import { shell } from "./card/shell.js";
import { DOMAIN, entryOf } from "./card/lots.js";

const CARD = "smart-parking-card";
const HOURS = "smart-parking-hours-card";
const STATISTICS = "smart-parking-statistics-card";
const DASHBOARD = "ll-strategy-dashboard-smart-parking";
const DOCUMENTATION = "https://github.com/smart-parking/ha-smart-parking";
const VIEWS = ["plan", "compact", "sign", "owner"];
const PERIODS = ["day", "week", "month", "year"];
/** Names are for those who edit a dashboard: nobody needs them while the page starts. */
const LATER_MS = 5_000;

/** What is said here, and how as long as the server has not been heard of it. */
const ENGLISH = {
  card_name: "Smart Parking",
  card_description: "",
  card_statistics_name: "Parking statistics",
  card_statistics_description: "",
  dashboard_name: "Smart Parking",
  dashboard_description: "",
  load_anew: "Load this page anew.",
  too_old: "This browser is too old.",
  view_plan: "Plan",
  view_compact: "Compact",
};

/** @typedef {keyof typeof ENGLISH} Key */
/** @typedef {import("./card/words.js").Texts} Texts */

/** Texts that were asked for, by what was asked. @type {Map<string, Promise<Texts>>} */
const asked = new Map();
/** What is said here, by language. @type {Map<string, Partial<Record<string, string>>>} */
const names = new Map();

/**
 * @param {string} language
 * @param {string[]} [keys] All, when left out.
 * @returns {Promise<Texts>}
 */
function ask(language, keys) {
  const message = { type: `${DOMAIN}/texts`, language, ...(keys && { keys }) };
  const of = JSON.stringify(message);
  const before = asked.get(of);
  if (before) return before;
  const answer = Promise.resolve(window.hassConnection).then((made) => {
    if (!made) throw new Error("There is no connection");
    return /** @type {Promise<Texts>} */ (made.conn.sendMessagePromise(message));
  });
  asked.set(of, answer);
  answer.catch(() => asked.delete(of));
  return answer;
}

/** Fetches what is said here. @param {string} language */
const listen = (language) =>
  ask(language, Object.keys(ENGLISH)).then(
    ({ texts }) => names.set(language, texts),
    () => {},
  );

/**
 * A text in a language, else the page's.
 * @param {Key} key
 * @param {string} [language]
 */
function text(key, language = document.documentElement.lang) {
  const found = names.get(language);
  if (!found) void listen(language);
  return found?.[key] || ENGLISH[key];
}

/**
 * Return the card's file, when the texts of a language have come beside it, and plainer styles where the
 * browser needs them.
 * @param {string} language
 */
async function common(language) {
  const isPlain = !CSS.supports("color", "color-mix(in srgb, red, red)");
  const [card, texts] = await Promise.all([
    import("./card/card.js"),
    ask(language).catch(() => undefined), // The card goes on asking.
    isPlain && import("./card/plain.js"),
  ]);
  if (texts) card.takeTexts(language, texts);
  return card;
}

/**
 * What is read when a file cannot be had: it is gone from where this page has its own from, or the
 * browser does not understand it.
 * @param {unknown} error
 */
async function sentence(error) {
  await listen(document.documentElement.lang);
  return text(error instanceof SyntaxError ? "too_old" : "load_anew");
}

/**
 * An older version of this file may be on the page already, from before an update: then it stays
 * until the page is loaded anew.
 * @param {string} name
 * @param {CustomElementConstructor} element
 */
function define(name, element) {
  if (!window.customElements.get(name)) window.customElements.define(name, element);
}

/**
 * Offers the card for entities of a lot.
 * @param {import("./card/types").Hass} hass
 * @param {string} entityId
 */
function suggestion(hass, entityId) {
  const entity = hass.entities[entityId];
  if (entity?.platform !== DOMAIN || entity.entity_category) return null;
  const entryId = entryOf(hass, entity);
  const config = { type: `custom:${CARD}`, ...(entryId ? { entry_id: entryId } : {}) };
  return /** @type {const} */ (["plan", "compact"]).map((view) => ({
    label: text(`view_${view}`, hass.locale.language),
    config: { ...config, view },
  }));
}

/** The card's element, which knows its settings. */
const card = () =>
  class extends shell({
    load: async (language) => (await common(language)).LotCard,
    check({ view }) {
      if (view !== undefined && !VIEWS.includes(view)) throw new Error(`view: ${VIEWS.join(", ")}`);
    },
    size: ({ view = "plan" }) => ({ compact: 1, sign: 8, owner: 10 })[String(view)] ?? 7,
    grid: ({ view }) => ({
      columns: view === "sign" ? "full" : 12,
      rows: "auto",
      min_columns: 6,
    }),
    sentence,
  }) {
    static async getConfigForm() {
      const language = document.documentElement.lang;
      const [{ configForm }] = await Promise.all([import("./card/form.js"), common(language)]);
      return configForm(language);
    }

    static getStubConfig() {
      return { view: "plan" };
    }
  };

const hours = () =>
  shell({
    load: async (language) =>
      (await Promise.all([import("./card/hours.js"), common(language)]))[0].HoursCard,
    check({ entity }) {
      if (!entity) throw new Error("entity");
    },
    size: () => 5,
    grid: () => ({ columns: 12, rows: "auto", min_columns: 6 }),
    sentence,
  });

const statistics = () =>
  class extends shell({
    load: async (language) =>
      (await Promise.all([import("./statistics/statistics.js"), common(language)]))[0]
        .StatisticsCard,
    check({ period = "week" }) {
      if (!PERIODS.includes(period)) throw new Error(`period: ${PERIODS.join(", ")}`);
    },
    size: () => 20,
    grid: () => ({ columns: "full", rows: "auto", min_columns: 6 }),
    sentence,
  }) {
    static getStubConfig() {
      return {};
    }
  };

/** The dashboard that builds itself from the lots that there are. */
function strategy() {
  /** @type {typeof import("./card/strategy.js") | undefined} */
  let builder;
  return class extends HTMLElement {
    static noEditor = true;

    /** @param {import("./card/types").Hass} hass */
    static async getCreateSuggestions({ locale: { language } }) {
      await listen(language);
      return { title: text("dashboard_name", language), icon: "mdi:parking" };
    }

    /** @param {[any, import("./card/types").Hass, import("./card/types").Hass]} change */
    static shouldRegenerate(...change) {
      return Boolean(builder?.shouldRegenerate(...change));
    }

    /** @param {any} config @param {import("./card/types").Hass} hass */
    static async generate(config, hass) {
      try {
        [builder] = await Promise.all([import("./card/strategy.js"), common(hass.locale.language)]);
      } catch (error) {
        console.error(error);
        return { views: [{ cards: [{ type: "markdown", content: await sentence(error) }] }] };
      }
      return builder.generate(config, hass);
    }
  };
}

async function register() {
  if (document.querySelector("home-assistant"))
    await window.customElements.whenDefined("home-assistant");
  define(CARD, card());
  define(HOURS, hours());
  define(STATISTICS, statistics());
  define(DASHBOARD, strategy());

  const cards = (window.customCards ??= []);
  if (!cards.some(({ type }) => type === CARD))
    cards.push({
      type: CARD,
      get name() {
        return text("card_name");
      },
      get description() {
        return text("card_description");
      },
      preview: true,
      documentationURL: DOCUMENTATION,
      getEntitySuggestion: suggestion,
    });
  if (!cards.some(({ type }) => type === STATISTICS))
    cards.push({
      type: STATISTICS,
      get name() {
        return text("card_statistics_name");
      },
      get description() {
        return text("card_statistics_description");
      },
      documentationURL: DOCUMENTATION,
    });
  const strategies = (window.customStrategies ??= []);
  if (!strategies.some(({ type }) => type === "smart-parking"))
    strategies.push({
      type: "smart-parking",
      strategyType: "dashboard",
      get name() {
        return text("dashboard_name");
      },
      get description() {
        return text("dashboard_description");
      },
      documentationURL: DOCUMENTATION,
    });
  // By the time that somebody chooses among them.
  setTimeout(() => text("card_description"), LATER_MS);
}

void register();
