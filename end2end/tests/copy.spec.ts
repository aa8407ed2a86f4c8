// Copying, also where the browser has no clipboard for scripts.

import type { Page } from "@playwright/test";

import { Client, newAccount } from "../fixtures/client.mjs";
import { browser } from "../fixtures/browser.ts";
import { chatPage } from "../fixtures/pages.ts";
import { expect, signIn, test } from "../fixtures/test.ts";

// A name that is not this machine's own to the browser, as that of a server in the house.
const HOST = "chat.test";
test.use({
  demo: true,
  launchOptions: {
    ...browser.launchOptions,
    args: [...browser.launchOptions!.args!, `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
  },
});

test("an answer and its code are copied on plain http", { tag: "@own-server" }, async ({ page, context, server, ready }) => {
  const url = `http://${HOST}:${new URL(server.url).port}`;
  const ada = await Client.signUp(server.url, newAccount());
  await signIn(context, new Client(url, ada.cookie, ada.userId, ada.token));
  await page.goto(`${url}/chat`);
  await ready();
  expect(await page.evaluate(() => "clipboard" in navigator)).toBe(false);
  const chat = chatPage(page);
  await chat.message.fill("/markdown");
  await chat.message.press("Enter");
  await expect(chat.send).toBeVisible();
  await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");

  // What was copied is pasted into the composer.
  const pasted = async () => {
    await chat.message.fill("");
    await chat.message.press("Control+v");
    return chat.message.inputValue();
  };
  await chat.answers.getByRole("button", { name: "Copy answer" }).click();
  await expect(chat.answers.getByRole("button", { name: "Copied" })).toBeFocused();
  expect(await pasted()).toContain("```");
  await chat.answers.getByRole("button", { name: "Copy code" }).first().click();
  await expect(chat.answers.getByRole("button", { name: "Copied" }).first()).toBeVisible();
  const code = await pasted();
  expect(code.length).toBeGreaterThan(5);
  expect(code).not.toContain("```");

  // The shortcut says so, as it has no place of its own.
  await page.keyboard.press("Alt+Shift+C");
  await expect(page.getByRole("status").filter({ hasText: "Answer copied" })).toBeVisible();
  expect(await pasted()).toContain("```");

  // What was selected stays so.
  await chat.conversation.focus();
  await chat.questions.evaluate((it) => getSelection()!.selectAllChildren(it));
  const selected = () => page.evaluate(() => getSelection()!.toString());
  const before = await selected();
  expect(before).toContain("/markdown");
  await page.keyboard.press("Alt+Shift+C");
  expect(await selected()).toBe(before);
  await chat.message.focus();
  expect(await pasted()).toContain("```");
});

test("who copies twice is told so for as long again", { tag: "@own-server" }, async ({ page, visit, signedIn }) => {
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.resolve();
  });
  const id = await signedIn.createThread("/long 3");
  await visit(`/chat/${id}`);
  const copy = chatPage(page).answers.getByRole("button", { name: "Copy answer" });
  const shown = await copy.evaluate(async (button: HTMLElement) => {
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const says = (name: string) => button.getAttribute("aria-label") === name;
    button.click();
    await wait(1500);
    const again = performance.now();
    button.click();
    await wait(0);
    const isSaid = says("Copied");
    while (says("Copied")) await wait(20);
    return { isSaid, ms: performance.now() - again };
  });
  // Two seconds; a timer is never early.
  expect(shown.isSaid).toBe(true);
  expect(shown.ms).toBeGreaterThan(1900);
  await expect(copy).toBeVisible();
});

/** Lets nobody copy. */
const refuseCopies = (page: Page) =>
  page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"));
    document.execCommand = () => false;
  });

test("a copy that fails is reported, and the report can be closed", { tag: "@own-server" }, async ({ page, visit, scan, signedIn }) => {
  await refuseCopies(page);
  const id = await signedIn.createThread("/long 3");
  await visit(`/chat/${id}`);
  const chat = chatPage(page);
  const toasts = page.getByRole("status").filter({ hasText: "does not let the page copy" });
  const copy = chat.answers.getByRole("button", { name: "Copy answer" });
  await copy.click();
  await expect(chat.answers.getByRole("button", { name: "Not copied" })).toBeVisible();
  await expect(toasts).toBeVisible();

  // It stays for whoever is about to close it.
  const close = toasts.getByRole("button", { name: "Close" });
  await close.focus();
  const state = () => toasts.locator("> *").evaluate((it) => it.getAnimations().map((it) => it.playState).join());
  expect(await state()).toContain("paused");
  await scan("a toast");
  await close.press("Enter");
  await expect(toasts).toHaveCount(0);

  // Escape closes it; left alone, it goes by itself.
  await chat.message.focus();
  await page.keyboard.press("Alt+Shift+C");
  await expect(toasts).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(toasts).toHaveCount(0);
  await page.keyboard.press("Alt+Shift+C");
  await expect(toasts).toBeVisible();
  await toasts.locator("> *").evaluate((it) => it.getAnimations().forEach((it) => it.finish()));
  await expect(toasts).toHaveCount(0);
});

test("Escape stops an answer before it closes a report", { tag: "@own-server" }, async ({ page, visit, signedIn }) => {
  await refuseCopies(page);
  const id = await signedIn.createThread("/long 3");
  await visit(`/chat/${id}`);
  const chat = chatPage(page);
  const toasts = page.getByRole("status").filter({ hasText: "does not let the page copy" });
  const copies = [
    () => page.keyboard.press("Alt+Shift+C"),
    () => chat.answers.first().getByRole("button", { name: /^(Copy answer|Not copied)$/ }).click(),
  ];
  for (const [n, copy] of copies.entries()) {
    await chat.message.fill("/slow 3000");
    await chat.message.press("Enter");
    await expect(chat.answers).toHaveCount(n + 2);
    await expect(chat.answers.last()).toContainText("w2 ");
    await copy();
    await expect(toasts).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(chat.stop).toHaveCount(0);
    await expect(chat.send).toBeVisible();
  }
  await expect(chat.stopped).toHaveCount(2);
});
