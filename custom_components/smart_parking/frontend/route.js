/** The way from a gate to a bay: at right angles, in the middle of the aisles, around other bays. */

import { along, boxOf, direction, span } from "./geometry.js";

/** @typedef {import("./types").Bay} Bay */
/** @typedef {import("./types").Gate} Gate */
/** @typedef {import("./types").Point} Point */

/** The finest grid, and how many cells a big lot may take instead: some 10 ms of searching. */
const CELL_M = 0.5;
const CELLS_MAX = 24_000;
/** Room to drive around the outermost bays. */
const MARGIN_M = 4;
/** What a cell costs by its distance, in cells, from the nearest bay. */
const COST = [9, 6, 4, 3];
const COST_OPEN = 2;
/** A turn costs as much as these metres of a free aisle. */
const TURN_M = 6;
/** Right, up, left, down. */
const DX = [1, 0, -1, 0];
const DY = [0, 1, 0, -1];

/** Every way that starts at one gate. */
export class Router {
  /**
   * @param {Gate} gate
   * @param {Bay[]} bays Those on the gate's level.
   */
  constructor(gate, bays) {
    this.gate = gate;
    const box = span([
      ...bays.map(boxOf),
      { left: gate.x, right: gate.x, bottom: gate.y, top: gate.y },
    ]);
    if (!box) throw new RangeError("a gate has a place");
    const width = box.right - box.left + 2 * MARGIN_M;
    const height = box.top - box.bottom + 2 * MARGIN_M;
    this.cell = Math.max(CELL_M, Math.sqrt((width * height) / CELLS_MAX));
    this.left = box.left - MARGIN_M;
    this.bottom = box.bottom - MARGIN_M;
    this.columns = Math.ceil(width / this.cell);
    this.lines = Math.ceil(height / this.cell);
    this.#clear(bays);
    this.#search();
  }

