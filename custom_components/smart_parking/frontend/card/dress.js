/** The looks of the cards, in browsers that can share a sheet of styles and in those that cannot. */

import { css } from "./style.js";

/** One sheet for every card of the page. @type {CSSStyleSheet | undefined} */
let sheet;
/** What is said in place of the styles where the browser does not know all that they use. */
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
