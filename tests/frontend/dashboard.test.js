import assert from "node:assert/strict";
import { after, before, describe, it, mock } from "node:test";

import { lotsOf } from "../../custom_components/smart_parking/frontend/card/lots.js";
import { usualWeek } from "../../custom_components/smart_parking/frontend/card/usual-week.js";
import { bay, gate, picture } from "./lots.js";
import { sent } from "./spoken.js";

/** @typedef {import("../../custom_components/smart_parking/frontend/card/types").Hass} Hass */

/**
 * A house with lots in it, as its registries show them.
 * @param {...string} names
 * @returns {any}
 */
function house(...names) {
  /** @type {Record<string, any>} */
  const entities = { "light.hall": { entity_id: "light.hall", device_id: "x", platform: "hue" } };
  /** @type {Record<string, any>} */
  const devices = { x: { id: "x", name: "Hall", config_entries: ["hue"] } };
  const add = (
    /** @type {string} */ id,
    /** @type {string} */ device,
    /** @type {string} */ key = "",
    more = {},
  ) => {
    entities[id] = {
      entity_id: id,
      device_id: device,
      platform: "smart_parking",
      translation_key: key,
      ...more,
    };
  };
  for (const name of names) {
    for (const [id, label] of [
      ["lot", name],
      ["node", "Pi"],
      ["gate", "North"],
      ["bay", "A01"],
    ])
      devices[`${name}-${id}`] = { id: `${name}-${id}`, name: label, config_entries: [name] };
    for (const key of ["free", "occupied", "occupancy", "arrivals", "free_ev"])
      add(`sensor.${name}_${key}`, `${name}-lot`, key);
    add(`sensor.${name}_nearest`, `${name}-gate`, "nearest");
    add(`sensor.${name}_sweep`, `${name}-node`, "sweep_time");
    add(`sensor.${name}_faulty`, `${name}-node`, "faulty");
    add(`binary_sensor.${name}_node`, `${name}-node`);
    add(`binary_sensor.${name}_a01`, `${name}-bay`, "bay");
    add(`switch.${name}_a01`, `${name}-bay`, "out_of_service");
  }
  const levels = [bay("A01"), bay("B01", { level: "2" })];
  return {
    entities,
    devices,
    locale: { language: "en" },
    config: { time_zone: "UTC", unit_system: { length: "km" } },
    user: { is_admin: true },
    connection: {
      connected: true,
      addEventListener() {},
      removeEventListener() {},
      sendMessage() {},
      /** @param {{language: string}} message */
      async sendMessagePromise({ language }) {
        return sent(language);
      },
      /** @param {(event: unknown) => void} callback */
      async subscribeMessage(callback) {
        callback(picture(levels, [gate("North", 0, 0)]));
        return async () => {};
      },
    },
  };
}

describe("the lots of a house", () => {
  it("are read from its registries, each with its own entities", () => {
    const lots = lotsOf(house("west", "east"));
    assert.deepEqual(
      lots.map(({ entryId, name }) => [entryId, name]),
      [
        ["east", "east"],
        ["west", "west"],
      ],
    );
    const [east] = lots;
    assert.equal(east?.sensors.free_ev, "sensor.east_free_ev");
    assert.deepEqual(east?.nearest, ["sensor.east_nearest"]);
    assert.deepEqual(east?.nodes, [
      {
        name: "Pi",
        sweep_time: "sensor.east_sweep",
        faulty: "sensor.east_faulty",
        connectivity: "binary_sensor.east_node",
      },
    ]);
  });

  it("bear a device that is not there yet", () => {
    const hass = house("east");
    hass.devices = {};
    assert.deepEqual(lotsOf(hass), []);
  });
});

describe("the dashboard", () => {
  /** @type {any} */
  let Dashboard;
  after(() => mock.timers.reset());
  before(async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    Dashboard = await import("../../custom_components/smart_parking/frontend/card/strategy.js");
  });

  const paths = (/** @type {any} */ { views }) => views.map((/** @type {any} */ view) => view.path);

  it("has an overview, a view per level, statistics and health", async () => {
    assert.deepEqual(paths(await Dashboard.generate({}, house("east"))), [
      "overview",
      "level-1-1",
      "level-1-2",
      "statistics",
      "health",
    ]);
  });

  it("shows every lot, and names only entities that there are", async () => {
    const hass = house("east", "west");
    const said = JSON.stringify(await Dashboard.generate({}, hass));
    for (const id of said.match(/"(?:sensor|binary_sensor|switch)\.\w+"/g) ?? [])
      assert.ok(hass.entities[JSON.parse(id)], id);
    for (const name of ["east", "west"]) assert.ok(said.includes(`"entry_id":"${name}"`));
  });

  it("says whose the statistics are where there are two lots, all of them", async () => {
    /** @param {any} config @returns {string[]} */
    const titles = ({ views }) =>
      views
        .find((/** @type {any} */ view) => view.path === "statistics")
        .sections.flatMap((/** @type {any} */ one) => one.cards)
        .map((/** @type {any} */ card) => card.title);
    // The statistics of the record, and what the recorder has of the last day and week.
    const two = titles(await Dashboard.generate({}, house("east", "west")));
    assert.equal(two.length, 6);
    for (const title of two) assert.match(title, /^(east|west)( · .|$)/);
    assert.equal(new Set(two).size, 6);
    const one = titles(await Dashboard.generate({}, house("east")));
    assert.deepEqual(
      one,
      two.slice(0, 3).map((title) => title.replace("east · ", "")),
    );
  });

  it("keeps the owner's view from those who do not run the house", async () => {
    const hass = { ...house("east"), user: { is_admin: false } };
    assert.ok(!paths(await Dashboard.generate({}, hass)).includes("health"));
  });

  it("says how to begin when there is no lot", async () => {
    const { views } = await Dashboard.generate({}, house());
    assert.equal(views.length, 1);
    assert.match(JSON.stringify(views), /domain=smart_parking/);
  });

  it("is built anew when a lot comes or goes, not when a light does", () => {
    const now = house("east");
    const light = {
      ...now,
      entities: { ...now.entities, "light.new": { entity_id: "light.new" } },
    };
    assert.equal(Dashboard.shouldRegenerate({}, now, light), false);
    assert.equal(Dashboard.shouldRegenerate({}, now, house("east", "west")), true);
  });
});

describe("a usual week", () => {
  const hour = (/** @type {string} */ at, /** @type {number | null} */ mean) => ({
    start: Date.parse(at),
    mean,
  });

  it("is the average of the same hours, in the lot's own time", () => {
    const week = usualWeek(
      [
        hour("2026-11-16T03:30:00Z", 40),
        hour("2026-11-23T03:30:00Z", 60),
        hour("2026-11-17T03:30:00Z", 9),
      ],
      "Asia/Kolkata",
    );
    assert.equal(week[1]?.[9], 50);
    assert.equal(week[2]?.[9], 9);
    assert.equal(week[1]?.[3], null);
  });

  it("leaves out hours in which nothing was known", () => {
    assert.ok(
      usualWeek([hour("2026-11-16T03:00:00Z", null)], "UTC")
        .flat()
        .every((one) => one === null),
    );
  });
});
