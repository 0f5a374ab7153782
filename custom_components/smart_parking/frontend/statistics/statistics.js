/** What the element `smart-parking-statistics-card` holds: how a lot was used in a period. */

import { dress } from "../card/dress.js";
import { explain } from "../card/explain.js";
import { subscriptionOf } from "../card/subscription.js";
import { loadTexts, Words } from "../card/words.js";
import { html, write } from "../shared/dom.js";
import { comparable } from "./measures.js";
import { around, compared, firstWeekday, past, today } from "./period.js";
import { nameOf, PeriodBar, shared } from "./period-bar.js";
import { PrintReport } from "./print.js";
import { css } from "./style.js";
import { view } from "./view.js";
import { loadOwnTexts, StatisticsWords } from "./words.js";

/** @typedef {import("../card/types").Hass} Hass */
/** @typedef {import("./types").Statistics} Statistics */
/** @typedef {import("./period.js").Period} Period */
/** @typedef {import("./period.js").Unit} Unit */
/** @typedef {{entry_id?: string, title?: string, period?: Unit}} Config */

/** What is not over changes. */
const REFRESH_MS = 300_000;

export class StatisticsCard {
  /** @type {Hass | undefined} */
  #hass;
  /** @type {Config} */
  #config = {};
  /** @type {StatisticsWords | undefined} */
  #words;
  /** @type {Statistics | undefined} */
  #data;
  /** What the data are about; while others are loaded, another one is chosen. @type {Period | undefined} */
  #shown;
  /** What went wrong, in words. */
  #failure = "";
  #isLoading = false;
  /** Counts questions: an answer to an earlier one is of no interest. */
  #turn = 0;
  /** @type {import("../card/subscription.js").Subscription | undefined} */
  #subscription;
  /** @type {(() => void) | undefined} */
  #unlisten;
  #entryId = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {import("./view.js").Chosen} */
  #chosen = { heat: "turnover", series: "vehicles", group: "weekday" };
  #isConnected = false;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    const root = /** @type {ShadowRoot} */ (host.shadowRoot);
    dress(root);
    root.append(html("style", {}, css));
    this.card = /** @type {HTMLElement} */ (root.querySelector("ha-card"));
    this.periodBar = new PeriodBar(() => ({
      name: this.#name,
      period: this.#period,
      today: this.#today,
      firstWeekday: this.#firstWeekday,
      firstDay: this.#data?.lot.first_day,
    }));
    this.status = html("p", { class: "hint about", role: "status" });
    this.body = html("div", { class: "body" });
    this.card.append(
      html("div", { class: "statistics" }, this.periodBar.root, this.status, this.body),
    );
    this.report = new PrintReport(this.host, () => this.#printed());
  }

  /** @param {Config} config */
  setConfig(config) {
    const isOther = config.entry_id !== this.#config.entry_id;
    this.#config = config;
    if (isOther) this.#follow();
    this.#drawBar();
  }

  set hass(/** @type {Hass} */ hass) {
    const before = this.#hass;
    this.#hass = hass;
    if (before?.themes?.darkMode !== hass.themes?.darkMode)
      this.host.toggleAttribute("dark", Boolean(hass.themes?.darkMode));
    if (before?.locale !== hass.locale) void this.#speak();
    if (before?.connection !== hass.connection) this.#follow();
  }

