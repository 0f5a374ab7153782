/** Types of the visitors' page; its messages are described in docs/visitors.md. */

import type { Kind, LevelChange, StateCode, SentWay, Side } from "../card/types";

export type { Kind, LevelChange, StateCode, Side };

/** View of a level: its part, its scale, and the SVG over its bays. */
export type Seen = [window: string, zoom: string, marks: string];

export interface Bay {
  label: string;
  kind: Kind;
  level: string;
  row: string | null;
}

export interface Gate {
  id: string;
  name: string;
  level: string;
  seen: Seen;
}

export type SentOffer = [...SentWay, Seen];

export interface Picture {
  lot: {
    name: string;
    /** The name of the server's drawing. */
    plan: string;
    bays: Bay[];
    gates: Gate[];
    kinds: Kind[];
  };
  states: string;
  /** For each gate, for each kind. */
  nearest: (SentOffer | null)[][];
  /** When a bay is likely for who finds none, for each kind; null where nobody can tell. */
  likely?: (number | null)[];
  seq: number;
  now: number;
}

export interface Delta {
  s: number;
  t: number;
  b: [number, string][];
  n?: ([number, number] | [number, number, ...SentOffer])[];
  /** As `likely`, when that has changed. */
  w?: (number | null)[];
}

export type Status = "none" | "waiting" | "held" | "arrived" | "parked" | "departed";

export type Do =
  "guide" | "another" | "extend" | "release" | "yes" | "no" | "parked" | "found" | "forget";

/** State of the visitor. */
export interface Mine {
  status: Status;
  bay: number | null;
  label: string | null;
  gate: number | null;
  kind: Kind | null;
  until: number | null;
  metres: number | null;
  side: Side | null;
  level_change: LevelChange | null;
  position: number | null;
  /** When a bay is likely for who waits, in seconds since 1970. */
  likely?: number | null;
  /** Of the route to the bay. */
  seen: Seen | null;
  can: Do[];
  text: string | null;
  now: number;
}

export type Texts = Record<string, string>;

/** First data of the page. */
export interface Start {
  lang: string;
  texts: Texts;
  form: string;
  kind: Kind;
  gate: number | null;
  mine: Mine;
  now: number;
}

export interface Promotion {
  id: string;
  title: string;
  text: string;
  link: boolean;
  picture: boolean;
}

/** Answer to an action. */
export interface Answer {
  mine: Mine;
  promotion?: Promotion | null;
  error?: string;
  text?: string;
}

/** Content of the page, in words. */
export interface View {
  status: Status;
  free: string;
  isFull: boolean;
  say: string;
  bay: string;
  way: string;
  where: string;
  side: "left" | "right" | "ahead" | "up" | "down" | "other" | null;
  until: number | null;
  /** When a bay is likely for who has none. */
  likely: number | null;
  acts: { do: Do; label: string }[];
  /** Part of the plan that is shown: the route from a gate to a bay. */
  gate: number | null;
  index: number | null;
  level: string;
  /** Text in a corner of it. */
  note: string;
  seen: Seen | null;
}
