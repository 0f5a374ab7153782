/** The card's main form: what is free, how to get there, and the plan. */

import { html, write } from "./dom.js";
import { icon, sample } from "./glyphs.js";
import { headline, sideText, summary } from "./guidance.js";
import { Plan } from "./plan.js";

/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").Letter} Letter */
/** @typedef {import("./types").ViewContext} ViewContext */
/** @typedef {import("./lot-state.js").Change} Change */

const LETTERS = /** @type {Letter[]} */ (["v", "o", "h", "x", "u"]);
/** Special kinds, in the order in which they are shown. */
export const KINDS = /** @type {Exclude<Kind, "standard">[]} */ ([
  "accessible",
  "ev",
  "family",
  "motorcycle",
  "staff",
]);
/** A screen reader is told of a new count at most this often. */
const QUIET_MS = 15_000;

export class PlanView {
  /** @type {Map<string, HTMLElement>} */
  #levelChips = new Map();
  /** @type {Map<Kind, HTMLElement>} */
  #kindChips = new Map();
  /** @type {Map<Letter, HTMLElement>} */
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

    this.count = html("div", { class: "count", dir: words.direction });
    this.gateList = html("div", {
      class: "ways",
      role: "group",
      "aria-label": words.text("gates"),
    });
    this.banner = html("div", { class: "banner", role: "status", hidden: true });
    this.live = html("div", { class: "quiet", role: "status", "aria-live": "polite" });
    this.stage = html("div", { class: "holder" });
    this.root = html(
      "div",
      { class: "lot" },
      html(
        "div",
        { class: "head" },
        html("div", { class: "who" }, html("h2", {}, config.title || state.name), this.gateList),
        this.count,
      ),
      config.show_chips === false ? null : this.#chips(levels),
      this.banner,
      this.stage,
      config.show_legend === false ? null : this.#legendRow(),
      this.live,
    );
    this.#gateLines();
    this.#draw();
    this.#numbers();
  }

  destroy() {
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
    for (const letter of LETTERS) {
      const number = html("b", {});
      this.#legend.set(letter, number);
      row.append(
        html("span", {}, sample(letter), this.context.words.text(`state_${letter}`), " ", number),
      );
    }
    return row;
  }

  #gateLines() {
    const { state, config } = this.context;
    const chosen = config.gate ? state.gateIndex(config.gate) : -1;
    this.#gates = state.gates.map((_, index) => {
      const line = html("button", {
        class: "gateline",
        type: "button",
        click: () => this.#from(index),
      });
      line.hidden = chosen >= 0 && chosen !== index;
      this.gateList.append(line);
      return line;
    });
  }

  #draw() {
    this.plan?.destroy();
    this.plan = new Plan(
      this.context,
      this.level,
      (index) => this.tapped(index),
      (gate) => this.#from(gate),
    );
    this.stage.replaceChildren(this.plan.root);
    this.plan.only(this.context.memory.kind);
    this.plan.showWay(this.gate);
  }

  /** A tap shows the bay's state, since when, and its history. @param {number} index */
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
    this.plan?.showWay(gate);
    this.#numbers();
  }

  /** @param {Kind} kind */
  #only(kind) {
    const { memory } = this.context;
    memory.kind = memory.kind === kind ? undefined : kind;
    this.plan?.only(memory.kind);
    this.#numbers();
  }

  /** @param {Change} change */
  update(change) {
    this.plan?.patch(change.bays);
    if (change.nearest) this.plan?.showWay(this.gate);
    this.#numbers();
    this.#announce();
  }

  #numbers() {
    const { state, words, memory } = this.context;
    const { tally } = state;
    const count = `${tally.free}/${tally.total}`;
    if (count !== this.#shownCount) {
      this.#shownCount = count;
      this.count.replaceChildren(...headline(words, tally.free, tally.total));
      this.count.classList.toggle("none", tally.free === 0);
    }
    for (const [letter, number] of this.#legend) {
      write(number, words.number(tally.of[letter]));
      // What does not occur needs no explanation.
      const entry = /** @type {HTMLElement} */ (number.parentElement);
      entry.hidden = tally.of[letter] === 0 && letter !== "v" && letter !== "o";
    }
    for (const [level, chip] of this.#levelChips) {
      const free = words.number(state.levels.get(level)?.free ?? 0);
      write(chip, `${words.level(level)} · ${free} ${words.text("free")}`);
      chip.setAttribute("aria-pressed", String(level === this.level));
    }
    for (const [kind, chip] of this.#kindChips) {
      const free = words.number(tally.kinds.get(kind)?.free ?? 0);
      write(/** @type {Element} */ (chip.querySelector(".number")), free);
      chip.setAttribute("aria-label", `${words.kind(kind)}: ${free} ${words.text("free")}`);
      chip.setAttribute("aria-pressed", String(memory.kind === kind));
    }
    this.#gates.forEach((line, index) => this.#gateLine(line, index));
  }

  /** @param {HTMLElement} line @param {number} index */
  #gateLine(line, index) {
    const { state, words } = this.context;
    const gate = state.gates[index];
    const way = state.nearest[index];
    if (!gate) return;
    line.setAttribute("aria-pressed", String(index === this.gate));
    const parts = way
      ? [words.distance(way.metres), sideText(this.context, index)]
      : [words.text("none_free")];
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

  #announce() {
    if (this.#announcing) return;
    this.#announcing = setTimeout(() => {
      this.#announcing = undefined;
      write(this.live, summary(this.context, this.gate));
    }, QUIET_MS);
  }

  /** @param {import("./types").Status} status @param {string} message */
  setStatus(status, message) {
    this.root.classList.toggle("stale", status !== "live");
    this.banner.hidden = status === "live";
    write(this.banner, status === "live" ? "" : message);
  }
}
