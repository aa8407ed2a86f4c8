// Streams: many answers at once, each on a connection of its own, and what became of them.

import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";

import { message } from "../fixtures/client.mjs";
import { cpuMs, written } from "./load.mjs";

/**
 * A server, and a token that it takes.
 * @typedef {{ url: string, pid: number, token: string, stop: () => Promise<void> }} ChatServer
 *
 * An answer as it came over the wire.
 * @typedef {{ firstMs: number, parts: Buffer[] }} Answer
 *
 * What some streams cost.
 * @typedef {object} Cost
 * @property {number} perSecond deltas
 * @property {number[]} firstMs from each request to the first event
 * @property {number} cpuUs of the server, per delta
 * @property {number} loadCpuUs of this process, per delta
 * @property {number} peakMb the most memory that the server had
 */

/**
 * Asks for `nStreams` answers of `nDeltas` deltas at once, `times` times, checks them, and says what they cost.
 * @param {ChatServer} server
 * @param {{ nStreams: number, nDeltas: number, times: number }} how
 * @returns {Promise<{ cost: Cost, threads: string[] }>} with the ids of the threads
 */
export async function stream(server, { nStreams, nDeltas, times }) {
  await forgetPeak(server.pid);
  const [cpu0, load0] = [await cpuMs(server.pid), process.cpuUsage()];
  let tookMs = 0;
  const answers = /** @type {Answer[]} */ ([]);
  for (let i = 0; i < times; i++) {
    const sockets = await Promise.all(Array.from({ length: nStreams }, () => connected(server.url)));
    const started = performance.now();
    answers.push(...(await Promise.all(sockets.map((socket) => ask(socket, server, nDeltas, started)))));
    tookMs += performance.now() - started;
  }
  const [load, cpu] = [process.cpuUsage(load0), (await cpuMs(server.pid)) - cpu0];
  const peakMb = await peakMemoryMb(server.pid);
  const threads = answers.map(({ parts }) => checked(Buffer.concat(parts), nDeltas));
  const n = nDeltas * nStreams * times;
  const cost = {
    perSecond: (n * 1000) / tookMs,
    firstMs: answers.map(({ firstMs }) => firstMs),
    cpuUs: (cpu * 1000) / n,
    loadCpuUs: (load.user + load.system) / n,
    peakMb,
  };
  return { cost, threads };
}

/** Whether each thread holds the answer that was streamed; throws otherwise. */
export async function checkStored(/** @type {ChatServer} */ { url, token }, /** @type {string[]} */ threads, /** @type {number} */ nDeltas) {
  for (const thread_id of threads) {
    const answer = await fetch(`${url}/chatkit`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ type: "threads.get_by_id", params: { thread_id } }),
    });
    const { items } = await answer.json();
    const texts = items.data.filter((/** @type {any} */ it) => it.type === "assistant_message").map((/** @type {any} */ it) => it.content[0].text);
    if (texts.length !== 1 || texts[0] !== text(nDeltas)) throw new Error(`${thread_id} holds ${JSON.stringify(texts).slice(0, 200)}`);
  }
}

/** @returns {Promise<import("node:net").Socket>} */
function connected(/** @type {string} */ url) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.once("connect", () => resolve(socket)).once("error", reject);
  });
}

/**
 * Sends a message and keeps the answer as it comes; nothing is read of it while others stream.
 * @returns {Promise<Answer>}
 */
function ask(/** @type {import("node:net").Socket} */ socket, /** @type {ChatServer} */ server, /** @type {number} */ nDeltas, /** @type {number} */ started) {
  const { host } = new URL(server.url);
  const headers = { "content-type": "application/json", authorization: `Bearer ${server.token}`, connection: "close" };
  const body = JSON.stringify({ type: "threads.create", params: { input: message(`/long ${nDeltas}`) } });
  const answer = { firstMs: NaN, parts: /** @type {Buffer[]} */ ([]) };
  return new Promise((resolve, reject) => {
    socket.on("data", (part) => {
      answer.parts.push(part);
      if (Number.isNaN(answer.firstMs) && part.includes("data: {")) answer.firstMs = performance.now() - started;
    });
    socket.on("error", reject);
    socket.on("end", () => resolve(answer));
    socket.write(written({ method: "POST", path: "/chatkit", headers, body }, host));
  });
}

/** Checks that nothing of an answer is lost, and returns the thread's id. */
function checked(/** @type {Buffer} */ bytes, /** @type {number} */ nDeltas) {
  const frames = bodyOf(bytes).split("\n\n");
  if (frames.pop() !== "") throw new Error("a stream ended within an event");
  const events = frames.map((it) => JSON.parse(it.slice("data: ".length)));
  const deltas = events.filter(({ update }) => update?.type === "assistant_message.content_part.text_delta");
  const folded = deltas.map(({ update }) => update.delta).join("");
  const done = events.findLast(({ type }) => type === "thread.item.done")?.item;
  if (deltas.length !== nDeltas || folded !== text(nDeltas) || done?.content[0].text !== folded) {
    throw new Error(`${deltas.length} of ${nDeltas} deltas came: ${JSON.stringify(events.at(-1))}`);
  }
  return events[0].thread.id;
}

/** The body of an answer that was sent in chunks, to its last one. */
function bodyOf(/** @type {Buffer} */ bytes) {
  let at = bytes.indexOf("\r\n\r\n") + 4;
  const head = bytes.toString("latin1", 0, at);
  if (!head.startsWith("HTTP/1.1 200 ") || !/transfer-encoding: chunked/i.test(head)) throw new Error(bytes.toString().slice(0, 500));
  const chunks = [];
  for (;;) {
    const end = bytes.indexOf("\r\n", at);
    const size = end < 0 ? NaN : parseInt(bytes.toString("latin1", at, end), 16);
    if (size === 0) return Buffer.concat(chunks).toString();
    if (Number.isNaN(size) || end + 2 + size > bytes.length) throw new Error("a stream was cut off");
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

/** What `/long n` says. */
function text(/** @type {number} */ nDeltas) {
  return Array.from({ length: nDeltas }, (_, n) => `w${n} `).join("");
}

/** Begins to measure the most memory of a process anew (proc(5), clear_refs). */
async function forgetPeak(/** @type {number} */ pid) {
  await writeFile(`/proc/${pid}/clear_refs`, "5");
}

async function peakMemoryMb(/** @type {number} */ pid) {
  const [, kb] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kb) / 1000;
}
