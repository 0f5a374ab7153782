/** What is done to what is selected: each gives a change, and none does anything by itself. */

import { merge, newId } from "./change.js";
import { boundsOf, turned } from "./geometry.js";
import { fits, inOrder, layOut, moveShape, parts, readShape, runOn, shapeCells } from "./rows.js";

/** @typedef {import("./types").Change} Change */
/** @typedef {import("./types").Collection} Collection */
/** @typedef {import("./types").Drawing} Drawing */
/** @typedef {import("./types").DrawnBay} DrawnBay */
/** @typedef {import("./types").DrawnLine} DrawnLine */
/** @typedef {import("./types").RowShape} RowShape */
/** @typedef {import("./types").ThingId} ThingId */
/** @typedef {(x: number, y: number) => [number, number]} Move */

/** Collections whose things are lines. */
const LINES = /** @type {("lanes" | "walls" | "zones")[]} */ (["lanes", "walls", "zones"]);

/** A change that can be filled. @returns {any} */
const empty = () => ({});

/** @param {any} change @param {Collection} name @param {string} id @param {unknown} thing */
function put(change, name, id, thing) {
  (change[name] ??= {})[id] = thing;
}

/** The row that a bay belongs to. @param {Drawing} drawing @param {string} bayId */
export function rowOf(drawing, bayId) {
  for (const [id, row] of drawing.rows) if (row.bays.includes(bayId)) return id;
  return null;
}

/**
 * The row that some bays are, no more and no less, as long as they lie as it says.
 * @param {Drawing} drawing
 * @param {string[]} bayIds
 */
export function wholeRow(drawing, bayIds) {
  const id = bayIds[0] === undefined ? null : rowOf(drawing, bayIds[0]);
  const row = id === null ? undefined : drawing.rows.get(id);
  const shape = row && readShape(row.shape);
  if (!id || !row || !shape || row.bays.length !== bayIds.length) return null;
  if (!bayIds.every((one) => row.bays.includes(one))) return null;
  return fits(
    shape,
    row.bays.map((one) => drawing.bays.get(one)),
  )
    ? { id, row, shape }
    : null;
}

/** Drops rows of which not all bays are meant: they no longer lie in one line. */
/** @param {Change} change @param {Drawing} drawing @param {Set<string>} bayIds */
function voidRows(change, drawing, bayIds) {
  for (const [id, row] of drawing.rows) {
    const meant = row.bays.filter((one) => bayIds.has(one)).length;
    if (meant > 0 && meant < row.bays.length) put(change, "rows", id, null);
  }
}

/**
 * Moves and turns things.
 * @param {Drawing} drawing
 * @param {ThingId[]} things
 * @param {Move} move
 * @param {number} [degrees] By how much they are turned besides.
 * @param {string} [level] The one whose ends of ramps are meant.
 */
export function transform(drawing, things, move, degrees = 0, level = "") {
  const change = empty();
  const bays = new Set(things.filter(([name]) => name === "bays").map(([, id]) => id));
  for (const [name, id] of things) {
    if (name === "bays" || name === "gates") {
      const thing = drawing[name].get(id);
      if (!thing) continue;
      const [x, y] = move(thing.x, thing.y);
      const heading =
        thing.heading === undefined || !degrees ? {} : { heading: turned(thing.heading + degrees) };
      put(change, name, id, { ...thing, x, y, ...heading });
    } else if (name === "lanes" || name === "walls" || name === "zones") {
      const thing = drawing[name].get(id);
      if (thing)
        put(change, name, id, { ...thing, points: thing.points.map(([x, y]) => move(x, y)) });
    } else if (name === "ramps") {
      const thing = drawing.ramps.get(id);
      if (!thing) continue;
      const end = (/** @type {import("./types").End} */ [of, x, y]) =>
        of === level ? [of, ...move(x, y)] : [of, x, y];
      put(change, name, id, { ...thing, start: end(thing.start), end: end(thing.end) });
    } else if (name === "grounds") {
      const thing = drawing.grounds.get(id);
      if (!thing) continue;
      const [x, y] = move(thing.x, thing.y);
      put(change, name, id, { ...thing, x, y, turn: turned((thing.turn ?? 0) + degrees) });
    }
  }
  voidRows(change, drawing, bays);
  for (const [id, row] of drawing.rows) {
    const shape = readShape(row.shape);
    if (shape && row.bays.length && row.bays.every((one) => bays.has(one)))
      put(change, "rows", id, { ...row, shape: shapeCells(moveShape(shape, move)) });
  }
  return /** @type {Change} */ (change);
}

