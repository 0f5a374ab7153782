/**
 * Loader, part of every page of Home Assistant: it defines the cards and the dashboard, whose contents
 * are loaded when the first of them is used, and lets forms show the plan.
 *
 * It waits until the page has chosen its registry of elements: a page may replace `customElements` and
 * `HTMLElement` while it starts, and earlier definitions are lost then without an error.
 */

import { shell } from "./card/shell.js";
import { DOMAIN, entryOf } from "./card/lots.js";
import { followInAllForms } from "./form-preview.js";

const CARD = "smart-parking-card";
const HOURS = "smart-parking-hours-card";
const STATISTICS = "smart-parking-statistics-card";
const DASHBOARD = "ll-strategy-dashboard-smart-parking";
const DOCUMENTATION = "https://github.com/smart-parking/ha-smart-parking";
const VIEWS = ["plan", "compact", "sign", "owner"];
const PERIODS = ["day", "week", "month", "year"];
/** Names are needed only when a dashboard is edited, and not while the page starts. */
const LATER_MS = 5_000;

/** Keys of the texts in this file, with the texts that are used until the server has sent them. */
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

/** Requested texts, by the request. @type {Map<string, Promise<Texts>>} */
const asked = new Map();
/** Texts of this file, by language. @type {Map<string, Partial<Record<string, string>>>} */
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

/** Fetches the texts of this file. @param {string} language */
const listen = (language) =>
  ask(language, Object.keys(ENGLISH)).then(
    ({ texts }) => names.set(language, texts),
    () => {},
  );

/**
 * Returns a text in a language, else in the page's.
 * @param {Key} key
 * @param {string} [language]
 */
function text(key, language = document.documentElement.lang) {
  const found = names.get(language);
  if (!found) void listen(language);
  return found?.[key] || ENGLISH[key];
}

/**
 * Returns the card's module once it, the texts of a language, and simple styles for old browsers are
 * loaded.
 * @param {string} language
 */
async function common(language) {
  const isPlain = !CSS.supports("color", "color-mix(in srgb, red, red)");
  const [card, texts] = await Promise.all([
    import("./card/card.js"),
    ask(language).catch(() => undefined), // The card asks again by itself.
    isPlain && import("./card/plain.js"),
  ]);
  if (texts) card.takeTexts(language, texts);
  return card;
}

/**
 * Returns the message for a file that cannot be loaded: it is gone, or the browser cannot run it.
 * @param {unknown} error
 */
async function sentence(error) {
  await listen(document.documentElement.lang);
  return text(error instanceof SyntaxError ? "too_old" : "load_anew");
}

/**
 * Defines an element, unless an older version of this file has done so before an update: it stays until
 * the page is reloaded.
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

/** The card's element, with its settings form. */
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

/** The dashboard strategy for the existing lots. */
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
  void followInAllForms(window.customElements);

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
  // The texts are needed only when a user chooses a card.
  setTimeout(() => text("card_description"), LATER_MS);
}

void register();
