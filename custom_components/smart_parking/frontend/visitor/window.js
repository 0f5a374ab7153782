/** Which part of a level is worth seeing, and how closely: chosen as the server does. */

import { grown, span } from "../geometry.js";
import { UNIT } from "../glyphs.js";

/** @typedef {import("../geometry.js").Box} Box */

/** Width to height. */
const TALLEST = 1.6;
const WIDEST = 3;
/** How wide plans are thought to be; what would be too small to read is left out. */
const WIDTH_PX = 1024;

/** Room around a level; in a bigger one around a way, or around a bay to which none is known. */
const MARGIN_M = 1.6;
export const SURROUNDINGS_M = 8;
export const SURROUNDINGS_ALONE_M = 15;
/** Where a metre is smaller than so many px, a flag tells which bay is meant. */
const FLAG_PX_M = 22;
/** A level is seen as a whole where it is at least this big; nothing is drawn bigger than this. */
const WHOLE_PX_M = 15;
const CLOSEST_PX_M = 44;

/** @param {{x: number, y: number}[]} points */
export const around = (points) =>
  points.map(({ x, y }) => ({ left: x, right: x, bottom: y, top: y }));

/** @param {Box} a @param {Box} b */
export const touches = (a, b) =>
  a.left <= b.right && b.left <= a.right && a.bottom <= b.top && b.bottom <= a.top;

export class Window {
  /** @param {Box} wanted */
  constructor({ left, right, bottom, top }) {
    const ratio = Math.min(Math.max((right - left) / (top - bottom), TALLEST), WIDEST);
    const width = Math.max(right - left, ratio * (top - bottom), WIDTH_PX / CLOSEST_PX_M);
    const [x, y, height] = [(left + right) / 2, (bottom + top) / 2, width / ratio];
    /** @type {Box} */
    this.box = grown({ left: x, right: x, bottom: y, top: y }, width / 2, height / 2);
  }

  /** How big a metre is seen. */
  get pxM() {
    return WIDTH_PX / (this.box.right - this.box.left);
  }

  /** Whether labels cannot be read on a phone. */
  get needsFlag() {
    return this.pxM < FLAG_PX_M;
  }

  /** How many units of the drawing look as long as so many px. @param {number} px */
  units(px) {
    return (px / this.pxM) * UNIT;
  }

  /** As SVG has it. */
  get viewBox() {
    const { left, right, bottom, top } = this.box;
    return [left, -top, right - left, top - bottom].map((m) => (m * UNIT).toFixed(1)).join(" ");
  }

  /** The least that shows this and more. @param {Box} more */
  with(more) {
    return new Window(/** @type {Box} */ (span([more, this.box])));
  }
}

/**
 * A window on a whole level, or on what is wanted where that is too big.
 * @param {Box} level
 * @param {Box | null} wanted
 */
export function choose(level, wanted) {
  const whole = grown(level, MARGIN_M, MARGIN_M);
  const window = new Window(whole);
  if (!wanted || window.pxM >= WHOLE_PX_M) return window;
  const chosen = new Window(wanted);
  const { left, right, bottom, top } = chosen.box;
  const dx = shift(left, right, whole.left, whole.right);
  const dy = shift(bottom, top, whole.bottom, whole.top);
  chosen.box = { left: left + dx, right: right + dx, bottom: bottom + dy, top: top + dy };
  return chosen;
}

/**
 * How to move a window so that it shows no emptiness beyond what there is to be seen.
 * @param {number} low
 * @param {number} high
 * @param {number} lowEnd
 * @param {number} highEnd
 */
function shift(low, high, lowEnd, highEnd) {
  if (high - low >= highEnd - lowEnd) return (lowEnd + highEnd - low - high) / 2;
  return Math.max(0, lowEnd - low) + Math.min(0, highEnd - high);
}
