/** Draws lines from point to point, and joins levels. */

import { svg } from "../shared/dom.js";
import { newId } from "./change.js";
import { apart, onGrid } from "./geometry.js";
import { lanePicture, path } from "./pictures.js";
import { Tool, snap, rectangle } from "./tool.js";

/** @typedef {import("./hands.js").Hand} Hand */
/** @typedef {import("./types").XY} XY */
/** @typedef {import("./types").Change} Change */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

/** Draws lines from point to point: lanes, walls, and the edges of zones. */
export class LineTool extends Tool {
  /** @type {Point[]} */
  #points = [];
  #dragged = false;
  options = { one_way: false };

  /** @param {Editor} editor @param {"lanes" | "walls" | "zones"} collection */
  constructor(editor, collection) {
    super(editor);
    this.collection = collection;
  }

  /** @override */
  get pending() {
    return this.#points.length > 0;
  }

  /** @param {Hand} hand */
  #next(hand) {
    return snap(this.editor, hand, this.#points.at(-1) ?? null, this.collection === "lanes");
  }

  /** @param {Point[]} points @param {string} [id] @returns {Change} */
  #change(points, id = newId()) {
    const { editor, collection } = this;
    const number = editor.draft.drawing.zones.size + 1;
    const line = {
      level: editor.level,
      points: points.map(({ x, y }) => /** @type {XY} */ ([x, y])),
    };
    if (collection === "lanes")
      return { lanes: { [id]: { ...line, ...(this.options.one_way ? { one_way: true } : {}) } } };
    if (collection === "walls") return { walls: { [id]: line } };
    return { zones: { [id]: { ...line, name: editor.text("zone_name", { number }) } } };
  }

  /** @override @param {Hand} hand */
  down(hand) {
    this.#dragged = this.#points.length === 0;
    if (this.#dragged) this.#points = [this.#next(hand)];
  }

  /** @override @param {Hand} hand */
  move(hand) {
    const [first] = this.#points;
    if (!first) return;
    const at = this.#next(hand);
    let points = [...this.#points, at];
    if (this.collection === "zones" && this.#dragged && this.#points.length === 1) {
      const far = hand.free ? hand.at : onGrid(hand.at);
      points = rectangle(first, far);
    }
    this.#show(points, at);
  }

  /** @param {Point[]} points @param {Point} at */
  #show(points, at) {
    const { editor, collection } = this;
    const xys = points.map(({ x, y }) => /** @type {XY} */ ([x, y]));
    editor.stage.overlay(
      collection === "lanes"
        ? lanePicture({ points: xys, one_way: this.options.one_way })
        : svg("path", {
            class: collection === "walls" ? "wall" : "line",
            d: path(xys, collection === "zones"),
          }),
    );
    const last = points.at(-2);
    if (last) editor.stage.showTip(at, editor.metres(apart(last, at)));
    if (collection === "lanes" && points.length > 1 && last && apart(last, at) > 0.1)
      editor.preview(this.#change(points, "draft"));
  }

  /** @override @param {Hand} hand */
  hover(hand) {
    this.#dragged = false;
    if (this.#points.length) this.move(hand);
    else super.hover(hand);
  }

  /** @override @param {Hand} hand */
  up(hand) {
    const [first] = this.#points;
    if (!first) return;
    if (this.#dragged && !hand.tap) {
      const at = this.#next(hand);
      const points =
        this.collection === "zones"
          ? rectangle(first, hand.free ? hand.at : onGrid(hand.at))
          : [first, at];
      this.#points = apart(first, points.at(-2) ?? first) + apart(first, at) > 0.5 ? points : [];
      this.finish();
      return;
    }
    if (this.#dragged) return;
    const at = this.#next(hand);
    const last = this.#points.at(-1) ?? first;
    const closes = this.collection !== "lanes" && this.#points.length > 2 && apart(at, first) < 0.3;
    if (apart(at, last) < 0.3 || (closes && this.collection === "zones")) {
      this.finish();
      return;
    }
    this.#points.push(at);
    if (closes) this.finish();
    else this.#show(this.#points, at);
    this.editor.refresh();
  }

  /** @override */
  finish() {
    const points = this.#points;
    this.cancel();
    if (points.length < (this.collection === "zones" ? 3 : 2)) return;
    const id = newId();
    this.editor.do(this.#change(points, id), { select: [`${this.collection}/${id}`] });
  }

  /** @override */
  cancel() {
    this.#points = [];
    super.cancel();
  }
}

/** Joins two levels: one end is put on either. */
export class RampTool extends Tool {
  /** @type {import("./types").End | null} */
  start = null;
  options = { one_way: false };

  /** @override */
  get pending() {
    return this.start !== null;
  }

  /** @override @param {Hand} hand */
  up(hand) {
    const { editor } = this;
    const at = snap(editor, hand, null, true);
    if (!this.start || this.start[0] === editor.level) {
      this.start = [editor.level, at.x, at.y];
      const others = editor.levels.filter((level) => level !== editor.level);
      const [other] = others;
      if (others.length === 1 && other !== undefined) editor.goTo(other, false);
      editor.refresh();
      return;
    }
    const { start } = this;
    this.start = null;
    const id = newId();
    const one_way = this.options.one_way ? { one_way: true } : {};
    editor.do(
      { ramps: { [id]: { start, end: [editor.level, at.x, at.y], ...one_way } } },
      { select: [`ramps/${id}`] },
    );
  }

  /** @override */
  cancel() {
    this.start = null;
    super.cancel();
  }
}
