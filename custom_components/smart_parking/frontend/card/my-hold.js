/** A driver's own hold: requested by this browser, followed, and stored in it. */

/** @typedef {import("./types").Connection} Connection */
/** @typedef {import("./types").Hold} Hold */
/** @typedef {import("./types").Report} Report */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

/** Events that end a hold. */
export const ENDS = new Set(["confirmed", "expired", "released"]);

/** Time for which a final message is shown, and a driver's hold on a shared screen. */
const WORD_MS = 20_000;
/** Time for which a hold is still followed without listeners, because views are replaced. */
const LINGER_MS = 5_000;
const KEY = "smart_parking.hold.";

export class MyHold {
  /** @type {Hold | null} */
  guidance = null;
  /** The reason for sending the driver to another bay, and the bay before. @type {{reason: string, from: string} | null} */
  news = null;
  /** The event that ended the last hold, and its bay. @type {{how: string, bay: string | null} | null} */
  over = null;
  /** The error of the driver's last request. @type {unknown} */
  error = null;
  busy = false;
  /** The driver has confirmed before the sensor saw a vehicle. */
  saysParked = false;

  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {unknown} */
  #lot;
  /** Counts subscriptions, so that events of earlier ones are ignored. */
  #turn = 0;
  /** @type {(() => Promise<void>) | undefined} */
  #unsubscribe;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #linger;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #word;

  /**
   * @param {Connection} connection
   * @param {string} entryId
   * @param {string} language Language of the directions.
   * @param {Store | null} store None on a screen that drivers share.
   */
  constructor(connection, entryId, language, store) {
    this.connection = connection;
    this.entryId = entryId;
    this.language = language;
    this.store = store;
    this.known = this.#remembered();
  }

  /**
   * @param {unknown} lot Another one than before is a new snapshot: the server may have restarted.
   * @param {() => void} listener
   * @returns {() => void} Ends it.
   */
  listen(lot, listener) {
    clearTimeout(this.#linger);
    this.#listeners.add(listener);
    if (lot !== this.#lot) {
      this.#lot = lot;
      void this.#follow();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size) return;
      this.#linger = setTimeout(() => {
        this.#lot = undefined;
        this.#unfollow();
      }, LINGER_MS);
    };
  }

  /** @param {string} gate @param {string} kind */
  async guide(gate, kind) {
    const guidance = await this.#carryOut("guide", { config_entry_id: this.entryId, gate, kind });
    if (!guidance) return;
    if (!this.store && guidance.status === "waiting") {
      // A place in the queue is useless for a driver who cannot be notified.
      await this.#carryOut("release", { hold_id: guidance.hold_id });
      this.#end("full");
      return;
    }
    this.#take(guidance);
    await this.#follow();
  }

  async another() {
    const guidance = await this.#carryOut("another");
    if (guidance) this.#take(guidance);
  }

  async release() {
    if (await this.#carryOut("release")) this.#end("released");
  }

  /** @param {boolean} parked */
  async confirm(parked) {
    const guidance = await this.#carryOut("confirm", { parked });
    if (!guidance) return;
    if (!parked) this.#take(guidance);
    else if (guidance.status !== "held") this.#end("confirmed");
    else {
      this.saysParked = true;
      this.#tell();
    }
  }

  /** Removes the stored hold, so that the next driver may come. */
  forget() {
    clearTimeout(this.#word);
    this.guidance = this.known = this.news = this.over = this.error = null;
    this.saysParked = false;
    this.#unfollow();
    this.#tell();
  }

  /**
   * @param {string} action
   * @param {Record<string, unknown>} [data]
   * @returns {Promise<Hold | null>}
   */
  async #carryOut(action, data = {}) {
    const hold = this.guidance ? { hold_id: this.guidance.hold_id } : {};
    this.busy = true;
    this.error = this.news = this.over = null;
    this.#tell();
    try {
      // Not with `call_service`, because the recorder stores its data.
      return await this.connection.sendMessagePromise({
        type: "smart_parking/hold_action",
        action,
        data: { ...hold, ...data },
      });
    } catch (error) {
      if (isUnknown(error)) this.#end("unknown");
      else this.error = error;
      return null;
    } finally {
      this.busy = false;
      this.#tell();
    }
  }

  async #follow() {
    this.#unfollow();
    if (!this.known) return;
    const turn = this.#turn;
    try {
      const unsubscribe = await this.connection.subscribeMessage(
        (/** @type {Report} */ report) => turn === this.#turn && this.#hear(report),
        { type: "smart_parking/follow", hold_id: this.known.id, language: this.language },
        { resubscribe: false },
      );
      if (turn === this.#turn) this.#unsubscribe = unsubscribe;
      else unsubscribe().catch(() => {});
    } catch (error) {
      if (turn === this.#turn && isUnknown(error)) this.#end("unknown");
    }
  }

  #unfollow() {
    this.#turn += 1;
    this.#unsubscribe?.().catch(() => {});
    this.#unsubscribe = undefined;
  }

  /** @param {Report} report */
  #hear({ type, reason, previous_bay, ...guidance }) {
    if (type && ENDS.has(type)) {
      this.#end(type);
      return;
    }
    this.error = null;
    const from = type ? previous_bay : this.known?.bay;
    if (from && from !== guidance.bay) this.news = { reason: reason ?? "", from };
    else if (type) this.news = null;
    this.#take(guidance);
  }

  /** @param {Hold} guidance */
  #take(guidance) {
    if (guidance.bay_id !== this.guidance?.bay_id || guidance.status !== "held")
      this.saysParked = false;
    this.over = null;
    this.guidance = guidance;
    this.known = { id: guidance.hold_id, bay: guidance.bay };
    this.#remember();
    clearTimeout(this.#word);
    if (!this.store) this.#word = setTimeout(() => this.forget(), WORD_MS);
    this.#tell();
  }

  /** @param {string} how */
  #end(how) {
    if (!this.known && how !== "full") return;
    const wasWaiting = this.guidance?.status === "waiting" && how !== "confirmed";
    const bay = this.guidance?.bay ?? this.known?.bay ?? null;
    this.forget();
    this.#remember();
    this.over = { how: wasWaiting ? "waiting" : how, bay };
    this.#word = setTimeout(() => this.forget(), WORD_MS);
    this.#tell();
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }

  /** @returns {{id: string, bay: string | null} | null} */
  #remembered() {
    try {
      return JSON.parse(this.store?.getItem(KEY + this.entryId) ?? "null");
    } catch {
      return null;
    }
  }

  #remember() {
    try {
      if (this.known) this.store?.setItem(KEY + this.entryId, JSON.stringify(this.known));
      else this.store?.removeItem(KEY + this.entryId);
    } catch {
      // A browser without storage loses the hold with the page.
    }
  }
}

/** @param {any} error */
const isUnknown = (error) => error?.translation_key === "unknown_hold";

/** @type {WeakMap<Connection, Map<string, MyHold>>} */
const holds = new WeakMap();

/**
 * Returns the hold of this browser's driver, shared by all cards of a lot.
 * @param {Connection} connection
 * @param {string} entryId
 * @param {string} language
 */
export function myHoldOf(connection, entryId, language) {
  let ofConnection = holds.get(connection);
  if (!ofConnection) holds.set(connection, (ofConnection = new Map()));
  let hold = ofConnection.get(entryId);
  if (!hold) {
    hold = new MyHold(connection, entryId, language, localStorage);
    ofConnection.set(entryId, hold);
  }
  hold.language = language;
  return hold;
}
