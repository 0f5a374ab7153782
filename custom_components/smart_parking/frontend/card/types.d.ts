/** Types of messages, of the objects that Home Assistant gives to a card, and of views. */

import type { LotState, Change } from "./lot-state.js";
import type { Words } from "./words.js";

export type Kind = "standard" | "accessible" | "ev" | "family" | "motorcycle" | "staff";

/** v vacant, o occupied, h held, x out of service, u unknown. */
export type StateCode = "v" | "o" | "h" | "x" | "u";

/**
 * Public properties of a bay. Places and sizes in metres, y upwards; heading in degrees
 * counter-clockwise from +x.
 */
export interface BayShape {
  label: string;
  kind: Kind;
  level: string;
  x: number;
  y: number;
  w: number;
  l: number;
  heading: number;
}

export interface Bay extends BayShape {
  id: string;
  entity_id: string | null;
}

/** Public properties of a gate. */
export interface PublicGate {
  id: string;
  name: string;
  level: string;
  x: number;
  y: number;
  /** Direction of entry. */
  heading: number;
}

export interface Gate extends PublicGate {
  entity_id: string | null;
}

/** The routes through the lot: nodes with their parents, for every gate; -1 is none. */
export interface Network {
  levels: string[];
  /** x, y and the index of the level. */
  nodes: [number, number, number][];
  gates: number[];
  bays: number[];
  parents: number[][];
}

/** l left, r right, a ahead. */
export type Side = "l" | "r" | "a";

/** Change of level: u up, d down, o if the names have no order. */
export type LevelChange = "u" | "d" | "o";

/** A bay, and the directions to it: distance, side, change of level. */
export type SentWay = [number, number, Side | null, LevelChange | null];

export interface Line {
  level: string;
  points: [number, number][];
}

/** The picture below a level; x and y are its middle, opacity is 0 to 1. */
export interface Ground extends Place {
  picture: string;
  w: number;
  h: number;
  turn: number;
  opacity: number;
}

/** What an owner has drawn around the bays. */
export interface Surroundings {
  lanes: (Line & { one_way: boolean })[];
  /** Where ramps leave a level, and to which one. */
  ramps: (Place & { to: string })[];
  walls: Line[];
  zones: (Line & { name: string })[];
  grounds: Ground[];
}

export interface Lot {
  entry_id: string;
  name: string;
  /** Of distances. */
  unit: "metres" | "feet";
  bays: Bay[];
  gates: Gate[];
  network: Network;
  surroundings?: Surroundings;
}

export interface Picture {
  lot: Lot;
  states: string;
  since: number[];
  faults?: Record<string, string>;
  held?: Record<string, number>;
  nearest: (SentWay | null)[];
  /** From when the lot is usually full today, in seconds since 1970. */
  full_from?: number | null;
  seq: number;
  now: number;
  can?: string[];
}

export interface Delta {
  s: number;
  t: number;
  b?: [index: number, code: string, since?: number][];
  n?: ([number, ...SentWay] | [number])[];
  f?: Record<string, string | null>;
  h?: Record<string, number | null>;
  /** As `full_from`, when that has changed. */
  u?: number | null;
}

/** A hold, as in the response of actions. */
export interface Hold {
  hold_id: string;
  status: "waiting" | "reserved" | "held" | "arrived";
  driver: string | null;
  gate: string | null;
  from: string;
  until: string;
  position: number | null;
  bay: string | null;
  bay_id: string | null;
  directions: string | null;
}

/** An event of a hold; without a type it is the current state. */
export interface Report extends Hold {
  type?: string;
  reason?: string | null;
  previous_bay?: string | null;
}

/** A promotion, marked as advertising in the user's language. */
export interface Promotion {
  promotion_id: string;
  mark: string;
  title: string;
  text: string;
  image: string | null;
}

export interface Point {
  x: number;
  y: number;
}

export interface Place extends Point {
  level: string;
}

export interface CardConfig {
  type: string;
  entry_id?: string;
  view?: "plan" | "compact" | "sign" | "owner";
  level?: string;
  gate?: string;
  title?: string;
  fullscreen?: boolean;
  show_legend?: boolean;
  show_chips?: boolean;
  show_way?: boolean;
  show_guide?: boolean;
  shared?: boolean;
}

export type Status = "connecting" | "live" | "lost" | "absent";

/** State of the card that outlives a view. */
export interface Memory {
  level?: string;
  gate?: string;
  kind?: Kind;
  bay?: string;
  window?: { x: number; y: number; width: number; height: number };
  hold?: import("./my-hold.js").MyHold;
}

/** Context of a view. */
export interface ViewContext {
  state: LotState;
  words: Words;
  config: CardConfig;
  memory: Memory;
  hass(): Hass;
  moreInfo(entityId: string | null): void;
  /** Whether it is a preview of the card, in the picker or its editor. */
  preview?(): boolean;
}

export interface View {
  readonly root: HTMLElement;
  /** Shows changes, or another status. */
  update(change: Change): void;
  setStatus(status: Status, message: string): void;
  /** Updates texts that depend on the time. */
  tick?(now: Date): void;
  /** Covers the whole page. */
  cover?(): void;
  /** Starts or stops what runs only while the view is visible. */
  attach?(): void;
  detach?(): void;
  destroy?(): void;
}

export interface HassEntity {
  state: string;
  attributes: Record<string, unknown>;
}

/** Entry of Home Assistant's entity registry, as every user may read it. */
export interface RegistryEntry {
  entity_id: string;
  device_id?: string;
  platform?: string;
  translation_key?: string;
  entity_category?: string;
  hidden?: boolean;
}

export interface DeviceEntry {
  id: string;
  name: string | null;
  name_by_user: string | null;
  config_entries: string[];
  primary_config_entry?: string | null;
  identifiers: [string, string][];
}

export interface Locale {
  language: string;
  number_format?: string;
  time_format?: string;
  time_zone?: string;
}

export interface Connection {
  connected: boolean;
  /** Subscriptions by id. The library gives the id of one in no other way. */
  commands?: Map<number, { callback?: (event: never) => void }>;
  subscribeMessage<T>(
    callback: (event: T) => void,
    message: Record<string, unknown>,
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  sendMessage(message: Record<string, unknown>): void;
  sendMessagePromise<T>(message: Record<string, unknown>): Promise<T>;
  addEventListener(event: string, listener: () => void): void;
  removeEventListener(event: string, listener: () => void): void;
}

export interface Hass {
  connection: Connection;
  connected: boolean;
  language: string;
  locale: Locale;
  config: { time_zone: string; unit_system: { length: string } };
  themes?: { darkMode?: boolean };
  user?: { is_admin: boolean };
  states: Record<string, HassEntity>;
  entities: Record<string, RegistryEntry>;
  devices: Record<string, DeviceEntry>;
  translationMetadata?: { translations: Record<string, { isRTL?: boolean }> };
  callService(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: Record<string, unknown>,
    notifyOnError?: boolean,
  ): Promise<unknown>;
  loadBackendTranslation(
    category: string,
    integration: string,
  ): Promise<(key: string, values?: Record<string, string>) => string>;
  callWS<T>(message: Record<string, unknown>): Promise<T>;
}

/** Contents of an element, once they are loaded. */
export interface Body {
  setConfig(config: unknown): void;
  hass: Hass;
  connect(): void;
  disconnect(): void;
}

declare global {
  interface Window {
    customCards?: Record<string, unknown>[];
    customStrategies?: Record<string, unknown>[];
    /** Home Assistant's own, which its pages make as soon as they can. */
    hassConnection?: Promise<{ auth: { data: { hassUrl: string } }; conn: Connection }>;
  }
}
