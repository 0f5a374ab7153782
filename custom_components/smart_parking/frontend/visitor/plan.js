/**
 * Plan as the server has drawn it; the script changes only the classes of bays, and the marks over
 * them.
 */

import { write } from "../shared/dom.js";

/** @typedef {import("./lot.js").VisitorLot} VisitorLot */
/** @typedef {import("./types").View} View */

const LOOKS = { v: "free", o: "occupied", h: "held", x: "closed", u: "unknown" };
/**
 * Pause before a drawing is loaded again; it spreads the requests of all phones after a rebuild.
 */
const RETRY_MS = 4_000;

/** @returns {Promise<Element>} */
async function load() {
  const response = await fetch("plan.svg?page");
  if (!response.ok) throw new Error(response.statusText);
  return new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
}

export class Plan {
  /** @type {[VisitorLot, View] | undefined} */
  #wanted;
  #isLoading = false;

  /**
   * @param {HTMLElement} figure
   * @param {() => Promise<Element>} [loader]
   */
  constructor(figure, loader = load) {
    this.figure = figure;
    this.loader = loader;
  }

  /** Shows the lot's current state, and the route. @param {VisitorLot} lot @param {View} view */
  show(lot, view) {
    this.#wanted = [lot, view];
    // Without a gate there is no plan.
    if (!view.seen) return;
    const svg = this.figure.querySelector("svg");
    if (svg && svg.dataset.plan === lot.plan && svg.dataset.level === view.level)
      this.#change(svg, lot, view);
    else void this.#load();
  }

  /** @param {SVGSVGElement} svg @param {VisitorLot} lot @param {View} view */
  #change(svg, lot, { seen, index, level, note }) {
    const [window, zoom, marks] = /** @type {NonNullable<View["seen"]>} */ (seen);
    const { label } = lot.bays[index ?? -1] ?? {};
    set(svg, "viewBox", window);
    set(svg, "class", `plan ${zoom}`.trim());
    set(svg, "role", label && "img");
    set(svg, "aria-label", label);
    set(svg, "aria-hidden", label ? undefined : "true");
    lot.codes.forEach((code, at) => {
      if (lot.bays[at]?.level !== level) return;
      const bay = svg.querySelector(`#b${at}`);
      if (!bay || !set(bay, "class", at === index ? "target" : LOOKS[code])) return;
      // A neighbour must not cover the outline of the target.
      if (at === index) bay.parentNode?.appendChild(bay);
    });
    const over = svg.querySelector(".over");
    if (over && svg.dataset.over !== marks) {
      over.innerHTML = marks;
      svg.dataset.over = marks;
    }
    const caption = this.figure.querySelector("figcaption");
    if (caption) write(caption, note);
    this.figure.hidden = false;
  }

  /** Loads the drawing that is needed now, until it is the right one. */
  async #load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const drawn = await this.loader();
      this.figure.querySelector("svg")?.remove();
      this.figure.prepend(drawn);
    } catch {
      // The event stream shows that the browser is offline; the old plan stays.
    }
    const again = () => {
      this.#isLoading = false;
      if (this.#wanted) this.show(...this.#wanted);
    };
    const svg = this.figure.querySelector("svg");
    const [lot, view] = this.#wanted ?? [];
    if (svg && svg.dataset.plan === lot?.plan && svg.dataset.level === view?.level) again();
    else setTimeout(again, RETRY_MS * (0.5 + Math.random()));
  }
}

/**
 * Sets an attribute, or removes it; returns whether it has changed.
 * @param {Element} element
 * @param {string} name
 * @param {string | undefined} value
 */
function set(element, name, value) {
  if (element.getAttribute(name) === (value ?? null)) return false;
  if (value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
  return true;
}
