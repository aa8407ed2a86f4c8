// Where Colloquy answers otherwise on purpose. One that no longer occurs is an error: it is struck off here.

/**
 * @typedef {object} Deviation
 * @property {string} name
 * @property {string} reason
 * @property {RegExp} cases by name
 * @property {RegExp} at places in the answers, as `differences` writes them
 * @property {(difference: import("./compared.mjs").Difference) => boolean} [only] what the difference may be
 */

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
    name: "a name that is no text",
    reason: "The original stores whatever comes as the name and hands it to every client; a name is text.",
    cases: /^update-user: .*("name":(null|123)|"image":7)/,
    at: /./,
    only: ({ at, original, ours }) => !at.endsWith("status") || (Number(original) === 200 && ours === 400) || Number(original) >= 500,
  },
  {
    name: "the request's own Host",
    reason: "An Origin equal to the Host asked is the same site: otherwise nobody could sign in before the base URL is set.",
    cases: /^origin: the request's own Host$/,
    at: /./,
  },
  {
    name: "preflights",
    reason: "The original leaves CORS to a framework around it; here is none, so trusted origins get their answer.",
    cases: /^preflight: from a trusted origin$/,
    at: /./,
  },
  {
    name: "large bodies",
    reason: "The original reads bodies of any size into memory.",
    cases: /^size: a password of 5 MB$/,
    at: /./,
    only: ({ at, ours }) => !at.endsWith("status") || ours === 413,
  },
  {
    name: "other providers",
    reason: "Signing in with other providers is not there yet: its paths are unknown ones.",
    cases: /^later: /,
    at: /./,
    only: ({ at, ours }) => !at.endsWith("status") || ours === 404,
  },
];
