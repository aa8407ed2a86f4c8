// Draws the icons that telephones put on their home screens, and the one that browsers and scanners guess, from the
// favicon: `node end2end/icons/app.mjs`. The mark of the former keeps to the middle, so that any mask leaves it whole.

import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { chromium } from "@playwright/test";

const PUBLIC = resolve(import.meta.dirname, "../../public");
const SIZES = { "apple-touch-icon": 180, "icon-192": 192, "icon-512": 512 };
const ICO_SIZES = [16, 32, 48];

const mark = await readFile(join(PUBLIC, "favicon.svg"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
for (const [name, size] of Object.entries(SIZES)) {
  const page = await browser.newPage({ viewport: { width: size, height: size }, colorScheme: "light" });
  await page.setContent(
    `<style>body { margin: 0; display: grid; place-items: center; height: 100vh; background: #fdfcfa } svg { width: 56% }</style>${mark}`,
  );
  await page.screenshot({ path: join(PUBLIC, `${name}.png`) });
  await page.close();
}
const pictures = [];
for (const size of ICO_SIZES) {
  const page = await browser.newPage({ viewport: { width: size, height: size }, colorScheme: "light" });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${mark}`);
  pictures.push(await page.screenshot({ omitBackground: true }));
  await page.close();
}
await writeFile(join(PUBLIC, "favicon.ico"), ico(pictures));
await browser.close();

/** Packs PNGs into an ICO file: a directory, and the pictures as they are. */
function ico(pictures) {
  const directory = Buffer.alloc(6 + 16 * pictures.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(pictures.length, 4);
  let place = directory.length;
  pictures.forEach((picture, index) => {
    const entry = 6 + 16 * index;
    directory.writeUInt8(ICO_SIZES[index], entry);
    directory.writeUInt8(ICO_SIZES[index], entry + 1);
    directory.writeUInt16LE(1, entry + 4);
    directory.writeUInt16LE(32, entry + 6);
    directory.writeUInt32LE(picture.length, entry + 8);
    directory.writeUInt32LE(place, entry + 12);
    place += picture.length;
  });
  return Buffer.concat([directory, ...pictures]);
}
