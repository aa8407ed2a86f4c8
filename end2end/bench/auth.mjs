// Colloquy beside the real Better Auth on Node: the same requests on the same machine in turns, each with a PostgreSQL
// database of its own. Run by .ci/with-postgres.

import { signedUp } from "../conformance/better-auth/fixtures/browser.mjs";
import { start } from "../conformance/better-auth/fixtures/target.mjs";
import { load } from "./load.mjs";

const READING = { nConnections: 32, forMs: 4000, warmUpMs: 1000 };
/** Few, so that none waits for longer than a round while hashes are computed. */
const SIGNING_IN = { nConnections: 4, forMs: 8000, warmUpMs: 2000 };
/** Whatever else the machine does slows some rounds down: the fastest counts. */
const N_ROUNDS = 3;
/** How many times the original's requests per second are expected of get-session and token. */
const WANTED = 20;

/** @typedef {{ name: string, server: import("../conformance/better-auth/fixtures/target.mjs").Server, requests: Record<string, import("./load.mjs").Request> }} Side */

const kept = [];
for (const JWT_ALGORITHM of ["HS256", "EdDSA"]) {
  const original = await sideOf("Better Auth", "better-auth", { JWT_ALGORITHM });
  const ours = await sideOf("Colloquy", "colloquy-postgres", { JWT_ALGORITHM });
  console.log(`\n${JWT_ALGORITHM.padEnd(28)}${["requests/s", "CPU/request", "memory"].map((it) => it.padStart(14)).join("")}`);
  for (const what of ["get-session", "token"]) {
    kept.push({ what: `${what}, ${JWT_ALGORITHM}`, ratio: await compare(what, original, ours) });
  }
  if (JWT_ALGORITHM === "HS256") {
    await compare("sign-in (scrypt, argon2id)", original, ours, "sign-in");
    const scrypt = await sideOf("Colloquy", "colloquy-postgres", { JWT_ALGORITHM, PASSWORD_HASH: "scrypt" });
    await compare("sign-in (both scrypt)", original, scrypt, "sign-in");
    await scrypt.server.stop();
  }
  await Promise.all([original, ours].map((it) => it.server.stop()));
}

console.log("");
for (const { what, ratio } of kept) {
  const good = ratio >= WANTED;
  console.log(`${good ? "ok" : "FAILED"}: ${what}: ${ratio.toFixed(1)} times the original's, at least ${WANTED}`);
  if (!good) process.exitCode = 1;
}

/**
 * A server with somebody signed in, and the requests of that person.
 * @param {string} name
 * @param {import("../conformance/better-auth/fixtures/target.mjs").Target} target
 * @param {Record<string, string>} settings
 * @returns {Promise<Side>}
 */
async function sideOf(name, target, settings) {
  const server = await start(settings, target);
  const { email, password, browser } = await signedUp(server);
  const headers = { cookie: browser.jar.header(new URL(server.url)) ?? "" };
  const signIn = {
    method: "POST",
    path: "/api/auth/sign-in/email",
    headers: { origin: new URL(server.publicUrl).origin, "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  };
  return {
    name,
    server,
    requests: {
      "get-session": { path: "/api/auth/get-session", headers },
      token: { path: "/api/auth/token", headers },
      "sign-in": signIn,
    },
  };
}

/** Measures a request at both, prints it, and returns how many times as many a second ours answers. */
async function compare(/** @type {string} */ title, /** @type {Side} */ original, /** @type {Side} */ ours, what = title) {
  const how = what === "sign-in" ? SIGNING_IN : READING;
  const rounds = /** @type {import("./load.mjs").Cost[][]} */ ([[], []]);
  for (let i = 0; i < N_ROUNDS; i++) {
    for (const [at, { server, requests }] of [original, ours].entries()) {
      rounds[at]?.push(await load(server, /** @type {import("./load.mjs").Request} */ (requests[what]), how));
    }
  }
  const [theirs, our] = rounds.map((costs) => costs.toSorted((a, b) => b.perSecond - a.perSecond)[0]);
  if (!theirs || !our) throw new Error("no rounds");
  console.log(title);
  row(`  ${original.name}`, theirs);
  row(`  ${ours.name}`, our);
  const ratio = our.perSecond / theirs.perSecond;
  console.log(`  ${ratio.toFixed(1)} times as many a second, with 1/${(theirs.cpuMs / our.cpuMs).toFixed(1)} of the CPU`);
  return ratio;
}

function row(/** @type {string} */ name, /** @type {import("./load.mjs").Cost} */ { perSecond, cpuMs, memoryMb }) {
  const cells = [perSecond.toFixed(0), `${cpuMs.toFixed(3)} ms`, `${memoryMb.toFixed(0)} MB`];
  console.log(name.padEnd(28) + cells.map((it) => it.padStart(14)).join(""));
}
