/** Route from a gate to a bay, from the network that the server has computed. */

import { along, grown } from "./geometry.js";

/** @typedef {import("./types").BayShape} Bay */
/** @typedef {import("./types").PublicGate} Gate */
/** @typedef {import("./types").Network} Network */
/** @typedef {import("./types").Place} Place */

/** A point nearer than this to the line between its neighbours is no corner. */
const CORNER_M = 0.02;
/** Room beside a route. */
const MARGIN_M = 0.8;

/**
 * Returns the corners of the route, from the gate over the bay's mouth to its middle.
 * @param {{bays: Bay[], gates: Gate[], network: Network}} lot
 * @param {number} gateIndex
 * @param {number} bayIndex
 * @returns {Place[]}
 */
export function wayTo({ bays, gates, network }, gateIndex, bayIndex) {
  const { level, x, y } = /** @type {Gate} */ (gates[gateIndex]);
  const bay = /** @type {Bay} */ (bays[bayIndex]);
  const start = { level, x, y };
  const mouth = { level: bay.level, ...along(bay, 0) };
  const end = { level: bay.level, x: bay.x, y: bay.y };
  const nodes = walk(network, gateIndex, bayIndex);
  if (nodes.length) return corners([start, ...nodes, mouth, end]);
  return level === bay.level ? [start, { ...mouth, y }, mouth, end] : [start, end];
}

/**
 * Returns the parts of a route that are on a level.
 * @param {Place[]} way
 * @param {string} level
 */
export function partsOn(way, level) {
  /** @type {Place[][]} */
  const parts = [];
  way.forEach((place, at) => {
    if (place.level !== level) return;
    if (way[at - 1]?.level === level) parts[parts.length - 1]?.push(place);
    else parts.push([place]);
  });
  return parts.filter((part) => part.length > 1);
}

/**
 * Returns the boxes of a level's routes, which may lead around the bays.
 * @param {Network} network
 * @param {string} shown
 */
export function spots({ levels, nodes }, shown) {
  return nodes
    .filter(([, , level]) => levels[level] === shown)
    .map(([x, y]) => grown({ left: x, right: x, bottom: y, top: y }, MARGIN_M, MARGIN_M));
}

/**
 * Returns the nodes from a gate to a bay, by following parents back from the bay.
 * @param {Network} network
 * @param {number} gate
 * @param {number} bay
 * @returns {Place[]}
 */
function walk({ levels, nodes, gates, bays, parents }, gate, bay) {
  /** @type {Place[]} */
  const places = [];
  let last = -1;
  for (let at = bays[bay] ?? -1; at >= 0; at = parents[gate]?.[at] ?? -1) {
    const [x, y, level] = /** @type {[number, number, number]} */ (nodes[at]);
    places.push({ level: levels[level] ?? "", x, y });
    last = at;
  }
  return last === gates[gate] ? places.reverse() : [];
}

/** Removes places that are no corners. @param {Place[]} way */
function corners(way) {
  const [first, ...rest] = /** @type {[Place, ...Place[]]} */ (way);
  const kept = [first];
  rest.forEach((here, at) => {
    const before = /** @type {Place} */ (kept[kept.length - 1]);
    const after = rest[at + 1];
    const isLevel = before.level === here.level && here.level === after?.level;
    const isHere = before.level === here.level && before.x === here.x && before.y === here.y;
    if (!after || (!isHere && (!isLevel || bend(before, here, after) > CORNER_M))) kept.push(here);
  });
  return kept;
}

/**
 * Returns the distance of a place from the line between its neighbours.
 * @param {Place} before
 * @param {Place} here
 * @param {Place} after
 */
function bend(before, here, after) {
  const [wayX, wayY] = [after.x - before.x, after.y - before.y];
  const [x, y] = [here.x - before.x, here.y - before.y];
  const length = Math.hypot(wayX, wayY);
  const part = length ? (x * wayX + y * wayY) / length ** 2 : -1;
  if (part < 0 || part > 1) return Math.hypot(x, y);
  return Math.abs(wayX * y - wayY * x) / length;
}