  /** @param {number} x @param {number} y */
  #cellAt(x, y) {
    const column = Math.floor((x - this.left) / this.cell);
    const line = Math.floor((y - this.bottom) / this.cell);
    if (column < 0 || line < 0 || column >= this.columns || line >= this.lines) return -1;
    return line * this.columns + column;
  }

  /** @param {number} cell @returns {Point} */
  #middle(cell) {
    return {
      x: this.left + ((cell % this.columns) + 0.5) * this.cell,
      y: this.bottom + (Math.floor(cell / this.columns) + 0.5) * this.cell,
    };
  }

  /**
   * Notes for each cell what it costs to drive there; 0 where a bay is.
   * @param {Bay[]} bays
   */
  #clear(bays) {
    const { columns, lines } = this;
    const cost = new Uint8Array(columns * lines).fill(255);
    /** @type {number[]} */
    let edge = [];
    for (const bay of bays) {
      const box = boxOf(bay);
      const way = direction(bay);
      for (let y = box.bottom; y <= box.top; y += this.cell / 2)
        for (let x = box.left; x <= box.right; x += this.cell / 2) {
          const forth = (x - bay.x) * way.x + (y - bay.y) * way.y;
          const aside = (x - bay.x) * way.y - (y - bay.y) * way.x;
          if (Math.abs(forth) >= bay.l / 2 || Math.abs(aside) >= bay.w / 2) continue;
          const cell = this.#cellAt(x, y);
          if (cell >= 0 && cost[cell] !== 0) {
            cost[cell] = 0;
            edge.push(cell);
          }
        }
    }
    for (const step of COST) {
      /** @type {number[]} */
      const next = [];
      for (const cell of edge)
        for (let way = 0; way < 4; way++) {
          const other = this.#beside(cell, way);
          if (other >= 0 && cost[other] === 255) {
            cost[other] = step;
            next.push(other);
          }
        }
      edge = next;
    }
    for (let cell = 0; cell < cost.length; cell++) if (cost[cell] === 255) cost[cell] = COST_OPEN;
    this.cost = cost;
  }

  /** @param {number} cell @param {number} way */
  #beside(cell, way) {
    const column = (cell % this.columns) + /** @type {number} */ (DX[way]);
    const line = Math.floor(cell / this.columns) + /** @type {number} */ (DY[way]);
    if (column < 0 || line < 0 || column >= this.columns || line >= this.lines) return -1;
    return line * this.columns + column;
  }

  /** Dijkstra's search over cells and directions, with buckets, as costs are small whole numbers. */
  #search() {
    const turn = Math.max(1, Math.round((TURN_M / this.cell) * COST_OPEN));
    const cost = /** @type {Uint8Array} */ (this.cost);
    const total = new Int32Array(cost.length * 4).fill(-1);
    const from = new Int32Array(cost.length * 4).fill(-1);
    /** @type {(number[] | undefined)[]} */
    const buckets = [];
    const start = this.#cellAt(this.gate.x, this.gate.y);
    const best = new Int32Array(cost.length * 4).fill(0x7fffffff);
    for (let way = 0; way < 4; way++) {
      best[start * 4 + way] = 0;
      (buckets[0] ??= []).push(start * 4 + way);
    }
    for (let price = 0; price < buckets.length; price++) {
      const bucket = buckets[price];
      if (!bucket) continue;
      buckets[price] = undefined;
      for (const node of bucket) {
        if (total[node] !== -1 || best[node] !== price) continue;
        total[node] = price;
        const way = node & 3;
        for (let next = 0; next < 4; next++) {
          if (((next + 2) & 3) === way && node >> 2 !== start) continue;
          const cell = this.#beside(node >> 2, next);
          const step = cell < 0 ? 0 : /** @type {number} */ (cost[cell]);
          // A gate may stand on a bay's edge: out of a bay there is a way, into one there is none.
          if (step === 0 && !(cell >= 0 && cost[node >> 2] === 0)) continue;
          const sum = price + (step || COST[0] || 0) + (next === way ? 0 : turn);
          const to = cell * 4 + next;
          if (sum < /** @type {number} */ (best[to])) {
            best[to] = sum;
            from[to] = node;
            (buckets[sum] ??= []).push(to);
          }
        }
      }
    }
    this.total = total;
    this.from = from;
  }

  /**
   * Corners of the way to a bay, from the gate into the bay's mouth.
   * @param {Bay} bay
   * @returns {Point[]}
   */
  to(bay) {
    const mouth = along(bay, 0);
    const inside = along(bay, 0.02);
    const corners = this.#corners(this.#before(bay));
    if (!corners) return [this.gate, { x: mouth.x, y: this.gate.y }, inside];
    return tidy([{ x: this.gate.x, y: this.gate.y }, ...corners, mouth, inside], this.cell);
  }

  /**
   * The cheapest free cell in the aisle in front of a bay.
   * @param {Bay} bay
   */
  #before(bay) {
    const total = /** @type {Int32Array} */ (this.total);
    let found = -1;
    let least = Infinity;
    for (let metres = this.cell; metres <= 4; metres += this.cell / 2) {
      const { x, y } = along(bay, -metres / bay.l);
      const cell = this.#cellAt(x, y);
      if (cell < 0 || !this.cost?.[cell]) break;
      for (let way = 0; way < 4; way++) {
        const sum = /** @type {number} */ (total[cell * 4 + way]);
        if (sum >= 0 && sum < least) [least, found] = [sum, cell * 4 + way];
      }
    }
    return found;
  }

  /** @param {number} node */
  #corners(node) {
    if (node < 0) return null;
    /** @type {Point[]} */
    const corners = [];
    let way = -1;
    for (let at = node; at >= 0; at = /** @type {number} */ (this.from?.[at])) {
      if ((at & 3) !== way) corners.push(this.#middle(at >> 2));
      way = at & 3;
    }
    return corners.reverse();
  }
}

/**
 * Cells are coarse: brings the way onto the gate's and the bay's own lines, and drops what is
 * not a corner.
 * @param {Point[]} points
 * @param {number} cell
 */
function tidy(points, cell) {
  const way = points.map((point) => ({ ...point }));
  const near = cell * 1.01;
  for (let at = 1; at < way.length - 2; at++) {
    const before = /** @type {Point} */ (way[at - 1]);
    const point = /** @type {Point} */ (way[at]);
    if (Math.abs(point.x - before.x) <= near) point.x = before.x;
    if (Math.abs(point.y - before.y) <= near) point.y = before.y;
  }
  for (let at = way.length - 3; at > 0; at--) {
    const after = /** @type {Point} */ (way[at + 1]);
    const point = /** @type {Point} */ (way[at]);
    if (Math.abs(point.x - after.x) <= near) point.x = after.x;
    if (Math.abs(point.y - after.y) <= near) point.y = after.y;
  }
  return way.filter((point, at) => {
    const before = way[at - 1];
    const after = way[at + 1];
    if (!before || !after) return true;
    const bend =
      (point.x - before.x) * (after.y - point.y) - (point.y - before.y) * (after.x - point.x);
    return Math.abs(bend) > 1e-6;
  });
}
