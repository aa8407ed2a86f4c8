// Addresses that a model writes lead to the same places whether the page or the server draws them.

import { readFileSync } from "node:fs";

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

/** What `src/tests/web_address.rs` holds the server against. */
const { read, refused }: { read: [string, string][]; refused: string[] } = JSON.parse(
  readFileSync(new URL("../fixtures/web-addresses.json", import.meta.url), "utf8"),
);

test("links lead to the same places wherever they are drawn", async ({ page, visit, ready, signedIn: _ }) => {
  // The model repeats the links of the table; Markdown knows no control characters.
  const addresses = [...read.map(([it]) => it), ...refused].filter((it) => !/[\t\n]/.test(it));
  const links = addresses.map((it, n) => `[link ${n}](<${it.replace(/[\\<>]/g, "\\$&")}>)`);
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill(links.join("\n\n"));
  await chat.send.click();
  await expect(chat.answers).toContainText(`link ${links.length - 1}`);
  await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");

  // The page drew them while they came, and the server draws them when the page is loaded again.
  const drawn = () =>
    chat.answers.getByRole("link").evaluateAll((all) => all.map((it) => [it.textContent, it.getAttribute("href")]));
  const expected = read.map(([, href], n) => [`link ${n}`, href]);
  expect(await drawn()).toEqual(expected);
  await page.reload();
  await ready();
  expect(await drawn()).toEqual(expected);
});
