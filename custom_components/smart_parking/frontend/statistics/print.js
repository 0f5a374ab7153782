/**
 * What a printer gets in place of the page: the report of a lot, and nothing of what is around it.
 *
 * It stands beside Home Assistant in the page, empty and not shown until somebody prints, by whichever
 * menu: so *Save as PDF* has it, too.
 */

import { dress } from "../card/dress.js";
import { html } from "../shared/dom.js";
import { css } from "./style.js";

const CLASS = "smart-parking-report";
const PAGE = `
.${CLASS} { display: none; }
@page { size: A4; margin: 13mm 12mm; }
@media print {
  body > :not(.${CLASS}) { display: none !important; }
  .${CLASS} { display: block; }
  .${CLASS} ~ .${CLASS} { break-before: page; }
  html, body { height: auto !important; overflow: visible !important; background: #fff !important;
    color-scheme: light !important; margin: 0 !important; }
}`;
/** Paper is white, whatever the page looks like. */
const PAPER = {
  "--card-background-color": "#ffffff",
  "--ha-card-background": "#ffffff",
  "--primary-text-color": "#16202a",
  "--secondary-text-color": "#4a5763",
  "--divider-color": "#d0d6dd",
};

/** The reports of the page, in the order of their cards. @type {PrintReport[]} */
let reports = [];
/** What the page is called while it is not printed. */
let title = "";
const styles = document.createElement("style");
styles.textContent = PAGE;

/** An element and all around it, the outermost first, through shadow roots. @param {Node} element */
function pathTo(element) {
  /** @type {Node[]} */
  const path = [];
  /** @type {Node | null} */
  let node = element;
  while (node) {
    path.unshift(node);
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return path;
}

/** @param {Node} one @param {Node} other */
function comesBefore(one, other) {
  const [path, otherPath] = [pathTo(one), pathTo(other)];
  const fork = path.findIndex((node, index) => node !== otherPath[index]);
  const [node, otherNode] = [path[fork], otherPath[fork]];
  if (!node || !otherNode) return false;
  return Boolean(node.compareDocumentPosition(otherNode) & Node.DOCUMENT_POSITION_FOLLOWING);
}

export class PrintReport {
  /**
   * @param {Node} card
   * @param {() => {name: string, contents: Node} | null} report What is printed, and what it is called.
   */
  constructor(card, report) {
    this.card = card;
    this.report = report;
    this.host = html("div", { class: CLASS });
    for (const [name, value] of Object.entries(PAPER)) this.host.style.setProperty(name, value);
    this.root = this.host.attachShadow({ mode: "open" });
    dress(this.root);
    this.root.append(html("style", {}, css));
    this.body = html("div", { class: "statistics paper" });
    this.root.append(this.body);
  }

  #media = window.matchMedia("print");

  connect() {
    if (this.host.isConnected) return;
    if (!reports.length) document.head.append(styles);
    const next = reports.findIndex(({ card }) => comesBefore(this.card, card));
    reports.splice(next < 0 ? reports.length : next, 0, this);
    document.body.append(...reports.map(({ host }) => host));
    window.addEventListener("beforeprint", this.#fill);
    window.addEventListener("afterprint", this.#clear);
    this.#media.addEventListener?.("change", this.#change);
  }

  disconnect() {
    if (!this.host.isConnected) return;
    this.#clear();
    this.host.remove();
    reports = reports.filter((one) => one !== this);
    if (!reports.length) styles.remove();
    window.removeEventListener("beforeprint", this.#fill);
    window.removeEventListener("afterprint", this.#clear);
    this.#media.removeEventListener?.("change", this.#change);
  }

  /** Shows what is new, should somebody be printing just now. */
  refresh() {
    if (this.#media.matches) this.#fill();
  }

  #change = () => (this.#media.matches ? this.#fill() : this.#clear());

  #fill = () => {
    const report = this.report();
    if (!report) return;
    this.body.replaceChildren(report.contents);
    // Files are called like the page.
    title ||= document.title;
    document.title = report.name;
  };

  #clear = () => {
    this.body.replaceChildren();
    if (title) document.title = title;
    title = "";
  };
}
