/** Contents of the element `smart-parking-hours-card`: occupancy by weekday and hour. */

import { dress } from "./dress.js";
import { html, write } from "../shared/dom.js";
import { usualWeek } from "./usual-week.js";
import { loadTexts, Words } from "./words.js";

/** @typedef {import("./types").Hass} Hass */

/** A usual week is the average of four weeks. */
const DAYS = 28;
const DAY_MS = 86_400_000;
const REFRESH_MS = 3_600_000;

export class HoursCard {
  /** @type {Hass | undefined} */
  #hass;
  /** @type {{entity?: string, title?: string}} */
  #config = {};
  /** @type {Words | undefined} */
  #words;
  /** @type {(number | null)[][] | undefined} */
  #week;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    const root = /** @type {ShadowRoot} */ (host.shadowRoot);
    dress(root);
    this.card = /** @type {HTMLElement} */ (root.querySelector("ha-card"));
  }

  /** @param {{entity?: string, title?: string}} config */
  setConfig(config) {
    this.#config = config;
    this.#week = undefined;
    void this.#load();
  }

  set hass(/** @type {Hass} */ hass) {
    const before = this.#hass;
    this.#hass = hass;
    if (before?.themes?.darkMode !== hass.themes?.darkMode)
      this.host.toggleAttribute("dark", Boolean(hass.themes?.darkMode));
    if (before?.locale !== hass.locale) {
      this.#speak(hass);
      loadTexts(hass).then((fresh) => fresh && this.#speak(/** @type {Hass} */ (this.#hass)));
    }
    if (before?.connection !== hass.connection) void this.#load();
  }

  connect() {
    this.#timer = setInterval(() => void this.#load(), REFRESH_MS);
  }

  disconnect() {
    clearInterval(this.#timer);
  }

  /** @param {Hass} hass */
  #speak(hass) {
    this.#words = new Words(hass);
    this.card.dir = this.#words.rtl ? "rtl" : "ltr";
    this.#draw();
  }

  async #load() {
    const { entity } = this.#config;
    if (!this.#hass || !entity) return;
    try {
      const answer = /** @type {Record<string, {start: number, mean: number | null}[]>} */ (
        await this.#hass.callWS({
          type: "recorder/statistics_during_period",
          start_time: new Date(Date.now() - DAYS * DAY_MS).toISOString(),
          statistic_ids: [entity],
          period: "hour",
          types: ["mean"],
        })
      );
      this.#week = usualWeek(answer[entity] ?? [], this.#hass.config.time_zone);
    } catch {
      this.#week = undefined;
    }
    this.#draw();
  }

  #draw() {
    const words = this.#words;
    if (!words?.ready) return;
    const heading = html("h2", {}, this.#config.title ?? words.text("busiest"));
    const known = this.#week?.some((day) => day.some((value) => value !== null));
    this.card.replaceChildren(
      html(
        "div",
        { class: "hours" },
        heading,
        known ? this.#table(words) : html("p", { class: "hint" }, words.text("busiest_empty")),
      ),
    );
  }

  /** @param {Words} words */
  #table(words) {
    const week = /** @type {(number | null)[][]} */ (this.#week);
    const day = new Intl.DateTimeFormat(words.language, { weekday: "short", timeZone: "UTC" });
    // 1 February 2026 was a Sunday.
    const name = (/** @type {number} */ at) => day.format(new Date(Date.UTC(2026, 1, 1 + at)));
    const peak = html("p", { class: "hint" });
    let most = -1;
    const rows = [1, 2, 3, 4, 5, 6, 0].map((at) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, name(at)),
        ...(week[at] ?? []).map((value, of) => {
          if (value === null) return html("td", {});
          const what = words.text("busiest_of", {
            day: name(at),
            hour: words.hour(of),
            percent: words.percent(value / 100),
          });
          if (value > most) {
            most = value;
            write(peak, words.text("busiest_peak", { when: what }));
          }
          const share = Math.round(8 + value * 0.92) / 100;
          return html("td", {
            title: what,
            "aria-label": what,
            style: `background: var(--sp-way); opacity: ${share}`,
          });
        }),
      ),
    );
    const hours = Array.from({ length: 24 }, (_, of) =>
      of % 6 ? null : html("th", { scope: "col", colspan: 6 }, words.hour(of)),
    );
    const table = html(
      "table",
      {},
      html("colgroup", {}, html("col", { class: "day" })),
      html("thead", {}, html("tr", {}, html("td"), ...hours)),
      html("tbody", {}, ...rows),
    );
    return html("div", {}, table, peak);
  }
}
