/**
 * A page of a PDF as a picture: the owner chooses it, and this browser draws it. Loaded with the first PDF;
 * what reads it, Mozilla's PDF.js, is loaded from the same folder, and nothing from anywhere else.
 */

import { html, write } from "../shared/dom.js";
import { button, field, iconButton } from "./fields.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

/** What a browser can hold in its memory, and its copy in another thread. */
export const PDF_BYTES_MAX = 100 * 1024 ** 2;
/** The long side of a picture; iOS draws on nothing that has more than 4096 × 4096 pixels. */
export const PICTURE_PX = 4096;
/** What the server takes. */
export const PICTURE_BYTES_MAX = 12 * 1024 ** 2;
const PREVIEW_PX = 900;
/** An image in a page; of an A0 sheet, a scan at 300 dpi has 140 million. */
const IMAGE_PX_MAX = 160_000_000;
/** Lines and letters stay sharp in the first; photos can be too large for it. @type {[string, number?][]} */
const FORMATS = [["image/png"], ["image/jpeg", 0.92], ["image/jpeg", 0.7]];

/** The reader of PDFs could not be loaded. */
class UnavailableError extends Error {}

/**
 * The picture of a page, which the owner chooses where there are several, or null without one; why there is none is
 * said.
 * @param {Editor} editor
 * @param {Blob} file
 * @returns {Promise<Blob | null>}
 */
export async function pictureOfPage(editor, file) {
  if (file.size > PDF_BYTES_MAX) {
    editor.tell(editor.text("pdf_big", { most: PDF_BYTES_MAX / 1024 ** 2 }));
    return null;
  }
  const reader = new Reader();
  const chooser = new PageChooser(editor, reader);
  const draw = async () => {
    await reader.open(file);
    const page = reader.count > 1 ? await chooser.choose() : 1;
    chooser.wait("pdf_drawing");
    const canvas = await reader.draw(page, PICTURE_PX);
    return canvas && encode(canvas);
  };
  try {
    return await Promise.race([draw(), chooser.left]);
  } catch (error) {
    editor.tell(editor.text(reasonOf(error)));
    return null;
  } finally {
    chooser.close();
    reader.close();
  }
}

/** Why there is no picture, by what was thrown. @param {unknown} error */
export function reasonOf(error) {
  if (error instanceof UnavailableError) return "pdf_unavailable";
  const { name } = /** @type {{name?: string}} */ (error ?? {});
  return name === "PasswordException" ? "pdf_locked" : "pdf_bad";
}

/**
 * How many pixels a page gets per point, so that its long side has so many.
 * @param {number} width
 * @param {number} height
 * @param {number} longSide
 */
export const scaleFor = (width, height, longSide) => longSide / Math.max(width, height, 1);

/** The page that was typed, as far as there is such a one. @param {number} typed @param {number} count */
export const pageOf = (typed, count) => Math.min(count, Math.max(1, Math.trunc(typed) || 1));

/**
 * A drawn page as a file that the server takes.
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
export async function encode(canvas) {
  for (const [type, quality] of FORMATS) {
    /** @type {Blob | null} */
    const blob = await new Promise((done) => canvas.toBlob(done, type, quality));
    if (blob && blob.size <= PICTURE_BYTES_MAX) return blob;
  }
  throw new Error("The page cannot be made a picture");
}

/** A PDF that is open. */
class Reader {
  #closed = false;
  /** @type {import("pdfjs-dist").PDFWorker | null} */
  #worker = null;
  /** @type {import("pdfjs-dist").PDFDocumentLoadingTask | null} */
  #task = null;
  /** @type {import("pdfjs-dist").PDFDocumentProxy | null} */
  #pdf = null;
  /** @type {import("pdfjs-dist").RenderTask | null} */
  #drawing = null;
  #turn = 0;

  get count() {
    return this.#pdf?.numPages ?? 0;
  }

  /** @param {Blob} file */
  async open(file) {
    const data = await file.arrayBuffer();
    const { library, worker } = await load();
    this.#worker = worker;
    if (this.#closed) {
      worker.destroy();
      return;
    }
    this.#task = library.getDocument({
      data,
      worker,
      wasmUrl: address("./pdfjs/"),
      maxImageSize: IMAGE_PX_MAX,
      // What a page says wrong is passed over, and needs nobody's console.
      verbosity: library.VerbosityLevel.ERRORS,
    });
    this.#pdf = await this.#task.promise;
  }

  /**
   * Draws a page; null if another one is wanted before it is done.
   * @param {number} number
   * @param {number} longSide
   */
  async draw(number, longSide) {
    const turn = (this.#turn += 1);
    this.#drawing?.cancel();
    const page = await this.#pdf?.getPage(number);
    if (turn !== this.#turn) return null;
    if (!page) throw new Error("The PDF is closed");
    const { width, height } = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: scaleFor(width, height, longSide) });
    const canvas = html("canvas", {
      width: Math.max(1, Math.round(viewport.width)),
      height: Math.max(1, Math.round(viewport.height)),
    });
    try {
      this.#drawing = page.render({ canvas, viewport });
      await this.#drawing.promise;
    } catch (error) {
      if (turn !== this.#turn) return null;
      throw error;
    }
    return canvas;
  }

  close() {
    this.#closed = true;
    void this.#task?.destroy();
    this.#worker?.destroy();
  }
}

