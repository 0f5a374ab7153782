/** A page of a PDF as a picture: what is decided before and after it is drawn. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";

import { isPdf } from "../../custom_components/smart_parking/frontend/editor/grounds.js";
import {
  PDF_BYTES_MAX,
  PICTURE_BYTES_MAX,
  PICTURE_PX,
  encode,
  pageOf,
  pictureOfPage,
  reasonOf,
  scaleFor,
} from "../../custom_components/smart_parking/frontend/editor/pdf-page.js";

/**
 * A canvas whose pictures have so many bytes; null is one that cannot be made.
 * @param {Record<string, (quality?: number) => number | null>} sizes
 */
function canvas(sizes) {
  const toBlob = (
    /** @type {(blob: unknown) => void} */ done,
    /** @type {string} */ type,
    /** @type {number | undefined} */ quality,
  ) => {
    const size = sizes[type]?.(quality) ?? null;
    done(size === null ? null : { size, type, quality });
  };
  return /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ ({ toBlob }));
}

describe("a file", () => {
  it("is a PDF by how it begins, whatever it is called", async () => {
    assert.ok(await isPdf(new Blob(["%PDF-1.7\n"])));
    // Some programs write something in front of it, and viewers look past that.
    assert.ok(await isPdf(new Blob([" ".repeat(1000), "%PDF-2.0"])));
    assert.ok(!(await isPdf(new Blob([" ".repeat(1024), "%PDF-2.0"]))));
    assert.ok(!(await isPdf(new Blob(["\x89PNG\r\n"]))));
    assert.ok(!(await isPdf(new Blob([]))));
  });

  it("is not read when it is too large", async () => {
    /** @type {unknown[]} */
    const said = [];
    const editor =
      /** @type {import("../../custom_components/smart_parking/frontend/editor/plan-editor.js").PlanEditor} */ (
        /** @type {unknown} */ ({
          text: (/** @type {string} */ key, /** @type {object} */ values) => [key, values],
          tell: (/** @type {unknown} */ text) => said.push(text),
        })
      );
    const file = /** @type {Blob} */ ({ size: PDF_BYTES_MAX + 1 });
    assert.equal(await pictureOfPage(editor, file), null);
    assert.deepEqual(said, [["pdf_big", { most: 100 }]]);
  });
});

describe("the page that is typed", () => {
  it("is one that there is", () => {
    const pages = [0, 1, 2.9, 3, 4, -1, Number.NaN, Infinity].map((typed) => pageOf(typed, 3));
    assert.deepEqual(pages, [1, 1, 2, 3, 3, 1, 1, 3]);
  });
});

describe("a drawn page", () => {
  it("has a long side of as many pixels as wanted, however large the sheet is", () => {
    for (const [width, height] of /** @type {const} */ ([
      [595, 842],
      [3370, 2384],
      [14400, 10],
      [1, 1],
    ])) {
      const scale = scaleFor(width, height, PICTURE_PX);
      assert.equal(Math.round(Math.max(width, height) * scale), PICTURE_PX);
    }
    assert.ok(Number.isFinite(scaleFor(0, 0, PICTURE_PX)));
    // The most that iOS can draw on.
    assert.ok(PICTURE_PX ** 2 <= 4096 * 4096);
  });

  it("is a PNG, and a JPEG where that would be too large for the server", async () => {
    const jpeg = (/** @type {number | undefined} */ quality) =>
      (quality ?? 1) > 0.9 ? PICTURE_BYTES_MAX + 1 : 1_000;
    const exact = await encode(canvas({ "image/png": () => PICTURE_BYTES_MAX }));
    assert.equal(exact.type, "image/png");
    const large = { "image/png": () => PICTURE_BYTES_MAX + 1 };
    const smaller = await encode(canvas({ ...large, "image/jpeg": () => 1_000 }));
    assert.deepEqual({ ...smaller }, { size: 1_000, type: "image/jpeg", quality: 0.92 });
    const small = await encode(canvas({ ...large, "image/jpeg": jpeg }));
    assert.deepEqual({ ...small }, { size: 1_000, type: "image/jpeg", quality: 0.7 });
    await assert.rejects(encode(canvas({ ...large, "image/jpeg": () => PICTURE_BYTES_MAX + 1 })));
    await assert.rejects(encode(canvas({})));
  });

  it("may have as many bytes as the server takes", async () => {
    const server = new URL(
      "../../custom_components/smart_parking/ground_pictures.py",
      import.meta.url,
    );
    const [, megabytes] =
      /^BYTES_MAX: Final = (\d+) \* 1024 \* 1024$/m.exec(await readFile(server, "utf8")) ?? [];
    assert.equal(PICTURE_BYTES_MAX, Number(megabytes) * 1024 ** 2);
  });
});

describe("why there is no picture", () => {
  it("is said by what was wrong", () => {
    const locked = Object.assign(new Error("No password given"), { name: "PasswordException" });
    const broken = Object.assign(new Error("Invalid"), { name: "InvalidPDFException" });
    assert.equal(reasonOf(locked), "pdf_locked");
    for (const error of [broken, new Error("?"), null, undefined])
      assert.equal(reasonOf(error), "pdf_bad");
  });
});
