// Compares the files of a page as `build.mjs` and as `cargo leptos build` made them: node .ci/site/compare.mjs OURS THEIRS
//
// Both minify scripts and styles by releases of their own of the same packages, so these are compared when minified once
// more, the wasm by what it imports and exports, and all by their size. The rest is equal byte by byte.

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, equal, ok } from "node:assert/strict";

import { transform } from "lightningcss";

/** How far sizes may differ. */
const TOLERANCE = 0.01;

const [ours, theirs] = process.argv.slice(2).map(files);
if (!ours || !theirs) throw new Error("usage: node .ci/site/compare.mjs OURS THEIRS");

let failed = 0;
await check("the same files", () => deepEqual([...ours.keys()], [...theirs.keys()]));
for (const [name, our] of ours) {
  const their = theirs.get(name);
  if (!their) continue;
  await check(name, async () => {
    const [a, b] = [readFileSync(our), readFileSync(their)];
    const difference = Math.abs(a.length - b.length) / b.length;
    ok(difference <= TOLERANCE, `${a.length} and ${b.length} bytes`);
    if (name.endsWith(".wasm")) deepEqual(interfaceOf(a), interfaceOf(b));
    else if (name.endsWith(".css")) equal(minified(a), minified(b));
    else if (name.endsWith(".js")) deepEqual(await exportsOf(our), await exportsOf(their));
    else ok(a.equals(b), "the bytes differ");
  });
}
process.exit(failed ? 1 : 0);

/**
 * Says how a comparison went.
 * @param {string} what
 * @param {() => void | Promise<void>} compare
 */
async function check(what, compare) {
  try {
    await compare();
    console.log(`ok: ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${what}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The files of a site: names without hashes, and where they are.
 * @param {string} site
 * @returns {Map<string, string>}
 */
function files(site) {
  const all = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((it) => statSync(join(site, it)).isFile());
  const named = all.map((it) => /** @type {[string, string]} */ ([it.replace(/\.[\w-]{22}\./, "."), join(site, it)]));
  return new Map(named.sort());
}

/** @param {Buffer} wasm */
function interfaceOf(wasm) {
  const module = new WebAssembly.Module(Uint8Array.from(wasm));
  return { imports: WebAssembly.Module.imports(module).sort(byName), exports: WebAssembly.Module.exports(module).sort(byName) };
}

/**
 * @param {{ name: string }} a
 * @param {{ name: string }} b
 */
function byName(a, b) {
  return a.name < b.name ? -1 : 1;
}

/** @param {Buffer} css */
function minified(css) {
  return transform({ filename: "style.css", code: css, minify: true }).code.toString();
}

/** @param {string} script */
async function exportsOf(script) {
  const url = `data:text/javascript;base64,${readFileSync(script).toString("base64")}`;
  return Object.keys(await import(url)).sort();
}
