// Tokens for other backends, verified by jose as such a backend does.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, describe, test } from "node:test";

import { SignJWT, UnsecuredJWT, createRemoteJWKSet, decodeProtectedHeader, generateKeyPair, jwtVerify } from "jose";

import { Browser, signedUp } from "../fixtures/browser.mjs";
import { IS_ORIGINAL, SECRET, start } from "../fixtures/target.mjs";

const ALGORITHMS = /** @type {const} */ ([
  ["EdDSA", { kty: "OKP", crv: "Ed25519" }, ["x"]],
  ["ES256", { kty: "EC", crv: "P-256" }, ["x", "y"]],
  ["RS256", { kty: "RSA" }, ["e", "n"]],
]);
const servers = await Promise.all(ALGORITHMS.map(([alg]) => start({ JWT_ALGORITHM: alg })));
const shared = await start({ JWT_ALGORITHM: "HS256" });
const brief = await start({ JWT_EXPIRES_IN: "1m", JWT_ISSUER: "https://issuer.example", JWT_AUDIENCE: "backend" });

/** The keys of a server, as jose fetches them. */
const keysOf = (/** @type {import("../fixtures/target.mjs").Server} */ server) =>
  createRemoteJWKSet(new URL(`${server.url}/api/auth/jwks`), { cooldownDuration: 0 });

/** A token of somebody new. */
async function newToken(/** @type {import("../fixtures/target.mjs").Server} */ server) {
  const ada = await signedUp(server);
  const { data } = await ada.client.token();
  return { ada, token: /** @type {string} */ (data?.token) };
}

