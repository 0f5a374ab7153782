/** "Park me": a driver asks for a bay, is guided to it, and answers whether they have parked. */

import { html, write } from "../shared/dom.js";
import { explain } from "./explain.js";
import { icon } from "./glyphs.js";
import { MyHold, myHoldOf } from "./my-hold.js";
import { secondsLeft, ticking } from "../shared/ticking.js";

/** @typedef {import("./types").ViewContext} ViewContext */
/** @typedef {import("./types").Hold} Hold */
/** @typedef {import("./words.js").Key} Key */

const KIND_KEY = "smart_parking.kind";

export class DriverPanel {
  /** @type {(() => void) | undefined} */
  #unlisten;
  /** @type {(() => void) | undefined} */
  #untick;
  #shownBay = "";

  /**
   * @param {ViewContext} context
   * @param {() => number} gate The driver's gate.
   * @param {(isNew: boolean) => void} onChange Gets whether the driver's bay is another one.
   */
  constructor(context, gate, onChange) {
    this.context = context;
    this.gate = gate;
    this.onChange = onChange;
    const { connection } = context.hass();
    const { state, words, config, memory } = context;
    this.hold = config.shared
      ? (memory.hold ??= new MyHold(connection, state.entryId, words.language, null))
      : myHoldOf(connection, state.entryId, words.language);
    this.timer = html("span", { class: "timer", role: "timer", "aria-live": "off" });
    this.body = html("div", { class: "body" });
    this.live = html("p", { class: "quiet", role: "status" });
    this.fault = html("p", { class: "hint", role: "alert", hidden: true });
    this.root = html(
      "section",
      { class: "driver", tabindex: "-1", "aria-label": words.text("park_me") },
      this.body,
      this.fault,
      this.live,
    );
    this.choice = this.#choice();
    this.#show();
  }

  attach() {
    this.#unlisten ??= this.hold.listen(this.context.state, () => this.#show());
    this.#show();
  }

  detach() {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#still();
  }

  /** The driver's own route. @returns {{gate: number, index: number} | null} */
  get way() {
    const { state } = this.context;
    const { guidance } = this.hold;
    if (!guidance?.bay_id) return null;
    const index = state.bays.findIndex(({ id }) => id === guidance.bay_id);
    const gate = state.gateIndex(guidance.gate ?? undefined);
    return index >= 0 && gate >= 0 ? { gate, index } : null;
  }

