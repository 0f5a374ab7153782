/** The lots in Home Assistant's registries, which every user can read. */

/** @typedef {import("./types").Hass} Hass */

export const DOMAIN = "smart_parking";

/**
 * @typedef {object} Lot
 * @property {string} entryId
 * @property {string} name
 * @property {Record<string, string>} sensors Entity ids of the lot's counts, by what they count.
 * @property {string[]} nearest Entity ids of the gates' nearest bays.
 * @property {{name: string, connectivity?: string, sweep_time?: string, faulty?: string}[]} nodes
 */

const OF_LOT = /^(free|occupied|occupancy|arrivals)(_|$)/;

/**
 * Returns the config entry of an entity.
 * @param {Hass} hass
 * @param {import("./types").RegistryEntry} entity
 */
export function entryOf(hass, entity) {
  const device = entity.device_id ? hass.devices[entity.device_id] : undefined;
  return device?.primary_config_entry ?? device?.config_entries[0];
}

/**
 * @param {Hass} hass
 * @returns {Lot[]} In the order of their names.
 */
export function lotsOf(hass) {
  /** @type {Map<string, Lot>} */
  const lots = new Map();
  /** @type {Map<string, Lot["nodes"][number]>} */
  const nodes = new Map();
  for (const entity of Object.values(hass.entities)) {
    const { entity_id: id, translation_key: key = "" } = entity;
    if (entity.platform !== DOMAIN || key === "bay" || !entity.device_id || entity.hidden) continue;
    const entryId = entryOf(hass, entity);
    const device = hass.devices[entity.device_id];
    if (!entryId || !device) continue;
    let lot = lots.get(entryId);
    if (!lot) lots.set(entryId, (lot = { entryId, name: "", sensors: {}, nearest: [], nodes: [] }));
    const name = device.name_by_user ?? device.name ?? "";
    if (key === "nearest") lot.nearest.push(id);
    else if (OF_LOT.test(key)) {
      lot.sensors[key] = id;
      lot.name = name;
    } else if (
      key === "sweep_time" ||
      key === "faulty" ||
      (!key && id.startsWith("binary_sensor."))
    ) {
      let node = nodes.get(device.id);
      if (!node) {
        nodes.set(device.id, (node = { name }));
        lot.nodes.push(node);
      }
      node[/** @type {"sweep_time" | "faulty"} */ (key) || "connectivity"] = id;
    }
  }
  return [...lots.values()]
    .filter((lot) => Object.keys(lot.sensors).length)
    .sort((a, b) => a.name.localeCompare(b.name));
}
