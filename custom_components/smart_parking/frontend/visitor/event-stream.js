/** Event stream from the server: it reconnects by itself, and reports its status. */

/** @typedef {"live" | "lost" | "gone"} LineStatus */

/** Pauses between attempts, in ms; the last one repeats. */
const RETRY_MS = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000];
/** The server sends an event every 20 s; without one for this time the connection is lost. */
const SILENT_MS = 45_000;
/** A connection that is back within this time was never lost. */
const GRACE_MS = 3_000;

const EVENTS = ["picture", "mine", "beat"];

export class EventStream {
  /** @type {EventSource | null} */
  #source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retrying;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #grace;
  #attempt = 0;
  #heardAt = 0;
  /** @type {LineStatus} */
  status = "live";

  /**
   * @param {string} address
   * @param {(event: string, data: any) => void} hear Called with each event.
   * @param {(status: LineStatus) => void} tell Called when the status changes.
   */
  constructor(address, hear, tell) {
    this.address = address;
    this.hear = hear;
    this.tell = tell;
  }

  /** Opens the stream, unless it is open and a recent event has come. */
  wake() {
    if (this.status === "gone") return;
    if (this.#source && Date.now() - this.#heardAt < SILENT_MS / 2) return;
    this.#attempt = 0;
    this.#open();
  }

  /** Closes the stream until the page is visible again. */
  rest() {
    this.#close();
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  /** Records that the browser is offline. */
  lose() {
    if (this.status === "gone") return;
    this.#again();
    this.#turn("lost");
  }

  #close() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retrying);
    clearTimeout(this.#silence);
  }

  #open() {
    this.#close();
    const source = (this.#source = new EventSource(this.address));
    this.#heardAt = Date.now();
    for (const name of EVENTS) source.addEventListener(name, ({ data }) => this.#heard(name, data));
    source.onmessage = ({ data }) => this.#heard("delta", data);
    source.addEventListener("gone", () => {
      this.rest();
      this.#turn("gone");
    });
    // Browsers reconnect by themselves after some errors only.
    source.onerror = () => this.#again();
    this.#listen();
  }

  /** Waits for the next event. */
  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#again(), SILENT_MS);
  }

  #again() {
    this.#close();
    this.#grace ??= setTimeout(() => this.#turn("lost"), GRACE_MS);
    const pause = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)];
    this.#retrying = setTimeout(() => this.#open(), pause);
  }

  /** @param {string} event @param {string} data */
  #heard(event, data) {
    this.#attempt = 0;
    this.#heardAt = Date.now();
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#listen();
    if (data) this.hear(event, JSON.parse(data));
    this.#turn("live");
  }

  /** @param {LineStatus} status */
  #turn(status) {
    if (status === this.status) return;
    this.status = status;
    this.tell(status);
  }
}
