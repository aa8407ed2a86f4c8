// Verified emails, and who may come in before theirs is.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { Browser, assertRefused, newUser, signedIn, signedUp } from "../fixtures/browser.mjs";
import { start } from "../fixtures/target.mjs";

const server = await start();
const strict = await start({ REQUIRE_EMAIL_VERIFICATION: "on" });
const manual = await start({ AUTO_SIGN_IN: "off", SEND_ON_SIGN_UP: "on" });
const closed = await start({ SIGN_UP: "closed" });

describe("verification", () => {
  after(() => Promise.all([server, strict, manual, closed].map((it) => it.stop())));

  test("the link of a mail verifies the email, and may be followed twice", async () => {
    const ada = await signedUp(server);
    const { data } = await ada.client.sendVerificationEmail({ email: ada.email, callbackURL: "/welcome?a=1" });
    assert.deepEqual(data, { status: true });
    const link = new URL(await server.mailbox.next(ada.email));
    assert.equal(link.origin, server.publicUrl);
    assert.equal(link.pathname, "/api/auth/verify-email");
    assert.equal(link.searchParams.get("callbackURL"), "/welcome?a=1");
    for (let i = 0; i < 2; i++) {
      const { status, location } = await ada.browser.open(link.href);
      assert.deepEqual([status, location], [302, "/welcome?a=1"]);
    }
    assert.equal((await ada.client.getSession()).data?.user.emailVerified, true);
  });

  test("what is verified is not verified again", async () => {
    const ada = await signedUp(server);
    await ada.client.sendVerificationEmail({ email: ada.email });
    await ada.browser.open(await server.mailbox.next(ada.email));
    const { error } = await ada.client.sendVerificationEmail({ email: ada.email });
    assert.deepEqual([error?.status, error?.code], [400, "EMAIL_ALREADY_VERIFIED"]);
  });

  test("the token of that link is a JWT of an hour, and no session", async () => {
    const ada = await signedUp(server);
    await ada.client.sendVerificationEmail({ email: ada.email });
    const token = new URL(await server.mailbox.next(ada.email)).searchParams.get("token") ?? "";
    const [header, payload] = token.split(".").slice(0, 2).map((it) => JSON.parse(Buffer.from(it, "base64url").toString()));
    assert.deepEqual(header, { alg: "HS256" });
    assert.deepEqual([payload.email, payload.userId, payload.exp - payload.iat], [ada.email, ada.id, 3600]);
    const visitor = new Browser(server);
    assert.equal((await visitor.send("/get-session", { headers: { authorization: `Bearer ${token}` } })).text, "null");
    const { data } = await visitor.client.verifyEmail({ query: { token } });
    assert.deepEqual(data, { status: true, user: null });
    assert.equal(visitor.sessionCookie, undefined);
  });

  test("a token that was tampered with is refused, with and without a page to go to", async () => {
    const ada = await signedUp(server);
    await ada.client.sendVerificationEmail({ email: ada.email });
    const token = new URL(await server.mailbox.next(ada.email)).searchParams.get("token") ?? "";
    const [header, payload = "", signature] = token.split(".");
    const claims = { ...JSON.parse(Buffer.from(payload, "base64url").toString()), email: "eve@example.com" };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    for (const bad of [forged, `${header}.${payload}.`, "x", "a.b.c"]) {
      const { error } = await new Browser(server).client.verifyEmail({ query: { token: bad } });
      assert.deepEqual([error?.status, error?.code], [401, "INVALID_TOKEN"], bad);
      const { status, location } = await new Browser(server).open(
        `${server.publicUrl}/api/auth/verify-email?token=${bad}&callbackURL=%2Fwelcome`,
      );
      assert.deepEqual([status, location], [302, "/welcome?error=INVALID_TOKEN"]);
    }
    assert.equal((await ada.client.getSession()).data?.user.emailVerified, false);
  });

  test("no answer and no delay tells whether an address is known", async () => {
    const ada = await signedUp(server);
    const { email } = newUser();
    // In turns, so that whatever else the machine does meets both alike.
    const fastestMs = [Infinity, Infinity];
    for (let i = 0; i < 10; i++) {
      const address = [email, ada.email][i % 2] ?? "";
      const started = performance.now();
      const { data } = await new Browser(server).client.sendVerificationEmail({ email: address });
      fastestMs[i % 2] = Math.min(fastestMs[i % 2] ?? NaN, performance.now() - started);
      assert.deepEqual(data, { status: true });
    }
    const [unknown = NaN, known = NaN] = fastestMs;
    assert.ok(Math.abs(unknown - known) < 25, `an unknown address took ${unknown} ms, a known one ${known} ms`);
    await server.mailbox.none(email);
    await server.mailbox.next(ada.email);
  });

  test("nobody asks for somebody else's mail from a session", async () => {
    const ada = await signedUp(server);
    const { error } = await ada.client.sendVerificationEmail({ email: newUser().email });
    assert.deepEqual([error?.status, error?.code, error?.message], [400, "EMAIL_MISMATCH", "Email mismatch"]);
  });

  test("a link of a mail leads to no foreign page", async () => {
    const link = `${server.publicUrl}/api/auth/verify-email?token=x&callbackURL=${encodeURIComponent("https://evil.example")}`;
    assertRefused(await new Browser(server).open(link), 403, "INVALID_CALLBACK_URL");
  });

  test("where verification is required, nobody is signed in before", async () => {
    const user = newUser();
    const browser = new Browser(strict);
    const { data } = await browser.client.signUp.email({ ...user, callbackURL: "/welcome" });
    assert.equal(data?.token, null);
    assert.equal(data?.user.email, user.email);
    assert.equal(browser.sessionCookie, undefined);

    const wrong = await browser.client.signIn.email({ ...user, password: "not the password" });
    assert.equal(wrong.error?.status, 401);
    const { error } = await browser.client.signIn.email(user);
    assert.deepEqual([error?.status, error?.code, error?.message], [403, "EMAIL_NOT_VERIFIED", "Email not verified"]);

    const { status, location } = await browser.open(await strict.mailbox.next(user.email));
    assert.deepEqual([status, location], [302, "/welcome"]);
    assert.equal(browser.sessionCookie, undefined);
    assert.equal((await browser.client.signIn.email(user)).data?.user.emailVerified, true);
  });

  for (const [what, it] of /** @type {const} */ ([["required", strict], ["asked for", manual]])) {
    test(`a taken email looks like a new one where verification is ${what}`, async () => {
      const user = newUser();
      const first = (await new Browser(it).client.signUp.email(user)).data;
      await it.mailbox.next(user.email);
      const { data, error } = await new Browser(it).client.signUp.email({ ...user, name: "Eve", password: "another battery" });
      assert.equal(error, null);
      assert.deepEqual(Object.keys(data ?? {}), Object.keys(first ?? {}));
      assert.deepEqual(Object.keys(data?.user ?? {}).sort(), Object.keys(first?.user ?? {}).sort());
      assert.deepEqual([data?.token, data?.user.name, data?.user.email, data?.user.emailVerified], [null, "Eve", user.email, false]);
      assert.match(data?.user.id ?? "", /^[A-Za-z0-9]{32}$/);
      assert.notEqual(data?.user.id, first?.user.id);
      const { error: refused } = await new Browser(it).client.signIn.email({ email: user.email, password: "another battery" });
      assert.equal(refused?.status, 401);
    });
  }

  test("without signing in at sign-up, the account is made and nobody signed in", async () => {
    const user = newUser();
    const browser = new Browser(manual);
    const { data } = await browser.client.signUp.email(user);
    assert.equal(data?.token, null);
    assert.equal(browser.sessionCookie, undefined);
    assert.equal((await (await signedIn(manual, user)).client.getSession()).data?.user.id, data?.user.id);
  });

  test("where nobody may sign up, nobody does", async () => {
    const { error } = await new Browser(closed).client.signUp.email(newUser());
    assert.deepEqual([error?.status, error?.code], [400, "EMAIL_PASSWORD_SIGN_UP_DISABLED"]);
    assert.equal(error?.message, "Email and password sign up is not enabled");
  });
});
