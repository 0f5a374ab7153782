/** The picture below a level: chosen, scaled, turned and faded. */

import { html } from "../shared/dom.js";
import { button, check, dim, field, leaving, number, part, title } from "./fields.js";
import { addPicture } from "./grounds.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */
/** @typedef {import("./place-tools.js").GroundTool} GroundTool */

/** @param {Editor} editor @param {GroundTool} tool */
export function groundPart(editor, tool) {
  const { ground } = tool;
  const file = html("input", {
    type: "file",
    accept: "image/png,image/jpeg,image/webp,image/svg+xml,application/pdf",
    hidden: true,
    change: () => {
      const [chosen] = file.files ?? [];
      // The same file can be chosen again, for another page or after it has been mended.
      file.value = "";
      if (chosen) void addPicture(editor, chosen);
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
    check(editor.text("picture_public"), thing.public ?? false, (isPublic) =>
      put({ public: isPublic }),
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
