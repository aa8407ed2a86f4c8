// What is tried at every endpoint alike.

import { one } from "./table.mjs";

const TAKERS = /** @type {[string, object][]} */ ([
  ["/sign-up/email", { name: "Eve", email: "eve", password: "correct horse battery" }],
  ["/sign-in/email", { email: "eve", password: "correct horse battery" }],
  ["/sign-out", {}],
  ["/update-session", { theme: "dark" }],
  ["/revoke-session", { token: "x" }],
  ["/revoke-sessions", {}],
  ["/revoke-other-sessions", {}],
  ["/request-password-reset", { email: "nobody@example.com" }],
  ["/reset-password", { newPassword: "correct horse battery", token: "x" }],
  ["/change-password", { currentPassword: "correct horse battery", newPassword: "short" }],
  ["/verify-password", { password: "wrong" }],
  ["/update-user", { name: "Eve" }],
  ["/change-email", { newEmail: "eve@example.com" }],
  ["/delete-user", { password: "wrong" }],
  ["/send-verification-email", { email: "nobody@example.com" }],
  ["/unlink-account", { accountId: "x" }],
]);

const GIVERS = [
  "/get-session", "/list-sessions", "/list-accounts", "/token", "/jwks", "/ok", "/error?error=X",
  "/verify-email?token=x", "/reset-password/x?callbackURL=%2F", "/delete-user/callback?token=x",
];

const JSON_TYPE = { "content-type": "application/json" };
const EVIL = "https://evil.example";

const takers = TAKERS.flatMap(([path, body]) => {
  const row = (/** @type {string} */ what, /** @type {string} */ who, /** @type {object} */ request) =>
    one(`POST ${path}, ${what}`, who, { method: "POST", path, ...request });
  return [
    row("nobody", "nobody", { json: body }),
    row("stale session", "stale", { json: body }),
    row("forged session", "forged", { json: body }),
    row("no body", "nobody", { headers: JSON_TYPE }),
    row("nothing at all", "nobody", {}),
    row("empty object", "nobody", { json: {} }),
    row("a list", "nobody", { json: [1] }),
    row("null", "nobody", { json: null }),
    row("a string", "nobody", { json: "x" }),
    row("bad JSON", "nobody", { headers: JSON_TYPE, body: "{" }),
    row("text", "nobody", { headers: { "content-type": "text/plain" }, body: JSON.stringify(body) }),
    row("a form", "nobody", { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=b&email=eve" }),
    row("no media type", "nobody", { body: JSON.stringify(body) }),
    row("a foreign origin", "stale", { json: body, headers: { origin: EVIL } }),
    row("no origin", "stale", { json: body, headers: { origin: undefined } }),
    row("a foreign origin without cookies", "nobody", { json: body, headers: { origin: EVIL } }),
    row("a foreign callback", "stale", { json: { ...body, callbackURL: EVIL } }),
    row("a callback that is a number", "stale", { json: { ...body, callbackURL: 7 } }),
    row("a slash behind", "nobody", { json: body, path: `${path}/` }),
    one(`GET ${path}`, "ada", { path }),
    one(`PUT ${path}`, "ada", { method: "PUT", path, json: body }),
  ];
});

const givers = GIVERS.flatMap((path) => [
  one(`GET ${path}, nobody`, "nobody", { path }),
  one(`GET ${path}, signed in`, "ada", { path }),
  one(`GET ${path}, stale session`, "stale", { path }),
  one(`GET ${path}, forged session`, "forged", { path }),
  one(`GET ${path}, a foreign origin`, "ada", { path, headers: { origin: EVIL } }),
  one(`GET ${path}, no origin`, "ada", { path, headers: { origin: undefined } }),
  one(`HEAD ${path}`, "ada", { method: "HEAD", path }),
  one(`POST ${path}`, "ada", { path, json: {} }),
  one(`DELETE ${path}`, "ada", { method: "DELETE", path }),
]);

const unknown = ["", "/", "//ok", "/OK", "/no-such-route", "/forget-password", "/set-password", "/sign-in", "/sign-in/email/x", "/reset-password"];

export default [
  ...takers,
  ...givers,
  ...unknown.flatMap((path) => [
    one(`GET the unknown ${path || "base path"}`, "nobody", { path }),
    one(`POST the unknown ${path || "base path"}`, "ada", { path, json: {} }),
  ]),
  one("POST an unknown path with bad JSON", "nobody", { path: "/no-such-route", headers: JSON_TYPE, body: "{" }),
  one("POST an unknown path from a foreign origin", "ada", { path: "/no-such-route", json: {}, headers: { origin: EVIL } }),
];
