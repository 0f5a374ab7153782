/** The drawing on the screen: everything of a level, what is selected, and what a hand does to it. */

import { html, svg } from "../dom.js";
import { SYMBOLS } from "../glyphs.js";
import { apart, corners } from "./geometry.js";

/** @typedef {import("./types").Collection} Collection */
/** @typedef {import("./types").Drawing} Drawing */
/** @typedef {import("./types").DrawnBay} DrawnBay */
/** @typedef {import("./types").ThingId} ThingId */
/** @typedef {import("./types").Ways} Ways */
/** @typedef {import("./types").XY} XY */
/** @typedef {{x: number, y: number}} Point */

/** Drawing units per metre. */
export const UNIT = 20;
const LANE_M = 5;
const SLOP_PX = 6;
const LAYERS = /** @type {const} */ ([
  "grounds",
  "zones",
  "lanes",
  "ramps",
  "walls",
  "ways",
  "bays",
  "gates",
  "overlay",
]);

/** @param {XY[]} points @param {boolean} [closed] */
export const path = (points, closed = false) =>
  points.map(([x, y], index) => `${index ? "L" : "M"}${num(x * UNIT)} ${num(-y * UNIT)}`).join("") +
  (closed ? "Z" : "");

/** @param {number} value */
const num = (value) => Math.round(value * 100) / 100;
/** @param {ThingId} thing */
export const keyOf = ([name, id]) => `${name}/${id}`;
/** @param {string} key @returns {ThingId} */
export function thingOf(key) {
  const at = key.indexOf("/");
  return [/** @type {Collection} */ (key.slice(0, at)), key.slice(at + 1)];
}

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

export class Stage {
  /** What is seen, in metres: the middle, and px per metre. */
  view = { x: 10, y: 5, scale: 24 };
  level = "";
  /** @type {Set<string>} */
  selected = new Set();
  /** @type {Map<string, SVGElement>} */
  #elements = new Map();
  /** @type {Map<number, Point>} */
  #pointers = new Map();
  /** @type {Hand | null} */
  #hand = null;
  #moved = 0;
  #panning = false;
  #frame = 0;
  /** @type {Map<string, string>} */
  #pictures = new Map();

