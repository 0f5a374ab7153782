/** A drawing in the browser, and changes of it: each is a value that has an inverse. */

/** @typedef {import("./types").Drawing} Drawing */
/** @typedef {import("./types").Change} Change */
/** @typedef {import("./types").Collection} Collection */
/** @typedef {import("./types").Sent} Sent */

export const COLLECTIONS = /** @type {Collection[]} */ ([
  "levels",
  "nodes",
  "grounds",
  "zones",
  "lanes",
  "walls",
  "ramps",
  "bays",
  "rows",
  "gates",
]);

/** @param {Sent} sent @returns {Drawing} */
export function readDrawing(sent) {
  return /** @type {Drawing} */ (
    Object.fromEntries(COLLECTIONS.map((name) => [name, new Map(Object.entries(sent[name] ?? {}))]))
  );
}

/** Changes a drawing in place. @param {Drawing} drawing @param {Change} change */
export function apply(drawing, change) {
  for (const name of COLLECTIONS)
    for (const [id, thing] of Object.entries(change[name] ?? {})) {
      const things = /** @type {Map<string, unknown>} */ (drawing[name]);
      if (thing) things.set(id, thing);
      else things.delete(id);
    }
}

/** What takes a change of a drawing back. @param {Drawing} drawing @param {Change} change */
export function invert(drawing, change) {
  return /** @type {Change} */ (
    Object.fromEntries(
      COLLECTIONS.filter((name) => change[name]).map((name) => [
        name,
        Object.fromEntries(
          Object.keys(change[name] ?? {}).map((id) => [id, drawing[name].get(id) ?? null]),
        ),
      ]),
    )
  );
}

/** One change that does what several do, one after another. @param {Change[]} changes */
export function merge(...changes) {
  /** @type {Record<string, Record<string, unknown>>} */
  const merged = {};
  for (const change of changes)
    for (const [name, things] of Object.entries(change))
      merged[name] = { ...merged[name], ...things };
  return /** @type {Change} */ (merged);
}

/** @param {Change} change */
export const isEmpty = (change) =>
  Object.values(change).every((things) => Object.keys(things).length === 0);

/** @returns {string} An id that nothing else has. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
