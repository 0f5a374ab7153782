/** How long bays are still kept, written into them on the plan. */

import { svg, write } from "../shared/dom.js";
import { along } from "./geometry.js";
import { UNIT, VEHICLE_AT } from "./glyphs.js";
import { secondsLeft, ticking } from "../shared/ticking.js";

/** Where it stands beside the symbol of a kind, from the middle, as a share of the length. */
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
   * @param {SVGElement} group Where the marks belong: a bay's name would be spoilt by what moves.
   */
  constructor({ state, words }, root, group) {
    this.state = state;
    this.words = words;
    this.root = root;
    this.group = group;
  }

  /** Marks a bay, or does so no longer. @param {number} index */
  mind(index) {
    const isKept = this.state.codes[index] === "h" && this.state.held.has(index);
    const mark = this.#marks.get(index);
    if (isKept && !mark) this.#marks.set(index, this.#add(index));
    else if (!isKept) {
      mark?.remove();
      this.#marks.delete(index);
    }
  }

  /** Shows the time, and goes on with it while there is any to show. */
  show() {
    if (!this.#marks.size) this.stop();
    else if (!this.#stop) this.#stop = ticking(this.root, () => this.#tick());
    else this.#tick();
  }

  stop() {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** One of them is the driver's own. @param {number} index */
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
