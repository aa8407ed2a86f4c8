// What is refused, and how: routes, methods, bodies, origins, callbacks, and the cookies of https.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { Browser, newUser, send, signedUp } from "../fixtures/browser.mjs";
import { start } from "../fixtures/target.mjs";

const server = await start({ BETTER_AUTH_TRUSTED_ORIGINS: "https://app.example,https://*.wild.example" });
const secure = await start({ BETTER_AUTH_URL: "https://chat.example" });
const ada = await signedUp(server);
const cookie = `better-auth.session_token=${ada.browser.sessionCookie?.value}`;
const JSON_TYPE = { "content-type": "application/json" };

describe("edges", () => {
  after(() => Promise.all([server.stop(), secure.stop()]));

  test("ok says so", async () => {
    const { data } = await /** @type {any} */ (new Browser(server).client).ok();
    assert.deepEqual(data, { ok: true });
  });

  for (const [query, location] of [
    ["?error=INVALID_TOKEN", "/?error=INVALID_TOKEN"],
    ["?error=%3Cscript%3E", "/?error=UNKNOWN"],
    ["", "/?error=UNKNOWN"],
  ]) {
    test(`/error${query} leads to ${location}`, async () => {
      const answer = await new Browser(server).send(`/error${query}`);
      assert.deepEqual([answer.status, answer.headers.location, answer.text], [302, location, ""]);
    });
  }

  for (const [method, path] of [
    ["GET", "/no-such-route"], ["POST", "/no-such-route"], ["GET", ""], ["GET", "/"], ["GET", "/ok/"], ["GET", "//ok"],
    ["POST", "/ok"], ["HEAD", "/ok"], ["OPTIONS", "/ok"], ["PUT", "/update-user"], ["GET", "/sign-out"],
    ["DELETE", "/delete-user"], ["POST", "/token"], ["POST", "/list-sessions"], ["GET", "/sign-in/email"],
    ["POST", "/set-password"], ["POST", "/forget-password"], ["GET", "/reset-password"],
  ]) {
    test(`${method} ${path || "(the base path)"} is an empty 404`, async () => {
      const answer = await ada.browser.send(`${server.publicUrl}/api/auth${path}`, { method: method ?? "" });
      assert.deepEqual([answer.status, answer.text, answer.headers["content-type"]], [404, "", undefined]);
    });
  }

  test("get-session by POST is told apart", async () => {
    const answer = await new Browser(server).post("/get-session", {});
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"]);
  });

  for (const body of ["{", "nonsense", "{'a':1}", '{"a":1}}', "\u0000"]) {
    test(`${JSON.stringify(body)} is no JSON`, async () => {
      const answer = await new Browser(server).send("/sign-in/email", { method: "POST", headers: JSON_TYPE, body });
      assert.equal(answer.status, 400);
      assert.deepEqual(JSON.parse(answer.text), { message: "Invalid JSON in request body", code: "BAD_REQUEST" });
    });
  }

  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (const [path, headers, status] of /** @type {const} */ ([
    ["/sign-in/email", { "content-type": "application/json; charset=utf-8" }, 401],
    ["/sign-in/email", { "content-type": "APPLICATION/JSON" }, 401],
    ["/sign-in/email", { "content-type": "text/plain" }, 415],
    ["/sign-in/email", { "content-type": "multipart/form-data; boundary=x" }, 415],
    ["/request-password-reset", form, 415],
    ["/sign-out", { "content-type": "text/plain" }, 415],
  ])) {
    test(`${path} with ${headers["content-type"]} is a ${status}`, async () => {
      const body = JSON.stringify({ email: newUser().email, password: "not the password" });
      const answer = await new Browser(server).send(path, { method: "POST", headers, body });
      assert.equal(answer.status, status, answer.text);
      if (status !== 415) return;
      const { code, message } = JSON.parse(answer.text);
      assert.equal(code, "UNSUPPORTED_MEDIA_TYPE");
      assert.ok(message.startsWith(`Content-Type "${headers["content-type"].split(";")[0]}`), message);
    });
  }

  for (const [path, body, message] of /** @type {const} */ ([
    ["/sign-in/email", {}, "[body.email] Invalid input: expected string, received undefined; [body.password] Invalid input: expected string, received undefined"],
    ["/sign-in/email", [], "[body] Invalid input: expected object, received array"],
    ["/sign-in/email", null, "[body] Invalid input: expected object, received null"],
    ["/sign-in/email", { email: null, password: 1 }, "[body.email] Invalid input: expected string, received null; [body.password] Invalid input: expected string, received number"],
    ["/sign-in/email", { email: "a@b.de", password: "x", rememberMe: "no" }, "[body.rememberMe] Invalid input: expected boolean, received string"],
    ["/request-password-reset", { email: "ada" }, "[body.email] Invalid email address"],
    ["/reset-password", {}, "[body.newPassword] Invalid input: expected string, received undefined"],
    ["/change-password", {}, "[body.newPassword] Invalid input: expected string, received undefined; [body.currentPassword] Invalid input: expected string, received undefined"],
    ["/revoke-session", {}, "[body.token] Invalid input: expected string, received undefined"],
    ["/change-email", { newEmail: 3 }, "[body.newEmail] Invalid input: expected string, received number"],
    ["/unlink-account", {}, "[body.accountId] Invalid input: expected string, received undefined"],
    ["/update-user", [], "[body] Invalid input: expected record, received array"],
  ])) {
    test(`${path} says what is wrong with ${JSON.stringify(body)}`, async () => {
      const answer = await ada.browser.post(path, body);
      assert.deepEqual([answer.status, JSON.parse(answer.text)], [400, { message, code: "VALIDATION_ERROR" }]);
    });
  }

  const own = server.publicUrl;
  for (const [what, headers, code] of /** @type {const} */ ([
    ["its own origin", { origin: own, cookie }, undefined],
    ["a trusted origin", { origin: "https://app.example", cookie }, undefined],
    ["a trusted pattern", { origin: "https://a.b.wild.example", cookie }, undefined],
    ["the referrer in its place", { referer: `${own}/settings`, cookie }, undefined],
    ["no cookie, and no origin", {}, undefined],
    ["no cookie, and a foreign origin", { origin: "https://evil.example" }, undefined],
    ["a foreign origin", { origin: "https://evil.example", cookie }, "INVALID_ORIGIN"],
    ["a trusted name with another scheme", { origin: "http://app.example", cookie }, "INVALID_ORIGIN"],
    ["a trusted name as the beginning of another", { origin: "https://app.example.evil.example", cookie }, "INVALID_ORIGIN"],
    ["a pattern's own domain", { origin: "https://wild.example", cookie }, "INVALID_ORIGIN"],
    ["another port", { origin: "http://127.0.0.1:1", cookie }, "INVALID_ORIGIN"],
    ["a foreign referrer", { referer: "https://evil.example/", cookie }, "INVALID_ORIGIN"],
    ["no origin", { cookie }, "MISSING_OR_NULL_ORIGIN"],
    ["the origin null", { origin: "null", cookie }, "MISSING_OR_NULL_ORIGIN"],
    ["any cookie, without an origin", { cookie: "theme=dark" }, "MISSING_OR_NULL_ORIGIN"],
  ])) {
    test(`a change with ${what} is ${code ?? "let through"}`, async () => {
      // Straight to the server: these headers and no others.
      const answer = await send(`${server.url}/api/auth/update-user`, {
        method: "POST",
        headers: { ...JSON_TYPE, ...headers },
        body: JSON.stringify({ name: "Ada" }),
      });
      if (code) assert.deepEqual([answer.status, JSON.parse(answer.text).code], [403, code]);
      else assert.equal(answer.status, headers.cookie ? 200 : 401, answer.text);
    });
  }

  for (const [what, headers, code] of /** @type {const} */ ([
    ["nothing, as curl", {}, undefined],
    ["a foreign origin", { origin: "https://evil.example" }, "INVALID_ORIGIN"],
    ["a navigation from elsewhere", { origin: own, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"],
    ["fetch metadata alone", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }, "MISSING_OR_NULL_ORIGIN"],
    ["fetch metadata and its origin", { origin: own, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }, undefined],
  ])) {
    test(`signing in with ${what} is ${code ?? "let through"}`, async () => {
      const answer = await send(`${server.url}/api/auth/sign-in/email`, {
        method: "POST",
        headers: { ...JSON_TYPE, ...headers },
        body: JSON.stringify({ email: ada.email, password: ada.password }),
      });
      if (code) assert.deepEqual([answer.status, JSON.parse(answer.text).code], [403, code]);
      else assert.equal(answer.status, 200, answer.text);
    });
  }

  const good = ["/", "/a/b?c=d&e=%20f#g", "/-_.~", `${own}/x`, "https://app.example/welcome", "https://a.wild.example/"];
  const bad = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "data:text/html,x",
    "/%2fevil.example", "/%5cevil.example", "https://app.example.evil.example", "https://app.example@evil.example",
    "http://app.example", "/a\nb", "evil.example", "ftp://app.example",
  ];
  for (const [url, wanted] of [...good.map((it) => [it, 401]), ...bad.map((it) => [it, 403])]) {
    test(`the callback ${JSON.stringify(String(url).replace(own, "(its own origin)"))} is ${wanted === 403 ? "refused" : "trusted"}`, async () => {
      const { client } = new Browser(server);
      const { error } = await client.signIn.email({ email: newUser().email, password: "x", callbackURL: String(url) });
      assert.equal(error?.status, wanted);
      if (wanted === 403) assert.equal(error?.code, "INVALID_CALLBACK_URL");
    });
  }

  test("over https the cookies are secure, and named so", async () => {
    const grace = await signedUp(secure);
    const stored = grace.browser.jar.get("__Secure-better-auth.session_token");
    assert.equal(stored?.secure, true);
    assert.match(grace.browser.header("set-cookie") ?? "", /; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    assert.equal((await grace.client.getSession()).data?.user.id, grace.id);
    // The name without the prefix counts for nothing.
    const plain = await new Browser(secure).send("/get-session", { headers: { cookie: `better-auth.session_token=${stored?.value}` } });
    assert.equal(plain.text, "null");
    await grace.client.requestPasswordReset({ email: grace.email, redirectTo: "/reset" });
    assert.equal(new URL(await secure.mailbox.next(grace.email)).origin, "https://chat.example");
    await grace.client.signOut();
    assert.match(grace.browser.header("set-cookie") ?? "", /^__Secure-better-auth\.session_token=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax/);
    assert.deepEqual(grace.browser.jar.all(), []);
  });
});
