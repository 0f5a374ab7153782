/** The draft that is open: what was done and undone here, and what comes from the server. */

import { apply, invert, isEmpty, readDrawing } from "./change.js";

/** @typedef {import("./types").Change} Change */
/** @typedef {import("./types").Check} Check */
/** @typedef {import("./types").Event} Event */
/** @typedef {import("../card/types").Connection} Connection */

const UNDO_MAX = 500;

export class Draft {
  drawing = readDrawing({});
  /** @type {import("./types").Plan[]} */
  plans = [];
  /** @type {import("./types").Author[]} */
  authors = [];
  /** @type {import("./types").Problem[]} */
  problems = [];
  /** @type {import("./types").Ways | null} */
  ways = null;
  /** @type {import("./types").Status} */
  status = { revision: 0, changed: false, changed_at: null, changed_by: null };
  name = "";
  author = "";
  ready = false;
  /** What is on its way to the server. */
  waiting = 0;

  /** @type {Change[]} */
  #undo = [];
  /** @type {Change[]} */
  #redo = [];
  /** @type {(() => Promise<void>) | undefined} */
  #end;
  /** @type {Promise<unknown>} */
  #sending = Promise.resolve();
  /** Changes of one's own that come back as events. */
  #own = 0;
  /** What was done before things had to be fetched anew is not sent any more. */
  #generation = 0;
  /** The newest change that was told. */
  #seen = 0;
  #checking = false;
  /** @type {Change | undefined} */
  #toCheck;

  /**
   * @param {Connection} connection
   * @param {string} entryId
   * @param {{changed(change: Change | null): void, told(): void, checked(): void, sensors(): void, failed(error: unknown): void}} listener
   */
  constructor(connection, entryId, listener) {
    this.connection = connection;
    this.entryId = entryId;
    this.listener = listener;
  }

  async open() {
    this.#end = await this.connection.subscribeMessage(
      /** @param {Event} event */ (event) => this.#take(event),
      { type: "smart_parking/editor/subscribe", entry_id: this.entryId },
    );
  }

  async close() {
    const end = this.#end;
    this.#end = undefined;
    await end?.();
  }

  get canUndo() {
    return this.#undo.length > 0;
  }

  get canRedo() {
    return this.#redo.length > 0;
  }

  /** Does something that can be undone. @param {Change} change */
  do(change) {
    if (isEmpty(change)) return;
    this.#undo.push(invert(this.drawing, change));
    if (this.#undo.length > UNDO_MAX) this.#undo.shift();
    this.#redo = [];
    this.#send(change);
  }

  undo() {
    const change = this.#undo.pop();
    if (!change) return;
    this.#redo.push(invert(this.drawing, change));
    this.#send(change);
  }

  redo() {
    const change = this.#redo.pop();
    if (!change) return;
    this.#undo.push(invert(this.drawing, change));
    this.#send(change);
  }

  /** @param {Change} change */
  #send(change) {
    const generation = this.#generation;
    apply(this.drawing, change);
    this.waiting += 1;
    this.listener.changed(change);
    this.#sending = this.#sending.then(async () => {
      try {
        if (generation !== this.#generation) return;
        this.#own += 1;
        const { revision } = await this.ask("change", {
          revision: this.status.revision,
          change,
        });
        this.status.revision = Math.max(this.status.revision, revision);
      } catch (error) {
        // Somebody else was faster, or the server is gone: things are as they are there.
        this.#generation += 1;
        this.#undo = [];
        this.#redo = [];
        this.listener.failed(error);
        await this.#reopen();
      } finally {
        this.waiting -= 1;
        this.listener.told();
      }
    });
  }

  async #reopen() {
    try {
      await this.close();
      await this.open();
    } catch {
      // The connection is gone; it comes back by itself, and with it the draft.
    }
  }

  /**
   * @template T
   * @param {string} command
   * @param {Record<string, unknown>} [more]
   * @returns {Promise<T>}
   */
  ask(command, more = {}) {
    return this.connection.sendMessagePromise({
      type: `smart_parking/editor/${command}`,
      author: this.author,
      ...more,
    });
  }

  /** Waits until all that was done is on the server. */
  settled() {
    return this.#sending;
  }

  async publish() {
    await this.settled();
    await this.ask("publish", { revision: this.status.revision });
    this.#undo = [];
    this.#redo = [];
  }

  /** Makes the draft another one, which can be undone. */
  /** @param {string} command @param {Record<string, unknown>} [more] */
  async replace(command, more) {
    await this.settled();
    await this.ask(command, more);
  }

  /**
   * Looks at what is just being drawn; while an answer is awaited, only the newest counts.
   * @param {Change} change
   * @param {(check: Check) => void} done
   */
  async preview(change, done) {
    this.#toCheck = change;
    if (this.#checking) return;
    this.#checking = true;
    try {
      while (this.#toCheck) {
        const next = this.#toCheck;
        this.#toCheck = undefined;
        done(await this.ask("check", { change: next }));
      }
    } catch {
      // It is looked at again when it is done.
    } finally {
      this.#checking = false;
    }
  }

  /** @param {Event} event */
  #take(event) {
    if (event.type === "draft") this.#seen = event.revision;
    else if (event.type === "change" || event.type === "published") {
      // After a lost connection the same may be told twice.
      if (event.revision <= this.#seen) return;
      this.#seen = event.revision;
    }
    switch (event.type) {
      case "draft":
        this.drawing = readDrawing(event.drawing);
        this.name = event.name;
        this.author = event.author;
        this.plans = event.plans;
        this.ready = true;
        this.#own = 0;
        this.#status(event);
        this.listener.changed(null);
        break;
      case "change":
        this.#status(event);
        if (event.author === this.author && this.#own > 0) this.#own -= 1;
        else if (event.author === this.author) this.#theirs(event.change, true);
        else this.#theirs(event.change, false);
        break;
      case "published":
        this.plans = event.plans;
        this.#status(event);
        this.#theirs(event.change, false);
        break;
      case "check":
        if (event.revision < this.status.revision) return;
        this.problems = event.problems;
        this.ways = event.ways;
        this.listener.checked();
        break;
      case "sensors":
        this.listener.sensors();
        return;
      case "authors":
        this.authors = event.authors;
        break;
    }
    this.listener.told();
  }

  /** @param {Change} change @param {boolean} ours By a command of one's own, such as bringing back. */
  #theirs(change, ours) {
    if (ours) {
      this.#undo.push(invert(this.drawing, change));
      this.#redo = [];
    }
    apply(this.drawing, change);
    this.listener.changed(change);
  }

  /** @param {import("./types").Status} status */
  #status({ revision, changed, changed_at, changed_by }) {
    this.status = { revision, changed, changed_at, changed_by };
  }
}
