/** What is selected, and what can be done with it. */

import { html } from "../shared/dom.js";
import { angles, kinds, sides } from "./choices.js";
import { button, check, dim, iconButton, number, part, title, words } from "./fields.js";
import { turning, zoneAround } from "./geometry.js";
import {
  align,
  drawRow,
  middleOf,
  remove,
  removeLevel,
  renameLevel,
  renumber,
  rowOf,
  transform,
  unpair,
} from "./operations.js";
import { countOf } from "./rows.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */
/** @typedef {import("./types").ThingId} ThingId */

const DIRECTIONS = /** @type {const} */ ([
  ["right", "to_right"],
  ["left", "to_left"],
  ["down", "to_down"],
  ["up", "to_up"],
]);

/** What is selected. @param {Editor} editor @param {ThingId[]} things @returns {HTMLElement[]} */
export function selectionPart(editor, things) {
  const row = editor.selectedRow;
  const [only] = things;
  if (!only)
    return [
      part(
        title(editor.levelName(editor.level)),
        editor.canPaste ? button(editor.text("paste"), () => editor.pasteCopied()) : null,
        ...levelPart(editor),
      ),
    ];
  if (row) return [rowPart(editor, row), manyPart(editor, things)];
  if (things.length > 1)
    return [
      part(
        title(editor.text("selected", { count: things.length })),
        ...kindsOf(editor, things),
        ...(baysOf(editor, things).length ? zonesOf(editor, things) : []),
      ),
      manyPart(editor, things),
    ];
  return [...onePart(editor, only), deletePart(editor, things)];
}

/** The level that is shown. @param {Editor} editor */
function levelPart(editor) {
  return [
    words(editor.text("level_name"), editor.level, (name) => {
      if (name === editor.level || editor.levels.includes(name)) return editor.refresh();
      const change = renameLevel(editor.draft.drawing, editor.level, name);
      editor.level = name;
      editor.do(change, { select: [] });
      editor.goTo(name);
    }),
    ...(editor.levels.length > 1
      ? [
          button(editor.text("remove_level"), () => {
            const change = removeLevel(editor.draft.drawing, editor.level);
            const [next] = editor.levels.filter((level) => level !== editor.level);
            editor.do(change, { select: [] });
            editor.goTo(next ?? "");
          }),
        ]
      : []),
  ];
}

/** @param {Editor} editor @param {ThingId[]} things */
const baysOf = (editor, things) =>
  things.flatMap(([name, id]) => {
    const bay = name === "bays" ? editor.draft.drawing.bays.get(id) : undefined;
    return bay ? [{ id, bay }] : [];
  });

/** @param {Editor} editor @param {ThingId[]} things */
function kindsOf(editor, things) {
  const bays = baysOf(editor, things);
  if (!bays.length) return [];
  const all = new Set(bays.map(({ bay }) => bay.kind ?? "standard"));
  const [chosen] = all;
  return [
    kinds(editor, all.size === 1 ? (chosen ?? null) : null, (kind) =>
      editor.do(
        { bays: Object.fromEntries(bays.map(({ id, bay }) => [id, { ...bay, kind }])) },
        { keep: true },
      ),
    ),
  ];
}

/**
 * What bays are counted to: the area that they lie in, else what is typed.
 * @param {Editor} editor
 * @param {ThingId[]} things
 */
function zonesOf(editor, things) {
  const bays = baysOf(editor, things);
  const zones = [...editor.draft.drawing.zones.values()];
  const all = new Set(bays.map(({ bay }) => zoneAround(bay, zones) ?? bay.zone ?? ""));
  const [only = ""] = all;
  if (bays.some(({ bay }) => zoneAround(bay, zones)))
    return all.size === 1 ? [dim(`${editor.text("zone")}: ${only}`)] : [];
  return [
    words(
      editor.text("zone"),
      all.size === 1 ? only : "",
      (zone) =>
        editor.do(
          { bays: Object.fromEntries(bays.map(({ id, bay }) => [id, { ...bay, zone }])) },
          { keep: true },
        ),
      40,
    ),
  ];
}