/** @param {Drawing} drawing @param {ThingId[]} things */
export function remove(drawing, things) {
  const change = empty();
  for (const [name, id] of things) put(change, name, id, null);
  const bays = new Set(things.filter(([name]) => name === "bays").map(([, id]) => id));
  for (const [id, row] of drawing.rows)
    if (row.bays.some((one) => bays.has(one))) put(change, "rows", id, null);
  return /** @type {Change} */ (change);
}

/**
 * Makes a row of bays, or lays one out anew: its bays stay the same ones as far as there are any.
 * @param {Drawing} drawing
 * @param {RowShape} shape
 * @param {{rowId?: string, first?: string, kind?: DrawnBay["kind"]}} [more]
 */
export function drawRow(drawing, shape, { rowId, first, kind } = {}) {
  const change = empty();
  const before = rowId === undefined ? [] : (drawing.rows.get(rowId)?.bays ?? []);
  const placed = layOut(shape);
  const ids = placed.map((_, index) => before[index] ?? newId());
  const known = before.map((id) => drawing.bays.get(id));
  const begin = first ?? known[0]?.label ?? "A01";
  const labels = runOn(begin, placed.length);
  const others = new Set(
    [...drawing.bays].filter(([id]) => !ids.includes(id)).map(([, bay]) => bay.label),
  );
  placed.forEach((place, index) => {
    const bay = known[index];
    const label = bay && first === undefined ? bay.label : /** @type {string} */ (labels[index]);
    put(change, "bays", /** @type {string} */ (ids[index]), {
      ...bay,
      label: others.has(label) && !bay ? free(label, others) : label,
      kind: bay?.kind ?? kind ?? "standard",
      level: shape.level,
      ...place,
    });
  });
  for (const id of before.slice(placed.length)) put(change, "bays", id, null);
  put(change, "rows", rowId ?? newId(), { bays: ids, shape: shapeCells(shape) });
  return { change: /** @type {Change} */ (change), ids };
}

/** A label like another that nobody has. @param {string} label @param {Set<string>} taken */
function free(label, taken) {
  const { prefix, number, digits } = parts(label);
  for (let next = number; ; next += 1) {
    const candidate = `${prefix}${String(next).padStart(digits, "0")}`;
    if (!taken.has(candidate)) {
      taken.add(candidate);
      return candidate;
    }
  }
}

/**
 * Labels bays anew, in the order in which somebody walks along them.
 * @param {Drawing} drawing
 * @param {string[]} bayIds
 * @param {string} first
 * @param {"right" | "left" | "down" | "up"} direction
 */
export function renumber(drawing, bayIds, first, direction) {
  const change = empty();
  const bays = bayIds.flatMap((id) => {
    const bay = drawing.bays.get(id);
    return bay ? [{ id, bay, x: bay.x, y: bay.y }] : [];
  });
  const labels = runOn(first, bays.length);
  inOrder(bays, direction).forEach(({ id, bay }, index) =>
    put(change, "bays", id, { ...bay, label: labels[index] }),
  );
  return /** @type {Change} */ (change);
}

/**
 * Brings bays and gates into one line, or spreads them evenly.
 * @param {Drawing} drawing
 * @param {ThingId[]} things
 * @param {"x" | "y"} axis
 * @param {boolean} spread
 */
