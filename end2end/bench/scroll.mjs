// A thread of 2,000 messages in the browser: is scrolled from its end to its beginning and back, and an answer streams
// at its end. Says how long the main thread was busy at a time, by Chromium's trace; the limits stand at the end.

import { createServer } from "node:http";

import { chromium } from "@playwright/test";

import { Client, message, newAccount } from "../fixtures/client.mjs";
import { BINARY, modelAt, startServer } from "../fixtures/server.mjs";

const N_MESSAGES = Number(process.env.MESSAGES ?? 2000);
const LIMIT_MS = 50;
const STEP_PX = 900;
const VIEWPORT = { width: 1280, height: 900 };
const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "__metadata"];
/** What a message is answered: of everything some. */
const ANSWER = [
  "## An answer\n\nA paragraph with **strong** words, *emphasis*, `code` and a [link](https://example.com/). ".repeat(2),
  "- one\n- two\n  - deeper\n- three\n\n| left | right |\n| :--- | ---: |\n| a | 1 |\n| b | 2 |\n",
  '```rust\nfn main() {\n    println!("Hello");\n}\n```\n\nThat is all there is to say about it, for now and for later.',
].join("\n\n");
const LONG = Array.from({ length: 60 }, (_, n) => `### Part ${n}\n\n${ANSWER}`).join("\n\n");

const model = await startFastModel();
const server = await startServer({ ...modelAt(model.url), MODEL_CONTEXT_TOKENS: "256" });
const ada = await Client.signUp(server.url, newAccount());
const threadId = await ada.createThread("Message 1");
for (let n = 3; n < N_MESSAGES; n += 2) {
  const answer = await ada.request("threads.add_user_message", { thread_id: threadId, input: message(`Message ${n}`) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.text();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const context = await browser.newContext({ viewport: VIEWPORT, baseURL: server.url });
const [name = "", value = ""] = ada.cookie.split(/=(.*)/s);
await context.addCookies([{ name, value, url: server.url }]);
const page = await context.newPage();
page.on("pageerror", (err) => {
  throw err;
});
await page.goto(`/chat/${threadId}`);
await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
const log = page.getByRole("log", { name: "Conversation" });
await log.hover();
await sleep(1000);

const results = [
  await traced("scrolling up, loading all", scrollToTop),
  await traced("scrolling down", scrollToEnd),
  await traced("an answer that streams", stream),
];
const n_shown = await log.getByRole("article").count();
await browser.close();
await server.stop();
await model.stop();

console.log(`\n${n_shown} messages of a thread, by ${BINARY}; the main thread was busy, in ms at a time:\n`);
console.log(`${"".padEnd(28)}${["p50", "p95", "p99", "longest", "its CPU", "over 50"].map((it) => it.padStart(9)).join("")}`);
for (const { what, tasks } of results) {
  const ms = tasks.map((it) => it.ms);
  const longest = tasks.reduce((a, b) => (a.ms > b.ms ? a : b));
  const cells = [percentile(ms, 50), percentile(ms, 95), percentile(ms, 99), longest.ms, longest.cpuMs];
  const over = ms.filter((it) => it > LIMIT_MS).length;
  console.log(`${what.padEnd(28)}${cells.map((it) => it.toFixed(1).padStart(9)).join("")}${String(over).padStart(9)}`);
}
console.log("");
for (const { what, tasks, shape } of results) {
  const longest = tasks.reduce((most, it) => Math.max(most, it.ms), 0);
  const kept = longest <= LIMIT_MS;
  console.log(`${kept ? "ok" : "FAILED"}: ${what}, longest frame: ${longest.toFixed(1)} ms, at most ${LIMIT_MS} ms${kept ? "" : ` (${shape})`}`);
  if (!kept) process.exitCode = 1;
}
if (n_shown < N_MESSAGES) {
  console.log(`FAILED: ${n_shown} messages are shown of ${N_MESSAGES}`);
  process.exitCode = 1;
}

/** Scrolls up by the wheel, and asks for what is older wherever there is more. */
async function scrollToTop() {
  const earlier = page.getByRole("button", { name: "Show earlier messages" });
  for (;;) {
    await page.mouse.wheel(0, -STEP_PX);
    await frame();
    if ((await place()).top > 0) continue;
    if (!(await earlier.isVisible())) {
      // It may be on its way.
      await sleep(300);
      if (!(await earlier.isVisible())) return;
    }
    const before = await log.getByRole("article").count();
    await earlier.click();
    while ((await log.getByRole("article").count()) === before) await sleep(20);
    await log.hover();
  }
}

async function scrollToEnd() {
  for (;;) {
    await page.mouse.wheel(0, STEP_PX);
    await frame();
    const { top, height, seen } = await place();
    if (top + seen >= height - 1) return;
  }
}

/** Has a long answer written, and stays at its end. */
async function stream() {
  await page.getByRole("textbox", { name: "Message" }).fill("Long, please");
  await page.getByRole("button", { name: "Send message" }).click();
  await page.getByRole("button", { name: "Stop answering" }).waitFor();
  await page.getByRole("button", { name: "Send message" }).waitFor({ timeout: 120_000 });
}

/** Where the reader is. */
async function place() {
  return log.evaluate((it) => ({ top: it.scrollTop, height: it.scrollHeight, seen: it.clientHeight }));
}

async function frame() {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))));
}

