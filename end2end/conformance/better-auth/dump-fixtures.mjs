// Writes the databases that the Rust tests open: src/tests/fixtures/better-auth/{sqlite,postgres}.sql and README.md.
//
//     npm ci && npm install --no-save better-sqlite3@12.11.1
//     TEST_POSTGRES_URL=postgres://… node dump-fixtures.mjs
//
// Everything is written by the real Better Auth, by requests to its handler. Afterwards ids and session tokens get
// names that a test can read, and dates are moved: what was made, to 2026-11-01; what expires, a century on.

import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { betterAuth } from "better-auth";
import { makeSignature } from "better-auth/crypto";
import { getMigrations } from "better-auth/db/migration";
import { createLocalJWKSet, jwtVerify } from "jose";
import pg from "pg";

import { optionsOf } from "./options.mjs";

const SECRET = "fixture-secret-0123456789abcdefghijklmnopqrstuvwxyz";
const BASE_URL = "http://localhost:3000";
const FOLDER = resolve(import.meta.dirname, "../../../src/tests/fixtures/better-auth");
const MADE = "2026-11-01T10:00:00.000Z";
const EXPIRES = "2126-11-01T10:00:00.000Z";
const EXPIRED = "2026-11-02T10:00:00.000Z";
const TABLES = ["user", "session", "account", "verification", "jwks", "rateLimit"];

/** A known user; `sessions` are the tokens that the sessions get. */
const USERS = [
  {
    name: "Ada Lovelace",
    email: "ada@example.com",
    password: "correct horse battery",
    sessions: ["fixtureSessionAdaLaptop000000001", "fixtureSessionAdaPhone0000000002"],
  },
  {
    // The ligature and the fraction become other letters under NFKC.
    name: "Grace Hopper",
    email: "grace@example.com",
    password: "pässwörd ½ ﬁve 日本語",
    sessions: ["fixtureSessionGraceLaptop0000003"],
  },
  {
    name: "Alan Turing",
    email: "alan@example.com",
    password: "tape-head-state",
    sessions: ["fixtureSessionAlanExpired0000004"],
  },
];
const RESET_TOKEN = "fixtureResetToken0000001";
const DELETE_TOKEN = "fixturedeletetoken00000000000001";

/** What differs between the engines: running a statement, the text of the tables, and a value in SQL. */
const engines = [
  async () => {
    // @ts-expect-error It has no types, and is installed only when the databases are written anew.
    const { default: Database } = await import("better-sqlite3").catch(() => {
      throw new Error("run `npm install --no-save better-sqlite3@12.11.1` first");
    });
    const db = new Database(":memory:");
    db.pragma("foreign_keys = ON");
    return {
      name: "sqlite",
      database: db,
      issuerColumn: false,
      run: async (/** @type {string} */ sql) => (/^select/i.test(sql) ? db.prepare(sql).all() : void db.exec(sql)),
      literal: (/** @type {any} */ it) => (typeof it === "string" ? quoted(it) : String(it)),
      close: async () => db.close(),
    };
  },
  async () => {
    const own = `fixtures_${randomBytes(6).toString("hex")}`;
    const server = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await server.connect();
    await server.query(`create database ${own}`);
    const url = Object.assign(new URL(process.env.TEST_POSTGRES_URL ?? ""), { pathname: own });
    const pool = new pg.Pool({ connectionString: url.href });
    return {
      name: "postgres",
      database: pool,
      // As 1.7.0 to 1.7.2 made it; what a later migration leaves is nullable.
      issuerColumn: true,
      run: async (/** @type {string} */ sql) => (await pool.query(sql)).rows,
      literal: (/** @type {any} */ it) =>
        it instanceof Date ? quoted(it.toISOString()) : typeof it === "string" ? quoted(it) : String(it),
      close: async () => {
        await pool.end();
        await server.query(`drop database ${own} with (force)`);
        await server.end();
      },
    };
  },
];

await mkdir(FOLDER, { recursive: true });
const told = [];
for (const open of engines) {
  const engine = await open();
  const { sql, about } = await dump(engine);
  await writeFile(join(FOLDER, `${engine.name}.sql`), sql);
  told.push(about);
  await engine.close();
}
await writeFile(join(FOLDER, "README.md"), readme(told));