  /**
   * @param {{
   *   drawing(): Drawing,
   *   ways(): Ways | null,
   *   paired(bay: DrawnBay): boolean,
   *   picture(id: string): Promise<string>,
   *   down(hand: Hand): void, move(hand: Hand): void, up(hand: Hand): void, cancel(): void,
   *   hover(hand: Hand): void, key(event: KeyboardEvent): void, text(key: any, values?: any): string,
   * }} host
   */
  constructor(host) {
    this.host = host;
    this.layers = /** @type {Record<typeof LAYERS[number], SVGGElement>} */ (
      Object.fromEntries(LAYERS.map((name) => [name, svg("g", { class: name })]))
    );
    this.grid = svg("path", { class: "grid" });
    this.svg = svg(
      "svg",
      {
        tabindex: 0,
        role: "application",
        "aria-label": host.text("plan"),
        "aria-describedby": "keys",
      },
      this.grid,
      ...LAYERS.map((name) => this.layers[name]),
    );
    this.tip = html("div", { class: "tip", hidden: true });
    this.root = html("div", { class: "stage" }, this.svg, this.tip);
    this.svg.addEventListener("pointerdown", this.#down);
    this.svg.addEventListener("pointermove", this.#move);
    this.svg.addEventListener("pointerup", this.#up);
    this.svg.addEventListener("pointercancel", this.#cancel);
    this.svg.addEventListener("wheel", this.#wheel, { passive: false });
    this.svg.addEventListener("keydown", (event) => host.key(event));
    this.svg.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => this.#show()).observe(this.root);
  }

  /* What is seen */

  #show() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const { width, height } = this.#size;
      if (!width) return;
      const { x, y, scale } = this.view;
      const [w, h] = [(width / scale) * UNIT, (height / scale) * UNIT];
      this.svg.setAttribute("viewBox", `${x * UNIT - w / 2} ${-y * UNIT - h / 2} ${w} ${h}`);
      this.#grid(x, y, width / scale, height / scale);
    });
  }

  get #size() {
    return { width: this.root.clientWidth, height: this.root.clientHeight };
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  #grid(x, y, width, height) {
    const step = [1, 2.5, 5, 10, 25, 50, 100, 250].find((one) => one * this.view.scale > 18) ?? 500;
    const [left, right] = [x - width / 2, x + width / 2];
    const [low, high] = [y - height / 2, y + height / 2];
    let out = "";
    for (let at = Math.ceil(left / step) * step; at <= right; at += step)
      out += `M${num(at * UNIT)} ${num(-high * UNIT)}V${num(-low * UNIT)}`;
    for (let at = Math.ceil(low / step) * step; at <= high; at += step)
      out += `M${num(left * UNIT)} ${num(-at * UNIT)}H${num(right * UNIT)}`;
    this.grid.setAttribute("d", out);
  }

  /** @param {number} factor @param {Point} [around] */
  zoom(factor, around = this.view) {
    const scale = Math.min(200, Math.max(1, this.view.scale * factor));
    const kept = this.view.scale / scale;
    this.view = {
      x: around.x + (this.view.x - around.x) * kept,
      y: around.y + (this.view.y - around.y) * kept,
      scale,
    };
    this.#show();
  }

  /** Shows all that is on the level. */
  fit() {
    const drawing = this.host.drawing();
    /** @type {Point[]} */
    const points = [];
    for (const name of /** @type {const} */ (["bays", "gates"]))
      for (const thing of drawing[name].values())
        if ((thing.level ?? "") === this.level) points.push(thing);
    for (const name of /** @type {const} */ (["lanes", "walls", "zones"]))
      for (const thing of drawing[name].values())
        if ((thing.level ?? "") === this.level)
          points.push(...thing.points.map(([x, y]) => ({ x, y })));
    for (const { level, x, y, width, height } of drawing.grounds.values())
      if ((level ?? "") === this.level)
        points.push(
          { x: x - width / 2, y: y - height / 2 },
          { x: x + width / 2, y: y + height / 2 },
        );
    const { width, height } = this.#size;
    if (!points.length || !width) return this.#show();
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [left, right] = [Math.min(...xs) - 6, Math.max(...xs) + 6];
    const [low, high] = [Math.min(...ys) - 6, Math.max(...ys) + 6];
    this.view = {
      x: (left + right) / 2,
      y: (low + high) / 2,
      scale: Math.min(40, width / (right - left), height / (high - low)),
    };
    this.#show();
  }

  /** @param {{clientX: number, clientY: number}} event @returns {Point} */
  at(event) {
    const box = this.root.getBoundingClientRect();
    const { x, y, scale } = this.view;
    return {
      x: x + (event.clientX - box.left - box.width / 2) / scale,
      y: y - (event.clientY - box.top - box.height / 2) / scale,
    };
  }

  /** Px on the stage of a point. @param {Point} point */
  onScreen(point) {
    const { width, height } = this.#size;
    const { x, y, scale } = this.view;
    return { x: width / 2 + (point.x - x) * scale, y: height / 2 - (point.y - y) * scale };
  }

  /** Moves just so far that a point is seen. @param {Point} point */
  reveal(point) {
    const { width, height } = this.#size;
    const [w, h] = [width / this.view.scale / 2 - 2, height / this.view.scale / 2 - 2];
    const { x, y } = this.view;
    this.view = {
      ...this.view,
      x: Math.min(Math.max(x, point.x - w), point.x + w),
      y: Math.min(Math.max(y, point.y - h), point.y + h),
    };
    this.#show();
  }

  /* What is drawn */

  /** @param {import("./types").Change | null} change What has changed; null is everything. */
  draw(change = null) {
    if (!change) {
      this.#elements.clear();
      for (const name of LAYERS) this.layers[name].replaceChildren();
    }
    const drawing = this.host.drawing();
    for (const name of /** @type {const} */ ([
      "grounds",
      "zones",
      "lanes",
      "ramps",
      "walls",
      "bays",
      "gates",
    ])) {
      const ids = change ? Object.keys(change[name] ?? {}) : drawing[name].keys();
      for (const id of ids) this.#drawThing(name, id);
    }
    this.mark();
  }

  /** @param {"grounds" | "zones" | "lanes" | "ramps" | "walls" | "bays" | "gates"} name @param {string} id */
  #drawThing(name, id) {
    const key = `${name}/${id}`;
    this.#elements.get(key)?.remove();
    this.#elements.delete(key);
    const element = this.#element(name, id);
    if (!element) return;
    element.setAttribute("data-thing", key);
    this.#elements.set(key, element);
    this.layers[name].append(element);
  }

