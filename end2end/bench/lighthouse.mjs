// What Lighthouse says of sign-in and of a chat, on a telephone and on a desk: by its own throttling, which for telephones
// is a slow 4G and a processor of a quarter's speed. Fetches Lighthouse by npx; a machine that does nothing else is needed.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { Client, newAccount } from "../fixtures/client.mjs";
import { startServer } from "../fixtures/server.mjs";

const LIGHTHOUSE = "lighthouse@12.8.2";
const CHROME = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync";
const LIMITS = /** @type {const} */ ({ performance: 95, accessibility: 100, "best-practices": 100 });
/** Name, Lighthouse's name, and what its number is divided by. */
const COLUMNS = /** @type {const} */ ([
  ["first paint, s", "first-contentful-paint", 1000],
  ["largest, s", "largest-contentful-paint", 1000],
  ["interactive, s", "interactive", 1000],
  ["blocked, ms", "total-blocking-time", 1],
  ["shift", "cumulative-layout-shift", 1],
  ["bytes, kB", "total-byte-weight", 1000],
]);

const server = await startServer();
const ada = await Client.signUp(server.url, newAccount());
const thread = await ada.createThread("/markdown");
/** @type {string[]} */
const failures = [];
console.log(["", ...Object.keys(LIMITS), ...COLUMNS.map(([name]) => name)].map((it, n) => (n ? it.padStart(16) : it.padEnd(24))).join(""));
for (const [page, path, cookie] of [["sign-in", "/sign-in", ""], ["a chat", `/chat/${thread}`, ada.cookie]]) {
  for (const device of ["mobile", "desktop"]) {
    const report = await ask(`${server.url}${path}`, device, cookie ?? "");
    const scores = Object.entries(LIMITS).map(([name, limit]) => {
      const score = Math.round((report.categories[name]?.score ?? 0) * 100);
      if (score < limit) failures.push(`${page}, ${device}: ${name} ${score}, at least ${limit}`);
      return String(score);
    });
    const times = COLUMNS.map(([, id, unit]) => ((report.audits[id]?.numericValue ?? NaN) / unit).toFixed(unit === 1 ? 2 : 1));
    console.log([`${page}, ${device}`.padEnd(24), ...[...scores, ...times].map((it) => it.padStart(16))].join(""));
    const missed = Object.values(report.audits).filter((it) => it.scoreDisplayMode === "binary" && it.score === 0);
    if (missed.length > 0) console.log(`  counted for nothing, but missed: ${missed.map((it) => it.id).join(", ")}`);
  }
}
await server.stop();
for (const it of failures) console.log(`FAILED: ${it}`);
process.exitCode = failures.length > 0 ? 1 : 0;

/**
 * @param {string} url
 * @param {string} device
 * @param {string} cookie
 * @returns {Promise<{ categories: Record<string, { score: number }>, audits: Record<string, { id: string, score: number, scoreDisplayMode: string, numericValue?: number }> }>}
 */
async function ask(url, device, cookie) {
  const options = [
    "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", `--chrome-flags=${FLAGS}`,
    `--only-categories=${Object.keys(LIMITS)}`, ...(device === "desktop" ? ["--preset=desktop"] : []),
    ...(cookie ? [`--extra-headers=${JSON.stringify({ Cookie: cookie })}`] : []),
  ];
  const { stdout } = await promisify(execFile)("npx", options, { maxBuffer: 1 << 28, env: { ...process.env, CHROME_PATH: CHROME } });
  return JSON.parse(stdout);
}
