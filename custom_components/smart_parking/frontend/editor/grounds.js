/** Pictures below the plan: sent to the server, and fetched from it. */

import { explain } from "./explain.js";

/** @typedef {import("./plan-editor.js").PlanEditor} Editor */

/** The address of a picture, for this page only. @param {Editor} editor @param {string} id */
export async function loadPicture(editor, id) {
  const { fetchWithAuth } = /** @type {any} */ (editor.hass);
  const answer = await fetchWithAuth(`/api/smart_parking/editor/${editor.entryId}/picture/${id}`);
  return URL.createObjectURL(await answer.blob());
}

/** Whether a file is a PDF, by how it begins, as viewers look. @param {Blob} file */
export async function isPdf(file) {
  return (await file.slice(0, 1024).text()).includes("%PDF-");
}

/** A file as a picture that the server takes; of a PDF a page. @param {Editor} editor @param {Blob} file */
async function asPicture(editor, file) {
  if (!(await isPdf(file))) return file;
  try {
    const { pictureOfPage } = await import("./pdf-page.js");
    return await pictureOfPage(editor, file);
  } catch {
    editor.tell(editor.text("pdf_unavailable"));
    return null;
  }
}

/** Takes a picture that is dropped on the drawing. @param {Editor} editor */
export function takeDropped(editor) {
  const { root } = editor.stage;
  root.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  root.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    // Otherwise the browser shows the file in place of the page.
    event.preventDefault();
    if (!editor.draft.ready) return;
    editor.choose("ground");
    void addPicture(editor, file);
  });
}

/** Puts a picture below the level. @param {Editor} editor @param {Blob} chosen */
export async function addPicture(editor, chosen) {
  const { fetchWithAuth } = /** @type {any} */ (editor.hass);
  editor.tell("");
  try {
    const file = await asPicture(editor, chosen);
    if (!file) return;
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

/** How large a picture is. @param {Blob} file */
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
