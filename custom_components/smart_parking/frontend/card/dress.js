/** Styles of the cards, in browsers that can share a style sheet and in those that cannot. */

import { css } from "./style.js";

/** The style sheet of all cards of the page. @type {CSSStyleSheet | undefined} */
let sheet;
/** The styles for browsers that do not support all features of the usual ones. */
let plain = "";

/** @param {string} text */
export function dressPlainly(text) {
  plain = text;
}

/** @param {ShadowRoot} root */
export function dress(root) {
  if (!plain)
    try {
      if (!sheet) {
        const made = new CSSStyleSheet();
        made.replaceSync(css);
        sheet = made;
      }
      root.adoptedStyleSheets = [sheet];
      return;
    } catch {
      // Safari before 16.4, Firefox before 101.
    }
  const style = document.createElement("style");
  style.textContent = plain || css;
  root.prepend(style);
}
