// What a reader at another server waits for the words of an answer, on PostgreSQL alone and with Redis between the
// servers. Prints; the limits stand at the end. Needs PostgreSQL (`.ci/with-postgres`).

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { createDatabase } from "../conformance/better-auth/fixtures/target.mjs";
import { Client, message, newAccount } from "../fixtures/client.mjs";
import { startServer } from "../fixtures/server.mjs";

const N_ANSWERS = 20;
const QUESTION = "/slow 100";

const alone = await lags({});
const redis = await startRedis();
const mirrored = await lags({ REDIS_URL: redis.url });
await redis.stop();

const columns = ["p50", "p95", "p99", "most"].map((it) => it.padStart(11)).join("");
console.log(`\na word at another server comes later than at the answer's own by${columns}`);
for (const [name, all] of /** @type {const} */ ([["PostgreSQL alone", alone], ["with Redis", mirrored]])) {
  const spread = [50, 95, 99, 100].map((p) => `${percentile(all, p).toFixed(1)} ms`.padStart(11)).join("");
  console.log(`${`${name}, ${N_ANSWERS} answers`.padEnd(64)}${spread}`);
}
console.log("");
for (const [what, value, limit] of /** @type {const} */ ([
  ["PostgreSQL alone, p99", percentile(alone, 99), 300],
  ["with Redis, p50", percentile(mirrored, 50), 5],
  ["with Redis, p99", percentile(mirrored, 99), 50],
])) {
  console.log(`${value <= limit ? "ok" : "FAILED"}: ${what}: ${value.toFixed(1)} ms, at most ${limit} ms`);
  if (value > limit) process.exitCode = 1;
}

/**
 * Milliseconds by which words come later at one server than at the one that writes them.
 * @param {Record<string, string>} settings
 */
async function lags(settings) {
  const database = await createDatabase();
  // Both say that they are the first one, as servers behind a balancer do.
  const [first, second] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const both = {
    DATABASE_URL: database.url,
    BETTER_AUTH_URL: `http://${first}`,
    ATTACHMENTS_SHARED: "on",
    ...settings,
  };
  const [home, elsewhere] = [
    await startServer({ ...both, LISTEN: first }),
    await startServer({ ...both, LISTEN: second }),
  ];
  // Each knows of the other.
  await sleep(2500);
  const ada = await Client.signUp(`http://${first}`, newAccount());
  const answers = Array.from({ length: N_ANSWERS }, () => lag(ada, `http://${first}`, `http://${second}`));
  const all = (await Promise.all(answers)).flat();
  await home.stop();
  await elsewhere.stop();
  await database.drop();
  return all;
}

/**
 * @param {Client} ada
 * @param {string} home
 * @param {string} elsewhere
 */
async function lag(ada, home, elsewhere) {
  const headers = { authorization: `Bearer ${ada.token}`, "content-type": "application/json" };
  const asked = await fetch(`${home}/chatkit`, {
    method: "POST",
    headers,
    body: JSON.stringify({
      type: "threads.create",
      params: { input: message(QUESTION) },
      metadata: { colloquy: { resumable: true } },
    }),
  });
  let runId = /** @type {(id: string) => void} */ (() => {});
  const known = new Promise((resolve) => (runId = resolve));
  const here = words(asked, (event) => event.thread && runId(event.thread.metadata.colloquy.run.id));
  const there = words(await fetch(`${elsewhere}/chatkit/runs/${await known}`, { headers }));
  const [at, later] = [await here, await there];
  const begun = later[0]?.[0] ?? Infinity;
  return at.flatMap(([moment, length]) => {
    const come = later.find(([, n]) => n >= length);
    if (!come) throw new Error("a word never came");
    // What was said before the second reader was there is not late.
    return moment > begun ? [come[0] - moment] : [];
  });
}

/**
 * Moments at which an answer had grown, each with its length.
 * @param {Response} response
 * @param {(event: any) => void} [on]
 * @returns {Promise<[number, number][]>}
 */
async function words(response, on = () => {}) {
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  const grown = /** @type {[number, number][]} */ ([]);
  let [rest, length] = ["", 0];
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    const now = performance.now();
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((it) => it.startsWith("data: "))) {
      const event = JSON.parse(line.slice("data: ".length));
      on(event);
      if (event.item?.type === "assistant_message") length = event.item.content[0]?.text.length ?? 0;
      if (event.update?.delta) length += event.update.delta.length;
    }
    if (length > (grown.at(-1)?.[1] ?? 0)) grown.push([now, length]);
  }
  return grown;
}

async function startRedis() {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "colloquy-redis-"));
  const child = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder], {
    stdio: "ignore",
  });
  await sleep(500);
  const stop = async () => {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * @param {number[]} values
 * @param {number} p
 */
function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? NaN;
}
