// What the pages look like: in the scheme that somebody chose, from right to left, in the system's colours, on paper.

import type { Page } from "@playwright/test";

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

/** Sends a message and waits for the end of its answer, the n-th of the chat. */
async function ask(page: Page, text: string, n = 1) {
  const chat = chatPage(page);
  await chat.message.fill(text);
  await chat.message.press("Enter");
  await expect(chat.answers.nth(n - 1).getByRole("button", { name: "Copy answer" })).toBeVisible();
}

const scheme = (name: string) => ({ name, exact: true });

test("a scheme is chosen once and stays", { tag: "@own-server" }, async ({ page, signedIn: _, visit, scan }) => {
  // Ada's system is light; she wants dark pages.
  await visit("/account");
  await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "Appearance" }).click();
  const dark = page.getByRole("button", scheme("Dark"));
  await expect(page.getByRole("button", scheme("System"))).toHaveAttribute("aria-pressed", "true");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  // The page shows it at once; the server knows it when it has answered.
  const known = () => page.waitForResponse((it) => new URL(it.url()).pathname === "/api/fn/color-scheme");
  let choice = known();
  await dark.click();
  await expect(dark).toHaveAttribute("aria-pressed", "true");
  await expect.poll(ground).not.toBe(light);
  await choice;
  await scan("the page in the dark");

  // After a reload the server says so from the first byte, on every page.
  const response = await page.request.get("/chat");
  expect(await response.text()).toContain('data-scheme="dark"');
  await page.reload();
  await expect(dark).toHaveAttribute("aria-pressed", "true");
  expect(await ground()).not.toBe(light);

  // She goes back to what the system says.
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  choice = known();
  await page.getByRole("button", scheme("System")).click();
  await expect.poll(ground).toBe(light);
  await choice;
  await page.reload();
  expect(await ground()).toBe(light);
});

test("a scheme stays chosen when an answer from before comes late", { tag: "@own-server" }, async ({ page, signedIn: _, visit }) => {
  await visit("/account");
  // The overview that the next page asks for is read before the choice, and comes after it.
  let [letGo, hasCome, asked] = [() => {}, () => {}, 0];
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const come = new Promise<void>((resolve) => (hasCome = resolve));
  await page.route("**/api/fn/account-overview", async (route) => {
    const response = await route.fetch();
    asked++;
    await held;
    await route.fulfill({ response });
    hasCome();
  });
  await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "Appearance" }).click();
  await expect.poll(() => asked).toBe(1);
  const dark = page.getByRole("button", scheme("Dark"));
  const known = page.waitForResponse("**/api/fn/color-scheme");
  await dark.click();
  await known;
  letGo();
  await come;
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
  await expect(dark).toHaveAttribute("aria-pressed", "true");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a scheme is chosen by a plain form", { tag: "@own-server" }, async ({ page, signedIn: _, visit }) => {
    await visit("/account/appearance");
    await page.getByRole("button", scheme("Dark")).click();
    await expect(page).toHaveURL(/\/account\/appearance/);
    await expect(page.getByRole("button", scheme("Dark"))).toHaveAttribute("aria-pressed", "true");
  });
});

for (const width of [1280, 390]) {
  test(`a page from right to left has no sideways scrolling at ${width} px`, async ({ page, signedIn: _, visit, scan }) => {
    await page.setViewportSize({ width, height: 844 });
    await visit("/chat");
    await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));

    // A message in Hebrew is read from the right, one in English from the left, and both stand on the user's side.
    const chat = chatPage(page);
    await ask(page, "שלום עולם");
    await ask(page, "Hello world", 2);
    await ask(page, "/markdown", 3);
    const left = (text: string) => chat.questions.getByText(text).evaluate((it) => it.getBoundingClientRect().left);
    expect(Math.abs((await left("שלום עולם")) - (await left("Hello world")))).toBeLessThan(1);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(sideways).toBe(0);
    await scan(`right to left at ${width} px`);
  });
}

test("nothing is lost in the system's colours", async ({ page, signedIn: _, visit, scan }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await visit("/chat");
  await ask(page, "/markdown");
  // The user's bubble had a background only.
  const border = await page.getByText("/markdown", { exact: true }).last().evaluate((it) => getComputedStyle(it).borderTopStyle);
  expect(border).toBe("solid");
  await scan("forced colours");
  // The frame around the composer shows the focus, and it is the only one.
  await chatPage(page).message.focus();
  const frames = await chatPage(page).message.evaluate((it) =>
    [it, it.closest("form")!].map((it) => getComputedStyle(it).outlineStyle),
  );
  expect(frames).toEqual(["none", "solid"]);
  await visit("/account/appearance");
  await scan("the account pages in forced colours");
});

test("on paper a chat is what was said", async ({ page, signedIn: _, visit }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await ask(page, "/markdown");
  await expect(page.getByRole("article", { name: "Assistant" }).getByRole("table")).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(chat.message).toBeHidden();
  await expect(chat.chats).toBeHidden();
  await expect(page.getByRole("button", { name: "Copy answer" })).toBeHidden();
  await expect(page.getByRole("article", { name: "Assistant" }).getByRole("table")).toBeVisible();
});
