/** The used parts of a service worker: TypeScript's own types exclude those of pages. */

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

/** Message of the server. */
export interface StateCode {
  title: string;
  body: string;
  lang: string;
  /** Topic: a newer message replaces an older one. */
  tag: string;
  /** The address that a tap opens, below the page's; the page itself when empty. */
  to: string;
  icon: string;
}
