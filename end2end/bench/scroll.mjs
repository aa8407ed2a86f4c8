// A thread of 2,000 messages in the browser: is scrolled from its end to its beginning and back, and an answer streams
// at its end. Says how long the main thread was busy at a time, by Chromium's trace; the limits stand at the end.
// MESSAGES=400 makes the thread shorter, DETAILS=5 says of the five longest tasks what they consist of.

import { createServer } from "node:http";

import { chromium } from "@playwright/test";

import { Client, message, newAccount } from "../fixtures/client.mjs";
import { BINARY, modelAt, startServer } from "../fixtures/server.mjs";

const N_MESSAGES = Number(process.env.MESSAGES ?? 2000);
const N_DETAILS = Number(process.env.DETAILS ?? 0);
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
// Locators by role would look at every element of the page, which is what the longest tasks then consisted of.
const log = await page.waitForSelector('[role="log"]');
await log.hover();
await sleep(1000);

const results = [
  await traced("scrolling up, loading all", scrollToTop),
  await traced("scrolling down", scrollToEnd),
  await traced("an answer that streams", stream),
];
const n_shown = await countShown();
await browser.close();
await server.stop();
await model.stop();

console.log(`\n${n_shown} messages of a thread, by ${BINARY}; the main thread was busy, in ms at a time (CPU is what counts on a machine that does other things, too):\n`);
console.log(`${"".padEnd(28)}${["p50", "p95", "p99", "longest", "its CPU", "over 50", "most CPU", "over 50"].map((it) => it.padStart(9)).join("")}`);
for (const { what, tasks } of results) {
  const ms = tasks.map((it) => it.ms);
  const longest = tasks[0] ?? { ms: NaN, cpuMs: NaN };
  const mostCpuMs = tasks.reduce((most, it) => Math.max(most, it.cpuMs), 0);
  const over = (/** @type {number[]} */ all) => String(all.filter((it) => it > LIMIT_MS).length);
  const cells = [percentile(ms, 50), percentile(ms, 95), percentile(ms, 99), longest.ms, longest.cpuMs].map((it) => it.toFixed(1));
  cells.push(over(ms), mostCpuMs.toFixed(1), over(tasks.map((it) => it.cpuMs)));
  console.log(`${what.padEnd(28)}${cells.map((it) => it.padStart(9)).join("")}`);
}
console.log("");
for (const { what, tasks, shapes } of results) {
  const longest = tasks[0]?.ms ?? NaN;
  const kept = longest <= LIMIT_MS;
  console.log(`${kept ? "ok" : "FAILED"}: ${what}, longest frame: ${longest.toFixed(1)} ms, at most ${LIMIT_MS} ms${kept ? "" : ` (${shapes[0]})`}`);
  if (!kept) process.exitCode = 1;
}
if (N_DETAILS > 0) {
  for (const { what, tasks, shapes } of results) {
    console.log(`\n${what}, the longest tasks in ms:`);
    for (const [at, shape] of shapes.entries()) {
      console.log(`${tasks[at]?.ms.toFixed(1).padStart(8)} (CPU ${tasks[at]?.cpuMs.toFixed(1)}): ${shape}`);
    }
  }
}
if (n_shown < N_MESSAGES) {
  console.log(`FAILED: ${n_shown} messages are shown of ${N_MESSAGES}`);
  process.exitCode = 1;
}

/** Scrolls up by the wheel, and asks for what is older wherever there is more. */
async function scrollToTop() {
  for (;;) {
    await page.mouse.wheel(0, -STEP_PX);
    await frame();
    if ((await place()).top > 0) continue;
    const before = await countShown();
    if (!(await askForEarlier())) {
      // It may be on its way.
      await sleep(300);
      if ((await countShown()) === before && !(await askForEarlier())) return;
    }
    while ((await countShown()) === before) await sleep(20);
  }
}

