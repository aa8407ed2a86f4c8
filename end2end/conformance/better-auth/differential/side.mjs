// One of the two servers: sends what a case says, and keeps what came back.

import { createHmac } from "node:crypto";

import { send } from "../fixtures/browser.mjs";
import { SECRET } from "../fixtures/target.mjs";
import { normalised } from "./normalised.mjs";

/**
 * Who sends a request.
 * @typedef {object} Actor
 * @property {string} email
 * @property {string} password
 * @property {string} id
 * @property {string} token of the session; empty without one
 * @property {string | undefined} cookie
 */

/**
 * A request. Headers given as undefined are not sent; `json` is sent as such.
 * @typedef {object} Request
 * @property {string} [method] GET, or POST when there is a body
 * @property {string} path below `/api/auth`
 * @property {Record<string, string | undefined>} [headers]
 * @property {unknown} [json]
 * @property {string} [body]
 */

const PASSWORD = "correct horse battery";
const NOBODY = { email: "nobody@example.com", password: PASSWORD, id: "", token: "" };

/** A server and the people that a case sends to it. */
export class Side {
  #case = "";
  #nPeople = 0;
  /** @type {Map<string, Promise<Actor>>} */
  #known = new Map();
  /** @type {import("./normalised.mjs").Kept[]} what the case got, in order */
  answers = [];

  constructor(/** @type {import("../fixtures/target.mjs").Server} */ server) {
    this.server = server;
  }

  /** Begins a case, given its number. */
  begin(/** @type {number} */ number) {
    this.#case = `case-${number}`;
    this.#nPeople = 0;
    this.answers = [];
  }

  /** A new address; the other server's side gives out the same. */
  newEmail() {
    return `${this.#case}-person-${++this.#nPeople}@example.com`;
  }

  /** The cookie that holds a session. */
  get cookieName() {
    return `${this.server.publicUrl.startsWith("https:") ? "__Secure-" : ""}better-auth.session_token`;
  }

  /**
   * Somebody: `nobody` without cookies; `stale`, whose session is unknown; `forged`, whose signature is wrong; `new`,
   * somebody new, signed in; any other name: the same person, signed in, at each call.
   * @param {string} kind
   * @returns {Promise<Actor>}
   */
  async actor(kind) {
    if (kind === "nobody") return { ...NOBODY, cookie: undefined };
    if (kind === "stale") return { ...NOBODY, cookie: `${this.cookieName}=${signed("x".repeat(32))}` };
    if (kind === "forged") return { ...NOBODY, cookie: `${this.cookieName}=${"x".repeat(32)}.${"A".repeat(43)}%3D` };
    if (kind === "new") return this.#signUp();
    const known = this.#known.get(kind) ?? this.#signUp(`${kind}@example.com`);
    this.#known.set(kind, known);
    return known;
  }

  /** @returns {Promise<Actor>} */
  async #signUp(email = this.newEmail()) {
    const account = { name: "Ada Lovelace", email, password: PASSWORD };
    const answer = await this.exchange({ path: "/sign-up/email", json: account });
    if (answer.status !== 200) throw new Error(`${this.server.target}: signing up: ${answer.status} ${answer.text}`);
    const { token, user } = JSON.parse(answer.text);
    return { email, password: PASSWORD, id: user.id, token: token ?? "", cookie: cookiesOf(answer) };
  }

  /** Another session of somebody. */
  async signIn(/** @type {Actor} */ { email, password, id }, more = {}) {
    const answer = await this.exchange({ path: "/sign-in/email", json: { email, password, ...more } });
    return { email, password, id, token: JSON.parse(answer.text).token ?? "", cookie: cookiesOf(answer) };
  }

  /** Sends a request and keeps its answer for the comparison. */
  async send(/** @type {Request} */ request, /** @type {Actor | undefined} */ actor = undefined) {
    const answer = await this.exchange(request, actor);
    this.answers.push(normalised(answer, this.server));
    return answer;
  }

  /** Opens a link as a browser does, and keeps the answer. */
  async open(/** @type {string} */ url, /** @type {Actor | undefined} */ actor = undefined) {
    const { pathname, search } = new URL(url);
    this.answers.push(normalised({ status: 0, headers: { location: url }, text: "" }, this.server));
    return this.send({ path: pathname.replace("/api/auth", "") + search, headers: { origin: undefined } }, actor);
  }

  /** Sends a request. */
  exchange(/** @type {Request} */ request, /** @type {Actor | undefined} */ actor = undefined) {
    const body = "json" in request ? JSON.stringify(request.json) : request.body;
    const headers = {
      origin: new URL(this.server.publicUrl).origin,
      "user-agent": "differential",
      ...("json" in request ? { "content-type": "application/json" } : {}),
      ...(actor?.cookie ? { cookie: actor.cookie } : {}),
      ...request.headers,
    };
    const kept = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    return send(`${this.server.url}/api/auth${request.path}`, {
      method: request.method ?? (body === undefined ? "GET" : "POST"),
      headers: Object.fromEntries(kept),
      body,
    });
  }

  async stop() {
    await this.server.stop();
  }
}

/** A value of a cookie, as both servers sign it. */
function signed(/** @type {string} */ token) {
  return encodeURIComponent(`${token}.${createHmac("sha256", SECRET).update(token).digest("base64")}`);
}

/** The `Cookie` header that follows an answer. */
function cookiesOf(/** @type {import("../fixtures/browser.mjs").Answer} */ answer) {
  const kept = (answer.headers["set-cookie"] ?? []).filter((it) => !it.includes("Max-Age=0"));
  return kept.length > 0 ? kept.map((it) => it.split(";")[0]).join("; ") : undefined;
}
