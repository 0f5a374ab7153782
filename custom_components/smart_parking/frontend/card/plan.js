/** Plan of one level: an SVG that is drawn once and then updated bay by bay. */

import { html, svg } from "../shared/dom.js";
import { bayMarkup, gateMarkup, laneMarkup, rounded, symbolOf, turnOf } from "./drawing.js";
import { along, boxOf, grown, neighbour, span } from "./geometry.js";
import { glyph, SYMBOLS, UNIT } from "./glyphs.js";
import { HeldMarks } from "./held-marks.js";
import { boxesAround, showGrounds, surroundingsMarkup } from "./surroundings.js";
import { Viewport } from "./viewport.js";
import { partsOn, spots, wayTo } from "./way.js";
import { zoomButtons } from "./zoom-buttons.js";

/** @typedef {import("./types").Bay} Bay */
/** @typedef {import("./types").Gate} Gate */
/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").StateCode} StateCode */
/** @typedef {import("./types").ViewContext} ViewContext */

/** Room beside the bays, in metres; above and below them a third of it is enough. */
const MARGIN_M = 1.2;
/** Room around a gate; its mark is bigger on a plan that is seen from afar. */
const GATE_MARGIN_M = 1;
const GATE_MARGIN_FAR_M = 1.8;
/** Scale in px per metre below which labels are a blur. */
const FAR_PX_M = 8.5;
/** The same for vehicles. */
const FARTHER_PX_M = 5;
/** A plan with more bays is changed without transitions, and drawn in chunks. */
const MANY = 400;
/** A plan with more bays gets zoom buttons. */
const BIG = 60;
/** Width and height of a chunk; chunks out of sight are not drawn. */
const CHUNK_M = 30;
const LETTERS = /** @type {StateCode[]} */ (["v", "o", "h", "x", "u"]);

/**
 * @typedef {object} Drawn
 * @property {SVGGElement} group
 * @property {SVGPathElement} glyph
 * @property {SVGPathElement | null} symbol
 */

export class Plan {
  /** @type {Map<number, Drawn>} */
  #drawn = new Map();
  /** @type {{group: SVGGElement, box: import("./geometry.js").Box}[]} */
  #chunks = [];
  #shownWay = "";
  #target = -1;
  #tabbed = -1;
  #mine = -1;

  /**
   * @param {ViewContext} context
   * @param {string} level
   * @param {(index: number) => void} onBay A bay was tapped.
   * @param {(gate: number) => void} onGate
   */
  constructor(context, level, onBay, onGate) {
    this.context = context;
    this.level = level;
    this.onBay = onBay;
    const { state, words } = context;
    this.indices = state.bays
      .map((_, index) => index)
      .filter((index) => this.#bay(index).level === level);
    this.bays = this.indices.map((index) => this.#bay(index));
    this.gates = state.gates
      .map((gate, index) => ({ gate, index }))
      .filter((one) => one.gate.level === level);
    this.box = span(this.bays.map(boxOf)) ?? { left: 0, right: 1, bottom: 0, top: 1 };

    this.svg = svg("svg", {
      class: `plan${this.bays.length > MANY ? " many" : ""}`,
      role: "group",
      "aria-label": words.text("plan_of", { lot: state.name }),
    });
    this.svg.innerHTML = this.#markup();
    void showGrounds(this.svg, context, level);
    this.way = /** @type {SVGGElement} */ (this.svg.querySelector(".way"));
    this.#index();
    this.#listen(onGate);
    const marks = /** @type {SVGGElement} */ (this.svg.querySelector(".marks"));
    this.marks = new HeldMarks(context, this.svg, marks);
    this.#mark(this.indices);

    const many = this.bays.length > MANY;
    // A big plan is first shown without texts, because their layout takes longer than all the rest.
    this.root = html("div", { class: `stage${many ? " far farther" : ""}` }, this.svg);
    this.viewport = new Viewport(this.svg, this.#whole(), many, (window) => this.#looked(window));
    this.zoom = zoomButtons(words, this.viewport);
    const { window } = context.memory;
    if (window) this.viewport.set(window);
    this.#resize = new ResizeObserver(() => this.#detail());
    this.#resize.observe(this.svg);
  }

  #resize;

  destroy() {
    this.#resize.disconnect();
    this.marks.stop();
  }

  /** @param {number} index */
  #bay(index) {
    return /** @type {Bay} */ (this.context.state.bays[index]);
  }

  #whole() {
    const bays = grown(this.box, MARGIN_M, MARGIN_M / 3);
    const room = this.bays.length > BIG ? GATE_MARGIN_FAR_M : GATE_MARGIN_M;
    const gates = this.gates.map(({ gate: { x, y } }) =>
      grown({ left: x, right: x, bottom: y, top: y }, room, room),
    );
    const { network, surroundings } = this.context.state;
    const ways = spots(network, this.level);
    const around = boxesAround(surroundings, this.level);
    const { left, right, bottom, top } = span([bays, ...gates, ...ways, ...around]) ?? bays;
    const whole = {
      x: left * UNIT,
      y: -top * UNIT,
      width: (right - left) * UNIT,
      height: (top - bottom) * UNIT,
    };
    this.svg.style.setProperty("--ratio", String(whole.width / whole.height));
    return whole;
  }

  #markup() {
    const gates = this.gates.map(({ gate, index }) => gateMarkup(gate, index));
    const { state, words } = this.context;
    const around = surroundingsMarkup(state.surroundings, this.level, words);
    return (
      around.below +
      laneMarkup(this.bays, around.roads) +
      around.above +
      this.#chunkMarkup() +
      `<g class="marks" aria-hidden="true"></g>` +
      `<g class="way" aria-hidden="true"></g>` +
      `<g class="gates" aria-hidden="true">${gates.join("")}</g>`
    );
  }

