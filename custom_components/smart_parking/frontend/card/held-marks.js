/** Marks with the remaining time of holds, on the bays of the plan. */

import { svg, write } from "../shared/dom.js";
import { along } from "./geometry.js";
import { UNIT, VEHICLE_AT } from "./glyphs.js";
import { secondsLeft, ticking } from "../shared/ticking.js";

/** Place beside the symbol of a kind, from the middle, as a share of the length. */
const BESIDE_SYMBOL_AT = 0.345;
const SIZE = 17;

export class HeldMarks {
  /** @type {Map<number, SVGTextElement>} */
  #marks = new Map();
  /** @type {(() => void) | undefined} */
  #stop;
  #mine = -1;

  /**
   * @param {import("./types").ViewContext} context
   * @param {SVGElement} root The plan.
   * @param {SVGElement} group Parent of the marks, so that they do not change the text of a bay.
   */
  constructor({ state, words }, root, group) {
    this.state = state;
    this.words = words;
    this.root = root;
    this.group = group;
  }

  /** Adds the mark of a held bay, or removes it. @param {number} index */
  mind(index) {
    const isKept = this.state.codes[index] === "h" && this.state.held.has(index);
    const mark = this.#marks.get(index);
    if (isKept && !mark) this.#marks.set(index, this.#add(index));
    else if (!isKept) {
      mark?.remove();
      this.#marks.delete(index);
    }
  }

  /** Shows the remaining times, and updates them while there are any. */
  show() {
    if (!this.#marks.size) this.stop();
    else if (!this.#stop) this.#stop = ticking(this.root, () => this.#tick());
    else this.#tick();
  }

  stop() {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** Sets the bay of the driver's own hold. @param {number} index */
  own(index) {
    this.#mine = index;
    for (const [of, mark] of this.#marks) mark.classList.toggle("mine", of === index);
  }

  /** @param {number} index */
  #add(index) {
    const bay = /** @type {import("./types").Bay} */ (this.state.bays[index]);
    const at = along(bay, 0.5 + (bay.kind === "standard" ? VEHICLE_AT : BESIDE_SYMBOL_AT));
    const size = SIZE * Math.min(1, bay.w / 2.5, bay.l / 5);
    const mark = svg("text", {
      class: index === this.#mine ? "mine" : undefined,
      x: at.x * UNIT,
      y: -at.y * UNIT + size * 0.36,
      "font-size": size,
      "data-bay": bay.label,
    });
    this.group.append(mark);
    return mark;
  }

  #tick() {
    const { state, words } = this;
    for (const [index, mark] of this.#marks)
      write(mark, words.left(secondsLeft(state.held.get(index) ?? 0, state.aheadS)));
  }
}
