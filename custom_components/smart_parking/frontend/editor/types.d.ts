/** What is on a drawing, and what the editor and the server say to one another. */

import type { Kind } from "../card/types";

export type Cell = string | number | boolean | string[] | null;
export type Cells = Record<string, Cell>;
export type XY = [number, number];

export interface DrawnLevel {
  order?: number;
}
export interface DrawnNode {
  name: string;
  source: string;
  settings?: Cells;
}
export interface DrawnBay {
  label: string;
  kind?: Kind;
  level?: string;
  zone?: string;
  x: number;
  y: number;
  heading?: number;
  width?: number;
  length?: number;
  node?: string;
  wiring?: Cells;
}
/** How a row of bays was drawn: a line from 1 to 2, bent by `bend` metres to its left. */
export interface RowShape {
  level: string;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  bend: number;
  /** Wanted number on a side; 0 is as many as fit. */
  count: number;
  width: number;
  length: number;
  /** Between the line and the bays: 90, 60, 45, or 0 along it. */
  angle: number;
  sides: number;
  aisle: number;
  /** Whether vehicles point to the other side of the line. */
  flip: boolean;
}
export interface DrawnRow {
  bays: string[];
  shape: Cells;
}
export interface DrawnGate {
  name: string;
  level?: string;
  x: number;
  y: number;
  heading?: number;
  distances?: string;
}
export interface DrawnLine {
  level?: string;
  points: XY[];
}
export interface DrawnLane extends DrawnLine {
  one_way?: boolean;
}
export interface DrawnZone extends DrawnLine {
  name: string;
}
export type End = [string, number, number];
export interface DrawnRamp {
  start: End;
  end: End;
  one_way?: boolean;
  length?: number;
}
export interface DrawnGround {
  level?: string;
  picture: string;
  x: number;
  y: number;
  width: number;
  height: number;
  turn?: number;
  opacity?: number;
  /** Whether visitors see it. */
  public?: boolean;
}

export interface Things {
  levels: DrawnLevel;
  nodes: DrawnNode;
  bays: DrawnBay;
  rows: DrawnRow;
  gates: DrawnGate;
  lanes: DrawnLane;
  ramps: DrawnRamp;
  walls: DrawnLine;
  zones: DrawnZone;
  grounds: DrawnGround;
}
export type Collection = keyof Things;
export type Drawing = { [Name in Collection]: Map<string, Things[Name]> };
export type Sent = { [Name in Collection]?: Record<string, Things[Name] | null> };
/** Puts things on a drawing; null takes one off. */
export type Change = Sent;
export type ThingId = [Collection, string];

export interface Problem {
  key: string;
  severity: "error" | "warning";
  things: ThingId[];
  placeholders: Record<string, string>;
}
export interface Ways {
  levels: string[];
  nodes: [number, number, number][];
  gates: Record<string, number>;
  bays: Record<string, number>;
  parents: Record<string, number[]>;
  shapes: Record<string, [number, number, number]>;
  headings: Record<string, number>;
  stranded: string[];
}
export interface Check {
  problems: Problem[];
  ways: Ways;
}
export interface Plan {
  number: number;
  at: number;
  by: string;
  bays: number;
  current: boolean;
}
export interface Author {
  id: string;
  name: string;
  changed_at: number | null;
}
export interface Status {
  revision: number;
  changed: boolean;
  changed_at: number | null;
  changed_by: string | null;
}
export interface FreeSensor {
  key: string;
  source: string;
  node: string | null;
  name: string;
  entity_id: string | null;
  wiring: Cells;
  endless: boolean;
  /** What it said last, where no entity shows that. */
  said?: string;
  /** What its node is called, where each node has sensors of its own. */
  node_name?: string;
  /** Whether that cannot be reached. */
  away?: boolean;
  /** Of the bay that it looks at as the lot is at work; null while that is not known. */
  occupied?: boolean | null;
}
export type Event =
  | ({
      type: "draft";
      author: string;
      name: string;
      drawing: Sent;
      plans: Plan[];
    } & Status)
  | ({ type: "change"; author: string; change: Change } & Status)
  | ({ type: "published"; by: string; change: Change; plans: Plan[] } & Status)
  | ({ type: "check"; revision: number } & Check)
  | { type: "sensors" }
  | { type: "authors"; authors: Author[] };
