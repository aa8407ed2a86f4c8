// What a release weighs: on disk, and on the way to a browser, as the server that was built sends it. Prints a table
// against the budgets, which stand here alone, and fails when one is passed. The binary has a budget where it is the release.

import { stat } from "node:fs/promises";

import { ENCODINGS, ask, namedBy } from "../fixtures/assets.mjs";
import { BINARY, startServer } from "../fixtures/server.mjs";

/**
 * How many bytes come, by encoding.
 * @typedef {{ br: number, gzip: number, identity: number }} Weight
 */

/** In bytes. */
const BUDGETS = /** @type {const} */ ({ binary: 40_000_000, wasmBrotli: 763_000, signIn: 60_000 });
/** What the browser loads of a page before any wasm runs, the page itself aside. */
const BEFORE_HYDRATION = /\.(css|js)$|^\/favicon\.svg$/;

const server = await startServer();
const signIn = await weigh("/sign-in");
const paths = namedBy((await ask(`${server.url}/sign-in`)).body.toString());
const files = new Map(await Promise.all(paths.map(async (path) => /** @type {[string, Weight]} */ ([path, await weigh(path)]))));
await server.stop();

const all = [...files];
const early = all.filter(([path]) => BEFORE_HYDRATION.test(path));
const wasm = all.find(([path]) => path.endsWith(".wasm"))?.[1];
if (early.length !== 3 || !wasm) throw new Error(`the page names ${paths.join(", ")}`);

console.log(["bytes", ...ENCODINGS].map(cell).join(""));
for (const [what, weight] of /** @type {[string, Weight][]} */ ([["/sign-in", signIn], ...all])) {
  console.log([what, ...ENCODINGS.map((it) => weight[it])].map(cell).join(""));
}
console.log("");
if (BINARY.includes("/release/")) keep("binary", (await stat(BINARY)).size, BUDGETS.binary);
keep("wasm, brotli", wasm.br, BUDGETS.wasmBrotli);
keep("sign-in before hydration, brotli", signIn.br + early.reduce((sum, [, it]) => sum + it.br, 0), BUDGETS.signIn);

/** Asks for something in every encoding. */
async function weigh(/** @type {string} */ path) {
  const sizes = { br: 0, gzip: 0, identity: 0 };
  for (const encoding of ENCODINGS) {
    const { status, body } = await ask(server.url + path, { "accept-encoding": encoding });
    if (status !== 200) throw new Error(`${path}: ${status}`);
    sizes[encoding] = body.length;
  }
  return sizes;
}

function keep(/** @type {string} */ what, /** @type {number} */ bytes, /** @type {number} */ budget) {
  const kept = bytes <= budget;
  console.log(`${kept ? "ok" : "FAILED"}: ${what}: ${number(bytes)} of ${number(budget)} bytes`);
  if (!kept) process.exitCode = 1;
}

function cell(/** @type {string | number} */ value, /** @type {number} */ column) {
  return column === 0 ? String(value).padEnd(46) : (typeof value === "number" ? number(value) : value).padStart(12);
}

function number(/** @type {number} */ value) {
  return value.toLocaleString("en");
}
