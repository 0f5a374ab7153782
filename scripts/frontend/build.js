/**
 * Builds what browsers get of the cards, from the sources beside it:
 *
 *     npm run build
 *
 * smart-parking.js is on every page and is complete in itself, as startup.js is, which is stored as a
 * resource, and editor.js, the page on which plans are drawn; card.js is what all cards need; the other files hold what is loaded when it is used, and take
 * what they share with the card from card.js. Each lies there as it is, and compressed beside it, as Home
 * Assistant sends it.
 */

import { build } from "esbuild";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const FRONTEND = fileURLToPath(
  new URL("../../custom_components/smart_parking/frontend/", import.meta.url),
);
const DIST = join(FRONTEND, "dist");

/** What is complete in itself, what all cards need, and what is loaded later: files by their sources. */
const ALONE = new Map([
  ["smart-parking.js", "smart-parking.js"],
  ["startup.js", "startup.js"],
  ["editor/editor.js", "editor.js"],
  ["editor/pdf-page.js", "pdf-page.js"],
]);
const CARD = "card.js";
const CARD_SOURCE = "card/card.js";
const LATER = new Map([
  ["card/plain.js", "plain.js"],
  ["card/form.js", "form.js"],
  ["card/hours.js", "hours.js"],
  ["card/owner-view.js", "owner-view.js"],
  ["card/strategy.js", "strategy.js"],
  ["statistics/statistics.js", "statistics.js"],
]);
/** What reads PDFs: the files of dist by those of Mozilla's package. */
const PDFJS = "pdfjs-dist";
const PDFJS_FILES = new Map([
  ["pdfjs/pdf.js", "legacy/build/pdf.min.mjs"],
  ["pdfjs/pdf.worker.js", "legacy/build/pdf.worker.min.mjs"],
  // Scans are often compressed as JBIG2 or as faxes are, aerial pictures as JPEG 2000.
  ["pdfjs/jbig2.wasm", "wasm/jbig2.wasm"],
  ["pdfjs/openjpeg.wasm", "wasm/openjpeg.wasm"],
]);
/** On what terms, by what they are of. */
const PDFJS_LICENSE = "pdfjs/LICENSE.txt";
const PDFJS_LICENSES = new Map([
  ["pdf.js and pdf.worker.js: PDF.js", "LICENSE"],
  ["jbig2.wasm: pdf.js.jbig2", "wasm/LICENSE_PDFJS_JBIG2"],
  ["jbig2.wasm: PDFium", "wasm/LICENSE_JBIG2"],
  ["openjpeg.wasm: pdf.js.openjpeg", "wasm/LICENSE_PDFJS_OPENJPEG"],
  ["openjpeg.wasm: OpenJPEG", "wasm/LICENSE_OPENJPEG"],
]);
/** @type {import("esbuild").BuildOptions} */
const OPTIONS = {
  absWorkingDir: FRONTEND,
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  outdir: DIST,
  // docs/dashboard.md promises these.
  target: ["chrome87", "edge88", "firefox90", "safari15.4"],
  write: false,
};

/** @param {string} path @returns {string} As the sources name each other. */
const name = (path) => relative(FRONTEND, path).split(sep).join("/");

/**
 * What is imported when it is needed is a file of its own; what the card has already comes from there.
 * @param {Set<string>} shared
 * @returns {import("esbuild").Plugin}
 */
const files = (shared) => ({
  name: "files",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      const source = name(join(resolveDir, path));
      if (kind === "dynamic-import")
        return {
          path: `./${source === CARD_SOURCE ? CARD : (LATER.get(source) ?? ALONE.get(source) ?? source)}`,
          external: true,
        };
      if (kind === "import-statement" && shared.has(source))
        return { path: `./${CARD}`, external: true };
      return undefined;
    });
    onResolve({ filter: new RegExp(`^${PDFJS}/`) }, () => ({
      path: "./pdfjs/pdf.js",
      external: true,
    }));
  },
});

/**
 * @param {string} source
 * @param {string} output
 * @param {Set<string>} [shared] What it takes from the card.
 */
async function bundle(source, output, shared = new Set()) {
  const result = await build({
    ...OPTIONS,
    entryPoints: [{ in: source, out: output.slice(0, -3) }],
    plugins: [files(shared)],
  });
  const [file] = result.outputFiles ?? [];
  const made = result.metafile && Object.values(result.metafile.outputs)[0];
  if (!file || !made) throw new Error(`${source}: nothing was built`);
  return { text: file.text, inputs: Object.keys(made.inputs), exports: made.exports };
}

/**
 * @param {string} text A file that was built.
 * @returns {string[]} What it takes from the card's.
 */
const taken = (text) =>
  [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*"\.\/card\.js"/g)].flatMap(([, names = ""]) =>
    names.split(",").map((one) => one.trim().split(/\s+as\s+/)[0] ?? ""),
  );

/** @returns {Promise<Map<string, string>>} The text of every file, by its name. */
export async function built() {
  /** @type {Map<string, string>} */
  const made = new Map();
  for (const [source, output] of ALONE) made.set(output, (await bundle(source, output)).text);
  const card = await bundle(CARD_SOURCE, CARD);
  made.set(CARD, card.text);
  const shared = new Set([CARD_SOURCE, ...card.inputs]);
  for (const [source, output] of LATER) {
    const { text } = await bundle(source, output, shared);
    const missing = taken(text).filter((one) => !card.exports.includes(one));
    if (missing.length) throw new Error(`${source}: ${CARD} does not export ${missing.join(", ")}`);
    made.set(output, text);
  }
  return made;
}

/** @returns {Promise<Map<string, Buffer>>} The files that others made, by their names. */
export async function copied() {
  const read = (/** @type {string} */ source) =>
    readFile(new URL(`../../node_modules/${PDFJS}/${source}`, import.meta.url));
  /** @type {Map<string, Buffer>} */
  const found = new Map();
  for (const [file, source] of PDFJS_FILES) found.set(file, await read(source));
  let license = "";
  for (const [of, source] of PDFJS_LICENSES)
    license += `${of}\n${"=".repeat(of.length)}\n\n${(await read(source)).toString().trim()}\n\n`;
  return found.set(PDFJS_LICENSE, Buffer.from(license));
}

/** Writes every file in place of those before: as it is, and ours compressed, too. */
async function write() {
  const made = await built();
  const others = await copied();
  /** @type {string[]} */
  const said = [];
  await rm(DIST, { recursive: true, force: true });
  for (const [file, text] of made) {
    const path = join(DIST, file);
    const data = Buffer.from(text);
    const gzip = gzipSync(data, { level: 9 });
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    const brotli = brotliCompressSync(data, { params });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
    await writeFile(`${path}.gz`, gzip);
    await writeFile(`${path}.br`, brotli);
    said.push(`${file}: ${data.length} bytes, gzip ${gzip.length}, brotli ${brotli.length}`);
  }
  for (const [file, data] of others) {
    const path = join(DIST, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
    said.push(`${file}: ${data.length} bytes`);
  }
  console.log(said.join("\n"));
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) await write();
