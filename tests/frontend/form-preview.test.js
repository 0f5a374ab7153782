/** Home Assistant's preview of a form, made to follow in the forms of nodes and gates. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { followInAllForms } from "../../custom_components/smart_parking/frontend/form-preview.js";

/** As Home Assistant's element does: a change of the form is sent, but for subentries. */
class Preview {
  domain = "smart_parking";
  flowType = "config_flow";
  /** @type {unknown[]} */
  sent = [];

  /** @param {unknown} changed */
  willUpdate(changed) {
    if (["config_flow", "options_flow"].includes(this.flowType)) this.sent.push(changed);
  }
}

/** @param {object} [given] @param {new () => object} [element] */
async function shown(given = {}, element = class extends Preview {}) {
  const registry = { whenDefined: async () => element, get: () => element };
  await followInAllForms(/** @type {any} */ (registry));
  const preview = Object.assign(/** @type {any} */ (new element()), given);
  preview.willUpdate("x");
  return preview;
}

test("a form of a subentry is sent", async () => {
  const preview = await shown({ flowType: "config_subentries_flow" });
  assert.deepEqual(preview.sent, ["x"]);
});

test("other forms stay as they are", async () => {
  for (const flowType of ["config_flow", "options_flow", "repair_flow"])
    assert.equal((await shown({ flowType })).flowType, flowType);
});

test("previews of others are left alone", async () => {
  const preview = await shown({ domain: "group", flowType: "config_subentries_flow" });
  assert.deepEqual([preview.flowType, preview.sent], ["config_subentries_flow", []]);
});

test("a page that loads it twice, as after an update, sends once", async () => {
  class Element extends Preview {}
  await shown({}, Element);
  const preview = await shown({ flowType: "config_subentries_flow" }, Element);
  assert.deepEqual(preview.sent, ["x"]);
});

test("an element that does nothing before is none to fail on", async () => {
  class Bare {}
  const given = { domain: "smart_parking", flowType: "config_subentries_flow" };
  assert.equal((await shown(given, Bare)).flowType, "config_flow");
});
