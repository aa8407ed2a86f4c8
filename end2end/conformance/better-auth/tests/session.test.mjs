// Reading, refreshing, listing and revoking sessions with the official client.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Browser, signedIn, signedUp } from "../fixtures/browser.mjs";
import { start } from "../fixtures/target.mjs";

const server = await start();
const hasty = await start({ SESSION_EXPIRES_IN: "4s", SESSION_UPDATE_AGE: "1s", SESSION_FRESH_AGE: "2s" });

describe("sessions", () => {
  after(() => Promise.all([server.stop(), hasty.stop()]));

  test("no cache keeps an answer with a session", async () => {
    const ada = await signedUp(server);
    await ada.client.getSession();
    assert.equal(ada.browser.header("cache-control"), "no-store");
    assert.equal(ada.browser.header("pragma"), "no-cache");
  });

  test("get-session answers with session and user", async () => {
    const ada = await signedUp(server);
    const { data } = await ada.client.getSession();
    assert.equal(data?.user.id, ada.id);
    assert.equal(data?.session.userId, ada.id);
    assert.ok(data?.session.expiresAt instanceof Date);
    assert.ok(data.session.createdAt instanceof Date);
    assert.deepEqual(Object.keys(data.session).sort(), [
      "createdAt", "expiresAt", "id", "ipAddress", "token", "updatedAt", "userAgent", "userId",
    ]);
    assert.deepEqual(Object.keys(data.user).sort(), [
      "createdAt", "email", "emailVerified", "id", "image", "name", "updatedAt",
    ]);
  });

  test("the session says which browser it is", async () => {
    const browser = new Browser(server, { headers: { "user-agent": "Mozilla/5.0 (a phone)" } });
    const ada = await signedUp(server);
    await browser.client.signIn.email({ email: ada.email, password: ada.password });
    assert.equal((await browser.client.getSession()).data?.session.userAgent, "Mozilla/5.0 (a phone)");
  });

  test("without a session the answer is null and no cookie is touched", async () => {
    const browser = new Browser(server);
    const { data, error } = await browser.client.getSession();
    assert.deepEqual([data, error], [null, null]);
    assert.equal(browser.last?.text, "null");
    assert.equal(browser.header("set-cookie"), undefined);
  });

  test("a cookie that was tampered with counts for nothing", async () => {
    const ada = await signedUp(server);
    const [token = "", signature = ""] = decodeURIComponent(ada.browser.sessionCookie?.value ?? "").split(".");
    const ask = (/** @type {string} */ value) =>
      new Browser(server).send("/get-session", { headers: { cookie: `better-auth.session_token=${value}` } });
    for (const value of [
      token,
      `${token}.`,
      `${token}.${"A".repeat(43)}%3D`,
      `${token.startsWith("x") ? "y" : "x"}${token.slice(1)}.${encodeURIComponent(signature)}`,
      "%%%",
      "",
    ]) {
      const answer = await ask(value);
      assert.equal(answer.text, "null", value);
      assert.equal(answer.headers["set-cookie"], undefined, value);
    }
  });

  test("a cookie may come back decoded", async () => {
    const ada = await signedUp(server);
    const cookie = `better-auth.session_token=${decodeURIComponent(ada.browser.sessionCookie?.value ?? "")}`;
    const { text } = await new Browser(server).send("/get-session", { headers: { cookie } });
    assert.equal(JSON.parse(text)?.user.id, ada.id);
  });

  test("sessions are listed", async () => {
    const ada = await signedUp(server);
    await signedIn(server, ada);
    const { data } = await ada.client.listSessions();
    assert.equal(data?.length, 2);
    for (const session of data ?? []) {
      assert.equal(session.userId, ada.id);
      assert.ok(session.expiresAt instanceof Date);
    }
  });

  test("a session is revoked by its token", async () => {
    const ada = await signedUp(server);
    const phone = await signedIn(server, ada);
    const token = (await phone.client.getSession()).data?.session.token ?? "";
    assert.deepEqual((await ada.client.revokeSession({ token })).data, { status: true });
    assert.equal((await phone.client.getSession()).data, null);
    assert.equal(phone.sessionCookie, undefined);
    assert.equal((await ada.client.getSession()).data?.user.id, ada.id);
  });

  test("nobody revokes somebody else's session", async () => {
    const ada = await signedUp(server);
    const eve = await signedUp(server);
    const token = (await ada.client.getSession()).data?.session.token ?? "";
    assert.deepEqual((await eve.client.revokeSession({ token })).data, { status: true });
    assert.equal((await ada.client.getSession()).data?.user.id, ada.id);
  });

  test("all other sessions are revoked", async () => {
    const ada = await signedUp(server);
    const phone = await signedIn(server, ada);
    const tablet = await signedIn(server, ada);
    assert.deepEqual((await ada.client.revokeOtherSessions()).data, { status: true });
    assert.equal((await phone.client.getSession()).data, null);
    assert.equal((await tablet.client.getSession()).data, null);
    assert.equal((await ada.client.getSession()).data?.user.id, ada.id);
  });

  test("all sessions are revoked, and the cookies deleted", async () => {
    const ada = await signedUp(server);
    const phone = await signedIn(server, ada);
    assert.deepEqual((await ada.client.revokeSessions()).data, { status: true });
    assert.equal(ada.browser.sessionCookie, undefined);
    assert.equal((await phone.client.getSession()).data, null);
  });

  for (const call of /** @type {const} */ (["listSessions", "revokeSessions", "revokeOtherSessions", "listAccounts", "token"])) {
    test(`${call} needs a session`, async () => {
      const { error } = await /** @type {any} */ (new Browser(server).client)[call]();
      assert.deepEqual([error.status, error.code, error.message], [401, "UNAUTHORIZED", "Unauthorized"]);
    });
  }

  test("update-session knows no field", async () => {
    const ada = await signedUp(server);
    for (const body of [{ expiresAt: "2100-01-01T00:00:00.000Z" }, { userId: "x" }, { theme: "dark" }]) {
      const { error } = await /** @type {any} */ (ada.client).updateSession(body);
      assert.deepEqual([error.status, error.message], [400, "No fields to update"]);
      assert.equal(error.code, undefined);
    }
  });

  test("useSession follows signing in and out", async () => {
    const ada = await signedUp(server);
    const browser = new Browser(server);
    const states = /** @type {(string | undefined)[]} */ ([]);
    const unsubscribe = browser.client.useSession.subscribe((/** @type {any} */ it) => {
      if (!it.isPending) states.push(it.data?.user.id);
    });
    const until = async (/** @type {string | undefined} */ wanted) => {
      for (let i = 0; i < 100 && (states.length === 0 || states.at(-1) !== wanted); i++) await sleep(20);
      assert.equal(states.at(-1), wanted);
    };
    await browser.client.signIn.email({ email: ada.email, password: ada.password });
    await until(ada.id);
    await browser.client.signOut();
    await until(undefined);
    unsubscribe();
  });

  test("a session that is a second old is refreshed, unless asked not to", async () => {
    const ada = await signedUp(hasty);
    const first = (await ada.client.getSession()).data?.session;
    assert.equal(ada.browser.header("set-cookie"), undefined);
    await sleep(1100);
    await ada.client.getSession({ query: { disableRefresh: true } });
    assert.equal(ada.browser.header("set-cookie"), undefined);
    const second = (await ada.client.getSession()).data?.session;
    assert.match(ada.browser.header("set-cookie") ?? "", /better-auth\.session_token=.*Max-Age=4;/);
    assert.equal(second?.token, first?.token);
    assert.equal(second?.createdAt.getTime(), first?.createdAt.getTime());
    assert.ok((second?.expiresAt.getTime() ?? 0) - (first?.expiresAt.getTime() ?? 0) > 1000);
    assert.ok((second?.updatedAt.getTime() ?? 0) > (first?.updatedAt.getTime() ?? 0));
  });

  test("any guarded call refreshes, too", async () => {
    const ada = await signedUp(hasty);
    await sleep(1100);
    await ada.client.listAccounts();
    assert.match(ada.browser.header("set-cookie") ?? "", /better-auth\.session_token=.*Max-Age=4;/);
  });

  test("a session that expired is gone, with its cookies", async () => {
    const ada = await signedUp(hasty);
    const cookie = `better-auth.session_token=${ada.browser.sessionCookie?.value}`;
    await sleep(4200);
    const answer = await new Browser(hasty).send("/get-session", { headers: { cookie } });
    assert.equal(answer.text, "null");
    assert.equal(answer.headers["set-cookie"]?.length, 3);
  });

  test("what needs a fresh session refuses an old one, which a refresh does not make new", async () => {
    const ada = await signedUp(hasty);
    const [account] = (await ada.client.listAccounts()).data ?? [];
    assert.equal((await ada.client.listSessions()).data?.length, 1);
    await sleep(1500);
    await ada.client.getSession();
    await sleep(600);
    for (const { error } of [
      await ada.client.listSessions(),
      await ada.client.unlinkAccount(/** @type {any} */ ({ accountId: account?.id })),
    ]) {
      assert.deepEqual([error?.status, error?.code, error?.message], [403, "SESSION_NOT_FRESH", "Session is not fresh"]);
    }
    const { error } = await ada.client.deleteUser();
    assert.deepEqual([error?.status, error?.code], [400, "SESSION_EXPIRED"]);
    // The password stands in for freshness.
    assert.equal((await ada.client.deleteUser({ password: ada.password })).error, null);
  });
});
