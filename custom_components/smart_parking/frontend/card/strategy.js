/** Dashboard strategy: views from the existing lots. */

import { dashboard } from "./dashboard.js";
import { subscriptionOf } from "./subscription.js";
import { lotsOf } from "./lots.js";
import { loadTexts, Words } from "./words.js";

/** @typedef {import("./types").Hass} Hass */
/** @typedef {import("./lots.js").Lot} Lot */
/** @typedef {import("./dashboard.js").Config} Config */

/** The dashboard waits no longer than this for a lot that is not loaded. */
const PATIENCE_MS = 1_500;

/**
 * Entities change for many reasons; only lots that are added, removed or renamed matter.
 * @param {Config} _config
 * @param {Hass} before
 * @param {Hass} now
 */
export function shouldRegenerate(_config, before, now) {
  if (before.locale.language !== now.locale.language) return true;
  if (before.entities === now.entities && before.devices === now.devices) return false;
  return JSON.stringify(lotsOf(before)) !== JSON.stringify(lotsOf(now));
}

/**
 * @param {Config} _config
 * @param {Hass} hass
 */
export async function generate(_config, hass) {
  await loadTexts(hass);
  const words = new Words(hass);
  const lots = lotsOf(hass);
  const levels = await Promise.all(lots.map((lot) => levelsOf(hass, lot)));
  return dashboard(words, lots, levels, hass.user?.is_admin !== false);
}

/**
 * @param {Hass} hass
 * @param {Lot} lot
 * @returns {Promise<string[]>} Names of its levels, when there are several.
 */
function levelsOf(hass, lot) {
  const subscription = subscriptionOf(hass.connection, lot.entryId);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      queueMicrotask(() => unlisten());
      const names = subscription.state?.levelNames ?? [];
      resolve(names.length > 1 ? names : []);
    };
    const timer = setTimeout(done, PATIENCE_MS);
    const unlisten = subscription.listen(
      () => (subscription.state || subscription.status === "absent") && done(),
    );
    if (subscription.state) done();
  });
}
