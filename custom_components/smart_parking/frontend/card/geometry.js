/** Geometry of a level, in metres, y upwards. */

/** @typedef {import("./types").BayShape} Bay */
/** @typedef {import("./types").PublicGate} Gate */
/** @typedef {import("./types").Point} Point */
/** @typedef {{left: number, bottom: number, right: number, top: number}} Box */

/** Two rows with more than this between their mouths share no aisle. */
const AISLE_MAX_M = 10;
/** Half an aisle of usual width, for a row that no other faces. */
const AISLE_ALONE_M = 4;
/** A wider gap divides a row in two: something passes between them. */
const ROW_GAP_M = 4;
/** Mouths of one row lie on a line within this. */
const ROW_LINE_M = 0.8;

/** @param {number} degrees */
export const radians = (degrees) => (degrees * Math.PI) / 180;

/**
 * Returns the direction of a vehicle in a bay, or of a driver who enters at a gate.
 * @param {Bay | Gate} one
 * @returns {Point}
 */
export function direction({ heading }) {
  return { x: Math.cos(radians(heading)), y: Math.sin(radians(heading)) };
}

/**
 * Returns a point on the bay's middle line: 0 at its mouth, 1 at its far end, below 0 in the aisle.
 * @param {Bay} bay
 * @param {number} part
 * @returns {Point}
 */
export function along(bay, part) {
  const { x, y } = direction(bay);
  const offset = (part - 0.5) * bay.l;
  return { x: bay.x + x * offset, y: bay.y + y * offset };
}

/**
 * @param {Bay} bay
 * @returns {Box} The box of the bay's corners.
 */
export function boxOf(bay) {
  const { x, y } = direction(bay);
  const halfX = (Math.abs(x) * bay.l + Math.abs(y) * bay.w) / 2;
  const halfY = (Math.abs(y) * bay.l + Math.abs(x) * bay.w) / 2;
  return {
    left: bay.x - halfX,
    right: bay.x + halfX,
    bottom: bay.y - halfY,
    top: bay.y + halfY,
  };
}

/**
 * @param {Box[]} boxes
 * @returns {Box | null} The box of them all.
 */
export function span(boxes) {
  if (boxes.length === 0) return null;
  const all = { left: Infinity, bottom: Infinity, right: -Infinity, top: -Infinity };
  for (const box of boxes) {
    all.left = Math.min(all.left, box.left);
    all.bottom = Math.min(all.bottom, box.bottom);
    all.right = Math.max(all.right, box.right);
    all.top = Math.max(all.top, box.top);
  }
  return all;
}

/**
 * @param {Box} box
 * @param {number} x Metres to either side.
 * @param {number} y
 * @returns {Box}
 */
export function grown({ left, right, bottom, top }, x, y) {
  return { left: left - x, right: right + x, bottom: bottom - y, top: top + y };
}

/**
 * @typedef {object} Row Neighbouring bays that open to the same side.
 * @property {"x" | "y"} axis The direction in which the row runs.
 * @property {1 | -1} side Where its aisle lies, across that direction.
 * @property {number} mouth The line of the mouths, across.
 * @property {number} from
 * @property {number} to
 */

/**
 * @param {Bay[]} bays
 * @returns {Row[]}
 */
export function rows(bays) {
  const items = bays.map((bay) => {
    const { x, y } = direction(bay);
    const axis = /** @type {"x" | "y"} */ (Math.abs(y) >= Math.abs(x) ? "x" : "y");
    const mouth = along(bay, 0);
    const box = boxOf(bay);
    return {
      axis,
      side: /** @type {1 | -1} */ ((axis === "x" ? y : x) > 0 ? -1 : 1),
      mouth: axis === "x" ? mouth.y : mouth.x,
      from: axis === "x" ? box.left : box.bottom,
      to: axis === "x" ? box.right : box.top,
    };
  });
  items.sort(
    (a, b) =>
      a.axis.localeCompare(b.axis) ||
      a.side - b.side ||
      Math.round(a.mouth / ROW_LINE_M) - Math.round(b.mouth / ROW_LINE_M) ||
      a.from - b.from,
  );
  /** @type {Row[]} */
  const found = [];
  for (const item of items) {
    const row = found[found.length - 1];
    if (
      row &&
      row.axis === item.axis &&
      row.side === item.side &&
      Math.abs(row.mouth - item.mouth) <= ROW_LINE_M &&
      item.from - row.to <= ROW_GAP_M
    )
      row.to = Math.max(row.to, item.to);
    else found.push({ ...item });
  }
  return found;
}

/**
 * Returns the areas of lanes: a strip before each row, up to the row that faces it.
 * @param {Bay[]} bays
 * @returns {Box[]}
 */
export function aisles(bays) {
  const all = rows(bays);
  /** @type {Map<string, Box>} */
  const strips = new Map();
  for (const row of all) {
    const facing = all.find((other) => {
      const gap = (other.mouth - row.mouth) * row.side;
      return (
        other.axis === row.axis &&
        other.side === -row.side &&
        gap > 1 &&
        gap <= AISLE_MAX_M &&
        other.from < row.to &&
        other.to > row.from
      );
    });
    const far = facing ? facing.mouth : row.mouth + row.side * AISLE_ALONE_M;
    const [low, high] = [Math.min(row.mouth, far), Math.max(row.mouth, far)];
    const from = facing ? Math.min(row.from, facing.from) : row.from;
    const to = facing ? Math.max(row.to, facing.to) : row.to;
    const box =
      row.axis === "x"
        ? { left: from, right: to, bottom: low, top: high }
        : { left: low, right: high, bottom: from, top: to };
    strips.set(Object.values(box).map(Math.round).join(), box);
  }
  return [...strips.values()];
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * Returns the bay that an arrow key leads to.
 * @param {Point[]} places
 * @param {number} from
 * @param {string} key
 * @param {(index: number) => boolean} [allowed]
 * @returns {number | null}
 */
export function neighbour(places, from, key, allowed = () => true) {
  const arrow = ARROWS[/** @type {keyof typeof ARROWS} */ (key)];
  const here = places[from];
  if (!arrow || !here) return null;
  const [dx = 0, dy = 0] = arrow;
  let best = null;
  let least = Infinity;
  for (let index = 0; index < places.length; index++) {
    const place = places[index];
    if (!place || index === from || !allowed(index)) continue;
    const ahead = (place.x - here.x) * dx + (place.y - here.y) * dy;
    const aside = Math.abs((place.x - here.x) * dy) + Math.abs((place.y - here.y) * dx);
    if (ahead < 0.1 || aside > 2 * ahead) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) [least, best] = [cost, index];
  }
  return best;
}
