// Colloquy beside the real Better Auth on Node: the same requests on the same machine, each with a PostgreSQL database
// of its own, one server after the other. Run by .ci/with-postgres.

import { signedUp } from "../conformance/better-auth/fixtures/browser.mjs";
import { start } from "../conformance/better-auth/fixtures/target.mjs";
import { load } from "./load.mjs";

const FOR = { nConnections: 32, forMs: 8000, warmUpMs: 3000 };
/** How many times the original's requests per second are expected of get-session and token. */
const WANTED = 20;

const kept = [];
for (const JWT_ALGORITHM of ["HS256", "EdDSA"]) {
  const original = await measure("better-auth", { JWT_ALGORITHM });
  const ours = await measure("colloquy-postgres", { JWT_ALGORITHM });
  console.log(`\n${JWT_ALGORITHM.padEnd(24)}${["requests/s", "CPU/request", "memory"].map((it) => it.padStart(14)).join("")}`);
  for (const what of /** @type {const} */ (["get-session", "token"])) {
    const ratio = told(what, original[what], ours[what]);
    kept.push({ what: `${what}, ${JWT_ALGORITHM}`, ratio });
  }
  if (JWT_ALGORITHM === "HS256") {
    told("sign-in, scrypt|argon2id", original["sign-in"], ours["sign-in"]);
    const scrypt = await measure("colloquy-postgres", { JWT_ALGORITHM, PASSWORD_HASH: "scrypt" });
    told("sign-in, both scrypt", original["sign-in"], scrypt["sign-in"]);
  }
}

console.log("");
for (const { what, ratio } of kept) {
  const good = ratio >= WANTED;
  console.log(`${good ? "ok" : "FAILED"}: ${what}: ${ratio.toFixed(1)} times the original's, at least ${WANTED}`);
  if (!good) process.exitCode = 1;
}

/**
 * What each request costs one server.
 * @param {import("../conformance/better-auth/fixtures/target.mjs").Target} target
 * @param {Record<string, string>} settings
 */
async function measure(target, settings) {
  const server = await start(settings, target);
  try {
    const { email, password, browser } = await signedUp(server);
    const cookie = browser.jar.header(new URL(server.url)) ?? "";
    const origin = new URL(server.publicUrl).origin;
    const signIn = {
      method: "POST",
      path: "/api/auth/sign-in/email",
      headers: { origin, "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    };
    return {
      "get-session": await load(server, { path: "/api/auth/get-session", headers: { cookie } }, FOR),
      token: await load(server, { path: "/api/auth/token", headers: { cookie } }, FOR),
      "sign-in": await load(server, signIn, FOR),
    };
  } finally {
    await server.stop();
  }
}

/** Prints a pair of rows, and returns how many times faster ours is. */
function told(
  /** @type {string} */ what,
  /** @type {import("./load.mjs").Cost} */ original,
  /** @type {import("./load.mjs").Cost} */ ours,
) {
  const ratio = ours.perSecond / original.perSecond;
  row(what, original);
  row("  Colloquy", ours);
  console.log(`  ${ratio.toFixed(1)} times as many a second, with 1/${(original.cpuMs / ours.cpuMs).toFixed(1)} of the CPU`);
  return ratio;
}

function row(/** @type {string} */ name, /** @type {import("./load.mjs").Cost} */ { perSecond, cpuMs, memoryMb }) {
  const cells = [perSecond.toFixed(0), `${cpuMs.toFixed(3)} ms`, `${memoryMb.toFixed(0)} MB`];
  console.log(name.padEnd(24) + cells.map((it) => it.padStart(14)).join(""));
}
