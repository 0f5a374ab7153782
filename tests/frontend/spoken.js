/** The card's texts in a language, as the server sends them. */

import { existsSync, readFileSync } from "node:fs";

import { loadTexts } from "../../custom_components/smart_parking/frontend/card/words.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Connection} Connection */
/** @typedef {import("../../custom_components/smart_parking/frontend/card/words.js").Texts} Texts */

const FOLDER = new URL("../../custom_components/smart_parking/texts/", import.meta.url);
const SHARED = ["left", "right", "ahead", "ramp_up", "ramp_down", "ramp_other"];

/** @param {string} language */
const file = (language) => new URL(`${language}.json`, FOLDER);

/** @param {string} asked @returns {Texts} */
export function sent(asked) {
  const base = asked.split("-")[0] ?? "";
  const language = existsSync(file(base)) ? base : "en";
  /** @type {Record<string, string>} */
  const store = JSON.parse(readFileSync(file(language), "utf8"));
  const texts = Object.entries(store).flatMap(([key, text]) =>
    key.startsWith("card_") || SHARED.includes(key) ? [[key.replace(/^card_/, ""), text]] : [],
  );
  return { language, texts: Object.fromEntries(texts) };
}

/**
 * @param {string} [language]
 * @param {(language: string) => Texts | Promise<Texts>} [answer]
 */
export function speak(language = "en", answer = sent) {
  const connection = /** @type {any} */ ({
    sendMessagePromise: async (/** @type {{type: string, language: string}} */ message) => {
      if (message.type !== "smart_parking/texts") throw new Error(message.type);
      return answer(message.language);
    },
  });
  return loadTexts({ locale: { language }, connection });
}
