/** What is wrong, in the user's words. */

/** @typedef {import("../card/types").Hass} Hass */
/** @typedef {import("./words.js").EditorWords} EditorWords */

/** What Home Assistant's pages call a lost connection. */
const CONNECTION_LOST = 3;

/**
 * What went wrong, in the user's words.
 * @param {Hass} hass
 * @param {EditorWords} words
 * @param {any} error
 */
export async function explain(hass, words, error) {
  const { translation_domain: domain, translation_key: key } = error ?? {};
  if (domain && key) {
    const said = await localize(hass, key, error.translation_placeholders ?? {});
    if (said) return said;
  }
  if ([error, error?.error?.code].includes(CONNECTION_LOST)) return words.card.text("lost_sign");
  return words.text("failed", { error: error?.message ?? "?" });
}

/** @param {Hass} hass @param {string} key @param {Record<string, string>} placeholders */
async function localize(hass, key, placeholders) {
  try {
    const say = await hass.loadBackendTranslation("exceptions", "smart_parking");
    return say(`component.smart_parking.exceptions.${key}.message`, placeholders);
  } catch {
    return "";
  }
}

/** @param {Hass} hass @param {EditorWords} words @param {import("./types").Problem} problem */
export async function explainProblem(hass, words, { key, placeholders }) {
  const own = `problem_${key}`;
  if (words.has(own)) return words.text(own, placeholders);
  return (await localize(hass, key, placeholders)) || key;
}
