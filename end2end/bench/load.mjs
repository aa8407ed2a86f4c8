// Load: one request over and over on some connections, and what it costs the server.

import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Ticks of the processor's time per second, as `/proc` counts them (`getconf CLK_TCK`). */
const TICKS_PER_S = 100;

/**
 * @typedef {{ method?: string, path: string, headers: Record<string, string>, body?: string }} Request
 * @typedef {object} Cost
 * @property {number} perSecond requests
 * @property {number} cpuMs of the server, per request
 * @property {number} memoryMb resident, at the end
 */

/**
 * Sends a request on each connection, and again when its answer is there.
 * @param {{ url: string, pid: number }} server
 * @param {Request} request
 * @param {{ nConnections: number, forMs: number, warmUpMs: number }} how
 * @returns {Promise<Cost>}
 */
export async function load(server, request, { nConnections, forMs, warmUpMs }) {
  const { hostname, port, host } = new URL(server.url);
  const bytes = written(request, host);
  let n = 0;
  let failure = /** @type {Error | undefined} */ (undefined);
  const sockets = Array.from({ length: nConnections }, () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let got = "";
    socket.setEncoding("latin1");
    socket.on("connect", () => socket.write(bytes));
    socket.on("error", (err) => (failure ??= err));
    socket.on("data", (part) => {
      got += part;
      if (!isWhole(got)) return;
      if (!got.startsWith("HTTP/1.1 200 ")) failure ??= new Error(got);
      got = "";
      n += 1;
      socket.write(bytes);
    });
    return socket;
  });
  await sleep(warmUpMs);
  const [n0, cpu0, started] = [n, await cpuMs(server.pid), performance.now()];
  await sleep(forMs);
  const [count, cpu, tookMs] = [n - n0, (await cpuMs(server.pid)) - cpu0, performance.now() - started];
  const memoryMb = await residentMb(server.pid);
  for (const socket of sockets) socket.destroy();
  if (failure) throw failure;
  if (count === 0) throw new Error(`no answer to ${request.path} in ${forMs} ms`);
  return { perSecond: (count * 1000) / tookMs, cpuMs: cpu / count, memoryMb };
}

/** A request as it goes over the wire. */
export function written(/** @type {Request} */ { method = "GET", path, headers, body = "" }, /** @type {string} */ host) {
  const lines = Object.entries({ host, ...headers, "content-length": String(Buffer.byteLength(body)) });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Whether an answer, one character per byte, is there to its end. */
function isWhole(/** @type {string} */ answer) {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const [, length] = /\r\ncontent-length: *(\d+)\r\n/i.exec(answer.slice(0, end + 2)) ?? [];
  return length === undefined ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= end + 4 + Number(length);
}

/** The processor's time that a process has had, its own and the kernel's, with its threads and ended children. */
export async function cpuMs(/** @type {number} */ pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold spaces; after it, these are the fields 14 to 17 of proc(5).
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 15).map(Number);
  return (ticks.reduce((sum, it) => sum + it, 0) * 1000) / TICKS_PER_S;
}

/** The memory of a process, in MB. */
export async function residentMb(/** @type {number} */ pid) {
  const [, kb] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kb) / 1000;
}