/**
 * Does something, and says how long each task of the page's main thread took meanwhile.
 * @param {string} what
 * @param {() => Promise<void>} act
 */
async function traced(what, act) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await act();
  /** @type {{ traceEvents: TraceEvent[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const mains = traceEvents.filter((it) => it.name === "thread_name" && it.args?.name === "CrRendererMain");
  const tasksOf = (/** @type {TraceEvent} */ main) =>
    traceEvents.filter((it) => it.pid === main.pid && it.tid === main.tid && it.ph === "X" && it.name.endsWith("RunTask"));
  // The page's own process is the busiest of those that draw pages.
  const events = mains.map(tasksOf).reduce((a, b) => (busy(a) > busy(b) ? a : b), []);
  if (events.length === 0) throw new Error("the trace holds no tasks");
  const longest = events.reduce((a, b) => (a.dur > b.dur ? a : b));
  const within = traceEvents.filter(
    (it) => it.tid === longest.tid && it.pid === longest.pid && it.ph === "X" && it !== longest &&
      it.ts >= longest.ts && it.ts + it.dur <= longest.ts + longest.dur && it.dur > 2000 && !it.name.endsWith("RunTask"),
  );
  const shape = within.toSorted((a, b) => b.dur - a.dur).slice(0, 8).map((it) => `${it.name} ${(it.dur / 1000).toFixed(1)}`).join(", ");
  return { what, shape, tasks: events.map((it) => ({ ms: it.dur / 1000, cpuMs: (it.tdur ?? NaN) / 1000 })) };
}

/** @typedef {{ name: string, ph: string, pid: number, tid: number, ts: number, dur: number, tdur?: number, args?: { name?: string } }} TraceEvent */

function busy(/** @type {TraceEvent[]} */ events) {
  return events.reduce((sum, it) => sum + it.dur, 0);
}

/** A model that answers at once, or, when asked for something long, some hundred times a second. */
async function startFastModel() {
  const model = createServer(async (asked, answer) => {
    const chunks = [];
    for await (const chunk of asked) chunks.push(chunk);
    const isLong = Buffer.concat(chunks).toString().includes("Long, please");
    answer.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of isLong ? (LONG.match(/.{1,24}/gs) ?? []) : [ANSWER]) {
      answer.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: piece } }] })}\n\n`);
      if (isLong) await sleep(5);
    }
    answer.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
  });
  await new Promise((resolve) => model.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = model.address();
  if (!address || typeof address === "string") throw new Error("the model listens nowhere");
  const stop = () => new Promise((/** @type {(it: void) => void} */ resolve) => model.close(() => resolve()));
  return { url: `http://127.0.0.1:${address.port}`, stop };
}

function percentile(/** @type {number[]} */ values, /** @type {number} */ percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

function sleep(/** @type {number} */ forMs) {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
