/** Event stream from the server: it reconnects by itself, and reports its status. */

/** @typedef {"live" | "lost" | "gone"} LineStatus */

/** Pauses between attempts, in ms; the last one repeats. */
const RETRY_MS = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000];
/** Who has no line looks at the lot now and then. */
const LOOK_MS = 10_000;
/** Where looking is enough, a line is tried for but seldom: thousands may wait for one. */
const SELDOM_MS = 300_000;
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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #looking;
  #isSeldom = false;
  #attempt = 0;
  #heardAt = 0;
  /** @type {LineStatus} */
  status = "live";

  /**
   * @param {string} address
   * @param {(event: string, data: any) => void} hear Told what the server says.
   * @param {(status: LineStatus) => void} tell Told how the line is, when that changes.
   * @param {() => Promise<boolean>} look Looks at the lot without a line; says whether that is
   *   all there is to know.
   */
  constructor(address, hear, tell, look = async () => false) {
    this.address = address;
    this.hear = hear;
    this.tell = tell;
    this.look = look;
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
    this.#see();
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

  /** Nobody has to look any more. */
  #see() {
    clearTimeout(this.#grace);
    clearTimeout(this.#looking);
    this.#grace = this.#looking = undefined;
    this.#isSeldom = false;
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
    this.#looking ??= setTimeout(() => this.#lookOn(), 0);
    this.#retry();
  }

  #retry() {
    const pause = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)];
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => this.#open(), this.#isSeldom ? SELDOM_MS : pause);
  }

  /** Looks now, and again until there is a line. */
  async #lookOn() {
    const looking = this.#looking;
    const isEnough = await this.look().catch(() => false);
    // There is a line meanwhile, or nobody looks.
    if (looking !== this.#looking) return;
    this.#looking = setTimeout(() => this.#lookOn(), LOOK_MS);
    if (isEnough) {
      clearTimeout(this.#grace);
      this.#grace = undefined;
      this.#turn("live");
    } else this.#grace ??= setTimeout(() => this.#turn("lost"), GRACE_MS);
    if (isEnough === this.#isSeldom) return;
    this.#isSeldom = isEnough;
    this.#attempt = 0;
    if (!this.#source) this.#retry();
  }

  /** @param {string} event @param {string} data */
  #heard(event, data) {
    this.#attempt = 0;
    this.#heardAt = Date.now();
    this.#see();
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
