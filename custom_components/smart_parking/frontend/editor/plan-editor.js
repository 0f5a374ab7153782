/** A plan that is being drawn: the draft, the stage, the tools, and what is selected. */

import { write } from "../shared/dom.js";
import { isEmpty } from "./change.js";
import { Draft } from "./draft.js";
import { explain } from "./explain.js";
import { shifting, turning } from "./geometry.js";
import { loadPicture, takeDropped } from "./grounds.js";
import { showHandles } from "./handles.js";
import { Keys } from "./keys.js";
import { LineTool, RampTool } from "./line-tools.js";
import { copy, middleOf, paste, pointsOf, transform, wholeRow } from "./operations.js";
import { Page } from "./page.js";
import { BayTool, GateTool, GroundTool, KindTool } from "./place-tools.js";
import { RowTool } from "./row-tool.js";
import { SelectTool } from "./select-tool.js";
import { Sensors } from "./sensors.js";
import { Stage, keyOf, thingOf } from "./stage.js";

/** @typedef {import("./types").Change} Change */
/** @typedef {import("./types").DrawnBay} DrawnBay */
/** @typedef {import("./types").FreeSensor} FreeSensor */
/** @typedef {import("./types").ThingId} ThingId */
/** @typedef {import("./words.js").Key} Key */
/** @typedef {import("./tool.js").Tool} Tool */
/** @typedef {{id: string, key: string, label: Key, hint: Key, icon: Parameters<typeof import("./fields.js").glyph>[0], handler: Tool}} Choice */

const WITHOUT_SENSORS = "unequipped";
/** Copies lie this far below what was copied. */
const BESIDE_M = 6;

export class PlanEditor {
  level = "";
  /** @type {import("./types").Ways | null} Of what is just being drawn. */
  #previewed = null;
  /** @type {ReturnType<typeof copy>} */
  #copied = [];
  #fitted = false;
  #refreshing = false;

  /**
   * @param {HTMLElement & {hass: import("../card/types").Hass}} element The page's element.
   * @param {import("./words.js").EditorWords} words
   * @param {string} entryId
   */
  constructor(element, words, entryId) {
    this.element = element;
    this.words = words;
    this.entryId = entryId;
    this.draft = new Draft(this.hass.connection, entryId, {
      changed: (change) => this.#changed(change),
      told: () => this.refresh(),
      checked: () => this.#checked(),
      sensors: () => void this.sensors.update(),
      failed: (error) => void explain(this.hass, words, error).then((text) => this.tell(text)),
    });
    this.keys = new Keys(this);
    this.stage = new Stage({
      drawing: () => this.draft.drawing,
      ways: () => this.#previewed ?? this.draft.ways,
      paired: (bay) => this.paired(bay),
      picture: (id) => loadPicture(this, id),
      down: (hand) => this.tool.handler.down(hand),
      move: (hand) => this.tool.handler.move(hand),
      up: (hand) => this.tool.handler.up(hand),
      hover: (hand) => this.tool.handler.hover(hand),
      cancel: () => this.cancel(),
      key: (event) => this.keys.key(event),
      text: (key, values) => this.text(key, values),
    });
    this.stage.svg.append(this.keys.cross);
    takeDropped(this);
    this.sensors = new Sensors(this);
    this.tools = this.#makeTools();
    this.tool = /** @type {Choice} */ (this.tools[0]);
    this.page = new Page(this);
    this.refresh();
  }

  /** As it is now: Home Assistant gives another one with every change. */
  get hass() {
    return this.element.hass;
  }

  get shadowRoot() {
    return this.element.shadowRoot;
  }

