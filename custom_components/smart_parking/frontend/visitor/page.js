/** Elements of the page, and their updates. */

import { html, write } from "../shared/dom.js";
import { secondsLeft, ticking } from "../shared/ticking.js";

/** @typedef {import("./types").Promotion} Promotion */
/** @typedef {import("./types").Texts} Texts */
/** @typedef {import("./types").View} View */

/** Remaining seconds below which the driver has to hurry. */
const SOON_S = 60;
/** What was likely for now is told anew within this time, in seconds. */
const LATE_S = 60;

/** Largest number of letters of the biggest word, for each size. */
const SIZES = [3, 4, 6, 8, 12, 16];

/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (document.getElementById(name));

export class Page {
  #left = html("time", { id: "left" });
  #aheadS = 0;
  /** @type {(() => void) | undefined} */
  #stop;
  /** @type {(() => void) | undefined} */
  #stopLikely;
  #plural;

  /** @param {Texts} texts @param {string} [language] */
  constructor(texts, language = "en") {
    this.texts = texts;
    this.#plural = new Intl.PluralRules(language);
    // A screen reader announces only changes of an element that was there before.
    this.line = html("p", { id: "line", role: "status", hidden: true });
    part("notice").before(this.line);
    this.acts = /** @type {HTMLFormElement} */ (part("acts"));
  }

  /** Sets how far the server's clock is ahead. @param {number} now In whole seconds since 1970. */
  setClock(now) {
    // The server's second may be nearly over: it is better to show too little time than too much.
    this.#aheadS = now + 1 - Date.now() / 1_000;
  }

  /** @param {View} view @param {string | null} label The visitor's bay. */
  show(view, label) {
    document.body.dataset.status = view.status;
    write(part("free"), view.free);
    part("free").classList.toggle("none", view.isFull);
    this.#say(view);
    this.#tellLikely(view.likely);
    write(part("bay"), view.bay);
    part("bay").dataset.size = String(SIZES.filter((most) => most < view.bay.length).length);
    write(part("way"), view.way);
    write(part("where"), view.where);
    part("go").hidden = !view.way;
    const turn = part("turn");
    if (view.side) turn.dataset.side = view.side;
    else delete turn.dataset.side;
    part("car").hidden = view.status === "parked";
    /** @type {HTMLInputElement} */ (this.acts.elements.namedItem("bay")).value = label ?? "";
    this.#buttons(view.acts);
  }

  /** @param {View} view */
  #say({ say, until }) {
    const element = part("say");
    const text = `${say} `;
    if (element.firstChild?.textContent?.trim() !== say) element.replaceChildren(text);
    this.#stop?.();
    this.#stop = undefined;
    if (until === null) {
      element.replaceChildren(text);
      return;
    }
    part("left")?.remove();
    element.append(this.#left);
    this.#left.dataset.until = String(until);
    this.#stop = ticking(this.#left, () => {
      const seconds = secondsLeft(until, this.#aheadS);
      const rest = String(seconds % 60).padStart(2, "0");
      write(this.#left, `${Math.floor(seconds / 60)}:${rest}`);
      this.#left.classList.toggle("soon", seconds < SOON_S);
    });
  }

  /** In how many minutes a bay is likely. @param {number | null} at */
  #tellLikely(at) {
    const element = part("likely");
    this.#stopLikely?.();
    this.#stopLikely = undefined;
    element.hidden = at === null;
    if (at === null) return;
    this.#stopLikely = ticking(element, () => {
      const seconds = at - this.#aheadS - Date.now() / 1_000;
      element.hidden = seconds < -LATE_S;
      const count = Math.max(1, Math.ceil(seconds / 60));
      const text = this.texts[`likely_${this.#plural.select(count)}`] ?? this.texts.likely_other;
      write(element, text?.replace("{count}", String(count)) ?? "");
    });
  }

  /**
   * Updates the buttons; those that stay are the same elements, so that no focus or touch is lost.
   * @param {View["acts"]} acts
   */
  #buttons(acts) {
    const before = [...this.acts.querySelectorAll("button")];
    const hadFocus = before.some((button) => button === document.activeElement);
    const buttons = acts.map(({ do: value, label }, place) => {
      const button =
        before.find((one) => one.value === value) ?? html("button", { name: "do", value });
      write(button, label);
      button.classList.toggle("primary", place === 0);
      return button;
    });
    for (const button of before) if (!buttons.includes(button)) button.remove();
    buttons.forEach((button, place) => {
      const there = this.acts.querySelectorAll("button")[place];
      if (there === button) return;
      if (there) there.before(button);
      else this.acts.append(button);
    });
    if (hadFocus && !this.acts.contains(document.activeElement)) buttons[0]?.focus();
  }

  /** Shows the newest message, or hides it. @param {string | null} text */
  notify(text) {
    const notice = part("notice");
    notice.hidden = !text;
    write(notice, text ?? "");
  }

  /** @param {import("./event-stream.js").LineStatus} status */
  setLine(status) {
    const { texts } = this;
    const isLive = status === "live";
    document.body.classList.toggle("stale", !isLive);
    this.line.hidden = isLive;
    write(this.line, isLive ? "" : ((status === "gone" ? texts.gone : texts.offline) ?? ""));
    if (status !== "gone") return;
    for (const button of document.querySelectorAll("button")) button.disabled = true;
  }

  /** Shows whether a request waits for its answer. @param {boolean} isBusy */
  setBusy(isBusy) {
    document.body.toggleAttribute("aria-busy", isBusy);
  }

  /**
   * Shows a promotion at the end of the page, where it moves nothing.
   * @param {Promotion} promotion
   */
  showPromotion({ id, title, text, link, picture }) {
    const address = `p/${encodeURIComponent(id)}`;
    // The plan is loaded first; these attributes have to be set before the address.
    const how = { loading: "lazy", decoding: "async", fetchpriority: "low" };
    const size = { width: 52, height: 52 };
    const inside = [
      picture && html("img", { ...how, src: `${address}/picture`, alt: "", ...size }),
      html("span", { class: "mark" }, this.texts.promotion),
      html("strong", {}, title),
      " ",
      html("span", {}, text),
    ];
    const rel = "noopener nofollow sponsored";
    const aside = part("promotion");
    aside.replaceChildren(
      ...(link
        ? [html("a", { href: address, target: "_blank", rel }, ...inside)]
        : html("div", {}, ...inside).childNodes),
    );
    aside.dataset.id = id;
    aside.hidden = false;
  }
}
