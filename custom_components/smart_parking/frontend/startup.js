/**
 * Startup of pages that are opened while Home Assistant starts, before the card's files have an address.
 *
 * It is stored as a resource of the dashboards, which every page requests over its connection, so no file
 * has to be served for it. It waits until the integration is set up, asks it for the loader's address, and
 * imports the loader. Cards then appear by themselves. A dashboard strategy has given up after five seconds,
 * and is started again.
 */

const CARD = "smart-parking-card";
const BUILDER = "ll-strategy-dashboard-smart-parking";
const STRATEGY = "custom:smart-parking";
const DOMAIN = "smart_parking";

/**
 * Returns the dashboards of a page, which are nested in shadow roots.
 * @param {ParentNode} root
 * @returns {(Element & { lovelace?: { rawConfig?: { strategy?: { type?: string } } } })[]}
 */
const dashboards = (root) =>
  [...root.querySelectorAll("*")].flatMap((one) => {
    if (one.localName === "hui-root") return [one];
    return one.shadowRoot ? dashboards(one.shadowRoot) : [];
  });

/** Starts the strategies of dashboards again that failed without the loader. */
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
      return; // The integration is not set up yet; an event follows when it is.
    }
    if (isLoaded) return;
    isLoaded = true;
    conn.removeEventListener("ready", find);
    void listening.then((stop) => stop());
    await window.customElements.whenDefined(BUILDER);
    rebuild();
  }

  // Home Assistant may restart meanwhile: the page reconnects, and may have missed the event.
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
