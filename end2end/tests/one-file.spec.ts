// The release is one file: the binary alone serves pages and all that they load.

import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { ENCODINGS, ask, namedBy } from "../fixtures/assets.mjs";
import { BINARY, type Server, startServer } from "../fixtures/server.mjs";
import { expect, test } from "../fixtures/test.ts";

/** What has the same name in every release; the manifest and the demo name the rest of it. */
const FIXED = ["/favicon.ico", "/favicon.svg", "/apple-touch-icon.png", "/icon-192.png", "/icon-512.png", "/icons.svg", "/manifest.webmanifest", "/robots.txt"];
const TYPES: Record<string, string> = {
  ".ico": "image/x-icon",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};
const UNPACK = { br: brotliDecompressSync, gzip: gunzipSync, identity: (body: Buffer) => body };

test.skip(BINARY.includes("/debug/"), "a development build reads the files from the checkout");

let folder = "";
let server: Server;

test.beforeAll(async () => {
  // The server runs in another folder, which is empty, and is told nothing of the checkout.
  folder = await mkdtemp(join(tmpdir(), "colloquy-alone-"));
  await copyFile(BINARY, join(folder, "colloquy"));
  server = await startServer({ GALLERY: "on" }, join(folder, "colloquy"));
  expect(await readdir(folder)).toEqual(["colloquy"]);
});

test.afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("a copied binary has every file", { tag: "@own-server" }, async () => {
  const page = await ask(`${server.url}/sign-in`);
  expect(page.status).toBe(200);
  const named = namedBy(page.body.toString());
  const hashed = named.filter((path) => path.startsWith("/pkg/"));
  expect(hashed.map((path) => extname(path)).sort()).toEqual([".css", ".js", ".wasm"]);

  for (const path of new Set([...named, ...FIXED])) {
    const url = server.url + path;
    const plain = await ask(url, { "accept-encoding": "identity" });
    const isPicture = /\.(ico|png)$/.test(path);
    for (const wanted of ENCODINGS) {
      const came = await ask(url, { "accept-encoding": wanted });
      const encoding = wanted === "identity" || isPicture ? undefined : wanted;
      await test.step(`${path}, ${wanted}: ${came.body.length} bytes`, async () => {
        expect(came.status).toBe(200);
        expect(came.headers["content-type"]).toBe(TYPES[extname(path)]);
        expect(came.headers["content-encoding"]).toBe(encoding);
        expect(came.headers["content-length"]).toBe(`${came.body.length}`);
        expect(came.headers.vary).toBe(isPicture ? undefined : "accept-encoding");
        const isHashed = path.startsWith("/pkg/");
        expect(came.headers["cache-control"]).toBe(isHashed ? "public, max-age=31536000, immutable" : "no-cache");
        expect(UNPACK[encoding ?? "identity"](came.body).equals(plain.body)).toBe(true);

        // Who has it is told so; of another encoding's copy nobody knows.
        const etag = came.headers.etag ?? "";
        const again = await ask(url, { "accept-encoding": wanted, "if-none-match": etag });
        expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
        const head = await ask(url, { "accept-encoding": wanted }, "HEAD");
        expect([head.status, head.body.length, head.headers["content-length"]]).toEqual([200, 0, `${came.body.length}`]);
        expect(etag === plain.headers.etag).toBe(encoding === undefined);
      });
    }
  }
});

test("an old release's file is gone, and no cache keeps the page that says so", { tag: "@own-server" }, async () => {
  for (const path of ["/pkg/colloquy.AAAAAAAAAAAAAAAAAAAAAA.wasm", "/pkg/colloquy.wasm", "/pkg"]) {
    const answer = await ask(server.url + path);
    expect([answer.status, answer.headers["cache-control"]]).toEqual([404, "no-cache"]);
    expect(answer.headers["content-type"]).toContain("text/html");
  }
});

test("icons that servers name are kept as long as they are the same", { tag: "@own-server" }, async () => {
  const [, digest = ""] = /^"(\w{16})-/.exec((await ask(`${server.url}/icons.svg`)).headers.etag ?? "") ?? [];
  expect((await ask(`${server.url}/gallery`)).body.toString()).toContain(`"/icons.svg?${digest}#`);
  const kept = async (query: string) => (await ask(`${server.url}/icons.svg?${query}`)).headers["cache-control"];
  expect(await kept(digest)).toContain("immutable");
  expect(await kept("0123456789abcdef")).toBe("no-cache");
});

test("a copied binary's page comes to life", { tag: "@own-server" }, async ({ page, ready }) => {
  const loaded = new Set<string>();
  page.on("response", (response) => loaded.add(`${response.status()} ${extname(new URL(response.url()).pathname)}`));
  await page.goto(`${server.url}/sign-in`);
  await ready();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  for (const kind of ["200 .css", "200 .js", "200 .wasm"]) expect([...loaded]).toContain(kind);
});
