/** State of the lot: the newest snapshot, with every change since. */

/** @typedef {import("./types").Delta} Delta */
/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").StateCode} StateCode */
/** @typedef {import("./types").Picture} Picture */
/** @typedef {import("./types").SentOffer} SentOffer */
/** @typedef {import("./types").Side} Side */

/**
 * The bay that a driver of a kind would get at a gate.
 * @typedef {object} Offer
 * @property {number} bay
 * @property {number} metres
 * @property {Side | null} side
 * @property {import("./types").LevelChange | null} change
 * @property {import("./types").Seen} seen
 */

/**
 * Returns a state code; one of a newer server is shown as unknown, never as vacant.
 * @param {string | undefined} code
 */
const known = (code) => /** @type {StateCode} */ (code && /^[vohxu]$/.test(code) ? code : "u");

/**
 * @param {SentOffer | [] | null | undefined} sent
 * @returns {Offer | null}
 */
const offer = (sent) => {
  if (!sent?.length) return null;
  const [bay, metres, side, change, seen] = sent;
  return { bay, metres, side, change, seen };
};

export class VisitorLot {
  /** @param {Picture} picture */
  constructor({ lot, states, nearest, likely }) {
    this.name = lot.name;
    this.bays = lot.bays;
    this.gates = lot.gates;
    this.kinds = lot.kinds;
    this.plan = lot.plan;
    this.codes = lot.bays.map((_, index) => known(states[index]));
    this.offers = lot.gates.map((_, gate) =>
      lot.kinds.map((_, kind) => offer(nearest[gate]?.[kind])),
    );
    /** When a bay is likely for who finds none, by kind, in seconds since 1970. */
    this.likely = likely ?? [];
    const levels = new Set([...lot.bays, ...lot.gates].map(({ level }) => level));
    this.hasLevels = levels.size > 1;
  }

  /** Applies changes. @param {Delta} delta */
  apply({ b, n, w }) {
    if (w) this.likely = w;
    for (const [index, code] of b) if (index in this.codes) this.codes[index] = known(code);
    for (const [gate, kind, ...sent] of n ?? []) {
      const offers = this.offers[gate];
      if (offers) offers[kind] = offer(/** @type {SentOffer | []} */ (sent));
    }
  }

  /** Whether any bay's state is known. */
  get isKnown() {
    return this.codes.some((code) => code !== "u");
  }

  /** Returns how many vacant bays suit a driver of a kind. @param {Kind} kind */
  free(kind) {
    return this.bays.filter(
      (bay, index) => this.codes[index] === "v" && (bay.kind === kind || bay.kind === "standard"),
    ).length;
  }

  /**
   * @param {number} gate
   * @param {Kind} kind
   */
  offer(gate, kind) {
    return this.offers[gate]?.[Math.max(0, this.kinds.indexOf(kind))] ?? null;
  }
}
