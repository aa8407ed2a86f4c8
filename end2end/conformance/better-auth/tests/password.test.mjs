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

  /** Somebody new who forgot their password and asked for a mail from a browser without a session. */
  async function forgetful(it = server) {
    const ada = await signedUp(it);
    const browser = new Browser(it);
    const { data } = await browser.client.requestPasswordReset({ email: ada.email, redirectTo: "/reset-password" });
    assert.deepEqual(data, {
      status: true,
      message: "If this email exists in our system, check your email for the reset link",
    });
    const link = new URL(await it.mailbox.next(ada.email));
    return { ada, browser, client: browser.client, link, token: link.pathname.split("/").at(-1) ?? "" };
  }

  test("the mail for a forgotten password has a link to the server", async () => {
    const { link } = await forgetful();
    assert.equal(link.origin, server.publicUrl);
    assert.match(link.pathname, /^\/api\/auth\/reset-password\/[A-Za-z0-9]{24}$/);
    assert.equal(link.searchParams.get("callbackURL"), "/reset-password");
  });

  test("the link leads to the page with the token, however often it is opened: mail scanners do it, too", async () => {
    const { browser, link, token } = await forgetful();
    for (let i = 0; i < 2; i++) {
      const { status, location } = await browser.open(link.href);
      assert.deepEqual([status, location], [302, `${server.publicUrl}/reset-password?token=${token}`]);
    }
  });

  test("the token sets a new password, and signs nobody in", async () => {
    const { ada, browser, client, token } = await forgetful();
    assert.deepEqual((await client.resetPassword({ newPassword: NEW, token })).data, { status: true });
    assert.equal(browser.sessionCookie, undefined);
    assert.equal((await client.signIn.email(ada)).error?.status, 401);
    assert.equal((await client.signIn.email({ ...ada, password: NEW })).error, null);
  });

  test("a password that is too short does not use the token up", async () => {
    const { client, token } = await forgetful();
    const { error } = await client.resetPassword({ newPassword: "short", token });
    assert.deepEqual([error?.status, error?.code], [400, "PASSWORD_TOO_SHORT"]);
    assert.deepEqual((await client.resetPassword({ newPassword: NEW, token })).data, { status: true });
  });

  test("the token works once, and its link says so afterwards", async () => {
    const { browser, client, link, token } = await forgetful();
    await client.resetPassword({ newPassword: NEW, token });
    const { error } = await client.resetPassword({ newPassword: "yet another battery", token });
    assert.deepEqual([error?.status, error?.code], [400, "INVALID_TOKEN"]);
    assert.equal((await browser.open(link.href)).location, `${server.publicUrl}/reset-password?error=INVALID_TOKEN`);
  });

  for (const [what, it] of /** @type {const} */ ([["go on", server], ["end where the setting says so", strict]])) {
    test(`with a forgotten password the sessions ${what}`, async () => {
      const { ada, client, token } = await forgetful(it);
      assert.deepEqual((await client.resetPassword({ newPassword: NEW, token })).data, { status: true });
      assert.equal((await ada.client.getSession()).data?.user.id, it === server ? ada.id : undefined);
    });
  }

  test("of two who use a reset token at once, one succeeds", async () => {
    const { client, token } = await forgetful();
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
