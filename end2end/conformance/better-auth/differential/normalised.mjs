// What counts in an answer, without what differs by nature: ids, dates, signatures, addresses.

/** Headers that count, beside set-cookie. */
const HEADERS = [
  "content-type", "location", "cache-control", "pragma", "retry-after", "access-control-allow-origin",
  "access-control-allow-credentials", "access-control-expose-headers",
];
/** Headers of which only the shape counts. */
const SHAPES = ["set-auth-token", "set-auth-jwt", "x-retry-after"];

/**
 * @typedef {{ status: number, headers: Record<string, unknown>, body: unknown }} Kept
 * @typedef {Pick<import("../fixtures/browser.mjs").Answer, "status" | "headers" | "text">} Answer
 */

/**
 * @param {Answer} answer
 * @param {import("../fixtures/target.mjs").Server} server
 * @returns {Kept}
 */
export function normalised(answer, server) {
  const rename = (/** @type {string} */ text) =>
    withoutChance(withoutAddress(text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, claimsOf), server));
  const headers = /** @type {Record<string, unknown>} */ ({});
  for (const name of [...HEADERS, ...SHAPES]) {
    const value = answer.headers[name];
    if (value === undefined) continue;
    headers[name] = name === "x-retry-after" ? String(value).replace(/^\d+$/, "<seconds>") : rename(String(value));
  }
  const cookies = answer.headers["set-cookie"];
  if (cookies) headers["set-cookie"] = cookies.map(rename);
  return { status: answer.status, headers, body: bodyOf(answer.text, rename) };
}

/** The body as a value when it is JSON, else as text. */
function bodyOf(/** @type {string} */ text, /** @type {(text: string) => string} */ rename) {
  try {
    return walk(JSON.parse(text), rename);
  } catch {
    return rename(text);
  }
}

/** @returns {unknown} */
function walk(/** @type {any} */ value, /** @type {(text: string) => string} */ rename) {
  if (typeof value === "string") return rename(value);
  if (Array.isArray(value)) return value.map((it) => walk(it, rename));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) =>
      typeof value.kty === "string" && ["x", "y", "n"].includes(key)
        ? [key, `<${String(it).length} of base64url>`]
        : [key, walk(it, rename)],
    ),
  );
}

function withoutAddress(/** @type {string} */ text, /** @type {import("../fixtures/target.mjs").Server} */ server) {
  let kept = text;
  for (const url of [server.publicUrl, server.url]) {
    const { origin, host } = new URL(url);
    kept = kept.replaceAll(origin, "<origin>").replaceAll(encodeURIComponent(origin), "<origin, encoded>").replaceAll(host, "<host>");
  }
  return kept;
}

function withoutChance(/** @type {string} */ text) {
  return text
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<date>")
    .replace(/\b[A-Za-z0-9]{32}\.[A-Za-z0-9+/]{43}=/g, "<signed>")
    .replace(/\b[A-Za-z0-9]{32}\.(?:[A-Za-z0-9]|%2B|%2F){43}%3D/g, "<signed, encoded>")
    .replace(/(?<![A-Za-z0-9])(?!x{32})[A-Za-z0-9]{32}(?![A-Za-z0-9])/g, "<32>")
    .replace(/(?<![A-Za-z0-9])(?!x{24})[A-Za-z0-9]{24}(?![A-Za-z0-9])/g, "<24>");
}

/** A token's header and claims in place of the token; of its times only the lifetime counts. */
function claimsOf(/** @type {string} */ jwt) {
  try {
    const [header, claims] = jwt.split(".").slice(0, 2).map((it) => JSON.parse(Buffer.from(it, "base64url").toString()));
    const { iat, exp, ...rest } = claims;
    const sorted = Object.entries({ ...rest, lifetime: exp - iat }).sort(([a], [b]) => (a < b ? -1 : 1));
    return `<jwt ${JSON.stringify(header)} ${JSON.stringify(Object.fromEntries(sorted))}>`;
  } catch {
    return jwt;
  }
}
