// What Colloquy costs: time to the first token, start-up, memory. Prints; the limits stand at the end. (What it weighs:
// weight.mjs.)

import { Client, message, newAccount } from "../fixtures/client.mjs";
import { ASK_AT_ONCE, MODEL, startModel } from "../fixtures/model.mjs";
import { modelAt, startServer } from "../fixtures/server.mjs";
import { residentMb } from "./load.mjs";

const N_RUNS = 200;
const N_STARTS = 10;

const startsMs = [];
for (let i = 0; i < N_STARTS; i++) {
  const server = await startServer();
  startsMs.push(server.readyAfterMs);
  await server.stop();
}

const model = await startModel();
const server = await startServer(modelAt(model.url));
await sleep(2000);
const idleMb = await residentMb(server.pid);

const ada = await Client.signUp(server.url, newAccount());
const directMs = [];
const throughMs = [];
// In turns, so that whatever else the machine does meets both alike; the first pair warms up.
for (let i = -1; i < N_RUNS; i++) {
  const direct = await firstToken(askModel, /"content":"[^"]/);
  const through = await firstToken(askColloquy, /text_delta/);
  if (i < 0) continue;
  directMs.push(direct);
  throughMs.push(through);
}
const busyMb = await residentMb(server.pid);
await server.stop();
await model.stop();

const addedMs = percentile(throughMs, 50) - percentile(directMs, 50);

table("time to the first token", [
  ["the model alone", ...spread(directMs)],
  ["through Colloquy", ...spread(throughMs)],
  ["added", ms(addedMs), ms(percentile(throughMs, 95) - percentile(directMs, 95))],
]);
table("start to listening", [["the server, new database", ...spread(startsMs)]]);
console.log(`\nresident memory: ${idleMb.toFixed(1)} MB idle, ${busyMb.toFixed(1)} MB after ${N_RUNS + 1} chats`);

const limits = /** @type {const} */ ([
  ["added to the first token, p50", addedMs, 2, "ms"],
  ["start to listening, p50", percentile(startsMs, 50), 1000, "ms"],
  ["resident memory, idle", idleMb, 64, "MB"],
]);
console.log("");
for (const [what, value, limit, unit] of limits) {
  const kept = value <= limit;
  console.log(`${kept ? "ok" : "FAILED"}: ${what}: ${value.toFixed(2)} ${unit}, at most ${limit} ${unit}`);
  if (!kept) process.exitCode = 1;
}

async function askModel() {
  return fetch(`${model.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer test" },
    body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: "user", content: ASK_AT_ONCE }] }),
  });
}

async function askColloquy() {
  return ada.request("threads.create", { input: message(ASK_AT_ONCE) });
}

/**
 * Milliseconds from the request to the first bytes in which there is text of the answer; reads the rest, too.
 * @param {() => Promise<Response>} ask
 * @param {RegExp} token
 */
async function firstToken(ask, token) {
  const started = performance.now();
  const response = await ask();
  if (!response.ok || !response.body) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  let text = "";
  let first = NaN;
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    text += bytes;
    if (Number.isNaN(first) && token.test(text)) first = performance.now() - started;
  }
  if (Number.isNaN(first)) throw new Error(`${response.url}: no token in\n${text}`);
  return first;
}

function percentile(/** @type {number[]} */ values, /** @type {number} */ percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

function spread(/** @type {number[]} */ values) {
  return [ms(percentile(values, 50)), ms(percentile(values, 95))];
}

function table(/** @type {string} */ title, /** @type {string[][]} */ rows) {
  console.log(`\n${title.padEnd(28)}${"p50".padStart(10)}${"p95".padStart(10)}`);
  for (const [name = "", p50 = "", p95 = ""] of rows) console.log(name.padEnd(28) + p50.padStart(10) + p95.padStart(10));
}

function ms(/** @type {number} */ value) {
  return `${value.toFixed(2)} ms`;
}

function sleep(/** @type {number} */ forMs) {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
