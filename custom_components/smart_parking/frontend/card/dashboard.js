/** Configuration of the dashboard of all lots. */

/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./lots.js").Lot} Lot */
/** @typedef {Record<string, unknown>} Config */

const WIDE = { columns: "full" };
const HALF = { columns: 6 };

/**
 * @param {Words} words
 * @param {Lot[]} lots
 * @param {string[][]} levels Of each lot that has several.
 * @param {boolean} isAdmin
 */
export function dashboard(words, lots, levels, isAdmin) {
  if (lots.length === 0) return { views: [nothing(words)] };
  return {
    views: [
      overview(words, lots),
      ...lots.flatMap((lot, at) => levelViews(words, lots, lot, levels[at] ?? [])),
      statistics(words, lots),
      ...(isAdmin ? [health(words, lots)] : []),
    ],
  };
}

/**
 * @param {string} title
 * @param {string} path
 * @param {string | undefined} icon
 * @param {Config[]} sections
 */
const view = (title, path, icon, sections) => ({
  title,
  path,
  icon,
  type: "sections",
  max_columns: 3,
  sections,
});

/** @param {Config[]} cards @param {number} [span] */
const section = (cards, span = 1) => ({ type: "grid", column_span: span, cards });

/** @param {string} heading @param {string} [icon] */
const title = (heading, icon) => ({ type: "heading", heading, icon });

/** @param {Lot} lot @param {Config} [more] */
const card = (lot, more = {}) => ({
  type: "custom:smart-parking-card",
  entry_id: lot.entryId,
  grid_options: WIDE,
  ...more,
});

/** @param {string | undefined} entity @param {Config} [more] */
const tile = (entity, more = {}) =>
  entity ? [{ type: "tile", entity, name: { type: "entity" }, grid_options: HALF, ...more }] : [];

/** @param {Words} words */
function nothing(words) {
  return view(words.text("dashboard_overview"), "overview", "mdi:parking", [
    section([
      title(words.text("dashboard_empty"), "mdi:parking"),
      { type: "markdown", content: words.text("dashboard_empty_text") },
      {
        type: "button",
        name: words.text("card_name"),
        icon: "mdi:plus",
        tap_action: {
          action: "navigate",
          navigation_path: "/config/integrations/dashboard/add?domain=smart_parking",
        },
      },
    ]),
  ]);
}

/** @param {Words} words @param {Lot[]} lots */
function overview(words, lots) {
  return view(
    words.text("dashboard_overview"),
    "overview",
    "mdi:parking",
    lots.flatMap((lot) => {
      const { free, occupied, occupancy, arrivals, ...rest } = lot.sensors;
      const kinds = Object.entries(rest)
        .filter(([key]) => key.startsWith("free_"))
        .flatMap(([, entity]) => tile(entity));
      return [
        section([card(lot)], 2),
        section([
          ...(lot.nearest.length
            ? [title(words.text("dashboard_nearest"), "mdi:sign-direction")]
            : []),
          ...lot.nearest.flatMap((entity) => tile(entity, { name: { type: "device" } })),
          title(words.text("dashboard_now"), "mdi:counter"),
          ...tile(free),
          ...tile(occupied),
          ...kinds,
          ...tile(arrivals, { grid_options: kinds.length % 2 ? HALF : WIDE }),
          ...tile(occupancy, {
            grid_options: WIDE,
            features: [{ type: "trend-graph", hours_to_show: 24 }],
          }),
        ]),
      ];
    }),
  );
}

/** @param {Words} words @param {Lot[]} lots @param {Lot} lot @param {string[]} levels */
function levelViews(words, lots, lot, levels) {
  return levels.map((level, at) =>
    view(
      lots.length > 1 ? `${lot.name} · ${words.level(level)}` : words.level(level),
      `level-${lots.indexOf(lot) + 1}-${at + 1}`,
      // Views are distinguished by their titles, which an icon would replace.
      undefined,
      [
        section(
          [
            card(lot, {
              level,
              show_chips: false,
              show_guide: false,
              title: `${lot.name} · ${words.level(level)}`,
            }),
          ],
          3,
        ),
      ],
    ),
  );
}

/** @param {Words} words @param {Lot[]} lots */
function statistics(words, lots) {
  /**
   * @param {string} heading
   * @param {string | undefined} entity
   * @param {Config} more
   */
  const graph = (heading, entity, more) =>
    entity
      ? [
          {
            type: "statistics-graph",
            title: heading,
            entities: [entity],
            chart_type: "line",
            min_y_axis: 0,
            max_y_axis: 100,
            fit_y_data: false,
            hide_legend: true,
            grid_options: { columns: 18 },
            ...more,
          },
        ]
      : [];
  return view(
    words.text("dashboard_statistics"),
    "statistics",
    "mdi:chart-bar",
    // Lots stand below each other, each with its name.
    lots.map(({ entryId, name, sensors: { occupancy } }) => {
      /** @param {import("./words.js").Key} key */
      const of = (key) => (lots.length > 1 ? `${name} · ${words.text(key)}` : words.text(key));
      return section(
        [
          {
            type: "custom:smart-parking-statistics-card",
            entry_id: entryId,
            title: name,
            grid_options: WIDE,
          },
          // What Home Assistant's recorder has of the last minutes and hours, in its own cards.
          ...graph(of("dashboard_today"), occupancy, {
            period: "5minute",
            days_to_show: 1,
            stat_types: ["mean"],
          }),
          ...graph(of("dashboard_week"), occupancy, {
            period: "hour",
            days_to_show: 7,
            stat_types: ["mean", "max"],
          }),
        ],
        3,
      );
    }),
  );
}

/** @param {Words} words @param {Lot[]} lots */
function health(words, lots) {
  return view(
    words.text("dashboard_health"),
    "health",
    "mdi:heart-pulse",
    lots.flatMap((lot) => {
      const sweeps = lot.nodes.flatMap((node) => node.sweep_time ?? []);
      const faulty = lot.nodes.flatMap((node) => node.faulty ?? []);
      return [
        section([card(lot, { view: "owner" })], 2),
        section([
          ...lot.nodes.flatMap((node) => [
            title(node.name, "mdi:raspberry-pi"),
            ...tile(node.connectivity),
            ...tile(node.faulty),
            ...tile(node.sweep_time),
          ]),
          ...(sweeps.length || faulty.length
            ? [
                {
                  type: "history-graph",
                  entities: [...faulty, ...sweeps],
                  hours_to_show: 24,
                  grid_options: WIDE,
                },
              ]
            : []),
        ]),
      ];
    }),
  );
}
