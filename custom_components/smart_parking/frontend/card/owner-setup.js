/** What an owner has still to set up, and how visitors come to their page: each one tap away. */

import { html } from "../shared/dom.js";

/** @typedef {"bays" | "sensors" | "tested" | "gate" | "lanes" | "temperature" | "visitors" | "sign" | "notifications"} Step */
/** @typedef {{step: Step, done: boolean, url: string | null}} Item */
/** @typedef {{checklist: Item[] | null, visitors_address: string | null}} Owner */

const TEXTS = /** @type {const} */ ({
  bays: "setup_bays",
  sensors: "setup_sensors",
  tested: "setup_tested",
  gate: "setup_gate",
  lanes: "setup_lanes",
  temperature: "setup_temperature",
  visitors: "setup_visitors",
  sign: "setup_sign",
  notifications: "setup_notifications",
});

export class OwnerSetup {
  /**
   * @param {import("./types").ViewContext} context
   * @param {(error: unknown) => void} failed
   */
  constructor(context, failed) {
    this.context = context;
    this.failed = failed;
    this.root = html("div", { class: "todo setup", hidden: true });
    this.visitors = html("div", { class: "todo", hidden: true });
  }

  /** Asks how far the lot is. */
  async look() {
    try {
      this.#show(await this.#ask("owner"));
    } catch {
      // It is shown the next time; a server of another version does not know it.
    }
  }

  /** @param {string} command @param {Record<string, unknown>} [more] */
  #ask(command, more = {}) {
    const { state, hass } = this.context;
    return hass().connection.sendMessagePromise({
      type: `smart_parking/${command}`,
      entry_id: state.entryId,
      ...more,
    });
  }

  /** @param {Owner} owner */
  #show({ checklist, visitors_address: address }) {
    const { words } = this.context;
    this.root.hidden = !checklist;
    this.root.replaceChildren(
      html("h3", {}, words.text("setup")),
      ...(checklist ?? []).map((item) => this.#item(item)),
      html(
        "button",
        { class: "action", type: "button", click: () => void this.#dismiss() },
        words.text("setup_dismiss"),
      ),
    );
    this.visitors.hidden = !address;
    if (!address) return;
    const { gates } = this.context.state;
    const sign = (/** @type {string} */ text, /** @type {string} */ gate) =>
      html("button", { class: "action", type: "button", click: () => void this.#sign(gate) }, text);
    this.visitors.replaceChildren(
      html("h3", {}, words.text("visitors_page")),
      html(
        "a",
        { class: "row", href: address, target: "_blank", rel: "noreferrer" },
        html("span", {}, address.replace(/^https?:\/\//, "")),
      ),
      html(
        "div",
        { class: "actions" },
        sign(words.text("sign"), ""),
        ...(gates.length > 1
          ? gates.map(({ id, name }) => sign(words.text("sign_at", { gate: name }), id))
          : []),
      ),
    );
  }

  /** @param {Item} item */
  #item({ step, done, url }) {
    const { words } = this.context;
    const parts = [
      html("b", { "aria-hidden": "true" }, done ? "✓" : "○"),
      html("span", {}, words.text(TEXTS[step])),
      html("span", { class: "quiet" }, words.text(done ? "setup_done" : "setup_open")),
    ];
    const kind = `row step${done ? " done" : ""}`;
    return url
      ? html("a", { class: kind, href: url }, ...parts)
      : html("button", { class: kind, type: "button", click: () => void this.#sign("") }, ...parts);
  }

  async #dismiss() {
    try {
      await this.#ask("checklist/dismiss");
      this.root.hidden = true;
    } catch (error) {
      this.failed(error);
    }
  }

  /** Opens a sign to be printed. @param {string} gate The id of one, or nothing. */
  async #sign(gate) {
    // At once, for a page that is opened later counts as one that nobody wanted.
    const page = window.open("", "_blank");
    try {
      /** @type {{path: string}} */
      const { path } = await this.#ask("sign", gate ? { gate } : {});
      if (page) page.location.replace(path);
      else window.location.assign(path);
      await this.look();
    } catch (error) {
      page?.close();
      this.failed(error);
    }
  }
}
