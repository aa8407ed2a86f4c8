// Signing up, in and out with the official client.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { Browser, newUser, signedIn, signedUp } from "../fixtures/browser.mjs";
import { start } from "../fixtures/target.mjs";

const server = await start();

describe("accounts", () => {
  after(() => server.stop());

  test("signing up answers with a session token and the user, whose dates are dates", async () => {
    const { name, email, password } = newUser();
    const browser = new Browser(server);
    const { data, error } = await browser.client.signUp.email({ name, email: email.toUpperCase(), password });
    assert.equal(error, null);
    assert.match(data.token ?? "", /^[A-Za-z0-9]{32}$/);
    assert.match(data.user.id, /^[A-Za-z0-9]{32}$/);
    assert.deepEqual(
      { name: data.user.name, email: data.user.email, verified: data.user.emailVerified, image: data.user.image },
      { name, email, verified: false, image: null },
    );
    for (const date of [data.user.createdAt, data.user.updatedAt]) {
      assert.ok(date instanceof Date);
      assert.ok(Math.abs(Date.now() - date.getTime()) < 60_000, `${date}`);
    }
    assert.equal(decodeURIComponent(browser.sessionCookie?.value ?? "").split(".")[0], data.token);
  });

  test("the cookie is HttpOnly, Lax, for the whole site and for a week", async () => {
    const { browser } = await signedUp(server);
    const cookie = browser.jar.get("better-auth.session_token");
    assert.ok(cookie);
    assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path, cookie.secure], [true, "Lax", "/", false]);
    const days = (cookie.expiresAt - Date.now()) / 86_400_000;
    assert.ok(days > 6.99 && days <= 7, `${days} days`);
    assert.match(
      browser.header("set-cookie") ?? "",
      /^better-auth\.session_token=[A-Za-z0-9]{32}\.[A-Za-z0-9%]+%3D; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  test("a taken email is refused", async () => {
    const ada = await signedUp(server);
    const { error } = await new Browser(server).client.signUp.email({ ...newUser(), email: ada.email });
    assert.equal(error?.status, 422);
    assert.equal(error?.code, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    assert.equal(error?.message, "User already exists. Use another email.");
  });

  test("of ten who sign up with one email at once, one gets it", async () => {
    const user = newUser();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => new Browser(server).client.signUp.email(user)),
    );
    assert.equal(answers.filter(({ data }) => data).length, 1);
    for (const { error } of answers) if (error) assert.equal(error.status, 422);
  });

  const refusals = /** @type {const} */ ([
    ["a short password", { password: "1234567" }, 400, "PASSWORD_TOO_SHORT", "Password too short"],
    ["a long password", { password: "x".repeat(129) }, 400, "PASSWORD_TOO_LONG", "Password too long"],
    ["no email", { email: "ada" }, 400, "VALIDATION_ERROR", "[body.email] Invalid email address"],
    ["an email without a dot", { email: "ada@localhost" }, 400, "VALIDATION_ERROR", "[body.email] Invalid email address"],
    ["an email of other letters", { email: "ädä@example.com" }, 400, "VALIDATION_ERROR", "[body.email] Invalid email address"],
    ["a name that is a number", { name: 7 }, 400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received number"],
    ["a password that is a list", { password: [1] }, 400, "VALIDATION_ERROR", "[body.password] Invalid input: expected string, received array"],
    ["an untrusted callback", { callbackURL: "https://evil.example/" }, 403, "INVALID_CALLBACK_URL", "Invalid callbackURL"],
  ]);
  for (const [what, change, status, code, message] of refusals) {
    test(`signing up with ${what} is refused`, async () => {
      const browser = new Browser(server);
      const { data, error } = await browser.client.signUp.email(/** @type {any} */ ({ ...newUser(), ...change }));
      assert.equal(data, null);
      assert.deepEqual([error?.status, error?.code, error?.message], [status, code, message]);
      assert.equal(browser.sessionCookie, undefined);
    });
  }

  test("the length of a password is counted in UTF-16 units", async () => {
    const seven = await new Browser(server).client.signUp.email({ ...newUser(), password: "😀😀😀x" });
    assert.equal(seven.error?.code, "PASSWORD_TOO_SHORT");
    const eight = await new Browser(server).client.signUp.email({ ...newUser(), password: "😀😀😀😀" });
    assert.equal(eight.error, null);
  });

  test("what a visitor may not set about themselves is ignored", async () => {
    const { data } = await new Browser(server).client.signUp.email(
      /** @type {any} */ ({ ...newUser(), emailVerified: true, role: "admin", id: "me", createdAt: "2000-01-01T00:00:00.000Z" }),
    );
    assert.equal(data?.user.emailVerified, false);
    assert.notEqual(data?.user.id, "me");
    assert.equal("role" in (data?.user ?? {}), false);
  });

  test("signing in answers with a new token, in whatever case the email is written", async () => {
    const ada = await signedUp(server);
    const browser = new Browser(server);
    const { data } = await browser.client.signIn.email({ email: ada.email.toUpperCase(), password: ada.password });
    assert.equal(data?.user.id, ada.id);
    assert.equal(data?.redirect, false);
    assert.equal("url" in (data ?? {}), false);
    assert.notEqual(browser.sessionCookie?.value, ada.browser.sessionCookie?.value);
  });

  test("a password is the same however its letters are composed", async () => {
    const ada = await signedUp(server, { ...newUser(), password: "caf\u00e9 \u00bd \ufb01ve" });
    const { error } = await new Browser(server).client.signIn.email({ email: ada.email, password: "cafe\u0301 1\u20442 five" });
    assert.equal(error, null);
  });

  test("a wrong password and an unknown user get the same answer", async () => {
    const ada = await signedUp(server);
    const { client } = new Browser(server);
    const wrong = await client.signIn.email({ email: ada.email, password: "not the password" });
    const unknown = await client.signIn.email({ email: newUser().email, password: "not the password" });
    assert.deepEqual(wrong, unknown);
    assert.equal(wrong.error?.status, 401);
    assert.equal(wrong.error?.code, "INVALID_EMAIL_OR_PASSWORD");
    assert.equal(wrong.error?.message, "Invalid email or password");
  });

  test("a malformed email is told apart when signing in", async () => {
    const { error } = await new Browser(server).client.signIn.email({ email: "ada", password: "x" });
    assert.deepEqual([error?.status, error?.code], [400, "INVALID_EMAIL"]);
  });

  test("with a callback the answer names where to go, as JSON", async () => {
    const ada = await signedUp(server);
    const browser = new Browser(server);
    const { data } = await browser.client.signIn.email({ ...ada, callbackURL: "/threads?new=1" });
    assert.equal(data?.redirect, true);
    assert.equal(data?.url, "/threads?new=1");
    assert.equal(browser.last?.status, 200);
    assert.equal(browser.header("location"), "/threads?new=1");
  });

  test("whoever is not to be remembered is signed out with the browser", async () => {
    const ada = await signedUp(server);
    const browser = new Browser(server);
    await browser.client.signIn.email({ email: ada.email, password: ada.password, rememberMe: false });
    assert.equal(browser.sessionCookie?.expiresAt, Infinity);
    assert.equal(browser.jar.get("better-auth.dont_remember")?.expiresAt, Infinity);
    const { data } = await browser.client.getSession();
    const hours = ((data?.session.expiresAt.getTime() ?? 0) - Date.now()) / 3_600_000;
    assert.ok(hours > 23.9 && hours <= 24, `${hours} hours`);
    // What writes the cookie again leaves it a session cookie.
    await browser.client.updateUser({ name: "Ada" });
    assert.equal(browser.sessionCookie?.expiresAt, Infinity);
    browser.jar.closeBrowser();
    assert.equal((await browser.client.getSession()).data, null);
  });

  test("signing out ends the session and deletes the cookies", async () => {
    const ada = await signedUp(server);
    const stolen = ada.browser.sessionCookie?.value;
    const { data } = await ada.client.signOut();
    assert.deepEqual(data, { success: true });
    assert.deepEqual(ada.browser.last?.headers["set-cookie"], [
      "better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
      "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
      "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    ]);
    assert.deepEqual(ada.browser.jar.all(), []);
    const again = await new Browser(server).send("/get-session", { headers: { cookie: `better-auth.session_token=${stolen}` } });
    assert.equal(again.text, "null");
  });

  test("signing out without a session succeeds", async () => {
    const { data } = await new Browser(server).client.signOut();
    assert.deepEqual(data, { success: true });
  });

  test("a plain HTML form signs in", async () => {
    const ada = await signedUp(server);
    const browser = new Browser(server);
    const answer = await browser.send("/sign-in/email", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ email: ada.email, password: ada.password }).toString(),
    });
    assert.equal(answer.status, 200);
    assert.equal((await browser.client.getSession()).data?.user.id, ada.id);
  });

  test("two browsers of one user are two sessions", async () => {
    const ada = await signedUp(server);
    const second = await signedIn(server, ada);
    await second.client.signOut();
    assert.equal((await ada.client.getSession()).data?.user.id, ada.id);
  });
});
