/**
 * Styles for browsers that cannot mix colours: Chrome before 111, Firefox before 113, Safari before 16.2.
 * Colours are mixed here, from what the theme falls back to: an owner's own theme is not followed.
 */

import { css } from "./style.js";
import { dressPlainly } from "./dress.js";

/** @typedef {[red: number, green: number, blue: number, alpha: number]} Colour */
/** @typedef {Map<string, string>} Variables */

const OPERAND = String.raw`(var\([^()]*\)|[^(),]+)`;
const MIX = new RegExp(String.raw`color-mix\(in srgb, ${OPERAND} (\d+)%, ${OPERAND}\)`, "g");
const BLOCK = /:host(\(\[dark\]\))? \{([^}]*)\}/g;
const DECLARATION = /(--[\w-]+):\s*([^;]+);/g;
const REFERENCE = /^var\((--[\w-]+)(?:, (.*))?\)$/;
/** Home Assistant's own colours in the dark. */
const DARK = new Map([
  ["--card-background-color", "#1c1c1c"],
  ["--primary-text-color", "#e1e1e1"],
]);

/**
 * @param {string} text In hexadecimal digits, a variable, or a mixture.
 * @param {Variables} variables
 * @returns {Colour}
 */
function colour(text, variables) {
  const [, name = "", fallback = ""] = REFERENCE.exec(text) ?? [];
  if (name) return colour(variables.get(name) ?? fallback, variables);
  const [mixture] = text.matchAll(MIX);
  if (mixture) return mix(mixture, variables);
  const digits = text.length === 4 ? text.replace(/[\da-f]/gi, "$&$&") : text;
  if (!/^#[\da-f]{6}$/i.test(digits)) return [0, 0, 0, 0];
  const of = (/** @type {number} */ at) => Number.parseInt(digits.slice(at, at + 2), 16);
  return [of(1), of(3), of(5), 1];
}

/**
 * @param {RegExpMatchArray} mixture
 * @param {Variables} variables
 * @returns {Colour}
 */
function mix([, one = "", percent, other = ""], variables) {
  const [first, second] = [colour(one, variables), colour(other, variables)];
  const [much, little] = [Number(percent) / 100, 1 - Number(percent) / 100];
  const alpha = first[3] * much + second[3] * little;
  const of = (/** @type {0 | 1 | 2} */ at) =>
    (first[at] * first[3] * much + second[at] * second[3] * little) / (alpha || 1);
  return [of(0), of(1), of(2), alpha];
}

/**
 * @param {string} text Styles.
 * @returns {string} The same for browsers that cannot mix colours.
 */
export function plainly(text) {
  /** @type {Variables} */
  const light = new Map();
  const dark = new Map(DARK);
  for (const [, isDark, body = ""] of text.matchAll(BLOCK))
    for (const [, name = "", value = ""] of body.matchAll(DECLARATION)) {
      if (!isDark) light.set(name, value);
      dark.set(name, value);
    }
  /** @type {Map<string, [string, RegExpMatchArray]>} The variable for each mixture, by its text. */
  const mixtures = new Map();
  for (const mixture of text.matchAll(MIX))
    mixtures.set(mixture[0], [`--sp-mix-${mixtures.size}`, mixture]);
  const values = (/** @type {Variables} */ variables) =>
    [...mixtures.values()]
      .map(([name, mixture]) => {
        const [red, green, blue, alpha] = mix(mixture, variables);
        return `${name}: rgba(${[red, green, blue].map(Math.round)}, ${+alpha.toFixed(3)});`;
      })
      .join(" ");
  const plain = text
    .replace(MIX, (words) => `var(${mixtures.get(words)?.[0]})`)
    // Who cannot mix colours does not know these either, nor selectors with them.
    .replace(/(\d)dvh\b/g, "$1vh")
    .replace(/(\d)cqw\b/g, "$1vw")
    .replaceAll("@container", "@media")
    .replaceAll(":not(:popover-open)", "");
  return `${plain}\n:host { ${values(light)} }\n:host([dark]) { ${values(dark)} }\n`;
}

dressPlainly(
  CSS.supports("selector(:is(a))")
    ? plainly(css)
    : plainly(css).replaceAll(":is(", ":-webkit-any("),
);
