/** Glyphs: vehicles, patterns of states and symbols of kinds, as SVG paths. */

import { svg } from "../shared/dom.js";

/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").StateCode} StateCode */

/** Path units per metre. */
export const UNIT = 20;

/** A car from above, nose up, 56 long: body, windows (holes) and mirrors. */
const CAR =
  "M-12-13C-12-25-8-28 0-28S12-25 12-13V20C12 26 9 28 0 28S-12 26-12 20Z" +
  "M-9.5-10C-5-13.5 5-13.5 9.5-10L8-3C3-5 -3-5 -8-3Z" +
  "M-8.5 19C-4 21.5 4 21.5 8.5 19L7.5 13C3 14.5-3 14.5-7.5 13Z" +
  "M-12-8.5L-15.5-6.5V-4.5L-12-5ZM12-8.5L15.5-6.5V-4.5L12-5Z";

const MOTORCYCLE =
  "M-2.5-22C-2.5-26 2.5-26 2.5-22V-12L11-9V-6.5L4-8V10L2.5 14V22C2.5 26-2.5 26-2.5 22V14L-4 10V-8L-11-6.5V-9L-2.5-12Z";

const QUESTION = "M-6.5-6.5A6.5 6.5 0 1 1 3.2-1C.8.5 0 1.6 0 4.5M0 10.6V10.7";

/** Symbols in a box of 24 around the origin. */
/** @type {Record<Exclude<Kind, "standard">, {path: string, solid?: boolean}>} */
export const SYMBOLS = {
  accessible: {
    path:
      "M-3.6-9.4a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0" +
      "M-2.1-5.2L-1.6 1.6H4.4L7.6 8.8L9.6 8M-1.8-2.2H3.6M-5.2-.6A5.9 5.9 0 1 0 4 6.4",
  },
  ev: { path: "M2.5-11L-7 1.8H-.8L-2.5 11L7-1.8H.8Z", solid: true },
  family: {
    path:
      "M-6-8.6a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0M-4.4-4.2V3M-4.4 3L-6.6 10M-4.4 3L-2.2 10" +
      "M-8.6 1L-4.4-4L1.6 1.6M4-2.6a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0" +
      "M5.3 1.4V5.4L3.6 10M5.3 5.4L7 10M1.6 1.6L5.3 2L8.6 4.6",
  },
  motorcycle: {
    path:
      "M-10.5 4.4a3.7 3.7 0 1 0 7.4 0a3.7 3.7 0 1 0-7.4 0M3.1 4.4a3.7 3.7 0 1 0 7.4 0a3.7 3.7 0 1 0-7.4 0" +
      "M-6.8 4.4L-2.6-1.6H4L6.8 4.4M4-1.6L2-6.4H-1.4M-2.6-1.6L-7.4-3.4M-2.6-1.6L1 4.4H-6.8",
  },
  staff: {
    path:
      "M-6-7.4H6Q8-7.4 8-5.4V8Q8 10 6 10H-6Q-8 10-8 8V-5.4Q-8-7.4-6-7.4ZM-2.4-7.4V-10.4H2.4V-7.4" +
      "M-2-1.4a2 2 0 1 0 4 0a2 2 0 1 0-4 0M-4.4 6.4C-4 2.6 4 2.6 4.4 6.4",
  },
};

/**
 * Lines at 45° inside a rectangle around the origin.
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @param {1 | -1} slope
 */
function lines(width, height, gap, slope) {
  const [x, y] = [width / 2, height / 2];
  let out = "";
  for (let c = -x - y + gap / 2; c < x + y; c += gap) {
    const from = Math.max(-x, c - y);
    const to = Math.min(x, c + y);
    if (to - from < 1) continue;
    out += `M${from.toFixed(1)} ${(slope * (c - from)).toFixed(1)}L${to.toFixed(1)} ${(slope * (c - to)).toFixed(1)}`;
  }
  return out;
}

/**
 * Distance from the middle, as a share of the length: vehicle towards the nose, label to the mouth.
 */
export const VEHICLE_AT = 0.13;
export const LABEL_AT = -0.33;

/** @type {Map<string, string>} */
const patterns = new Map();

/** @param {StateCode} code @param {number} width @param {number} height */
function pattern(code, width, height) {
  const key = `${code}${width},${height}`;
  let path = patterns.get(key);
  if (path === undefined) {
    path = lines(width - 8, height - 8, code === "h" ? 13 : 11, 1);
    if (code === "x") path += lines(width - 8, height - 8, 11, -1);
    patterns.set(key, path);
  }
  return path;
}

/**
 * Returns the glyph of a bay's state, and its transform.
 * @param {import("./types").BayShape} bay
 * @param {StateCode} code
 * @param {number} turn Degrees clockwise from nose up.
 * @returns {{path: string, transform: string}}
 */
export function glyph(bay, code, turn) {
  const [width, length] = [bay.w * UNIT, bay.l * UNIT];
  const scale = Math.min(width / 50, length / 100);
  const down = -VEHICLE_AT * length;
  const turned = `rotate(${turn})`;
  if (code === "o")
    return {
      path: bay.kind === "motorcycle" ? MOTORCYCLE : CAR,
      transform: `${turned}translate(0 ${down})scale(${scale})`,
    };
  if (code === "u")
    return {
      path: QUESTION,
      transform: `${turned}translate(0 ${down})rotate(${-turn})scale(${1.15 * scale})`,
    };
  if (code === "v") return { path: "", transform: turned };
  return { path: pattern(code, width, length), transform: turned };
}

/**
 * Returns a symbol for text: of a kind, or of a gate.
 * @param {Kind | "gate"} name
 */
export function icon(name) {
  const root = svg("svg", {
    class: `icon ${name}`,
    viewBox: "-12 -12 24 24",
    "aria-hidden": "true",
  });
  if (name === "gate")
    root.append(
      svg("circle", { r: 11, class: "disc" }),
      svg("path", { d: "M-3.5-5.5L5 0L-3.5 5.5Z" }),
    );
  else if (name !== "standard") {
    const { path, solid } = SYMBOLS[name];
    root.append(svg("path", { d: path, class: solid ? "solid" : "line" }));
  }
  return root;
}

/**
 * Returns a small bay for the legend.
 * @param {StateCode} code
 */
export function sample(code) {
  const bay = /** @type {import("./types").BayShape} */ ({ w: 0.9, l: 0.9, kind: "standard" });
  const root = svg("svg", { class: "sample", viewBox: "-10 -10 20 20", "aria-hidden": "true" });
  const body = svg("rect", { class: "b", x: -8, y: -8, width: 16, height: 16, rx: 4 });
  /** @type {Record<StateCode, string>} */
  const path = {
    v: "",
    o: "M-4-2C-4-7 4-7 4-2V4C4 6-4 6-4 4ZM-2.7-1.2C-1-2.2 1-2.2 2.7-1.2L2.2 1H-2.2Z",
    h: lines(bay.w * UNIT - 4, bay.l * UNIT - 4, 5, 1),
    x: lines(14, 14, 5, 1) + lines(14, 14, 5, -1),
    u: "M-2.4-2.4A2.4 2.4 0 1 1 1-.4C.2.2 0 .6 0 1.6M0 4.1V4.2",
  };
  root.append(svg("g", { class: code }, body, svg("path", { class: "g", d: path[code] })));
  return root;
}
