/** The plan for those who run the lot: what is wrong, since when, and what can be done about it. */

import { html } from "./dom.js";
import { sample } from "./glyphs.js";
import { PlanView } from "./plan-view.js";

/** @typedef {import("./types").ViewContext} ViewContext */
/** @typedef {import("./lot-state.js").Change} Change */

/** So many rows are read; the plan shows the rest. */
const ROWS_MAX = 50;

export class OwnerView extends PlanView {
  /** What the list says, so that it is written anew only when that differs. */
  #shown = "none yet";

  /** @param {ViewContext} context */
  constructor(context) {
    super(context);
    this.panel = html("div", { class: "panel" });
    this.list = html("div", { class: "todo" });
    this.root.append(this.panel, this.list);
    const chosen = context.state.bays.findIndex((bay) => bay.id === context.memory.bay);
    this.chosen = chosen;
    this.#panel();
    this.#list();
  }

  /** @override @param {number} index */
  tapped(index) {
    this.chosen = index === this.chosen ? -1 : index;
    this.context.memory.bay = this.context.state.bays[this.chosen]?.id;
    this.#panel();
  }

  /** @override @param {Change} change */
  update(change) {
    super.update(change);
    if (this.chosen >= 0 && change.bays.includes(this.chosen)) this.#panel();
    this.#list();
  }

  #panel() {
    const { state, words } = this.context;
    this.plan?.choose(this.chosen);
    const bay = state.bays[this.chosen];
    if (!bay) {
      this.panel.replaceChildren(html("p", { class: "hint" }, words.text("choose_bay")));
      return;
    }
    this.panel.replaceChildren(this.#row(this.chosen), this.#actions(this.chosen));
  }

  #list() {
    const { state, words } = this.context;
    const wrong = state.letters
      .map((letter, index) => ({ letter, index }))
      .filter(({ letter, index }) => letter === "x" || letter === "u" || state.faults.has(index));
    const key = wrong.map(({ letter, index }) => letter + index + state.faults.get(index)).join();
    if (key === this.#shown) return;
    this.#shown = key;
    this.list.replaceChildren(
      html("h3", {}, words.text("to_do")),
      ...(wrong.length
        ? wrong.slice(0, ROWS_MAX).map(({ index }) => this.#row(index, true))
        : [html("p", { class: "hint" }, words.text("all_well"))]),
    );
  }

  /**
   * @param {number} index
   * @param {boolean} [button]
   */
  #row(index, button = false) {
    const { state, words } = this.context;
    const bay = state.bays[index];
    const letter = state.letters[index] ?? "u";
    const fault = state.faults.get(index);
    const since = state.since[index];
    const what = fault ? words.fault(fault) : words.text(`state_${letter}`);
    const parts = [
      sample(letter),
      html("b", {}, bay?.label),
      html("span", {}, what),
      html(
        "span",
        { class: "since" },
        since ? words.text("since", { time: words.moment(since) }) : "",
      ),
    ];
    return button
      ? html("button", { class: "row", type: "button", click: () => this.tapped(index) }, ...parts)
      : html("div", { class: "row" }, ...parts);
  }

  /** @param {number} index */
  #actions(index) {
    const { state, words } = this.context;
    const bay = state.bays[index];
    const row = html("div", { class: "actions" });
    const deviceId = bay?.entity_id
      ? this.context.hass().entities[bay.entity_id]?.device_id
      : undefined;
    const service = deviceId && state.can.has("out_of_service") && this.#switch(deviceId);
    const add = (/** @type {import("./words.js").Key} */ key, /** @type {() => void} */ click) =>
      row.append(html("button", { class: "action", type: "button", click }, words.text(key)));

    if (service) {
      const closed = state.letters[index] === "x";
      add(closed ? "open_bay" : "close_bay", () =>
        this.#call("switch", closed ? "turn_off" : "turn_on", {}, { entity_id: service }),
      );
    }
    if (deviceId && state.can.has("simulate")) {
      const traffic = state.letters[index] === "o" ? "leave" : "park";
      add(traffic, () =>
        this.#call("smart_parking", "set_simulation", { device_id: [deviceId], traffic }),
      );
    }
    if (bay?.entity_id) add("details", () => this.context.moreInfo(bay.entity_id));
    return row;
  }

  /** The bay's switch. @param {string} deviceId */
  #switch(deviceId) {
    return Object.values(this.context.hass().entities).find(
      (entity) =>
        entity.device_id === deviceId &&
        entity.translation_key === "out_of_service" &&
        entity.entity_id.startsWith("switch."),
    )?.entity_id;
  }

  /**
   * @param {string} domain
   * @param {string} service
   * @param {Record<string, unknown>} data
   * @param {Record<string, unknown>} [target]
   */
  async #call(domain, service, data, target) {
    try {
      await this.context.hass().callService(domain, service, data, target);
    } catch (error) {
      const message = error instanceof Error ? error.message : /** @type {any} */ (error)?.message;
      this.panel.append(
        html(
          "p",
          { class: "hint", role: "alert" },
          this.context.words.text("failed", { error: message ?? "?" }),
        ),
      );
    }
  }
}
