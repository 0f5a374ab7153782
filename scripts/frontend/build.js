/**
 * Builds what browsers get of the cards, from the sources beside it:
 *
 *     npm run build
 *
 * smart-parking.js is on every page and is complete in itself; card.js is what all cards need; the other
 * files hold what is loaded when it is used, and take what they share with the card from card.js. Each
 * lies there as it is, and compressed beside it, as Home Assistant sends it.
 */

import { build } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const FRONTEND = fileURLToPath(
  new URL("../../custom_components/smart_parking/frontend/", import.meta.url),
);
const DIST = join(FRONTEND, "dist");

/** What is on every page, what all cards need, and what is loaded later: files by their sources. */
const LOADER = "smart-parking.js";
const CARD = "card.js";
const LATER = new Map([
  ["card/plain.js", "plain.js"],
  ["form.js", "form.js"],
  ["hours.js", "hours.js"],
  ["owner-view.js", "owner-view.js"],
  ["strategy.js", "strategy.js"],
]);
/** What the loader itself may have to say; the last of it is in the other languages' files. */
const LOADER_TEXTS = [
  "card_name",
  "card_description",
  "dashboard_name",
  "dashboard_description",
  "load_anew",
  "view_plan",
  "view_compact",
];

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

/** @returns {Promise<string[]>} Such as `de`. */
async function languages() {
  const files = await readdir(join(FRONTEND, "texts"));
  return files
    .filter((file) => file.endsWith(".js"))
    .map((file) => file.slice(0, -3))
    .sort();
}

/** The loader's texts, in every language. @type {import("esbuild").Plugin} */
const loaderTexts = {
  name: "loader-texts",
  setup({ onLoad, onResolve }) {
    const address = "smart-parking:texts";
    onResolve({ filter: new RegExp(`^${address}$`) }, () => ({
      path: address,
      namespace: address,
    }));
    onLoad({ filter: /.*/, namespace: address }, async () => {
      /** @type {Record<string, Record<string, string>>} */
      const found = {};
      const watchFiles = [];
      for (const language of await languages()) {
        const file = join(FRONTEND, "texts", `${language}.js`);
        watchFiles.push(file);
        const texts = (await import(pathToFileURL(file).href)).default;
        const keys = language === "en" ? [...LOADER_TEXTS, "too_old"] : LOADER_TEXTS;
        found[language] = Object.fromEntries(keys.map((key) => [key, texts[key]]));
      }
      return { contents: JSON.stringify(found), loader: "json", watchFiles };
    });
  },
};

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
        return { path: `./${LATER.get(source) ?? source}`, external: true };
      if (kind === "import-statement" && shared.has(source))
        return { path: `./${CARD}`, external: true };
      return undefined;
    });
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
    plugins: [loaderTexts, files(shared)],
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
  made.set(LOADER, (await bundle(LOADER, LOADER)).text);
  const card = await bundle(CARD, CARD);
  made.set(CARD, card.text);
  const shared = new Set([CARD, ...card.inputs]);
  for (const [source, output] of LATER) {
    const { text } = await bundle(source, output, shared);
    const missing = taken(text).filter((one) => !card.exports.includes(one));
    if (missing.length) throw new Error(`${source}: ${CARD} does not export ${missing.join(", ")}`);
    made.set(output, text);
  }
  for (const language of await languages())
    if (language !== "en")
      made.set(
        `texts/${language}.js`,
        (await bundle(`texts/${language}.js`, `texts/${language}.js`)).text,
      );
  return made;
}

/** Writes every file, as it is and compressed, in place of those before. */
async function write() {
  const made = await built();
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
    console.log(`${file}: ${data.length} bytes, gzip ${gzip.length}, brotli ${brotli.length}`);
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) await write();
