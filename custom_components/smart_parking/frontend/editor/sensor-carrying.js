/** A sensor that is carried from the list onto a bay. */

import { html } from "../shared/dom.js";

/** A hand that moves less than this taps. */
const SLOP_PX = 8;

/**
 * Carries a sensor until it is let go.
 * @param {import("./plan-editor.js").PlanEditor} editor
 * @param {PointerEvent} down
 * @param {import("./types").FreeSensor} offer
 * @param {(bayId: string) => void} drop It is let go over a bay.
 */
export function carry(editor, down, offer, drop) {
  if (down.button !== 0) return;
  /** @type {HTMLElement | null} */
  let ghost = null;
  const bayAt = (/** @type {PointerEvent} */ event) =>
    editor.shadowRoot
      ?.elementsFromPoint(event.clientX, event.clientY)
      .map((element) => element.closest("[data-thing^='bays/']"))
      .find((element) => element)
      ?.getAttribute("data-thing") ?? null;
  const move = (/** @type {PointerEvent} */ event) => {
    const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
    if (!ghost && far < SLOP_PX) return;
    if (!ghost) {
      ghost = html("div", { class: "ghost" }, editor.nameOf(offer));
      editor.shadowRoot?.append(ghost);
    }
    ghost.style.left = `${event.clientX + 10}px`;
    ghost.style.top = `${event.clientY + 10}px`;
    const over = bayAt(event);
    editor.stage.selected = new Set(over ? [over] : []);
    editor.stage.mark();
  };
  const end = (/** @type {PointerEvent} */ event) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    if (!ghost) return;
    ghost.remove();
    const over = event.type === "pointerup" ? bayAt(event) : null;
    if (over) drop(over.slice(5));
    editor.select(over ? [over] : []);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}
