// Limits, sizes, origins, JSON, and providers where none is configured.

import { flow, one } from "./table.mjs";

const origin = (/** @type {string} */ name, /** @type {Record<string, string | undefined>} */ headers) =>
  one(`origin: ${name}`, "ada", { path: "/update-user", json: { name: "Ada" }, headers });

export default [
  origin("a trusted one", { origin: "https://app.example" }),
  origin("a trusted one with a port", { origin: "https://app.example:8443" }),
  origin("a trusted one with a path", { origin: "https://app.example/a" }),
  origin("a pattern's", { origin: "https://a.b.wild.example" }),
  origin("a pattern's without its label", { origin: "https://wild.example" }),
  origin("null", { origin: "null" }),
  origin("null from the same site", { origin: "null", "sec-fetch-site": "same-origin" }),
  origin("none, but a referrer", { origin: undefined, referer: "https://app.example/page?a=b" }),
  origin("none, but a foreign referrer", { origin: undefined, referer: "https://evil.example/" }),
  origin("junk", { origin: "ä\u0001".replace("\u0001", "") }),
  origin("two", { origin: "https://app.example, https://evil.example" }),
  origin("the request's own Host", { host: "chat.internal:3000", origin: "http://chat.internal:3000" }),
  one("preflight: from a trusted origin", "nobody", {
    method: "OPTIONS", path: "/get-session", headers: { origin: "https://app.example", "access-control-request-method": "GET" },
  }),
  one("preflight: from a foreign origin", "nobody", {
    method: "OPTIONS", path: "/get-session", headers: { origin: "https://evil.example", "access-control-request-method": "GET" },
  }),
  ...["?error=A_b-1'", "?error=%3Cscript%3E", "?error=", "?error=x&error_description=a%20b", "?error_description=%3Cb%3E"].map((query) =>
    one(`error${query}`, "nobody", { path: `/error${query}` }),
  ),
  flow("limits: the fourth of each", async (side) => {
    for (const [path, json] of /** @type {[string, object][]} */ ([
      ["/sign-in/email", { email: "ada", password: "x" }],
      ["/sign-up/email", { email: "ada", password: "x", name: "x" }],
      ["/change-password", {}],
      ["/change-email", {}],
      ["/request-password-reset", {}],
      ["/send-verification-email", {}],
      ["/sign-in/nothing", {}],
    ])) for (let i = 0; i < 4; i++) await side.send({ path, json });
    for (let i = 0; i < 5; i++) await side.send({ path: "/reset-password", json: {} });
  }, "limited"),
  one("size: a body of 100 kB", "nobody", {
    path: "/sign-up/email", json: { name: "Ada", email: "big@example.com", password: "x".repeat(100_000) },
  }),
  flow("size: a name of 10 kB", async (side) => {
    await side.send({ path: "/sign-up/email", json: { name: "x".repeat(10_000), email: side.newEmail(), password: "correct horse battery" } });
  }),
  one("JSON: deeply nested", "nobody", { method: "POST", path: "/sign-in/email", headers: { "content-type": "application/json" }, body: "[".repeat(5000) + "]".repeat(5000) }),
  one("JSON: a key twice", "nobody", { method: "POST", path: "/sign-in/email", headers: { "content-type": "application/json" }, body: '{"email":"a","email":"nobody@example.com","password":"x"}' }),
  one("JSON: __proto__", "nobody", { method: "POST", path: "/sign-in/email", headers: { "content-type": "application/json" }, body: '{"__proto__":{"email":"a"},"email":"nobody@example.com","password":"x"}' }),
  one("JSON: a lone surrogate", "nobody", { method: "POST", path: "/sign-in/email", headers: { "content-type": "application/json" }, body: '{"email":"nobody@example.com","password":"\\ud800x"}' }),
  one("JSON: behind a byte order mark", "nobody", { method: "POST", path: "/sign-in/email", headers: { "content-type": "application/json" }, body: '\ufeff{"email":"nobody@example.com","password":"x"}' }),
  one("JSON: white space around", "nobody", { method: "POST", path: "/sign-in/email", headers: { "content-type": "application/json" }, body: ' \n{"email":"nobody@example.com","password":"x"} \n' }),
  one("providers: signing in with another provider", "nobody", { path: "/sign-in/social", json: { provider: "github" } }),
  one("providers: linking another provider", "ada", { path: "/link-social", json: { provider: "github" } }),
  one("providers: coming back from another provider", "nobody", { path: "/callback/github?code=x&state=y" }),
  one("providers: a provider's tokens", "ada", { path: "/get-access-token", json: { accountId: "x" } }),
  one("providers: refreshing a provider's tokens", "ada", { path: "/refresh-token", json: { accountId: "x" } }),
  one("providers: a provider's data", "ada", { path: "/account-info?accountId=x" }),
];
