// Makes the pictures of the README, docs/images/*.webp, from the binary that was built last: a server with an account and
// a few conversations, and the system's Chromium. Fails when the pictures weigh more than 400 kB together.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "@playwright/test";

import { Client, newAccount } from "../fixtures/client.mjs";
import { ROOT, startServer } from "../fixtures/server.mjs";
import { startBackend } from "./backend.mjs";
import { FLOWN, OTHERS, PLANNED, PROGRAMMED } from "./conversations.mjs";

const FOLDER = join(ROOT, "docs/images");
const MAX_BYTES = 400_000;
const QUALITY = 0.82;

const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 };
const PHONE = { viewport: { width: 390, height: 800 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** Fonts as good as those of a telephone or a Mac, if they are installed: fonts-inter, fonts-urw-base35, fonts-jetbrains-mono. */
const FONTS = `:root {
  --font: Inter, system-ui, sans-serif;
  --font-display: P052, ui-serif, serif;
  --font-code: "JetBrains Mono", ui-monospace, monospace;
}
pre { font-variant-ligatures: none; }`;

const backend = await startBackend([PLANNED, PROGRAMMED, FLOWN, ...OTHERS]);
const server = await startServer({ CHATKIT_UPSTREAM_URL: backend.url });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const ada = await Client.signUp(server.url, { ...newAccount("Ada Lovelace"), email: "ada@example.com" });
  for (const other of OTHERS.toReversed()) await converse(ada, other);
  const flown = await converse(ada, FLOWN);
  const programmed = await converse(ada, PROGRAMMED);
  const planned = await converse(ada, PLANNED);
  await mkdir(FOLDER, { recursive: true });
  const sizes = [
    await picture("light", { ...DESKTOP, colorScheme: "light" }, ada, planned, "table"),
    await picture("dark", { ...DESKTOP, colorScheme: "dark" }, ada, programmed, "math"),
    await picture("phone", { ...PHONE, colorScheme: "light" }, ada, flown, "text=next one"),
  ];
  const total = sizes.reduce((sum, it) => sum + it, 0);
  console.log(`together ${Math.round(total / 1000)} kB, of ${MAX_BYTES / 1000}`);
  if (total > MAX_BYTES) process.exitCode = 1;
} finally {
  await browser.close();
  await server.stop();
  backend.stop();
}

/**
 * Holds a conversation, and returns its thread's id.
 * @param {Client} client
 * @param {import("./conversations.mjs").Conversation} conversation
 */
async function converse(client, { turns: [first, ...others] }) {
  if (!first) throw new Error("a conversation has a question");
  const thread = await client.createThread(first.question);
  for (const { question } of others) await client.say(thread, question);
  return thread;
}

/**
 * Writes a picture of a conversation, and returns its size in bytes.
 * @param {string} name
 * @param {import("@playwright/test").BrowserContextOptions} look
 * @param {Client} client
 * @param {string} thread
 * @param {string} settled what is there when nothing changes any more
 */
async function picture(name, look, client, thread, settled) {
  const context = await browser.newContext({ reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC", bypassCSP: true, ...look });
  const [cookie = "", value = ""] = client.cookie.split(/=(.*)/s);
  await context.addCookies([{ name: cookie, value, url: client.url }]);
  const page = await context.newPage();
  await page.goto(`${client.url}/chat/${thread}`);
  await page.locator("html[data-hydrated]").waitFor();
  await page.addStyleTag({ content: FONTS });
  await page.locator(settled).first().waitFor();
  const png = await page.screenshot({ caret: "hide" });
  await context.close();
  const webp = await inWebp(png);
  await writeFile(join(FOLDER, `${name}.webp`), webp);
  console.log(`${name}.webp: ${Math.round(webp.length / 1000)} kB`);
  return webp.length;
}

/**
 * Gives a picture round corners and a hairline, for it is seen on pages of either colour, and encodes it as WebP, which
 * Playwright does not write and every browser can.
 * @param {Buffer} png
 */
async function inWebp(png) {
  const page = await browser.newPage();
  const encoded = await page.evaluate(
    async ([base64, quality]) => {
      const bytes = await (await fetch(`data:image/png;base64,${base64}`)).blob();
      const bitmap = await createImageBitmap(bytes);
      const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
      const pen = canvas.getContext("2d");
      if (!pen) throw new Error("there is no canvas");
      pen.roundRect(1, 1, bitmap.width - 2, bitmap.height - 2, 20);
      pen.save();
      pen.clip();
      pen.drawImage(bitmap, 0, 0);
      pen.restore();
      pen.strokeStyle = "rgb(128 128 128 / 0.5)";
      pen.lineWidth = 2;
      pen.stroke();
      return canvas.toDataURL("image/webp", quality);
    },
    /** @type {const} */ ([png.toString("base64"), QUALITY]),
  );
  await page.close();
  return Buffer.from(encoded.replace(/^data:image\/webp;base64,/, ""), "base64");
}
