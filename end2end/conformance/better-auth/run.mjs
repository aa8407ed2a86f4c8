// Runs the tests in this folder against one server after the other: npm test -- [--target T]… [--part P] [--report FOLDER] [FILE…]

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

const TARGETS = ["colloquy-sqlite", "colloquy-postgres", "better-auth"];
/** Where the tests of each part are. */
const PARTS = { suite: "tests", differential: "differential" };
/** Two files at once, and none for longer than five minutes. */
const OPTIONS = [
  "--test-concurrency=2", "--test-timeout=300000", "--test-reporter=spec", "--test-reporter-destination=stdout",
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string", multiple: true, default: TARGETS.slice(0, 2) },
    part: { type: "string", multiple: true, default: Object.keys(PARTS) },
    report: { type: "string" },
  },
});
for (const it of values.target) if (!TARGETS.includes(it)) throw new Error(`no target ${it}: there are ${TARGETS.join(", ")}`);
const folders = values.part.map((it) => {
  if (it === "suite" || it === "differential") return join(import.meta.dirname, PARTS[it]);
  throw new Error(`no part ${it}: there are ${Object.keys(PARTS).join(", ")}`);
});
const files = positionals.length > 0 ? positionals : (await Promise.all(folders.map(testsIn))).flat();
if (values.report) await mkdir(values.report, { recursive: true });

for (const target of values.target) {
  console.log(`\n── ${target}`);
  const report = values.report
    ? ["--test-reporter=junit", `--test-reporter-destination=${join(values.report, `${target}.xml`)}`]
    : [];
  const child = spawn(
    process.execPath,
    ["--test", ...OPTIONS, ...report, ...files],
    { env: { ...process.env, TARGET: target }, stdio: "inherit" },
  );
  const [code] = await once(child, "exit");
  if (code !== 0) process.exitCode = 1;
}

async function testsIn(/** @type {string} */ folder) {
  const names = await readdir(folder);
  return names.filter((it) => it.endsWith(".test.mjs")).map((it) => join(folder, it));
}
