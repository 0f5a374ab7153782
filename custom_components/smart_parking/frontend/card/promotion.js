/** Promotions in a strip of the sign, below the guidance and never in its place. */

import { html } from "../shared/dom.js";

/** @typedef {import("./types").Promotion} Promotion */

/** Pause before the next request when there is no promotion, or no connection. */
const PAUSE_MS = 60_000;

/**
 * Shows promotions one after another. Each request for one counts as an impression, so requests are
 * made only while the sign is visible: on a page in front, within the window, with a live
 * connection.
 */
export class PromotionStrip {
  #attached = false;
  #onScreen = true;
  #live = true;
  /** When the newest promotion ends, in ms since 1970. */
  #until = 0;
  #asking = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {IntersectionObserver | undefined} */
  #observer;

  /** @param {import("./types").ViewContext} context */
  constructor(context) {
    this.context = context;
    this.root = html("div", { class: "promotion", hidden: true, "aria-live": "off" });
  }

  /** Starts the rotation. @param {Element} sign Has to be within the window. */
  attach(sign) {
    this.#attached = true;
    document.addEventListener("visibilitychange", this.#turn);
    this.#observer = new IntersectionObserver((entries) => {
      this.#onScreen = Boolean(entries[entries.length - 1]?.isIntersecting);
      this.#turn();
    });
    this.#observer.observe(sign);
    this.#turn();
  }

  detach() {
    this.#attached = false;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#turn);
    this.#observer?.disconnect();
  }

  /** Stops the rotation without a connection. @param {boolean} live */
  setLive(live) {
    if (live === this.#live) return;
    this.#live = live;
    if (!live) this.#show(null);
    this.#until = 0;
    this.#turn();
  }

  #turn = () => {
    clearTimeout(this.#timer);
    const { context } = this;
    const seen = this.#onScreen && this.#live && document.visibilityState === "visible";
    if (!this.#attached || !seen || context.preview?.() || this.#asking) return;
    const rest = this.#until - Date.now();
    if (rest > 0) this.#timer = setTimeout(this.#turn, rest);
    else void this.#ask();
  };

  async #ask() {
    const { state, words, hass } = this.context;
    this.#asking = true;
    /** @type {{promotion: Promotion | null, seconds: number} | null} */
    let answer = null;
    try {
      answer = await hass().callWS({
        type: "smart_parking/promotion",
        entry_id: state.entryId,
        language: words.language,
      });
    } catch {
      // The integration is being updated, or the lot is not loaded.
    }
    this.#asking = false;
    this.#until = Date.now() + (answer?.promotion ? answer.seconds * 1000 : PAUSE_MS);
    if (this.#live) this.#show(answer?.promotion ?? null);
    this.#turn();
  }

  /** @param {Promotion | null} promotion */
  #show(promotion) {
    this.root.hidden = !promotion;
    if (!promotion) {
      this.root.replaceChildren();
      return;
    }
    const picture = promotion.image && html("img", { src: promotion.image, alt: "" });
    if (picture) picture.addEventListener("error", () => picture.remove());
    this.root.replaceChildren(
      html("span", { class: "mark" }, promotion.mark),
      ...(picture ? [picture] : []),
      html(
        "div",
        { class: "what" },
        html("strong", {}, promotion.title),
        promotion.text !== "" && html("span", {}, promotion.text),
      ),
    );
  }
}
