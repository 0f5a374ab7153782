/** The editor's texts in the user's language; numbers, times and kinds are the card's. */

import { Words, loadTexts } from "../words.js";
import en from "./texts/en.js";

/** @typedef {typeof en} Texts */
/** @typedef {keyof Texts} Key */

/** @type {Record<string, () => Promise<{default: Texts}>>} */
const OTHERS = {
  de: () => import("./texts/de.js"),
  es: () => import("./texts/es.js"),
  fr: () => import("./texts/fr.js"),
  hi: () => import("./texts/hi.js"),
  pl: () => import("./texts/pl.js"),
};

export const LANGUAGES = ["en", ...Object.keys(OTHERS)];

export class EditorWords {
  /** @type {Texts} */
  #texts = en;

  /** @param {import("../types").Hass} hass */
  constructor(hass) {
    this.card = new Words(hass);
  }

  /** Returns the words of a language, once they are there. @param {import("../types").Hass} hass */
  static async load(hass) {
    await loadTexts(hass.locale.language);
    const words = new EditorWords(hass);
    const base = (hass.locale.language || "en").split("-")[0]?.toLowerCase() ?? "en";
    try {
      words.#texts = (await OTHERS[base]?.())?.default ?? en;
    } catch {
      // Then in English.
    }
    return words;
  }

  /** @param {Key} key @param {Record<string, string | number>} [values] */
  text(key, values = {}) {
    return (this.#texts[key] ?? en[key]).replace(/\{(\w+)\}/g, (whole, name) =>
      String(values[name] ?? whole),
    );
  }

  /** Whether there is a text of a key. @param {string} key @returns {key is Key} */
  has(key) {
    return key in en;
  }

  /** @param {number} metres */
  metres(metres) {
    return `${this.card.number(Math.round(metres * 100) / 100)} m`;
  }
}
