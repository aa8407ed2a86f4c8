// Sessions, tokens and bearers.

import { setTimeout as sleep } from "node:timers/promises";

import { flow, one } from "./table.mjs";

/** With a bearer, without cookies. */
const bearer = (/** @type {string} */ name, /** @type {(actor: import("../side.mjs").Actor) => string} */ of, profile = "plain") =>
  flow(`bearer: ${name}`, async (side) => {
    const ada = await side.actor("ada");
    const headers = { authorization: of(ada), origin: undefined };
    await side.send({ path: "/get-session", headers });
    await side.send({ path: "/list-accounts", headers });
    await side.send({ path: "/update-user", json: { name: "Ada" }, headers });
    await side.send({ path: "/token", headers });
  }, profile);
/** The token with its signature, as in the cookie. */
const signed = (/** @type {import("../side.mjs").Actor} */ it) => it.cookie?.split("=")[1]?.split(";")[0] ?? "";

export default [
  ...[
    "?disableCookieCache=true", "?disableRefresh=true", "?disableRefresh=false", "?disableCookieCache=x&disableRefresh=",
    "?other=1", "?disableRefresh=1&disableRefresh=2",
  ].flatMap((query) => [one(`get-session${query}`, "ada", { path: `/get-session${query}` })]),
  flow("cookies: undecoded, doubled, among others, quoted, empty", async (side) => {
    const ada = await side.actor("ada");
    const name = side.cookieName;
    const value = signed(ada);
    for (const cookie of [
      `${name}=${decodeURIComponent(value)}`,
      `${name}=x; ${name}=${value}`,
      `${name}=${value}; ${name}=x`,
      `a=b; ${name}=${value}; c`,
      `${name}="${value}"`,
      `${name}=`,
      `${name}`,
      `${name.toUpperCase()}=${value}`,
      `${name}=${value.replace("%3D", "")}`,
      `${name}=${ada.token}`,
      `${name}=%E0%A4%A`,
    ]) await side.send({ path: "/get-session", headers: { cookie } });
  }),
  flow("list-sessions: after a second sign-in", async (side) => {
    const ada = await side.actor("new");
    await side.signIn(ada);
    await side.send({ path: "/list-sessions" }, ada);
  }),
  flow("revoke-session: unknown, foreign, the other, one's own", async (side) => {
    const ada = await side.actor("new");
    const phone = await side.signIn(ada);
    const eve = await side.actor("eve");
    for (const token of ["x", "", eve.token, phone.token]) await side.send({ path: "/revoke-session", json: { token } }, ada);
    await side.send({ path: "/get-session" }, phone);
    await side.send({ path: "/get-session" }, eve);
    await side.send({ path: "/revoke-session", json: { token: ada.token } }, ada);
    await side.send({ path: "/get-session" }, ada);
  }),
  one("revoke-session: a number", "ada", { path: "/revoke-session", json: { token: 1 } }),
  flow("revoke-other-sessions", async (side) => {
    const ada = await side.actor("new");
    const phone = await side.signIn(ada);
    await side.send({ path: "/revoke-other-sessions", json: {} }, ada);
    await side.send({ path: "/get-session" }, phone);
    await side.send({ path: "/get-session" }, ada);
  }),
  flow("revoke-sessions", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/revoke-sessions", json: {} }, ada);
    await side.send({ path: "/get-session" }, ada);
  }),
  ...[{}, { token: "x" }, { expiresAt: "2100-01-01T00:00:00.000Z" }, { theme: "dark" }, { userId: 7 }].map((json) =>
    one(`update-session: ${JSON.stringify(json)}`, "ada", { path: "/update-session", json }),
  ),
  flow("rememberMe: what writes the cookie again", async (side) => {
    const ada = await side.actor("new");
    const phone = await side.signIn(ada, { rememberMe: false });
    await side.send({ path: "/get-session" }, phone);
    await side.send({ path: "/update-user", json: { name: "Ada" } }, phone);
    await side.send({ path: "/sign-out", json: {} }, phone);
  }),
  flow("refresh, and freshness", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/get-session" }, ada);
    await side.send({ path: "/list-sessions" }, ada);
    await sleep(1300);
    await side.send({ path: "/get-session?disableRefresh=true" }, ada);
    await side.send({ path: "/list-accounts" }, ada);
    await side.send({ path: "/list-sessions" }, ada);
    await side.send({ path: "/unlink-account", json: { accountId: "x" } }, ada);
    await side.send({ path: "/delete-user", json: {} }, ada);
    await sleep(1300);
    await side.send({ path: "/get-session" }, ada);
    await sleep(3200);
    await side.send({ path: "/get-session" }, ada);
    await side.send({ path: "/list-accounts" }, ada);
  }, "hasty"),

  bearer("raw", ({ token }) => `Bearer ${token}`),
  bearer("signed", (it) => `Bearer ${decodeURIComponent(signed(it))}`),
  bearer("signed and encoded", (it) => `Bearer ${signed(it)}`),
  bearer("in small letters", ({ token }) => `bearer ${token}`),
  bearer("wrong signature", ({ token }) => `Bearer ${token}.${"A".repeat(43)}=`),
  bearer("no padding", (it) => `Bearer ${decodeURIComponent(signed(it)).replace(/=$/, "")}`),
  bearer("unknown", () => `Bearer ${"x".repeat(32)}`),
  bearer("junk", () => "Bearer ä\u00ff%%%"),
  bearer("nothing", () => "Bearer"),
  bearer("another scheme", ({ token }) => `Basic ${token}`),
  bearer("two words", ({ token }) => `Bearer ${token} x`),
  bearer("raw, where the signature is asked for", ({ token }) => `Bearer ${token}`, "signed"),
  bearer("signed, where it is asked for", (it) => `Bearer ${signed(it)}`, "signed"),
  bearer("turned off", (it) => `Bearer ${signed(it)}`, "off"),
  flow("bearer: beside a cookie", async (side) => {
    const ada = await side.actor("ada");
    const eve = await side.actor("eve");
    for (const authorization of [`Bearer ${eve.token}`, "Bearer x.y", `Bearer ${"x".repeat(32)}`]) {
      await side.send({ path: "/get-session", headers: { authorization } }, ada);
      await side.send({ path: "/update-user", json: { name: "Ada" }, headers: { authorization, origin: "https://evil.example" } }, ada);
    }
  }),
  flow("bearer: signing in and out", async (side) => {
    const ada = await side.actor("new");
    const headers = { authorization: `Bearer ${ada.token}` };
    await side.send({ path: "/sign-in/email", json: { email: ada.email, password: ada.password }, headers });
    await side.send({ path: "/sign-out", json: {}, headers });
    await side.send({ path: "/get-session", headers });
  }),
  ...["EdDSA", "ES256", "RS256"].map((profile) =>
    flow(`token and jwks: ${profile}`, async (side) => {
      await side.send({ path: "/jwks" });
      const ada = await side.actor("new");
      const { text } = await side.send({ path: "/token" }, ada);
      await side.send({ path: "/jwks" });
      await side.send({ path: "/get-session", headers: { authorization: `Bearer ${JSON.parse(text).token}` } });
    }, profile),
  ),
  one("token: issuer, audience and lifetime by setting", "new", { path: "/token" }, "ES256"),
];
