/** Content of the page in words, the same as the server writes into it at first. */

/** @typedef {import("./lot.js").VisitorLot} VisitorLot */
/** @typedef {import("./types").Do} Do */
/** @typedef {import("./types").Kind} Kind */
/** @typedef {import("./types").Mine} Mine */
/** @typedef {import("./types").Texts} Texts */
/** @typedef {import("./types").View} View */

/** The visitor's choice. */
/** @typedef {{kind: Kind, gate: number | null}} Choice */

const SIDES = /** @type {const} */ ({ l: "left", r: "right", a: "ahead" });
const CHANGES = /** @type {const} */ ({ u: "up", d: "down", o: "other" });

/** Keys of texts that differ from the action's name. */
/** @type {Partial<Record<Do, string>>} */
const LABELS = { parked: "parked_here" };

/**
 * Returns a text with its placeholders filled in.
 * @param {string | undefined} text
 * @param {Record<string, string | number>} values
 */
const put = (text = "", values = {}) =>
  text.replace(/{(\w+)}/g, (whole, name) => String(values[name] ?? whole));

/**
 * Returns the name of a level; a name that is no number stays as it is.
 * @param {Texts} texts
 * @param {string} level
 */
const levelName = (texts, level) => (/^-?\d+$/.test(level) ? put(texts.level, { level }) : level);

/**
 * @param {VisitorLot} lot
 * @param {Mine} mine
 * @param {Choice} choice
 * @param {Texts} texts
 * @param {string} language
 * @returns {View}
 */
export function view(lot, mine, choice, texts, language) {
  const { status } = mine;
  const none = status === "none";
  const offer = none && choice.gate !== null ? lot.offer(choice.gate, choice.kind) : null;
  const index = none ? (offer?.bay ?? null) : mine.bay;
  const bay = index === null ? undefined : lot.bays[index];
  const label = mine.label ?? bay?.label ?? null;
  const metres = none ? offer && offer.metres : mine.metres;
  const side = none ? offer?.side : mine.side;
  const change = (none ? offer?.change : mine.level_change) ?? null;
  const gateIndex = mine.gate ?? choice.gate;
  const gate = lot.gates[gateIndex ?? -1];
  const level = (bay ?? gate)?.level ?? "";
  const free = lot.free(choice.kind);
  const separator = texts.separator ?? " ";
  const where = [
    lot.hasLevels && bay?.level ? levelName(texts, bay.level) : "",
    bay?.row ? put(texts.row, { row: bay.row }) : "",
  ];
  const way = [
    change ? texts[`ramp_${CHANGES[change]}`] : "",
    typeof metres === "number" ? put(texts.metres, { metres }) : "",
    side ? texts[SIDES[side]] : "",
  ];
  return {
    status,
    isFull: free === 0,
    free: put(texts[`free_${new Intl.PluralRules(language).select(free)}`] ?? texts.free_other, {
      count: free,
    }),
    say: texts[none ? sayOfNone(lot, choice, label) : status] ?? "",
    bay: String(mine.position ?? label ?? (lot.isKnown && choice.gate !== null ? texts.full : "?")),
    way: capital(way.filter(Boolean).join(separator)),
    where: metres === null ? "" : capital(where.filter(Boolean).join(separator)),
    side: change ? CHANGES[change] : side ? SIDES[side] : null,
    until: mine.until,
    likely: likely(lot, mine, choice, free),
    acts: acts(lot, mine, choice, texts, label),
    gate: gateIndex,
    index,
    level,
    note: lot.bays.some((bay) => bay.level !== level) ? capital(levelName(texts, level)) : "",
    seen: (none ? offer?.seen : mine.seen) ?? gate?.seen ?? null,
  };
}

/** @param {string} text */
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/**
 * Returns the key of the text for a visitor without a hold.
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
 * When a bay is likely for who has none.
 * @param {VisitorLot} lot
 * @param {Mine} mine
 * @param {Choice} choice
 * @param {number} free
 */
function likely(lot, mine, { kind }, free) {
  if (mine.status !== "none") return mine.likely ?? null;
  return free ? null : (lot.likely[Math.max(0, lot.kinds.indexOf(kind))] ?? null);
}

/**
 * Returns the possible actions, the best first.
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
