// Packs what `.ci/build` compiled for the browser into target/site, as `cargo leptos build --release --frontend-only`
// does: node .ci/site/build.mjs WASM FOLDER
//
// Reads the same section of Cargo.toml. `compare.mjs` compares the two. cargo-leptos itself is not used, since it takes
// four to eight minutes to compile; `make watch` has it.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";

import { minifySync } from "@swc/core";
import browserslist from "browserslist";
import { browserslistToTargets, bundle } from "lightningcss";

const [wasm, site] = process.argv.slice(2);
if (!wasm || !site) throw new Error("usage: node .ci/site/build.mjs WASM FOLDER");
const { metadata, name } = JSON.parse(run("cargo", "metadata", "--format-version=1", "--no-deps", "--locked")).packages.find(
  (/** @type {{ metadata: { leptos?: object } | null }} */ it) => it.metadata?.leptos,
);
const settings = metadata.leptos;
const output = settings["output-name"] ?? name;
const pkg = join(site, settings["site-pkg-dir"]);

rmSync(site, { recursive: true, force: true });
mkdirSync(pkg, { recursive: true });
cpSync(settings["assets-dir"], site, { recursive: true });
packScripts(wasm);
packStyle();
nameByContent();

/**
 * The script and the wasm. Leptos names the wasm without the `_bg` of wasm-bindgen.
 * @param {string} wasm
 */
function packScripts(wasm) {
  run("wasm-bindgen", "--target=web", `--out-name=${output}`, `--out-dir=${pkg}`, wasm);
  const module = join(pkg, `${output}.wasm`);
  renameSync(join(pkg, `${output}_bg.wasm`), module);
  run("wasm-opt", ...settings["wasm-opt-features"], module, "-o", module);
  const script = join(pkg, `${output}.js`);
  const { code } = minifySync(readFileSync(script, "utf8"), { compress: true, mangle: true, module: true });
  writeFileSync(script, code);
}

function packStyle() {
  const targets = browserslistToTargets(browserslist(settings.browserquery));
  const { code } = bundle({ filename: settings["style-file"], minify: true, targets });
  writeFileSync(join(pkg, `${output}.css`), code);
}

/** Puts a hash of its content into the name of each file: 22 characters of MD5 in base64. */
function nameByContent() {
  const renamed = readdirSync(pkg).map((old) => {
    const hash = createHash("md5").update(readFileSync(join(pkg, old))).digest("base64url");
    const { name, ext } = parse(old);
    const hashed = `${name}.${hash}${ext}`;
    renameSync(join(pkg, old), join(pkg, hashed));
    return { old, hashed };
  });
  const script = join(pkg, renamed.find(({ old }) => old === `${output}.js`)?.hashed ?? "");
  const code = renamed.reduce((code, { old, hashed }) => code.replaceAll(old, hashed), readFileSync(script, "utf8"));
  writeFileSync(script, code);
}

/**
 * Runs a command, and returns its standard output.
 * @param {string} command
 * @param {string[]} args
 */
function run(command, ...args) {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 64 << 20 });
}
