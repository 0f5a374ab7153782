/** What must be read at a glance: the flag of a bay, and a note in a corner. */

import { escaped } from "../dom.js";
import { along, direction, grown } from "../geometry.js";
import { UNIT } from "../glyphs.js";

/** @typedef {import("../geometry.js").Box} Box */
/** @typedef {import("./types").Bay} Bay */
/** @typedef {import("./window.js").Window} Window */

/** How big letters must be to be read, in px of a plan 1024 wide. */
const FLAG_PX = 64;
const NOTE_PX = 34;
const LETTER = 0.62;

/** The flag's foot stands in its bay, and it hangs so far beyond the bay's end. */
const FOOT_AT = 0.3;
const AWAY_M = 0.3;

/** @param {number} value */
const n = (value) => String(Math.round(value * 10) / 10);

/** How wide and high a board is. @param {string} text @param {number} size */
const room = (text, size) => [(LETTER * Math.max(2, text.length) + 0.7) * size, 1.35 * size];

/**
 * Where a bay's flag hangs, as big as a window asks for.
 * @param {Bay} bay
 * @param {Window} window
 * @returns {Box}
 */
export function flagBox(bay, window) {
  const [width = 0, height = 0] = room(bay.label, window.units(FLAG_PX) / UNIT);
  const ahead = direction(bay);
  const away = bay.l / 2 + AWAY_M + (Math.abs(ahead.x) * width + Math.abs(ahead.y) * height) / 2;
  const { x, y } = along(bay, 0.5 + away / bay.l);
  const middle = { left: x, right: x, bottom: y, top: y };
  return grown(middle, width / 2 + AWAY_M, height / 2 + AWAY_M);
}

/**
 * A bay's label, big, at the end of the bay, so that it keeps out of the way.
 * @param {Bay} bay
 * @param {Window} window
 */
export function flag(bay, window) {
  const { left, right, bottom, top } = flagBox(bay, window);
  const [x, y] = [((left + right) / 2) * UNIT, (-(bottom + top) / 2) * UNIT];
  const foot = along(bay, 0.5 + FOOT_AT);
  const [tipX, tipY] = [foot.x * UNIT, -foot.y * UNIT];
  const size = window.units(FLAG_PX);
  const part = (0.35 * size) / (Math.hypot(tipX - x, tipY - y) || 1);
  const [asideX, asideY] = [(tipY - y) * part, (x - tipX) * part];
  const tip =
    `M${n(x + asideX)} ${n(y + asideY)}L${n(tipX)} ${n(tipY)}` +
    `L${n(x - asideX)} ${n(y - asideY)}Z`;
  const [rim = "", text = ""] = board("flag", "flag-text", bay.label, x, y, size);
  return `<path class="flag" d="${tip}"/>${rim}<path class="flag-tip" d="${tip}"/>${text}`;
}

/**
 * A text in a window's corner.
 * @param {string} text
 * @param {Window} window
 */
export function note(text, window) {
  const size = window.units(NOTE_PX);
  const [width = 0, height = 0] = room(text, size);
  const x = window.box.left * UNIT + 0.4 * size + width / 2;
  const y = -window.box.top * UNIT + 0.4 * size + height / 2;
  return board("note", "note-text", text, x, y, size).join("");
}

/**
 * A board and the text on it.
 * @param {string} look
 * @param {string} textLook
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
function board(look, textLook, text, x, y, size) {
  const [width = 0, height = 0] = room(text, size);
  return [
    `<rect class="${look}" rx="${n(0.3 * size)}" x="${n(x - width / 2)}" y="${n(y - height / 2)}" ` +
      `width="${n(width)}" height="${n(height)}"/>`,
    `<text class="${textLook}" x="${n(x)}" y="${n(y + 0.36 * size)}" font-size="${n(size)}" ` +
      `text-anchor="middle">${escaped(text)}</text>`,
  ];
}
