// Session tokens in the Authorization header, for clients without cookies.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { Browser, signedUp } from "../fixtures/browser.mjs";
import { start } from "../fixtures/target.mjs";

const server = await start();
const signed = await start({ BEARER: "signed" });
const off = await start({ BEARER: "off" });

/** Who a server takes the bearer of a token for: a user's id. */
async function whoIs(/** @type {import("../fixtures/target.mjs").Server} */ at, /** @type {string} */ authorization, headers = {}) {
  const answer = await new Browser(at).send("/get-session", { headers: { authorization, ...headers } });
  return { id: JSON.parse(answer.text)?.user.id, deleted: (answer.headers["set-cookie"] ?? []).length };
}

/** Somebody new, with the token that signing up handed out. */
async function bearer(/** @type {import("../fixtures/target.mjs").Server} */ at) {
  const ada = await signedUp(at);
  const token = ada.browser.header("set-auth-token") ?? "";
  return { ada, token, raw: token.split(".")[0] ?? "", cookie: `better-auth.session_token=${ada.browser.sessionCookie?.value}` };
}

describe("bearer tokens", () => {
  after(() => Promise.all([server, signed, off].map((it) => it.stop())));

  test("what sets the cookie hands out its token, signed", async () => {
    const { ada, token } = await bearer(server);
    assert.equal(token, decodeURIComponent(ada.browser.sessionCookie?.value ?? ""));
    assert.equal(ada.browser.header("access-control-expose-headers"), "set-auth-token");
    await ada.client.signOut();
    assert.equal(ada.browser.header("set-auth-token"), undefined);
  });

  test("the token opens the session raw, signed and encoded, whatever the scheme's case", async () => {
    const { ada, token, raw } = await bearer(server);
    for (const it of [`Bearer ${raw}`, `Bearer ${token}`, `Bearer ${encodeURIComponent(token)}`, `bearer ${raw}`, `BEARER  ${token} `]) {
      assert.deepEqual(await whoIs(server, it), { id: ada.id, deleted: 0 }, it);
    }
  });

  test("the official client carries it without cookies or an origin", async () => {
    const { ada, token } = await bearer(server);
    const client = new Browser(server, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await client.client.listSessions()).data?.length, 1);
    const answer = await new Browser(server, { origin: "https://elsewhere.example", headers: { authorization: `Bearer ${token}` } })
      .post("/update-user", { name: "Countess" });
    assert.equal(answer.status, 200);
    assert.equal((await ada.client.getSession()).data?.user.name, "Countess");
  });

  test("a token whose signature is wrong counts for nothing, and a cookie beside it still does", async () => {
    const { ada, raw, cookie } = await bearer(server);
    const wrong = `Bearer ${raw}.${"A".repeat(43)}=`;
    assert.deepEqual(await whoIs(server, wrong), { id: undefined, deleted: 0 });
    assert.deepEqual(await whoIs(server, wrong, { cookie }), { id: ada.id, deleted: 0 });
  });

  test("an unknown raw token deletes the cookies", async () => {
    assert.deepEqual(await whoIs(server, `Bearer ${"x".repeat(32)}`), { id: undefined, deleted: 3 });
  });

  test("another scheme is not read", async () => {
    const { raw } = await bearer(server);
    for (const it of [`Basic ${raw}`, raw, "Bearer", "Bearer "]) {
      assert.deepEqual(await whoIs(server, it), { id: undefined, deleted: 0 }, it);
    }
  });

  test("signing out ends it", async () => {
    const { raw } = await bearer(server);
    await new Browser(server).post("/sign-out", {}, { authorization: `Bearer ${raw}` });
    assert.equal((await whoIs(server, `Bearer ${raw}`)).id, undefined);
  });

  test("a setting asks for the signature", async () => {
    const { ada, raw, token } = await bearer(signed);
    assert.deepEqual(await whoIs(signed, `Bearer ${raw}`), { id: undefined, deleted: 0 });
    assert.equal((await whoIs(signed, `Bearer ${token}`)).id, ada.id);
  });

  test("a setting turns them off", async () => {
    const ada = await signedUp(off);
    assert.equal(ada.browser.header("set-auth-token"), undefined);
    const token = decodeURIComponent(ada.browser.sessionCookie?.value ?? "");
    for (const it of [token, token.split(".")[0]]) {
      assert.deepEqual(await whoIs(off, `Bearer ${it}`), { id: undefined, deleted: 0 });
    }
  });
});
