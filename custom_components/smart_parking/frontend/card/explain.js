/** What went wrong, in the user's words. */

/** How Home Assistant's pages call it. */
const CONNECTION_LOST = 3;

/**
 * @param {import("./types").Hass} hass
 * @param {import("./words.js").Words} words
 * @param {any} error As Home Assistant answers it.
 * @returns {Promise<string>}
 */
export async function explain(hass, words, error) {
  // Its library hands on the number, or a whole message with it.
  if ([error, error?.error?.code].includes(CONNECTION_LOST)) return words.text("lost_sign");
  const { translation_domain: domain, translation_key: key } = error ?? {};
  if (domain && key)
    try {
      const localize = await hass.loadBackendTranslation("exceptions", domain);
      const said = localize(
        `component.${domain}.exceptions.${key}.message`,
        error.translation_placeholders,
      );
      if (said) return said;
    } catch {
      // Then in the server's own words.
    }
  return words.text("failed", { error: error?.message ?? "?" });
}
