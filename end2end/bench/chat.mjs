// Colloquy beside the official Python ChatKit server: the same answers on the same machine in turns, from a model that is
// always ready. Each keeps its threads: ours in SQLite, the original in memory.

import { Client, newAccount } from "../fixtures/client.mjs";
import { startServer } from "../fixtures/server.mjs";
import { startOriginal } from "../fixtures/original.mjs";
import { checkStored, stream } from "./streams.mjs";

/** How many answers at once, of how many deltas, and how often in a round. */
const LOADS = [
  { nStreams: 1, nDeltas: 5000, times: 10 },
  { nStreams: 50, nDeltas: 500, times: 1 },
  { nStreams: 200, nDeltas: 100, times: 1 },
  { nStreams: 1000, nDeltas: 100, times: 1 },
];
/** Whatever else the machine does slows some rounds down: the best counts. */
const N_ROUNDS = 5;
/** How many times the original's deltas per second are expected. */
const WANTED = 20;

const COLUMNS = ["deltas/s", "first event p50", "p99", "CPU/delta", "memory", "load's CPU/delta"];

/** @type {{ what: string, value: number, atLeast?: number, atMost?: number, unit: string }[]} */
const limits = [];
console.log("".padEnd(28) + COLUMNS.map((it) => it.padStart(18)).join(""));
for (const how of LOADS) {
  const what = `${how.nStreams.toLocaleString("en")} × ${how.nDeltas.toLocaleString("en")}`;
  console.log(what);
  const theirs = await best("the original", await startOriginal(), how);
  const ours = await best("Colloquy", await startOurs(), how);
  limits.push({ what: `${what}: deltas per second, times the original's`, value: ours.perSecond / theirs.perSecond, atLeast: WANTED, unit: "" });
  if (how.nStreams === 200) limits.push({ what: `${what}: first event, p99`, value: ours.p99Ms, atMost: 20, unit: " ms" });
  if (how.nStreams === 1000) limits.push({ what: `${what}: memory`, value: ours.peakMb, atMost: 250, unit: " MB" });
}

console.log("\nNo delta was lost, and each thread holds what was streamed.");
for (const { what, value, atLeast = -Infinity, atMost = Infinity, unit } of limits) {
  const good = value >= atLeast && value <= atMost;
  const wanted = atMost === Infinity ? `at least ${atLeast}` : `at most ${atMost}`;
  console.log(`${good ? "ok" : "FAILED"}: ${what}: ${value.toFixed(1)}${unit}, ${wanted}${unit}`);
  if (!good) process.exitCode = 1;
}

/** @returns {Promise<import("./streams.mjs").ChatServer>} */
async function startOurs() {
  const { url, pid, stop } = await startServer({ MESSAGES_PER_MINUTE: "0", RUNNING_ANSWERS: "0" });
  const { token } = await Client.signUp(url, newAccount());
  return { url, pid, token, stop };
}

/**
 * Measures some rounds, after one that warms up, and prints the best of each.
 * @param {string} name
 * @param {import("./streams.mjs").ChatServer} server
 * @param {{ nStreams: number, nDeltas: number, times: number }} how
 */
async function best(name, server, how) {
  await stream(server, how);
  const rounds = [];
  for (let i = 0; i < N_ROUNDS; i++) rounds.push(await stream(server, how));
  await checkStored(server, rounds.at(-1)?.threads ?? [], how.nDeltas);
  await server.stop();
  const costs = rounds.map(({ cost }) => cost);
  const least = (/** @type {(cost: import("./streams.mjs").Cost) => number} */ of) => Math.min(...costs.map(of));
  const found = {
    perSecond: Math.max(...costs.map((it) => it.perSecond)),
    p50Ms: least((it) => percentile(it.firstMs, 50)),
    p99Ms: least((it) => percentile(it.firstMs, 99)),
    cpuUs: least((it) => it.cpuUs),
    peakMb: Math.max(...costs.map((it) => it.peakMb)),
    loadCpuUs: least((it) => it.loadCpuUs),
  };
  const cells = [
    Math.round(found.perSecond).toLocaleString("en"), `${found.p50Ms.toFixed(1)} ms`, `${found.p99Ms.toFixed(1)} ms`,
    `${found.cpuUs.toFixed(2)} µs`, `${found.peakMb.toFixed(0)} MB`, `${found.loadCpuUs.toFixed(2)} µs`,
  ];
  console.log(`  ${name}`.padEnd(28) + cells.map((it) => it.padStart(18)).join(""));
  return found;
}

function percentile(/** @type {number[]} */ values, /** @type {number} */ percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}