/** The dialog in which the page is chosen, and in which one can leave while it is read. */
class PageChooser {
  #page = 1;
  #choosing = false;
  #listening = new AbortController();

  /** @param {Editor} editor @param {Reader} reader */
  constructor(editor, reader) {
    this.editor = editor;
    this.reader = reader;
    this.dialog = editor.page.dialog;
    this.preview = html("div", { class: "preview" });
    this.input = html("input", {
      type: "number",
      inputmode: "numeric",
      min: 1,
      value: this.#page,
      input: () => this.input.value && this.#show(Number(this.input.value), false),
      change: () => this.#show(Number(this.input.value)),
    });
    this.status = html("p", { class: "dim", role: "status" });
    this.parts = html("div", { class: "buttons pages" });
    this.buttons = html("div", { class: "buttons" });
    this.dialog.setAttribute("aria-label", editor.text("pdf_title"));
    this.dialog.replaceChildren(
      html("h2", {}, editor.text("pdf_title")),
      html("div", { class: "part" }, this.preview, this.status, this.parts),
      this.buttons,
    );
    this.preview.hidden = true;
    this.dialog.classList.add("wide");
    /** Resolves when the owner leaves. @type {Promise<null>} */
    this.left = new Promise((done) => {
      const { signal } = this.#listening;
      this.dialog.addEventListener("close", () => done(null), { once: true, signal });
    });
    this.wait("pdf_reading");
    this.dialog.showModal();
  }

  #leave = () => button(this.editor.text("cancel"), () => this.dialog.close());

  /** Says what takes a while. @param {"pdf_reading" | "pdf_drawing"} key */
  wait(key) {
    this.preview.hidden = true;
    this.parts.replaceChildren();
    this.buttons.replaceChildren(this.#leave());
    write(this.status, this.editor.text(key));
  }

  /** Resolves with the page that is chosen. @returns {Promise<number>} */
  choose() {
    const { editor, input } = this;
    this.#choosing = true;
    input.max = String(this.reader.count);
    const turn = (/** @type {number} */ by) => () => this.#show(this.#page + by);
    this.preview.hidden = false;
    this.parts.replaceChildren(
      iconButton("left", editor.text("pdf_before"), turn(-1)),
      field(editor.text("pdf_page"), input),
      iconButton("right", editor.text("pdf_next"), turn(1)),
    );
    return new Promise((done) => {
      const take = () => {
        this.#choosing = false;
        done(this.#page);
      };
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        take();
      });
      this.buttons.replaceChildren(this.#leave(), button(editor.text("pdf_use"), take, "main"));
      this.#show(this.#page);
      input.select();
    });
  }

  /** Shows a page, and says which. @param {number} typed @param {boolean} [writes] Not where somebody types. */
  #show(typed, writes = true) {
    // A field that is taken away says so as if something had been typed.
    if (!this.#choosing) return;
    const { count } = this.reader;
    this.#page = pageOf(typed, count);
    if (writes) this.input.value = String(this.#page);
    write(this.status, this.editor.text("pdf_shown", { number: this.#page, count }));
    void this.#draw();
  }

  async #draw() {
    try {
      const canvas = await this.reader.draw(this.#page, PREVIEW_PX);
      if (!canvas) return;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", this.status.textContent ?? "");
      this.preview.replaceChildren(canvas);
    } catch {
      this.preview.replaceChildren();
      if (this.#choosing) write(this.status, this.editor.text("pdf_bad"));
    }
  }

  close() {
    this.#listening.abort();
    this.dialog.close();
    this.dialog.classList.remove("wide");
    this.dialog.replaceChildren();
  }
}

/** @param {string} path Beside this file. */
const address = (path) => new URL(path, import.meta.url).href;

/** What reads PDFs, and the thread in which it does. */
async function load() {
  try {
    const library = await import("pdfjs-dist/legacy/build/pdf.mjs");
    library.GlobalWorkerOptions.workerSrc = address("./pdfjs/pdf.worker.js");
    const worker = library.PDFWorker.create({ verbosity: library.VerbosityLevel.ERRORS });
    await worker.promise;
    return { library, worker };
  } catch (error) {
    throw new UnavailableError(String(error));
  }
}
