/** The plan with the way to a bay, as SVG markup: the server's own drawing, drawn anew as the lot changes. */

import { escaped } from "../dom.js";
import { rounded, symbolOf, turnOf } from "../drawing.js";
import { along, boxOf, direction, grown, span } from "../geometry.js";
import { glyph, LABEL_AT, UNIT } from "../glyphs.js";
import { partsOn, wayTo } from "../way.js";
import { flag, flagBox, note } from "./boards.js";
import { capital } from "./view.js";
import { around, choose, SURROUNDINGS_ALONE_M, SURROUNDINGS_M, touches } from "./window.js";

/** @typedef {import("../geometry.js").Box} Box */
/** @typedef {import("./lot.js").VisitorLot} VisitorLot */
/** @typedef {import("./types").Bay} Bay */
/** @typedef {import("./types").Entrance} Entrance */
/** @typedef {import("./types").Letter} Letter */
/** @typedef {import("./window.js").Window} Window */
/** @typedef {import("../types").Place} Place */

/** How big things must be to be seen, in px of a plan 1024 wide. */
const GATE_PX = 22;
const END_PX = 11;
const NAME_PX = 22;
const WAY_PX = 8;
/** Labels smaller than this, in px per metre, are a blur; vehicles, too. */
const FAR_PX_M = 13;
const FARTHER_PX_M = 6.5;
/** So far before each bay one drives. */
const LANE_M = 3.6;
/** The way ends so far before a bay's mouth. */
const MOUTH_M = 0.15;
/** How wide a letter is, as a share of its size. */
const LETTER = 0.62;
const WAY_FAR_WIDTH = 10;
const FLAG_TRIES = 4;

/** Notched, so that it points in one direction only, whichever that is. */
const ARROW = "M-6.5-8.5L9.5 0L-6.5 8.5L-3 0Z";

const LOOKS = { v: "free", o: "occupied", h: "held", x: "closed", u: "unknown" };
const INSIDE = { v: "", o: "car", h: "stripes", x: "hatching", u: "question" };

/** @param {number} value */
const n = (value) => String(Math.round(value * 10) / 10);
/** @param {{x: number, y: number}} point */
const at = ({ x, y }) => `${n(x * UNIT)} ${n(-y * UNIT)}`;

/**
 * @param {VisitorLot} lot
 * @param {number | null} gateIndex
 * @param {number | null} bayIndex Where the way leads; without it the gate's level is shown.
 * @param {(level: string) => string} [levelText] What stands in a corner.
 */
export function draw(lot, gateIndex, bayIndex, levelText = () => "") {
  const gate = gateIndex === null ? undefined : lot.gates[gateIndex];
  const target = bayIndex === null ? undefined : lot.bays[bayIndex];
  const level = (target ?? gate ?? lot.bays[0])?.level ?? "";
  const here = lot.bays.flatMap((bay, index) => (bay.level === level ? [index] : []));
  const gates = lot.gates.filter((one) => one.level === level);
  const way = target && gate ? wayOn(lot, gateIndex ?? 0, bayIndex ?? 0) : [];
  const window = windowOn(
    here.map((index) => boxOf(bayOf(lot, index))),
    gates,
    way,
    target,
  );
  const seen = here.filter((index) => touches(boxOf(bayOf(lot, index)), window.box));
  const lanes = seen.map((index) => lanePath(bayOf(lot, index))).join("");
  // What is beside the target must not cover its outline.
  seen.sort((a, b) => Number(a === bayIndex) - Number(b === bayIndex));
  const room = (2 * window.units(GATE_PX)) / UNIT;
  const parts = [
    `<path class="lane" d="${lanes}"/>`,
    ...seen.map((index) =>
      bayMarkup(
        bayOf(lot, index),
        /** @type {Letter} */ (lot.letters[index]),
        window,
        index === bayIndex,
      ),
    ),
    wayMarkup(way, window, gate?.level !== level),
    ...gates
      .filter((one) => around([one]).some((box) => touches(grown(box, room, room), window.box)))
      .map((one) => gateMarkup(one, window, one === gate, way)),
    target && window.needsFlag ? flag(target, window) : "",
    here.length < lot.bays.length ? note(capital(levelText(level)), window) : "",
  ];
  const name = target ? `role="img" aria-label="${escaped(target.label)}"` : `aria-hidden="true"`;
  return `<svg class="plan" viewBox="${window.viewBox}" ${name}>${parts.join(" ")}</svg>`;
}

