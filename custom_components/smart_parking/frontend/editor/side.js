import { explainProblem } from "./explain.js";
/** What stands beside the drawing: what will be drawn, and what to look at. */

import { html } from "../shared/dom.js";
import { angles, kinds, sides } from "./choices.js";
import { check, dim, number, part, title, words } from "./fields.js";
import { LineTool, RampTool } from "./line-tools.js";
import { BayTool, GroundTool, KindTool } from "./place-tools.js";
import { RowTool } from "./row-tool.js";
import { groundPart } from "./side-ground.js";
import { selectionPart } from "./side-selection.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */
/** @typedef {import("./types").ThingId} ThingId */
/** @typedef {import("../card/types").Kind} Kind */

/** @param {Editor} editor @returns {HTMLElement[]} */
export function contextPart(editor) {
  const things = editor.selection;
  if (editor.tool.id === "select" || things.length) return selectionPart(editor, things);
  return toolPart(editor);
}

/** What the chosen tool will draw. @param {Editor} editor @returns {HTMLElement[]} */
function toolPart(editor) {
  const { handler } = editor.tool;
  const again = () => editor.refresh();
  if (handler instanceof RowTool) {
    const { options } = handler;
    const set = (/** @type {Partial<typeof options>} */ changed) => {
      Object.assign(options, changed);
      again();
    };
    return [
      part(
        title(editor.text("new_row")),
        words(editor.text("labels"), handler.first, (first) => set({ first }), 12),
        number(editor.text("bays"), options.count, (count) => set({ count: Math.round(count) }), {
          min: 0,
          max: 500,
          step: 1,
          placeholder: editor.text("bays_fit"),
        }),
        number(editor.text("spacing"), options.width, (width) => set({ width }), {
          min: 0.8,
          max: 10,
        }),
        number(editor.text("length"), options.length, (length) => set({ length }), {
          min: 1.5,
          max: 25,
        }),
        angles(editor, options.angle, (angle) => set({ angle })),
        sides(editor, options.sides, (count) => set({ sides: count })),
        ...(options.sides > 1
          ? [
              number(editor.text("aisle"), options.aisle, (aisle) => set({ aisle }), {
                min: 2,
                max: 20,
              }),
              check(editor.text("with_lane"), options.lane, (lane) => set({ lane })),
            ]
          : [check(editor.text("flip"), options.flip, (flip) => set({ flip }))]),
        kinds(editor, options.kind, (kind) => set({ kind })),
      ),
    ];
  }
  if (handler instanceof BayTool)
    return [
      part(
        title(editor.text("tool_bay"), handler.label),
        kinds(editor, handler.options.kind, (kind) => {
          handler.options.kind = kind;
          again();
        }),
      ),
    ];
  if (handler instanceof KindTool)
    return [
      part(
        title(editor.text("tool_kinds")),
        kinds(editor, handler.options.kind, (kind) => {
          handler.options.kind = kind;
          again();
        }),
      ),
    ];
  if (
    (handler instanceof LineTool && handler.collection === "lanes") ||
    handler instanceof RampTool
  )
    return [
      part(
        title(editor.text(handler instanceof RampTool ? "ramp" : "lane")),
        check(editor.text("one_way"), handler.options.one_way, (one_way) => {
          handler.options.one_way = one_way;
          again();
        }),
      ),
    ];
  if (handler instanceof GroundTool) return [groundPart(editor, handler)];
  return [part(title(editor.text(editor.tool.label)), dim(editor.hint))];
}

/** What to look at before publishing. @param {Editor} editor */
export function problemsPart(editor) {
  const { problems } = editor.draft;
  const has = (/** @type {string} */ key) => problems.some((one) => one.key === key);
  const done = (/** @type {boolean} */ good, /** @type {import("./words.js").Key} */ key) =>
    html("span", { class: good ? "good" : "dim" }, `${good ? "✓" : "○"} ${editor.text(key)}  `);
  return part(
    title(editor.text("problems")),
    html(
      "p",
      { class: "dim" },
      done(!has("no_gate") && editor.draft.drawing.gates.size > 0, "check_gate"),
      done(!has("unreachable") && editor.draft.drawing.bays.size > 0, "check_reach"),
      done(!has("unpaired") && editor.draft.drawing.bays.size > 0, "check_sensors"),
    ),
    ...problems.map((problem) => {
      const row = html("button", {
        type: "button",
        class: `problem ${problem.severity}`,
        "data-problem": problem.key,
        click: () => editor.show(problem.things),
      });
      void explainProblem(editor.hass, editor.words, problem).then(
        (text) => (row.textContent = text),
      );
      return row;
    }),
    problems.length ? null : dim(editor.text("all_well")),
  );
}
