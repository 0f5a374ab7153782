/** Choices that several parts of the side offer. */

import { choice } from "./fields.js";
import { ANGLES } from "./rows.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */
/** @typedef {import("../card/types").Kind} Kind */

const KINDS = /** @type {Kind[]} */ ([
  "standard",
  "accessible",
  "ev",
  "family",
  "motorcycle",
  "staff",
]);
/** @param {Editor} editor @param {Kind | null} chosen @param {(kind: Kind) => void} done */
export const kinds = (editor, chosen, done) =>
  choice(
    editor.text("kind"),
    KINDS.map((kind) => ({ value: kind, text: editor.words.card.kind(kind) })),
    chosen,
    done,
  );

/** @param {Editor} editor @param {number} chosen @param {(angle: number) => void} done */
export const angles = (editor, chosen, done) =>
  choice(
    editor.text("angle"),
    ANGLES.map((angle) => ({ value: angle, text: angle ? `${angle}°` : editor.text("parallel") })),
    chosen,
    done,
  );

/** @param {Editor} editor @param {number} chosen @param {(sides: number) => void} done */
export const sides = (editor, chosen, done) =>
  choice(
    editor.text("sides"),
    [
      { value: 1, text: editor.text("one_sided") },
      { value: 2, text: editor.text("two_sided") },
    ],
    chosen,
    done,
  );