/** @param {Place[]} way */
const lastOf = (way) => /** @type {Place} */ (way[way.length - 1]);

/** @param {VisitorLot} lot @param {number} index */
const bayOf = (lot, index) => /** @type {Bay} */ (lot.bays[index]);

/**
 * The corners of the last part of the way, on the bay's level, up to the bay's mouth.
 * @param {VisitorLot} lot
 * @param {number} gate
 * @param {number} index
 * @returns {Place[]}
 */
function wayOn(lot, gate, index) {
  const bay = bayOf(lot, index);
  const legs = partsOn(wayTo(lot, gate, index), bay.level);
  const last = [...(legs[legs.length - 1] ?? [])];
  while (last.length && holds(bay, lastOf(last))) last.pop();
  return last.length ? [...last, { ...along(bay, -MOUTH_M / bay.l), level: bay.level }] : [];
}

/** Whether a point lies in a bay, or right before it. @param {Bay} bay @param {Place} point */
function holds(bay, point) {
  const { x, y } = direction(bay);
  const [dx, dy] = [point.x - bay.x, point.y - bay.y];
  return (
    Math.abs(dx * x + dy * y) <= bay.l / 2 + MOUTH_M &&
    Math.abs(dy * x - dx * y) <= bay.w / 2 + MOUTH_M
  );
}

/**
 * What is seen, with room for the flag.
 * @param {Box[]} boxes
 * @param {Entrance[]} gates
 * @param {Place[]} way
 * @param {Bay | undefined} target
 */
function windowOn(boxes, gates, way, target) {
  const nothing = { left: 0, right: 1, bottom: 0, top: 1 };
  const level = span([...boxes, ...around(gates), ...around(way)]) ?? nothing;
  if (!target) return choose(level, null);
  const room = way.length ? SURROUNDINGS_M : SURROUNDINGS_ALONE_M;
  const wanted = /** @type {Box} */ (span([boxOf(target), ...around(way)]));
  let window = choose(level, grown(wanted, room, room));
  if (!window.needsFlag) return window;
  // The flag grows as the window does, so room for it is found by trying.
  for (let tries = 0; tries < FLAG_TRIES; tries++) {
    const box = flagBox(target, window);
    const { left, right, bottom, top } = window.box;
    if (box.left >= left && box.right <= right && box.bottom >= bottom && box.top <= top) break;
    window = window.with(box);
  }
  return window;
}

/** Where one drives before a bay. @param {Bay} bay */
function lanePath(bay) {
  const { x, y } = direction(bay);
  const [mouth, half] = [-bay.l / 2, bay.w / 2];
  const corners = [
    [mouth, half],
    [mouth, -half],
    [mouth - LANE_M, -half],
    [mouth - LANE_M, half],
  ].map(([forth = 0, aside = 0]) =>
    at({ x: bay.x + x * forth - y * aside, y: bay.y + y * forth + x * aside }),
  );
  return `M${corners.join("L")}Z`;
}

/**
 * A bay as it is seen from near or far; the one where the way leads is just that.
 * @param {Bay} bay
 * @param {Letter} letter
 * @param {Window} window
 * @param {boolean} isTarget
 */
function bayMarkup(bay, letter, { pxM }, isTarget) {
  const look = isTarget ? "target" : LOOKS[letter];
  const turn = turnOf(bay);
  const [w, l] = [bay.w * UNIT, bay.l * UNIT];
  const gap = Math.min(2, w * 0.04);
  const isFarther = pxM < FARTHER_PX_M;
  const body =
    `<rect class="${look}${isFarther && look !== "occupied" ? "-far" : ""}" rx="${isFarther ? 3 : 7}" ` +
    `x="${n(-w / 2 + gap)}" y="${n(-l / 2 + gap)}" width="${n(w - 2 * gap)}" height="${n(l - 2 * gap)}"` +
    `${turn ? ` transform="rotate(${n(turn)})"` : ""}/>`;
  const parts = [body];
  if (!isFarther && !isTarget && letter !== "v") {
    const { path, transform } = glyph(bay, letter, turn);
    parts.push(`<path class="${INSIDE[letter]}" d="${path}" transform="${transform}"/>`);
  }
  if (pxM >= FAR_PX_M) parts.push(symbol(bay, isTarget ? "v" : letter), label(bay, look, turn));
  return `<g transform="translate(${at(bay)})">${parts.join("")}</g>`;
}

