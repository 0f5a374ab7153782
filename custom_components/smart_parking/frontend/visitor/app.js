/**
 * Script of the visitors' page: it follows the lot, and sends actions. The page works without it.
 */

import { EventStream } from "./event-stream.js";
import { VisitorLot } from "./lot.js";
import { Page } from "./page.js";
import { Plan } from "./plan.js";
import { endRefresh } from "./refresh.js";
import { view } from "./view.js";

/** @typedef {import("./types").Answer} Answer */
/** @typedef {import("./types").Mine} Mine */
/** @typedef {import("./types").Start} Start */

/** A page that is hidden for this time closes its stream. */
const OUT_OF_SIGHT_MS = 30_000;
/** A request without an answer for this time has no connection. */
const ANSWER_MS = 15_000;
const BUZZ_MS = 200;

/** Features that the script needs. A browser that cannot even parse this file runs none of it. */
const CAN_FOLLOW =
  "SubmitEvent" in globalThis &&
  "submitter" in SubmitEvent.prototype &&
  "replaceChildren" in Element.prototype;

/** State in the page's history while it is reloaded because it was too old. */
const RENEWED = "renewed";

const start = /** @type {Start} */ (
  JSON.parse(document.getElementById("start")?.textContent ?? "{}")
);
const { texts } = start;
const page = new Page(texts, start.lang);
const plan = new Plan(/** @type {HTMLElement} */ (document.getElementById("plan")));

/** @type {VisitorLot | null} */
let lot = null;
/** @type {Mine} */
let mine = start.mine;
/** The chosen gate by its id, because its index may change. */
/** @type {string | undefined} */
let gateId;
/** Counts the states of the visitor that the stream has sent. */
let saidMine = 0;
/** Actions without an answer yet, as they are sent: a repeated one is the same request. */
const pending = new Set();
/** Requests are sent one after the other. */
let sending = Promise.resolve();

function show() {
  if (!lot) return;
  const gate = lot.gates.findIndex(({ id }) => id === gateId);
  const choice = { kind: start.kind, gate: gate < 0 ? null : gate };
  const shown = view(lot, mine, choice, texts, start.lang);
  page.show(shown, mine.label);
  plan.show(lot, shown);
  document.body.dataset.follows = "";
}

/** @param {Mine} now */
function promised(now) {
  const isElsewhere = now.status !== mine.status || now.label !== mine.label;
  mine = now;
  page.setClock(now.now);
  if (now.text) {
    page.notify(now.text);
    // Browsers log an error when the user has not interacted with the page yet.
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZ_MS);
  } else if (isElsewhere) page.notify(null);
}

/** @param {string} event @param {any} data */
function hear(event, data) {
  if (event === "picture") {
    lot = new VisitorLot(data);
    gateId ??= start.gate === null ? lot.gates[0]?.id : lot.gates[start.gate]?.id;
    page.setClock(data.now);
  } else if (event === "delta") lot?.apply(data);
  else if (event === "mine") {
    saidMine += 1;
    promised(data);
  }
  show();
}

/**
 * Looks at the lot, for as long as there is no line: when all are taken, or the server starts anew.
 * Whoever is promised nothing misses nothing by it.
 */
async function look() {
  const response = await fetch("lot");
  if (!response.ok) return false;
  hear("picture", await response.json());
  return mine.status === "none";
}

const line = new EventStream("stream", hear, (status) => page.setLine(status), look);

/** @param {HTMLFormElement} form @param {URLSearchParams} fields */
async function send(form, fields) {
  const saidBefore = saidMine;
  const timeout = new AbortController();
  const waiting = setTimeout(() => timeout.abort(), ANSWER_MS);
  /** @type {Answer} */
  let answer;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: fields,
      // The action is sent even if the page is left before its answer.
      keepalive: true,
      signal: timeout.signal,
    });
    if (response.status === 403) {
      renew();
      return;
    }
    // A server that is just starting answers so, too.
    if (response.status === 404) throw new Error("not there");
    if (!response.ok && response.status !== 409) {
      page.notify(texts[response.status === 429 ? "error_busy" : "error_other"] ?? "");
      return;
    }
    answer = await response.json();
  } catch {
    line.lose();
    return;
  } finally {
    clearTimeout(waiting);
  }
  history.replaceState(null, "");
  if (fields.get("do") === "forget") {
    location.reload();
    return;
  }
  const text = answer.text ?? answer.mine.text;
  // A state that the stream has sent since then is as new as the answer, or newer.
  const isNews = saidMine === saidBefore;
  if (isNews) promised(answer.mine);
  // Whoever is promised something has to hear what becomes of it.
  line.wake();
  if (isNews || text) page.notify(text);
  if (answer.promotion) page.showPromotion(answer.promotion);
  form.closest("details")?.removeAttribute("open");
  show();
}

/** Reloads a page whose visitor the server has removed, once only. */
function renew() {
  if (history.state === RENEWED) {
    page.notify(texts.error_session ?? "");
    return;
  }
  history.replaceState(RENEWED, "");
  location.reload();
}

/** @param {SubmitEvent} event */
function take(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  // Until the lot is known, the browser submits the form.
  if (!lot || form.getAttribute("action") !== "act") return;
  event.preventDefault();
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  const { name, value } = /** @type {HTMLButtonElement} */ (event.submitter);
  fields.append(name, value);
  const request = fields.toString();
  if (pending.has(request)) return;
  pending.add(request);
  page.setBusy(true);
  const work = () => send(form, fields);
  sending = sending.then(work, work).finally(() => {
    pending.delete(request);
    page.setBusy(pending.size > 0);
  });
}

async function follow() {
  document.addEventListener("submit", take);
  await endRefresh();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(() => line.rest(), OUT_OF_SIGHT_MS);
    else line.wake();
  });
  addEventListener("pagehide", () => line.rest());
  addEventListener("pageshow", () => line.wake());
  addEventListener("online", () => line.wake());
  addEventListener("offline", () => line.lose());
  line.wake();
}

if (CAN_FOLLOW) void follow();
