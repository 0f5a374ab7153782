/** What ships is what the sources make, and it is small. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FRONTEND = join(ROOT, "custom_components/smart_parking/frontend");
const DIST = join(FRONTEND, "dist");

const EVERY_PAGE_BYTES = 3_000;
const CARD_BYTES = 60_000;

const LOADER = "smart-parking.js";
const CARD = "card.js";

const missing = existsSync(join(ROOT, "node_modules/esbuild")) ? false : "npm ci has not been run";

/** @param {string} file */
const shipped = (file) => readFile(join(DIST, file));

/** @param {string} file @returns {Promise<number>} Bytes on the wire, to a browser without brotli. */
const size = async (file) => (await shipped(`${file}.gz`)).length;

/** @returns {Promise<string[]>} */
async function files() {
  const found = await readdir(DIST, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath ?? one.path, one.name).slice(DIST.length + 1))
    .sort();
}

/** @returns {Promise<string[]>} Those that are ours. */
const ourOwn = async () =>
  (await files()).filter((name) => name.endsWith(".js") && !name.startsWith("pdfjs/"));

/** What a file names to be loaded: at once, and when it is needed. @param {string} text */
const named = (text) => ({
  atOnce: [...text.matchAll(/(?:^|[;}])(?:import|export)[^;()]*?"(\.[^"]+)"/g)].map(
    ([, one = ""]) => one,
  ),
  later: [...text.matchAll(/\bimport\("(\.[^"]+)"\)/g)].map(([, one = ""]) => one),
});

describe("what ships", { skip: missing }, () => {
  /** @type {Map<string, string>} */
  let made;
  /** @type {Map<string, Buffer>} */
  let others;
  before(async () => {
    const { built, copied } = await import("../../scripts/frontend/build.js");
    [made, others] = await Promise.all([built(), copied()]);
  });

  it("is what the sources make: npm run build", async () => {
    const names = [...made.keys()].flatMap((name) => [name, `${name}.br`, `${name}.gz`]);
    assert.deepEqual(await files(), [...names, ...others.keys()].sort());
    for (const [name, text] of made)
      assert.ok((await readFile(join(DIST, name), "utf8")) === text, `${name} is another one`);
  });

  it("is what others made, as they made it, with what they allow", async () => {
    for (const [name, data] of others)
      assert.ok((await shipped(name)).equals(data), `${name} is another one`);
    const allowed = others.get("pdfjs/LICENSE.txt")?.toString() ?? "";
    for (const said of [/Apache License\s+Version 2\.0/, /PDFium Authors/, /Louvain/])
      assert.match(allowed, said);
  });

  it("is made of the same bytes each time", async () => {
    const { built } = await import("../../scripts/frontend/build.js");
    assert.deepEqual(await built(), made);
  });
});

describe("each file that ships", () => {
  it("lies there compressed, too", async () => {
    for (const name of await ourOwn()) {
      const text = await shipped(name);
      assert.ok(gunzipSync(await shipped(`${name}.gz`)).equals(text), name);
      assert.ok(brotliDecompressSync(await shipped(`${name}.br`)).equals(text), name);
    }
  });

  it("names only files that ship", async () => {
    const all = await files();
    for (const name of await ourOwn()) {
      const { atOnce, later } = named((await shipped(name)).toString());
      for (const one of [...atOnce, ...later]) assert.ok(all.includes(one.slice(2)), one);
    }
  });
});

describe("every page", () => {
  it("loads one small file, and nothing with it", async () => {
    const { atOnce, later } = named((await shipped(LOADER)).toString());
    assert.deepEqual(atOnce, []);
    assert.ok(later.includes(`./${CARD}`));
    assert.ok((await size(LOADER)) <= EVERY_PAGE_BYTES, `${await size(LOADER)} bytes`);
  });
});

describe("a page with a card", () => {
  it("loads one file more", async () => {
    assert.deepEqual(named((await shipped(CARD)).toString()).atOnce, []);
    assert.ok((await size(CARD)) <= CARD_BYTES);
  });

  it("loads neither the dashboard's builder nor the owner's forms", async () => {
    const card = (await shipped(CARD)).toString();
    // Words that only these have.
    const parts = /** @type {const} */ ([
      ["statistics-graph", "strategy.js"],
      ["recorder/statistics_during_period", "hours.js"],
      ["computeHelper", "form.js"],
      ["set_simulation", "owner-view.js"],
      ["smart_parking/statistics", "statistics.js"],
    ]);
    for (const [word, file] of parts) {
      assert.ok((await shipped(file)).includes(word), word);
      assert.ok(!card.includes(word), word);
    }
  });
});

describe("the editor", () => {
  it("loads what reads PDFs only with a PDF", async () => {
    assert.deepEqual(named((await shipped("editor.js")).toString()), {
      atOnce: [],
      later: ["./pdf-page.js"],
    });
    assert.deepEqual(named((await shipped("pdf-page.js")).toString()), {
      atOnce: [],
      later: ["./pdfjs/pdf.js"],
    });
  });

  it("loads nothing for PDFs that runs text as a program", async () => {
    for (const name of ["pdfjs/pdf.js", "pdfjs/pdf.worker.js"])
      assert.deepEqual(
        (await shipped(name))
          .toString()
          .match(/\beval\(|\bFunction\((?!"return this"\))[^)]{0,20}/g),
        null,
        name,
      );
  });
});
