/** Selects, moves, and holds handles. */

import { svg } from "../shared/dom.js";
import { alignment, boundsOf, mm, shifting, turning } from "./geometry.js";
import { rowPreview, showHandles, tellRow } from "./handles.js";
import { drawRow, middleOf, pointsOf, rowOf, transform } from "./operations.js";
import { keyOf, thingOf } from "./stage.js";
import { UNIT, path } from "./pictures.js";
import { Tool, snap } from "./tool.js";

/** @typedef {import("./hands.js").Hand} Hand */
/** @typedef {import("./types").RowShape} RowShape */
/** @typedef {import("./types").XY} XY */
/** @typedef {import("./types").Change} Change */
/** @typedef {{x: number, y: number}} Point */

/** Selects, moves, and holds handles. */
export class SelectTool extends Tool {
  /** @type {"frame" | "move" | "handle" | null} */
  #doing = null;
  #was = new Set();
  #dx = 0;
  #dy = 0;
  /** @type {Change | null} */
  #change = null;
  /** @type {string | null} What the hand took, of all that is moved. */
  #held = null;
  /** @type {string[] | null} The bays of the row whose handle is held. */
  #ids = null;

  /** @override @param {Hand} hand */
  down(hand) {
    const { editor } = this;
    this.#change = this.#ids = null;
    this.#was = new Set(editor.stage.selected);
    if (hand.handle) {
      this.#doing = "handle";
      return;
    }
    if (!hand.thing) {
      this.#doing = "frame";
      return;
    }
    if (editor.armed && hand.thing.startsWith("bays/")) return;
    if (!editor.stage.selected.has(hand.thing))
      editor.select(hand.shift ? [...editor.stage.selected, hand.thing] : [hand.thing]);
    this.#doing = "move";
    this.#held = hand.thing;
    this.#dx = this.#dy = 0;
  }