  /** @param {Collection} name @param {string} id @returns {SVGElement | null} */
  #element(name, id) {
    const drawing = this.host.drawing();
    switch (name) {
      case "bays": {
        const bay = drawing.bays.get(id);
        return bay && (bay.level ?? "") === this.level ? this.#bay(id, bay) : null;
      }
      case "gates": {
        const gate = drawing.gates.get(id);
        return gate && (gate.level ?? "") === this.level ? this.#gate(id, gate) : null;
      }
      case "ramps": {
        const ramp = drawing.ramps.get(id);
        return ramp ? this.#ramp(ramp) : null;
      }
      case "grounds": {
        const ground = drawing.grounds.get(id);
        return ground && (ground.level ?? "") === this.level ? this.#ground(ground) : null;
      }
      case "lanes": {
        const lane = drawing.lanes.get(id);
        return lane && (lane.level ?? "") === this.level ? lanePicture(lane) : null;
      }
      case "walls": {
        const wall = drawing.walls.get(id);
        if (!wall || (wall.level ?? "") !== this.level) return null;
        return svg("path", { class: "wall", d: path(wall.points) });
      }
      case "zones": {
        const zone = drawing.zones.get(id);
        if (!zone || (zone.level ?? "") !== this.level) return null;
        const [x, y] = middle(zone.points);
        return svg(
          "g",
          { class: "zone" },
          svg("path", { d: path(zone.points, true) }),
          svg("text", { x: num(x * UNIT), y: num(-y * UNIT) }, zone.name),
        );
      }
      default:
        return null;
    }
  }

  /** What a bay covers. @param {string} id @param {DrawnBay} bay */
  shape(id, bay) {
    const [width, length, heading] = this.host.ways()?.shapes[id] ?? [2.5, 5, 90];
    return {
      x: bay.x,
      y: bay.y,
      width: bay.width ?? width,
      length: bay.length ?? length,
      heading: bay.heading ?? heading,
    };
  }

  /** @param {string} id @param {DrawnBay} bay */
  #bay(id, bay) {
    const kind = bay.kind ?? "standard";
    const element = bayPicture(this.shape(id, bay), bay.label, kind);
    element.classList.toggle("paired", this.host.paired(bay));
    element.classList.toggle("stranded", this.host.ways()?.stranded.includes(id) ?? false);
    return element;
  }

  /** @param {string} id @param {import("./types").DrawnGate} gate */
  #gate(id, gate) {
    const heading = gate.heading ?? this.host.ways()?.headings[id] ?? 0;
    return svg(
      "g",
      { class: "gate", transform: `translate(${num(gate.x * UNIT)} ${num(-gate.y * UNIT)})` },
      svg("circle", { r: 15 }),
      svg("path", { d: "M-6-8.5L9 0L-6 8.5Z", transform: `rotate(${num(-heading)})` }),
      svg("text", { y: 31 }, gate.name),
    );
  }

  /** @param {import("./types").DrawnRamp} ramp */
  #ramp(ramp) {
    const ends = [ramp.start, ramp.end];
    const here = ends.filter(([level]) => level === this.level);
    if (!here.length) return null;
    const element = svg("g", { class: "ramp" });
    for (const end of here) {
      const other = end === ramp.start ? ramp.end : ramp.start;
      const [x, y] = [num(end[1] * UNIT), num(-end[2] * UNIT)];
      element.append(
        svg("rect", { x: x - 40, y: y - 40, width: 80, height: 80, rx: 6 }),
        svg("path", { d: `M${x - 14} ${y + 8}L${x} ${y - 8}L${x + 14} ${y + 8}` }),
        svg("text", { x, y: y + 56 }, this.host.text("ramp_to", { level: other[0] || "–" })),
      );
    }
    return element;
  }

  /** @param {import("./types").DrawnGround} ground */
  #ground(ground) {
    const { x, y, width, height } = ground;
    const image = svg("image", {
      x: num((-width / 2) * UNIT),
      y: num((-height / 2) * UNIT),
      width: num(width * UNIT),
      height: num(height * UNIT),
      preserveAspectRatio: "none",
      opacity: ground.opacity ?? 0.5,
      transform: `translate(${num(x * UNIT)} ${num(-y * UNIT)}) rotate(${num(-(ground.turn ?? 0))})`,
    });
    const known = this.#pictures.get(ground.picture);
    if (known) image.setAttribute("href", known);
    else
      void this.host.picture(ground.picture).then((address) => {
        this.#pictures.set(ground.picture, address);
        image.setAttribute("href", address);
      });
    return image;
  }

  /** Shows what is selected, and what has no sensor or no way. */
  mark() {
    const ways = this.host.ways();
    const stranded = new Set(ways?.stranded);
    const drawing = this.host.drawing();
    for (const [key, element] of this.#elements) {
      element.classList.toggle("selected", this.selected.has(key));
      const [name, id] = thingOf(key);
      const bay = name === "bays" && drawing.bays.get(id);
      if (!bay) continue;
      element.classList.toggle("stranded", stranded.has(id));
      element.classList.toggle("paired", this.host.paired(bay));
    }
  }

  /** Draws anew what is drawn as the ways suggest. */
  reshape() {
    const drawing = this.host.drawing();
    for (const id of Object.keys(this.host.ways()?.shapes ?? {})) this.#drawThing("bays", id);
    for (const [id, gate] of drawing.gates)
      if (gate.heading === undefined) this.#drawThing("gates", id);
    this.mark();
  }

  /** Shows selected things elsewhere while a hand holds them. @param {string} transform */
  shift(transform) {
    for (const key of this.selected) {
      const element = this.#elements.get(key);
      if (!element) continue;
      element.style.transform = "";
      const before = element.dataset["at"] ?? element.getAttribute("transform") ?? "";
      element.dataset["at"] = before;
      element.setAttribute("transform", `${transform} ${before}`);
    }
  }

  /** Puts them back to where they are. */
  unshift() {
    for (const key of this.selected) {
      const element = this.#elements.get(key);
      if (element?.dataset["at"] === undefined) continue;
      element.setAttribute("transform", element.dataset["at"]);
      delete element.dataset["at"];
    }
  }

  /** @param {...(SVGElement | null)} elements */
  overlay(...elements) {
    this.layers.overlay.replaceChildren(
      ...elements
        .filter((one) => /** @type {boolean} */ (one !== null))
        .map((one) => /** @type {SVGElement} */ (one)),
    );
  }

  /** A handle that a hand can hold. @param {string} name @param {Point} at @param {string} [kind] */
  handle(name, at, kind = "") {
    const r = (kind === "big" ? 9 : 7) * (UNIT / this.view.scale);
    const element = svg("circle", {
      class: `handle ${kind}`,
      r,
      cx: num(at.x * UNIT),
      cy: num(-at.y * UNIT),
      "stroke-width": (2.5 * UNIT) / this.view.scale,
    });
    element.setAttribute("data-handle", name);
    return element;
  }

  /** The ways to a bay from every gate. @param {string | null} bayId */
  showWays(bayId) {
    const ways = this.host.ways();
    const bay = bayId === null ? undefined : this.host.drawing().bays.get(bayId);
    this.layers.ways.replaceChildren();
    if (!ways || !bay || bayId === null) return;
    for (const [gateId, start] of Object.entries(ways.gates)) {
      const gate = this.host.drawing().gates.get(gateId);
      let node = ways.bays[bayId] ?? -1;
      if (!gate || start < 0) continue;
      /** @type {XY[]} */
      const points = (bay.level ?? "") === this.level ? [[bay.x, bay.y]] : [];
      const parents = ways.parents[gateId] ?? [];
      let reached = false;
      for (let steps = 0; node >= 0 && steps < parents.length + 1; steps += 1) {
        const [x, y, level] = ways.nodes[node] ?? [0, 0, -1];
        if (ways.levels[level] === this.level) points.push([x, y]);
        reached ||= node === start;
        if (reached) break;
        node = parents[node] ?? -1;
      }
      if (!reached) continue;
      if ((gate.level ?? "") === this.level) points.push([gate.x, gate.y]);
      if (points.length > 1) this.layers.ways.append(svg("path", { d: path(points.reverse()) }));
    }
  }

  /** @param {Point | null} at @param {string} [text] @param {string} [more] */
  showTip(at, text = "", more = "") {
    this.tip.hidden = !at;
    if (!at) return;
    const { x, y } = this.onScreen(at);
    const { width, height } = this.#size;
    this.tip.replaceChildren(html("b", {}, text), ...(more ? [html("span", {}, more)] : []));
    this.tip.style.left = `${Math.min(width - 190, x + 16)}px`;
    this.tip.style.top = `${Math.min(height - 60, y + 16)}px`;
  }

  /* What a hand does */

  /** @param {PointerEvent} event @returns {Hand} */
  #read(event) {
    const at = this.at(event);
    // A captured pointer says that everything happens on the drawing itself.
    const root = /** @type {ShadowRoot} */ (this.root.getRootNode());
    const target = root.elementFromPoint(event.clientX, event.clientY);
    return {
      at,
      from: this.#hand?.from ?? at,
      thing: target?.closest("[data-thing]")?.getAttribute("data-thing") ?? null,
      handle: this.#hand
        ? this.#hand.handle
        : (target?.closest("[data-handle]")?.getAttribute("data-handle") ?? null),
      tap: this.#moved <= SLOP_PX,
      shift: event.shiftKey,
      free: event.altKey,
      touch: event.pointerType === "touch",
    };
  }

  /** @param {PointerEvent} event */
  #down = (event) => {
    this.svg.focus({ preventScroll: true });
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.svg.setPointerCapture(event.pointerId);
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
      this.#pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      this.zoom(
        factor,
        this.at({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }),
      );
    } else if (this.#panning) this.#pan(now.x - before.x, now.y - before.y);
    else if (this.#hand) {
      const hand = this.#read(event);
      if (!hand.tap) this.host.move(hand);
    }
  };

  /** @param {number} dx @param {number} dy */
  #pan(dx, dy) {
    const { x, y, scale } = this.view;
    this.view = { x: x - dx / scale, y: y + dy / scale, scale };
    this.#show();
  }

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
    if (event.shiftKey) this.#pan(-event.deltaY, 0);
    else this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), this.at(event));
  };
}

