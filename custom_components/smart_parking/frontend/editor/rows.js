/** Rows of bays from a line: where each lies, and how it is called. */

/** @typedef {import("./types").RowShape} RowShape */
/** @typedef {import("./types").Cells} Cells */
/** @typedef {{x: number, y: number, heading: number, width: number, length: number}} Placed */

export const WIDTH_M = 2.5;
export const LENGTH_M = 5;
export const PARALLEL_M = 6;
export const AISLE_M = 6;
export const ANGLES = [90, 60, 45, 0];
const COUNT_MAX = 500;
/** Less than this is a slip of the hand. */
const BEND_MIN_M = 0.15;

/** @param {number} value */
const mm = (value) => Math.round(value * 1000) / 1000;
/** @param {number} degrees */
const turn = (degrees) => mm(((degrees % 360) + 360) % 360);

/** @param {number} angle How much of the line a bay takes. @param {number} width @param {number} length */
export const pitch = (angle, width, length) =>
  angle === 0 ? length : width / Math.sin((angle * Math.PI) / 180);

/** @param {RowShape} shape */
export function lineLength(shape) {
  const chord = Math.hypot(shape.x2 - shape.x1, shape.y2 - shape.y1);
  if (Math.abs(shape.bend) < BEND_MIN_M) return chord;
  const radius = (chord ** 2 / 4 + shape.bend ** 2) / (2 * Math.abs(shape.bend));
  return radius * arc(shape, chord, radius);
}

/** The angle of the arc. @param {RowShape} shape @param {number} chord @param {number} radius */
function arc(shape, chord, radius) {
  const half = Math.asin(Math.min(1, chord / (2 * radius)));
  return Math.abs(shape.bend) > radius ? 2 * (Math.PI - half) : 2 * half;
}

/** How many bays there are on a side. @param {RowShape} shape */
export function countOf(shape) {
  if (shape.count > 0) return Math.min(COUNT_MAX, Math.round(shape.count));
  const each = pitch(shape.angle, shape.width, shape.length);
  return Math.max(1, Math.min(COUNT_MAX, Math.floor(lineLength(shape) / each + 0.02)));
}

/**
 * The point of a line, and its direction, at a distance from its beginning.
 * @param {RowShape} shape
 * @param {number} at
 */
function pointAt(shape, at) {
  const { x1, y1, x2, y2, bend } = shape;
  const chord = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / chord, (y2 - y1) / chord];
  if (Math.abs(bend) < BEND_MIN_M)
    return { x: x1 + ux * at, y: y1 + uy * at, direction: Math.atan2(uy, ux) };
  const radius = (chord ** 2 / 4 + bend ** 2) / (2 * Math.abs(bend));
  const way = Math.sign(bend);
  // The middle of the circle lies on the other side of the line than what bulges.
  const off = radius - Math.abs(bend);
  const [mx, my] = [(x1 + x2) / 2 + uy * off * way, (y1 + y2) / 2 - ux * off * way];
  const begin = Math.atan2(y1 - my, x1 - mx);
  const angle = begin - (way * at) / radius;
  return {
    x: mx + radius * Math.cos(angle),
    y: my + radius * Math.sin(angle),
    direction: angle - (way * Math.PI) / 2,
  };
}

/**
 * Where the bays of a row lie: one side after the other, from the beginning of the line.
 * @param {RowShape} shape
 * @returns {Placed[]}
 */
export function layOut(shape) {
  const { angle, width, length, sides, aisle } = shape;
  const count = countOf(shape);
  const whole = lineLength(shape);
  const each = shape.count > 0 ? whole / count : pitch(angle, width, length);
  // A number that was asked for fills the line: bays are as wide as that leaves them.
  const across = angle === 0 ? width : shape.count > 0 ? each * Math.sin(rad(angle)) : width;
  const along = angle === 0 && shape.count > 0 ? each : length;
  const begin = (whole - each * count) / 2;
  const deep = angle === 0 ? width : length * Math.sin(rad(angle)) + width * Math.cos(rad(angle));
  const off = sides > 1 ? aisle / 2 + deep / 2 : 0;
  /** @type {Placed[]} */
  const placed = [];
  for (let side = 0; side < sides; side += 1)
    for (let number = 0; number < count; number += 1) {
      const { x, y, direction } = pointAt(shape, begin + each * (number + 0.5));
      const left = (side === 0) !== shape.flip ? 1 : -1;
      const [nx, ny] = [-Math.sin(direction) * left, Math.cos(direction) * left];
      const heading = (direction * 180) / Math.PI + angle * left;
      placed.push({
        x: mm(x + nx * off),
        y: mm(y + ny * off),
        heading: turn(heading),
        width: mm(across),
        length: mm(along),
      });
    }
  return placed;
}

