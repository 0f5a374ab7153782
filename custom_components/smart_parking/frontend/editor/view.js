/** What part of a drawing is seen, in metres. */

import { html, svg } from "../shared/dom.js";
import { UNIT, num } from "./pictures.js";

/** @typedef {{x: number, y: number}} Point */

export class View {
  /** The middle, and px per metre. */
  view = { x: 10, y: 5, scale: 24 };
  #frame = 0;

  /** @param {string} label */
  constructor(label) {
    this.grid = svg("path", { class: "grid" });
    this.svg = svg(
      "svg",
      { tabindex: 0, role: "application", "aria-label": label, "aria-describedby": "keys" },
      this.grid,
    );
    this.tip = html("div", { class: "tip", hidden: true });
    this.root = html("div", { class: "stage" }, this.svg, this.tip);
    new ResizeObserver(() => this.show()).observe(this.root);
  }

  show() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const { width, height } = this.size;
      if (!width) return;
      const { x, y, scale } = this.view;
      const [w, h] = [(width / scale) * UNIT, (height / scale) * UNIT];
      this.svg.setAttribute("viewBox", `${x * UNIT - w / 2} ${-y * UNIT - h / 2} ${w} ${h}`);
      this.#grid(x, y, width / scale, height / scale);
    });
  }

  get size() {
    return { width: this.root.clientWidth, height: this.root.clientHeight };
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  #grid(x, y, width, height) {
    const step = [1, 2.5, 5, 10, 25, 50, 100, 250].find((one) => one * this.view.scale > 18) ?? 500;
    const [left, right] = [x - width / 2, x + width / 2];
    const [low, high] = [y - height / 2, y + height / 2];
    let out = "";
    for (let at = Math.ceil(left / step) * step; at <= right; at += step)
      out += `M${num(at * UNIT)} ${num(-high * UNIT)}V${num(-low * UNIT)}`;
    for (let at = Math.ceil(low / step) * step; at <= high; at += step)
      out += `M${num(left * UNIT)} ${num(-at * UNIT)}H${num(right * UNIT)}`;
    this.grid.setAttribute("d", out);
  }

  /** @param {number} factor @param {Point} [around] */
  zoom(factor, around = this.view) {
    const scale = Math.min(200, Math.max(1, this.view.scale * factor));
    const kept = this.view.scale / scale;
    this.view = {
      x: around.x + (this.view.x - around.x) * kept,
      y: around.y + (this.view.y - around.y) * kept,
      scale,
    };
    this.show();
  }

  /** Shows all of some points. @param {Point[]} points */
  fitTo(points) {
    const { width, height } = this.size;
    if (!points.length || !width) return this.show();
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [left, right] = [Math.min(...xs) - 6, Math.max(...xs) + 6];
    const [low, high] = [Math.min(...ys) - 6, Math.max(...ys) + 6];
    this.view = {
      x: (left + right) / 2,
      y: (low + high) / 2,
      scale: Math.min(40, width / (right - left), height / (high - low)),
    };
    this.show();
  }

  /** @param {number} dx @param {number} dy In px. */
  pan(dx, dy) {
    const { x, y, scale } = this.view;
    this.view = { x: x - dx / scale, y: y + dy / scale, scale };
    this.show();
  }

  /** @param {{clientX: number, clientY: number}} event @returns {Point} */
  at(event) {
    const box = this.root.getBoundingClientRect();
    const { x, y, scale } = this.view;
    return {
      x: x + (event.clientX - box.left - box.width / 2) / scale,
      y: y - (event.clientY - box.top - box.height / 2) / scale,
    };
  }

  /** Px on the stage of a point. @param {Point} point */
  onScreen(point) {
    const { width, height } = this.size;
    const { x, y, scale } = this.view;
    return { x: width / 2 + (point.x - x) * scale, y: height / 2 - (point.y - y) * scale };
  }

  /** Moves just so far that a point is seen. @param {Point} point */
  reveal(point) {
    const { width, height } = this.size;
    const [w, h] = [width / this.view.scale / 2 - 2, height / this.view.scale / 2 - 2];
    const { x, y } = this.view;
    this.view = {
      ...this.view,
      x: Math.min(Math.max(x, point.x - w), point.x + w),
      y: Math.min(Math.max(y, point.y - h), point.y + h),
    };
    this.show();
  }

  /** @param {Point | null} at @param {string} [text] @param {string} [more] */
  showTip(at, text = "", more = "") {
    this.tip.hidden = !at;
    if (!at) return;
    const { x, y } = this.onScreen(at);
    const { width, height } = this.size;
    this.tip.replaceChildren(html("b", {}, text), ...(more ? [html("span", {}, more)] : []));
    this.tip.style.left = `${Math.min(width - 190, x + 16)}px`;
    this.tip.style.top = `${Math.min(height - 60, y + 16)}px`;
  }
}
