// Draws the icons that telephones put on their home screens, from the favicon: `node end2end/icons/app.mjs`.
// The mark keeps to the middle, so that any mask leaves it whole.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { chromium } from "@playwright/test";

const PUBLIC = resolve(import.meta.dirname, "../../public");
const SIZES = { "apple-touch-icon": 180, "icon-192": 192, "icon-512": 512 };

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
await browser.close();
