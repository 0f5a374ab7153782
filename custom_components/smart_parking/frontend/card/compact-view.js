/** One line for a wall tablet or a phone's overview. */

import { html, svg, write } from "../shared/dom.js";
import { usuallyFull, wayTexts } from "./guidance.js";

/** @typedef {import("./types").ViewContext} ViewContext */

/** The ring's circumference, so that its dashes are shares. */
const ROUND = 100;
const RADIUS = ROUND / (2 * Math.PI);

export class CompactView {
  /** @param {ViewContext} context */
  constructor(context) {
    this.context = context;
    this.gate = context.state.gateIndex(context.config.gate, context.config.level);
    this.share = svg("circle", { class: "share", r: RADIUS, "stroke-dasharray": `0 ${ROUND}` });
    this.first = html("span", { class: "first" });
    this.second = html("span", { class: "second" });
    this.root = html(
      "button",
      { class: "compact", type: "button", click: () => this.#open() },
      svg(
        "svg",
        { viewBox: "-20 -20 40 40", "aria-hidden": "true" },
        svg("circle", { class: "ring", r: RADIUS }),
        this.share,
        svg("path", { class: "code", d: "M-3.5 7V-7H1.2a4.1 4.1 0 0 1 0 8.2H-3.5" }),
      ),
      html("span", { class: "lines" }, this.first, this.second),
    );
    this.update();
  }

  #open() {
    this.context.moreInfo(this.context.state.gates[this.gate]?.entity_id ?? null);
  }

  update() {
    const { state, words, config } = this.context;
    const { free, total } = state.tally;
    const way = state.nearest[this.gate];
    const values = { free: words.number(free), total: words.number(total) };
    write(
      this.first,
      way
        ? words.text("count_and_nearest", { ...values, bay: way.bay.label })
        : words.text("free_of", values),
    );
    const where = wayTexts(this.context, this.gate);
    const soon = usuallyFull(this.context);
    write(this.second, [config.title || state.name, ...where, ...(soon ? [soon] : [])].join(" · "));
    this.share.setAttribute("stroke-dasharray", `${total ? (free / total) * ROUND : 0} ${ROUND}`);
    this.root.classList.toggle("none", free === 0);
  }

  tick() {
    if (!this.root.classList.contains("stale")) this.update();
  }

  /** @param {import("./types").Status} status @param {string} message */
  setStatus(status, message) {
    this.root.classList.toggle("stale", status !== "live");
    if (status !== "live") write(this.second, message);
    else this.update();
  }
}
