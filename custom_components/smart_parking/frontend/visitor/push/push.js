/**
 * Notifies a visitor while the page is closed, if their browser supports it. The page has the
 * texts, but no button that does nothing; the browser is asked for permission only after a tap.
 */

/** Statuses in which there are events to notify of. */
const WORTH_TELLING = ["waiting", "held", "arrived"];

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const section = part("push");
const offer = part("push-offer");
const {
  key = "",
  tell = "",
  stop: noMore = "",
  told = "",
  denied = "",
  failed = "",
} = section.dataset;
const canBeTold =
  isSecureContext &&
  "serviceWorker" in navigator &&
  "PushManager" in globalThis &&
  "Notification" in globalThis;
let isOn = section.dataset.on === "true";

/** @param {string} id @param {string} label @param {() => Promise<void>} work */
function makeButton(id, label, work) {
  const button = document.createElement("button");
  button.id = id;
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => {
    button.disabled = true;
    void work()
      .catch(() => show(failed))
      .finally(() => (button.disabled = false));
  });
  return button;
}

/** @param {string} [said] */
function show(said) {
  const isWorth = WORTH_TELLING.includes(document.body.dataset.status ?? "");
  section.hidden = !(canBeTold && (isOn || isWorth));
  offer.hidden = isOn;
  turnOffButton.hidden = !isOn;
  if (said !== undefined) part("push-said").textContent = said;
}

/** @param {Record<string, string>} fields */
async function send(fields) {
  const form = /** @type {HTMLInputElement} */ (document.querySelector("#acts [name=form]")).value;
  const response = await fetch("push", {
    method: "POST",
    body: new URLSearchParams({ form, ...fields }),
  });
  if (!response.ok) throw new Error(String(response.status));
}

/** Removes a subscription that was made with another key, or by another visitor. */
async function forget() {
  const registration = await navigator.serviceWorker.getRegistration();
  // An owner's browser has Home Assistant's own service worker, which controls every page without
  // one.
  if (registration?.scope !== new URL(".", location.href).href) return;
  await (await registration.pushManager.getSubscription())?.unsubscribe();
}

/** @param {ServiceWorkerRegistration} registration */
async function readiness({ installing, waiting }) {
  const worker = installing ?? waiting;
  while (worker && worker.state !== "activated") {
    await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
    if (worker.state === "redundant") throw new Error("The worker could not be installed");
  }
}

async function turnOn() {
  // This comes first, because Safari asks for permission only directly after a tap.
  if ((await Notification.requestPermission()) !== "granted") {
    show(denied);
    return;
  }
  const registration = await navigator.serviceWorker.register("sw.js");
  await readiness(registration);
  await forget();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  const { endpoint = "", keys = {} } = subscription.toJSON();
  const box = /** @type {HTMLInputElement | null} */ (document.getElementById("push-promotions"));
  const { p256dh = "", auth = "" } = keys;
  const promotions = box?.checked ? "yes" : "";
  await send({ do: "on", endpoint, p256dh, auth, promotions });
  isOn = true;
  show(told);
}

async function turnOff() {
  await send({ do: "off" });
  await forget();
  isOn = false;
  show("");
}

const turnOffButton = makeButton("push-off", noMore, turnOff);

if (canBeTold) {
  offer.prepend(makeButton("push-on", tell, turnOn));
  section.append(turnOffButton);
  new MutationObserver(() => show()).observe(document.body, { attributeFilter: ["data-status"] });
  // The server has removed the visitor, or the subscription that the browser still has.
  if (!isOn) void forget().catch(() => undefined);
}
show(isOn ? told : undefined);
