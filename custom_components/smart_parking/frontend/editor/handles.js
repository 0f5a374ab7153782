/** What of a drawing can be held, and what a row that is being drawn will be. */

import { svg } from "../shared/dom.js";
import { middleOf, pointsOf } from "./operations.js";
import { bayPicture, path } from "./pictures.js";
import { countOf, lineLength } from "./rows.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */
/** @typedef {import("./types").Change} Change */
/** @typedef {import("./types").RowShape} RowShape */

/** Shows what of the selected can be held. @param {Editor} editor */
export function showHandles(editor) {
  if (editor.tool.id !== "select") return;
  const { stage, selection } = editor;
  const row = editor.selectedRow;
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
      ...(editor.draft.drawing[only[0]].get(only[1])?.points ?? []).map(([x, y], index) =>
        stage.handle(String(index), { x, y }),
      ),
    );
  if (selection.some(([name]) => name === "bays")) {
    const around = middleOf(editor.draft.drawing, selection);
    if (Number.isFinite(around.x)) {
      const top = Math.max(
        ...selection.flatMap(([name, id]) =>
          pointsOf(editor.draft.drawing, name, id).map(({ y }) => y),
        ),
      );
      handles.push(stage.handle("turn", { x: around.x, y: top + 4 }, "big"));
    }
  }
  stage.overlay(...handles);
}

/** What a row will look like. @param {RowShape} shape @param {Change} change */
export function rowPreview(shape, change) {
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

/** Says what a row will be. @param {Editor} editor @param {{x: number, y: number}} at @param {RowShape} shape @param {Change} change */
export function tellRow(editor, at, shape, change) {
  const bays = Object.values(change.bays ?? {}).filter((bay) => bay !== null);
  const count = countOf(shape);
  const each = shape.count > 0 ? lineLength(shape) / count : shape.width;
  const first = bays[0]?.label ?? "";
  const last = bays.at(-1)?.label ?? "";
  editor.stage.showTip(
    at,
    `${editor.text("bays_count", { count: bays.length })} · ${editor.metres(each)}`,
    `${first} … ${last}, ${shape.angle ? `${shape.angle}°` : editor.text("parallel")}`,
  );
}
