/** Plan for owners: faults, holds, and the possible actions. */

import { html, write } from "../shared/dom.js";
import { explain } from "./explain.js";
import { sample } from "./glyphs.js";
import { HoldList } from "./hold-list.js";
import { holdRow, KeepForm } from "./owner-holds.js";
import { OwnerSetup } from "./owner-setup.js";
import { PlanView } from "./plan-view.js";

/** @typedef {import("./types").ViewContext} ViewContext */
/** @typedef {import("./lot-state.js").Change} Change */

/** Most rows of the list; the plan shows the rest. */
const ROWS_MAX = 50;

export class OwnerView extends PlanView {
  /** The content of the list, so that it is rendered only when it differs. */
  #shown = "none yet";
  /** @type {HoldList | undefined} */
  #holds;

  /** @param {ViewContext} context */
  constructor(context) {
    super(context);
    this.panel = html("div", { class: "panel" });
    this.fault = html("p", { class: "hint", role: "alert", hidden: true });
    this.list = html("div", { class: "todo" });
    this.holdSection = html("div", { class: "todo", hidden: !context.state.can.has("holds") });
    this.keep = new KeepForm(context, (service, data) => this.#act(service, data));
    const { state, words } = context;
    this.draw = html(
      "a",
      {
        class: "action",
        href: `/smart-parking-editor/${state.entryId}`,
        hidden: !state.can.has("holds") || Boolean(context.preview?.()),
      },
      words.text("draw_plan"),
    );
    this.setup = new OwnerSetup(context, (error) => void this.#explain(error));
    this.root.append(
      this.setup.root,
      this.panel,
      this.fault,
      this.list,
      this.holdSection,
      this.setup.visitors,
      this.draw,
    );
    const chosen = context.state.bays.findIndex((bay) => bay.id === context.memory.bay);
    this.chosen = chosen;
    this.#panel();
    this.#list();
    this.#held();
  }

  /** Drivers are not guided by this view. @override */
  get guides() {
    return false;
  }

  /** @override */
  attach() {
    const { state, hass } = this.context;
    if (!state.can.has("holds") || this.#holds) return;
    if (!this.context.preview?.()) void this.setup.look();
    this.#holds = new HoldList(hass().connection, state.entryId, () => {
      this.#panel();
      this.#held();
    });
  }

  /** @override */
  detach() {
    this.#holds?.end();
    this.#holds = undefined;
  }

  /** @override @param {number} index */
  tapped(index) {
    this.chosen = index === this.chosen ? -1 : index;
    this.context.memory.bay = this.context.state.bays[this.chosen]?.id;
    this.fault.hidden = true;
    this.#panel();
    if (this.chosen >= 0) this.panel.scrollIntoView({ block: "nearest" });
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
    const { whom } = this.keep;
    const root = /** @type {ShadowRoot | Document} */ (this.panel.getRootNode());
    const isTyping = root.activeElement === whom;
    this.keep.bay = bay.id;
    this.panel.replaceChildren(
      this.#row(this.chosen),
      ...(this.#holds?.ofBay(bay.id) ?? []).map((hold) => this.#hold(hold)),
      this.#actions(this.chosen),
      ...(state.can.has("holds") && state.codes[this.chosen] === "v" ? [this.keep.root] : []),
    );
    if (isTyping) whom.focus();
  }

  /** Returns the held bays, the reservations, and the queue. */
  #held() {
    const { words } = this.context;
    const all = this.#holds?.all ?? [];
    this.holdSection.replaceChildren(
      html("h3", {}, words.text("holds")),
      ...(all.length
        ? all.map((hold) => this.#hold(hold))
        : [html("p", { class: "hint" }, words.text("no_holds"))]),
    );
  }

  /** @param {import("./types").Hold} hold */
  #hold(hold) {
    return holdRow(this.context, hold, (service, data) => this.#act(service, data));
  }

  /** @param {string} service @param {Record<string, unknown>} data */
  #act(service, data) {
    void this.#call(service, data);
  }

  #list() {
    const { state, words } = this.context;
    const wrong = state.codes
      .map((code, index) => ({ code, index }))
      .filter(({ code, index }) => code === "x" || code === "u" || state.faults.has(index));
    const key = wrong.map(({ code, index }) => code + index + state.faults.get(index)).join();
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
    const code = state.codes[index] ?? "u";
    const fault = state.faults.get(index);
    const since = state.since[index];
    const what = fault ? words.fault(fault) : words.text(`state_${code}`);
    const parts = [
      sample(code),
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
    // By its label: in a large lot, bays have neither switches nor devices.
    const meant = { config_entry_id: state.entryId, bay: [bay?.label] };
    const add = (/** @type {import("./words.js").Key} */ key, /** @type {() => void} */ click) =>
      row.append(html("button", { class: "action", type: "button", click }, words.text(key)));

    if (bay && state.can.has("out_of_service")) {
      const closed = state.codes[index] === "x";
      add(closed ? "open_bay" : "close_bay", () =>
        this.#call("set_out_of_service", { ...meant, out_of_service: !closed }),
      );
    }
    if (bay && state.can.has("simulate")) {
      const traffic = state.codes[index] === "o" ? "leave" : "park";
      add(traffic, () => this.#call("set_simulation", { ...meant, traffic }));
    }
    if (bay?.entity_id) add("details", () => this.context.moreInfo(bay.entity_id));
    return row;
  }

  /**
   * @param {string} service
   * @param {Record<string, unknown>} data
   */
  async #call(service, data) {
    this.fault.hidden = true;
    try {
      // The error is shown here, and not on top of the page.
      await this.context.hass().callService("smart_parking", service, data, undefined, false);
    } catch (error) {
      await this.#explain(error);
    }
  }

  /** @param {unknown} error */
  async #explain(error) {
    this.fault.hidden = false;
    write(this.fault, await explain(this.context.hass(), this.context.words, error));
  }
}
