/** Draws rows of bays. */

import { newId } from "./change.js";
import { rowPreview, tellRow } from "./handles.js";
import { apart, foot } from "./geometry.js";
import { drawRow } from "./operations.js";
import { AISLE_M, LENGTH_M, PARALLEL_M, WIDTH_M, proposeLabel } from "./rows.js";
import { Tool, snap } from "./tool.js";

/** @typedef {import("./hands.js").Hand} Hand */
/** @typedef {import("./types").RowShape} RowShape */
/** @typedef {{x: number, y: number}} Point */

/** Draws rows of bays. */
export class RowTool extends Tool {
  /** @type {Point | null} */
  #start = null;
  #fresh = false;

  /** What the next row is like. */
  options = {
    first: "",
    count: 0,
    width: WIDTH_M,
    length: LENGTH_M,
    angle: 90,
    sides: 1,
    aisle: AISLE_M,
    flip: false,
    lane: true,
    kind: /** @type {import("../card/types").Kind} */ ("standard"),
  };

  /** @override */
  get pending() {
    return this.#start !== null;
  }

  /** The label that the next row begins with. */
  get first() {
    return (
      this.options.first ||
      proposeLabel([...this.editor.draft.drawing.bays.values()].map(({ label }) => label))
    );
  }

  /** @param {Point} start @param {Point} end @returns {RowShape} */
  shape(start, end) {
    const { count, width, length, angle, sides, aisle, flip } = this.options;
    return {
      level: this.editor.level,
      x1: start.x,
      y1: start.y,
      x2: end.x,
      y2: end.y,
      bend: 0,
      count,
      width,
      length: angle === 0 ? Math.max(length, PARALLEL_M) : length,
      angle,
      sides,
      aisle,
      flip: flip !== this.#laneIsAhead(start, end),
    };
  }

  /** Whether the nearest lane is on the side that vehicles would point to. */
  /** @param {Point} start @param {Point} end */
  #laneIsAhead(start, end) {
    if (this.options.sides > 1) return false;
    const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
    let best = 14;
    let ahead = false;
    for (const { level, points } of this.editor.draft.drawing.lanes.values())
      for (
        let index = 1;
        (level ?? "") === this.editor.level && index < points.length;
        index += 1
      ) {
        const at = foot(middle, points[index - 1] ?? [0, 0], points[index] ?? [0, 0]);
        const distance = apart(at, middle);
        if (distance >= best) continue;
        best = distance;
        const across =
          -(at.x - middle.x) * (end.y - start.y) + (at.y - middle.y) * (end.x - start.x);
        ahead = across > 0;
      }
    return ahead;
  }

  /** @param {Point} start @param {Point} end */
  #drawn(start, end) {
    const { editor, options } = this;
    const shape = this.shape(start, end);
    const drawn = drawRow(editor.draft.drawing, shape, { first: this.first, kind: options.kind });
    if (options.sides > 1 && options.lane)
      drawn.change.lanes = {
        [newId()]: {
          level: editor.level,
          points: [
            [shape.x1, shape.y1],
            [shape.x2, shape.y2],
          ],
        },
      };
    return { shape, ...drawn };
  }

  /** @override @param {Hand} hand */
  down(hand) {
    this.#fresh = this.#start === null;
    this.#start ??= snap(this.editor, hand);
  }

  /** @override @param {Hand} hand */
  move(hand) {
    if (!this.#start) return;
    const end = snap(this.editor, hand, this.#start);
    const { shape, change } = this.#drawn(this.#start, end);
    this.editor.stage.overlay(...rowPreview(shape, change));
    tellRow(this.editor, end, shape, change);
    this.editor.preview(change);
  }

  /** @override @param {Hand} hand */
  hover(hand) {
    if (this.#start) this.move(hand);
    else super.hover(hand);
  }

  /** @override @param {Hand} hand */
  up(hand) {
    if (!this.#start || (this.#fresh && hand.tap)) return;
    const start = this.#start;
    const end = snap(this.editor, hand, start);
    this.cancel();
    if (apart(start, end) < 1) return;
    const { change, ids } = this.#drawn(start, end);
    this.options.first = "";
    this.editor.do(change, { select: ids.map((id) => `bays/${id}`) });
  }

  /** @override */
  cancel() {
    this.#start = null;
    super.cancel();
  }
}
