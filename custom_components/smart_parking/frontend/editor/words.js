/** The editor's texts in the user's language; numbers, times and kinds are the card's. */

import { Words, loadTexts } from "../card/words.js";

/** @typedef {import("../card/words.js").Store} Store */
/** @typedef {import("../card/words.js").Texts} Texts What the server sends. */
/** @typedef {{[Name in keyof Store]: Name extends `editor_${infer Key}` ? Key : never}[keyof Store]} Key */

/** Pause between attempts to load texts, in ms. */
const RETRY_MS = 1_000;

export class EditorWords {
  /** @type {Record<string, string | undefined>} */
  #texts;

  /** @param {import("../card/types").Hass} hass @param {Texts["texts"]} texts */
  constructor(hass, texts) {
    this.card = new Words(hass);
    this.#texts = texts;
  }

  /** Returns the words of a language, once they are there. @param {import("../card/types").Hass} hass */
  static async load(hass) {
    const { language } = hass.locale;
    await loadTexts(hass);
    for (;;) {
      try {
        /** @type {Texts} */
        const { texts } = await hass.connection.sendMessagePromise({
          type: "smart_parking/texts",
          language,
          of: "editor",
        });
        return new EditorWords(hass, texts);
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  }

  /** @param {Key} key @param {Record<string, string | number>} [values] */
  text(key, values = {}) {
    return (this.#texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
      String(values[name] ?? whole),
    );
  }

  /** Whether there is a text of a key. @param {string} key @returns {key is Key} */
  has(key) {
    return key in this.#texts;
  }

  /** @param {number} metres */
  metres(metres) {
    return `${this.card.number(Math.round(metres * 100) / 100)} m`;
  }
}
