/** Where things are, and what a hand means that comes near them. */

/** @typedef {import("./types").XY} XY */
/** @typedef {{x: number, y: number}} Point */

export const GRID_M = 0.5;
const RIGHT_ANGLE_SLOP = 5;

/** @param {number} value */
export const mm = (value) => Math.round(value * 1000) / 1000;
/** @param {number} degrees */
export const turned = (degrees) => mm(((degrees % 360) + 360) % 360);

/** @param {Point} one @param {Point} other */
export const apart = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/**
 * The corners of a bay, or of anything that lies like one.
 * @param {{x: number, y: number, width: number, length: number, heading: number}} bay
 * @returns {XY[]}
 */
export function corners({ x, y, width, length, heading }) {
  const angle = (heading * Math.PI) / 180;
  const [ax, ay] = [(Math.cos(angle) * length) / 2, (Math.sin(angle) * length) / 2];
  const [bx, by] = [(-Math.sin(angle) * width) / 2, (Math.cos(angle) * width) / 2];
  return [
    [x - ax - bx, y - ay - by],
    [x + ax - bx, y + ay - by],
    [x + ax + bx, y + ay + by],
    [x - ax + bx, y - ay + by],
  ];
}

/**
 * The nearest of some places within reach.
 * @param {Point} point
 * @param {Iterable<Point>} places
 * @param {number} reach
 */
export function nearest(point, places, reach) {
  /** @type {Point | null} */
  let found = null;
  let best = reach;
  for (const place of places) {
    const distance = apart(point, place);
    if (distance < best) [found, best] = [place, distance];
  }
  return found;
}

/**
 * The point of a line from one point to another that is nearest.
 * @param {Point} point
 * @param {XY} from
 * @param {XY} to
 */
export function foot(point, from, to) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const square = dx * dx + dy * dy;
  const share = square
    ? Math.min(1, Math.max(0, ((point.x - from[0]) * dx + (point.y - from[1]) * dy) / square))
    : 0;
  return { x: from[0] + dx * share, y: from[1] + dy * share };
}

/** @param {Point} point */
export const onGrid = (point) => ({
  x: mm(Math.round(point.x / GRID_M) * GRID_M),
  y: mm(Math.round(point.y / GRID_M) * GRID_M),
});

/**
 * A point that lies along or across from another, or at 45°, when it nearly does.
 * @param {Point} from
 * @param {Point} to
 */
export function straightened(from, to) {
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  const straight = Math.round(angle / 45) * 45;
  if (Math.abs(angle - straight) > RIGHT_ANGLE_SLOP) return to;
  const length = apart(from, to);
  const radians = (straight * Math.PI) / 180;
  return { x: mm(from.x + Math.cos(radians) * length), y: mm(from.y + Math.sin(radians) * length) };
}

/**
 * How far to move further so that something lies in line with others.
 * @param {Point} point
 * @param {Iterable<Point>} others
 * @param {number} reach
 */
export function alignment(point, others, reach) {
  let [dx, dy] = [0, 0];
  let [bestX, bestY] = [reach, reach];
  for (const other of others) {
    if (Math.abs(other.x - point.x) < bestX)
      [bestX, dx] = [Math.abs(other.x - point.x), other.x - point.x];
    if (Math.abs(other.y - point.y) < bestY)
      [bestY, dy] = [Math.abs(other.y - point.y), other.y - point.y];
  }
  return { dx, dy, x: bestX < reach, y: bestY < reach };
}

/** @param {Iterable<Point>} points */
export function boundsOf(points) {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [bottom, top] = [Math.min(bottom, y), Math.max(top, y)];
  }
  return { left, right, bottom, top };
}

/** @param {Point} around @param {number} degrees @returns {(x: number, y: number) => XY} */
export function turning(around, degrees) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return (x, y) => [
    mm(around.x + (x - around.x) * cos - (y - around.y) * sin),
    mm(around.y + (x - around.x) * sin + (y - around.y) * cos),
  ];
}

/** @param {number} dx @param {number} dy @returns {(x: number, y: number) => XY} */
export const shifting = (dx, dy) => (x, y) => [mm(x + dx), mm(y + dy)];
