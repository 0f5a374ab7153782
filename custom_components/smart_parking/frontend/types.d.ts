/** What comes over the wire, what Home Assistant hands to a card, and what views share. */

import type { LotState, Change } from "./lot-state.js";
import type { Words } from "./words.js";

export type Kind = "standard" | "accessible" | "ev" | "family" | "motorcycle" | "staff";

/** v vacant, o occupied, h held, x out of service, u unknown. */
export type Letter = "v" | "o" | "h" | "x" | "u";

/** Places and sizes in metres, y upwards; heading in degrees counter-clockwise from +x. */
export interface Bay {
  id: string;
  label: string;
  kind: Kind;
  level: string;
  x: number;
  y: number;
  w: number;
  l: number;
  heading: number;
  entity_id: string | null;
}

export interface Gate {
  id: string;
  name: string;
  level: string;
  x: number;
  y: number;
  entity_id: string | null;
}

export interface Lot {
  entry_id: string;
  name: string;
  bays: Bay[];
  gates: Gate[];
}

export interface Picture {
  lot: Lot;
  states: string;
  since: number[];
  faults?: Record<string, string>;
  nearest: ([number, number] | null)[];
  seq: number;
  now: number;
  can?: string[];
}

export interface Delta {
  s: number;
  t: number;
  b?: [number, string][];
  n?: ([number, number, number] | [number])[];
  f?: Record<string, string | null>;
}

export interface Point {
  x: number;
  y: number;
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
}

export type Status = "connecting" | "live" | "lost" | "absent";

/** What the card remembers while a view is rebuilt. */
export interface Memory {
  level?: string;
  gate?: string;
  kind?: Kind;
  bay?: string;
  window?: { x: number; y: number; width: number; height: number };
}

/** What a view is given. */
export interface ViewContext {
  state: LotState;
  words: Words;
  config: CardConfig;
  memory: Memory;
  hass(): Hass;
  moreInfo(entityId: string | null): void;
}

export interface View {
  readonly root: HTMLElement;
  /** Shows what has changed, or how well it is known. */
  update(change: Change): void;
  setStatus(status: Status, message: string): void;
  /** Shows what depends on the clock. */
  tick?(now: Date): void;
  /** Covers the whole page. */
  cover?(): void;
  destroy?(): void;
}

export interface HassEntity {
  state: string;
  attributes: Record<string, unknown>;
}

/** Of Home Assistant's entity registry, as every user may read it. */
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
  ): Promise<unknown>;
  callWS<T>(message: Record<string, unknown>): Promise<T>;
}

declare global {
  interface Window {
    customCards?: Record<string, unknown>[];
    customStrategies?: Record<string, unknown>[];
  }
}
