/** Home Assistant's preview of a form, made to follow in the forms of nodes and gates. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { followInAllForms } from "../../custom_components/smart_parking/frontend/form-preview.js";

/** As Home Assistant's element does: a change of the form is sent, but for subentries. */
class Preview {
  domain = "smart_parking";
  #flowType = "config_flow";
  /** @type {unknown[]} */
  sent = [];

  get flowType() {
    return this.#flowType;
  }

  set flowType(type) {
    this.#flowType = type;
  }

  /** @param {unknown} changed */
  send(changed) {
    if (["config_flow", "options_flow"].includes(this.flowType)) this.sent.push(changed);
  }
}

/** Returns an element of a kind of its own, of a page that loads the module so often. */
async function shown(given = {}, times = 1, element = copy(Preview)) {
  const registry = { whenDefined: async () => element, get: () => element };
  for (let time = 0; time < times; time += 1) await followInAllForms(/** @type {any} */ (registry));
  return Object.assign(/** @type {any} */ (new element()), given);
}

/** A class that is changed alone. @param {typeof Preview} original */
function copy(original) {
  class Copy extends original {}
  const { flowType, send } = Object.getOwnPropertyDescriptors(original.prototype);
  Object.defineProperties(Copy.prototype, { flowType, send });
  return Copy;
}

test("a form of a subentry is sent", async () => {
  const preview = await shown({ flowType: "config_subentries_flow" });
  preview.send("x");
  assert.deepEqual(preview.sent, ["x"]);
});

test("a form that was there before is sent, too", async () => {
  const element = copy(Preview);
  const preview = Object.assign(new element(), { flowType: "config_subentries_flow" });
  preview.send("lost");
  await shown({}, 1, element);
  preview.send("x");
  assert.deepEqual(preview.sent, ["x"]);
});

test("other forms stay as they are", async () => {
  for (const flowType of ["config_flow", "options_flow", "repair_flow"])
    assert.equal((await shown({ flowType })).flowType, flowType);
});

test("previews of others are left alone", async () => {
  const given = { domain: "group", flowType: "config_subentries_flow" };
  assert.equal((await shown(given)).flowType, "config_subentries_flow");
});

test("a page that loads it twice, as after an update, is as well off", async () => {
  const preview = await shown({ flowType: "config_subentries_flow" }, 2);
  assert.equal(preview.flowType, "config_flow");
});

test("an element that Home Assistant makes in another way is left alone", async () => {
  class Plain extends Preview {}
  assert.equal((await shown({ flowType: "repair_flow" }, 1, Plain)).flowType, "repair_flow");
});
