// The real Better Auth server on a free port of loopback, told by Colloquy's settings: node peer.mjs
//
// DATABASE_URL is a PostgreSQL. Prints `listening on http://127.0.0.1:PORT`. Mails are not sent: they are read at
// GET /__peer/mailbox.

import { createServer } from "node:http";

import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import pg from "pg";

import { optionsOf } from "./options.mjs";

const settings = process.env;
const [host = "127.0.0.1", port = "0"] = (settings.LISTEN ?? "127.0.0.1:0").split(":");
const mailbox = /** @type {import("./options.mjs").Mail[]} */ ([]);

const server = createServer((req, res) => {
  if (req.url === "/__peer/mailbox") {
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(mailbox));
    return;
  }
  void handler(req, res);
});
await new Promise((resolve) => server.listen(Number(port), host, () => resolve(undefined)));
const address = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;

const database = new pg.Pool({ connectionString: settings.DATABASE_URL, max: 10 });
const options = /** @type {any} */ (optionsOf(settings, database, settings.BETTER_AUTH_URL ?? address, mailbox));
await (await getMigrations(options)).runMigrations();
const handler = toNodeHandler(betterAuth(options));
console.log(`listening on ${address}`);

process.on("SIGTERM", () => process.exit(0));
