/**
 * Contents of the element `smart-parking-card`: it follows a lot and shows it in one of four views.
 */

import { dress } from "./dress.js";
import { CompactView } from "./compact-view.js";
import { html, svg, write } from "../shared/dom.js";
import { subscriptionOf } from "./subscription.js";
import { PlanView } from "./plan-view.js";
import { SignView } from "./sign-view.js";
import { loadTexts, Words } from "./words.js";

/** @typedef {import("./types").Hass} Hass */
/** @typedef {import("./types").CardConfig} CardConfig */
/** @typedef {import("./types").View} View */
/** @typedef {import("./lot-state.js").Change} Change */

/**
 * A phone that wakes up is connected again within this time, before it has to show a lost
 * connection.
 */
const PATIENCE_MS = 1_500;
const TICK_MS = 10_000;

// Exports for files that are loaded later.
export { dressPlainly } from "./dress.js";
export { laneMarkup } from "./drawing.js";
export { explain } from "./explain.js";
export { boxOf, grown, span } from "./geometry.js";
export { sample, UNIT } from "./glyphs.js";
export { ENDS } from "./my-hold.js";
export { css } from "./style.js";
export { dress, subscriptionOf, html, loadTexts, PlanView, svg, Words, write };
export { takeTexts, text } from "./words.js";

/** @typedef {new (context: import("./types").ViewContext) => View} Form */

/** The owner's view is loaded when it is first shown, because drivers do not need it. */
/** @type {Record<string, Form | null>} */
const VIEWS = { plan: PlanView, compact: CompactView, sign: SignView, owner: null };

