// Colloquy beside the original, on one PostgreSQL and with the same secret: what somebody does at one counts at the
// other. PASSWORD_HASH=scrypt makes Colloquy's new hashes ones that the original verifies.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { createRemoteJWKSet, jwtVerify } from "jose";
import pg from "pg";

import { Browser, newUser, signedIn, signedUp } from "../fixtures/browser.mjs";
import { TARGET, createDatabase, start } from "../fixtures/target.mjs";

/** @typedef {import("../fixtures/target.mjs").Server} Server */

const ISSUER = "https://auth.example.com";
const NEW = "a quite different battery";
/** Who made what comes first, and where it is used then. */
const WAYS = /** @type {const} */ ([
  ["from the original to Colloquy", "original", "colloquy"],
  ["from Colloquy to the original", "colloquy", "original"],
]);

/** Another server's page in the same browser: cookies know no ports. */
function elsewhere(/** @type {Browser} */ browser, /** @type {Server} */ server) {
  const other = new Browser(server);
  other.jar = browser.jar;
  return other;
}

// Two servers of their own; once is enough.
describe("both at once", { skip: TARGET !== "colloquy-postgres" }, () => {
  /** @type {{ original: Server, colloquy: Server }} */
  let servers;
  /** @type {Awaited<ReturnType<typeof createDatabase>>} */
  let database;
  const settings = () => ({ DATABASE_URL: database.url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: ISSUER });

  before(async () => {
    database = await createDatabase();
    // The original makes the tables, and Colloquy opens them.
    const original = await start(settings(), "better-auth");
    const colloquy = await start({ ...settings(), PASSWORD_HASH: "scrypt" }, "colloquy-postgres");
    servers = { original, colloquy };
  });

  after(async () => {
    await Promise.all(Object.values(servers).map((it) => it.stop()));
    await database.drop();
  });

  for (const [way, from, to] of WAYS) {
    describe(way, () => {
      test("whoever signs up at one signs in at the other", async () => {
        // The ligature and the fraction become other letters under NFKC.
        const ada = await signedUp(servers[from], { ...newUser(), password: "pässwörd ½ ﬁve 日本語" });
        const browser = await signedIn(servers[to], ada);
        const { data } = await browser.client.getSession();
        assert.deepEqual([data?.user.id, data?.user.name, data?.user.emailVerified], [ada.id, ada.name, false]);
        const wrong = await new Browser(servers[to]).client.signIn.email({ ...ada, password: NEW });
        assert.deepEqual([wrong.error?.status, wrong.error?.code], [401, "INVALID_EMAIL_OR_PASSWORD"]);
        const again = await new Browser(servers[to]).client.signUp.email(ada);
        assert.equal(again.error?.code, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
      });

      test("the same cookie is valid at both, and both tell the same session", async () => {
        const ada = await signedUp(servers[from]);
        const there = elsewhere(ada.browser, servers[to]);
        const { data } = await there.client.getSession();
        assert.equal(data?.user.id, ada.id);
        assert.deepEqual(data, (await ada.client.getSession()).data);
        const accounts = await there.client.listAccounts();
        assert.deepEqual(accounts.data, (await ada.client.listAccounts()).data);
        const sessions = await there.client.listSessions();
        assert.deepEqual(sessions.data, (await ada.client.listSessions()).data);
      });

      test("signing out at one ends the session at the other", async () => {
        const ada = await signedUp(servers[from]);
        const kept = new Browser(servers[to]);
        const { name, value } = ada.browser.sessionCookie ?? assert.fail("there is a cookie");
        kept.jar.store(new URL(servers[to].publicUrl), [`${name}=${value}; Path=/`]);
        assert.equal((await kept.client.getSession()).data?.user.id, ada.id);
        await ada.client.signOut();
        assert.equal((await kept.client.getSession()).data, null);
      });

      test("a session that is revoked at one is over at the other", async () => {
        const ada = await signedUp(servers[from]);
        const phone = await signedIn(servers[to], ada);
        const { error } = await ada.client.revokeOtherSessions();
        assert.equal(error, null);
        assert.equal((await phone.client.getSession()).data, null);
        assert.equal((await ada.client.getSession()).data?.user.id, ada.id);
      });

      test("a password that is changed at one counts at the other", async () => {
        const ada = await signedUp(servers[from]);
        const { error } = await ada.client.changePassword({ currentPassword: ada.password, newPassword: NEW });
        assert.equal(error, null);
        assert.equal((await new Browser(servers[to]).client.signIn.email(ada)).error?.status, 401);
        const there = await signedIn(servers[to], { ...ada, password: NEW });
        const back = await there.client.changePassword({ currentPassword: NEW, newPassword: ada.password });
        assert.equal(back.error, null);
        await signedIn(servers[from], ada);
      });

      test("a name that is changed at one is told by the other", async () => {
        const ada = await signedUp(servers[from]);
        const there = elsewhere(ada.browser, servers[to]);
        await there.client.updateUser({ name: "Countess of Lovelace" });
        assert.equal((await ada.client.getSession()).data?.user.name, "Countess of Lovelace");
      });

      test("a token of one is verified with the keys of the other", async () => {
        const ada = await signedUp(servers[from]);
        const { data } = await ada.client.token();
        const keys = createRemoteJWKSet(new URL(`${servers[to].url}/api/auth/jwks`));
        const { payload } = await jwtVerify(data?.token ?? "", keys, { issuer: ISSUER, audience: ISSUER });
        assert.deepEqual([payload.sub, payload.email], [ada.id, ada.email]);
      });
    });
  }

  test("whatever made a row, it has the same shape", async () => {
    const [a, b] = [await signedUp(servers.original), await signedUp(servers.colloquy)];
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const shapes = await Promise.all(
      [a.id, b.id].map(async (id) => {
        const { rows } = await client.query(
          `select u.*, a.*, s.* from "user" u join account a on a."userId" = u.id join session s on s."userId" = u.id
           where u.id = $1`,
          [id],
        );
        return rows.map((row) => Object.entries(row).map(([name, value]) => [name, shapeOf(value)]));
      }),
    ).finally(() => client.end());
    assert.equal(shapes[0]?.length, 1);
    assert.deepEqual(shapes[1], shapes[0]);
  });

  test("the original starts again on the tables that Colloquy has opened", async () => {
    const ada = await signedUp(servers.colloquy);
    const again = await start(settings(), "better-auth");
    try {
      await signedIn(again, ada);
    } finally {
      await again.stop();
    }
  });
});

/** What of a value is the same for everybody. */
function shapeOf(/** @type {unknown} */ value) {
  if (value instanceof Date) return "date";
  if (typeof value !== "string") return value;
  if (/^[0-9a-f]{32}:[0-9a-f]{128}$/.test(value)) return "hash";
  return /^[a-zA-Z0-9]{32}$/.test(value) ? "id" : "text";
}