/** @param {any} engine */
async function dump(engine) {
  const mailbox = /** @type {import("./options.mjs").Mail[]} */ ([]);
  const counters = /** @type {Record<string, number>} */ ({});
  const options = /** @type {any} */ ({
    ...optionsOf(
      { BETTER_AUTH_SECRET: SECRET, RATE_LIMIT: "off", RATE_LIMIT_STORAGE: "database", DELETE_USER_VERIFICATION: "on" },
      engine.database,
      BASE_URL,
      mailbox,
    ),
    // `fixtureUser…1`, 32 characters as Better Auth's own.
    advanced: {
      database: {
        generateId: (/** @type {{ model: string }} */ { model }) => {
          const n = (counters[model] = (counters[model] ?? 0) + 1);
          const head = `fixture${model[0]?.toUpperCase()}${model.slice(1)}`;
          return head + String(n).padStart(32 - head.length, "0");
        },
      },
    },
  });
  const migrations = await getMigrations(options);
  const ddl = (await migrations.compileMigrations()).trim();
  await migrations.runMigrations();
  const auth = betterAuth(options);
  const ask = (/** @type {string} */ path, /** @type {any} */ body, /** @type {string} */ cookie = "") =>
    auth.handler(
      new Request(`${BASE_URL}/api/auth${path}`, {
        method: body ? "POST" : "GET",
        headers: {
          origin: BASE_URL,
          "user-agent": "Mozilla/5.0 (fixture)",
          ...(body ? { "content-type": "application/json" } : {}),
          ...(cookie ? { cookie } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    );

  for (const { name, email, password, sessions } of USERS) {
    let cookie = await signedIn(ask("/sign-up/email", { name, email, password }));
    for (const [i, token] of sessions.entries()) {
      if (i > 0) cookie = await signedIn(ask("/sign-in/email", { email, password }));
      const { session } = await json(ask("/get-session", undefined, cookie));
      await engine.run(`update session set token = ${quoted(token)} where id = ${quoted(session.id)}`);
    }
  }
  const cookies = new Map();
  for (const token of USERS.flatMap((it) => it.sessions)) {
    const signed = `${token}.${await makeSignature(token, SECRET)}`;
    cookies.set(token, `better-auth.session_token=${encodeURIComponent(signed)}`);
  }
  const [ada = "", adasPhone = "", grace = "", expired = ""] = cookies.values();
  await json(ask("/token", undefined, ada));
  await json(ask("/request-password-reset", { email: "ada@example.com" }));
  await json(ask("/delete-user", { password: USERS[1]?.password }, grace));

  // What only other providers and older versions make.
  const github = (/** @type {string} */ id, /** @type {string} */ userId) =>
    `insert into account (id, "accountId", "providerId", "userId", "accessToken", scope, "createdAt", "updatedAt")
     values ('${id}', '583231', 'github', '${userId}', 'gho_fixture', 'read:user,user:email', '${MADE}', '${MADE}')`;
  await engine.run(github("fixtureAccountGithub000000000001", "fixtureUser000000000000000000003"));
  await engine.run(github("fixtureAccountGithub000000000002", "fixtureUser000000000000000000002"));
  if (engine.issuerColumn) {
    await engine.run(`alter table "account" add column "issuer" text`);
    await engine.run(`update account set issuer = 'https://github.com' where id = 'fixtureAccountGithub000000000001'`);
  }
  const known = [
    `update verification set identifier = 'reset-password:${RESET_TOKEN}' where identifier like 'reset-password:%'`,
    `update verification set identifier = 'delete-account-${DELETE_TOKEN}' where identifier like 'delete-account-%'`,
    `update "user" set "emailVerified" = ${engine.name === "sqlite" ? 1 : true} where email <> 'grace@example.com'`,
    ...TABLES.slice(0, 4).map((it) => `update "${it}" set "createdAt" = '${MADE}', "updatedAt" = '${MADE}'`),
    `update jwks set "createdAt" = '${MADE}'`,
    `update session set "expiresAt" = '${EXPIRES}'`,
    `update verification set "expiresAt" = '${EXPIRES}'`,
  ];
  for (const statement of known) await engine.run(statement);

  const token = await lastingToken(ask, auth, ada);
  await prove(ask, { ada, adasPhone, grace }, token);
  const proofs = `token not in (${USERS.flatMap((it) => it.sessions.map(quoted)).join(", ")})`;
  await engine.run(`delete from session where ${proofs}`);
  await engine.run(`update session set "expiresAt" = '${EXPIRED}' where token = 'fixtureSessionAlanExpired0000004'`);

  const rows = [];
  for (const table of TABLES) {
    const found = await engine.run(`select * from "${table}" order by id`);
    for (const row of found) {
      const columns = Object.keys(row).map((it) => `"${it}"`);
      const values = Object.values(row).map((it) => (it === null ? "null" : engine.literal(it)));
      rows.push(`insert into "${table}" (${columns.join(", ")}) values (${values.join(", ")});`);
    }
  }
  const [{ id: kid, publicKey }] = await engine.run("select * from jwks");
  const head = "-- Made by Better Auth 1.7.25 and end2end/conformance/better-auth/dump-fixtures.mjs; see README.md.";
  const issuer = engine.issuerColumn ? ['alter table "account" add column "issuer" text;'] : [];
  const sql = `${[head, ddl, ...issuer, rows.join("\n")].join("\n\n")}\n`;
  return { sql, about: { name: engine.name, cookies: [ada, adasPhone, grace, expired], kid, publicKey, token } };
}

/**
 * A token as `/token` makes it, which expires in a century.
 * @param {any} ask
 * @param {any} auth
 * @param {string} cookie
 */
async function lastingToken(ask, auth, cookie) {
  const { token } = await json(ask("/token", undefined, cookie));
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  const exp = Date.parse(EXPIRES) / 1000;
  const iat = Date.parse(MADE) / 1000;
  const { token: lasting } = await auth.api.signJWT({ body: { payload: { ...claims, iat, exp } } });
  return lasting;
}

/**
 * What the tests will rely on holds for the server that made the database.
 * @param {any} ask
 * @param {Record<string, string>} cookies
 * @param {string} token
 */
async function prove(ask, cookies, token) {
  for (const { email, password } of USERS) await signedIn(ask("/sign-in/email", { email, password }));
  for (const [who, cookie] of Object.entries(cookies)) {
    const { user } = await json(ask("/get-session", undefined, cookie));
    if (!who.startsWith(user.email.split("@")[0])) throw new Error(`${who}'s cookie is ${user.email}'s`);
  }
  const jwks = createLocalJWKSet(await json(ask("/jwks")));
  await jwtVerify(token, jwks, { issuer: BASE_URL, audience: BASE_URL });
}

/** @param {Promise<Response>} answer */
async function signedIn(answer) {
  const response = await answer;
  const cookie = response.headers.getSetCookie().find((it) => it.startsWith("better-auth.session_token="));
  if (!cookie) throw new Error(`no session: ${response.status} ${await response.text()}`);
  return cookie.split(";")[0] ?? "";
}

/** @param {Promise<Response>} answer */
async function json(answer) {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** A text as code in Markdown. */
function code(/** @type {string} */ text) {
  return `\`${text}\``;
}

/** A text in SQL. */
function quoted(/** @type {string} */ text) {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @param {any[]} told */
function readme(told) {
  const users = USERS.map(({ name, email, password, sessions }, i) => {
    const id = `fixtureUser${String(i + 1).padStart(21, "0")}`;
    const cells = [code(id), name, email, code(password), sessions.map(code).join(", ")];
    return `| ${cells.join(" | ")} |`;
  });
  const engine = (/** @type {any} */ it) => `### ${it.name}.sql

Cookies, signed, in the order of the sessions above:

${it.cookies.map((/** @type {string} */ cookie) => `- ${code(cookie)}`).join("\n")}

The key \`${it.kid}\` (EdDSA): \`${it.publicKey}\`

A token of Ada's as \`/token\` makes it (no \`sid\`), signed with that key, good until 2126:

\`\`\`
${it.token}
\`\`\`
`;
  return `# Databases made by Better Auth 1.7.25

\`sqlite.sql\` and \`postgres.sql\` hold tables and rows as the real server wrote them: \`end2end/conformance/better-auth/dump-fixtures.mjs\` sent the requests, then gave ids and session tokens readable names, moved what was made to ${MADE} and what expires to ${EXPIRES}, and let the real server sign everybody in again before it wrote the files. Its head says how to run it.

- Secret: \`${SECRET}\`, base URL: \`${BASE_URL}\`.
- Everybody's password is hashed with scrypt, as Better Auth does; Grace's changes under NFKC.
- The last session, Alan's, expired at ${EXPIRED}; the others live until 2126. None is fresh.
- Everybody's email is verified but Grace's.
- \`verification\` holds \`reset-password:${RESET_TOKEN}\` of Ada and \`delete-account-${DELETE_TOKEN}\` of Grace.
- \`account\` holds one credential row each, and the pair (github, 583231) twice, which Better Auth's tables allow: \`fixtureAccountGithub000000000001\` of Alan and \`fixtureAccountGithub000000000002\` of Grace.
- \`postgres.sql\` has the nullable \`issuer\` column that 1.7.0 to 1.7.2 left in \`account\`.

| id | name | email | password | sessions |
| --- | --- | --- | --- | --- |
${users.join("\n")}

${told.map(engine).join("\n")}`;
}
