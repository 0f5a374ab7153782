/**
 * For pages that are opened while Home Assistant starts: before the card's files have an address, and
 * therefore without a word of them.
 *
 * It is stored, as it is, among the resources of the dashboards, which every page asks for over its
 * connection; so nothing has to be served for it. It waits until the integration is there, asks it for the
 * loader's address, and imports that. Cards come by themselves then. A dashboard that builds itself has
 * given up after five seconds, and is told to begin anew.
 */

const CARD = "smart-parking-card";
const BUILDER = "ll-strategy-dashboard-smart-parking";
const STRATEGY = "custom:smart-parking";
const DOMAIN = "smart_parking";

/**
 * Return the dashboards of a page, whose elements are in elements.
 * @param {ParentNode} root
 * @returns {(Element & { lovelace?: { rawConfig?: { strategy?: { type?: string } } } })[]}
 */
const dashboards = (root) =>
  [...root.querySelectorAll("*")].flatMap((one) => {
    if (one.localName === "hui-root") return [one];
    return one.shadowRoot ? dashboards(one.shadowRoot) : [];
  });

/** Make dashboards build themselves anew that could not without the loader. */
function rebuild() {
  for (const one of dashboards(document))
    if (one.lovelace?.rawConfig?.strategy?.type === STRATEGY)
      one.dispatchEvent(new CustomEvent("config-refresh", { bubbles: true, composed: true }));
}

async function begin() {
  const made = await window.hassConnection;
  if (!made || window.customElements.get(CARD)) return;
  const { auth, conn } = made;
  let isLoaded = false;

  async function find() {
    try {
      const { url } = /** @type {{ url: string }} */ (
        await conn.sendMessagePromise({ type: `${DOMAIN}/loader` })
      );
      await import(new URL(url, auth.data.hassUrl).href);
    } catch {
      return; // The integration is not there yet; it is heard of when it is.
    }
    if (isLoaded) return;
    isLoaded = true;
    conn.removeEventListener("ready", find);
    void listening.then((stop) => stop());
    await window.customElements.whenDefined(BUILDER);
    rebuild();
  }

  // Home Assistant may restart meanwhile: the page connects again, and may have missed the news.
  conn.addEventListener("ready", find);
  const listening = conn.subscribeMessage(
    (/** @type {{ data: { component: string } }} */ { data }) => {
      if (data.component === DOMAIN) void find();
    },
    { type: "subscribe_events", event_type: "component_loaded" },
  );
  await listening;
  await find();
}

void begin();
