/** The editor of a lot's plan: a page of Home Assistant for administrators. */

import { html, svg, write } from "../dom.js";
import { isEmpty } from "./change.js";
import { Draft } from "./draft.js";
import { button, glyph, iconButton } from "./fields.js";
import { shifting, turning } from "./geometry.js";
import { middleOf, paste, pointsOf, remove, transform, wholeRow } from "./operations.js";
import { countOf, lineLength } from "./rows.js";
import { Sensors } from "./sensors.js";
import { contextPart, problemsPart } from "./side.js";
import { Stage, UNIT, bayPicture, keyOf, path, thingOf } from "./stage.js";
import { sheet } from "./style.js";
import {
  BayTool,
  GateTool,
  GroundTool,
  KindTool,
  LineTool,
  RampTool,
  RowTool,
  SelectTool,
} from "./tools.js";
import { EditorWords } from "./words.js";

/** @typedef {import("./types").Change} Change */
/** @typedef {import("./types").DrawnBay} DrawnBay */
/** @typedef {import("./types").Offer} Offer */
/** @typedef {import("./types").Problem} Problem */
/** @typedef {import("./types").RowShape} RowShape */
/** @typedef {import("./types").ThingId} ThingId */
/** @typedef {import("./words.js").Key} Key */
/** @typedef {import("./tools.js").Tool} Tool */
/** @typedef {{id: string, key: string, label: Key, hint: Key, icon: Parameters<typeof glyph>[0], handler: Tool}} Choice */

const PATH = "/smart-parking-editor";
const WITHOUT_SENSORS = "unequipped";
/** What Home Assistant's pages call a lost connection. */
const CONNECTION_LOST = 3;
const NUDGE_M = 0.1;
const STEP_M = 0.5;

