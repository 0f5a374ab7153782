/** Main view of the card: vacant bays, guidance, and the plan. */

import { html, write } from "../shared/dom.js";
import { DriverPanel } from "./driver-panel.js";
import { icon, sample } from "./glyphs.js";
import { headline, summary, usuallyFull, wayTexts } from "./guidance.js";
import { Plan } from "./plan.js";

/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").StateCode} StateCode */
/** @typedef {import("./types").ViewContext} ViewContext */
/** @typedef {import("./lot-state.js").Change} Change */

const LETTERS = /** @type {StateCode[]} */ (["v", "o", "h", "x", "u"]);
/** Special kinds, in the order in which they are shown. */
export const KINDS = /** @type {Exclude<Kind, "standard">[]} */ ([
  "accessible",
  "ev",
  "family",
  "motorcycle",
  "staff",
]);
/** Shortest time between two announcements of a count for screen readers. */
const QUIET_MS = 15_000;

export class PlanView {
  /** @type {Map<string, HTMLElement>} */
  #levelChips = new Map();
  /** @type {Map<Kind, HTMLElement>} */
  #kindChips = new Map();
  /** @type {Map<StateCode, HTMLElement>} */
  #legend = new Map();
  /** @type {HTMLElement[]} */
  #gates = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #announcing;
  #shownCount = "";

  /** @param {ViewContext} context */
  constructor(context) {
    this.context = context;
    const { state, words, config, memory } = context;
    const levels = state.levelNames;
    const wanted = memory.level ?? config.level ?? state.gates[state.gateIndex(config.gate)]?.level;
    this.level = wanted !== undefined && levels.includes(wanted) ? wanted : (levels[0] ?? "");
    this.gate = state.gateIndex(memory.gate ?? config.gate, this.level);
    // The card shows a single level when it cannot be changed.
    const alone = config.show_chips === false && config.level === this.level;
    this.tally = (alone && state.levels.get(this.level)) || state.tally;

    this.count = html("div", { class: "count", dir: words.direction });
    this.gateList = html("div", {
      class: "ways",
      role: "group",
      "aria-label": words.text("gates"),
    });
    this.soon = html("div", { class: "soon", hidden: true });
    this.banner = html("div", { class: "banner", role: "status", hidden: true });
    this.driver = this.guides
      ? new DriverPanel(
          context,
          () => this.gate,
          (isNew) => this.#guided(isNew),
        )
      : null;
    this.live = html("div", { class: "quiet", role: "status", "aria-live": "polite" });
    this.stage = html("div", { class: "holder" });
    this.foot = html("div", { class: "foot" });
    if (config.show_legend !== false) this.foot.append(this.#legendRow());
    this.root = html(
      "div",
      { class: "lot" },
      html(
        "div",
        { class: "head" },
        html(
          "div",
          { class: "who" },
          html("h2", {}, config.title || state.name),
          this.gateList,
          this.soon,
        ),
        this.count,
      ),
      this.driver?.root,
      config.show_chips === false ? null : this.#chips(levels),
      this.banner,
      this.stage,
      this.foot,
      this.live,
    );
    this.#gateLines();
    this.#draw();
    this.#numbers();
  }

  /** Whether the view guides drivers to a bay. */
  get guides() {
    const { state, config } = this.context;
    return state.can.has("guide") && config.show_guide !== false && state.gates.length > 0;
  }

  attach() {
    this.driver?.attach();
  }

  detach() {
    this.driver?.detach();
  }

  destroy() {
    this.detach();
    clearTimeout(this.#announcing);
    this.plan?.destroy();
  }

  /** @param {string[]} levels */
  #chips(levels) {
    const { state, words } = this.context;
    const row = html("div", { class: "chips" });
    if (levels.length > 1)
      for (const level of levels) {
        const chip = html("button", {
          class: "chip",
          type: "button",
          click: () => this.#go(level),
        });
        this.#levelChips.set(level, chip);
        row.append(chip);
      }
    for (const kind of KINDS) {
      if (!state.tally.kinds.get(kind)?.total) continue;
      const number = html("span", { class: "number" });
      const chip = html(
        "button",
        {
          class: `chip ${kind}`,
          type: "button",
          title: words.kind(kind),
          click: () => this.#only(kind),
        },
        icon(kind),
        number,
      );
      this.#kindChips.set(kind, chip);
      row.append(chip);
    }
    return row.childElementCount ? row : null;
  }

  #legendRow() {
    const row = html("div", { class: "legend" });
    for (const code of LETTERS) {
      const number = html("b", {});
      this.#legend.set(code, number);
      row.append(
        html("span", {}, sample(code), this.context.words.text(`state_${code}`), " ", number),
      );
    }
    return row;
  }

  #gateLines() {
    this.#gates = this.context.state.gates.map((_, index) =>
      html("button", { class: "gateline", type: "button", click: () => this.#from(index) }),
    );
    this.gateList.append(...this.#gates);
  }

  #draw() {
    this.plan?.destroy();
    this.plan?.zoom.remove();
    this.plan = new Plan(
      this.context,
      this.level,
      (index) => this.tapped(index),
      (gate) => this.#from(gate),
    );
    this.stage.replaceChildren(this.plan.root);
    this.foot.append(this.plan.zoom);
    this.plan.only(this.context.memory.kind);
    this.#lead();
  }

