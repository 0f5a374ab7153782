/** Countdowns: one timer for the whole page, which runs only while one of them is visible. */

/** Step in seconds for users who ask for reduced motion. */
const CALM_S = 10;

/** @type {Map<Element, () => void>} */
const ticks = new Map();
/** @type {Set<Element>} */
const seen = new Set();
/** @type {IntersectionObserver | undefined} */
let observer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function watch() {
  document.addEventListener("visibilitychange", mind);
  return new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && ticks.has(target)) seen.add(target);
      else seen.delete(target);
    }
    mind();
  });
}

/** Runs the timer while a countdown is visible. */
function mind() {
  clearTimeout(timer);
  if (document.hidden || !seen.size) return;
  for (const element of seen) ticks.get(element)?.();
  timer = setTimeout(mind, 1_000 - (Date.now() % 1_000));
}

/**
 * Calls back every second while an element is on the screen.
 * @param {Element} element
 * @param {() => void} tick
 * @returns {() => void} Ends it.
 */
export function ticking(element, tick) {
  observer ??= watch();
  ticks.set(element, tick);
  observer.observe(element);
  tick();
  return () => {
    ticks.delete(element);
    seen.delete(element);
    observer?.unobserve(element);
  };
}

/**
 * Returns the time until a moment, in seconds.
 * @param {number} until In seconds since 1970, by the server's clock.
 * @param {number} aheadS How far that is ahead of ours.
 */
export function secondsLeft(until, aheadS) {
  const left = Math.max(0, until - aheadS - Date.now() / 1_000);
  const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
  return calm ? Math.ceil(left / CALM_S) * CALM_S : Math.floor(left);
}