/**
 * @param {{x: number, y: number, width: number, length: number, heading: number}} shape
 * @param {string} label
 * @param {import("../types").Kind} kind
 */
export function bayPicture(shape, label, kind) {
  const [back, front, side, other] = corners(shape);
  const element = svg(
    "g",
    { class: `bay ${kind}` },
    svg("path", {
      class: "floor",
      d: path(/** @type {XY[]} */ ([back, front, side, other]), true),
    }),
    svg("path", { class: "edge", d: path(/** @type {XY[]} */ ([back, front, side, other])) }),
  );
  const [x, y] = [num(shape.x * UNIT), num(-shape.y * UNIT)];
  if (kind !== "standard") {
    const angle = (shape.heading * Math.PI) / 180;
    const ahead = shape.length * 0.26 * UNIT;
    element.append(
      svg("path", {
        class: SYMBOLS[kind].solid ? "symbol solid" : "symbol",
        d: SYMBOLS[kind].path,
        transform: `translate(${num(x + Math.cos(angle) * ahead)} ${num(y - Math.sin(angle) * ahead)})`,
      }),
    );
  }
  // Long labels are smaller, so that they stay in their bay.
  element.append(
    svg("text", { x, y, style: `font-size:${num(Math.min(16, 78 / label.length))}px` }, label),
  );
  return element;
}

