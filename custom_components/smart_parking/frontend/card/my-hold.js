/** A driver's own hold: asked for here, followed, and remembered by this browser. */

/** @typedef {import("./types").Connection} Connection */
/** @typedef {import("./types").Hold} Hold */
/** @typedef {import("./types").Report} Report */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

/** What ends a hold. */
export const ENDS = new Set(["confirmed", "expired", "released"]);

/** A last word stays so long, and so does what a shared screen shows to one driver. */
const WORD_MS = 20_000;
/** Views come and go; so long a hold is followed on. */
const LINGER_MS = 5_000;
const KEY = "smart_parking.hold.";

export class MyHold {
  /** @type {Hold | null} */
  guidance = null;
  /** That the driver was sent elsewhere, and from where. @type {{reason: string, from: string} | null} */
  news = null;
  /** How the last one ended, and which bay it was. @type {{how: string, bay: string | null} | null} */
  over = null;
  /** Why the driver's last wish was not granted. @type {unknown} */
  error = null;
  busy = false;
  /** The driver has said so before the sensor saw a vehicle. */
  saysParked = false;

  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {unknown} */
  #lot;
  /** Counts subscriptions: an event of an earlier one is of no interest. */
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
   * @param {string} language That of the directions.
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
   * @param {unknown} lot Another one than before is a new picture: the server may have forgotten us.
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
      // A place in the queue is of no use to a driver who cannot be told.
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

  /** The next driver may come: nothing is remembered of this one. */
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
      // Not by `call_service`, which is recorded with all that it is called with.
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
      // A browser that keeps nothing forgets the hold with the page.
    }
  }
}

/** @param {any} error */
const isUnknown = (error) => error?.translation_key === "unknown_hold";

/** @type {WeakMap<Connection, Map<string, MyHold>>} */
const holds = new WeakMap();

/**
 * The hold of this browser's driver, shared by all cards of a lot.
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