export function align(drawing, things, axis, spread) {
  const placed = things.flatMap(([name, id]) => {
    const thing = name === "bays" || name === "gates" ? drawing[name].get(id) : undefined;
    return thing ? [{ name, id, thing }] : [];
  });
  const change = empty();
  const sorted = [...placed].sort((one, other) => one.thing[axis] - other.thing[axis]);
  const low = sorted[0]?.thing[axis] ?? 0;
  const high = sorted.at(-1)?.thing[axis] ?? 0;
  const middle = Math.round(((low + high) / 2) * 1000) / 1000;
  sorted.forEach(({ name, id, thing }, index) => {
    const at = spread ? low + ((high - low) * index) / Math.max(1, sorted.length - 1) : middle;
    put(change, name, id, { ...thing, [axis]: Math.round(at * 1000) / 1000 });
  });
  for (const [id, row] of drawing.rows)
    if (row.bays.some((one) => change.bays?.[one])) put(change, "rows", id, null);
  return /** @type {Change} */ (change);
}

/** Things to be copied, with the rows that all bays of are among them. */
/** @param {Drawing} drawing @param {ThingId[]} things */
export function copy(drawing, things) {
  const bays = new Set(things.filter(([name]) => name === "bays").map(([, id]) => id));
  /** @type {{name: Collection, id: string, thing: any}[]} */
  const copied = things.map(([name, id]) => ({ name, id, thing: drawing[name].get(id) }));
  for (const [id, row] of drawing.rows)
    if (row.bays.length && row.bays.every((one) => bays.has(one)))
      copied.push({ name: "rows", id, thing: row });
  return copied;
}

/**
 * Copies of things, moved to another place; bays get labels that nobody has, and no sensors.
 * @param {Drawing} drawing
 * @param {{name: Collection, thing: any, id: string}[]} copied
 * @param {Move} move
 * @param {string} level
 */
export function paste(drawing, copied, move, level) {
  const change = empty();
  const taken = new Set([...drawing.bays.values()].map(({ label }) => label));
  const names = new Set([...drawing.gates.values()].map(({ name }) => name));
  /** @type {Map<string, string>} */
  const ids = new Map();
  for (const { name, thing, id: old } of copied) {
    if (name === "rows" || name === "ramps") continue;
    const id = newId();
    ids.set(old, id);
    if (name === "bays") {
      const [x, y] = move(thing.x, thing.y);
      const { node: _node, wiring: _wiring, ...rest } = thing;
      put(change, name, id, { ...rest, label: free(thing.label, taken), x, y, level });
    } else if (name === "gates") {
      const [x, y] = move(thing.x, thing.y);
      let title = thing.name;
      for (let number = 2; names.has(title); number += 1) title = `${thing.name} ${number}`;
      names.add(title);
      put(change, name, id, { ...thing, name: title, x, y, level });
    } else if (LINES.some((one) => one === name))
      put(change, name, id, {
        ...thing,
        level,
        points: thing.points.map((/** @type {[number, number]} */ [x, y]) => move(x, y)),
      });
  }
  for (const { name, thing } of copied) {
    const shape = name === "rows" ? readShape(thing.shape) : null;
    if (!shape || !thing.bays.every((/** @type {string} */ one) => ids.has(one))) continue;
    put(change, "rows", newId(), {
      bays: thing.bays.map((/** @type {string} */ one) => ids.get(one)),
      shape: shapeCells({ ...moveShape(shape, move), level }),
    });
  }
  return /** @type {Change} */ (change);
}

/**
 * The node that a sensor belongs to; one that is not drawn yet has an id of its own.
 * @param {Drawing} drawing
 * @param {import("./types").FreeSensor} offer
 */
const nodeOf = (drawing, { node, source }) =>
  node ?? [...drawing.nodes].find(([, one]) => one.source === source)?.[0] ?? newId();

/**
 * Gives a bay a sensor, which no other bay has then.
 * @param {Drawing} drawing
 * @param {string} bayId
 * @param {import("./types").FreeSensor} offer
 * @param {number | null} emptyM How far the floor is away, if the sensor says so.
 */
export function pair(drawing, bayId, offer, emptyM) {
  const bay = drawing.bays.get(bayId);
  const change = empty();
  if (!bay) return /** @type {Change} */ (change);
  const node = nodeOf(drawing, offer);
  if (!drawing.nodes.has(node))
    put(change, "nodes", node, { name: offer.node_name ?? "", source: offer.source });
  const wiring = { ...offer.wiring, ...(emptyM === null ? {} : { empty_m: emptyM }) };
  put(change, "bays", bayId, { ...bay, node, wiring });
  return /** @type {Change} */ (change);
}

