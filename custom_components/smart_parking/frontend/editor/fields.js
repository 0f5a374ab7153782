/** Fields, buttons and choices of the side. */

import { html, svg } from "../shared/dom.js";

/** @typedef {import("../shared/dom.js").Child} Child */

/** Lines in a box of 24. */
const GLYPHS = {
  select: "M5 3l13 8-5.5 1.5L15 19l-3 1-2.5-6.5L5 17z",
  row: "M3 6h18v12H3zM9 6v12M15 6v12",
  bay: "M7 4v16h10V4",
  gate: "M12 3a9 9 0 1 0 .01 0M10 8l5 4-5 4z",
  lane: "M5 21L8 3M19 21L16 3M12 4v3M12 11v3M12 18v3",
  ramp: "M3 19h18V6z",
  wall: "M4 20V5h11v7h6",
  zone: "M4 6l9-2 7 6-4 9-10 1z",
  kinds: "M4 20c4 0 3-5 6-6l8-9 2 2-9 8c-1 4-4 5-7 5z",
  ground: "M3 5h18v14H3zM3 16l5-5 5 5 3-3 5 4M15 9h.01",
  undo: "M8 5L4 9l4 4M4 9h9a6 6 0 0 1 0 12h-3",
  redo: "M16 5l4 4-4 4M20 9h-9a6 6 0 0 0 0 12h3",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  back: "M15 5l-7 7 7 7",
  right: "M5 12h14M13 6l6 6-6 6",
  left: "M19 12H5M11 6l-6 6 6 6",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
};

/** @param {keyof typeof GLYPHS} name */
export const glyph = (name) =>
  svg(
    "svg",
    { class: "glyph", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: GLYPHS[name] }),
  );

/** @param {string} label @param {HTMLElement} input */
export const field = (label, input) => html("label", { class: "field" }, label, input);

/**
 * A number with its unit, which is told when it is done.
 * @param {string} label
 * @param {number} value
 * @param {(value: number) => void} done
 * @param {{min?: number, max?: number, step?: number, placeholder?: string}} [more]
 */
export function number(label, value, done, { min, max, step = 0.1, placeholder } = {}) {
  const input = html("input", {
    type: "number",
    inputmode: "decimal",
    value: placeholder && !value ? "" : Math.round(value * 1000) / 1000,
    min,
    max,
    step: "any",
    "data-step": step,
    placeholder,
    change: () => {
      const typed = input.value === "" ? 0 : Number(input.value);
      if (Number.isFinite(typed))
        done(
          Math.min(max ?? Infinity, placeholder && !typed ? 0 : Math.max(min ?? -Infinity, typed)),
        );
    },
  });
  return field(label, leaving(input));
}

/** Enter ends typing, and leads back to the drawing. @param {HTMLInputElement} input */
export function leaving(input) {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const root = /** @type {ShadowRoot | Document} */ (input.getRootNode());
    input.blur();
    const drawing = root.querySelector(".stage > svg");
    if (drawing instanceof SVGElement) drawing.focus();
  });
  return input;
}

/** @param {string} label @param {string} value @param {(value: string) => void} done @param {number} [most] */
export function words(label, value, done, most = 60) {
  const input = html("input", {
    type: "text",
    value,
    maxlength: most,
    autocomplete: "off",
    change: () => done(input.value.trim()),
  });
  return field(label, leaving(input));
}

/** @param {string} label @param {boolean} value @param {(value: boolean) => void} done */
export function check(label, value, done) {
  const input = html("input", {
    type: "checkbox",
    checked: value,
    change: () => done(input.checked),
  });
  return field(label, input);
}

/**
 * @template {string | number} Value
 * @param {string} label
 * @param {{value: Value, text: string}[]} options
 * @param {Value | null} chosen
 * @param {(value: Value) => void} done
 */
export function choice(label, options, chosen, done) {
  return html(
    "div",
    { class: "part", role: "group", "aria-label": label },
    html("span", { class: "dim" }, label),
    html(
      "div",
      { class: "choices" },
      ...options.map(({ value, text }) =>
        html(
          "button",
          {
            type: "button",
            "aria-pressed": String(value === chosen),
            click: () => done(value),
          },
          text,
        ),
      ),
    ),
  );
}

/** @param {string} text @param {() => void} click @param {string} [kind] */
export const button = (text, click, kind = "") =>
  html("button", { type: "button", class: kind, click }, text);

/** @param {keyof typeof GLYPHS} name @param {string} label @param {() => void} click */
export const iconButton = (name, label, click) =>
  html(
    "button",
    { type: "button", class: "icon", title: label, "aria-label": label, click },
    glyph(name),
  );

/** @param {...Child} children */
export const part = (...children) => html("div", { class: "part" }, ...children);
/** @param {string} text @param {string} [more] */
export const title = (text, more = "") =>
  html("h2", {}, text, more ? html("small", {}, more) : null);
/** @param {string} text */
export const dim = (text) => html("p", { class: "dim" }, text);
