// Where Colloquy answers otherwise on purpose. One that no longer occurs is an error: it is struck off here.

/**
 * @typedef {object} Deviation
 * @property {string} name
 * @property {string} reason
 * @property {RegExp} cases by name
 * @property {RegExp} at places in the answers, as `differences` writes them
 * @property {(difference: import("./compared.mjs").Difference) => boolean} [only] what the difference may be
 */

/** Whatever the answer, when it has this status. */
const statusOf = (/** @type {number} */ status) => (/** @type {import("./compared.mjs").Difference} */ { at, ours }) =>
  !/^\d+\.status$/.test(at) || ours === status;

/** The claims of a token that a difference is about. */
const claims = (/** @type {unknown} */ it) => /^<jwt (\{.*?\}) (\{.*\})>$/.exec(String(it))?.slice(1).map((part) => JSON.parse(part));

/** @type {Deviation[]} */
export const DEVIATIONS = [
  {
    name: "the session's address",
    reason: "The socket's address is known, and only a configured proxy's header may say another; the original knows no socket.",
    cases: /./,
    at: /\.ipAddress$/,
    only: ({ original, ours }) => original === "" && ours === "127.0.0.1",
  },
  {
    name: "sid in tokens",
    reason: "Colloquy's own chat ends a token with its session, and finds the session by this claim.",
    cases: /./,
    at: /(\.token|\.set-auth-jwt)$/,
    only: ({ original, ours }) => {
      const [a, b] = [claims(original), claims(ours)];
      if (!a || !b || typeof b[1].sid !== "string") return false;
      delete b[1].sid;
      return JSON.stringify(a) === JSON.stringify(b);
    },
  },
  {
    name: "an address proved by a reset",
    reason: "The link to a new password came by mail, so whoever sets one has the address.",
    cases: /^reset-password: /,
    at: /(\.user\.emailVerified|\.set-auth-jwt)$/,
    only: ({ original, ours }) => {
      if (original === false && ours === true) return true;
      const [a, b] = [claims(original), claims(ours)];
      if (!a || !b || a[1].emailVerified !== false || b[1].emailVerified !== true) return false;
      delete b[1].sid;
      return JSON.stringify(a) === JSON.stringify([b[0], { ...b[1], emailVerified: false }]);
    },
  },
  {
    name: "claims of a link to a new address",
    reason: "A change of address happens once, and only while the session that asked for it lives: its link says which.",
    cases: /^change-email: /,
    at: /\.headers\.location$/,
    only: ({ original, ours }) =>
      String(ours).replaceAll(/"(?:linkId|sessionId)":"<32>",|"hasAgreed":true,/g, "") === original,
  },
  {
    name: "claims of a link that proves an address",
    reason: "Where it signs in, it does so once, and not after a new password or the end of sessions: its link says which it is.",
    cases: /^(verify-email|verification required): /,
    at: /\.headers\.location$/,
    only: ({ original, ours }) => String(ours).replaceAll(/"linkId":"<32>",/g, "") === original,
  },
  {
    name: "a name that is no text",
    reason: "The original stores whatever comes as the name and hands it to every client; a name is text.",
    cases: /^update-user: .*("name":(null|123)|"image":7)/,
    at: /./,
    only: statusOf(400),
  },
  {
    name: "the request's own Host",
    reason: "An Origin equal to the Host asked is the same site: otherwise nobody could sign in before the base URL is set.",
    cases: /^origin: the request's own Host$/,
    at: /./,
  },
  {
    name: "HEAD on the links of mails",
    reason: "Scanners ask for the links of a mail by HEAD, and call one dead that is refused; nothing else happens.",
    cases: /^HEAD \/(verify-email|reset-password\/x|delete-user\/callback)\?/,
    at: /./,
    only: statusOf(200),
  },
  {
    name: "preflights",
    reason: "The original leaves CORS to a framework around it; here is none, so trusted origins get their answer.",
    cases: /^preflight: from a trusted origin$/,
    at: /./,
    only: statusOf(204),
  },
  {
    name: "CORS for trusted origins",
    reason: "As for preflights.",
    cases: /^origin: (a trusted one|a pattern's)/,
    at: /\.access-control-(allow-origin|allow-credentials|expose-headers)$/,
  },
  {
    name: "tokens in caches",
    reason: "RFC 6749 §5.1: no cache may keep an answer that holds a token.",
    cases: /./,
    at: /\.headers\.cache-control$/,
    only: ({ original, ours }) => original === undefined && ours === "no-store",
  },
  {
    name: "U+0000",
    reason: "PostgreSQL keeps no text with it, and the original fails there; ours says what is wrong, on SQLite too.",
    cases: /U\+0000/,
    at: /./,
    only: statusOf(400),
  },
  {
    name: "a lone surrogate",
    reason: "It is no text (RFC 8259 §8.2); no database keeps it.",
    cases: /^JSON: a lone surrogate$/,
    at: /./,
    only: statusOf(400),
  },
  {
    name: "deep nesting",
    reason: "The parser ends at 128 levels; no endpoint takes more than one.",
    cases: /^JSON: deeply nested$/,
    at: /\.body\.(message|code)$/,
  },
  {
    name: "letters in Location",
    reason: "The original writes them in ISO 8859-1, which browsers do not read; UTF-8 they do (WHATWG URL).",
    cases: /^sign-in: the callback "\/ä"$/,
    at: /\.location$/,
  },
  {
    name: "words in a link",
    reason: "Our page shows no words that a link brings along; the code says what happened.",
    cases: /^error\?.*error_description/,
    at: /\.location$/,
  },
  {
    name: "a bearer of other letters",
    reason: "A header field is ASCII (RFC 9110 §5.5), and a token as well: such a bearer is none, so that no cookie is deleted.",
    cases: /^bearer: junk$/,
    at: /\.set-cookie\.\d$/,
  },
  {
    name: "long names",
    reason: "The name is in every token, and a token goes into headers, of which clients and proxies take some kilobytes.",
    cases: /^size: a name of 10 kB$/,
    at: /./,
    only: statusOf(400),
  },
  {
    name: "large bodies",
    reason: "The original reads bodies of any size into memory.",
    cases: /^size: a body of 100 kB$/,
    at: /./,
    only: statusOf(413),
  },
];