  /** Returns the bays in chunks, which are shown and hidden together. */
  #chunkMarkup() {
    const { state, words } = this.context;
    /** @type {Map<string, number[]>} */
    const chunks = new Map();
    for (const index of this.indices) {
      const { x, y } = this.#bay(index);
      const key =
        this.bays.length > MANY ? `${Math.floor(x / CHUNK_M)},${Math.floor(y / CHUNK_M)}` : "";
      const chunk = chunks.get(key);
      if (chunk) chunk.push(index);
      else chunks.set(key, [index]);
    }
    return [...chunks.values()]
      .map((chunk) => chunk.map((index) => bayMarkup(state, words, index)).join(""))
      .map((bays) => `<g class="bays">${bays}</g>`)
      .join("");
  }

  #index() {
    for (const group of this.svg.querySelectorAll(".bay")) {
      const index = Number(/** @type {SVGGElement} */ (group).dataset.i);
      this.#drawn.set(index, {
        group: /** @type {SVGGElement} */ (group),
        glyph: /** @type {SVGPathElement} */ (group.querySelector(".g")),
        symbol: group.querySelector(".k"),
      });
    }
    for (const group of /** @type {NodeListOf<SVGGElement>} */ (
      this.svg.querySelectorAll(".bays")
    )) {
      const bays = [...group.children].map((bay) =>
        boxOf(this.#bay(Number(/** @type {SVGGElement} */ (bay).dataset.i))),
      );
      this.#chunks.push({ group, box: /** @type {import("./geometry.js").Box} */ (span(bays)) });
    }
    this.#tab(this.indices[0] ?? -1);
  }

  /** @param {(gate: number) => void} onGate */
  #listen(onGate) {
    this.svg.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target);
      const bay = /** @type {SVGGElement | null} */ (target.closest(".bay"));
      const gate = /** @type {SVGGElement | null} */ (target.closest(".gate"));
      if (gate) onGate(Number(gate.dataset.g));
      else if (bay) {
        this.#tab(Number(bay.dataset.i));
        this.onBay(Number(bay.dataset.i));
      }
    });
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.svg.addEventListener("focusin", (event) => {
      const bay = /** @type {Element} */ (event.target).closest(".bay");
      if (bay) this.#tab(Number(/** @type {SVGGElement} */ (bay).dataset.i));
    });
  }

  /** Makes one bay part of the page's tab order. @param {number} index */
  #tab(index) {
    if (index === this.#tabbed) return;
    this.#drawn.get(this.#tabbed)?.group.setAttribute("tabindex", "-1");
    this.#drawn.get(index)?.group.setAttribute("tabindex", "0");
    this.#tabbed = index;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (key === "Enter" || key === " ") this.onBay(this.#tabbed);
    else if (key === "+" || key === "=") this.viewport.zoomIn();
    else if (key === "-") this.viewport.zoomOut();
    else if (key === "0") this.viewport.reset();
    else if (key === "Home" || key === "End")
      this.#focus(key === "Home" ? 0 : this.bays.length - 1);
    else {
      const next = neighbour(this.bays, this.indices.indexOf(this.#tabbed), key);
      if (next === null) return;
      this.#focus(next);
    }
    event.preventDefault();
  }

  /** @param {number} place Among the level's bays. */
  #focus(place) {
    const index = this.indices[place];
    const bay = this.bays[place];
    if (index === undefined || !bay) return;
    this.#tab(index);
    const box = boxOf(bay);
    this.viewport.reveal({
      x: box.left * UNIT - 10,
      y: -box.top * UNIT - 10,
      width: (box.right - box.left) * UNIT + 20,
      height: (box.top - box.bottom) * UNIT + 20,
    });
    const group = this.#drawn.get(index)?.group;
    if (group?.parentElement) group.parentElement.style.display = "";
    group?.focus({ preventScroll: true });
  }

  /** @param {import("./viewport.js").Window} window */
  #looked(window) {
    if (!this.viewport) return; // It is still being made.
    this.context.memory.window = this.viewport.zoomed ? window : undefined;
    if (this.bays.length > MANY) this.#cull(window);
    this.#detail();
  }

  /**
   * Hides chunks that are more than a window's size away.
   * @param {import("./viewport.js").Window} window
   */
  #cull({ x, y, width, height }) {
    for (const { group, box } of this.#chunks) {
      const seen =
        box.right * UNIT > x - width &&
        box.left * UNIT < x + 2 * width &&
        -box.bottom * UNIT > y - height &&
        -box.top * UNIT < y + 2 * height;
      group.style.display = seen ? "" : "none";
    }
  }

  /** Hides details that are too small to read. */
  #detail() {
    const scale = this.viewport.scale * UNIT;
    const { classList } = this.root;
    classList.toggle("far", scale > 0 && scale < FAR_PX_M);
    classList.toggle("farther", scale > 0 && scale < FARTHER_PX_M);
    classList.toggle("zoomed", this.viewport.zoomed);
    this.zoom.hidden =
      this.bays.length <= BIG && !this.viewport.zoomed && !this.zoom.matches(":focus-within");
  }

  /**
   * Updates bays to their current state.
   * @param {Iterable<number>} indices
   */
  patch(indices) {
    const { state, words } = this.context;
    for (const index of indices) {
      const drawn = this.#drawn.get(index);
      const code = state.codes[index];
      if (!drawn || !code) continue;
      const bay = this.#bay(index);
      const { path, transform } = glyph(bay, code, turnOf(bay));
      const { classList } = drawn.group;
      if (!classList.contains(code)) {
        classList.remove(...LETTERS);
        classList.add(code, "new");
      }
      drawn.glyph.setAttribute("d", path);
      drawn.glyph.setAttribute("transform", transform);
      const symbol = drawn.symbol && symbolOf(bay, code);
      if (symbol) drawn.symbol?.setAttribute("transform", symbol.transform);
      drawn.group.setAttribute("aria-label", words.bay(state, index));
    }
    this.#mark(indices);
  }

  /** Updates the remaining times of holds. @param {Iterable<number>} indices */
  #mark(indices) {
    for (const index of indices) if (this.#drawn.has(index)) this.marks.mind(index);
    this.marks.show();
  }

  /** @param {Kind | undefined} kind Others step back. */
  only(kind) {
    for (const name of Object.keys(SYMBOLS))
      this.svg.classList.toggle(`only-${name}`, name === kind);
  }

  /**
   * Draws the route from a gate to its nearest bay, or to the bay that is held for the driver.
   * @param {number} gateIndex
   * @param {number} [mine]
   */
  showWay(gateIndex, mine = -1) {
    const { state } = this.context;
    for (const gate of this.svg.querySelectorAll(".gate"))
      gate.classList.toggle(
        "on",
        Number(/** @type {SVGGElement} */ (gate).dataset.g) === gateIndex,
      );
    const way = this.#wayOf(gateIndex, mine);
    this.#own(mine);
    this.#aim(way && way.bay.level === this.level ? way.index : -1);
    const gate = state.gates[gateIndex];
    const key = way && gate ? `${gateIndex}>${way.index}` : "";
    if (key === this.#shownWay) return;
    this.#shownWay = key;
    this.way.replaceChildren();
    if (!way || !gate) return;
    const corners = wayTo(state, gateIndex, way.index);
    // The route ends where the bay begins, so that it does not cover the bay's glyph.
    corners.push({ ...along(way.bay, 0.02), level: /** @type {string} */ (corners.pop()?.level) });
    const path = partsOn(corners, this.level).map(rounded).join("");
    if (!path) return;
    // The gate's name must not cover the route.
    this.svg.querySelector(".gate.on text")?.setAttribute("y", way.bay.y < gate.y ? "-25" : "35");
    this.way.append(
      svg("path", { class: "bed", d: path }),
      svg("path", { class: "dots", d: path }),
    );
    if (way.bay.level !== this.level) return;
    const end = along(way.bay, -0.03);
    this.way.append(svg("circle", { class: "end", cx: end.x * UNIT, cy: -end.y * UNIT, r: 8 }));
  }

  /** @param {number} gateIndex @param {number} mine */
  #wayOf(gateIndex, mine) {
    const { state, config } = this.context;
    if (mine >= 0) return { index: mine, bay: this.#bay(mine) };
    return config.show_way === false ? null : (state.nearest[gateIndex] ?? null);
  }

  /** Marks the driver's own bay. @param {number} index */
  #own(index) {
    if (index === this.#mine) return;
    this.#drawn.get(this.#mine)?.group.classList.remove("mine");
    this.#drawn.get(index)?.group.classList.add("mine");
    this.marks.own(index);
    this.#mine = index;
  }

  /** @param {number} index */
  #aim(index) {
    if (index === this.#target) return;
    this.#drawn.get(this.#target)?.group.classList.remove("target");
    this.#drawn.get(index)?.group.classList.add("target");
    this.#target = index;
  }

  /** Marks a bay as chosen. @param {number} index */
  choose(index) {
    for (const one of this.svg.querySelectorAll(".bay.chosen")) one.classList.remove("chosen");
    this.#drawn.get(index)?.group.classList.add("chosen");
  }
}
