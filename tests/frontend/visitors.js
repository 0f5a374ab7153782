/** A lot as its visitors' page is told of it, and what is promised to one of them. */

import { VisitorLot } from "../../custom_components/smart_parking/frontend/visitor/lot.js";
import { bay, gate, noWays } from "./lots.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/visitor/types").Mine} Mine */
/** @typedef {import("../../custom_components/smart_parking/frontend/visitor/types").Picture} Picture */

const bays = [
  { ...bay("A01", { x: 1.25, y: 13.5 }), row: "A" },
  { ...bay("A02", { x: 3.75, y: 13.5, kind: "ev" }), row: "A" },
  { ...bay("B01", { x: 1.25, y: 2.5, heading: 270 }), row: "B" },
];
const gates = [gate("North", 0, 8), gate("South", 10, 8, { heading: 180 })];

/**
 * A01 and B01 for everybody, A02 to charge; all are free.
 * @param {Partial<Picture>} [more]
 * @param {Partial<Picture["lot"]>} [lot]
 * @returns {Picture}
 */
export const picture = (more = {}, lot = {}) => ({
  lot: {
    name: "Market Square",
    bays,
    gates,
    kinds: ["standard", "ev"],
    network: noWays(bays, gates),
    ...lot,
  },
  states: "vvv",
  nearest: [
    [
      [0, 5, "l", null],
      [1, 10, "l", null],
    ],
    [
      [2, 15, "a", null],
      [1, 10, null, null],
    ],
  ],
  seq: 0,
  now: 2_000,
  ...more,
});

/** @param {Partial<Picture>} [more] @param {Partial<Picture["lot"]>} [of] */
export const lot = (more, of) => new VisitorLot(picture(more, of));

/**
 * Nothing is promised.
 * @param {Partial<Mine>} [more]
 * @returns {Mine}
 */
export const mine = (more = {}) => ({
  status: "none",
  bay: null,
  label: null,
  gate: null,
  kind: null,
  until: null,
  metres: null,
  side: null,
  level_change: null,
  position: null,
  can: ["guide"],
  text: null,
  now: 2_000,
  ...more,
});