  /** @override @param {Hand} hand */
  move(hand) {
    const { editor } = this;
    if (this.#doing === "frame") {
      const [x, y] = [Math.min(hand.from.x, hand.at.x), Math.max(hand.from.y, hand.at.y)];
      editor.stage.overlay(
        svg("rect", {
          class: "frame",
          x: x * UNIT,
          y: -y * UNIT,
          width: Math.abs(hand.at.x - hand.from.x) * UNIT,
          height: Math.abs(hand.at.y - hand.from.y) * UNIT,
        }),
      );
    } else if (this.#doing === "move") this.#drag(hand);
    else if (this.#doing === "handle") this.#hold(hand);
  }

  /** @param {Hand} hand */
  #drag(hand) {
    const { editor } = this;
    let [dx, dy] = [hand.at.x - hand.from.x, hand.at.y - hand.from.y];
    const [name, id] = thingOf(this.#held ?? "bays/");
    const held = pointsOf(editor.draft.drawing, name, id)[0];
    if (!hand.free) {
      [dx, dy] = [Math.round(dx / 0.5) * 0.5, Math.round(dy / 0.5) * 0.5];
      const others = [...editor.draft.drawing.bays].filter(
        ([other, bay]) =>
          (bay.level ?? "") === editor.level && !editor.stage.selected.has(`bays/${other}`),
      );
      if (held && others.length) {
        const at = { x: held.x + hand.at.x - hand.from.x, y: held.y + hand.at.y - hand.from.y };
        const reach = 8 / editor.stage.view.scale;
        const line = alignment(
          at,
          others.map(([, bay]) => bay),
          reach,
        );
        if (line.x) dx = at.x + line.dx - held.x;
        if (line.y) dy = at.y + line.dy - held.y;
      }
    }
    [this.#dx, this.#dy] = [mm(dx), mm(dy)];
    editor.stage.shift(`translate(${this.#dx * UNIT} ${-this.#dy * UNIT})`);
    editor.stage.showTip(hand.at, `${editor.metres(this.#dx)} · ${editor.metres(this.#dy)}`);
  }

  /** @param {Hand} hand */
  #hold(hand) {
    const { editor } = this;
    const { drawing } = editor.draft;
    const things = editor.selection;
    if (hand.handle === "turn") {
      const around = middleOf(drawing, things);
      const before = Math.atan2(hand.from.y - around.y, hand.from.x - around.x);
      const now = Math.atan2(hand.at.y - around.y, hand.at.x - around.x);
      let degrees = ((now - before) * 180) / Math.PI;
      if (!hand.free) degrees = Math.round(degrees / 5) * 5;
      this.#change = transform(drawing, things, turning(around, degrees), degrees, editor.level);
      editor.stage.shift(`rotate(${-degrees} ${around.x * UNIT} ${-around.y * UNIT})`);
      editor.stage.showTip(hand.at, `${Math.round(degrees)}°`);
      return;
    }
    const row = editor.selectedRow;
    if (row) {
      const { shape } = row;
      const fixed =
        hand.handle === "2" ? { x: shape.x1, y: shape.y1 } : { x: shape.x2, y: shape.y2 };
      const at = snap(editor, hand, fixed);
      /** @type {RowShape} */
      let next = shape;
      if (hand.handle === "1") next = { ...shape, x1: at.x, y1: at.y, count: 0 };
      else if (hand.handle === "2") next = { ...shape, x2: at.x, y2: at.y, count: 0 };
      else {
        const [dx, dy] = [shape.x2 - shape.x1, shape.y2 - shape.y1];
        const length = Math.hypot(dx, dy) || 1;
        const [mx, my] = [(shape.x1 + shape.x2) / 2, (shape.y1 + shape.y2) / 2];
        const bend = (-(hand.at.x - mx) * dy + (hand.at.y - my) * dx) / length;
        next = { ...shape, bend: Math.abs(bend) < 0.7 && !hand.free ? 0 : mm(bend) };
      }
      const drawn = drawRow(drawing, next, { rowId: row.id });
      this.#change = drawn.change;
      this.#ids = drawn.ids;
      editor.stage.overlay(...rowPreview(next, drawn.change));
      tellRow(editor, hand.at, next, drawn.change);
      return;
    }
    const [only] = things;
    if (!only || (only[0] !== "lanes" && only[0] !== "walls" && only[0] !== "zones")) return;
    const [name, id] = only;
    const line = drawing[name].get(id);
    if (!line || hand.handle === null) return;
    const at = snap(editor, hand, null, name === "lanes");
    const points = line.points.map((point, index) =>
      String(index) === hand.handle ? /** @type {XY} */ ([at.x, at.y]) : point,
    );
    this.#change = { [name]: { [id]: { ...line, points } } };
    editor.stage.overlay(svg("path", { class: "line", d: path(points, name === "zones") }));
    if (name === "lanes") editor.preview(this.#change);
  }

  /** @override @param {Hand} hand */
  up(hand) {
    const { editor } = this;
    const doing = this.#doing;
    this.#doing = null;
    editor.stage.unshift();
    editor.stage.overlay();
    editor.stage.showTip(null);
    if (doing === "handle") {
      const select = this.#ids?.map((id) => `bays/${id}`);
      if (this.#change) editor.do(this.#change, select ? { select } : { keep: true });
      else showHandles(editor);
    } else if (hand.tap) this.#tap(hand);
    else if (doing === "move" && (this.#dx || this.#dy))
      editor.do(
        transform(
          editor.draft.drawing,
          editor.selection,
          shifting(this.#dx, this.#dy),
          0,
          editor.level,
        ),
        { keep: true },
      );
    else if (doing === "frame") this.#frame(hand);
    else showHandles(editor);
  }

  /** @param {Hand} hand */
  #tap(hand) {
    const { editor } = this;
    const bay = hand.thing?.startsWith("bays/") ? hand.thing.slice(5) : null;
    if (bay && editor.armed) {
      editor.pairArmed(bay);
      return;
    }
    if (!hand.thing) {
      if (!hand.shift) editor.select([]);
      return;
    }
    if (hand.shift) {
      const selected = new Set(editor.stage.selected);
      if (this.#was.has(hand.thing)) selected.delete(hand.thing);
      editor.select([...selected]);
    } else if (bay && this.#was.has(hand.thing) && this.#was.size === 1) {
      // Once more on the same bay means all of its row.
      const rowId = rowOf(editor.draft.drawing, bay);
      const row = rowId && editor.draft.drawing.rows.get(rowId);
      editor.select(row ? row.bays.map((one) => `bays/${one}`) : [hand.thing]);
    } else editor.select([hand.thing]);
  }

  /** @param {Hand} hand */
  #frame(hand) {
    const { editor } = this;
    const frame = boundsOf([hand.from, hand.at]);
    const inside = (/** @type {Point} */ { x, y }) =>
      x >= frame.left && x <= frame.right && y >= frame.bottom && y <= frame.top;
    const found = editor
      .thingsOfLevel()
      .filter(([name]) => name !== "grounds")
      .filter((thing) => {
        const points = pointsOf(editor.draft.drawing, ...thing);
        return points.length > 0 && points.every(inside);
      })
      .map(keyOf);
    editor.select(hand.shift ? [...editor.stage.selected, ...found] : found);
  }

  /** @override */
  cancel() {
    this.#doing = null;
    this.editor.stage.unshift();
    super.cancel();
    showHandles(this.editor);
  }
}
