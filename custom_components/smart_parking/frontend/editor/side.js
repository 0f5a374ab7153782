/** What stands beside the drawing: what is selected, sensors to place, and what to look at. */

import { html } from "../dom.js";
import {
  button,
  check,
  choice,
  dim,
  field,
  iconButton,
  leaving,
  number,
  part,
  title,
  words,
} from "./fields.js";
import { turning } from "./geometry.js";
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
import { ANGLES, countOf } from "./rows.js";
import { BayTool, GroundTool, KindTool, LineTool, RampTool, RowTool } from "./tools.js";

/** @typedef {import("./editor.js").SmartParkingEditor} Editor */
/** @typedef {import("./types").ThingId} ThingId */
/** @typedef {import("../types").Kind} Kind */

const KINDS = /** @type {Kind[]} */ ([
  "standard",
  "accessible",
  "ev",
  "family",
  "motorcycle",
  "staff",
]);
const DIRECTIONS = /** @type {const} */ ([
  ["right", "to_right"],
  ["left", "to_left"],
  ["down", "to_down"],
  ["up", "to_up"],
]);

/** @param {Editor} editor @param {Kind | null} chosen @param {(kind: Kind) => void} done */
const kinds = (editor, chosen, done) =>
  choice(
    editor.text("kind"),
    KINDS.map((kind) => ({ value: kind, text: editor.words.card.kind(kind) })),
    chosen,
    done,
  );

/** @param {Editor} editor @param {number} chosen @param {(angle: number) => void} done */
const angles = (editor, chosen, done) =>
  choice(
    editor.text("angle"),
    ANGLES.map((angle) => ({ value: angle, text: angle ? `${angle}°` : editor.text("parallel") })),
    chosen,
    done,
  );

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

/** @param {Editor} editor @param {number} chosen @param {(sides: number) => void} done */
const sides = (editor, chosen, done) =>
  choice(
    editor.text("sides"),
    [
      { value: 1, text: editor.text("one_sided") },
      { value: 2, text: editor.text("two_sided") },
    ],
    chosen,
    done,
  );

/** @param {Editor} editor @param {GroundTool} tool */
function groundPart(editor, tool) {
  const { ground } = tool;
  const file = html("input", {
    type: "file",
    accept: "image/png,image/jpeg,image/webp,image/svg+xml",
    hidden: true,
    change: () => {
      const [chosen] = file.files ?? [];
      if (chosen) void editor.addPicture(chosen);
    },
  });
  const choose = button(editor.text("picture_add"), () => file.click(), ground ? "" : "main");
  if (!ground)
    return part(title(editor.text("picture")), dim(editor.text("picture_what")), file, choose);
  const [id, thing] = ground;
  const put = (/** @type {Partial<typeof thing>} */ changed) =>
    editor.do({ grounds: { [id]: { ...thing, ...changed } } }, { select: [] });
  const slider = (
    /** @type {"picture_faint" | "picture_turn"} */ key,
    /** @type {number} */ value,
    /** @type {number} */ low,
    /** @type {number} */ high,
    /** @type {(value: number) => void} */ done,
  ) => {
    const input = html("input", {
      type: "range",
      min: low,
      max: high,
      step: (high - low) / 100,
      value,
      change: () => done(Number(input.value)),
    });
    return field(editor.text(key), input);
  };
  const turn = thing.turn ?? 0;
  return part(
    title(editor.text("picture")),
    slider("picture_faint", thing.opacity ?? 0.5, 0.05, 1, (opacity) => put({ opacity })),
    slider("picture_turn", turn > 180 ? turn - 360 : turn, -180, 180, (degrees) =>
      put({ turn: (degrees + 360) % 360 }),
    ),
    number(
      editor.text("picture_width"),
      thing.width,
      (width) => put({ width, height: (thing.height * width) / thing.width }),
      { min: 1, max: 5000, step: 1 },
    ),
    tool.measured && tool.measured.length > 1
      ? scaleField(editor, tool)
      : html(
          "button",
          {
            type: "button",
            "aria-pressed": String(tool.measured !== null),
            click: () => {
              tool.measured = tool.measured ? null : [];
              editor.stage.overlay();
              editor.refresh();
            },
          },
          editor.text("picture_scale"),
        ),
    file,
    html(
      "div",
      { class: "buttons" },
      choose,
      button(editor.text("picture_remove"), () =>
        editor.do({ grounds: { [id]: null } }, { select: [] }),
      ),
    ),
  );
}

/** @param {Editor} editor @param {GroundTool} tool */
function scaleField(editor, tool) {
  const input = html("input", { type: "number", min: 0.1, step: "any", inputmode: "decimal" });
  const scale = () => tool.scale(Number(input.value));
  leaving(input).addEventListener("keydown", (event) => {
    if (event.key === "Enter") scale();
  });
  queueMicrotask(() => input.focus());
  return part(
    field(`${editor.text("picture_metres")} (m)`, input),
    button(editor.text("picture_apply"), scale, "main"),
  );
}

/** What is selected. @param {Editor} editor @param {ThingId[]} things @returns {HTMLElement[]} */
function selectionPart(editor, things) {
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
      part(title(editor.text("selected", { count: things.length })), ...kindsOf(editor, things)),
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

/** @param {Editor} editor @param {NonNullable<Editor["selectedRow"]>} row */
function rowPart(editor, { id, row, shape }) {
  const { drawing } = editor.draft;
  const first = drawing.bays.get(row.bays[0] ?? "")?.label ?? "";
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
    ...kindsOf(
      editor,
      row.bays.map((one) => /** @type {ThingId} */ (["bays", one])),
    ),
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
  const measures = "empty_m" in (bay.wiring ?? {}) || editor.needsEmpty(bay);
  return part(
    title(editor.text("bay", { label: bay.label })),
    words(editor.text("label"), bay.label, (label) => put({ label }), 12),
    kinds(editor, bay.kind ?? "standard", (kind) => put({ kind })),
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
    dim(editor.sensorOf(bay)),
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
      void editor.explainProblem(problem).then((text) => (row.textContent = text));
      return row;
    }),
    problems.length ? null : dim(editor.text("all_well")),
  );
}
