/** Display at the entrance: readable from a car, 20 m away. */

import { html, svg, write } from "../shared/dom.js";
import { icon } from "./glyphs.js";
import { usuallyFull, wayTexts } from "./guidance.js";
import { KINDS } from "./plan-view.js";
import { PromotionStrip } from "./promotion.js";

/** @typedef {import("./types").ViewContext} ViewContext */

const AHEAD = "M20 37V6M9 16L20 5L31 16";
/** Arrows in a box of 40: bent to a side, and up or down a ramp. */
const ARROWS = {
  l: "M28 37V19Q28 13 22 13H9M17 4L8 13L17 22",
  r: "M12 37V19Q12 13 18 13H31M23 4L32 13L23 22",
  a: AHEAD,
  u: "M8 32L30 10M13 9H31V27",
  d: "M8 8L30 30M31 13V31H13",
  o: AHEAD,
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
    this.soon = html("div", { class: "soon", hidden: true });
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
      html("div", { class: "bottom" }, this.more, this.soon),
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
   * Covers the whole page with Home Assistant's own bars; a tap shows them again. Browsers before
   * 2023 cannot.
   */
  cover() {
    if (this.root.isConnected) this.root.showPopover?.();
  }

  #cover() {
    this.root.togglePopover?.();
  }

  update() {
    const { state, words } = this.context;
    const { free } = state.tally;
    const full = free === 0;
    this.root.classList.toggle("full", full);
    write(this.number, full ? words.text("full") : words.number(free));
    this.number.style.setProperty("--length", String(this.number.textContent?.length ?? 1));
    write(this.under, full ? "" : words.plural("free", free));
    this.#ahead();
    this.#point();
    this.#rest();
  }

  #ahead() {
    const text = usuallyFull(this.context);
    this.soon.hidden = !text;
    write(this.soon, text);
  }

  #point() {
    const { state, words } = this.context;
    const way = state.nearest[this.gate];
    this.aim.hidden = !way;
    if (!way) return;
    const turn = way.levelChange ?? way.side;
    const arrow = turn ? ARROWS[turn] : "";
    if (arrow !== this.#arrow) {
      this.#arrow = arrow;
      this.way.setAttribute("d", arrow);
    }
    // On another level, the level comes first: there is time to find the bay up there.
    const big = way.levelChange ? words.level(way.bay.level) : way.bay.label;
    write(this.bay, big);
    this.bay.style.setProperty("--length", String(big.length));
    const texts = wayTexts(this.context, this.gate);
    // The arrow shows the ramp.
    if (way.levelChange) texts.splice(0, 2, way.bay.label);
    write(this.where, texts.join(", "));
  }

  /** Returns the kinds and other levels, in small. */
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
    if (!this.root.classList.contains("stale")) this.#ahead();
  }

  /**
   * Without a connection no bay is shown as vacant.
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
    this.aim.hidden = this.soon.hidden = true;
    this.more.replaceChildren();
  }
}
