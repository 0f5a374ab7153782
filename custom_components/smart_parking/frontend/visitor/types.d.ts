/** What a visitor's page is told: docs/visitors.md has it in words. */

import type { Entrance, Kind, LevelChange, Letter, Network, SentWay, Side, Spot } from "../types";

export type { Entrance, Kind, LevelChange, Letter, Network, Side };

export interface Bay extends Spot {
  row: string | null;
}

export type SentOffer = SentWay;

export interface Picture {
  lot: {
    name: string;
    bays: Bay[];
    gates: Entrance[];
    kinds: Kind[];
    network: Network;
  };
  states: string;
  /** For each gate, for each kind. */
  nearest: (SentOffer | null)[][];
  seq: number;
  now: number;
}

export interface Delta {
  s: number;
  t: number;
  b: [number, string][];
  n?: ([number, number] | [number, number, ...SentOffer])[];
}

export type Status = "none" | "waiting" | "held" | "arrived" | "parked";

export type Do =
  "guide" | "another" | "extend" | "release" | "yes" | "no" | "parked" | "found" | "forget";

/** What is promised to the visitor. */
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
  can: Do[];
  text: string | null;
  now: number;
}

export type Texts = Record<string, string>;

/** What the page begins with. */
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

/** What an action is answered. */
export interface Answer {
  mine: Mine;
  promotion?: Promotion | null;
  error?: string;
  text?: string;
}

/** What the page shows, in words. */
export interface View {
  status: Status;
  free: string;
  say: string;
  bay: string;
  way: string;
  where: string;
  side: "left" | "right" | "ahead" | "up" | "down" | "other" | null;
  until: number | null;
  acts: { do: Do; label: string }[];
  /** What the plan shows: the way from a gate to a bay. */
  gate: number | null;
  index: number | null;
}