/** @param {Editor} editor @param {NonNullable<Editor["selectedRow"]>} row */
function rowPart(editor, { id, row, shape }) {
  const { drawing } = editor.draft;
  const first = drawing.bays.get(row.bays[0] ?? "")?.label ?? "";
  const bays = row.bays.map((one) => /** @type {ThingId} */ (["bays", one]));
  const again = (/** @type {Partial<typeof shape>} */ changed) => {
    const drawn = drawRow(drawing, { ...shape, ...changed }, { rowId: id });
    editor.do(drawn.change, { select: drawn.ids.map((one) => `bays/${one}`) });
  };
  return part(
    title(editor.text("row", { label: first })),
    number(editor.text("bays"), countOf(shape), (count) => again({ count: Math.round(count) }), {
      min: 1,
      max: 500,
      step: 1,
    }),
    number(editor.text("spacing"), shape.width, (width) => again({ width, count: 0 }), {
      min: 0.8,
      max: 10,
    }),
    number(editor.text("length"), shape.length, (length) => again({ length }), {
      min: 1.5,
      max: 25,
    }),
    angles(editor, shape.angle, (angle) => again({ angle })),
    sides(editor, shape.sides, (count) => again({ sides: count })),
    shape.sides > 1
      ? number(editor.text("aisle"), shape.aisle, (aisle) => again({ aisle }), { min: 2, max: 20 })
      : check(editor.text("flip"), shape.flip, (flip) => again({ flip })),
    words(
      editor.text("labels"),
      first,
      (label) => {
        const drawn = drawRow(drawing, shape, { rowId: id, first: label });
        editor.do(drawn.change, { keep: true });
      },
      12,
    ),
    ...kindsOf(editor, bays),
    ...zonesOf(editor, bays),
  );
}

/** @param {Editor} editor @param {ThingId[]} things */
function manyPart(editor, things) {
  const { drawing } = editor.draft;
  const bays = baysOf(editor, things);
  const ids = bays.map(({ id }) => id);
  const line = (/** @type {"x" | "y"} */ axis, /** @type {boolean} */ spread) =>
    editor.do(align(drawing, things, axis, spread), { keep: true });
  const turn = (/** @type {number} */ degrees) => editor.turn(degrees);
  let first = [...bays.map(({ bay }) => bay.label)].sort()[0] ?? "A01";
  return part(
    ...(bays.length > 1
      ? [
          words(editor.text("renumber"), first, (label) => (first = label || first), 12),
          html(
            "div",
            { class: "buttons" },
            ...DIRECTIONS.map(([direction, key]) =>
              iconButton(direction, editor.text(key), () =>
                editor.do(renumber(drawing, ids, first, direction), { keep: true }),
              ),
            ),
          ),
        ]
      : []),
    html(
      "div",
      { class: "buttons" },
      button(editor.text("turn_left"), () => turn(15)),
      button(editor.text("turn_right"), () => turn(-15)),
      button(editor.text("align_x"), () => line("x", false)),
      button(editor.text("align_y"), () => line("y", false)),
      button(editor.text("spread_x"), () => line("x", true)),
      button(editor.text("spread_y"), () => line("y", true)),
      button(editor.text("copy"), () => editor.copy()),
    ),
    bays.some(({ bay }) => editor.paired(bay))
      ? button(editor.text("unpair"), () => editor.do(unpair(drawing, ids), { keep: true }))
      : null,
    deletePart(editor, things),
  );
}

/** @param {Editor} editor @param {ThingId[]} things */
const deletePart = (editor, things) =>
  html(
    "div",
    { class: "buttons" },
    button(editor.text("remove"), () =>
      editor.do(remove(editor.draft.drawing, things), { select: [] }),
    ),
  );