  /** Draws the driver's own route, else the route to the nearest bay. */
  #lead() {
    const way = this.driver?.way;
    this.plan?.showWay(way?.gate ?? this.gate, way?.index);
  }

  /** @param {boolean} isNew Whether the driver is guided to another bay than before. */
  #guided(isNew) {
    const way = this.driver?.way;
    if (!this.plan) return; // It is still being made.
    const level = this.context.state.bays[way?.index ?? -1]?.level;
    if (isNew && level !== undefined && this.#levelChips.has(level)) this.#go(level);
    this.#lead();
  }

  /**
   * A tap shows the bay's state, the time of its last change, and its history.
   * @param {number} index
   */
  tapped(index) {
    this.context.moreInfo(this.context.state.bays[index]?.entity_id ?? null);
  }

  /** @param {string} level */
  #go(level) {
    if (level === this.level) return;
    const { memory, state } = this.context;
    memory.level = this.level = level;
    memory.window = undefined;
    if (state.gates[this.gate]?.level !== level) this.gate = state.gateIndex(undefined, level);
    this.#draw();
    this.#numbers();
  }

  /** @param {number} gate */
  #from(gate) {
    const { memory, state } = this.context;
    const one = state.gates[gate];
    if (!one) return;
    this.gate = gate;
    memory.gate = one.id;
    const bay = state.nearest[gate]?.bay;
    if (one.level !== this.level && bay?.level !== this.level) this.#go(one.level);
    this.gate = gate;
    this.#lead();
    this.#numbers();
  }

  /** @param {Kind} kind */
  #only(kind) {
    const { memory } = this.context;
    memory.kind = memory.kind === kind ? undefined : kind;
    this.plan?.only(memory.kind);
    if (memory.kind) this.#go(this.#levelWith(memory.kind));
    this.#numbers();
  }

  /**
   * Returns this level if it has bays of a kind, else the level with most vacant ones.
   * @param {Kind} kind
   */
  #levelWith(kind) {
    const { state } = this.context;
    /** @param {string} level */
    const of = (level) => state.levels.get(level)?.kinds.get(kind) ?? { free: -1, total: 0 };
    if (of(this.level).total) return this.level;
    return state.levelNames.reduce((best, level) =>
      of(level).free > of(best).free ? level : best,
    );
  }

  /** @param {Change} change */
  update(change) {
    this.plan?.patch(change.bays);
    if (change.nearest) this.#lead();
    this.#numbers();
    this.#announce();
  }

  #numbers() {
    const { state, words, memory } = this.context;
    const { tally } = this;
    const count = `${tally.free}/${tally.total}`;
    if (count !== this.#shownCount) {
      this.#shownCount = count;
      this.count.replaceChildren(...headline(words, tally.free, tally.total));
      this.count.classList.toggle("none", tally.free === 0);
    }
    for (const [code, number] of this.#legend) {
      write(number, words.number(tally.of[code]));
      // A state without bays needs no legend.
      const entry = /** @type {HTMLElement} */ (number.parentElement);
      entry.hidden = tally.of[code] === 0 && code !== "v" && code !== "o";
    }
    for (const [level, chip] of this.#levelChips) {
      const free = state.levels.get(level)?.free ?? 0;
      write(chip, `${words.level(level)} · ${words.number(free)} ${words.plural("free", free)}`);
      chip.setAttribute("aria-pressed", String(level === this.level));
    }
    for (const [kind, chip] of this.#kindChips) {
      const free = tally.kinds.get(kind)?.free ?? 0;
      const number = words.number(free);
      write(/** @type {Element} */ (chip.querySelector(".number")), number);
      chip.setAttribute(
        "aria-label",
        `${words.kind(kind)}: ${number} ${words.plural("free", free)}`,
      );
      chip.setAttribute("aria-pressed", String(memory.kind === kind));
    }
    this.#gates.forEach((line, index) => this.#gateLine(line, index));
    this.tick();
  }

  /** What is expected is over when its time has come. */
  tick() {
    const text = this.tally === this.context.state.tally ? usuallyFull(this.context) : "";
    this.soon.hidden = !text;
    write(this.soon, text);
  }

  /** @param {HTMLElement} line @param {number} index */
  #gateLine(line, index) {
    const { state, words } = this.context;
    const gate = state.gates[index];
    const way = state.nearest[index];
    if (!gate) return;
    line.hidden = !this.#concerns(index);
    line.setAttribute("aria-pressed", String(index === this.gate));
    const parts = way ? wayTexts(this.context, index) : [words.text("none_free")];
    const key = [way?.bay.label, ...parts].join();
    if (line.dataset.key === key) return;
    line.dataset.key = key;
    line.replaceChildren(
      icon("gate"),
      html("b", {}, way?.bay.label),
      html("span", { class: "where" }, parts.join(" · ")),
      html("span", { class: "from" }, words.text("nearest_from", { gate: gate.name })),
    );
  }

  /**
   * Whether a gate has a line: the chosen one, or all of the level that is shown.
   * @param {number} index
   */
  #concerns(index) {
    const { state, config } = this.context;
    if (config.gate) return index === state.gateIndex(config.gate);
    const levels = [state.gates[index]?.level, state.nearest[index]?.bay.level];
    return this.tally === state.tally || levels.includes(this.level);
  }

  #announce() {
    if (this.#announcing) return;
    this.#announcing = setTimeout(() => {
      this.#announcing = undefined;
      write(this.live, summary(this.context, this.gate, this.tally));
    }, QUIET_MS);
  }

  /** @param {import("./types").Status} status @param {string} message */
  setStatus(status, message) {
    this.root.classList.toggle("stale", status !== "live");
    this.banner.hidden = status === "live";
    write(this.banner, status === "live" ? "" : message);
  }
}
