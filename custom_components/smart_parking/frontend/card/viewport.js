/** Viewport of a drawing: zoom and pan by touch, mouse, wheel and keys. */

/** @typedef {{x: number, y: number, width: number, height: number}} Window */

const STEP = 1.5;
/** A pointer that moves less than this, in px, taps. */
const SLOP_PX = 6;
/** The smallest window, in drawing units: some six bays side by side. */
const CLOSEST = 320;
/** Time without a movement after which the drawing is rendered anew. */
const SETTLE_MS = 140;

export class Viewport {
  /** @type {Map<number, {x: number, y: number}>} */
  #pointers = new Map();
  #moved = 0;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  /** The window that the drawing is rendered for. @type {Window} */
  #drawn;

  /**
   * @param {SVGSVGElement} svg
   * @param {Window} whole
   * @param {boolean} heavy Too much to draw anew for every frame of a movement: the picture is moved
   *   then, and drawn when it comes to rest.
   * @param {(window: Window) => void} onChange
   */
  constructor(svg, whole, heavy, onChange) {
    this.svg = svg;
    this.whole = whole;
    this.heavy = heavy;
    this.window = { ...whole };
    this.#drawn = this.window;
    this.onChange = onChange;
    svg.addEventListener("pointerdown", this.#down);
    svg.addEventListener("pointermove", this.#drag);
    svg.addEventListener("pointerup", this.#up);
    svg.addEventListener("pointercancel", this.#up);
    svg.addEventListener("click", this.#click, true);
    svg.addEventListener("wheel", this.#wheel, { passive: false });
    this.#show();
  }

  get zoomed() {
    return this.window.width < this.whole.width * 0.999;
  }

  /** Px per drawing unit. */
  get scale() {
    return this.#fit(this.window).scale;
  }

  /**
   * Returns the place of a window in the element: as large as fits, in the middle.
   * @param {Window} window
   */
  #fit({ width, height }) {
    const box = { width: this.svg.clientWidth, height: this.svg.clientHeight };
    const scale = Math.min(box.width / width, box.height / height) || 0;
    return { scale, x: (box.width - width * scale) / 2, y: (box.height - height * scale) / 2 };
  }

  /** @param {Window} window */
  set(window) {
    const { whole } = this;
    const width = Math.min(whole.width, Math.max(window.width, Math.min(CLOSEST, whole.width)));
    const height = (width / whole.width) * whole.height;
    const x = Math.min(Math.max(window.x, whole.x), whole.x + whole.width - width);
    const y = Math.min(Math.max(window.y, whole.y), whole.y + whole.height - height);
    this.window = { x, y, width, height };
    if (!this.#frame)
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        if (this.heavy) this.#move();
        else this.#show();
      });
  }

  /** Moves the rendered drawing to its place in the window. */
  #move() {
    const [before, now] = [this.#fit(this.#drawn), this.#fit(this.window)];
    const grow = now.scale / before.scale;
    const x = now.x - before.x * grow + (this.#drawn.x - this.window.x) * now.scale;
    const y = now.y - before.y * grow + (this.#drawn.y - this.window.y) * now.scale;
    this.svg.style.transform = `translate(${x}px, ${y}px) scale(${grow})`;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#show(), SETTLE_MS);
  }

  reset() {
    this.set(this.whole);
  }

  /**
   * @param {number} factor Above 1 zooms in.
   * @param {{x: number, y: number}} [around] In drawing units; the middle when left out.
   */
  zoom(factor, around) {
    const { x, y, width, height } = this.window;
    const limit = Math.min(this.whole.width, Math.max(width / factor, CLOSEST)) / width;
    const at = around ?? { x: x + width / 2, y: y + height / 2 };
    this.set({
      x: at.x - (at.x - x) * limit,
      y: at.y - (at.y - y) * limit,
      width: width * limit,
      height: height * limit,
    });
  }

  zoomIn() {
    this.zoom(STEP);
  }

  zoomOut() {
    this.zoom(1 / STEP);
  }

  /**
   * Moves the window just so far that a box is visible.
   * @param {Window} box
   */
  reveal(box) {
    if (!this.zoomed) return;
    const { x, y, width, height } = this.window;
    const dx = Math.min(0, box.x - x) + Math.max(0, box.x + box.width - x - width);
    const dy = Math.min(0, box.y - y) + Math.max(0, box.y + box.height - y - height);
    if (dx || dy) this.set({ ...this.window, x: x + dx, y: y + dy });
  }

  #show() {
    const { x, y, width, height } = this.window;
    this.#drawn = this.window;
    this.svg.style.transform = "";
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    // A finger scrolls the page while the whole plan is visible, and the plan once it is zoomed.
    this.svg.style.touchAction = this.zoomed ? "none" : "pan-x pan-y";
    this.onChange(this.window);
  }

  /** @param {{clientX: number, clientY: number}} event */
  #at(event) {
    const box = /** @type {Element} */ (this.svg.parentElement).getBoundingClientRect();
    const { scale, x, y } = this.#fit(this.window);
    return {
      x: this.window.x + (event.clientX - box.left - x) / scale,
      y: this.window.y + (event.clientY - box.top - y) / scale,
    };
  }

  /** @param {PointerEvent} event */
  #down = (event) => {
    if (event.button !== 0) return;
    if (this.#pointers.size === 0) this.#moved = 0;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };

  /** @param {PointerEvent} event */
  #drag = (event) => {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    const dx = now.x - before.x;
    const dy = now.y - before.y;
    if (other) {
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) /
        Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 };
      this.#pan(dx / 2, dy / 2);
      this.zoom(factor, this.#at(middle));
      this.#moved += SLOP_PX;
    } else {
      this.#moved += Math.abs(dx) + Math.abs(dy);
      if (this.#moved <= SLOP_PX) return;
      if (this.zoomed) {
        if (!this.svg.hasPointerCapture(event.pointerId))
          this.svg.setPointerCapture(event.pointerId);
        this.#pan(dx, dy);
      }
    }
    this.#pointers.set(event.pointerId, now);
  };

  /** @param {number} dx @param {number} dy */
  #pan(dx, dy) {
    const { scale } = this;
    if (!scale) return;
    const { x, y } = this.window;
    this.set({ ...this.window, x: x - dx / scale, y: y - dy / scale });
  }

  /** @param {PointerEvent} event */
  #up = (event) => {
    this.#pointers.delete(event.pointerId);
  };

  /** The click at the end of a drag opens nothing. @param {MouseEvent} event */
  #click = (event) => {
    if (this.#moved > SLOP_PX && event.detail > 0) event.stopPropagation();
    this.#moved = 0;
  };

  /** The wheel scrolls the page unless it is meant for the plan. @param {WheelEvent} event */
  #wheel = (event) => {
    const root = /** @type {ShadowRoot | Document} */ (this.svg.getRootNode());
    const meant = event.ctrlKey || event.metaKey || this.svg.contains(root.activeElement);
    if (!meant) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), this.#at(event));
  };
}