  connect() {
    this.#isConnected = true;
    this.#timer = setInterval(() => this.#isOpen && void this.#load(), REFRESH_MS);
    shared.listeners.add(this.#turned);
    this.report.connect();
    this.#follow();
  }

  disconnect() {
    this.#isConnected = false;
    clearInterval(this.#timer);
    shared.listeners.delete(this.#turned);
    this.report.disconnect();
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** Somebody has chosen another period, here or at another lot. */
  #turned = () => {
    this.#drawBar();
    void this.#load();
  };

  get #today() {
    const { locale, config } = /** @type {Hass} */ (this.#hass);
    void locale;
    return today(config.time_zone);
  }

  get #firstWeekday() {
    return firstWeekday(/** @type {any} */ (this.#hass).locale);
  }

  /** @returns {Period} */
  get #period() {
    return shared.period ?? around(this.#config.period ?? "week", this.#today, this.#firstWeekday);
  }

  /** Whether the period is not over. */
  get #isOpen() {
    return Boolean(this.#hass) && this.#period.last >= this.#today && !document.hidden;
  }

  async #speak() {
    const hass = /** @type {Hass} */ (this.#hass);
    try {
      const [texts] = await Promise.all([loadOwnTexts(hass), loadTexts(hass)]);
      if (hass.locale !== this.#hass?.locale) return;
      this.#words = new StatisticsWords(hass, texts, this.#data?.lot.currency ?? null);
      this.card.dir = this.#words.rtl ? "rtl" : "ltr";
      this.#drawBar();
      this.#draw();
    } catch {
      // There is nothing to be said without words; the connection comes back with another hass.
      setTimeout(() => this.#isConnected && void this.#speak(), 2_000);
    }
  }

  #follow() {
    this.#unlisten?.();
    this.#unlisten = undefined;
    if (!this.#isConnected || !this.#hass) return;
    this.#subscription = subscriptionOf(this.#hass.connection, this.#config.entry_id || undefined);
    this.#unlisten = this.#subscription.listen((change) => this.#told(Boolean(change?.whole)));
    this.#told(true);
  }

  /** @param {boolean} isWhole */
  #told(isWhole) {
    const state = this.#subscription?.state;
    if (!state) {
      this.#draw();
      return;
    }
    if (!isWhole && this.#entryId === state.entryId) return;
    const isOther = this.#entryId !== state.entryId;
    this.#entryId = state.entryId;
    if (isOther) this.#data = undefined;
    // After an interruption there may be more.
    void this.#load();
  }

  async #load() {
    const hass = this.#hass;
    if (!hass || !this.#entryId) return;
    const turn = ++this.#turn;
    const [period, now] = [this.#period, this.#today];
    const { first, last } = past(period, now);
    const other = compared(period, shared.comparison, now);
    this.#isLoading = true;
    this.#draw();
    try {
      const data = /** @type {Statistics} */ (
        await hass.callWS({
          type: "smart_parking/statistics",
          entry_id: this.#entryId,
          from: first,
          until: last,
          ...(other
            ? { compare_from: other.first, compare_until: other.last }
            : { compare: "none" }),
        })
      );
      if (turn !== this.#turn) return;
      this.#failure = "";
      this.#data = data;
      this.#shown = period;
      if (this.#words) this.#words.currency = data.lot.currency;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#failure = await explain(hass, this.#words ?? new Words(hass), error);
    }
    this.#isLoading = false;
    this.#drawBar();
    this.#draw();
  }

  get #name() {
    return this.#config.title ?? this.#data?.lot.name ?? this.#subscription?.state?.name ?? "";
  }

  /** The name, and the choice of the period. */
  #drawBar() {
    const words = this.#words;
    if (words?.ready && this.#hass) this.periodBar.draw(words);
  }

  #draw() {
    const words = this.#words;
    if (!words?.ready) return;
    const state = this.#subscription?.state;
    const absent =
      this.#subscription && !state
        ? this.#subscription.status === "absent"
          ? words.absence(this.#subscription.reason)
          : words.text("connecting")
        : "";
    const message = absent || this.#failure;
    this.body.toggleAttribute("aria-busy", this.#isLoading);
    const said = this.#isLoading ? words.say("loading") : message;
    write(this.status, this.#data ? said || this.#about(words, this.#data) : "");
    if (this.#data && !absent) {
      this.body.replaceChildren(view(this.#context(words, this.#data)));
      this.report.refresh();
    } else
      this.body.replaceChildren(
        html("p", { class: "note", role: "status" }, message || words.say("loading")),
        message && !absent
          ? html(
              "button",
              { class: "chip again", type: "button", click: () => void this.#load() },
              words.say("again"),
            )
          : "",
      );
  }

  /** @param {StatisticsWords} words @param {Statistics} data @returns {import("./view.js").Context} */
  #context(words, data) {
    const state = this.#subscription?.state;
    return {
      words,
      data,
      bays: state?.bays ?? [],
      levels: state?.levelNames ?? [],
      chosen: this.#chosen,
      firstWeekday: this.#firstWeekday,
      isAdmin: this.#hass?.user?.is_admin !== false,
    };
  }

  /**
   * What numbers are compared with, and that a day is not over.
   * @param {StatisticsWords} words
   * @param {Statistics} data
   */
  #about(words, data) {
    const { compared_with: asked, period } = data;
    const other = comparable(data);
    const days = asked && words.days(asked.from, asked.until);
    return [
      days && words.say(other ? "compared" : "not_recorded", { days }),
      period.until >= this.#today && words.say("not_over"),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  /** What a printer gets. */
  #printed() {
    const [words, data, period] = [this.#words, this.#data, this.#shown];
    if (!words || !data || !period) return null;
    const said = nameOf(words, period);
    const contents = document.createDocumentFragment();
    contents.append(
      html(
        "header",
        {},
        html("h1", {}, this.#name),
        html("p", { class: "said" }, said),
        html(
          "p",
          { class: "hint" },
          [
            words.say("of_bays", { count: words.decimal(data.lot.bays) }),
            this.#about(words, data),
            words.say("printed", { day: words.day(this.#today, { dateStyle: "long" }) }),
          ]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
      view(this.#context(words, data)),
    );
    return { name: `${this.#name} · ${said}`, contents };
  }
}