/** @param {number} degrees */
const rad = (degrees) => (degrees * Math.PI) / 180;

/** @param {RowShape} shape @returns {Cells} */
export const shapeCells = (shape) => ({ ...shape });

/** @param {Cells} cells @returns {RowShape | null} */
export function readShape(cells) {
  const numbers = ["x1", "y1", "x2", "y2", "bend", "count", "width", "length", "angle", "sides"];
  if (![...numbers, "aisle"].every((name) => typeof cells[name] === "number")) return null;
  return /** @type {RowShape} */ (
    /** @type {unknown} */ ({
      ...cells,
      level: String(cells["level"] ?? ""),
      flip: cells["flip"] === true,
    })
  );
}

/**
 * Moves and turns what a row was drawn by.
 * @param {RowShape} shape
 * @param {(x: number, y: number) => [number, number]} move
 * @returns {RowShape}
 */
export function moveShape(shape, move) {
  const [x1, y1] = move(shape.x1, shape.y1);
  const [x2, y2] = move(shape.x2, shape.y2);
  return { ...shape, x1: mm(x1), y1: mm(y1), x2: mm(x2), y2: mm(y2) };
}

/**
 * Whether bays still lie as their row says.
 * @param {RowShape} shape
 * @param {({x: number, y: number, heading?: number} | undefined)[]} bays
 */
export function fits(shape, bays) {
  const placed = layOut(shape);
  return (
    placed.length === bays.length &&
    placed.every(({ x, y, heading }, index) => {
      const bay = bays[index];
      const apart = Math.abs((((bay?.heading ?? heading) - heading + 540) % 360) - 180);
      return bay && Math.hypot(bay.x - x, bay.y - y) < 0.02 && apart < 0.5;
    })
  );
}

/* Labels */

/** A label's letters, its number and how many digits that has. @param {string} label */
export function parts(label) {
  const found = /^(.*?)(\d+)$/.exec(label.trim());
  return found
    ? { prefix: found[1] ?? "", number: Number(found[2]), digits: (found[2] ?? "").length }
    : { prefix: label.trim(), number: 1, digits: 2 };
}

/**
 * Labels that run on from the first one.
 * @param {string} first
 * @param {number} count
 * @param {number} [step]
 */
export function runOn(first, count, step = 1) {
  const { prefix, number, digits } = parts(first);
  const last = Math.max(number, number + (count - 1) * step);
  const wide = Math.max(digits, String(last).length);
  return Array.from(
    { length: count },
    (_, index) => `${prefix}${String(Math.max(0, number + index * step)).padStart(wide, "0")}`,
  );
}

/** The letters after some: A, B … Z, AA, AB … @param {string} letters */
export function nextLetters(letters) {
  let out = "";
  /** @type {boolean} */
  let carry = true;
  for (const letter of [...letters].reverse()) {
    /** @type {number} */
    const code = letter.charCodeAt(0) - 65 + (carry ? 1 : 0);
    carry = code === 26;
    out = String.fromCharCode(65 + (code % 26)) + out;
  }
  return carry ? `A${out}` : out;
}

/**
 * The label that a new row begins with: letters that no bay has yet.
 * @param {Iterable<string>} labels Those that there are.
 */
export function proposeLabel(labels) {
  const used = new Set([...labels].map((label) => parts(label).prefix.toUpperCase()));
  let letters = "A";
  while (used.has(letters)) letters = nextLetters(letters);
  return `${letters}01`;
}

/**
 * Bays in the order in which somebody walks along them.
 * @template {{x: number, y: number}} Bay
 * @param {Bay[]} bays
 * @param {"right" | "left" | "down" | "up"} direction
 */
export function inOrder(bays, direction) {
  const way = { right: [1, 0], left: [-1, 0], down: [0, -1], up: [0, 1] }[direction] ?? [1, 0];
  const along = (/** @type {Bay} */ bay) => bay.x * (way[0] ?? 0) + bay.y * (way[1] ?? 0);
  const across = (/** @type {Bay} */ bay) => bay.y * (way[0] ?? 0) - bay.x * (way[1] ?? 0);
  // Who walks along rows does one after another.
  const line = (/** @type {Bay} */ bay) => Math.round(-across(bay) / 2.5);
  return [...bays].sort((one, other) => line(one) - line(other) || along(one) - along(other));
}