export class LotCard {
  /** @type {Hass | undefined} */
  #hass;
  /** @type {CardConfig} */
  #config = { type: "custom:smart-parking-card" };
  /** @type {Words | undefined} */
  #words;
  /** @type {import("./subscription.js").Subscription | undefined} */
  #subscription;
  /** @type {(() => void) | undefined} */
  #unlisten;
  /** @type {View | undefined} */
  #view;
  /** @type {import("./lot-state.js").LotState | undefined} */
  #shown;
  #outdated = false;
  #isConnected = false;
  /** The number of the newest message that is shown. */
  #seq = -1;
  /** @type {import("./types").Memory} */
  #memory = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #statusTimer;
  /** When the connection was lost, in ms since 1970; 0 while it is live. */
  #troubledAt = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticker;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    const root = /** @type {ShadowRoot} */ (host.shadowRoot);
    dress(root);
    this.card = /** @type {HTMLElement} */ (root.querySelector("ha-card"));
  }

  /** @param {CardConfig} config */
  setConfig(config) {
    const other = config.entry_id !== this.#config.entry_id;
    /** @type {(keyof CardConfig)[]} */
    const starts = ["level", "gate", "shared"];
    if (starts.some((key) => config[key] !== this.#config[key])) this.#memory = {};
    this.#config = config;
    this.host.dataset.view = config.view ?? "plan";
    if (other) this.#follow();
    this.#build();
  }

  get #isPreview() {
    return Boolean(/** @type {{preview?: boolean}} */ (this.host).preview);
  }

  /** Called on every change of any entity, so irrelevant changes have to return quickly. */
  set hass(/** @type {Hass} */ hass) {
    const before = this.#hass;
    this.#hass = hass;
    if (!before || before.themes?.darkMode !== hass.themes?.darkMode)
      this.host.toggleAttribute("dark", Boolean(hass.themes?.darkMode));
    if (
      !before ||
      before.locale !== hass.locale ||
      before.config.unit_system !== hass.config.unit_system
    )
      this.#speak(hass);
    if (before?.connection !== hass.connection) this.#follow();
  }

  connect() {
    this.#isConnected = true;
    this.#ticker = setInterval(() => this.#view?.tick?.(new Date()), TICK_MS);
    this.#view?.attach?.();
    this.#follow();
  }

  disconnect() {
    this.#isConnected = false;
    clearInterval(this.#ticker);
    clearTimeout(this.#statusTimer);
    this.#view?.detach?.();
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** @param {Hass} hass */
  #speak(hass) {
    this.#words = new Words(hass);
    this.card.dir = this.#words.rtl ? "rtl" : "ltr";
    this.#build();
    loadTexts(hass).then((fresh) => fresh && this.#speak(/** @type {Hass} */ (this.#hass)));
  }

  #follow() {
    this.#unlisten?.();
    this.#unlisten = undefined;
    if (!this.#isConnected || !this.#hass) return;
    this.#subscription = subscriptionOf(this.#hass.connection, this.#config.entry_id || undefined);
    this.#unlisten = this.#subscription.listen((change) => this.#update(change));
    const { state } = this.#subscription;
    const missed = state && (state !== this.#shown || state.seq !== this.#seq);
    this.#update(missed ? { whole: true, bays: [], nearest: true } : null);
  }

  /** @param {Change | null} change */
  #update(change) {
    if (change?.whole || (this.#view && !this.#subscription?.state)) this.#build();
    else if (change) this.#view?.update(change);
    this.#seq = this.#subscription?.state?.seq ?? -1;
    this.#status();
  }

  #build() {
    const words = this.#words;
    const state = this.#subscription?.state;
    if (!words?.ready) return;
    this.#view?.destroy?.();
    this.#view = undefined;
    if (!state) {
      this.#status();
      return;
    }
    const Form = VIEWS[this.#config.view ?? "plan"];
    if (!Form) {
      void this.#load();
      return;
    }
    this.#shown = state;
    this.#view = new Form({
      state,
      words,
      config: this.#config,
      memory: this.#memory,
      hass: () => /** @type {Hass} */ (this.#hass),
      moreInfo: (entityId) => this.#moreInfo(entityId),
      preview: () => this.#isPreview,
    });
    this.card.replaceChildren(this.#view.root);
    if (this.#isConnected) this.#view.attach?.();
    if (this.#config.fullscreen && !this.#isPreview) this.#view.cover?.();
    this.#status();
  }

  async #load() {
    try {
      VIEWS["owner"] = (await import("./owner-view.js")).OwnerView;
    } catch {
      // This page's files are gone, because they were replaced by newer ones.
      this.#outdated = true;
      this.#status();
      return;
    }
    this.#build();
  }

  #status() {
    const subscription = this.#subscription;
    const words = this.#words;
    if (!subscription || !words?.ready) return;
    clearTimeout(this.#statusTimer);
    const message = this.#message();
    if (!this.#view) {
      this.#note(message);
      return;
    }
    if (subscription.status === "live") {
      this.#troubledAt = 0;
      this.#view.setStatus("live", "");
      return;
    }
    this.#troubledAt ||= Date.now();
    this.#statusTimer = setTimeout(
      () => this.#view?.setStatus(subscription.status, message),
      this.#troubledAt + PATIENCE_MS - Date.now(),
    );
  }

  /** Shows a message in place of a view. @param {string} message */
  #note(message) {
    const note = this.card.querySelector(".note");
    if (note) write(note, message);
    else this.card.replaceChildren(html("p", { class: "note", role: "status" }, message));
  }

  #message() {
    const subscription = /** @type {import("./subscription.js").Subscription} */ (
      this.#subscription
    );
    const words = /** @type {Words} */ (this.#words);
    if (this.#outdated) return words.text("load_anew");
    if (subscription.status === "absent") return words.absence(subscription.reason);
    if (subscription.status === "lost")
      return words.text("lost", { time: words.moment(subscription.heardAt.getTime() / 1000) });
    return words.text("connecting");
  }

  /** @param {string | null} entityId */
  #moreInfo(entityId) {
    if (!entityId) return;
    this.host.dispatchEvent(
      new CustomEvent("hass-more-info", { bubbles: true, composed: true, detail: { entityId } }),
    );
  }
}
