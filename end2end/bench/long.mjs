// Long threads: how long the last page of 2,000 messages takes to open. Prints; the limits stand at the end.

import { Client, message, newAccount } from "../fixtures/client.mjs";
import { startServer } from "../fixtures/server.mjs";

const N_MESSAGES = 2000;
const N_RUNS = 50;

const server = await startServer();
const ada = await Client.signUp(server.url, newAccount());
const threadId = await ada.createThread("/long 100");
for (let n = 2; n < N_MESSAGES; n += 2) {
  const params = { thread_id: threadId, input: message("/long 100") };
  const answer = await ada.request("threads.add_user_message", params);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.text();
}
const list = { thread_id: threadId, limit: 30 };
const pageMs = await times(() => ada.request("items.list", list));
const htmlMs = await times(() => fetch(`${server.url}/chat/${threadId}`, { headers: { cookie: ada.cookie } }));
await server.stop();

console.log(`\nthe last page of ${N_MESSAGES} messages: items.list ${spread(pageMs)}; the page ${spread(htmlMs)}\n`);
const limits = /** @type {const} */ ([
  [`items.list of ${N_MESSAGES} messages, p50`, percentile(pageMs, 50), 50],
  [`the page of ${N_MESSAGES} messages, p50`, percentile(htmlMs, 50), 50],
]);
for (const [what, value, limit] of limits) {
  const kept = value <= limit;
  console.log(`${kept ? "ok" : "FAILED"}: ${what}: ${value.toFixed(2)} ms, at most ${limit} ms`);
  if (!kept) process.exitCode = 1;
}

/** Milliseconds from a request to the end of its answer, many times; the first one warms up. */
async function times(/** @type {() => Promise<Response>} */ ask) {
  const all = [];
  for (let i = -1; i < N_RUNS; i++) {
    const begun = performance.now();
    const response = await ask();
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
    if (i >= 0) all.push(performance.now() - begun);
  }
  return all;
}

function percentile(/** @type {number[]} */ values, /** @type {number} */ percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

function spread(/** @type {number[]} */ values) {
  return `p50 ${percentile(values, 50).toFixed(2)} ms, p95 ${percentile(values, 95).toFixed(2)} ms`;
}
