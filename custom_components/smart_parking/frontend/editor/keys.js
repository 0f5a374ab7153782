/** Everything by keys: shortcuts, and a cross on the drawing that taps. */

import { svg, write } from "../shared/dom.js";
import { shifting } from "./geometry.js";
import { remove, transform } from "./operations.js";
import { UNIT } from "./pictures.js";
import { keyOf } from "./stage.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

const NUDGE_M = 0.1;
const STEP_M = 0.5;

export class Keys {
  /** Where the cross is that keys move. */
  #cursor = { x: 0, y: 0 };
  cross = svg("path", { class: "cross", visibility: "hidden" });

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  /** Everywhere on the page, but where somebody types. @param {KeyboardEvent} event */
  shortcut = (event) => {
    if (!this.editor.draft.ready || event.defaultPrevented || this.editor.page.dialog.open) return;
    const typing = /** @type {HTMLElement | null} */ (
      this.editor.shadowRoot?.activeElement ?? null
    );
    if (typing?.matches("input, select, textarea")) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      /** @type {Record<string, (() => void) | undefined>} */
      const orders = {
        z: () => (event.shiftKey ? this.editor.redo() : this.editor.undo()),
        y: () => this.editor.redo(),
        c: () => this.editor.copy(),
        x: () => {
          this.editor.copy();
          this.editor.do(remove(this.editor.draft.drawing, this.editor.selection), { select: [] });
        },
        v: () => this.editor.pasteCopied(),
        a: () => {
          this.editor.choose("select");
          this.editor.select(
            this.editor
              .thingsOfLevel()
              .filter(([name]) => name !== "grounds")
              .map(keyOf),
          );
        },
        s: () => void this.editor.publish(),
      };
      const order = orders[key];
      if (!order) return;
      event.preventDefault();
      order();
      return;
    }
    if (event.altKey) return;
    const tool = this.editor.tools.find((one) => one.key === key);
    if (key === "escape") {
      this.editor.cancel();
      this.editor.select([]);
    } else if (key === "delete" || key === "backspace") {
      if (this.editor.selection.length)
        this.editor.do(remove(this.editor.draft.drawing, this.editor.selection), { select: [] });
    } else if (key === "r" && this.editor.tool.id === "select" && this.editor.selection.length)
      this.editor.turn(event.shiftKey ? -15 : 15);
    else if (tool) this.editor.choose(tool.id);
    else if (key === "+") this.editor.stage.zoom(1.4);
    else if (key === "-") this.editor.stage.zoom(1 / 1.4);
    else return;
    event.preventDefault();
  };

  /** On the drawing itself. @param {KeyboardEvent} event */
  key(event) {
    const ways = /** @type {Record<string, [number, number] | undefined>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    });
    const way = ways[event.key];
    if (
      way &&
      this.editor.tool.id === "select" &&
      this.editor.selection.length &&
      !this.editor.armed
    ) {
      const step = event.shiftKey ? 1 : NUDGE_M;
      this.editor.do(
        transform(
          this.editor.draft.drawing,
          this.editor.selection,
          shifting(way[0] * step, way[1] * step),
          0,
          this.editor.level,
        ),
        { keep: true },
      );
    } else if (way) {
      const step = event.shiftKey ? 5 * STEP_M : STEP_M;
      this.#moveCursor(way[0] * step, way[1] * step);
    } else if (event.key === "Enter" || event.key === " ") this.#tapCursor(event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} dx @param {number} dy */
  #moveCursor(dx, dy) {
    if (this.cross.getAttribute("visibility") === "hidden")
      this.#cursor = {
        x: Math.round(this.editor.stage.view.x / STEP_M) * STEP_M,
        y: Math.round(this.editor.stage.view.y / STEP_M) * STEP_M,
      };
    this.#cursor = { x: this.#cursor.x + dx, y: this.#cursor.y + dy };
    const [x, y] = [this.#cursor.x * UNIT, -this.#cursor.y * UNIT];
    this.cross.setAttribute("d", `M${x - 30} ${y}H${x + 30}M${x} ${y - 30}V${y + 30}`);
    this.cross.setAttribute("visibility", "visible");
    this.editor.stage.reveal(this.#cursor);
    this.editor.tool.handler.hover(this.#handAtCursor(false));
    const bay = this.#bayAtCursor();
    write(
      this.editor.page.says,
      `${this.editor.metres(this.#cursor.x)}, ${this.editor.metres(this.#cursor.y)}${bay ? ` · ${bay.label}` : ""}`,
    );
  }

  #bayAtCursor() {
    const key = this.#thingAtCursor();
    return key?.startsWith("bays/") ? this.editor.draft.drawing.bays.get(key.slice(5)) : undefined;
  }

  #thingAtCursor() {
    const { x, y } = this.editor.stage.onScreen(this.#cursor);
    const box = this.editor.stage.root.getBoundingClientRect();
    return (
      this.editor.shadowRoot
        ?.elementsFromPoint(box.left + x, box.top + y)
        .map((element) => element.closest("[data-thing]")?.getAttribute("data-thing"))
        .find((key) => key) ?? null
    );
  }

  /** @param {boolean} shift @returns {import("./hands.js").Hand} */
  #handAtCursor(shift) {
    const at = { ...this.#cursor };
    return {
      at,
      from: at,
      thing: this.#thingAtCursor(),
      handle: null,
      tap: true,
      shift,
      free: false,
      touch: false,
    };
  }

  /** @param {boolean} shift */
  #tapCursor(shift) {
    if (this.cross.getAttribute("visibility") === "hidden") {
      this.#moveCursor(0, 0);
      return;
    }
    const { handler } = this.editor.tool;
    const hand = this.#handAtCursor(shift);
    handler.down(hand);
    handler.up(hand);
  }
}