  #makeTools() {
    /** @type {[string, string, Tool, string?][]} */
    const all = [
      ["select", "v", new SelectTool(this)],
      ["row", "r", new RowTool(this)],
      ["bay", "b", new BayTool(this)],
      ["gate", "g", new GateTool(this)],
      ["lane", "l", new LineTool(this, "lanes")],
      ["ramp", "p", new RampTool(this)],
      ["wall", "w", new LineTool(this, "walls")],
      ["zone", "z", new LineTool(this, "zones")],
      ["kinds", "k", new KindTool(this)],
      ["ground", "o", new GroundTool(this)],
    ];
    return all.map(([id, key, handler]) => ({
      id,
      key,
      handler,
      icon: /** @type {Choice["icon"]} */ (id),
      label: /** @type {Key} */ (`tool_${id}`),
      hint: /** @type {Key} */ (`hint_${id}`),
    }));
  }

  /** Writes the page around the drawing anew, once for many reasons. */
  refresh() {
    if (this.#refreshing || !this.page) return;
    this.#refreshing = true;
    queueMicrotask(() => {
      this.#refreshing = false;
      this.page.write();
    });
  }

  /** What to do with the tool. */
  get hint() {
    const { handler } = this.tool;
    const { armed } = this.sensors;
    if (armed) return this.text("hint_pair", { sensor: this.nameOf(armed) });
    if (handler instanceof RampTool && handler.pending) return this.text("hint_ramp_end");
    if (handler instanceof GroundTool && handler.pending) return this.text("hint_measure");
    return this.text(this.tool.hint);
  }

  /** Says something that has happened. @param {string} text */
  tell(text) {
    this.page?.tell(text);
  }

  /** @param {Key} key @param {Record<string, string | number>} [values] */
  text(key, values) {
    return this.words.text(key, values);
  }

  /** @param {number} metres */
  metres(metres) {
    return this.words.metres(metres);
  }

  /** @param {string} level */
  levelName(level) {
    if (!level) return this.text("level_none");
    return /^-?\d+$/.test(level) ? this.text("level", { level }) : level;
  }

  /** @param {Change | null} change */
  #changed(change) {
    this.#previewed = null;
    if (!this.levels.includes(this.level)) this.level = this.levels[0] ?? "";
    if (change?.levels || !change) this.stage.level = this.level;
    if (change || this.#fitted) this.stage.draw(change);
    else this.goTo(this.level);
    this.#fitted = true;
    for (const key of this.stage.selected) {
      const [name, id] = thingOf(key);
      if (!this.draft.drawing[name].has(id)) this.stage.selected.delete(key);
    }
    showHandles(this);
    if (!change || change.bays || change.nodes) void this.sensors.update();
    this.refresh();
  }

  #checked() {
    this.#previewed = null;
    this.stage.reshape();
  }

  /**
   * Does something that can be undone.
   * @param {Change} change
   * @param {{select?: string[], keep?: boolean}} [more] What is selected then.
   */
  do(change, { select, keep = false } = {}) {
    this.tell("");
    this.stage.unshift();
    if (!isEmpty(change)) this.draft.do(change);
    if (select) this.select(select);
    else if (!keep) this.select([]);
    else showHandles(this);
  }

  undo() {
    this.cancel();
    this.draft.undo();
  }

  redo() {
    this.cancel();
    this.draft.redo();
  }

  /** Looks at what is just being drawn. @param {Change} change */
  preview(change) {
    void this.draft.preview(change, ({ ways }) => {
      this.#previewed = ways;
      this.stage.mark();
    });
  }

  async publish() {
    const { publishButton, says } = this.page;
    if (publishButton.disabled) return;
    publishButton.disabled = true;
    write(publishButton, this.text("publishing"));
    try {
      await this.draft.publish();
      this.tell("");
      write(says, this.text("published"));
    } catch (error) {
      this.tell(await explain(this.hass, this.words, error));
    } finally {
      write(publishButton, this.text("publish"));
      this.refresh();
    }
  }

  /** The levels, from the lowest to the highest. */
  get levels() {
    const { levels } = this.draft.drawing;
    const order = (/** @type {string} */ level) => levels.get(level)?.order ?? 0;
    return [...levels.keys()].sort(
      (one, other) => order(one) - order(other) || one.localeCompare(other),
    );
  }

  addNextLevel() {
    const { levels } = this;
    const highest = Math.max(
      -1,
      ...[...this.draft.drawing.levels.values()].map(({ order }) => order ?? 0),
    );
    let number = levels.length ? Math.min(highest, 990) + 1 : 0;
    while (levels.includes(String(number))) number += 1;
    this.do({ levels: { [String(number)]: { order: number } } });
    this.goTo(String(number));
  }

  /** @param {string} level @param {boolean} [ends] Whether what was begun is given up. */
  goTo(level, ends = true) {
    if (ends && !(this.tool.handler instanceof RampTool)) this.cancel();
    this.level = this.stage.level = level;
    this.stage.selected.clear();
    this.stage.draw();
    this.stage.fit();
    showHandles(this);
    this.refresh();
  }

  /** @param {string} id */
  choose(id) {
    const tool = this.tools.find((one) => one.id === id);
    if (!tool) return;
    if (tool !== this.tool) {
      this.tool.handler.cancel();
      this.tool = tool;
      if (id !== "select") this.select([]);
    }
    showHandles(this);
    this.refresh();
  }

  /** Gives up what was begun. */
  cancel() {
    this.#previewed = null;
    this.tool.handler.cancel();
    this.sensors.armed = null;
    this.sensors.render();
    this.stage.mark();
    showHandles(this);
    this.refresh();
  }

  /** @returns {ThingId[]} */
  get selection() {
    return [...this.stage.selected].map(thingOf);
  }

  /** The row that is selected, no more and no less. */
  get selectedRow() {
    const things = this.selection;
    if (things.length < 2 || things.some(([name]) => name !== "bays")) return null;
    return wholeRow(
      this.draft.drawing,
      things.map(([, id]) => id),
    );
  }

  get armed() {
    return this.sensors.armed;
  }

  /** @param {string} bayId */
  pairArmed(bayId) {
    this.sensors.pairWith(bayId);
  }

  /** @param {string[]} keys */
  select(keys) {
    this.stage.selected = new Set(keys);
    this.stage.mark();
    showHandles(this);
    this.sensors.render();
    const [only, ...others] = this.selection;
    this.stage.showWays(only?.[0] === "bays" && !others.length ? only[1] : null);
    this.refresh();
  }

  /** Shows what is meant, on its level. @param {ThingId[]} things */
  show(things) {
    const known = things.filter(([name, id]) => this.draft.drawing[name].has(id));
    const [first] = known;
    if (!first) return;
    const [name, id] = first;
    const { drawing } = this.draft;
    const thing = /** @type {any} */ (drawing[name].get(id));
    const level = name === "ramps" ? thing.start[0] : (thing.level ?? "");
    if (level !== this.level && this.levels.includes(level)) this.goTo(level);
    this.choose("select");
    this.select(known.map(keyOf));
    const [point] = pointsOf(drawing, name, id);
    if (point) this.stage.reveal(point);
  }

  /** @returns {ThingId[]} */
  thingsOfLevel() {
    const { drawing } = this.draft;
    /** @type {ThingId[]} */
    const things = [];
    for (const name of /** @type {const} */ ([
      "bays",
      "gates",
      "lanes",
      "walls",
      "zones",
      "grounds",
    ]))
      for (const [id, thing] of drawing[name])
        if ((thing.level ?? "") === this.level) things.push([name, id]);
    return things;
  }

  /** Shows the ways to the bay under the pointer. @param {string | null} key */
  hoverBay(key) {
    const over = key?.startsWith("bays/") ? key.slice(5) : null;
    const [only, ...others] = this.selection;
    const chosen = only?.[0] === "bays" && !others.length ? only[1] : null;
    this.stage.showWays(over ?? chosen);
  }

  /** Whether a bay has a sensor. @param {DrawnBay} bay */
  paired(bay) {
    const node = bay.node && this.draft.drawing.nodes.get(bay.node);
    return Boolean(node && node.source !== WITHOUT_SENSORS);
  }

  /** @param {FreeSensor} offer */
  nameOf(offer) {
    return offer.source === "simulated" ? this.text("source_simulated") : offer.name;
  }

  copy() {
    this.#copied = copy(this.draft.drawing, this.selection);
  }

  get canPaste() {
    return this.#copied.length > 0;
  }

  pasteCopied() {
    if (!this.#copied.length) return;
    const change = paste(this.draft.drawing, this.#copied, shifting(0, -BESIDE_M), this.level);
    const keys = Object.entries(change)
      .filter(([name]) => name !== "rows")
      .flatMap(([name, things]) => Object.keys(things).map((id) => `${name}/${id}`));
    this.choose("select");
    this.do(change, { select: keys });
    // Pasted once more, it goes on from here.
    this.copy();
  }

  /** @param {number} degrees */
  turn(degrees) {
    const { drawing } = this.draft;
    const things = this.selection;
    if (!things.length) return;
    const around = middleOf(drawing, things);
    this.do(transform(drawing, things, turning(around, degrees), degrees, this.level), {
      keep: true,
    });
  }
}
