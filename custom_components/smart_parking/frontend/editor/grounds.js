/** Pictures below the plan: sent to the server, and fetched from it. */

import { explain } from "./explain.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

/** The address of a picture, for this page only. @param {Editor} editor @param {string} id */
export async function loadPicture(editor, id) {
  const { fetchWithAuth } = /** @type {any} */ (editor.hass);
  const answer = await fetchWithAuth(`/api/smart_parking/editor/${editor.entryId}/picture/${id}`);
  return URL.createObjectURL(await answer.blob());
}

/** Puts a picture below the level. @param {Editor} editor @param {File} file */
export async function addPicture(editor, file) {
  const { fetchWithAuth } = /** @type {any} */ (editor.hass);
  try {
    const answer = await fetchWithAuth(`/api/smart_parking/editor/${editor.entryId}/picture`, {
      method: "POST",
      body: file,
    });
    const said = await answer.json();
    if (!answer.ok) {
      editor.tell(editor.text(said.error === "big_picture" ? "picture_big" : "picture_bad"));
      return;
    }
    const { width, height } = await sizeOf(file);
    const [before] = [...editor.draft.drawing.grounds].filter(
      ([, one]) => (one.level ?? "") === editor.level,
    );
    // At first as wide as what is seen: two points and a length say how wide it is.
    const metres =
      before?.[1].width ?? Math.round(editor.stage.svg.clientWidth / editor.stage.view.scale);
    const { x, y } = before?.[1] ?? editor.stage.view;
    editor.do(
      {
        grounds: {
          [before?.[0] ?? said.picture.slice(0, 16)]: {
            level: editor.level,
            picture: said.picture,
            x: Math.round(x * 100) / 100,
            y: Math.round(y * 100) / 100,
            width: metres,
            height: Math.round(((metres * height) / width) * 1000) / 1000,
          },
        },
      },
      { select: [] },
    );
    editor.stage.fit();
  } catch (error) {
    editor.tell(await explain(editor.hass, editor.words, error));
  }
}

/** How large a picture is. @param {File} file */
async function sizeOf(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return { width: image.naturalWidth || 4, height: image.naturalHeight || 3 };
  } catch {
    return { width: 4, height: 3 };
  } finally {
    URL.revokeObjectURL(address);
  }
}
