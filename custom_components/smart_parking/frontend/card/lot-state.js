/** State of a lot: the newest snapshot, with every change since. */

/** @typedef {import("./types").StateCode} StateCode */
/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").SentWay} SentWay */

/**
 * The nearest vacant bay of a gate, with the directions from the server.
 * @typedef {object} Way
 * @property {number} index
 * @property {import("./types").Bay} bay
 * @property {number} distance
 * @property {import("./types").Side | null} side
 * @property {import("./types").LevelChange | null} levelChange
 */

/**
 * @typedef {object} Change
 * @property {boolean} whole A new snapshot: everything may differ.
 * @property {number[]} bays Indices of the bays that changed.
 * @property {boolean} nearest Whether the nearest bay of a gate changed.
 */

/** Counts of bays by state, and of vacant bays by kind. */
export class Tally {
  constructor() {
    this.total = 0;
    /** @type {Record<StateCode, number>} */
    this.of = { v: 0, o: 0, h: 0, x: 0, u: 0 };
    /** @type {Map<Kind, {free: number, total: number}>} */
    this.kinds = new Map();
  }

  /**
   * @param {Kind} kind
   * @param {StateCode} code
   * @param {1 | -1} by
   */
  count(kind, code, by) {
    this.of[code] += by;
    let one = this.kinds.get(kind);
    if (!one) this.kinds.set(kind, (one = { free: 0, total: 0 }));
    if (code === "v") one.free += by;
  }

  /** @param {Kind} kind */
  add(kind, code = /** @type {StateCode} */ ("u")) {
    this.total += 1;
    this.count(kind, code, 1);
    /** @type {{total: number}} */ (this.kinds.get(kind)).total += 1;
  }

  get free() {
    return this.of.v;
  }
}

/**
 * Returns a state code; one of a newer server is shown as unknown, never as vacant.
 * @param {string | undefined} code
 * @returns {StateCode}
 */
function known(code) {
  return code !== undefined && code.length === 1 && "vohxu".includes(code)
    ? /** @type {StateCode} */ (code)
    : "u";
}

export class LotState {
  /** @param {import("./types").Picture} picture */
  constructor(picture) {
    const { lot } = picture;
    this.entryId = lot.entry_id;
    this.name = lot.name;
    this.unit = lot.unit;
    this.bays = lot.bays;
    this.gates = lot.gates ?? [];
    this.network = lot.network;
    this.surroundings = lot.surroundings;
    this.seq = picture.seq;
    /** How far the server's clock is ahead of ours, in seconds; it sends whole ones only. */
    this.aheadS = picture.now + 0.5 - Date.now() / 1000;
    this.codes = lot.bays.map((_, index) => known(picture.states[index]));
    this.since = lot.bays.map((_, index) => picture.since?.[index] ?? 0);
    /** @type {Map<number, string>} */
    this.faults = new Map();
    for (const [index, fault] of Object.entries(picture.faults ?? {}))
      this.faults.set(Number(index), fault);
    /** When holds of bays expire, in seconds since 1970 by the server's clock. */
    this.held = new Map(
      Object.entries(picture.held ?? {}).map(([index, until]) => [Number(index), until]),
    );
    this.nearest = this.gates.map((_, gate) => this.#way(picture.nearest?.[gate]));
    /** From when the lot is usually full today, in seconds since 1970, as far as that is sure. */
    this.fullFrom = picture.full_from ?? null;
    this.can = new Set(picture.can ?? []);

    this.tally = new Tally();
    /** @type {Map<string, Tally>} */
    this.levels = new Map();
    this.bays.forEach((bay, index) => {
      let tally = this.levels.get(bay.level);
      if (!tally) this.levels.set(bay.level, (tally = new Tally()));
      tally.add(bay.kind, this.codes[index]);
      this.tally.add(bay.kind, this.codes[index]);
    });
  }

  /**
   * Applies changes.
   * @param {import("./types").Delta} delta
   * @returns {Change}
   */
  apply(delta) {
    this.seq = delta.s;
    /** @type {Set<number>} */
    const changed = new Set();
    for (const [index, code, since] of delta.b ?? []) {
      if (this.#turn(index, known(code), since ?? delta.t)) changed.add(index);
    }
    for (const [key, fault] of Object.entries(delta.f ?? {})) {
      const index = Number(key);
      if (!this.bays[index]) continue;
      if (fault === null) this.faults.delete(index);
      else this.faults.set(index, fault);
      changed.add(index);
    }
    for (const [key, until] of Object.entries(delta.h ?? {})) {
      const index = Number(key);
      if (!this.bays[index]) continue;
      if (until === null) this.held.delete(index);
      else this.held.set(index, until);
      changed.add(index);
    }
    for (const [gate, ...way] of delta.n ?? []) {
      if (gate in this.nearest) this.nearest[gate] = this.#way(/** @type {SentWay | []} */ (way));
    }
    if (delta.u !== undefined) this.fullFrom = delta.u;
    return { whole: false, bays: [...changed], nearest: Boolean(delta.n?.length) };
  }

  /** @param {number} index @param {StateCode} code @param {number} at */
  #turn(index, code, at) {
    const bay = this.bays[index];
    const before = this.codes[index];
    if (!bay || before === undefined || before === code) return false;
    this.codes[index] = code;
    this.since[index] = at;
    for (const tally of [this.tally, this.levels.get(bay.level)]) {
      tally?.count(bay.kind, before, -1);
      tally?.count(bay.kind, code, 1);
    }
    return true;
  }

  /**
   * @param {SentWay | [] | null | undefined} way
   * @returns {Way | null}
   */
  #way(way) {
    if (!way?.length) return null;
    const [index, distance, side, levelChange] = way;
    const bay = this.bays[index];
    return bay ? { index, bay, distance, side, levelChange } : null;
  }

  /** Names of the levels in their natural order. */
  get levelNames() {
    return [...this.levels.keys()].sort(
      (a, b) => Number(a) - Number(b) || a.localeCompare(b, undefined, { numeric: true }),
    );
  }

  /**
   * Returns the gate of a name or id; without one the first gate, of the level if it has any.
   * @param {string | undefined} wanted
   * @param {string} [level]
   */
  gateIndex(wanted, level) {
    if (wanted) {
      const name = wanted.toLocaleLowerCase();
      const index = this.gates.findIndex(
        (gate) => gate.id === wanted || gate.name.toLocaleLowerCase() === name,
      );
      if (index >= 0) return index;
    }
    const here = this.gates.findIndex((gate) => level === undefined || gate.level === level);
    return here >= 0 ? here : this.gates.length ? 0 : -1;
  }
}
