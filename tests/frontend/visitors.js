/** A lot as its visitors' page is told of it, and what is promised to one of them. */

import { VisitorLot } from "../../custom_components/smart_parking/frontend/visitor/lot.js";
/** @typedef {import("../../custom_components/smart_parking/frontend/visitor/types").Mine} Mine */
/** @typedef {import("../../custom_components/smart_parking/frontend/visitor/types").Picture} Picture */

/** @typedef {import("../../custom_components/smart_parking/frontend/visitor/types").Seen} Seen */

/** What is seen of a way, in the words of these tests. @param {string} name @returns {Seen} */
export const seen = (name) => ["0 0 9 9", "", `<path class="way" d="${name}"/>`];

const bays = [
  { label: "A01", kind: /** @type {const} */ ("standard"), level: "1", row: "A" },
  { label: "A02", kind: /** @type {const} */ ("ev"), level: "1", row: "A" },
  { label: "B01", kind: /** @type {const} */ ("standard"), level: "1", row: "B" },
];
const gates = ["North", "South"].map((name) => ({
  id: name.toLowerCase(),
  name,
  level: "1",
  seen: seen(name),
}));

/**
 * A01 and B01 for everybody, A02 to charge; all are free.
 * @param {Partial<Picture>} [more]
 * @param {Partial<Picture["lot"]>} [lot]
 * @returns {Picture}
 */
export const picture = (more = {}, lot = {}) => ({
  lot: {
    name: "Market Square",
    plan: "drawn",
    bays,
    gates,
    kinds: ["standard", "ev"],
    ...lot,
  },
  states: "vvv",
  nearest: [
    [
      [0, 5, "l", null, seen("A01")],
      [1, 10, "l", null, seen("A02")],
    ],
    [
      [2, 15, "a", null, seen("B01")],
      [1, 10, null, null, seen("A02")],
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
  seen: null,
  can: ["guide"],
  text: null,
  now: 2_000,
  ...more,
});
