/** The editor of a lot's plan: a page of Home Assistant for administrators. */

import { html } from "../shared/dom.js";
import { explain } from "./explain.js";
import { button } from "./fields.js";
import { PlanEditor } from "./plan-editor.js";
import { sheet } from "./style.js";
import { EditorWords } from "./words.js";

const PATH = "/smart-parking-editor";
const ELEMENT = "smart-parking-editor";

export class SmartParkingEditor extends HTMLElement {
  /** @type {import("../card/types").Hass} */
  #hass = /** @type {any} */ (undefined);
  #opened = false;
  /** What is open. @type {PlanEditor | undefined} */
  editor;
  /** Where in the page somebody wants to go. @type {{path?: string} | undefined} */
  route;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  get hass() {
    return this.#hass;
  }

  set hass(hass) {
    this.#hass = hass;
    this.#given();
  }

  connectedCallback() {
    document.addEventListener("keydown", this.#shortcut);
    this.#given();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#shortcut);
    this.#opened = false;
    void this.editor?.draft.close();
    this.editor = undefined;
  }

  /** @param {KeyboardEvent} event */
  #shortcut = (event) => this.editor?.keys.shortcut(event);

  /** Home Assistant has given something, or something anew. */
  #given() {
    if (!this.isConnected || !this.#hass) return;
    this.toggleAttribute("dark", this.#hass.themes?.darkMode ?? false);
    this.editor?.sensors.look();
    if (this.#opened) return;
    this.#opened = true;
    // What it is given besides comes in the same moment.
    queueMicrotask(() => void this.#open());
  }

  async #open() {
    const words = await EditorWords.load(this.#hass);
    try {
      if (!this.#hass.user?.is_admin) this.#show(html("p", {}, words.text("only_admins")));
      else await this.#choose(words);
    } catch (error) {
      this.#show(html("p", { role: "alert" }, await explain(this.#hass, words, error)));
    }
  }

  /** @param {...HTMLElement} children */
  #show(...children) {
    this.shadowRoot?.replaceChildren(html("div", { class: "pick" }, ...children));
  }

  /** Opens the lot of the address, or lets one be chosen. @param {EditorWords} words */
  async #choose(words) {
    const wanted = decodeURIComponent(String(this.route?.path ?? "").split("/")[1] ?? "");
    if (wanted) {
      await this.#start(words, wanted);
      return;
    }
    /** @type {{entry_id: string, name: string, bays: number}[]} */
    const lots = await this.#hass.callWS({ type: "smart_parking/editor/lots" });
    const [only] = lots;
    if (lots.length === 1 && only) {
      await this.#start(words, only.entry_id);
      return;
    }
    this.#show(
      html("h1", {}, words.text(lots.length ? "pick" : "pick_none")),
      ...lots.map((lot) =>
        button(`${lot.name} · ${words.text("bays_count", { count: lot.bays })}`, () => {
          history.replaceState(null, "", `${PATH}/${lot.entry_id}`);
          void this.#start(words, lot.entry_id);
        }),
      ),
    );
  }

  /** @param {EditorWords} words @param {string} entryId */
  async #start(words, entryId) {
    this.#show(html("p", {}, words.text("connecting")));
    const editor = new PlanEditor(this, words, entryId);
    await editor.draft.open();
    this.editor = editor;
    this.shadowRoot?.replaceChildren(editor.page.root);
    // The draft may have come before there was a page whose size one could know.
    editor.stage.fit();
  }
}

if (!window.customElements.get(ELEMENT)) window.customElements.define(ELEMENT, SmartParkingEditor);
