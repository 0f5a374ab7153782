/** What a hand can do with a drawing: one tool at a time. */

import { svg } from "../dom.js";
import { newId } from "./change.js";
import {
  alignment,
  apart,
  boundsOf,
  foot,
  mm,
  nearest,
  onGrid,
  shifting,
  straightened,
  turned,
  turning,
} from "./geometry.js";
import { drawRow, middleOf, pointsOf, rowOf, transform } from "./operations.js";
import { AISLE_M, LENGTH_M, PARALLEL_M, WIDTH_M, proposeLabel, runOn, parts } from "./rows.js";
import { UNIT, bayPicture, keyOf, lanePicture, path, thingOf } from "./stage.js";

/** @typedef {import("./stage.js").Hand} Hand */
/** @typedef {import("./types").RowShape} RowShape */
/** @typedef {import("./types").XY} XY */
/** @typedef {import("./types").Change} Change */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {import("./editor.js").SmartParkingEditor} Editor */

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

/** Selects, moves, and holds handles. */
export class SelectTool extends Tool {
  /** @type {"frame" | "move" | "handle" | null} */
  #doing = null;
  #was = new Set();
  #dx = 0;
  #dy = 0;
  /** @type {Change | null} */
  #change = null;
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
    const [name, id] = thingOf(hand.thing ?? [...editor.stage.selected][0] ?? "bays/");
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
      editor.stage.overlay(...editor.rowPreview(next, drawn.change));
      editor.tellRow(hand.at, next, drawn.change);
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
      else editor.showHandles();
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
    else editor.showHandles();
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
    this.editor.showHandles();
  }
}

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
    kind: /** @type {import("../types").Kind} */ ("standard"),
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
    this.editor.stage.overlay(...this.editor.rowPreview(shape, change));
    this.editor.tellRow(end, shape, change);
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

/** Puts single bays. */
export class BayTool extends Tool {
  options = { heading: 90, kind: /** @type {import("../types").Kind} */ ("standard") };

  /** The label after the last one. */
  get label() {
    const bays = [...this.editor.draft.drawing.bays.values()];
    const taken = new Set(bays.map(({ label }) => label));
    const last = bays.at(-1)?.label ?? "A00";
    const { number } = parts(last);
    return (
      runOn(last, bays.length + 2).find((label) => !taken.has(label)) ?? `${last}-${number + 1}`
    );
  }

  /** @param {Hand} hand */
  #bay(hand) {
    const at = snap(this.editor, { ...hand, at: hand.from });
    let { heading } = this.options;
    if (!hand.tap) {
      const angle = (Math.atan2(hand.at.y - at.y, hand.at.x - at.x) * 180) / Math.PI;
      heading = turned(hand.free ? angle : Math.round(angle / 15) * 15);
    }
    const { kind } = this.options;
    const [width, length] =
      kind === "motorcycle" ? [1.2, 2.5] : [kind === "accessible" ? 3.5 : WIDTH_M, LENGTH_M];
    return { ...at, heading, width, length, kind, label: this.label, level: this.editor.level };
  }

  /** @override @param {Hand} hand */
  move(hand) {
    const bay = this.#bay(hand);
    this.editor.stage.overlay(bayPicture(bay, bay.label, bay.kind));
  }

  /** @override @param {Hand} hand */
  up(hand) {
    const bay = this.#bay(hand);
    this.options.heading = bay.heading;
    this.cancel();
    const id = newId();
    this.editor.do({ bays: { [id]: bay } }, { select: [`bays/${id}`] });
  }
}

/** Puts gates; a drag says which way one drives in. */
export class GateTool extends Tool {
  /** @override @param {Hand} hand */
  move(hand) {
    const from = snap(this.editor, { ...hand, at: hand.from });
    this.editor.stage.overlay(
      svg("path", {
        class: "line",
        d: path([
          [from.x, from.y],
          [hand.at.x, hand.at.y],
        ]),
      }),
    );
  }

  /** @override @param {Hand} hand */
  up(hand) {
    const { editor } = this;
    const at = snap(editor, { ...hand, at: hand.from }, null, true);
    this.cancel();
    const names = new Set([...editor.draft.drawing.gates.values()].map(({ name }) => name));
    let number = names.size + 1;
    while (names.has(editor.text("gate_name", { number }))) number += 1;
    const angle = (Math.atan2(hand.at.y - at.y, hand.at.x - at.x) * 180) / Math.PI;
    const heading = hand.tap ? {} : { heading: turned(Math.round(angle / 15) * 15) };
    const id = newId();
    const gate = { name: editor.text("gate_name", { number }), level: editor.level, ...at };
    editor.do({ gates: { [id]: { ...gate, ...heading } } }, { select: [`gates/${id}`] });
  }
}

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

