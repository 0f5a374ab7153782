/** Subscription to a lot, shared by all cards that show it; it reconnects by itself. */

import { LotState } from "./lot-state.js";

/** @typedef {import("./types").Connection} Connection */
/** @typedef {import("./types").Status} Status */
/** @typedef {import("./lot-state.js").Change} Change */
/** @typedef {(change: Change | null) => void} Listener Gets null when only the status changed. */

/** @typedef {{code?: unknown, translation_key?: unknown, translation_placeholders?: {first?: string}}} Refusal */

/** The server stops at 16 unacknowledged deltas; acknowledging each eighth is safe. */
const ACK_EVERY = 8;

/** Cards are replaced when a view is switched, so the snapshot stays for this time. */
const LINGER_MS = 5_000;

/** Pauses between attempts, in ms; the last one repeats. */
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Reasons for which an old snapshot would mislead. */
const FINAL = new Set(["no_lot", "not_found", "may_not_read"]);

const WHOLE = Object.freeze({ whole: true, bays: [], nearest: true });

export class Subscription {
  /** @type {LotState | null} */
  state = null;
  /** @type {Status} */
  status = "connecting";
  /** When the last message of the lot came. */
  heardAt = new Date();
  /** The server's code for why there is no lot. */
  reason = "";

  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {(() => Promise<void>) | null} */
  #unsubscribe = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #attempt = 0;
  #unanswered = 0;
  /** Counts subscriptions, so that events of earlier ones are ignored. */
  #turn = 0;
  #running = false;
  /** Whether the card's configuration names the lot. */
  #isNamed;

  /**
   * @param {Connection} connection
   * @param {string | undefined} entryId
   * @param {() => void} onIdle
   */
  constructor(connection, entryId, onIdle) {
    this.connection = connection;
    this.entryId = entryId;
    this.#isNamed = entryId !== undefined;
    this.onIdle = onIdle;
  }

  /**
   * @param {Listener} listener
   * @returns {() => void} Ends it.
   */
  listen(listener) {
    this.#listeners.add(listener);
    clearTimeout(this.#linger);
    if (!this.#running) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        clearTimeout(this.#linger);
        this.#linger = setTimeout(() => this.#stop(), LINGER_MS);
      }
    };
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #linger;

  #start() {
    this.#running = true;
    this.connection.addEventListener("disconnected", this.#lost);
    this.connection.addEventListener("ready", this.#subscribe);
    void this.#subscribe();
  }

  #stop() {
    this.#running = false;
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.connection.removeEventListener("disconnected", this.#lost);
    this.connection.removeEventListener("ready", this.#subscribe);
    this.#release();
    this.onIdle();
  }

  #release() {
    this.#unsubscribe?.().catch(() => {});
    this.#unsubscribe = null;
  }

  #lost = () => {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#attempt = 0;
    this.#unsubscribe = null;
    this.#tell(this.state ? "lost" : "connecting");
  };

  /**
   * Home Assistant's own re-subscription gives up for good when the integration is not loaded yet
   * after a restart, so subscribing again is done here.
   */
  #subscribe = async () => {
    clearTimeout(this.#timer);
    this.#release();
    const turn = ++this.#turn;
    /** @param {unknown} event */
    this.#callback = (event) => {
      if (turn === this.#turn) this.#receive(event);
    };
    const message = { type: "smart_parking/subscribe" };
    try {
      const unsubscribe = await this.connection.subscribeMessage(
        this.#callback,
        this.entryId ? { ...message, entry_id: this.entryId } : message,
        { resubscribe: false },
      );
      if (turn === this.#turn) this.#unsubscribe = unsubscribe;
      else void unsubscribe().catch(() => {});
    } catch (error) {
      if (turn === this.#turn) this.#refused(error);
    }
  };

  /** @type {((event: unknown) => void) | undefined} */
  #callback;

  /** @param {unknown} error */
  #refused(error) {
    const {
      code,
      translation_key: key,
      translation_placeholders: values,
    } = /** @type {Refusal} */ (error ?? {});
    const reason = key ?? code;
    // A card without a lot shows the first one, also when there are others, or others left.
    const first = reason === "which_lot" ? values?.first : undefined;
    const isOther = first !== this.entryId && (first || reason === "no_lot");
    if (isOther && !this.#isNamed) {
      this.entryId = first;
      void this.#subscribe();
      return;
    }
    this.reason = typeof reason === "string" ? reason : "";
    if (reason === "no_lot" && this.entryId) this.reason = "not_found";
    if (FINAL.has(this.reason)) this.state = null;
    this.#tell(this.connection.connected ? "absent" : this.state ? "lost" : "connecting");
    this.#retry();
  }

  #retry() {
    const pause = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#subscribe, pause);
  }

  /** @param {any} event */
  #receive(event) {
    this.heardAt = new Date();
    if (event?.lot) {
      clearTimeout(this.#timer);
      this.#attempt = this.#unanswered = 0;
      this.state = new LotState(event);
      // A card without a lot stays with the one that it shows, when others are added.
      this.entryId ??= this.state.entryId;
      this.reason = "";
      this.#tell("live", WHOLE);
    } else if (typeof event?.s === "number") {
      if (!this.state) return;
      this.#tell("live", this.state.apply(event));
      if (++this.#unanswered >= ACK_EVERY) this.#acknowledge();
    } else if (event?.gone) {
      // The subscription sends a snapshot once the lot is back, but only a new request tells
      // whether the lot has been deleted.
      this.reason = "not_loaded";
      this.#tell("absent");
      this.#retry();
    }
  }

  #acknowledge() {
    const id = this.#subscriptionId();
    if (id === undefined || !this.state) return;
    this.#unanswered = 0;
    try {
      this.connection.sendMessage({
        type: "smart_parking/ack",
        subscription: id,
        seq: this.state.seq,
      });
    } catch {
      // The connection is being closed; "disconnected" follows.
    }
  }

  #subscriptionId() {
    for (const [id, command] of this.connection.commands ?? [])
      if (command.callback === this.#callback) return id;
    return undefined;
  }

  /**
   * @param {Status} status
   * @param {Change | null} [change]
   */
  #tell(status, change = null) {
    this.status = status;
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** @type {WeakMap<Connection, Map<string, Subscription>>} */
const feeds = new WeakMap();

/**
 * Returns the subscription to a lot; without an id to the only one.
 * @param {Connection} connection
 * @param {string | undefined} entryId
 */
export function subscriptionOf(connection, entryId) {
  let ofConnection = feeds.get(connection);
  if (!ofConnection) feeds.set(connection, (ofConnection = new Map()));
  const key = entryId ?? "";
  let subscription = ofConnection.get(key);
  if (!subscription) {
    subscription = new Subscription(connection, entryId, () => ofConnection.delete(key));
    ofConnection.set(key, subscription);
  }
  return subscription;
}
