/** Ends the automatic reloading of the page, which keeps browsers without scripts up to date. */

/** Ends the reloading once the page has been loaded. */
export async function endRefresh() {
  if (await loaded()) return;
  // Only `stop` ends it, and it ends all loading, too. Safari ignores it while nothing is being
  // loaded.
  new Image().src = "data:,";
  window.stop();
  document.querySelector("meta[http-equiv=refresh]")?.remove();
  for (const image of document.images) {
    if (!image.complete || !image.naturalWidth) image.setAttribute("src", image.src);
  }
}

/** Resolves when the page has been loaded, with whether it is being left already. */
async function loaded() {
  let isLeft = false;
  /** @param {Event} event */
  const note = ({ type, target }) => {
    if (type === "submit" || /** @type {Element} */ (target).closest("a")) isLeft = true;
  };
  for (const type of ["click", "submit"]) document.addEventListener(type, note);
  if (document.readyState !== "complete")
    await new Promise((done) => addEventListener("load", done, { once: true }));
  // Within the load event, some browsers do not know yet that there is something to stop.
  await new Promise((done) => setTimeout(done));
  for (const type of ["click", "submit"]) document.removeEventListener(type, note);
  return isLeft;
}