/** @param {Point} one @param {Point} other */
const rectangle = (one, other) => [
  { x: mm(one.x), y: mm(one.y) },
  { x: mm(other.x), y: mm(one.y) },
  { x: mm(other.x), y: mm(other.y) },
  { x: mm(one.x), y: mm(other.y) },
];

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

/** Paints kinds over bays. */
export class KindTool extends Tool {
  options = { kind: /** @type {import("../types").Kind} */ ("accessible") };
  /** @type {Set<string>} */
  #painted = new Set();

  /** @override @param {Hand} hand */
  down(hand) {
    this.#painted.clear();
    this.#paint(hand);
  }

  /** @override @param {Hand} hand */
  move(hand) {
    this.#paint(hand);
  }

  /** @param {Hand} hand */
  #paint(hand) {
    if (!hand.thing?.startsWith("bays/")) return;
    this.#painted.add(hand.thing);
    this.editor.stage.selected = new Set(this.#painted);
    this.editor.stage.mark();
  }

  /** @override @param {Hand} _hand */
  up(_hand) {
    const { editor, options } = this;
    /** @type {Record<string, import("./types").DrawnBay>} */
    const bays = {};
    for (const key of this.#painted) {
      const [, id] = thingOf(key);
      const bay = editor.draft.drawing.bays.get(id);
      if (bay && (bay.kind ?? "standard") !== options.kind)
        bays[id] = { ...bay, kind: options.kind };
    }
    editor.do({ bays }, { select: [] });
  }

  /** @override */
  cancel() {
    this.#painted.clear();
    super.cancel();
  }
}

/** Moves and scales the picture below. */
export class GroundTool extends Tool {
  /** @type {Point[] | null} Two points whose distance is known. */
  measured = null;
  #dx = 0;
  #dy = 0;

  /** @override */
  get pending() {
    return this.measured !== null && this.measured.length < 2;
  }

  /** The level's picture. */
  get ground() {
    return [...this.editor.draft.drawing.grounds].find(
      ([, one]) => (one.level ?? "") === this.editor.level,
    );
  }

  /** @override @param {Hand} hand */
  move(hand) {
    const { ground } = this;
    if (!ground || this.measured) return;
    [this.#dx, this.#dy] = [mm(hand.at.x - hand.from.x), mm(hand.at.y - hand.from.y)];
    this.editor.stage.selected = new Set([`grounds/${ground[0]}`]);
    this.editor.stage.shift(`translate(${this.#dx * UNIT} ${-this.#dy * UNIT})`);
  }

  /** @override @param {Hand} hand */
  up(hand) {
    const { editor, ground } = this;
    editor.stage.unshift();
    if (!ground) return;
    if (this.measured) {
      if (this.measured.length < 2) this.measured.push({ x: hand.at.x, y: hand.at.y });
      this.#showMeasured();
      editor.refresh();
      return;
    }
    if (hand.tap) return;
    editor.do(
      transform(editor.draft.drawing, [["grounds", ground[0]]], shifting(this.#dx, this.#dy)),
      { select: [] },
    );
  }

  #showMeasured() {
    const { editor, measured } = this;
    const [one, other] = measured ?? [];
    editor.stage.overlay(
      one && other
        ? svg("path", {
            class: "line",
            d: path([
              [one.x, one.y],
              [other.x, other.y],
            ]),
          })
        : null,
      ...(measured ?? []).map((point) => editor.stage.handle("measured", point, "solid")),
    );
  }

  /** Scales the picture so that two points are as far apart as they are. @param {number} metres */
  scale(metres) {
    const { ground, measured, editor } = this;
    const [one, other] = measured ?? [];
    if (!ground || !one || !other || !(metres > 0)) return;
    const factor = metres / Math.max(0.01, apart(one, other));
    const [id, before] = ground;
    this.cancel();
    editor.do(
      {
        grounds: {
          [id]: {
            ...before,
            // The first point stays where it is.
            x: mm(one.x + (before.x - one.x) * factor),
            y: mm(one.y + (before.y - one.y) * factor),
            width: mm(before.width * factor),
            height: mm(before.height * factor),
          },
        },
      },
      { select: [] },
    );
    editor.stage.fit();
  }

  /** @override */
  cancel() {
    this.measured = null;
    super.cancel();
  }
}
