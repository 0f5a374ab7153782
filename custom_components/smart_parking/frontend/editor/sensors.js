/** Sensors that no bay has yet: dragged onto bays, or found by parking. */

import { html } from "../shared/dom.js";
import { button, check, dim, part, title } from "./fields.js";
import { idOf, isSame, newsOf, speaks, stillFree } from "./free-sensors.js";
import { pair, pairAll } from "./operations.js";
import { inOrder } from "./rows.js";
import { carry } from "./sensor-carrying.js";

/** @typedef {import("./types").FreeSensor} FreeSensor */
/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

/** Farther than this no sensor over a bay has anything to say. */
const FAR_M = 6;
const SHOWN_MAX = 200;
/** So often devices are looked for. */
const ASK_ON_MS = 3_000;
/** A sensor that said something is the one that is meant for so long. */
const FRESH_MS = 60_000;

/** Metres of a unit of length. */
const UNITS = /** @type {Record<string, number>} */ ({
  mm: 0.001,
  cm: 0.01,
  m: 1,
  in: 0.0254,
  ft: 0.3048,
  yd: 0.9144,
});

export class Sensors {
  /** @type {FreeSensor[]} */
  offers = [];
  /** @type {FreeSensor | null} The one that the next tapped bay gets. */
  armed = null;
  pairing = false;
  /** @type {Map<string, number>} When a sensor changed, while somebody parks. */
  #fresh = new Map();
  /** @type {Map<string, string>} */
  #seen = new Map();
  /** @type {Map<string, number>} The farthest that each sensor has seen: its floor. */
  #farthest = new Map();
  #filter = "";
  #asking = false;
  #again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asksOn;
  /** Whether sensors on this Pi share trigger lines. */
  #shares = false;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.list = html("div", { class: "offers" });
    this.head = html("div", { class: "part" });
    this.root = part(this.head, this.list);
  }

  /** Asks anew what there is; several changes at once ask once more. */
  async update() {
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.editor.draft.settled();
        this.offers = await this.editor.draft.ask("sensors", {
          shares_triggers: this.#shares,
        });
        this.#listen();
      }
    } catch {
      // It is asked again with the next change.
    } finally {
      this.#asking = false;
    }
    if (!this.#free.some((one) => isSame(one, this.armed))) this.armed = null;
    this.look();
    this.render();
  }

  /** Notes what sensors say that nothing else shows, and asks on as long as there are such. */
  #listen() {
    const news = newsOf(this.#seen, this.offers);
    for (const offer of this.pairing ? news : []) {
      this.#fresh.set(idOf(offer), Date.now());
      this.armed = offer;
      this.editor.refresh();
    }
    clearTimeout(this.#asksOn);
    if (this.offers.some(speaks)) this.#asksOn = setTimeout(() => void this.update(), ASK_ON_MS);
  }

  /** Ends what goes on by itself. */
  close() {
    clearTimeout(this.#asksOn);
  }

  /** Those that no bay has by now, also while the server does not know yet. */
  get #free() {
    return stillFree(this.editor.draft.drawing, this.offers);
  }

  /** Notes what sensors say now. */
  look() {
    const { states } = this.editor.hass;
    let changed = false;
    for (const { entity_id: entityId } of this.offers) {
      if (!entityId) continue;
      const state = states[entityId]?.state ?? "unavailable";
      const before = this.#seen.get(entityId);
      const metres = this.#metres(entityId);
      if (metres !== null && metres <= FAR_M)
        this.#farthest.set(entityId, Math.max(metres, this.#farthest.get(entityId) ?? 0));
      if (before === state) continue;
      this.#seen.set(entityId, state);
      if (before === undefined) continue;
      changed = true;
      if (this.pairing && this.#isMove(entityId, before, state)) {
        this.#fresh.set(entityId, Date.now());
        this.armed = this.offers.find((one) => one.entity_id === entityId) ?? null;
        this.editor.refresh();
      }
    }
    if (changed) this.render();
  }

  /** Whether a vehicle may have come or gone. @param {string} entityId @param {string} before @param {string} now */
  #isMove(entityId, before, now) {
    if (["unavailable", "unknown"].some((one) => one === before || one === now)) return false;
    if (!entityId.startsWith("sensor.")) return true;
    const unit = this.#unit(entityId);
    return Math.abs(Number(before) - Number(now)) * unit > 0.3;
  }

  /** @param {string} entityId */
  #unit(entityId) {
    const unit = this.editor.hass.states[entityId]?.attributes["unit_of_measurement"];
    return UNITS[String(unit ?? "m")] ?? 1;
  }

  /** @param {string} entityId */
  #metres(entityId) {
    if (!entityId.startsWith("sensor.")) return null;
    const value = Number.parseFloat(this.editor.hass.states[entityId]?.state ?? "");
    return Number.isFinite(value) && value > 0 ? value * this.#unit(entityId) : null;
  }

  /** How far the floor is from a sensor, as far as it has said so. @param {FreeSensor} offer */
  emptyOf({ entity_id: entityId }) {
    const metres = entityId === null ? undefined : this.#farthest.get(entityId);
    return metres === undefined ? null : Math.round(metres * 1000) / 1000;
  }

  /** Gives a bay the sensor that is meant. @param {string} bayId @param {FreeSensor | null} [offer] */
  pairWith(bayId, offer = this.armed) {
    const { editor } = this;
    if (!offer) return;
    const shown = this.#shown;
    const next = shown[shown.findIndex((one) => isSame(one, offer)) + 1] ?? null;
    editor.do(pair(editor.draft.drawing, bayId, offer, this.emptyOf(offer)), { keep: true });
    if (!offer.endless) {
      // The next one in the list is mostly that of the next bay.
      this.armed = this.pairing ? null : next;
      if (this.armed?.endless) this.armed = null;
    }
    this.render();
    editor.refresh();
  }

  /** Gives selected bays without a sensor one each, in the order of their places and names. */
  #placeInOrder() {
    const { editor } = this;
    const { drawing } = editor.draft;
    const bays = this.#waiting;
    const sorted = inOrder(bays, "right");
    const byLabel = [...sorted].sort((one, other) =>
      one.label.localeCompare(other.label, undefined, { numeric: true }),
    );
    const endless = this.armed?.endless ? this.armed : null;
    const offers = this.#shown.filter((one) => !one.endless);
    /** @type {Parameters<typeof pairAll>[1]} */
    const pairs = byLabel.flatMap(({ id }, index) => {
      const offer = endless ?? offers[index];
      return offer ? [[id, offer, this.emptyOf(offer)]] : [];
    });
    editor.do(pairAll(drawing, pairs), { keep: true });
    this.armed = null;
  }

  /** Selected bays without a sensor. */
  get #waiting() {
    const { drawing } = this.editor.draft;
    return this.editor.selection.flatMap(([name, id]) => {
      const bay = name === "bays" ? drawing.bays.get(id) : undefined;
      return bay && !this.editor.paired(bay) ? [{ id, ...bay }] : [];
    });
  }

  /** What is listed, in this order. */
  get #shown() {
    const now = Date.now();
    const wanted = this.#filter.toLowerCase();
    const fresh = (/** @type {FreeSensor} */ offer) => {
      const at = this.#fresh.get(idOf(offer)) ?? -Infinity;
      return now - at < FRESH_MS ? at : 0;
    };
    return this.#free
      .filter(({ name, entity_id: id, node_name: node }) =>
        `${name} ${id ?? ""} ${node ?? ""}`.toLowerCase().includes(wanted),
      )
      .sort(
        (one, other) =>
          fresh(other) - fresh(one) ||
          Number(other.endless) - Number(one.endless) ||
          one.name.localeCompare(other.name, undefined, { numeric: true }),
      );
  }

  render() {
    const { editor } = this;
    const { bays } = editor.draft.drawing;
    const placed = [...bays.values()].filter((bay) => editor.paired(bay)).length;
    const shown = this.#shown;
    const waiting = this.#waiting;
    const isTyping = this.editor.shadowRoot?.activeElement === this.#search;
    this.head.replaceChildren(
      title(editor.text("sensors"), editor.text("sensors_of", { placed, count: bays.size })),
      html(
        "button",
        {
          type: "button",
          class: this.pairing ? "main" : "",
          "aria-pressed": String(this.pairing),
          click: () => {
            this.pairing = !this.pairing;
            this.#fresh.clear();
            this.armed = null;
            if (this.pairing) editor.choose("select");
            this.render();
            editor.refresh();
          },
        },
        editor.text(this.pairing ? "pair_stop" : "pair_start"),
      ),
      ...(this.pairing ? [dim(editor.text("pair_how"))] : []),
      ...(waiting.length > 1 && shown.length
        ? [
            button(editor.text("place_in_order", { count: waiting.length }), () =>
              this.#placeInOrder(),
            ),
          ]
        : []),
      ...(this.offers.some(({ wiring }) => "trigger" in wiring)
        ? [
            check(editor.text("share_triggers"), this.#shares, (shares) => {
              this.#shares = shares;
              void this.update();
            }),
          ]
        : []),
      ...(this.offers.length > 8 || this.#filter ? [this.#search] : []),
    );
    if (isTyping) this.#search.focus();
    this.list.replaceChildren(
      ...shown.slice(0, SHOWN_MAX).map((offer) => this.#row(offer)),
      ...(shown.length ? [] : [dim(editor.text("sensors_none"))]),
    );
  }

  #search = html("input", {
    type: "search",
    class: "search",
    input: (/** @type {Event} */ event) => {
      this.#filter = /** @type {HTMLInputElement} */ (event.target).value;
      this.render();
    },
  });

  /** @param {FreeSensor} offer */
  #row(offer) {
    const { editor } = this;
    const fresh = Date.now() - (this.#fresh.get(idOf(offer)) ?? -Infinity) < FRESH_MS;
    const said = this.#said(offer);
    const row = html(
      "button",
      {
        type: "button",
        class: `offer ${said.alive ? "alive" : ""} ${fresh ? "fresh" : ""} ${
          isSame(offer, this.armed) ? "armed" : ""
        }`,
        "data-offer": offer.key,
        click: () => this.#arm(offer),
        pointerdown: (/** @type {PointerEvent} */ event) =>
          carry(editor, event, offer, (bayId) => this.pairWith(bayId, offer)),
      },
      html("span", {}, editor.nameOf(offer)),
      html("small", {}, fresh ? editor.text("sensor_fresh") : said.text),
    );
    this.#search.setAttribute("aria-label", editor.text("sensors_find"));
    this.#search.setAttribute("placeholder", editor.text("sensors_find"));
    return row;
  }

  /** @param {FreeSensor} offer */
  #arm(offer) {
    const { editor } = this;
    this.armed = isSame(offer, this.armed) ? null : offer;
    // With bays selected, as many as one likes are meant for all of them.
    if (this.armed?.endless && this.#waiting.length) this.#placeInOrder();
    if (this.armed) editor.choose("select");
    this.render();
    editor.refresh();
  }

  /** @param {FreeSensor} offer */
  #said({ entity_id: id, endless, said, node_name: node, away, occupied }) {
    const { editor } = this;
    if (said) return { alive: true, text: said };
    if (endless) return { alive: true, text: editor.text("sensor_endless") };
    if (away && node) return { alive: false, text: editor.text("sensor_away", { node }) };
    if (typeof occupied === "boolean")
      return { alive: true, text: editor.text(occupied ? "sensor_on" : "sensor_off") };
    if (node) return { alive: true, text: editor.text("sensor_pins", { node }) };
    if (id === null) return { alive: true, text: editor.text("sensor_pin") };
    const state = editor.hass.states[id]?.state;
    if (state === undefined || state === "unavailable" || state === "unknown")
      return { alive: false, text: editor.text("sensor_gone") };
    const metres = this.#metres(id);
    if (metres !== null) return { alive: true, text: editor.metres(metres) };
    return { alive: true, text: editor.text(state === "on" ? "sensor_on" : "sensor_off") };
  }
}