/** @param {Editor} editor @param {ThingId} thing @returns {HTMLElement[]} */
function onePart(editor, [name, id]) {
  const { drawing } = editor.draft;
  const put = (/** @type {any} */ thing) =>
    editor.do(/** @type {any} */ ({ [name]: { [id]: thing } }), { keep: true });
  const bay = name === "bays" && drawing.bays.get(id);
  if (bay) return [bayPart(editor, id, bay)];
  const gate = name === "gates" && drawing.gates.get(id);
  if (gate)
    return [
      part(
        title(editor.text("gate")),
        words(editor.text("name"), gate.name, (text) => put({ ...gate, name: text || gate.name })),
        number(
          editor.text("heading"),
          gate.heading ?? editor.draft.ways?.headings[id] ?? 0,
          (heading) => put({ ...gate, heading: ((heading % 360) + 360) % 360 }),
          { step: 15 },
        ),
      ),
    ];
  const lane = name === "lanes" && drawing.lanes.get(id);
  if (lane)
    return [
      part(
        title(editor.text("lane")),
        check(editor.text("one_way"), lane.one_way ?? false, (one_way) =>
          put({ ...lane, one_way }),
        ),
        lane.one_way
          ? button(editor.text("reverse"), () =>
              put({ ...lane, points: [...lane.points].reverse() }),
            )
          : null,
      ),
    ];
  const ramp = name === "ramps" && drawing.ramps.get(id);
  if (ramp)
    return [
      part(
        title(editor.text("ramp")),
        dim(`${ramp.start[0] || "–"} → ${ramp.end[0] || "–"}`),
        check(editor.text("one_way"), ramp.one_way ?? false, (one_way) =>
          put({ ...ramp, one_way }),
        ),
        ramp.one_way
          ? button(editor.text("reverse"), () => put({ ...ramp, start: ramp.end, end: ramp.start }))
          : null,
        number(
          editor.text("ramp_length"),
          ramp.length ?? 0,
          (length) => {
            const { length: _before, ...rest } = ramp;
            put(length > 0 ? { ...rest, length } : rest);
          },
          { min: 1, max: 1000, placeholder: "m" },
        ),
      ),
    ];
  const zone = name === "zones" && drawing.zones.get(id);
  if (zone)
    return [
      part(
        title(editor.text("zone")),
        words(editor.text("name"), zone.name, (text) => put({ ...zone, name: text || zone.name })),
      ),
    ];
  return [part(title(editor.text(name === "walls" ? "wall" : "picture")))];
}

/** @param {Editor} editor @param {string} id @param {import("./types").DrawnBay} bay */
function bayPart(editor, id, bay) {
  const { drawing } = editor.draft;
  const put = (/** @type {Partial<typeof bay>} */ changed) =>
    editor.do({ bays: { [id]: { ...bay, ...changed } } }, { keep: true });
  const shape = editor.stage.shape(id, bay);
  const rowId = rowOf(drawing, id);
  const measures = "empty_m" in (bay.wiring ?? {}) || needsEmpty(bay);
  return part(
    title(editor.text("bay", { label: bay.label })),
    words(editor.text("label"), bay.label, (label) => put({ label }), 12),
    kinds(editor, bay.kind ?? "standard", (kind) => put({ kind })),
    ...zonesOf(editor, [["bays", id]]),
    number(
      editor.text("heading"),
      shape.heading,
      (degrees) =>
        editor.do(
          transform(
            drawing,
            [["bays", id]],
            turning(middleOf(drawing, [["bays", id]]), degrees - shape.heading),
            degrees - shape.heading,
          ),
          { keep: true },
        ),
      { step: 15 },
    ),
    number(editor.text("width"), shape.width, (width) => put({ width }), { min: 0.5, max: 25 }),
    number(editor.text("length"), shape.length, (length) => put({ length }), { min: 0.5, max: 25 }),
    title(editor.text("sensor")),
    dim(sensorOf(editor, bay)),
    measures
      ? number(
          editor.text("empty"),
          Number(bay.wiring?.["empty_m"] ?? 0),
          (metres) => put({ wiring: { ...bay.wiring, empty_m: metres } }),
          { min: 0.2, max: 50, placeholder: "m" },
        )
      : null,
    html(
      "div",
      { class: "buttons" },
      rowId
        ? button(editor.text("whole_row"), () =>
            editor.select((drawing.rows.get(rowId)?.bays ?? []).map((one) => `bays/${one}`)),
          )
        : null,
      editor.paired(bay)
        ? button(editor.text("unpair"), () => editor.do(unpair(drawing, [id]), { keep: true }))
        : null,
    ),
  );
}

/** What measures a bay. @param {Editor} editor @param {import("./types").DrawnBay} bay */
function sensorOf(editor, bay) {
  if (!editor.paired(bay)) return editor.text("no_sensor");
  const node = editor.draft.drawing.nodes.get(bay.node ?? "");
  const { entity_id: entityId, trigger, echo } = bay.wiring ?? {};
  if (entityId) {
    const state = editor.hass.states[String(entityId)];
    return `${String(state?.attributes["friendly_name"] ?? entityId)} · ${String(entityId)}`;
  }
  const pins = echo === undefined ? "" : `GPIO${String(trigger)} → GPIO${String(echo)}`;
  if (pins) return node?.name ? `${node.name}: ${pins}` : pins;
  return node?.name ?? "";
}

/** Whether a sensor says nothing without an empty distance. @param {import("./types").DrawnBay} bay */
function needsEmpty({ wiring }) {
  const entityId = wiring?.["entity_id"];
  return typeof entityId === "string" && entityId.startsWith("sensor.");
}