  /** The choice of the kind of bay; a lot with only one kind has none. */
  #choice() {
    const { state, words, config } = this.context;
    const kinds = [...state.tally.kinds.keys()].filter((kind) => kind !== "standard");
    if (!kinds.length) return null;
    const wanted = config.shared ? null : recalled();
    return html(
      "select",
      {
        "aria-label": words.text("park_kind"),
        change: (/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLSelectElement} */ (event.target);
          if (!config.shared) recall(value);
        },
      },
      ...["standard", ...kinds].map((value) =>
        html("option", { value, selected: value === wanted }, capital(words.kind(value))),
      ),
    );
  }

  #show() {
    const { guidance, busy, error } = this.hold;
    const wasFocused = this.root.contains(
      /** @type {ShadowRoot | Document} */ (this.root.getRootNode()).activeElement,
    );
    this.root.classList.toggle("mine", Boolean(guidance));
    this.body.replaceChildren(...(guidance ? this.#holdSection(guidance) : this.#idle()));
    for (const button of this.body.querySelectorAll("button")) button.disabled = busy;
    // The focused element is gone; keyboard navigation continues from here.
    if (wasFocused) this.root.focus({ preventScroll: true });
    this.#beat();
    write(this.live, this.#announcement().filter(Boolean).join(". "));
    void this.#complain(error);
    const bay = guidance?.bay_id ?? "";
    const isNew = bay !== this.#shownBay;
    this.#shownBay = bay;
    this.onChange(isNew && bay !== "");
  }

  #idle() {
    const { hold } = this;
    if (this.context.config.shared && this.choice && hold.over) this.choice.selectedIndex = 0;
    const over = hold.over && html("p", { class: "word" }, this.#over());
    const go = html(
      "button",
      { class: "action main", type: "button", click: () => this.#guide() },
      icon("gate"),
      this.context.words.text("park_me"),
    );
    return [html("div", { class: "ask" }, go, this.choice), ...(over ? [over] : [])];
  }

  #guide() {
    const { state } = this.context;
    const gate = state.gates[this.gate()];
    if (gate) void this.hold.guide(gate.id, this.choice?.value ?? "standard");
  }

  /** @param {Hold} guidance */
  #holdSection(guidance) {
    const { words } = this.context;
    const { hold } = this;
    const news = this.#news();
    const top = news ? [html("p", { class: "word news" }, news)] : [];
    if (guidance.status === "waiting")
      return [
        ...top,
        html("p", { class: "word" }, this.#queue(guidance)),
        html(
          "div",
          { class: "actions" },
          this.#button("leave_queue", () => hold.release()),
        ),
      ];
    if (guidance.status === "arrived")
      return [
        ...top,
        html("p", { class: "question" }, words.text("ask_parked", { bay: guidance.bay ?? "" })),
        html(
          "div",
          { class: "actions" },
          this.#button("yes", () => hold.confirm(true), true),
          this.#button("no_taken", () => hold.confirm(false)),
        ),
      ];
    return [
      ...top,
      html(
        "div",
        { class: "mybay" },
        html("span", { class: "of" }, words.text("my_bay")),
        html("b", {}, guidance.bay),
        html("span", { class: "where" }, guidance.directions),
        this.timer,
      ),
      hold.saysParked ? html("p", { class: "word" }, words.text("says_parked")) : "",
      this.#holdButtons(),
    ];
  }

  #holdButtons() {
    const { hold } = this;
    const row = html("div", { class: "actions" });
    if (this.context.config.shared) row.append(this.#button("done", () => hold.forget(), true));
    else if (!hold.saysParked) row.append(this.#button("here_now", () => hold.confirm(true), true));
    row.append(
      this.#button("another", () => hold.another()),
      this.#button("give_back", () => hold.release()),
    );
    return row;
  }

  /** @param {Key} key @param {() => unknown} click @param {boolean} [main] */
  #button(key, click, main = false) {
    const kind = `action${main ? " main" : ""}`;
    return html("button", { class: kind, type: "button", click }, this.context.words.text(key));
  }

  #news() {
    const { news, guidance } = this.hold;
    if (!news) return "";
    const reason = news.reason === "denied" ? "taken" : news.reason;
    const key = /** @type {Key} */ (`gone_${reason}`);
    const gone = this.context.words.text(key, { bay: news.from });
    const what = gone === key ? news.from : gone;
    return guidance?.bay ? `${what} → ${guidance.bay}` : what;
  }

  #over() {
    const { over } = this.hold;
    if (!over) return "";
    const how = over.bay || !OF_BAY.has(over.how) ? over.how : "unknown";
    return this.context.words.text(/** @type {Key} */ (`over_${how}`), { bay: over.bay ?? "" });
  }

  /** @param {Hold} guidance */
  #queue({ position }) {
    const { words } = this.context;
    return words.text("queue", { position: words.number(position ?? 1) });
  }

  /** Text for screen readers: without the time, which would be announced without end. */
  #announcement() {
    const { words } = this.context;
    const { guidance, saysParked } = this.hold;
    if (!guidance) return [this.#over()];
    const bay = guidance.bay ?? "";
    const { status } = guidance;
    if (status === "waiting") return [this.#news(), this.#queue(guidance)];
    if (status === "arrived") return [this.#news(), words.text("ask_parked", { bay })];
    if (saysParked) return [words.text("says_parked")];
    return [this.#news(), `${words.text("my_bay")}: ${bay}`, guidance.directions];
  }

  /** @param {unknown} error */
  async #complain(error) {
    const { words } = this.context;
    this.fault.hidden = !error;
    write(this.fault, error ? await explain(this.context.hass(), words, error) : "");
  }

  /** Counts down while a bay is held. */
  #beat() {
    const { guidance } = this.hold;
    this.#still();
    if (!this.#unlisten || guidance?.status !== "held") {
      if (guidance?.status === "reserved") write(this.timer, this.#reserved(guidance));
      return;
    }
    const until = Date.parse(guidance.until) / 1_000;
    const { state, words } = this.context;
    this.#untick = ticking(this.root, () =>
      write(this.timer, words.left(secondsLeft(until, state.aheadS))),
    );
  }

  /** @param {Hold} guidance */
  #reserved({ from, until }) {
    const { words } = this.context;
    return words.text("reserved", {
      from: words.moment(Date.parse(from) / 1_000),
      until: words.moment(Date.parse(until) / 1_000),
    });
  }

  #still() {
    this.#untick?.();
    this.#untick = undefined;
  }
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** Final messages that name a bay. */
const OF_BAY = new Set(["confirmed", "expired", "released"]);

function recalled() {
  try {
    return localStorage.getItem(KIND_KEY);
  } catch {
    return null;
  }
}

/** @param {string} kind */
function recall(kind) {
  try {
    localStorage.setItem(KIND_KEY, kind);
  } catch {
    // The kind is not stored then, and has to be chosen anew.
  }
}