export class SmartParkingEditor extends HTMLElement {
  /** @type {import("../types").Hass} */
  hass = /** @type {any} */ (undefined);
  /** @type {EditorWords} */
  words = /** @type {any} */ (undefined);
  /** @type {Draft} */
  draft = /** @type {any} */ (undefined);
  /** @type {Stage} */
  stage = /** @type {any} */ (undefined);
  /** @type {Sensors} */
  sensors = /** @type {any} */ (undefined);
  level = "";
  /** @type {Choice[]} */
  #tools = [];
  /** @type {Choice} */
  tool = /** @type {any} */ (undefined);
  /** @type {import("./types").Ways | null} Of what is just being drawn. */
  #previewed = null;
  /** @type {{name: import("./types").Collection, id: string, thing: any}[]} */
  #copied = [];
  /** Where the cross is that keys move. */
  #cursor = { x: 0, y: 0 };
  #cross = svg("path", { class: "cross", visibility: "hidden" });
  #entryId = "";
  #opened = false;
  #fitted = false;
  #refreshing = false;
  /** @type {HTMLElement} */
  #app = html("div", { class: "app" });
  #says = html("div", { class: "sr", role: "status", "aria-live": "polite" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    // Home Assistant gives the page what it knows before and after this, as own properties too.
    for (const name of /** @type {const} */ (["hass", "route"])) this.#adopt(name);
  }

  /** @param {"hass" | "route"} name */
  #adopt(name) {
    /** @type {any} */
    let value = Object.hasOwn(this, name) ? /** @type {any} */ (this)[name] : undefined;
    Object.defineProperty(this, name, {
      configurable: true,
      get: () => value,
      set: (next) => {
        value = next;
        this.#given();
      },
    });
    if (value !== undefined) this.#given();
  }

  connectedCallback() {
    document.addEventListener("keydown", this.#shortcut);
    this.#given();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#shortcut);
    this.#opened = false;
    void this.draft?.close();
  }

  /** Home Assistant has given something, or something anew. */
  #given() {
    if (!this.isConnected || !this.hass) return;
    this.toggleAttribute("dark", this.hass.themes?.darkMode ?? false);
    this.sensors?.look();
    if (this.#opened) return;
    this.#opened = true;
    void this.#open();
  }

  async #open() {
    const root = /** @type {ShadowRoot} */ (this.shadowRoot);
    this.words = await EditorWords.load(this.hass);
    if (!this.hass.user?.is_admin) {
      root.replaceChildren(html("p", { class: "pick" }, this.text("only_admins")));
      return;
    }
    const route = /** @type {any} */ (this)["route"];
    const wanted = String(route?.path ?? "").split("/")[1] ?? "";
    this.#entryId = decodeURIComponent(wanted);
    try {
      if (!this.#entryId) {
        await this.#pick(root);
        return;
      }
      await this.#start(root);
    } catch (error) {
      root.replaceChildren(
        html("div", { class: "pick" }, html("p", { role: "alert" }, await this.explain(error))),
      );
    }
  }

  /** Lets one of several lots be chosen. @param {ShadowRoot} root */
  async #pick(root) {
    /** @type {{entry_id: string, name: string, bays: number}[]} */
    const lots = await this.hass.callWS({ type: "smart_parking/editor/lots" });
    const [only] = lots;
    if (lots.length === 1 && only) {
      this.#entryId = only.entry_id;
      await this.#start(root);
      return;
    }
    root.replaceChildren(
      html(
        "div",
        { class: "pick" },
        html("h1", {}, this.text(lots.length ? "pick" : "pick_none")),
        ...lots.map((lot) =>
          button(`${lot.name} · ${this.text("bays_count", { count: lot.bays })}`, () => {
            this.#entryId = lot.entry_id;
            history.replaceState(null, "", `${PATH}/${lot.entry_id}`);
            void this.#start(root);
          }),
        ),
      ),
    );
  }

  /** @param {ShadowRoot} root */
  async #start(root) {
    root.replaceChildren(html("p", { class: "pick" }, this.text("connecting")));
    this.draft = new Draft(this.hass.connection, this.#entryId, {
      changed: (change) => this.#changed(change),
      told: () => this.#told(),
      failed: (error) => void this.explain(error).then((text) => this.tell(text)),
    });
    this.stage = new Stage({
      drawing: () => this.draft.drawing,
      ways: () => this.#previewed ?? this.draft.ways,
      paired: (bay) => this.paired(bay),
      picture: (id) => this.#picture(id),
      down: (hand) => this.tool.handler.down(hand),
      move: (hand) => this.tool.handler.move(hand),
      up: (hand) => this.tool.handler.up(hand),
      hover: (hand) => this.tool.handler.hover(hand),
      cancel: () => this.cancel(),
      key: (event) => this.#key(event),
      text: (key, values) => this.text(key, values),
    });
    this.stage.svg.append(this.#cross);
    this.sensors = new Sensors(this);
    this.#tools = this.#makeTools();
    this.tool = /** @type {Choice} */ (this.#tools[0]);
    this.#lay(root);
    await this.draft.open();
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

  /* The page around the drawing */

  /** @param {ShadowRoot} root */
  #lay(root) {
    this.heading = html("h1");
    this.levelTabs = html("div", {
      class: "levels",
      role: "tablist",
      "aria-label": this.text("levels"),
    });
    this.status = html("span", { class: "status", role: "status" });
    this.undoButton = iconButton("undo", `${this.text("undo")} (Ctrl+Z)`, () => this.undo());
    this.redoButton = iconButton("redo", `${this.text("redo")} (Ctrl+Y)`, () => this.redo());
    this.publishButton = button(this.text("publish"), () => void this.publish(), "main");
    this.note = html("div", { class: "note", role: "alert", hidden: true });
    this.also = html("div", { class: "note", role: "status", hidden: true });
    this.rail = html(
      "div",
      {
        class: "rail",
        role: "toolbar",
        "aria-label": this.text("tools"),
        "aria-orientation": "vertical",
      },
      ...this.#tools.map((tool) =>
        html(
          "button",
          {
            type: "button",
            "data-tool": tool.id,
            title: `${this.text(tool.label)} (${tool.key.toUpperCase()})`,
            "aria-keyshortcuts": tool.key,
            click: () => this.choose(tool.id),
          },
          glyph(tool.icon),
          this.text(tool.label),
        ),
      ),
    );
    this.context = html("div", { class: "part context" });
    this.problems = html("div", { class: "part problems" });
    this.side = html(
      "div",
      { class: "side" },
      this.context,
      html("hr"),
      this.sensors.root,
      html("hr"),
      this.problems,
    );
    this.hintBar = html("div", { class: "hint" });
    this.stage.root.append(
      this.hintBar,
      html(
        "div",
        { class: "zoom" },
        iconButton("plus", this.text("zoom_in"), () => this.stage.zoom(1.4)),
        iconButton("minus", this.text("zoom_out"), () => this.stage.zoom(1 / 1.4)),
        iconButton("fit", this.text("zoom_all"), () => this.stage.fit()),
      ),
    );
    this.dialog = html("dialog");
    this.#app.replaceChildren(
      html(
        "div",
        { class: "top" },
        iconButton("back", this.text("back"), () => this.#leave()),
        this.heading,
        this.levelTabs,
        html("span", { class: "space" }),
        this.status,
        this.undoButton,
        this.redoButton,
        button(this.text("history"), () => this.#showPlans()),
        this.publishButton,
        this.note,
        this.also,
      ),
      this.rail,
      this.stage.root,
      this.side,
      this.#says,
      html("div", { class: "sr", id: "keys" }, this.text("keys")),
      this.dialog,
    );
    root.replaceChildren(this.#app);
    this.refresh();
  }

  #leave() {
    if (history.length > 1) history.back();
    else location.assign("/");
  }

  /** Writes the page around the drawing anew, once for many reasons. */
  refresh() {
    if (this.#refreshing || !this.context) return;
    this.#refreshing = true;
    queueMicrotask(() => {
      this.#refreshing = false;
      this.#refresh();
    });
  }

  #refresh() {
    const { draft } = this;
    this.#app.dataset["tool"] = this.tool.id;
    for (const element of this.rail?.children ?? [])
      element.setAttribute(
        "aria-pressed",
        String(element.getAttribute("data-tool") === this.tool.id),
      );
    write(/** @type {Element} */ (this.heading), this.text("title", { lot: draft.name }));
    this.#writeLevels();
    this.#writeStatus();
    const root = this.shadowRoot;
    const typing = root?.activeElement;
    const keeps = typing && this.context?.contains(typing) && typing instanceof HTMLInputElement;
    // What somebody types in stays until it is done.
    if (!keeps || typing.type === "checkbox" || typing.type === "range")
      this.context?.replaceChildren(...contextPart(this));
    this.problems?.replaceChildren(problemsPart(this));
    this.#writeHint();
  }

  #writeLevels() {
    const { drawing } = this.draft;
    const counts = new Map(this.levels.map((level) => [level, 0]));
    for (const { level } of drawing.bays.values())
      counts.set(level ?? "", (counts.get(level ?? "") ?? 0) + 1);
    this.levelTabs?.replaceChildren(
      ...this.levels.map((level) =>
        html(
          "button",
          {
            type: "button",
            role: "tab",
            "aria-selected": String(level === this.level),
            click: () => this.goTo(level),
          },
          `${this.levelName(level)} · ${counts.get(level)}`,
        ),
      ),
    );
    if (!this.addLevel)
      this.addLevel = iconButton("plus", this.text("add_level"), () => this.#addLevel());
    this.levelTabs?.after(this.addLevel);
  }

  #writeStatus() {
    const { draft } = this;
    const { changed, changed_at: at } = draft.status;
    write(
      /** @type {Element} */ (this.status),
      draft.waiting
        ? this.text("saving")
        : changed && at
          ? this.text("draft_saved", { time: this.words.card.moment(at) })
          : this.text("no_draft"),
    );
    if (this.undoButton) this.undoButton.disabled = !draft.canUndo;
    if (this.redoButton) this.redoButton.disabled = !draft.canRedo;
    const wrong = draft.problems.some(({ severity }) => severity === "error");
    if (this.publishButton) this.publishButton.disabled = !changed || wrong;
    const others = draft.authors.filter(({ id }) => id !== draft.author).map(({ name }) => name);
    if (this.also) {
      this.also.hidden = !others.length;
      write(this.also, this.text("also", { names: [...new Set(others)].join(", ") }));
    }
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

  #writeHint() {
    const { handler } = this.tool;
    this.hintBar?.replaceChildren(
      html("span", {}, this.hint),
      ...(handler instanceof LineTool && handler.pending
        ? [button(this.text("finish"), () => handler.finish(), "quiet")]
        : []),
      ...(handler.pending || this.sensors.armed
        ? [button(this.text("cancel"), () => this.cancel(), "quiet")]
        : []),
    );
  }

  /** Says something that has happened. @param {string} text */
  tell(text) {
    if (!this.note) return;
    this.note.hidden = !text;
    write(this.note, text);
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

  /* What happens to the draft */

  /** @param {Change | null} change */
  #changed(change) {
    this.#previewed = null;
    if (!this.levels.includes(this.level)) this.level = this.levels[0] ?? "";
    if (change?.levels || !change) this.stage.level = this.level;
    this.stage.draw(change);
    if (!change && !this.#fitted) {
      this.#fitted = true;
      this.goTo(this.level);
    }
    for (const key of this.stage.selected) {
      const [name, id] = thingOf(key);
      if (!this.draft.drawing[name].has(id)) this.stage.selected.delete(key);
    }
    this.showHandles();
    if (!change || change.bays || change.nodes) void this.sensors.update();
    this.refresh();
  }

  #told() {
    this.#previewed = null;
    this.stage.reshape();
    this.sensors.render();
    this.refresh();
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
    else this.showHandles();
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
    const { publishButton } = this;
    if (!publishButton || publishButton.disabled) return;
    publishButton.disabled = true;
    write(publishButton, this.text("publishing"));
    try {
      await this.draft.publish();
      this.tell("");
      write(this.#says, this.text("published"));
    } catch (error) {
      this.tell(await this.explain(error));
    } finally {
      write(publishButton, this.text("publish"));
      this.refresh();
    }
  }

  /** What went wrong, in the user's words. @param {any} error */
  async explain(error) {
    const { translation_domain: domain, translation_key: key } = error ?? {};
    if (domain && key) {
      const said = await this.#localize(key, error.translation_placeholders ?? {});
      if (said) return said;
    }
    if ([error, error?.error?.code].includes(CONNECTION_LOST))
      return this.words.card.text("lost_sign");
    return this.text("failed", { error: error?.message ?? "?" });
  }

  /** @param {string} key @param {Record<string, string>} placeholders */
  async #localize(key, placeholders) {
    try {
      const localize = await this.hass.loadBackendTranslation("exceptions", "smart_parking");
      return localize(`component.smart_parking.exceptions.${key}.message`, placeholders);
    } catch {
      return "";
    }
  }

  /** @param {Problem} problem */
  async explainProblem({ key, placeholders }) {
    const own = `problem_${key}`;
    if (this.words.has(own)) return this.text(own, placeholders);
    return (await this.#localize(key, placeholders)) || key;
  }

  /* What is selected and shown */

  /** The levels, from the lowest to the highest. */
  get levels() {
    const { levels } = this.draft.drawing;
    const order = (/** @type {string} */ level) => levels.get(level)?.order ?? 0;
    return [...levels.keys()].sort(
      (one, other) => order(one) - order(other) || one.localeCompare(other),
    );
  }

  #addLevel() {
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
    this.showHandles();
    this.refresh();
  }

  /** @param {string} id */
  choose(id) {
    const tool = this.#tools.find((one) => one.id === id);
    if (!tool) return;
    if (tool !== this.tool) {
      this.tool.handler.cancel();
      this.tool = tool;
      if (id !== "select") this.select([]);
    }
    this.showHandles();
    this.refresh();
  }

  /** Gives up what was begun. */
  cancel() {
    this.#previewed = null;
    this.tool.handler.cancel();
    this.sensors.armed = null;
    this.sensors.render();
    this.stage.mark();
    this.showHandles();
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
    this.showHandles();
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

  /** Shows what of the selected can be held. */
  showHandles() {
    if (this.tool.id !== "select") return;
    const { stage, selection } = this;
    const row = this.selectedRow;
    const [only] = selection;
    /** @type {SVGElement[]} */
    const handles = [];
    if (row) {
      const { x1, y1, x2, y2, bend } = row.shape;
      const chord = Math.hypot(x2 - x1, y2 - y1) || 1;
      const middle = {
        x: (x1 + x2) / 2 - ((y2 - y1) / chord) * bend,
        y: (y1 + y2) / 2 + ((x2 - x1) / chord) * bend,
      };
      handles.push(
        stage.handle("1", { x: x1, y: y1 }),
        stage.handle("2", { x: x2, y: y2 }, "solid"),
        stage.handle("bend", middle),
      );
    } else if (
      only &&
      selection.length === 1 &&
      (only[0] === "lanes" || only[0] === "walls" || only[0] === "zones")
    )
      handles.push(
        ...(this.draft.drawing[only[0]].get(only[1])?.points ?? []).map(([x, y], index) =>
          stage.handle(String(index), { x, y }),
        ),
      );
    if (selection.some(([name]) => name === "bays")) {
      const around = middleOf(this.draft.drawing, selection);
      if (Number.isFinite(around.x)) {
        const top = Math.max(
          ...selection.flatMap(([name, id]) =>
            pointsOf(this.draft.drawing, name, id).map(({ y }) => y),
          ),
        );
        handles.push(stage.handle("turn", { x: around.x, y: top + 4 }, "big"));
      }
    }
    stage.overlay(...handles);
  }

  /** Shows the ways to the bay under the pointer. @param {string | null} key */
  hoverBay(key) {
    const over = key?.startsWith("bays/") ? key.slice(5) : null;
    const [only, ...others] = this.selection;
    const chosen = only?.[0] === "bays" && !others.length ? only[1] : null;
    this.stage.showWays(over ?? chosen);
  }

  /** @param {RowShape} shape @param {Change} change */
  rowPreview(shape, change) {
    const bays = Object.values(change.bays ?? {}).filter((bay) => bay !== null);
    return [
      ...bays.map((bay) =>
        bayPicture(
          {
            x: bay.x,
            y: bay.y,
            width: bay.width ?? 2.5,
            length: bay.length ?? 5,
            heading: bay.heading ?? 90,
          },
          bay.label,
          bay.kind ?? "standard",
        ),
      ),
      svg("path", {
        class: "line",
        d: path([
          [shape.x1, shape.y1],
          [shape.x2, shape.y2],
        ]),
      }),
    ];
  }

  /** Says what a row will be. @param {{x: number, y: number}} at @param {RowShape} shape @param {Change} change */
  tellRow(at, shape, change) {
    const bays = Object.values(change.bays ?? {}).filter((bay) => bay !== null);
    const count = countOf(shape);
    const each = shape.count > 0 ? lineLength(shape) / count : shape.width;
    const first = bays[0]?.label ?? "";
    const last = bays.at(-1)?.label ?? "";
    this.stage.showTip(
      at,
      `${this.text("bays_count", { count: bays.length })} · ${this.metres(each)}`,
      `${first} … ${last}, ${shape.angle ? `${shape.angle}°` : this.text("parallel")}`,
    );
  }

  /* Sensors */

  /** Whether a bay has a sensor. @param {DrawnBay} bay */
  paired(bay) {
    const node = bay.node && this.draft.drawing.nodes.get(bay.node);
    return Boolean(node && node.source !== WITHOUT_SENSORS);
  }

  /** @param {Offer} offer */
  nameOf(offer) {
    return offer.source === "simulated" ? this.text("source_simulated") : offer.name;
  }

  /** @param {DrawnBay} bay */
  sensorOf(bay) {
    if (!this.paired(bay)) return this.text("no_sensor");
    const node = this.draft.drawing.nodes.get(bay.node ?? "");
    const { entity_id: entityId, trigger, echo } = bay.wiring ?? {};
    if (entityId) {
      const state = this.hass.states[String(entityId)];
      return `${String(state?.attributes["friendly_name"] ?? entityId)} · ${String(entityId)}`;
    }
    if (echo !== undefined) return `${node?.name}: GPIO${String(trigger)} → GPIO${String(echo)}`;
    return node?.name ?? "";
  }

  /** Whether a bay's sensor says nothing without an empty distance. @param {DrawnBay} bay */
  needsEmpty(bay) {
    const entityId = bay.wiring?.["entity_id"];
    return typeof entityId === "string" && entityId.startsWith("sensor.");
  }

  /* Pictures */

  /** @param {string} id */
  async #picture(id) {
    const { fetchWithAuth } = /** @type {any} */ (this.hass);
    const answer = await fetchWithAuth(`/api/smart_parking/editor/${this.#entryId}/picture/${id}`);
    return URL.createObjectURL(await answer.blob());
  }

  /** @param {File} file */
  async addPicture(file) {
    const { fetchWithAuth } = /** @type {any} */ (this.hass);
    try {
      const answer = await fetchWithAuth(`/api/smart_parking/editor/${this.#entryId}/picture`, {
        method: "POST",
        body: file,
      });
      const said = await answer.json();
      if (!answer.ok) {
        this.tell(this.text(said.error === "big_picture" ? "picture_big" : "picture_bad"));
        return;
      }
      const { width, height } = await sizeOf(file);
      const [before] = [...this.draft.drawing.grounds].filter(
        ([, one]) => (one.level ?? "") === this.level,
      );
      // At first as wide as what is seen: two points and a length say how wide it is.
      const metres =
        before?.[1].width ?? Math.round(this.stage.svg.clientWidth / this.stage.view.scale);
      const { x, y } = before?.[1] ?? this.stage.view;
      this.do(
        {
          grounds: {
            [before?.[0] ?? said.picture.slice(0, 16)]: {
              level: this.level,
              picture: said.picture,
              x: Math.round(x * 100) / 100,
              y: Math.round(y * 100) / 100,
              width: metres,
              height: Math.round(((metres * height) / width) * 1000) / 1000,
            },
          },
        },
        { select: [] },
      );
      this.stage.fit();
    } catch (error) {
      this.tell(await this.explain(error));
    }
  }

  /* Plans that were published */

  #showPlans() {
    const { dialog, draft } = this;
    if (!dialog) return;
    const act = async (
      /** @type {string} */ command,
      /** @type {Record<string, unknown>} */ more,
    ) => {
      dialog.close();
      try {
        await draft.replace(command, more);
      } catch (error) {
        this.tell(await this.explain(error));
      }
    };
    dialog.setAttribute("aria-label", this.text("history"));
    dialog.replaceChildren(
      html("h2", {}, this.text("history")),
      html(
        "div",
        { class: "part" },
        ...draft.plans.map((plan) =>
          html(
            "div",
            { class: "planrow" },
            html(
              "span",
              {},
              `${this.words.card.moment(plan.at)} · ${plan.by || this.text("before_editor")} · ${this.text("bays_count", { count: plan.bays })}`,
            ),
            plan.current
              ? html("span", { class: "good" }, this.text("current"))
              : button(this.text("restore"), () => void act("restore", { number: plan.number })),
          ),
        ),
        draft.status.changed ? html("p", { class: "dim" }, this.text("discard_sure")) : null,
      ),
      html(
        "div",
        { class: "buttons" },
        draft.status.changed ? button(this.text("discard"), () => void act("discard", {})) : null,
        button(this.text("close"), () => dialog.close(), "main"),
      ),
    );
    dialog.showModal();
  }

  /* Keys */

  copy() {
    const { drawing } = this.draft;
    const things = this.selection;
    const bays = new Set(things.filter(([name]) => name === "bays").map(([, id]) => id));
    this.#copied = things.map(([name, id]) => ({ name, id, thing: drawing[name].get(id) }));
    for (const [id, row] of drawing.rows)
      if (row.bays.length && row.bays.every((one) => bays.has(one)))
        this.#copied.push({ name: "rows", id, thing: row });
  }

  get canPaste() {
    return this.#copied.length > 0;
  }

  pasteCopied() {
    if (!this.#copied.length) return;
    const change = paste(this.draft.drawing, this.#copied, shifting(0, -STEP_M * 12), this.level);
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

  /** Everywhere on the page, but where somebody types. @param {KeyboardEvent} event */
  #shortcut = (event) => {
    if (!this.draft?.ready || event.defaultPrevented || this.dialog?.open) return;
    const typing = /** @type {HTMLElement | null} */ (this.shadowRoot?.activeElement ?? null);
    if (typing?.matches("input, select, textarea")) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      /** @type {Record<string, (() => void) | undefined>} */
      const orders = {
        z: () => (event.shiftKey ? this.redo() : this.undo()),
        y: () => this.redo(),
        c: () => this.copy(),
        x: () => {
          this.copy();
          this.do(remove(this.draft.drawing, this.selection), { select: [] });
        },
        v: () => this.pasteCopied(),
        a: () => {
          this.choose("select");
          this.select(
            this.thingsOfLevel()
              .filter(([name]) => name !== "grounds")
              .map(keyOf),
          );
        },
        s: () => void this.publish(),
      };
      const order = orders[key];
      if (!order) return;
      event.preventDefault();
      order();
      return;
    }
    if (event.altKey) return;
    const tool = this.#tools.find((one) => one.key === key);
    if (key === "escape") {
      this.cancel();
      this.select([]);
    } else if (key === "delete" || key === "backspace") {
      if (this.selection.length)
        this.do(remove(this.draft.drawing, this.selection), { select: [] });
    } else if (key === "r" && this.tool.id === "select" && this.selection.length)
      this.turn(event.shiftKey ? -15 : 15);
    else if (tool) this.choose(tool.id);
    else if (key === "+") this.stage.zoom(1.4);
    else if (key === "-") this.stage.zoom(1 / 1.4);
    else return;
    event.preventDefault();
  };

  /** On the drawing itself. @param {KeyboardEvent} event */
  #key(event) {
    const ways = /** @type {Record<string, [number, number] | undefined>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    });
    const way = ways[event.key];
    if (way && this.tool.id === "select" && this.selection.length && !this.armed) {
      const step = event.shiftKey ? 1 : NUDGE_M;
      this.do(
        transform(
          this.draft.drawing,
          this.selection,
          shifting(way[0] * step, way[1] * step),
          0,
          this.level,
        ),
        { keep: true },
      );
    } else if (way) {
      const step = event.shiftKey ? 5 * STEP_M : STEP_M;
      this.#moveCursor(way[0] * step, way[1] * step);
    } else if (event.key === "Enter" || event.key === " ") this.#tapCursor(event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} dx @param {number} dy */
  #moveCursor(dx, dy) {
    if (this.#cross.getAttribute("visibility") === "hidden")
      this.#cursor = {
        x: Math.round(this.stage.view.x / STEP_M) * STEP_M,
        y: Math.round(this.stage.view.y / STEP_M) * STEP_M,
      };
    this.#cursor = { x: this.#cursor.x + dx, y: this.#cursor.y + dy };
    const [x, y] = [this.#cursor.x * UNIT, -this.#cursor.y * UNIT];
    this.#cross.setAttribute("d", `M${x - 30} ${y}H${x + 30}M${x} ${y - 30}V${y + 30}`);
    this.#cross.setAttribute("visibility", "visible");
    this.stage.reveal(this.#cursor);
    this.tool.handler.hover(this.#handAtCursor(false));
    const bay = this.#bayAtCursor();
    write(
      this.#says,
      `${this.metres(this.#cursor.x)}, ${this.metres(this.#cursor.y)}${bay ? ` · ${bay.label}` : ""}`,
    );
  }

  #bayAtCursor() {
    const key = this.#thingAtCursor();
    return key?.startsWith("bays/") ? this.draft.drawing.bays.get(key.slice(5)) : undefined;
  }

  #thingAtCursor() {
    const { x, y } = this.stage.onScreen(this.#cursor);
    const box = this.stage.root.getBoundingClientRect();
    return (
      this.shadowRoot
        ?.elementsFromPoint(box.left + x, box.top + y)
        .map((element) => element.closest("[data-thing]")?.getAttribute("data-thing"))
        .find((key) => key) ?? null
    );
  }

  /** @param {boolean} shift @returns {import("./stage.js").Hand} */
  #handAtCursor(shift) {
    const at = { ...this.#cursor };
    return {
      at,
      from: at,
      thing: this.#thingAtCursor(),
      handle: null,
      tap: true,
      shift,
      free: false,
      touch: false,
    };
  }

  /** @param {boolean} shift */
  #tapCursor(shift) {
    if (this.#cross.getAttribute("visibility") === "hidden") {
      this.#moveCursor(0, 0);
      return;
    }
    const { handler } = this.tool;
    const hand = this.#handAtCursor(shift);
    handler.down(hand);
    handler.up(hand);
  }
}

/** How large a picture is. @param {File} file */
async function sizeOf(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return { width: image.naturalWidth || 4, height: image.naturalHeight || 3 };
  } catch {
    return { width: 4, height: 3 };
  } finally {
    URL.revokeObjectURL(address);
  }
}

if (!window.customElements.get("smart-parking-editor"))
  window.customElements.define("smart-parking-editor", SmartParkingEditor);
