/** What an owner has drawn around the bays: the picture below, zones, roads, ramps and walls. */

import { escaped } from "../shared/dom.js";
import { grown } from "./geometry.js";
import { UNIT } from "./glyphs.js";

/** @typedef {import("./types").Surroundings} Surroundings */
/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {[number, number]} XY */

const ROAD_M = 5;
const RAMP_M = 4;
const ARROW_SPACING_M = 8;
/** Room beside lines. */
const LINE_MARGIN_M = 0.8;
/** For so long a picture can be fetched; it is fetched once. */
const SIGNED_S = 3_600;

const tenth = (/** @type {number} */ value) => Math.round(value * 10) / 10;
const at = (/** @type {number} */ x, /** @type {number} */ y) =>
  `${tenth(x * UNIT)} ${tenth(-y * UNIT)}`;

/** @param {XY[]} points */
const line = (points) => `M${points.map(([x, y]) => at(x, y)).join("L")}`;

/** @param {XY[]} points */
function arrows(points) {
  let marks = "";
  points.slice(1).forEach(([x2, y2], index) => {
    const [x1, y1] = /** @type {XY} */ (points[index]);
    const length = Math.hypot(x2 - x1, y2 - y1);
    const angle = (-Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    const count = length ? Math.max(1, Math.round(length / ARROW_SPACING_M)) : 0;
    for (let number = 0; number < count; number++) {
      const part = (number + 0.5) / count;
      const place = at(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part);
      marks += `<path class="road-arrow" d="M-12-12L8 0L-12 12" transform="translate(${place})rotate(${tenth(angle)})"/>`;
    }
  });
  return marks;
}

/**
 * What lies below where one drives, what one drives on, and what lies above that; all below the bays.
 * @param {Surroundings | undefined} around
 * @param {string} shown The level.
 * @param {import("./words.js").Words} words
 */
export function surroundingsMarkup(around, shown, words) {
  if (!around) return { below: "", roads: "", above: "" };
  const here = (/** @type {{level: string}} */ { level }) => level === shown;
  const lanes = around.lanes.filter(here);
  const zones = around.zones.filter(here);
  const below = zones.map(({ points }) => `<path class="zone" d="${line(points)}Z"/>`);
  const roads = lanes.map(
    ({ points }) => `<path class="road" d="${line(points)}" stroke-width="${ROAD_M * UNIT}"/>`,
  );
  const above = [
    ...lanes.filter((lane) => lane.one_way).map(({ points }) => arrows(points)),
    ...around.ramps.filter(here).map(({ x, y, to }) => {
      const half = (RAMP_M / 2) * UNIT;
      const name = to && `<text y="24" font-size="15">${escaped(words.level(to))}</text>`;
      return (
        `<g class="ramp" transform="translate(${at(x, y)})"><rect x="${-half}" y="${-half}" ` +
        `width="${2 * half}" height="${2 * half}" rx="6"/><path d="M-14 0L0-16L14 0"/>${name}</g>`
      );
    }),
    ...around.walls.filter(here).map(({ points }) => `<path class="wall" d="${line(points)}"/>`),
    ...zones.map(({ points, name }) => {
      const xs = points.map(([x]) => x);
      const top = Math.max(...points.map(([, y]) => y));
      const place = at((Math.min(...xs) + Math.max(...xs)) / 2, top);
      return `<text class="zone-name" font-size="15" transform="translate(${place})" y="5">${escaped(name)}</text>`;
    }),
  ];
  const hidden = 'class="around" aria-hidden="true"';
  return {
    below: `<g class="grounds" aria-hidden="true"></g><g ${hidden}>${below.join("")}</g>`,
    roads: roads.join(""),
    above: `<g ${hidden}>${above.join("")}</g>`,
  };
}

/**
 * What a level needs so that all of it is seen; the picture below need not be.
 * @param {Surroundings | undefined} around
 * @param {string} shown
 * @returns {Box[]}
 */
export function boxesAround(around, shown) {
  if (!around) return [];
  const lines = [...around.lanes, ...around.walls, ...around.zones];
  /** @type {Box[]} */
  const boxes = lines
    .filter(({ level }) => level === shown)
    .flatMap(({ points }) =>
      points.map(([x, y]) =>
        grown({ left: x, right: x, bottom: y, top: y }, LINE_MARGIN_M, LINE_MARGIN_M),
      ),
    );
  for (const { x, y, level } of around.ramps)
    if (level === shown)
      boxes.push(grown({ left: x, right: x, bottom: y, top: y }, RAMP_M / 2, RAMP_M / 2));
  return boxes;
}

/**
 * Shows the pictures below a level, as soon as they are there; without them all else works.
 * @param {SVGSVGElement} plan
 * @param {import("./types").ViewContext} context
 * @param {string} shown
 */
export async function showGrounds(plan, { state, hass }, shown) {
  const grounds = (state.surroundings?.grounds ?? []).filter(({ level }) => level === shown);
  const layer = plan.querySelector(".grounds");
  for (const { picture, x, y, w, h, turn, opacity } of grounds) {
    try {
      /** @type {{path: string}} */
      const { path } = await hass().connection.sendMessagePromise({
        type: "auth/sign_path",
        path: `/api/smart_parking/editor/${state.entryId}/picture/${picture}`,
        expires: SIGNED_S,
      });
      plan.classList.add("grounded");
      layer?.insertAdjacentHTML(
        "beforeend",
        `<image href="${escaped(path)}" x="${tenth((-w / 2) * UNIT)}" y="${tenth((-h / 2) * UNIT)}" ` +
          `width="${tenth(w * UNIT)}" height="${tenth(h * UNIT)}" preserveAspectRatio="none" ` +
          `opacity="${opacity}" transform="translate(${at(x, y)})rotate(${tenth(-turn)})"/>`,
      );
    } catch {
      // They may see the lot, and not this; or the connection is gone.
    }
  }
}
