// The official Python ChatKit server: the one that the conformance tests compare with, by uvicorn with one worker.

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { join } from "node:path";

import { ROOT, SECRET } from "../fixtures/server.mjs";

const APP = join(ROOT, "end2end/conformance/chatkit/peer");
const PYTHON = join(ROOT, ".tools/python/bin/python");

/** @returns {Promise<import("./streams.mjs").ChatServer>} */
export async function startOriginal() {
  const options = ["--app-dir", APP, "--port", "0", "--workers", "1", "--no-access-log"];
  const child = spawn(PYTHON, ["-m", "uvicorn", "app:app", ...options], {
    env: { PATH: process.env.PATH, SECRET },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  let log = "";
  const url = await new Promise((resolve, reject) => {
    child.stderr.on("data", (bytes) => {
      log += bytes;
      const [, address] = /running on (http:\S+)/.exec(log) ?? [];
      if (address) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the original ended with ${code}:\n${log}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  return { url, pid: child.pid ?? 0, token: tokenOf("ada"), stop };
}

/** A token as Colloquy signs them (RFC 7519, HS256). */
function tokenOf(/** @type {string} */ sub) {
  const part = (/** @type {object} */ it) => Buffer.from(JSON.stringify(it)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub })}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}
