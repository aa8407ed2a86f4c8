// How many answers at the pace of a reader one PostgreSQL carries, and what each of their words costs: the server, and
// PostgreSQL beside it. Prints. Needs PostgreSQL (`.ci/with-postgres`).

import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { createDatabase } from "../conformance/better-auth/fixtures/target.mjs";
import { Client, message, newAccount } from "../fixtures/client.mjs";
import { startServer } from "../fixtures/server.mjs";
import { cpuMs } from "./load.mjs";

const COUNTS = [200, 400, 800, 1600];
const N_WORDS = 150;
/** The demo's, for `/slow`. */
const PACE_MS = 100;
/** All answers have begun after this time. */
const BEGIN_MS = 2000;
/** A word that comes later than this after its turn was held back for the database. */
const HELD_MS = 250;

console.log("answers at once".padEnd(20) + ["server", "PostgreSQL", "late, p50", "p99", "most"].map((it) => it.padStart(15)).join(""));
for (const n of COUNTS) console.log(await measure(n));

/** @param {number} nAnswers */
async function measure(nAnswers) {
  const database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url, MESSAGES_PER_MINUTE: "0", RUNNING_ANSWERS: "0" });
  const user = await Client.signUp(server.url, newAccount());
  const before = { server: await cpuMs(server.pid), postgres: await postgresMs() };
  const reading = [];
  for (let i = 0; i < nAnswers; i++) {
    reading.push(late(server.url, user.token));
    await sleep(BEGIN_MS / nAnswers);
  }
  const all = (await Promise.all(reading)).flat().sort((a, b) => a - b);
  const nWords = nAnswers * N_WORDS;
  if (all.length !== nWords) throw new Error(`${all.length} of ${nWords} words came`);
  const [serverUs, postgresUs] = [await cpuMs(server.pid) - before.server, await postgresMs() - before.postgres].map((ms) => (ms * 1000) / nWords);
  await server.stop();
  await database.drop();
  const percentile = (/** @type {number} */ p) => all[Math.min(all.length - 1, Math.floor((all.length * p) / 100))] ?? NaN;
  const cells = [`${serverUs?.toFixed(0)} µs/word`, `${postgresUs?.toFixed(0)} µs/word`, ...[50, 99, 100].map((p) => `${percentile(p).toFixed(0)} ms`)];
  return `${nAnswers}${percentile(99) > HELD_MS ? " (held back)" : ""}`.padEnd(20) + cells.map((it) => it.padStart(15)).join("");
}

/**
 * Reads an answer. Returns by how many milliseconds each of its words came later than the pace has it.
 * @param {string} url
 * @param {string} token
 */
async function late(url, token) {
  const answer = await fetch(`${url}/chatkit`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ type: "threads.create", params: { input: message(`/slow ${N_WORDS}`) } }),
  });
  if (!answer.ok || !answer.body) throw new Error(await answer.text());
  const times = [];
  let rest = "";
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    const frames = (rest + part).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) if (frame.includes("text_delta")) times.push(performance.now());
  }
  const began = Math.min(...times.map((moment, i) => moment - i * PACE_MS));
  return times.map((moment, i) => moment - i * PACE_MS - began);
}

/** Processor's time of all processes of PostgreSQL on this machine. */
async function postgresMs() {
  let sum = 0;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.startsWith("postgres")) sum += await cpuMs(Number(pid)).catch(() => 0);
  }
  return sum;
}
