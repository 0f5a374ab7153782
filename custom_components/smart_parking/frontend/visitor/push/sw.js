/**
 * Service worker that shows notifications while the page is closed. It caches and fetches nothing.
 */

const worker = /** @type {import("./worker").Worker} */ (/** @type {unknown} */ (self));
const { registration, clients } = worker;
const page = registration.scope;

worker.addEventListener("push", (event) => {
  if (!event.data) return;
  const { title, body, lang, tag, to, icon } = event.data.json();
  const about = { body, lang, tag, data: { to }, renotify: true };
  const pictures = icon ? { icon: new URL(icon, page).href } : {};
  event.waitUntil(registration.showNotification(title, { ...about, ...pictures }));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.to));
});

/** Brings the page to the front, or opens the address of a message. @param {string} to */
async function show(to) {
  const address = new URL(to, page).href;
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = open.find((one) => one.url.startsWith(page));
  if (shown && !to) await shown.focus();
  else if (address.startsWith(page)) await clients.openWindow(address);
}
