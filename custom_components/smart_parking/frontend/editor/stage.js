/** The drawing on the screen: everything of a level, and what is selected. */

import { svg } from "../shared/dom.js";
import { Hands } from "./hands.js";
import {
  UNIT,
  bayPicture,
  gatePicture,
  groundPicture,
  lanePicture,
  num,
  path,
  rampPicture,
  zonePicture,
} from "./pictures.js";
import { View } from "./view.js";

/** @typedef {import("./types").Collection} Collection */
/** @typedef {import("./types").Drawing} Drawing */
/** @typedef {import("./types").DrawnBay} DrawnBay */
/** @typedef {import("./types").ThingId} ThingId */
/** @typedef {import("./types").Ways} Ways */
/** @typedef {import("./types").XY} XY */
/** @typedef {{x: number, y: number}} Point */

const LAYERS = /** @type {const} */ ([
  "grounds",
  "zones",
  "roads",
  "lanes",
  "ramps",
  "walls",
  "ways",
  "bays",
  "gates",
  "overlay",
]);

/** @param {ThingId} thing */
export const keyOf = ([name, id]) => `${name}/${id}`;
/** @param {string} key @returns {ThingId} */
export function thingOf(key) {
  const at = key.indexOf("/");
  return [/** @type {Collection} */ (key.slice(0, at)), key.slice(at + 1)];
}

/**
 * @typedef {import("./hands.js").Drawer & {
 *   drawing(): Drawing,
 *   ways(): Ways | null,
 *   paired(bay: DrawnBay): boolean,
 *   picture(id: string): Promise<string>,
 *   key(event: KeyboardEvent): void,
 *   text(key: any, values?: any): string,
 * }} Host
 */

export class Stage extends View {
  level = "";
  /** @type {Set<string>} */
  selected = new Set();
  /** @type {Map<string, SVGElement>} */
  #elements = new Map();
  /** @type {Map<string, SVGElement>} */
  #roads = new Map();
  /** @type {Map<string, string>} */
  #pictures = new Map();
  /** How bays and gates are drawn of which the drawing does not say it, by id. */
  /** @type {Map<string, string>} */
  #suggested = new Map();

  /** @param {Host} host */
  constructor(host) {
    super(host.text("plan"));
    this.host = host;
    this.layers = /** @type {Record<typeof LAYERS[number], SVGGElement>} */ (
      Object.fromEntries(LAYERS.map((name) => [name, svg("g", { class: name })]))
    );
    this.svg.append(...LAYERS.map((name) => this.layers[name]));
    this.svg.addEventListener("keydown", (event) => host.key(event));
    this.hands = new Hands(this, host);
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
    this.fitTo(points);
  }

  /** @param {import("./types").Change | null} change What has changed; null is everything. */
  draw(change = null) {
    if (!change) {
      this.#elements.clear();
      this.#roads.clear();
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
    for (const part of this.#parts(key)) part.remove();
    this.#elements.delete(key);
    this.#roads.delete(key);
    const element = this.#element(name, id);
    if (!element) return;
    element.setAttribute("data-thing", key);
    this.#elements.set(key, element);
    this.layers[name].append(element);
    const road = /** @type {SVGElement | null} */ (element.querySelector(".road"));
    if (!road) return;
    // All roads lie below all lines on them, so that crossings are seen.
    road.setAttribute("data-thing", key);
    this.#roads.set(key, road);
    this.layers.roads.append(road);
  }

  /** All that is drawn of a thing. @param {string} key */
  #parts(key) {
    return [this.#elements.get(key), this.#roads.get(key)].filter((one) => one !== undefined);
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
        return gate && (gate.level ?? "") === this.level
          ? gatePicture(gate, gate.heading ?? this.host.ways()?.headings[id] ?? 0)
          : null;
      }
      case "ramps": {
        const ramp = drawing.ramps.get(id);
        return ramp
          ? rampPicture(ramp, this.level, (level) => this.host.text("ramp_to", { level }))
          : null;
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
        return zonePicture(zone);
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

  /** @param {import("./types").DrawnGround} ground */
  #ground(ground) {
    const image = groundPicture(ground);
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
    for (const [key, road] of this.#roads)
      road.classList.toggle("selected", this.selected.has(key));
    for (const [key, element] of this.#elements) {
      element.classList.toggle("selected", this.selected.has(key));
      const [name, id] = thingOf(key);
      const bay = name === "bays" && drawing.bays.get(id);
      if (!bay) continue;
      element.classList.toggle("stranded", stranded.has(id));
      element.classList.toggle("paired", this.host.paired(bay));
    }
  }

  /** Draws anew what is drawn as the ways suggest, where they suggest something else now. */
  reshape() {
    const ways = this.host.ways();
    const drawn = new Map(
      Object.entries({ ...ways?.shapes, ...ways?.headings }).map(([id, one]) => [id, String(one)]),
    );
    const { bays, gates } = this.host.drawing();
    for (const [id, as] of drawn) {
      if (this.#suggested.get(id) === as) continue;
      if (bays.has(id)) this.#drawThing("bays", id);
      else if (gates.get(id)?.heading === undefined) this.#drawThing("gates", id);
    }
    this.#suggested = drawn;
    this.mark();
  }

  /** Shows selected things elsewhere while a hand holds them. @param {string} transform */
  shift(transform) {
    for (const element of [...this.selected].flatMap((key) => this.#parts(key))) {
      const before = element.dataset["at"] ?? element.getAttribute("transform") ?? "";
      element.dataset["at"] = before;
      element.setAttribute("transform", `${transform} ${before}`);
    }
  }

  /** Puts them back to where they are. */
  unshift() {
    for (const element of [...this.selected].flatMap((key) => this.#parts(key))) {
      if (element.dataset["at"] === undefined) continue;
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
}
