/** The buttons that bring a plan nearer, or show all of it. */

import { html, svg } from "../shared/dom.js";

/**
 * @param {import("./words.js").Words} words
 * @param {import("./viewport.js").Viewport} viewport
 */
export function zoomButtons(words, viewport) {
  const button = (
    /** @type {import("./words.js").Key} */ key,
    /** @type {string} */ path,
    /** @type {() => void} */ click,
  ) =>
    html(
      "button",
      { type: "button", "aria-label": words.text(key), title: words.text(key), click },
      svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: path })),
    );
  return html(
    "div",
    { class: "zoom" },
    button("zoom_in", "M12 5V19M5 12H19", () => viewport.zoomIn()),
    button("zoom_out", "M5 12H19", () => viewport.zoomOut()),
    button("zoom_all", "M4 9V4H9M15 4H20V9M20 15V20H15M9 20H4V15", () => viewport.reset()),
  );
}
