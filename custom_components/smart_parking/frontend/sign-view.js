/** A display at the entrance: readable from a car, 20 m away. */

import { html, svg, write } from "./dom.js";
import { icon } from "./glyphs.js";
import { sideOf, sideText } from "./guidance.js";
import { KINDS } from "./plan-view.js";
import { PromotionStrip } from "./promotion.js";

/** @typedef {import("./types").ViewContext} ViewContext */

/** Arrows in a box of 40: bent to a side, and up or down a ramp. */
const ARROWS = {
  left: "M28 37V19Q28 13 22 13H9M17 4L8 13L17 22",
  right: "M12 37V19Q12 13 18 13H31M23 4L32 13L23 22",
  ahead: "M20 37V6M9 16L20 5L31 16",
  up: "M8 32L30 10M13 9H31V27",
  down: "M8 8L30 30M31 13V31H13",
};

export class SignView {
  #arrow = "";

  /** @param {ViewContext} context */
  constructor(context) {
    this.context = context;
    const { state, config } = context;
    this.gate = state.gateIndex(config.gate, config.level);
    this.clock = html("span", { class: "clock" });
    this.number = html("div", { class: "number" });
    this.under = html("div", { class: "under" });
    this.way = svg("path", {});
    this.bay = html("div", { class: "go" });
    this.where = html("div", { class: "where" });
    this.more = html("div", { class: "more" });
    this.promotion = new PromotionStrip(context);
    this.aim = html(
      "div",
      { class: "aim" },
      svg("svg", { viewBox: "0 0 40 40", "aria-hidden": "true" }, this.way),
      this.bay,
      this.where,
    );
    this.root = html(
      "div",
      { class: "sign", role: "status", popover: "manual", click: () => this.#cover() },
      html("div", { class: "top" }, html("span", {}, config.title || state.name), this.clock),
      html(
        "div",
        { class: "main" },
        html("div", { class: "sum" }, this.number, this.under),
        this.aim,
      ),
      this.more,
      this.promotion.root,
    );
    this.update();
    this.tick(new Date());
  }

  attach() {
    this.promotion.attach(this.root);
  }

  detach() {
    this.promotion.detach();
  }

  destroy() {
    this.promotion.detach();
  }

  /**
   * Covers the whole page, Home Assistant's own bars as well. A tap leads back, and out again.
   */
  cover() {
    if (this.root.isConnected) this.root.showPopover();
  }

  #cover() {
    this.root.togglePopover();
  }

  update() {
    const { state, words } = this.context;
    const { free } = state.tally;
    const full = free === 0;
    this.root.classList.toggle("full", full);
    write(this.number, full ? words.text("full") : words.number(free));
    this.number.style.setProperty("--length", String(this.number.textContent?.length ?? 1));
    write(this.under, full ? "" : words.text("free"));
    this.#point();
    this.#rest();
  }

  #point() {
    const { state, words } = this.context;
    const way = state.nearest[this.gate];
    this.aim.hidden = !way;
    if (!way) return;
    const side = sideOf(state, this.gate) ?? "ahead";
    const elsewhere = side === "level";
    const arrow = elsewhere ? this.#ramp(way.bay.level) : side;
    if (arrow !== this.#arrow) {
      this.#arrow = arrow;
      this.way.setAttribute("d", ARROWS[arrow]);
    }
    const distance = words.distance(way.metres);
    // On another level, the level comes first: there is time to find the bay up there.
    const big = elsewhere ? words.level(way.bay.level) : way.bay.label;
    write(this.bay, big);
    this.bay.style.setProperty("--length", String(big.length));
    write(
      this.where,
      elsewhere
        ? `${way.bay.label}, ${distance}`
        : `${distance}, ${sideText(this.context, this.gate)}`,
    );
  }

  /** Whether a level lies above or below the gate's; names do not tell. @param {string} level */
  #ramp(level) {
    const climb = Number(level) - Number(this.context.state.gates[this.gate]?.level);
    return climb > 0 ? "up" : climb < 0 ? "down" : "ahead";
  }

  /** Kinds and other levels, quietly. */
  #rest() {
    const { state, words } = this.context;
    const parts = [];
    for (const kind of KINDS) {
      const tally = state.tally.kinds.get(kind);
      if (tally?.total) parts.push(html("span", {}, icon(kind), words.number(tally.free)));
    }
    const levels = state.levelNames;
    if (levels.length > 1)
      for (const level of levels)
        parts.push(
          html(
            "span",
            {},
            `${words.level(level)}: ${words.number(state.levels.get(level)?.free ?? 0)}`,
          ),
        );
    this.more.replaceChildren(...parts);
  }

  /** @param {Date} now */
  tick(now) {
    write(this.clock, this.context.words.time(now));
  }

  /**
   * Without a connection nothing is claimed to be free.
   * @param {import("./types").Status} status
   */
  setStatus(status) {
    const live = status === "live";
    this.root.classList.toggle("stale", !live);
    this.promotion.setLive(live);
    if (live) {
      this.update();
      return;
    }
    write(this.number, "–");
    write(this.under, this.context.words.text("lost_sign"));
    this.aim.hidden = true;
    this.more.replaceChildren();
  }
}
