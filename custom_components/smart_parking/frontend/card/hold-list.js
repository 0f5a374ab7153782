/** All holds of a lot, for its owner, while the view is shown. */

import { ENDS } from "./my-hold.js";

/** @typedef {import("./types").Hold} Hold */
/** @typedef {import("./types").Report} Report */

export class HoldList {
  /** @type {Map<string, Hold>} */
  #holds = new Map();
  /** @type {(() => Promise<void>) | undefined} */
  #unsubscribe;
  #ended = false;

  /**
   * @param {import("./types").Connection} connection
   * @param {string} entryId
   * @param {() => void} onChange
   */
  constructor(connection, entryId, onChange) {
    this.onChange = onChange;
    void this.#begin(connection, entryId);
  }

  end() {
    this.#ended = true;
    this.#unsubscribe?.().catch(() => {});
    this.#unsubscribe = undefined;
  }

  /** Waiting drivers come last, in the order of the queue. */
  get all() {
    const holds = [...this.#holds.values()];
    const waiting = holds.filter(({ status }) => status === "waiting");
    waiting.sort((a, b) => a.from.localeCompare(b.from));
    return [
      ...holds.filter(({ status }) => status !== "waiting"),
      ...waiting.map((hold, at) => ({ ...hold, position: at + 1 })),
    ];
  }

  /** @param {string} bayId */
  ofBay(bayId) {
    return this.all.filter((hold) => hold.bay_id === bayId);
  }

  /** @param {import("./types").Connection} connection @param {string} entryId */
  async #begin(connection, entryId) {
    try {
      const unsubscribe = await connection.subscribeMessage(
        (/** @type {Report & {holds?: Hold[]}} */ report) => this.#hear(report),
        { type: "smart_parking/holds", entry_id: entryId },
        { resubscribe: false },
      );
      if (this.#ended) await unsubscribe();
      else this.#unsubscribe = unsubscribe;
    } catch {
      // The lot is being unloaded, or the connection is lost: a new snapshot follows, and a new
      // list.
    }
  }

  /** @param {Report & {holds?: Hold[]}} report */
  #hear(report) {
    if (this.#ended) return;
    if (report.holds) this.#holds = new Map(report.holds.map((hold) => [hold.hold_id, hold]));
    else if (ENDS.has(report.type ?? "")) this.#holds.delete(report.hold_id);
    else this.#holds.set(report.hold_id, report);
    this.onChange();
  }
}