describe("tokens", () => {
  after(() => Promise.all([...servers, shared, brief].map((it) => it.stop())));

  for (const [i, [alg, kind, members]] of ALGORITHMS.entries()) {
    const server = /** @type {import("../fixtures/target.mjs").Server} */ (servers[i]);

    test(`${alg}: jose verifies a token by /jwks, and finds the user in it`, async () => {
      const { ada, token } = await newToken(server);
      const origin = server.publicUrl;
      const { payload, protectedHeader } = await jwtVerify(token, keysOf(server), { issuer: origin, audience: origin });
      assert.deepEqual(Object.keys(protectedHeader).sort(), ["alg", "kid"]);
      assert.equal(protectedHeader.alg, alg);
      assert.deepEqual([payload.sub, payload.id, payload.email], [ada.id, ada.id, ada.email]);
      assert.deepEqual([payload.name, payload.emailVerified, payload.image], [ada.name, false, null]);
      assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 900);
      assert.match(String(payload.createdAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    test(`${alg}: /jwks shows the public half of one key`, async () => {
      const { client } = new Browser(server);
      const { data } = await client.jwks();
      assert.equal(data?.keys.length, 1);
      const [key] = data?.keys ?? [];
      assert.deepEqual(Object.keys(key ?? {}).sort(), ["alg", ...Object.keys(kind), "kid", ...members].sort());
      assert.deepEqual({ ...key, ...kind, alg }, key);
    });

    test(`${alg}: jose refuses what the key did not sign`, async () => {
      const { token } = await newToken(server);
      const [header = "", payload = "", signature = ""] = token.split(".");
      const { kid = "" } = decodeProtectedHeader(token);
      const keys = keysOf(server);
      const claims = { ...JSON.parse(Buffer.from(payload, "base64url").toString()), sub: "somebody else" };
      const encoded = (/** @type {unknown} */ it) => Buffer.from(JSON.stringify(it)).toString("base64url");
      const { privateKey } = await generateKeyPair(alg);
      const { keys: [jwk] } = JSON.parse((await new Browser(server).send("/jwks")).text);
      const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
      const confused = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid }).sign(Buffer.from(pem));
      const foreign = await new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey);
      for (const [what, bad, error] of /** @type {const} */ ([
        ["other claims", `${header}.${encoded(claims)}.${signature}`, "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"],
        ["another key", foreign, "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"],
        ["an unknown kid", `${encoded({ alg, kid: "x" })}.${payload}.${signature}`, "ERR_JWKS_NO_MATCHING_KEY"],
        ["the public key as a shared secret", confused, "ERR_JOSE_NOT_SUPPORTED"],
        ["no signature", new UnsecuredJWT(claims).encode(), "ERR_JOSE_NOT_SUPPORTED"],
      ])) {
        await assert.rejects(jwtVerify(bad, keys), { code: error }, what);
      }
      await assert.rejects(jwtVerify(token, keys, { issuer: "https://other.example" }), { claim: "iss" });
      await assert.rejects(jwtVerify(token, keys, { audience: "https://other.example" }), { claim: "aud" });
      await jwtVerify(token, keys);
    });

    test(`${alg}: get-session hands out a token, too`, async () => {
      const ada = await signedUp(server);
      await ada.client.getSession();
      assert.equal(ada.browser.header("access-control-expose-headers"), "set-auth-jwt");
      const { payload } = await jwtVerify(ada.browser.header("set-auth-jwt") ?? "", keysOf(server));
      assert.equal(payload.sub, ada.id);
    });
  }

  test("without a session there is no token, and no header", async () => {
    const browser = new Browser(brief);
    const { error } = await browser.client.token();
    assert.deepEqual([error?.status, error?.code], [401, "UNAUTHORIZED"]);
    await browser.client.getSession();
    assert.equal(browser.header("set-auth-jwt"), undefined);
  });

  test("lifetime, issuer and audience are settings, and jose refuses a token that expired", async () => {
    const { token } = await newToken(brief);
    const keys = keysOf(brief);
    const expected = { issuer: "https://issuer.example", audience: "backend" };
    const { payload } = await jwtVerify(token, keys, expected);
    const { iat = NaN, exp = NaN } = payload;
    assert.equal(exp - iat, 60);
    const currentDate = new Date((exp + 1) * 1000);
    await assert.rejects(jwtVerify(token, keys, { ...expected, currentDate }), { code: "ERR_JWT_EXPIRED" });
  });

  test("a token is no session", async () => {
    const { token } = await newToken(brief);
    const answer = await new Browser(brief).send("/get-session", { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.text, "null");
  });

  test("HS256: the shared secret verifies, and there are no keys to show", async () => {
    const { ada, token } = await newToken(shared);
    const secret = new TextEncoder().encode(SECRET);
    const { payload, protectedHeader } = await jwtVerify(token, secret, { algorithms: ["HS256"], issuer: shared.publicUrl });
    assert.equal(protectedHeader.alg, "HS256");
    assert.equal(payload.sub, ada.id);
    assert.equal(payload.aud, undefined);
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 604_800);
    await assert.rejects(jwtVerify(token, new TextEncoder().encode(`${SECRET}!`)), {
      code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
    const { status, text } = await new Browser(shared).send("/jwks");
    assert.deepEqual([status, text], [404, ""]);
  });

  const [server] = servers;
  const here = { skip: IS_ORIGINAL && "the original has no chat" };
  test("Colloquy's chat takes its own tokens, and none that jose would refuse", here, async () => {
    assert.ok(server);
    const { ada, token } = await newToken(server);
    const [header = "", payload = "", signature = ""] = token.split(".");
    const { kid = "" } = decodeProtectedHeader(token);
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const ask = async (/** @type {string} */ bearer) => {
      const answer = await fetch(`${server.url}/chatkit`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
        body: JSON.stringify({ type: "threads.list", params: {} }),
      });
      return answer.status;
    };
    assert.equal(await ask(token), 200);
    const { keys: [jwk] } = JSON.parse((await new Browser(server).send("/jwks")).text);
    const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    const { privateKey } = await generateKeyPair("EdDSA");
    const secret = new TextEncoder().encode(SECRET);
    const bad = {
      "alg none": new UnsecuredJWT(claims).encode(),
      "the public key as a shared secret": await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid }).sign(Buffer.from(pem)),
      "the shared secret": await new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(secret),
      "another key": await new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid }).sign(privateKey),
      "an unknown kid": await new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid: "x" }).sign(privateKey),
      "a cut signature": `${header}.${payload}.${signature.slice(0, -8)}`,
      "a session token": (await ada.client.getSession()).data?.session.token ?? "",
    };
    for (const [what, it] of Object.entries(bad)) assert.equal(await ask(it), 401, what);
    await ada.client.sendVerificationEmail({ email: ada.email });
    const mailed = new URL(await server.mailbox.next(ada.email)).searchParams.get("token") ?? "";
    assert.equal(await ask(mailed), 401, "a mail's token");
    await ada.client.signOut();
    assert.equal(await ask(token), 401, "a revoked session");
  });
});
