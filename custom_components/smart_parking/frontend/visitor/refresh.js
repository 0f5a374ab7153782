/**
 * The page loads itself again every now and then, as long as nothing ends that: so whoever has a
 * browser that runs no script, or not these, is up to date all the same.
 */

/** Resolves when the page has been loaded and will not be loaded again by itself. */
export async function endRefresh() {
  if (await loaded()) return;
  // There is no other way to end it, and all that is being loaded ends with it. Where nothing is,
  // Safari finds that there is nothing to end.
  new Image().src = "data:,";
  window.stop();
  document.querySelector("meta[http-equiv=refresh]")?.remove();
  for (const image of document.images) {
    if (!image.complete || !image.naturalWidth) image.setAttribute("src", image.src);
  }
}

/** Resolves when the page has been loaded: whether it is being left already. */
async function loaded() {
  let isLeft = false;
  /** @param {Event} event */
  const note = ({ type, target }) => {
    if (type === "submit" || /** @type {Element} */ (target).closest("a")) isLeft = true;
  };
  for (const type of ["click", "submit"]) document.addEventListener(type, note);
  if (document.readyState !== "complete")
    await new Promise((done) => addEventListener("load", done, { once: true }));
  // Within the event of having been loaded, some do not yet know that there is something to end.
  await new Promise((done) => setTimeout(done));
  for (const type of ["click", "submit"]) document.removeEventListener(type, note);
  return isLeft;
}
