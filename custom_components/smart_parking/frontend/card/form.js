/** Form of the card's settings, which Home Assistant draws. */

import { text } from "./words.js";

const VIEWS = /** @type {const} */ (["plan", "compact", "sign", "owner"]);

/** @param {string} language */
export function configForm(language) {
  /** @param {import("./words.js").Key} key */
  const say = (key) => text(language, key);
  const boolean = { boolean: {} };
  const plain = { text: {} };
  return {
    schema: [
      { name: "entry_id", selector: { config_entry: { integration: "smart_parking" } } },
      {
        name: "view",
        selector: {
          select: {
            mode: "dropdown",
            options: VIEWS.map((value) => ({ value, label: say(`view_${value}`) })),
          },
        },
      },
      { name: "title", selector: plain },
      {
        name: "",
        type: "grid",
        schema: [
          { name: "gate", selector: plain },
          { name: "level", selector: plain },
        ],
      },
      {
        name: "",
        type: "grid",
        schema: [
          { name: "show_way", default: true, selector: boolean },
          { name: "show_chips", default: true, selector: boolean },
          { name: "show_legend", default: true, selector: boolean },
          { name: "show_guide", default: true, selector: boolean },
          { name: "shared", selector: boolean },
          { name: "fullscreen", selector: boolean },
        ],
      },
    ],
    /** @param {{name: string}} schema */
    computeLabel: ({ name }) => say(/** @type {import("./words.js").Key} */ (`edit_${name}`)),
    /** @param {{name: string}} schema */
    computeHelper({ name }) {
      const key = /** @type {import("./words.js").Key} */ (`help_${name}`);
      const help = say(key);
      return help === key ? undefined : help;
    },
    /** @param {{view?: string}} config */
    assertConfig({ view }) {
      if (view !== undefined && !VIEWS.some((one) => one === view))
        throw new Error(`${view}: ${VIEWS.join(", ")}`);
    },
  };
}
