/**
 * What every page of Home Assistant loads: the names of the cards and of the dashboard. What is behind
 * them is loaded when the first of them is used.
 *
 * It waits until the page has chosen its registry of elements: a page may exchange `customElements` and
 * `HTMLElement` while it starts, and what was defined before is lost then without a word.
 */

import texts from "smart-parking:texts";
import { shell } from "./card/shell.js";
import { DOMAIN, entryOf } from "./lots.js";

const CARD = "smart-parking-card";
const HOURS = "smart-parking-hours-card";
const DASHBOARD = "ll-strategy-dashboard-smart-parking";
const DOCUMENTATION = "https://github.com/smart-parking/ha-smart-parking";
const VIEWS = ["plan", "compact", "sign", "owner"];

/** @typedef {import("smart-parking:texts").Key} Key */

/** @param {string} language @returns {string} Such as `de` for `de-CH`. */
const base = (language) => language.split("-")[0] ?? "";

/** Where the texts of a language are; English ones are with the card. @param {string} language */
const file = (language) => {
  const name = base(language);
  return name !== "en" && texts[name] ? `./texts/${name}.js` : undefined;
};

/**
 * A text in a language; in English when there is none in that. Without one, the page's is taken.
 * @param {Key} key
 * @param {string} [language]
 */
const text = (key, language = document.documentElement.lang) =>
  texts[base(language)]?.[key] ?? texts["en"]?.[key] ?? "";

/**
 * Return the card's file when the texts of a language are there as well, which come beside it, and
 * plainer styles where the browser needs them.
 * @param {string} language
 */
async function common(language) {
  const path = file(language);
  if (path) void import(path).catch(() => {});
  const isPlain = !CSS.supports("color", "color-mix(in srgb, red, red)");
  const [card] = await Promise.all([import("./card.js"), isPlain && import("./card/plain.js")]);
  await card.loadTexts(language);
  return card;
}

/**
 * What is read when a file cannot be had: it is gone from where this page has its own from, or the
 * browser does not understand it. The latter is so seldom that only its texts in English are here.
 * @param {unknown} error
 */
async function sentence(error) {
  if (!(error instanceof SyntaxError)) return text("load_anew");
  const path = file(document.documentElement.lang);
  const own = path && (await import(path).catch(() => undefined));
  return own?.default.too_old ?? text("too_old");
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
 * @param {import("./types").Hass} hass
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
      const [{ configForm }] = await Promise.all([import("./form.js"), common(language)]);
      return configForm(language);
    }

    static getStubConfig() {
      return { view: "plan" };
    }
  };

const hours = () =>
  shell({
    load: async (language) =>
      (await Promise.all([import("./hours.js"), common(language)]))[0].HoursCard,
    check({ entity }) {
      if (!entity) throw new Error("entity");
    },
    size: () => 5,
    grid: () => ({ columns: 12, rows: "auto", min_columns: 6 }),
    sentence,
  });

/** The dashboard that builds itself from the lots that there are. */
function strategy() {
  /** @type {typeof import("./strategy.js") | undefined} */
  let builder;
  return class extends HTMLElement {
    static noEditor = true;

    /** @param {import("./types").Hass} hass */
    static getCreateSuggestions(hass) {
      return { title: text("dashboard_name", hass.locale.language), icon: "mdi:parking" };
    }

    /** @param {[any, import("./types").Hass, import("./types").Hass]} change */
    static shouldRegenerate(...change) {
      return builder
        ? builder.shouldRegenerate(...change)
        : change[1].entities !== change[2].entities;
    }

    /** @param {any} config @param {import("./types").Hass} hass */
    static async generate(config, hass) {
      try {
        [builder] = await Promise.all([import("./strategy.js"), common(hass.locale.language)]);
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
}

void register();