/** @param {import("./types").DrawnLane} lane */
export function lanePicture(lane) {
  const d = path(lane.points);
  const element = svg(
    "g",
    { class: "lane" },
    svg("path", { class: "road", d, "stroke-width": LANE_M * UNIT }),
    svg("path", { class: "centre", d }),
  );
  if (lane.one_way) element.append(svg("path", { class: "arrows", d: arrows(lane.points) }));
  return element;
}

/** Arrow heads along a line. @param {XY[]} points */
function arrows(points) {
  let out = "";
  for (let index = 1; index < points.length; index += 1) {
    const [x1, y1] = points[index - 1] ?? [0, 0];
    const [x2, y2] = points[index] ?? [0, 0];
    const length = Math.hypot(x2 - x1, y2 - y1);
    const [ux, uy] = [(x2 - x1) / (length || 1), (y2 - y1) / (length || 1)];
    const count = Math.max(1, Math.round(length / 8));
    for (let number = 0; number < count; number += 1) {
      const at = (length * (number + 0.5)) / count;
      const [x, y] = [x1 + ux * at, y1 + uy * at];
      out += path([
        [x - ux * 0.6 - uy * 0.6, y - uy * 0.6 + ux * 0.6],
        [x + ux * 0.4, y + uy * 0.4],
        [x - ux * 0.6 + uy * 0.6, y - uy * 0.6 - ux * 0.6],
      ]);
    }
  }
  return out;
}

/** @param {XY[]} points @returns {XY} */
function middle(points) {
  const [x, y] = points.reduce(([sx, sy], [px, py]) => [sx + px, sy + py], [0, 0]);
  return [x / points.length, y / points.length];
}
