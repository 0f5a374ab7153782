/** What hands do on a drawing: one draws, two move and zoom it, a wheel zooms. */

import { apart } from "./geometry.js";

/** @typedef {{x: number, y: number}} Point */

/** A hand that moves less than this taps. */
const SLOP_PX = 6;

/**
 * What a hand does; points in metres.
 * @typedef {Object} Hand
 * @property {Point} at
 * @property {Point} from Where it went down.
 * @property {string | null} thing What is under it.
 * @property {string | null} handle The handle that it holds.
 * @property {boolean} tap Whether it did not move.
 * @property {boolean} shift
 * @property {boolean} free Whether nothing snaps.
 * @property {boolean} touch
 */

/**
 * @typedef {Object} Drawer Who is told.
 * @property {(hand: Hand) => void} down
 * @property {(hand: Hand) => void} move
 * @property {(hand: Hand) => void} up
 * @property {(hand: Hand) => void} hover
 * @property {() => void} cancel
 */

export class Hands {
  /** @type {Map<number, Point>} */
  #pointers = new Map();
  /** @type {Hand | null} */
  #hand = null;
  #moved = 0;
  #panning = false;

  /** @param {import("./view.js").View} stage @param {Drawer} host */
  constructor(stage, host) {
    this.stage = stage;
    this.host = host;
    const { svg } = stage;
    svg.addEventListener("pointerdown", this.#down);
    svg.addEventListener("pointermove", this.#move);
    svg.addEventListener("pointerup", this.#up);
    svg.addEventListener("pointercancel", this.#cancel);
    svg.addEventListener("wheel", this.#wheel, { passive: false });
    svg.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** @param {PointerEvent} event @returns {Hand} */
  #read(event) {
    const at = this.stage.at(event);
    const root = /** @type {ShadowRoot} */ (this.stage.root.getRootNode());
    /** @type {Element | null | undefined} */
    let target;
    // A captured pointer says that everything happens on the drawing itself; to find out what is
    // really there takes a while, and few want to know while they draw.
    const under = () => (target ??= root.elementFromPoint(event.clientX, event.clientY));
    const held = this.#hand;
    return {
      at,
      from: held?.from ?? at,
      get thing() {
        return under()?.closest("[data-thing]")?.getAttribute("data-thing") ?? null;
      },
      handle: held
        ? held.handle
        : (under()?.closest("[data-handle]")?.getAttribute("data-handle") ?? null),
      tap: this.#moved <= SLOP_PX,
      shift: event.shiftKey,
      free: event.altKey,
      touch: event.pointerType === "touch",
    };
  }

  /** @param {PointerEvent} event */
  #down = (event) => {
    this.stage.svg.focus({ preventScroll: true });
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.stage.svg.setPointerCapture(event.pointerId);
    if (this.#pointers.size > 1) {
      // A second finger: what the first one began was no drawing.
      if (this.#hand) this.host.cancel();
      this.#hand = null;
      return;
    }
    this.#moved = 0;
    this.#panning = event.button === 1 || event.button === 2;
    if (event.button !== 0 || this.#panning) return;
    this.#hand = this.#read(event);
    this.host.down(this.#hand);
  };

  /** @param {PointerEvent} event */
  #move = (event) => {
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      this.host.hover(this.#read(event));
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    this.#moved += Math.hypot(now.x - before.x, now.y - before.y);
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, now);
    const other = others[0]?.[1];
    if (other) {
      const factor = apart(now, other) / Math.max(1, apart(before, other));
      this.stage.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      this.stage.zoom(
        factor,
        this.stage.at({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }),
      );
    } else if (this.#panning) this.stage.pan(now.x - before.x, now.y - before.y);
    else if (this.#hand) {
      const hand = this.#read(event);
      if (!hand.tap) this.host.move(hand);
    }
  };

  /** @param {PointerEvent} event */
  #up = (event) => {
    this.#pointers.delete(event.pointerId);
    if (!this.#hand) return;
    const hand = this.#read(event);
    this.#hand = null;
    this.host.up(hand);
  };

  /** @param {PointerEvent} event */
  #cancel = (event) => {
    this.#pointers.delete(event.pointerId);
    if (this.#hand) this.host.cancel();
    this.#hand = null;
  };

  /** @param {WheelEvent} event */
  #wheel = (event) => {
    event.preventDefault();
    if (event.shiftKey) this.stage.pan(-event.deltaY, 0);
    else
      this.stage.zoom(
        Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)),
        this.stage.at(event),
      );
  };
}
