/**
 * The plan in the forms of nodes and gates.
 *
 * Home Assistant sends what stands in a form that has a preview while it is filled in, but not of the forms
 * of subentries, which nodes and gates are. Nothing in its preview depends on that, so ours passes for one in
 * the form of an entry. Should an update undo this, such a form shows the plan as it was when it was opened.
 */

import { DOMAIN } from "./card/lots.js";

const PREVIEW = "flow-preview-generic";
const OF_SUBENTRIES = "config_subentries_flow";
const OF_ENTRIES = "config_flow";

/** What is used of Home Assistant's element. @typedef {{ domain?: string, flowType?: string }} Preview */

/**
 * Makes previews of ours follow in all forms, as soon as a form has one.
 * @param {CustomElementRegistry} registry
 */
export async function followInAllForms(registry) {
  await registry.whenDefined(PREVIEW);
  const { prototype } = /** @type {CustomElementConstructor} */ (registry.get(PREVIEW));
  const flowType = Object.getOwnPropertyDescriptor(prototype, "flowType");
  const read = flowType?.get;
  if (!read) return;
  Object.defineProperty(prototype, "flowType", {
    ...flowType,
    /** @this {Preview} */
    get() {
      const type = read.call(this);
      return this.domain === DOMAIN && type === OF_SUBENTRIES ? OF_ENTRIES : type;
    },
  });
}
