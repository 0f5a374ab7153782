/** Messages for errors, in the user's language. */

/** Error code of Home Assistant's frontend. */
const CONNECTION_LOST = 3;

/**
 * @param {import("./types").Hass} hass
 * @param {import("./words.js").Words} words
 * @param {any} error As Home Assistant answers it.
 * @returns {Promise<string>}
 */
export async function explain(hass, words, error) {
  // The library rejects with the number, or with a whole message that contains it.
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
      // The server's own message is used then.
    }
  return words.text("failed", { error: error?.message ?? "?" });
}
