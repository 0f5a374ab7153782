/** What all tools have in common: where a hand means, and what becomes of it. */

import { apart, foot, mm, nearest, onGrid, straightened } from "./geometry.js";

/** @typedef {import("./hands.js").Hand} Hand */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

const REACH_PX = 12;

/** A point that lies where the hand means it. */
/** @param {Editor} editor @param {Hand} hand @param {Point | null} [from] @param {boolean} [onLanes] */
export function snap(editor, hand, from = null, onLanes = false) {
  const raw = { x: mm(hand.at.x), y: mm(hand.at.y) };
  if (hand.free) return raw;
  const reach = REACH_PX / editor.stage.view.scale;
  const { drawing } = editor.draft;
  /** @type {Point[]} */
  const places = [];
  for (const name of /** @type {const} */ (["lanes", "walls", "zones"]))
    for (const { level, points } of drawing[name].values())
      if ((level ?? "") === editor.level) places.push(...points.map(([x, y]) => ({ x, y })));
  for (const gate of drawing.gates.values())
    if ((gate.level ?? "") === editor.level) places.push(gate);
  for (const { start, end } of drawing.ramps.values())
    for (const [level, x, y] of [start, end]) if (level === editor.level) places.push({ x, y });
  const near = nearest(raw, places, reach);
  if (near) return { x: near.x, y: near.y };
  if (onLanes)
    for (const { level, points } of drawing.lanes.values())
      for (let index = 1; (level ?? "") === editor.level && index < points.length; index += 1) {
        const at = foot(raw, points[index - 1] ?? [0, 0], points[index] ?? [0, 0]);
        if (apart(at, raw) < reach) return { x: mm(at.x), y: mm(at.y) };
      }
  if (!from) return onGrid(raw);
  const straight = straightened(from, raw);
  if (straight === raw) return onGrid(raw);
  const along = onGrid(straight);
  // A line along the grid ends on it; one across it only stays straight.
  const isAlong = Math.abs(straight.x - from.x) < 1e-6 || Math.abs(straight.y - from.y) < 1e-6;
  if (!isAlong) return straight;
  return Math.abs(straight.x - from.x) < 1e-6
    ? { x: from.x, y: along.y }
    : { x: along.x, y: from.y };
}

/** What all tools have. */
export class Tool {
  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  /** @param {Hand} _hand */
  down(_hand) {}
  /** @param {Hand} _hand */
  move(_hand) {}
  /** @param {Hand} _hand */
  up(_hand) {}
  /** @param {Hand} hand */
  hover(hand) {
    this.editor.hoverBay(hand.thing);
  }
  /** What was begun is not done. */
  cancel() {
    this.editor.stage.overlay();
    this.editor.stage.showTip(null);
  }
  /** What was begun is done. */
  finish() {}
  /** Whether something has been begun that waits for its end. */
  get pending() {
    return false;
  }
}

/** @param {Point} one @param {Point} other */
export const rectangle = (one, other) => [
  { x: mm(one.x), y: mm(one.y) },
  { x: mm(other.x), y: mm(one.y) },
  { x: mm(other.x), y: mm(other.y) },
  { x: mm(one.x), y: mm(other.y) },
];
