/**
 * The visitors' page asks of a browser only what all have that are promised to work: everything else is
 * taken away from what is known of browsers, and then the scripts must still make sense.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FRONTEND = join(ROOT, "custom_components/smart_parking/frontend");
const DATA = join(ROOT, "node_modules/@mdn/browser-compat-data/data.json");
const SHARED = ["shared/dom", "shared/ticking"];

/** @typedef {Record<string, number>} Floor The lowest version of each browser. */

/** What docs/visitors.md promises. @type {Floor} */
const PROMISED = { chrome: 88, chrome_android: 88, firefox: 90, safari_ios: 15.4 };
/** What docs/frontend.md promises. @type {Floor} */
const CARDS = { chrome: 87, chrome_android: 87, firefox: 90, safari_ios: 15.4 };
/** Messages need more, and are offered to nobody who has less. @type {Floor} */
const TOLD = { ...PROMISED, safari_ios: 16.4 };
/** What is asked for with `?.`, or passed over where it is not known. */
const OPTIONAL = ["keepalive", "userActivation", "userVisibleOnly", "vibrate"];
/** What makes it nicer, and is passed over where it is not known. */
const DECORATION = ["accent-color", "color-scheme", "forced-color-adjust", "hyphens"];
/** What not all can even read. */
const UNREADABLE = {
  "a static block": /\bstatic\s*\{/,
  "a private name looked for": /#\w+\s+in\s/,
  "a look back": /\(\?<[=!]/,
};

const types = join(FRONTEND, "card/types.d.ts");
const missing = existsSync(DATA) ? false : "npm ci has not been run";
const css = `${FRONTEND}/visitor/app.css`;

async function known() {
  return JSON.parse(await readFile(DATA, "utf8"));
}

/**
 * Whether a feature is in all browsers from a version on, as it is and without a switch.
 * @param {any} feature @param {Floor} floor
 */
function isIn(feature, floor) {
  return Object.entries(floor).every(([browser, version]) =>
    [feature.__compat.support[browser] ?? []].flat().some((/** @type {any} */ one) => {
      const since = one.version_added;
      const isThere =
        since === true || (since && Number.parseFloat(since.replace("≤", "")) <= version);
      const isGone = one.version_removed && Number.parseFloat(one.version_removed) <= version;
      return isThere && !isGone && !one.flags && !one.prefix && !one.alternative_name;
    }),
  );
}

/**
 * What TypeScript knows of browsers, without what not all have.
 * @param {string} text @param {any} api @param {Floor} floor
 */
function trimmed(text, api, floor) {
  /** Where an interface is none by itself, what any has that it is mixed into. @param {string} name */
  const anywhere = (name) => {
    const all = Object.values(api).flatMap((one) => (one[name]?.__compat ? [one[name]] : []));
    return all.length === 0 || all.some((one) => isIn(one, floor));
  };
  let owner = "";
  let isStatic = false;
  /** @type {string[]} */
  const kept = [];
  for (const line of text.split("\n")) {
    const begun = /^(?:interface|declare var) (\w+)(.*)\{$/.exec(line);
    const single = /^declare (?:function|var) (\w+)[(:<]/.exec(line);
    if (begun) [owner, isStatic] = [begun[1] ?? "", line.startsWith("declare")];
    else if (single && !begun) {
      const name = single[1] ?? "";
      const found = api[name]?.__compat ? api[name] : api.Window[name];
      if (found?.__compat && !isIn(found, floor)) continue;
    } else if (owner) {
      const member = /^ {4}(?:readonly |get |set )?(\w+)(?=[?(:<])/.exec(line)?.[1];
      const name = member === "new" ? owner : member;
      if (name) {
        const there = api[owner];
        const found = there?.[isStatic && member !== "new" ? `${name}_static` : name];
        if (found?.__compat ? !isIn(found, floor) : !there && !anywhere(name)) continue;
        kept.push(withoutParameters(line, found, floor));
        continue;
      }
    }
    kept.push(line);
  }
  return kept.join("\n");
}

/** @param {string} line @param {any} feature @param {Floor} floor */
function withoutParameters(line, feature, floor) {
  for (const [key, one] of Object.entries(feature ?? {})) {
    if (key === "__compat" || !one.__compat || isIn(one, floor)) continue;
    const name = key.replace(/_parameter$/, "");
    line = line.replace(new RegExp(`(?:, )?\\b${name}\\??: [^,()]*(?=[,)])`), "");
  }
  return line;
}

/** What a compiler that knows no other browser says of scripts. @param {string[]} files @param {Floor} floor */
async function complaints(files, floor) {
  const { api } = await known();
  const packages = join(ROOT, "node_modules/@typescript");
  const folder = readdirSync(packages).find((one) =>
    existsSync(join(packages, one, "lib/lib.dom.d.ts")),
  );
  const work = await mkdtemp(join(tmpdir(), "browsers-"));
  try {
    for (const name of ["dom", "dom.iterable"]) {
      const text = await readFile(join(packages, folder ?? "", `lib/lib.${name}.d.ts`), "utf8");
      await writeFile(join(work, `${name}.d.ts`), trimmed(text, api, floor));
    }
    const options = {
      target: "es2021",
      lib: ["es2021"],
      module: "es2020",
      moduleResolution: "bundler",
      types: [],
      allowJs: true,
      checkJs: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
    };
    const all = [join(work, "dom.d.ts"), join(work, "dom.iterable.d.ts"), ...files];
    const config = join(work, "tsconfig.json");
    await writeFile(config, JSON.stringify({ compilerOptions: options, files: all }));
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const said = await promisify(execFile)(tsc, ["--project", config], { cwd: ROOT }).then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout,
    );
    return /** @type {string} */ (said)
      .split("\n")
      .filter((line) => line && !OPTIONAL.some((name) => line.includes(`'${name}'`)));
  } finally {
    await rm(work, { recursive: true });
  }
}

const ofPage = [
  ...SHARED.map((name) => join(FRONTEND, `${name}.js`)),
  ...readdirSync(join(FRONTEND, "visitor"))
    .filter((name) => name.endsWith(".js"))
    .map((name) => join(FRONTEND, "visitor", name)),
];
const ofCards = ["", "card", "shared"].flatMap((folder) =>
  readdirSync(join(FRONTEND, folder))
    .filter((name) => name.endsWith(".js"))
    .map((name) => join(FRONTEND, folder, name)),
);
const ofMessages = ["push.js", "sw.js"].map((name) => join(FRONTEND, "visitor/push", name));

test("the page's scripts ask for nothing that is too new", { skip: missing }, async () => {
  assert.deepEqual(await complaints(ofPage, PROMISED), []);
});

test("nor do the cards", { skip: missing }, async () => {
  const found = await complaints([...ofCards, types], CARDS);
  // Looked for by trying, in one file; and asked for as what may be missing.
  const known = /card\/dress\.js|'(?:showPopover|togglePopover)'|^ /;
  assert.deepEqual(
    found.filter((line) => !known.test(line)),
    [],
  );
  assert.ok(found.some((line) => line.includes("'showPopover'")));
  for (const file of ofCards)
    assert.doesNotMatch(await readFile(file, "utf8"), /\w+Popover\(/, file);
});

test("nor do those for messages", { skip: missing }, async () => {
  assert.deepEqual(await complaints(ofMessages, TOLD), []);
});

test("what was too new once is found", { skip: missing }, async () => {
  const work = await mkdtemp(join(tmpdir(), "too-new-"));
  const file = join(work, "new.js");
  const lines = [
    "new FormData(new HTMLFormElement(), null);",
    "AbortSignal.timeout(1);",
    "[1].at(-1);",
    "Object.hasOwn({}, 'a');",
    "structuredClone({});",
    "[1].findLast(Boolean);",
    "document.body.checkVisibility();",
    "await 0;",
    "document.body.replaceChildren();",
  ];
  try {
    await writeFile(file, `${lines.join("\n")}\nexport {};\n`);
    const found = (await complaints([file], PROMISED)).map((line) => /\((\d+),/.exec(line)?.[1]);
    assert.deepEqual(found, ["1", "2", "3", "4", "5", "6", "7", "8"]);
  } finally {
    await rm(work, { recursive: true });
  }
});

test("what may be missing is asked for as such", async () => {
  for (const file of ofPage) {
    const text = await readFile(file, "utf8");
    for (const name of OPTIONAL)
      assert.doesNotMatch(text, new RegExp(`\\.${name}\\b(?!\\?\\.)`), `${file}: ${name}`);
  }
});

for (const [what, pattern] of Object.entries(UNREADABLE))
  test(`there is nothing that an old browser cannot read: ${what}`, async () => {
    for (const file of ofPage) assert.doesNotMatch(await readFile(file, "utf8"), pattern, file);
  });

/** The rules of the style sheet: what they are for, and what they say. */
async function rules() {
  const text = (await readFile(css, "utf8")).replace(/\/\*.*?\*\//gs, "");
  return [...text.matchAll(/([^{};]+)\{([^{}]*)\}/g)].map(([, selectors = "", body = ""]) => ({
    selectors: selectors.trim().split(/,\s*(?![^(]*\))/),
    said: body.split(/;\s*(?![^(]*\))/).flatMap((one) => {
      const [name = "", ...value] = one.trim().split(/:\s+/);
      return name ? [{ name, value: value.join(": ") }] : [];
    }),
  }));
}

test("an unknown selector takes no other with it", { skip: missing }, async () => {
  const { selectors: all } = (await known()).css;
  for (const { selectors } of await rules()) {
    const isNew = selectors.map((one) =>
      [...one.matchAll(/::?([a-z-]+)/g)].some(
        ([, name = ""]) => name.startsWith("-") || (all[name] && !isIn(all[name], PROMISED)),
      ),
    );
    assert.equal(new Set(isNew).size, 1, selectors.join());
  }
});

test("a style that is not known does no harm", { skip: missing }, async () => {
  const { properties, types } = (await known()).css;
  for (const { selectors, said } of await rules()) {
    const names = said.map(({ name }) => name);
    for (const [place, { name, value }] of said.entries()) {
      if (name.startsWith("-")) continue;
      const isKnown = properties[name] && isIn(properties[name], PROMISED);
      assert.ok(
        isKnown || DECORATION.includes(name) || names.includes(`-webkit-${name}`),
        `${selectors}: ${name}`,
      );
      // The height of what is seen of a page, without the browser's own bars.
      if (/\d[dsl]v[hw]/.test(value))
        assert.ok(names.indexOf(name) < place, `${selectors}: ${value}`);
    }
  }
  assert.ok(!isIn(types.length.viewport_percentage_units_dynamic, PROMISED));
});
