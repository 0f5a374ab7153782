/** The plan, with how much each bay is used: as a colour, and as a number. */

import { laneMarkup } from "../card/drawing.js";
import { boxOf, grown, span } from "../card/geometry.js";
import { UNIT } from "../card/glyphs.js";
import { svg } from "../shared/dom.js";

/** @typedef {import("../card/types").Bay} Bay */

/** More bays than these have no room for numbers. */
const NUMBERS_MAX = 160;
const MARGIN_M = 0.6;
/** On a dark page, letters on what is hotter than this are dark. */
const DEEP = 0.72;

/**
 * @typedef {object} Heat
 * @property {string} short What stands in the bay.
 * @property {string} title
 * @property {number | null} share Of the hottest, 0 to 1.
 */

/**
 * @param {Bay[]} bays Of one level.
 * @param {Map<string, Heat>} heats By the id of a bay.
 * @param {string} label
 */
export function heatMap(bays, heats, label) {
  const box = span(bays.map(boxOf));
  if (!box) return null;
  const { left, right, bottom, top } = grown(box, MARGIN_M, MARGIN_M);
  const drawn = svg("svg", {
    class: "heat",
    role: "img",
    "aria-label": label,
    viewBox: [left, -top, right - left, top - bottom].map((one) => one * UNIT).join(" "),
  });
  drawn.innerHTML = laneMarkup(bays, "");
  for (const bay of bays) {
    const heat = heats.get(bay.id);
    const share = heat?.share ?? null;
    const [w, l] = [bay.w * UNIT, bay.l * UNIT];
    const size = Math.min(15, w * 0.36);
    const group = svg(
      "g",
      {
        class: share === null ? "unknown" : share > DEEP ? "deep" : "",
        transform: `translate(${bay.x * UNIT} ${-bay.y * UNIT})`,
      },
      svg("title", {}, heat?.title ?? bay.label),
      svg("rect", {
        x: -w / 2 + 1.5,
        y: -l / 2 + 1.5,
        width: w - 3,
        height: l - 3,
        rx: 5,
        transform: `rotate(${90 - bay.heading})`,
        "fill-opacity": share === null ? 0 : (0.1 + 0.9 * share).toFixed(3),
      }),
    );
    if (bays.length <= NUMBERS_MAX) {
      const width = Math.abs(Math.sin((bay.heading * Math.PI) / 180)) > 0.5 ? w : l;
      const fits = (/** @type {string} */ text) =>
        Math.min(size, (width * 0.92) / (0.58 * Math.max(1, text.length)));
      const short = heat?.short ?? "";
      group.append(
        svg("text", { class: "value", y: 1, "font-size": fits(short).toFixed(1) }, short),
        svg(
          "text",
          { class: "label", y: 18, "font-size": (fits(bay.label) * 0.8).toFixed(1) },
          bay.label,
        ),
      );
    }
    drawn.append(group);
  }
  return drawn;
}
