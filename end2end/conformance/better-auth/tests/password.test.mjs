// Forgotten, changed and verified passwords with the official client.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { Browser, newUser, signedIn, signedUp } from "../fixtures/browser.mjs";
import { start } from "../fixtures/target.mjs";

const server = await start();
const strict = await start({ REVOKE_SESSIONS_ON_PASSWORD_RESET: "on" });
const NEW = "a quite different battery";

describe("passwords", () => {
  after(() => Promise.all([server.stop(), strict.stop()]));

  test("a forgotten password is set anew by the link of a mail", async () => {
    const ada = await signedUp(server);
    const { client } = new Browser(server);
    const { data } = await client.requestPasswordReset({ email: ada.email, redirectTo: "/reset-password" });
    assert.deepEqual(data, {
      status: true,
      message: "If this email exists in our system, check your email for the reset link",
    });
    const link = new URL(await server.mailbox.next(ada.email));
    assert.equal(link.origin, server.publicUrl);
    assert.match(link.pathname, /^\/api\/auth\/reset-password\/[A-Za-z0-9]{24}$/);
    assert.equal(link.searchParams.get("callbackURL"), "/reset-password");

    const browser = new Browser(server);
    const { status, location } = await browser.open(link.href);
    assert.equal(status, 302);
    const page = new URL(location ?? "");
    assert.equal(page.href.split("?")[0], `${server.publicUrl}/reset-password`);
    const token = page.searchParams.get("token") ?? "";
    // Opening the link does not use it up: mail scanners do it, too.
    assert.equal((await browser.open(link.href)).location, location);

    const short = await browser.client.resetPassword({ newPassword: "short", token });
    assert.deepEqual([short.error?.status, short.error?.code], [400, "PASSWORD_TOO_SHORT"]);
    assert.deepEqual((await browser.client.resetPassword({ newPassword: NEW, token })).data, { status: true });
    assert.equal(browser.sessionCookie, undefined);

    const again = await browser.client.resetPassword({ newPassword: "yet another battery", token });
    assert.deepEqual([again.error?.status, again.error?.code], [400, "INVALID_TOKEN"]);
    assert.equal((await browser.open(link.href)).location, `${server.publicUrl}/reset-password?error=INVALID_TOKEN`);
    assert.equal((await browser.client.signIn.email(ada)).error?.status, 401);
    assert.equal((await browser.client.signIn.email({ ...ada, password: NEW })).error, null);
    // Who is signed in elsewhere stays so, unless the setting says otherwise.
    assert.equal((await ada.client.getSession()).data?.user.id, ada.id);
  });

  test("the other sessions end with a forgotten password where the setting says so", async () => {
    const ada = await signedUp(strict);
    const { client } = new Browser(strict);
    await client.requestPasswordReset({ email: ada.email, redirectTo: "/reset-password" });
    const [, token = ""] = /reset-password\/(\w+)/.exec(await strict.mailbox.next(ada.email)) ?? [];
    assert.deepEqual((await client.resetPassword({ newPassword: NEW, token })).data, { status: true });
    assert.equal((await ada.client.getSession()).data, null);
  });

  test("of two who use a reset token at once, one succeeds", async () => {
    const ada = await signedUp(server);
    const { client } = new Browser(server);
    await client.requestPasswordReset({ email: ada.email });
    const [, token = ""] = /reset-password\/(\w+)/.exec(await server.mailbox.next(ada.email)) ?? [];
    const answers = await Promise.all(
      ["one different battery", "two different batteries"].map((newPassword) => client.resetPassword({ newPassword, token })),
    );
    assert.equal(answers.filter(({ data }) => data).length, 1);
  });

  test("an unknown address gets the same answer, and no mail", async () => {
    const { email } = newUser();
    const { data } = await new Browser(server).client.requestPasswordReset({ email });
    assert.equal(data?.status, true);
    await server.mailbox.none(email);
  });

  test("a reset may not lead to a foreign page", async () => {
    const ada = await signedUp(server);
    const { error } = await ada.client.requestPasswordReset({ email: ada.email, redirectTo: "https://evil.example" });
    assert.deepEqual([error?.status, error?.code], [403, "INVALID_REDIRECT_URL"]);
    await server.mailbox.none(ada.email);
  });

  test("unknown and missing tokens are refused", async () => {
    const { client } = new Browser(server);
    for (const body of [{ newPassword: NEW, token: "x".repeat(24) }, { newPassword: NEW }]) {
      const { error } = await client.resetPassword(/** @type {any} */ (body));
      assert.deepEqual([error?.status, error?.code], [400, "INVALID_TOKEN"]);
    }
  });

  test("a password is changed, and other sessions go on", async () => {
    const ada = await signedUp(server);
    const phone = await signedIn(server, ada);
    const { data } = await ada.client.changePassword({ currentPassword: ada.password, newPassword: NEW });
    assert.equal(data?.token, null);
    assert.equal(data?.user.id, ada.id);
    assert.equal((await phone.client.getSession()).data?.user.id, ada.id);
    await signedIn(server, { ...ada, password: NEW });
  });

  test("a password is changed, and every other session ends", async () => {
    const ada = await signedUp(server);
    const phone = await signedIn(server, ada);
    const before = ada.browser.sessionCookie?.value;
    const { data } = await ada.client.changePassword({
      currentPassword: ada.password,
      newPassword: NEW,
      revokeOtherSessions: true,
    });
    assert.match(data?.token ?? "", /^[A-Za-z0-9]{32}$/);
    assert.notEqual(ada.browser.sessionCookie?.value, before);
    assert.equal((await ada.client.getSession()).data?.session.token, data?.token);
    assert.equal((await phone.client.getSession()).data, null);
    assert.equal((await ada.client.listSessions()).data?.length, 1);
  });

  const refusals = /** @type {const} */ ([
    ["a wrong current password", { currentPassword: "not the password", newPassword: NEW }, "INVALID_PASSWORD"],
    ["a short new one", { currentPassword: "correct horse battery", newPassword: "short" }, "PASSWORD_TOO_SHORT"],
    ["a long new one", { currentPassword: "correct horse battery", newPassword: "x".repeat(129) }, "PASSWORD_TOO_LONG"],
    ["no new one", { currentPassword: "correct horse battery" }, "VALIDATION_ERROR"],
  ]);
  for (const [what, body, code] of refusals) {
    test(`a password is not changed with ${what}`, async () => {
      const ada = await signedUp(server);
      const { error } = await ada.client.changePassword(/** @type {any} */ (body));
      assert.deepEqual([error?.status, error?.code], [400, code]);
      await signedIn(server, ada);
    });
  }

  test("a password is verified", async () => {
    const ada = await signedUp(server);
    const verify = (/** @type {any} */ body) => /** @type {any} */ (ada.client).verifyPassword(body);
    assert.deepEqual((await verify({ password: ada.password })).data, { status: true });
    const { error } = await verify({ password: "not the password" });
    assert.deepEqual([error.status, error.code, error.message], [400, "INVALID_PASSWORD", "Invalid password"]);
  });
});
