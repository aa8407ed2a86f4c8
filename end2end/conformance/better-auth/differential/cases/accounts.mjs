// Signing up, in and out.

import { flow, one } from "./table.mjs";

const PASSWORD = "correct horse battery";
/** A person who signs up, and what is different about them. */
const signUp = (/** @type {string} */ name, /** @type {object} */ change, headers = {}) =>
  one(`sign-up: ${name}`, "nobody", (_, side) => ({
    path: "/sign-up/email",
    json: { name: "Grace", email: side.newEmail(), password: PASSWORD, ...change },
    headers,
  }));
/** Somebody known who signs in. */
const signIn = (/** @type {string} */ name, /** @type {object} */ change, headers = {}) =>
  flow(`sign-in: ${name}`, async (side) => {
    const { email, password } = await side.actor("ada");
    await side.send({ path: "/sign-in/email", json: { email, password, ...change }, headers });
  });

export default [
  signUp("good", {}),
  signUp("an empty name", { name: "" }),
  signUp("a name with markup", { name: "<b>Ada</b> \u202e😀" }),
  signUp("a name with U+0000", { name: "Ada\u0000" }),
  signUp("a picture", { image: "https://example.com/a.png" }),
  signUp("a picture that is null", { image: null }),
  signUp("a picture that is a number", { image: 7 }),
  signUp("to be forgotten", { rememberMe: false }),
  signUp("rememberMe as text", { rememberMe: "false" }),
  signUp("a good callback", { callbackURL: "/welcome" }),
  signUp("other keys", { emailVerified: true, role: "admin", id: "x", createdAt: "2000-01-01T00:00:00.000Z" }),
  signUp("no name", { name: undefined }),
  signUp("no email", { email: undefined }),
  signUp("no password", { password: undefined }),
  signUp("nothing right", { name: 1, email: {}, password: [1] }),
  signUp("an empty password", { password: "" }),
  signUp("seven letters", { password: "1234567" }),
  signUp("eight letters", { password: "12345678" }),
  signUp("128 letters", { password: "x".repeat(128) }),
  signUp("129 letters", { password: "x".repeat(129) }),
  signUp("seven UTF-16 units", { password: "😀😀😀x" }),
  ...[
    "a", "a@b", "a@b.c", "a@b.de ", " a@b.de", "a..b@c.de", ".a@b.de", "a.@b.de", "a@-b.de", "a@b..de", "a@b.d3", "ä@b.de",
    "a@bü.de", "\"a\"@b.de", "a@[1.2.3.4]", "a@b.de\n", "a b@c.de", "a@b@c.de", "", "'a@quote.example", "a'@quote.example",
    "a+b-c_d@plus.example", "-a@dash.example", "a@b-.de", "A.B@UPPER.EXAMPLE",
  ].map((email) => signUp(`the email ${JSON.stringify(email)}`, { email })),
  signUp("a foreign referrer", {}, { origin: undefined, referer: "https://evil.example/" }),
  signUp("no origin", {}, { origin: undefined }),
  signUp("the origin null", {}, { origin: "null" }),
  signUp("the origin null from the same site", {}, { origin: "null", "sec-fetch-site": "same-origin" }),
  signUp("an empty origin", {}, { origin: "" }),
  signUp("a navigation from elsewhere", {}, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }),
  signUp("a request from elsewhere", {}, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }),
  signUp("fetch metadata without an origin", {}, { origin: undefined, "sec-fetch-mode": "cors" }),
  flow("sign-up: a taken email", async (side) => {
    const { email } = await side.actor("ada");
    for (const it of [email, email.toUpperCase()]) {
      await side.send({ path: "/sign-up/email", json: { name: "Eve", email: it, password: PASSWORD } });
    }
  }),
  flow("sign-up: a form", (side) =>
    side.send({
      path: "/sign-up/email",
      body: new URLSearchParams({ name: "Ada", email: side.newEmail(), password: PASSWORD }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    }),
  ),
  ...["closed", "strict", "manual"].map((profile) =>
    flow(`sign-up: ${profile}, twice`, async (side) => {
      const email = side.newEmail();
      for (const name of ["Ada", "Eve"]) {
        await side.send({ path: "/sign-up/email", json: { name, email, password: PASSWORD, image: "/a.png" } });
      }
      await side.send({ path: "/sign-up/email", json: { name: "Ada", email: side.newEmail(), password: "short" } });
      await side.send({ path: "/sign-in/email", json: { email, password: "wrong" } });
      await side.send({ path: "/sign-in/email", json: { email, password: PASSWORD } });
    }, profile),
  ),

  signIn("good", {}),
  signIn("to be forgotten", { rememberMe: false }),
  signIn("rememberMe as text", { rememberMe: "true" }),
  signIn("rememberMe null", { rememberMe: null }),
  signIn("wrong password", { password: "wrong" }),
  signIn("empty password", { password: "" }),
  signIn("128 letters", { password: "x".repeat(128) }),
  signIn("129 letters", { password: "x".repeat(129) }),
  signIn("unknown", { email: "nobody@example.com" }),
  signIn("malformed email", { email: "nobody" }),
  signIn("empty email", { email: "" }),
  signIn("no email", { email: undefined }),
  signIn("a password that is a number", { password: 12345678 }),
  signIn("other keys", { hack: true }),
  signIn("with a media type that has parameters", {}, { "content-type": "application/json; charset=utf-8" }),
  signIn("with a media type in capitals", {}, { "content-type": "APPLICATION/JSON" }),
  signIn("with a media type of JSON's family", {}, { "content-type": "application/ld+json" }),
  signIn("with an empty media type", {}, { "content-type": "" }),
  ...[
    "/", "/a?b=c", "/a#b", "", "//evil.example", "/\\evil.example", "/%2f", "/%5C", "/a/%2F", "/?u=%2f", "https://evil.example",
    "https://app.example", "https://app.example/a", "http://app.example/", "https://app.example:444/", "https://a.wild.example/x",
    "https://wild.example/", "javascript:alert(1)", "relative", "?a=b", "#a", "/a b", "/ä", "/a\tb", "https://app.example@evil.example",
    "HTTPS://APP.EXAMPLE/", "/..//evil.example", "/./a", "/a/../b", "/a:b", "/a@b", "/a,b", "/a|b", "/~a/(b)",
  ].map((callbackURL) => signIn(`the callback ${JSON.stringify(callbackURL)}`, { callbackURL })),
  flow("sign-in: a form, and one with rememberMe", async (side) => {
    const { email, password } = await side.actor("ada");
    for (const more of ["", "&rememberMe=true", "&callbackURL=/a", "&callbackURL=//evil.example"]) {
      const body = new URLSearchParams({ email, password }) + more;
      await side.send({ path: "/sign-in/email", body, headers: { "content-type": "application/x-www-form-urlencoded" } });
    }
  }),
  flow("sign-in: over https", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/sign-in/email", json: { email: ada.email, password: ada.password, rememberMe: false } });
    await side.send({ path: "/get-session" }, ada);
    await side.send({ path: "/get-session", headers: { cookie: ada.cookie?.replace("__Secure-", "") } });
    await side.send({ path: "/token" }, ada);
    await side.send({ path: "/sign-out", json: {} }, ada);
  }, "secure"),
  flow("sign-out: what is left of the session", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/sign-out", json: {} }, ada);
    await side.send({ path: "/get-session" }, ada);
    await side.send({ path: "/list-accounts" }, ada);
    await side.send({ path: "/sign-out", json: {} }, ada);
  }),
  one("sign-out: without a body", "new", { method: "POST", path: "/sign-out" }),
  one("sign-out: with a callback", "new", { path: "/sign-out", json: { callbackURL: "/bye" } }),
];
