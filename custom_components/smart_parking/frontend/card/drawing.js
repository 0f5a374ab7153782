/** Elements of a plan, as SVG markup: lanes, bays, gates, and the path of a route. */

import { escaped } from "../shared/dom.js";
import { aisles, along, direction } from "./geometry.js";
import { glyph, LABEL_AT, SYMBOLS, UNIT, VEHICLE_AT } from "./glyphs.js";

/** @typedef {import("./types").BayShape} Bay */
/** @typedef {import("./types").PublicGate} Gate */
/** @typedef {import("./types").StateCode} StateCode */

/** Radius of the route's corners. */
const BEND = 18;

/** @param {Bay[]} bays @param {string} roads Those that are drawn. */
export function laneMarkup(bays, roads) {
  const lanes = aisles(bays).map(({ left, right, bottom, top }) => {
    const [width, height] = [right - left, top - bottom];
    // Lanes reach a little out of their rows, to where the gates are.
    const [x, y] = width >= height ? [1, 0] : [0, 1];
    return (
      `<rect class="lane" rx="12" x="${(left - x) * UNIT}" y="${(-top - y) * UNIT + 3}" ` +
      `width="${(width + 2 * x) * UNIT}" height="${(height + 2 * y) * UNIT - 6}"/>`
    );
  });
  return `<g class="lanes">${lanes.join("")}${roads}</g>`;
}

/**
 * @param {import("./lot-state.js").LotState} state
 * @param {import("./words.js").Words} words
 * @param {number} index
 */
export function bayMarkup(state, words, index) {
  const bay = /** @type {Bay} */ (state.bays[index]);
  const turn = turnOf(bay);
  const [w, l] = [bay.w * UNIT, bay.l * UNIT];
  const gap = Math.min(2, w * 0.04);
  const at = along(bay, 0.5 + LABEL_AT);
  const [lx, ly] = [(at.x - bay.x) * UNIT, (bay.y - at.y) * UNIT];
  const sideways = Math.abs(Math.sin((turn * Math.PI) / 180));
  const room = (1 - sideways) * w + sideways * l * 0.32;
  const size = Math.min(18, 0.2 * l, (room * 0.8) / (0.62 * Math.max(2, bay.label.length)));
  const code = /** @type {StateCode} */ (state.codes[index]);
  const { path, transform } = glyph(bay, code, turn);
  const symbol = symbolOf(bay, code);
  return (
    `<g class="bay ${code}${symbol && ` ${bay.kind}`}" data-i="${index}" data-bay="${escaped(bay.label)}" role="button" ` +
    `tabindex="-1" aria-label="${escaped(words.bay(state, index))}" ` +
    `transform="translate(${bay.x * UNIT} ${-bay.y * UNIT})">` +
    `<rect class="b" rx="7" x="${-w / 2 + gap}" y="${-l / 2 + gap}" width="${w - 2 * gap}" ` +
    `height="${l - 2 * gap}"${turn ? ` transform="rotate(${turn})"` : ""}/>` +
    `<path class="g" d="${path}" transform="${transform}"/>` +
    (symbol &&
      `<path class="k${symbol.solid ? " solid" : ""}" d="${symbol.path}" transform="${symbol.transform}"/>`) +
    `<text x="${lx.toFixed(1)}" y="${(ly + size * 0.36).toFixed(1)}" ` +
    `font-size="${size.toFixed(1)}">${escaped(bay.label)}</text></g>`
  );
}

/**
 * @param {Gate} gate
 * @param {number} index
 */
export function gateMarkup(gate, index) {
  const sideways = Math.round(direction(gate).x);
  const anchor = sideways > 0 ? "start" : sideways < 0 ? "end" : "middle";
  const dx = -15 * sideways;
  const name = escaped(gate.name);
  return (
    `<g class="gate" data-g="${index}" transform="translate(${gate.x * UNIT} ${-gate.y * UNIT})">` +
    `<title>${name}</title><circle r="16"/>` +
    `<path d="M-5-7.5L7.5 0L-5 7.5Z" transform="rotate(${-gate.heading})"/>` +
    `<text text-anchor="${anchor}" x="${dx}" y="35" aria-hidden="true">${name}</text></g>`
  );
}

/** Degrees clockwise from nose up. @param {Bay} bay */
export const turnOf = (bay) => (((90 - bay.heading) % 360) + 360) % 360;

/**
 * Returns the symbol of a kind: big on a vacant bay, on the roof of a vehicle.
 * @param {Bay} bay
 * @param {StateCode} code
 */
export function symbolOf(bay, code) {
  const symbol = bay.kind === "standard" ? undefined : SYMBOLS[bay.kind];
  if (!symbol) return "";
  const onRoof = code === "o";
  const scale = Math.min(bay.w / 2.5, bay.l / 5) * (onRoof ? 0.62 : 1.25);
  const { x, y } = along(bay, 0.5 + VEHICLE_AT - (onRoof ? 0.045 : 0));
  const transform = `translate(${(x - bay.x) * UNIT} ${(bay.y - y) * UNIT})scale(${scale})`;
  return { ...symbol, transform };
}

/**
 * Returns a path through corners, rounded as a car drives.
 * @param {import("./types").Point[]} corners In metres.
 */
export function rounded(corners) {
  const points = corners.map(({ x, y }) => ({ x: x * UNIT, y: -y * UNIT }));
  let path = "";
  points.forEach((point, at) => {
    const before = points[at - 1];
    const after = points[at + 1];
    if (!before) path = `M${point.x} ${point.y}`;
    else if (!after) path += `L${point.x} ${point.y}`;
    else {
      const a = towards(point, before);
      const b = towards(point, after);
      path += `L${a.x} ${a.y}Q${point.x} ${point.y} ${b.x} ${b.y}`;
    }
  });
  return path;
}

/** @param {import("./types").Point} from @param {import("./types").Point} to */
function towards(from, to) {
  const distance = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(BEND, distance / 2) / distance;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