/** Presses the button before the first message, if it is there. */
async function askForEarlier() {
  return page.evaluate(() => {
    const button = document.querySelector(".transcript__earlier button");
    if (button instanceof HTMLElement) button.click();
    return button !== null;
  });
}

async function countShown() {
  return page.evaluate(() => document.querySelectorAll("article").length);
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
  await page.evaluate(() => document.querySelector("textarea")?.focus());
  await page.keyboard.insertText("Long, please");
  await page.keyboard.press("Enter");
  while (!(await isAnswering())) await sleep(20);
  while (await isAnswering()) await sleep(100);
  // The colours of its code come last.
  await sleep(1000);
}

async function isAnswering() {
  return page.evaluate(() => document.querySelector('[aria-label="Stop answering"]') !== null);
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
    outermost(traceEvents.filter((it) => it.pid === main.pid && it.tid === main.tid && it.ph === "X" && it.name.endsWith("RunTask")));
  // The page's own process is the busiest of those that draw pages.
  const events = mains.map(tasksOf).reduce((a, b) => (busy(a) > busy(b) ? a : b), []);
  if (events.length === 0) throw new Error("the trace holds no tasks");
  const inPage = traceEvents.filter((it) => it.pid === events[0]?.pid && it.tid === events[0].tid && it.ph === "X");
  const byLength = events.toSorted((a, b) => b.dur - a.dur);
  const tasks = byLength.map((it) => ({ ms: it.dur / 1000, cpuMs: (it.tdur ?? NaN) / 1000 }));
  return { what, tasks, shapes: byLength.slice(0, Math.max(N_DETAILS, 1)).map((it) => partsOf(it, inPage)) };
}

/**
 * What a task consists of: how long each kind of work took in all, without what it called, and how much there was of it.
 * @param {TraceEvent} task
 * @param {TraceEvent[]} events all of its thread
 */
function partsOf(task, events) {
  const end = task.ts + task.dur;
  const within = events.filter((it) => it.ts >= task.ts && it.ts + it.dur <= end && !it.name.endsWith("RunTask"));
  within.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  /** @type {Map<string, { us: number, n: number, n_elements: number }>} */
  const kinds = new Map();
  /** @type {TraceEvent[]} */
  const open = [];
  for (const event of within) {
    while (open.length > 0 && (open.at(-1)?.ts ?? 0) + (open.at(-1)?.dur ?? 0) <= event.ts) open.pop();
    const caller = open.at(-1);
    if (caller) (kinds.get(caller.name) ?? { us: 0 }).us -= event.dur;
    const kind = kinds.get(event.name) ?? { us: 0, n: 0, n_elements: 0 };
    kind.us += event.dur;
    kind.n += 1;
    kind.n_elements += event.args?.elementCount ?? event.args?.beginData?.dirtyObjects ?? 0;
    kinds.set(event.name, kind);
    open.push(event);
  }
  const longest = [...kinds].filter(([, it]) => it.us >= 500).toSorted((a, b) => b[1].us - a[1].us);
  const parts = longest.slice(0, 9).map(([name, { us, n, n_elements }]) => {
    const often = n > 1 ? ` in ${n}` : "";
    return `${name} ${(us / 1000).toFixed(1)}${often}${n_elements > 0 ? ` (${n_elements} elements)` : ""}`;
  });
  return parts.join(", ");
}

/** @typedef {{ name: string, ph: string, pid: number, tid: number, ts: number, dur: number, tdur?: number, args?: TraceArgs }} TraceEvent */
/** @typedef {{ name?: string, elementCount?: number, beginData?: { dirtyObjects?: number } }} TraceArgs */

/** Leaves out what runs within another one: the scheduler notes a task more than once. */
function outermost(/** @type {TraceEvent[]} */ events) {
  let end = -Infinity;
  return events.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur).filter((it) => {
    const isWithin = it.ts + it.dur <= end;
    if (!isWithin) end = it.ts + it.dur;
    return !isWithin;
  });
}

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
