/**
 * What Home Assistant's pages load. It waits until the page has chosen its registry of elements:
 * a page may exchange `customElements` and `HTMLElement` while it starts, and what was defined
 * before is lost then without a word.
 */

import { DOMAIN, entryOf } from "./lots.js";
import { loadTexts, text } from "./words.js";

const CARD = "smart-parking-card";
const HOURS = "smart-parking-hours-card";
const DASHBOARD = "ll-strategy-dashboard-smart-parking";
/** As long as no texts are there. */
const NAME = "Smart Parking";
const DOCUMENTATION = "https://github.com/smart-parking/ha-smart-parking";

/** Fetches the modules while the page starts; they run later. */
const LATER = ["./card.js", "./hours.js", "./strategy.js"];

for (const module of LATER)
  document.head.append(
    Object.assign(document.createElement("link"), {
      rel: "modulepreload",
      href: new URL(module, import.meta.url).href,
    }),
  );

/**
 * A text in the language that the page has by the time it is read.
 * @param {import("./words.js").Key} key
 */
function here(key) {
  const language = document.documentElement.lang;
  void window.hassConnection?.then(({ conn }) =>
    loadTexts({ locale: { language }, connection: conn }),
  );
  return text(language, key);
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
  const language = hass.locale.language;
  return /** @type {const} */ (["plan", "compact"]).map((view) => ({
    label: text(language, `view_${view}`),
    config: { ...config, view },
  }));
}

async function register() {
  if (document.querySelector("home-assistant"))
    await window.customElements.whenDefined("home-assistant");
  const [{ SmartParkingCard }, { HoursCard }, { SmartParkingDashboard }] = await Promise.all([
    import("./card.js"),
    import("./hours.js"),
    import("./strategy.js"),
  ]);
  define(CARD, SmartParkingCard);
  define(HOURS, HoursCard);
  define(DASHBOARD, SmartParkingDashboard);

  const cards = (window.customCards ??= []);
  if (!cards.some(({ type }) => type === CARD))
    cards.push({
      type: CARD,
      get name() {
        return here("card_name") || NAME;
      },
      get description() {
        return here("card_description");
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
        return here("dashboard_name") || NAME;
      },
      get description() {
        return here("dashboard_description");
      },
      documentationURL: DOCUMENTATION,
    });
  // By the time that somebody chooses among them.
  here("card_description");
}

void register();
