/** The page around the drawing: levels, tools, what has become of the draft, and plans before. */

import { html, write } from "../shared/dom.js";
import { explain } from "./explain.js";
import { button, glyph, iconButton } from "./fields.js";
import { LineTool } from "./line-tools.js";
import { contextPart, problemsPart } from "./side.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

export class Page {
  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.root = html("div", { class: "app" });
    this.says = html("div", { class: "sr", role: "status", "aria-live": "polite" });
    this.addLevel = iconButton("plus", editor.text("add_level"), () => editor.addNextLevel());
    this.heading = html("h1");
    this.levelTabs = html("div", {
      class: "levels",
      role: "tablist",
      "aria-label": this.editor.text("levels"),
    });
    this.status = html("span", { class: "status", role: "status" });
    this.undoButton = iconButton("undo", `${this.editor.text("undo")} (Ctrl+Z)`, () =>
      this.editor.undo(),
    );
    this.redoButton = iconButton("redo", `${this.editor.text("redo")} (Ctrl+Y)`, () =>
      this.editor.redo(),
    );
    this.publishButton = button(
      this.editor.text("publish"),
      () => void this.editor.publish(),
      "main",
    );
    this.note = html("div", { class: "note", role: "alert", hidden: true });
    this.also = html("div", { class: "note", role: "status", hidden: true });
    this.rail = html(
      "div",
      {
        class: "rail",
        role: "toolbar",
        "aria-label": this.editor.text("tools"),
        "aria-orientation": "vertical",
      },
      ...this.editor.tools.map((tool) =>
        html(
          "button",
          {
            type: "button",
            "data-tool": tool.id,
            title: `${this.editor.text(tool.label)} (${tool.key.toUpperCase()})`,
            "aria-keyshortcuts": tool.key,
            click: () => this.editor.choose(tool.id),
          },
          glyph(tool.icon),
          this.editor.text(tool.label),
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
      this.editor.sensors.root,
      html("hr"),
      this.problems,
    );
    this.hintBar = html("div", { class: "hint" });
    this.editor.stage.root.append(
      this.hintBar,
      html(
        "div",
        { class: "zoom" },
        iconButton("plus", this.editor.text("zoom_in"), () => this.editor.stage.zoom(1.4)),
        iconButton("minus", this.editor.text("zoom_out"), () => this.editor.stage.zoom(1 / 1.4)),
        iconButton("fit", this.editor.text("zoom_all"), () => this.editor.stage.fit()),
      ),
    );
    this.dialog = html("dialog");
    this.root.replaceChildren(
      html(
        "div",
        { class: "top" },
        iconButton("back", this.editor.text("back"), () => this.#leave()),
        this.heading,
        this.levelTabs,
        html("span", { class: "space" }),
        this.status,
        this.undoButton,
        this.redoButton,
        button(this.editor.text("history"), () => this.#showPlans()),
        this.publishButton,
        this.note,
        this.also,
      ),
      this.rail,
      this.editor.stage.root,
      this.side,
      this.says,
      html("div", { class: "sr", id: "keys" }, this.editor.text("keys")),
      this.dialog,
    );
  }

  #leave() {
    if (history.length > 1) history.back();
    else location.assign("/");
  }

  /** Writes everything anew. */
  write() {
    const { draft } = this.editor;
    this.root.dataset["tool"] = this.editor.tool.id;
    for (const element of this.rail.children)
      element.setAttribute(
        "aria-pressed",
        String(element.getAttribute("data-tool") === this.editor.tool.id),
      );
    write(this.heading, this.editor.text("title", { lot: draft.name }));
    this.#writeLevels();
    this.#writeStatus();
    const root = this.editor.shadowRoot;
    const typing = root?.activeElement;
    const keeps = typing && this.context.contains(typing) && typing instanceof HTMLInputElement;
    // What somebody types in stays until it is done.
    if (!keeps || typing.type === "checkbox" || typing.type === "range")
      this.context.replaceChildren(...contextPart(this.editor));
    this.problems.replaceChildren(problemsPart(this.editor));
    this.#writeHint();
  }

  #writeLevels() {
    const { drawing } = this.editor.draft;
    const counts = new Map(this.editor.levels.map((level) => [level, 0]));
    for (const { level } of drawing.bays.values())
      counts.set(level ?? "", (counts.get(level ?? "") ?? 0) + 1);
    this.levelTabs.replaceChildren(
      ...this.editor.levels.map((level) =>
        html(
          "button",
          {
            type: "button",
            role: "tab",
            "aria-selected": String(level === this.editor.level),
            click: () => this.editor.goTo(level),
          },
          `${this.editor.levelName(level)} · ${counts.get(level)}`,
        ),
      ),
    );
    this.levelTabs.after(this.addLevel);
  }

  #writeStatus() {
    const { draft } = this.editor;
    const { changed, changed_at: at } = draft.status;
    write(
      this.status,
      draft.waiting
        ? this.editor.text("saving")
        : changed && at
          ? this.editor.text("draft_saved", { time: this.editor.words.card.moment(at) })
          : this.editor.text("no_draft"),
    );
    this.undoButton.disabled = !draft.canUndo;
    this.redoButton.disabled = !draft.canRedo;
    const wrong = draft.problems.some(({ severity }) => severity === "error");
    this.publishButton.disabled = !changed || wrong;
    const others = draft.authors.filter(({ id }) => id !== draft.author).map(({ name }) => name);
    this.also.hidden = !others.length;
    write(this.also, this.editor.text("also", { names: [...new Set(others)].join(", ") }));
  }

  #writeHint() {
    const { handler } = this.editor.tool;
    this.hintBar.replaceChildren(
      html("span", {}, this.editor.hint),
      ...(handler instanceof LineTool && handler.pending
        ? [button(this.editor.text("finish"), () => handler.finish(), "quiet")]
        : []),
      ...(handler.pending || this.editor.sensors.armed
        ? [button(this.editor.text("cancel"), () => this.editor.cancel(), "quiet")]
        : []),
    );
  }

  /** Says something that has happened. @param {string} text */
  tell(text) {
    this.note.hidden = !text;
    write(this.note, text);
  }

  #showPlans() {
    const { dialog } = this;
    const { draft } = this.editor;
    const act = async (
      /** @type {string} */ command,
      /** @type {Record<string, unknown>} */ more,
    ) => {
      dialog.close();
      try {
        await draft.replace(command, more);
      } catch (error) {
        this.tell(await explain(this.editor.hass, this.editor.words, error));
      }
    };
    dialog.setAttribute("aria-label", this.editor.text("history"));
    dialog.replaceChildren(
      html("h2", {}, this.editor.text("history")),
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
              `${this.editor.words.card.moment(plan.at)} · ${plan.by || this.editor.text("before_editor")} · ${this.editor.text("bays_count", { count: plan.bays })}`,
            ),
            plan.current
              ? html("span", { class: "good" }, this.editor.text("current"))
              : button(
                  this.editor.text("restore"),
                  () => void act("restore", { number: plan.number }),
                ),
          ),
        ),
        draft.status.changed ? html("p", { class: "dim" }, this.editor.text("sure_discard")) : null,
      ),
      html(
        "div",
        { class: "buttons" },
        draft.status.changed
          ? button(this.editor.text("discard"), () => void act("discard", {}))
          : null,
        button(this.editor.text("close"), () => dialog.close(), "main"),
      ),
    );
    dialog.showModal();
  }
}
