/** Sensors that no bay has: which they still are, and what they say; nothing is shown here. */

/** @typedef {import("./types").Cells} Cells */
/** @typedef {import("./types").FreeSensor} FreeSensor */

/** What a sensor is not known by: how far its floor is. */
const EMPTY = "empty_m";

/** What tells a sensor from all others. @param {FreeSensor} offer */
export const idOf = ({ entity_id: entityId, source, key }) => entityId ?? `${source} ${key}`;

/** @param {FreeSensor} one @param {FreeSensor | null} other */
export const isSame = (one, other) => other !== null && idOf(one) === idOf(other);

/**
 * Those that no bay of a drawing has, also while the server does not know of that yet.
 * @param {import("./types").Drawing} drawing
 * @param {FreeSensor[]} offers
 */
export function stillFree({ bays, nodes }, offers) {
  /** @type {Map<string, Cells[]>} What bays have, by kind and by node. */
  const wirings = new Map();
  for (const { node: id = "", wiring = {} } of bays.values()) {
    const node = nodes.get(id);
    for (const whose of node ? [node.source, `node ${id}`] : [])
      (wirings.get(whose) ?? put(wirings, whose, [])).push(wiring);
  }
  /** @type {Map<string, Set<string>>} The same, by the columns that tell it. */
  const had = new Map();
  return offers.filter(({ source, node, node_name: name, wiring, endless }) => {
    if (endless) return true;
    const columns = Object.keys(wiring).filter((column) => column !== EMPTY);
    const said = (/** @type {Cells} */ cells) =>
      JSON.stringify(columns.map((column) => cells[column] ?? null));
    // Where each node has sensors of its own, those of others are called alike.
    const whose = name === undefined ? source : `node ${node}`;
    const key = `${whose} ${columns.join()}`;
    const used = had.get(key) ?? put(had, key, new Set((wirings.get(whose) ?? []).map(said)));
    return !used.has(said(wiring));
  });
}

/** @template V @param {Map<string, V>} map @param {string} key @param {V} value */
function put(map, key, value) {
  map.set(key, value);
  return value;
}

/**
 * Whether a sensor says something that no entity shows.
 * @param {FreeSensor} offer
 */
export const speaks = ({ said, occupied }) => Boolean(said) || occupied !== undefined;

/**
 * Notes what sensors say that no entity shows; gives those that say something else than before.
 * @param {Map<string, string>} seen What each has said.
 * @param {FreeSensor[]} offers
 */
export function newsOf(seen, offers) {
  return offers.filter((offer) => {
    const id = idOf(offer);
    const now = offer.said ?? String(offer.occupied ?? "");
    const before = seen.get(id);
    // What is not known for a moment is as it was.
    if (!now || before === now) return false;
    seen.set(id, now);
    return before !== undefined;
  });
}
