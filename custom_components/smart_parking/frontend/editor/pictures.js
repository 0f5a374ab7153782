/** What things look like on a drawing. */

import { svg } from "../shared/dom.js";
import { SYMBOLS } from "../card/glyphs.js";
import { corners } from "./geometry.js";

/** @typedef {import("./types").XY} XY */

/** Drawing units per metre. */
export const UNIT = 20;
const LANE_M = 5;

/** @param {XY[]} points @param {boolean} [closed] */
export const path = (points, closed = false) =>
  points.map(([x, y], index) => `${index ? "L" : "M"}${num(x * UNIT)} ${num(-y * UNIT)}`).join("") +
  (closed ? "Z" : "");

/** @param {number} value */

/** @param {number} value */
export const num = (value) => Math.round(value * 100) / 100;

/** @param {import("./types").DrawnGate} gate @param {number} heading */
export const gatePicture = (gate, heading) =>
  svg(
    "g",
    { class: "gate", transform: `translate(${num(gate.x * UNIT)} ${num(-gate.y * UNIT)})` },
    svg("circle", { r: 15 }),
    svg("path", { d: "M-6-8.5L9 0L-6 8.5Z", transform: `rotate(${num(-heading)})` }),
    svg("text", { y: 31 }, gate.name),
  );

/**
 * The end of a ramp on a level, or both.
 * @param {import("./types").DrawnRamp} ramp
 * @param {string} level
 * @param {(level: string) => string} named
 */
export function rampPicture(ramp, level, named) {
  const here = [ramp.start, ramp.end].filter(([of]) => of === level);
  if (!here.length) return null;
  const element = svg("g", { class: "ramp" });
  for (const end of here) {
    const other = end === ramp.start ? ramp.end : ramp.start;
    const [x, y] = [num(end[1] * UNIT), num(-end[2] * UNIT)];
    element.append(
      svg("rect", { x: x - 40, y: y - 40, width: 80, height: 80, rx: 6 }),
      svg("path", { d: `M${x - 14} ${y + 8}L${x} ${y - 8}L${x + 14} ${y + 8}` }),
      svg("text", { x, y: y + 56 }, named(other[0] || "–")),
    );
  }
  return element;
}

/** @param {import("./types").DrawnZone} zone */
export function zonePicture(zone) {
  const [x, y] = middle(zone.points);
  return svg(
    "g",
    { class: "zone" },
    svg("path", { d: path(zone.points, true) }),
    svg("text", { x: num(x * UNIT), y: num(-y * UNIT) }, zone.name),
  );
}

/** @param {import("./types").DrawnGround} ground */
export function groundPicture({ x, y, width, height, opacity = 0.5, turn = 0 }) {
  return svg("image", {
    x: num((-width / 2) * UNIT),
    y: num((-height / 2) * UNIT),
    width: num(width * UNIT),
    height: num(height * UNIT),
    preserveAspectRatio: "none",
    opacity,
    transform: `translate(${num(x * UNIT)} ${num(-y * UNIT)}) rotate(${num(-turn)})`,
  });
}

/**
 * @param {{x: number, y: number, width: number, length: number, heading: number}} shape
 * @param {string} label
 * @param {import("../card/types").Kind} kind
 */
export function bayPicture(shape, label, kind) {
  const [back, front, side, other] = corners(shape);
  const element = svg(
    "g",
    { class: `bay ${kind}` },
    svg("path", {
      class: "floor",
      d: path(/** @type {XY[]} */ ([back, front, side, other]), true),
    }),
    svg("path", { class: "edge", d: path(/** @type {XY[]} */ ([back, front, side, other])) }),
  );
  const [x, y] = [num(shape.x * UNIT), num(-shape.y * UNIT)];
  if (kind !== "standard") {
    const angle = (shape.heading * Math.PI) / 180;
    const ahead = shape.length * 0.26 * UNIT;
    element.append(
      svg("path", {
        class: SYMBOLS[kind].solid ? "symbol solid" : "symbol",
        d: SYMBOLS[kind].path,
        transform: `translate(${num(x + Math.cos(angle) * ahead)} ${num(y - Math.sin(angle) * ahead)})`,
      }),
    );
  }
  // Long labels are smaller, so that they stay in their bay.
  element.append(
    svg("text", { x, y, style: `font-size:${num(Math.min(16, 78 / label.length))}px` }, label),
  );
  return element;
}

/** @param {import("./types").DrawnLane} lane */
export function lanePicture(lane) {
  const d = path(lane.points);
  const element = svg(
    "g",
    { class: "lane" },
    svg("path", { class: "road", d, "stroke-width": LANE_M * UNIT }),
    svg("path", { class: "centre", d }),
  );
  if (lane.one_way) element.append(svg("path", { class: "arrows", d: arrows(lane.points) }));
  return element;
}

/** Arrow heads along a line. @param {XY[]} points */
function arrows(points) {
  let out = "";
  for (let index = 1; index < points.length; index += 1) {
    const [x1, y1] = points[index - 1] ?? [0, 0];
    const [x2, y2] = points[index] ?? [0, 0];
    const length = Math.hypot(x2 - x1, y2 - y1);
    const [ux, uy] = [(x2 - x1) / (length || 1), (y2 - y1) / (length || 1)];
    const count = Math.max(1, Math.round(length / 8));
    for (let number = 0; number < count; number += 1) {
      const at = (length * (number + 0.5)) / count;
      const [x, y] = [x1 + ux * at, y1 + uy * at];
      out += path([
        [x - ux * 0.6 - uy * 0.6, y - uy * 0.6 + ux * 0.6],
        [x + ux * 0.4, y + uy * 0.4],
        [x - ux * 0.6 + uy * 0.6, y - uy * 0.6 - ux * 0.6],
      ]);
    }
  }
  return out;
}

/** @param {XY[]} points @returns {XY} */
function middle(points) {
  const [x, y] = points.reduce(([sx, sy], [px, py]) => [sx + px, sy + py], [0, 0]);
  return [x / points.length, y / points.length];
}