/** @param {Bay} bay @param {Letter} letter */
function symbol(bay, letter) {
  const found = letter !== "u" && symbolOf(bay, letter);
  if (!found) return "";
  const look = letter === "o" ? "kind-on-car" : letter === "x" ? "kind-closed" : "kind";
  return `<path class="${look}${found.solid ? "-solid" : ""}" d="${found.path}" transform="${found.transform}"/>`;
}

/** @param {Bay} bay @param {string} look @param {number} turn */
function label(bay, look, turn) {
  const [w, l] = [bay.w * UNIT, bay.l * UNIT];
  const sideways = Math.abs(Math.sin((turn * Math.PI) / 180));
  const room = (1 - sideways) * w + sideways * l * 0.32;
  const size = Math.min(18, 0.2 * l, (room * 0.8) / (LETTER * Math.max(2, bay.label.length)));
  const { x, y } = along(bay, 0.5 + LABEL_AT);
  return (
    `<text class="label-${look}" x="${n((x - bay.x) * UNIT)}" y="${n((bay.y - y) * UNIT + 0.36 * size)}" ` +
    `font-size="${n(size)}" text-anchor="middle">${escaped(bay.label)}</text>`
  );
}

/**
 * @param {Place[]} way
 * @param {Window} window
 * @param {boolean} isFromElsewhere It comes from another level: it begins with an arrow.
 */
function wayMarkup(way, window, isFromElsewhere) {
  const [first, second] = way;
  const last = way[way.length - 1];
  if (!first || !second || !last) return "";
  const path = rounded(way);
  const isFar = window.pxM < FAR_PX_M;
  const width = n(Math.max(WAY_FAR_WIDTH, window.units(WAY_PX)));
  return [
    isFar
      ? `<path class="way-far" stroke-width="${width}" d="${path}"/>`
      : `<path class="way-bed" d="${path}"/><path class="way" d="${path}"/>`,
    isFromElsewhere ? disc("gate-on", first, turnFrom(first, second), window) : "",
    `<circle class="way-end" cx="${n(last.x * UNIT)}" cy="${n(-last.y * UNIT)}" r="${n(Math.max(8, window.units(END_PX)))}"/>`,
  ].join("");
}

/** In degrees clockwise from right. @param {Place} from @param {Place} to */
const turnFrom = (from, to) => (-Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;

/**
 * @param {string} look
 * @param {{x: number, y: number}} middle
 * @param {number} turn
 * @param {Window} window
 */
function disc(look, middle, turn, window) {
  const scale = Math.max(1, window.units(GATE_PX) / 16).toFixed(2);
  return (
    `<g transform="translate(${at(middle)})scale(${scale})"><circle class="${look}" r="16"/>` +
    `<path class="${look}-arrow" d="${ARROW}" transform="rotate(${n(turn)})"/></g>`
  );
}

/**
 * @param {Entrance} gate
 * @param {Window} window
 * @param {boolean} isOn The driver comes in here.
 * @param {Place[]} way
 */
function gateMarkup(gate, window, isOn, way) {
  const look = isOn ? "gate-on" : "gate";
  const mark = disc(look, gate, -gate.heading, window);
  if (!isOn && window.pxM < FAR_PX_M) return mark;
  const size = window.units(NAME_PX);
  const away = window.units(GATE_PX) + size;
  const { left, right, bottom } = window.box;
  const room = (gate.name.length * LETTER * size) / 2;
  // The name keeps out of the way, and in the picture.
  const isBelow =
    (!isOn || !way.length || lastOf(way).y >= gate.y) && -gate.y * UNIT + away <= -bottom * UNIT;
  const x = Math.min(Math.max(gate.x * UNIT, left * UNIT + room), right * UNIT - room);
  const y = -gate.y * UNIT + (isBelow ? away : 0.6 * size - away);
  return (
    mark +
    `<text class="${look}-name" x="${n(x)}" y="${n(y)}" font-size="${n(size)}" ` +
    `text-anchor="middle">${escaped(gate.name)}</text>`
  );
}
