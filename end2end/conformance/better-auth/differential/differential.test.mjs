// The same requests to the real Better Auth and to Colloquy: the answers are the same, but for deviations.mjs.
//
// TARGET names the server beside the original: colloquy-postgres, colloquy-sqlite, or better-auth to try the comparison
// itself: two originals do not differ.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { start } from "../fixtures/target.mjs";
import accounts from "./cases/accounts.mjs";
import edges from "./cases/edges.mjs";
import everyEndpoint from "./cases/every-endpoint.mjs";
import sessions from "./cases/sessions.mjs";
import users from "./cases/users.mjs";
import { differences } from "./compared.mjs";
import { DEVIATIONS } from "./deviations.mjs";
import { Side } from "./side.mjs";

const OURS = /** @type {import("../fixtures/target.mjs").Target} */ (process.env.TARGET ?? "colloquy-postgres");

const TRUSTED = { BETTER_AUTH_TRUSTED_ORIGINS: "https://app.example,https://*.wild.example" };
const PROFILES = /** @type {Record<string, Record<string, string>>} */ ({
  plain: TRUSTED,
  strict: { REQUIRE_EMAIL_VERIFICATION: "on" },
  manual: { AUTO_SIGN_IN: "off" },
  closed: { SIGN_UP: "closed" },
  "closed-in": { DELETE_USER: "off", CHANGE_EMAIL: "off" },
  careful: { DELETE_USER_VERIFICATION: "on" },
  hasty: {
    SESSION_EXPIRES_IN: "3s", SESSION_UPDATE_AGE: "1s", SESSION_FRESH_AGE: "1s", REVOKE_SESSIONS_ON_PASSWORD_RESET: "on",
  },
  signed: { BEARER: "signed" },
  off: { BEARER: "off" },
  secure: { BETTER_AUTH_URL: "https://chat.example" },
  limited: { RATE_LIMIT: "on" },
  EdDSA: { JWT_ALGORITHM: "EdDSA" },
  ES256: { JWT_ALGORITHM: "ES256", JWT_ISSUER: "https://issuer.example", JWT_AUDIENCE: "backend", JWT_EXPIRES_IN: "1h" },
  RS256: { JWT_ALGORITHM: "RS256" },
});

/** @type {Map<string, Promise<[Side, Side]>>} */
const pairs = new Map();
/** The original and ours, started when a case first asks for them. */
function pairOf(/** @type {string} */ profile) {
  const settings = PROFILES[profile];
  if (!settings) throw new Error(`no profile ${profile}`);
  const running = /** @type {Promise<[Side, Side]>} */ (
    pairs.get(profile) ??
      Promise.all([start(settings, "better-auth"), start(settings, OURS)]).then((both) => both.map((it) => new Side(it)))
  );
  pairs.set(profile, running);
  return running;
}

const CASES = [...everyEndpoint, ...accounts, ...sessions, ...users, ...edges];
const names = CASES.map((it) => `${it.profile}: ${it.name}`);
assert.equal(new Set(names).size, names.length, `cases of one name: ${names.filter((it, i) => names.indexOf(it) !== i)}`);
const occurred = new Set();

describe("the original and ours", () => {
  after(async () => {
    for (const pair of pairs.values()) await Promise.all((await pair).map((it) => it.stop()));
  });

  for (const [number, { name, profile, run }] of CASES.entries()) {
    test(name, async () => {
      const pair = await pairOf(profile);
      const [original, ours] = await Promise.all(
        pair.map(async (side) => {
          side.begin(number);
          const failure = await run(side).then(() => undefined, (err) => String(err.message));
          return failure ? [...side.answers, { failure }] : side.answers;
        }),
      );
      assert.ok(original && original.length > 0 && !original.some((it) => "failure" in it), JSON.stringify(original));
      const left = differences(original, ours).filter((difference) => {
        if (OURS === "better-auth") return true;
        const listed = DEVIATIONS.filter(
          (it) => it.cases.test(name) && it.at.test(difference.at) && (it.only?.(difference) ?? true),
        );
        for (const it of listed) occurred.add(it.name);
        return listed.length === 0;
      });
      const told = left.map((it) => `${it.at}\n  original: ${JSON.stringify(it.original)}\n  ours:     ${JSON.stringify(it.ours)}`);
      if (told.length > 0) throw Object.assign(new Error("the answers differ"), { stack: told.join("\n") });
    });
  }

  for (const { name } of DEVIATIONS) {
    test(`deviates still: ${name}`, { skip: OURS === "better-auth" && "two originals" }, () => {
      assert.ok(occurred.has(name), "this deviation does not occur any more: strike it off deviations.mjs");
    });
  }
});
