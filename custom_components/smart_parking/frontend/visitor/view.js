/** What the page shows, in words: the same as the server writes into it at first. */

/** @typedef {import("./lot.js").VisitorLot} VisitorLot */
/** @typedef {import("./types").Do} Do */
/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").Mine} Mine */
/** @typedef {import("./types").Texts} Texts */
/** @typedef {import("./types").View} View */

/** What the visitor has chosen. */
/** @typedef {{kind: Kind, gate: number | null}} Choice */

const SIDES = /** @type {const} */ ({ l: "left", r: "right", a: "ahead" });

/** What it is called, where its name is not that of its text. */
/** @type {Partial<Record<Do, string>>} */
const LABELS = { parked: "parked_here" };

/** As the server tells distances: nobody at a wheel tells 35 m from 37 m. */
const STEP_M = 5;
const FAR_M = 100;
const STEP_FAR_M = 10;

/**
 * A text with values put into it.
 * @param {string | undefined} text
 * @param {Record<string, string | number>} values
 */
export const put = (text = "", values = {}) =>
  text.replace(/{(\w+)}/g, (whole, name) => String(values[name] ?? whole));

/** @param {number} metres */
export function rounded(metres) {
  const step = metres < FAR_M ? STEP_M : STEP_FAR_M;
  return Math.max(STEP_M, Math.round(metres / step) * step);
}

/**
 * @param {VisitorLot} lot
 * @param {Mine} mine
 * @param {Choice} choice
 * @param {Texts} texts
 * @returns {View}
 */
export function view(lot, mine, choice, texts) {
  const { status } = mine;
  const none = status === "none";
  const offer = none && choice.gate !== null ? lot.offer(choice.gate, choice.kind) : null;
  const index = none ? (offer?.bay ?? null) : mine.bay;
  const bay = index === null ? undefined : lot.bays[index];
  const label = mine.label ?? bay?.label ?? null;
  const metres = none ? offer && rounded(offer.metres) : mine.metres;
  const side = none ? offer?.side : mine.side;
  const free = lot.free(choice.kind);
  const separator = texts.separator ?? " ";
  const where = [
    lot.hasLevels && bay?.level ? put(texts.level, { level: bay.level }) : "",
    bay?.row ? put(texts.row, { row: bay.row }) : "",
  ];
  const way = [
    typeof metres === "number" ? put(texts.metres, { metres }) : "",
    side ? texts[SIDES[side]] : "",
  ];
  return {
    status,
    free: put(texts[free === 1 ? "free_one" : "free_other"], { count: free }),
    say: texts[none ? sayOfNone(lot, choice, label) : status] ?? "",
    bay: String(mine.position ?? label ?? (lot.isKnown && choice.gate !== null ? texts.full : "?")),
    way: way.filter(Boolean).join(separator),
    where: metres === null ? "" : capital(where.filter(Boolean).join(separator)),
    side: side ? SIDES[side] : null,
    until: mine.until,
    acts: acts(lot, mine, choice, texts, label),
    gate: mine.gate ?? choice.gate,
    index,
  };
}

/** @param {string} text */
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/**
 * Which text says how things are while nothing is promised.
 * @param {VisitorLot} lot
 * @param {Choice} choice
 * @param {string | null} label
 */
function sayOfNone(lot, { gate }, label) {
  if (!lot.isKnown) return "unknown";
  if (gate === null) return "error_no_gate";
  return label === null ? "no_bay" : "nearest";
}

/**
 * What can be done, the best first.
 * @param {VisitorLot} lot
 * @param {Mine} mine
 * @param {Choice} choice
 * @param {Texts} texts
 * @param {string | null} label
 */
function acts(lot, { status, can, kind }, choice, texts, label) {
  /** @type {View["acts"]} */
  const found = [];
  /** @param {Do} act @param {string | undefined} text */
  const add = (act, text) => found.push({ do: act, label: text ?? act });
  for (const act of can) {
    if (act === "release") add(act, texts[status === "waiting" ? "leave" : "release"]);
    else if (act !== "guide") add(act, texts[LABELS[act] ?? act]);
    else if (choice.gate !== null && lot.isKnown)
      add(act, texts[label === null ? "queue" : "guide"]);
  }
  if ((status === "waiting" || status === "held") && kind !== choice.kind)
    add("guide", put(texts.instead, { kind: texts[`kind_${choice.kind}`] ?? "" }));
  return found;
}