/**
 * Gives bays a sensor each; those of a kind that need a new node have one together.
 * @param {Drawing} drawing
 * @param {[bayId: string, offer: import("./types").FreeSensor, emptyM: number | null][]} pairs
 */
export function pairAll(drawing, pairs) {
  /** @type {Map<string, string>} */
  const nodes = new Map();
  return merge(
    ...pairs.map(([bayId, offer, emptyM]) => {
      const node = offer.node ?? nodes.get(offer.source) ?? nodeOf(drawing, offer);
      if (offer.node === null) nodes.set(offer.source, node);
      return pair(drawing, bayId, { ...offer, node }, emptyM);
    }),
  );
}

/** Takes the sensors of bays away. @param {Drawing} drawing @param {string[]} bayIds */
export function unpair(drawing, bayIds) {
  const change = empty();
  for (const id of bayIds) {
    const bay = drawing.bays.get(id);
    if (!bay?.node) continue;
    const { node: _node, wiring: _wiring, ...rest } = bay;
    put(change, "bays", id, rest);
  }
  return /** @type {Change} */ (change);
}

/**
 * Calls a level something else, with all that is on it.
 * @param {Drawing} drawing
 * @param {string} from
 * @param {string} to
 */
export function renameLevel(drawing, from, to) {
  const change = empty();
  put(change, "levels", to, { order: drawing.levels.get(from)?.order ?? 0 });
  put(change, "levels", from, null);
  for (const name of /** @type {const} */ (["bays", "gates", "lanes", "walls", "zones", "grounds"]))
    for (const [id, thing] of drawing[name])
      if ((thing.level ?? "") === from) put(change, name, id, { ...thing, level: to });
  for (const [id, ramp] of drawing.ramps) {
    const end = (/** @type {import("./types").End} */ [level, x, y]) => [
      level === from ? to : level,
      x,
      y,
    ];
    if (ramp.start[0] === from || ramp.end[0] === from)
      put(change, "ramps", id, { ...ramp, start: end(ramp.start), end: end(ramp.end) });
  }
  for (const [id, row] of drawing.rows)
    if (String(row.shape["level"] ?? "") === from)
      put(change, "rows", id, { ...row, shape: { ...row.shape, level: to } });
  return /** @type {Change} */ (change);
}

/** Takes a level off, with all that is on it. @param {Drawing} drawing @param {string} level */
export function removeLevel(drawing, level) {
  /** @type {ThingId[]} */
  const things = [["levels", level]];
  for (const name of /** @type {const} */ (["bays", "gates", "lanes", "walls", "zones", "grounds"]))
    for (const [id, thing] of drawing[name])
      if ((thing.level ?? "") === level) things.push([name, id]);
  for (const [id, ramp] of drawing.ramps)
    if (ramp.start[0] === level || ramp.end[0] === level) things.push(["ramps", id]);
  return remove(drawing, things);
}

/** The middle of things. @param {Drawing} drawing @param {ThingId[]} things */
export function middleOf(drawing, things) {
  const points = things.flatMap(([name, id]) => pointsOf(drawing, name, id));
  const { left, right, bottom, top } = boundsOf(points);
  return { x: (left + right) / 2, y: (bottom + top) / 2 };
}

/**
 * @param {Drawing} drawing
 * @param {Collection} name
 * @param {string} id
 * @returns {{x: number, y: number}[]}
 */
export function pointsOf(drawing, name, id) {
  if (name === "lanes" || name === "walls" || name === "zones")
    return (drawing[name].get(id)?.points ?? []).map(([x, y]) => ({ x, y }));
  if (name === "ramps") {
    const ramp = drawing.ramps.get(id);
    return ramp ? [ramp.start, ramp.end].map(([, x, y]) => ({ x, y })) : [];
  }
  if (name !== "bays" && name !== "gates" && name !== "grounds") return [];
  const thing = drawing[name].get(id);
  return thing ? [{ x: thing.x, y: thing.y }] : [];
}
