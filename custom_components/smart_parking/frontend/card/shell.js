/** Elements whose contents are loaded when the first of their kind is on a page. */

/** @typedef {import("./types").Hass} Hass */
/** @typedef {import("./types").Body} Body */

/**
 * @typedef {object} Description
 * @property {(language: string) => Promise<new (host: HTMLElement) => Body>} load
 * @property {(config: any) => void} check Throws an error for an invalid configuration.
 * @property {(config: any) => number} size In rows of 50 px.
 * @property {(config: any) => object} grid
 * @property {(error: unknown) => Promise<string>} sentence Text in place of contents that cannot be loaded.
 */

/**
 * Returns the class of such an element. `HTMLElement` is the one that the page has by now.
 * @param {Description} description
 */
export function shell({ load, check, size, grid, sentence }) {
  return class extends HTMLElement {
    /** Whether this is a preview of the card in the picker or its editor. */
    preview = false;
    /** @type {any} */
    #config = {};
    /** @type {Hass | undefined} */
    #hass;
    /** @type {Body | undefined} */
    #body;
    #isLoading = false;

    constructor() {
      super();
      const card = document.createElement("ha-card");
      this.attachShadow({ mode: "open" }).append(card);
    }

    /** @param {any} config */
    setConfig(config) {
      check(config);
      this.#config = config;
      if (this.#body) this.#body.setConfig(config);
      else void this.#load();
    }

    getCardSize() {
      return size(this.#config);
    }

    getGridOptions() {
      return grid(this.#config);
    }

    /** A panel has the page for itself. */
    set layout(/** @type {string | undefined} */ layout) {
      this.toggleAttribute("panel", layout === "panel");
    }

    set hass(/** @type {Hass} */ hass) {
      this.#hass = hass;
      if (this.#body) this.#body.hass = hass;
    }

    connectedCallback() {
      this.#body?.connect();
    }

    disconnectedCallback() {
      this.#body?.disconnect();
    }

    async #load() {
      if (this.#isLoading) return;
      this.#isLoading = true;
      try {
        const Contents = await load(this.#hass?.locale.language ?? document.documentElement.lang);
        const body = new Contents(this);
        body.setConfig(this.#config);
        if (this.#hass) body.hass = this.#hass;
        if (this.isConnected) body.connect();
        this.#body = body;
      } catch (error) {
        console.error(error);
        this.#say(await sentence(error));
      } finally {
        this.#isLoading = false;
      }
    }

    /** @param {string} text */
    #say(text) {
      const card = this.shadowRoot?.querySelector("ha-card");
      if (!card) return;
      card.textContent = text;
      card.setAttribute("style", "display: block; padding: 24px 20px; text-align: center");
      card.setAttribute("role", "status");
    }
  };
}
