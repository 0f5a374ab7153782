/** Puts single bays and gates, paints kinds, and places the picture below. */

import { svg } from "../shared/dom.js";
import { newId } from "./change.js";
import { apart, mm, shifting, turned } from "./geometry.js";
import { transform } from "./operations.js";
import { LENGTH_M, WIDTH_M, parts, runOn } from "./rows.js";
import { thingOf } from "./stage.js";
import { UNIT, bayPicture, path } from "./pictures.js";
import { Tool, snap } from "./tool.js";

/** @typedef {import("./hands.js").Hand} Hand */
/** @typedef {{x: number, y: number}} Point */

/** Puts single bays. */
export class BayTool extends Tool {
  options = { heading: 90, kind: /** @type {import("../card/types").Kind} */ ("standard") };

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

/** Paints kinds over bays. */
export class KindTool extends Tool {
  options = { kind: /** @type {import("../card/types").Kind} */ ("accessible") };
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
