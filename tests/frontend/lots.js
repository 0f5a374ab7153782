/** Car parks to try things on. */

/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Bay} Bay */
/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Gate} Gate */
/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Network} Network */
/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Picture} Picture */

/**
 * @param {string} label
 * @param {Partial<Bay>} [more]
 * @returns {Bay}
 */
export const bay = (label, more = {}) => ({
  id: label.toLowerCase(),
  label,
  kind: "standard",
  level: "1",
  x: 0,
  y: 0,
  w: 2.5,
  l: 5,
  heading: 90,
  entity_id: `binary_sensor.${label.toLowerCase()}`,
  ...more,
});

/**
 * @param {string} name
 * @param {number} x
 * @param {number} y
 * @param {Partial<Gate>} [more]
 * @returns {Gate}
 */
export const gate = (name, x, y, more = {}) => ({
  id: name.toLowerCase(),
  name,
  level: "1",
  x,
  y,
  heading: 0,
  entity_id: null,
  ...more,
});

/**
 * Pairs of rows that face each other over an aisle of 6 m, one pair above the other.
 * @param {number} pairs
 * @param {number} perRow
 */
export function rows(pairs, perRow) {
  /** @type {Bay[]} */
  const bays = [];
  for (let pair = 0; pair < pairs; pair++)
    for (const [row, y, heading] of /** @type {const} */ ([
      ["A", 13.5, 90],
      ["B", 2.5, 270],
    ]))
      for (let at = 0; at < perRow; at++)
        bays.push(
          bay(`${row}${pair}-${at + 1}`, { x: (at + 0.5) * 2.5, y: y + 16 * pair, heading }),
        );
  return bays;
}

/**
 * No ways at all: neither a gate nor a bay lies on a lane.
 * @param {Bay[]} bays
 * @param {Gate[]} gates
 * @returns {Network}
 */
export const noWays = (bays, gates) => ({
  levels: [],
  nodes: [],
  gates: gates.map(() => -1),
  bays: bays.map(() => -1),
  parents: gates.map(() => []),
});

/**
 * @param {Bay[]} bays
 * @param {Gate[]} gates
 * @param {Partial<Picture>} [more]
 * @returns {Picture}
 */
export const picture = (bays, gates, more = {}) => ({
  lot: {
    entry_id: "entry",
    name: "Market Square",
    unit: "metres",
    bays,
    gates,
    network: noWays(bays, gates),
  },
  states: "v".repeat(bays.length),
  since: bays.map(() => 1_000),
  faults: {},
  nearest: gates.map(() => [0, 15, "l", null]),
  seq: 7,
  now: 2_000,
  can: [],
  ...more,
});
