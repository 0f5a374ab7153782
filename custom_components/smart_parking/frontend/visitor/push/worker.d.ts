/** What is used here of a service worker: TypeScript's own description excludes that of pages. */

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface PushEvent extends Extendable {
  data: { json(): StateCode } | null;
}

interface ClickEvent extends Extendable {
  notification: Notification & { data: { to: string } };
}

interface Client {
  url: string;
  focus(): Promise<Client>;
}

export interface Worker {
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(what: { type: "window"; includeUncontrolled: boolean }): Promise<Client[]>;
    openWindow(address: string): Promise<Client | null>;
  };
  addEventListener(type: "push", listener: (event: PushEvent) => void): void;
  addEventListener(type: "notificationclick", listener: (event: ClickEvent) => void): void;
}

/** What the server sends. */
export interface StateCode {
  title: string;
  body: string;
  lang: string;
  /** What it is about: a newer one takes its place. */
  tag: string;
  /** What opens, below the page's address; the page itself when empty. */
  to: string;
  icon: string;
}
