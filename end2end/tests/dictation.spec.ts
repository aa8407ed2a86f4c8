// Speaking instead of typing.

import type { Page } from "@playwright/test";

import { browser } from "../fixtures/browser.ts";
import { HEARD } from "../fixtures/model.mjs";
import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({
  settings: { OPENAI_TRANSCRIBE_MODEL: "ear-1" },
  // A microphone that beeps.
  launchOptions: {
    ...browser.launchOptions,
    args: [...(browser.launchOptions?.args ?? []), "--use-fake-device-for-media-stream"],
  },
});

const dictation = (page: Page) => ({
  begin: page.getByRole("button", { name: "Dictate" }),
  finish: page.getByRole("button", { name: "Stop and insert the text" }),
  cancel: page.getByRole("button", { name: "Cancel dictation" }),
  time: page.getByRole("timer"),
  status: (text: string) => page.getByRole("status").filter({ hasText: text }),
});

test.describe("where speech becomes text", { tag: "@own-server" }, () => {
  test.use({ permissions: ["microphone"] });

  test("what is said comes to where the cursor is", async ({ page, visit, scan, signedIn: _ }) => {
    await visit("/chat");
    const [chat, its] = [chatPage(page), dictation(page)];
    await chat.message.fill("Buy please.");
    await chat.message.press("Home");
    for (let at = 0; at < 3; at++) await chat.message.press("ArrowRight");

    // Ada speaks; a running time says that she is heard.
    await its.begin.click();
    await expect(its.status("Recording")).toBeVisible();
    await expect(its.time).toHaveText(/^0:0[2-9]$/);
    await expect(its.finish).toBeFocused();
    await scan("somebody dictates");

    // Her words stand where the cursor was, and can be sent.
    await its.finish.click();
    await expect(chat.message).toHaveValue(`Buy ${HEARD} please.`);
    await expect(chat.message).toBeFocused();
    await expect(its.time).toHaveCount(0);
    await chat.send.click();
    await expect(chat.answers).toContainText(`You said: Buy ${HEARD} please.`);
  });

  test("a dictation can be thrown away", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const [chat, its] = [chatPage(page), dictation(page)];
    await its.begin.click();
    await expect(its.time).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(its.time).toHaveCount(0);
    await expect(chat.message).toBeFocused();
    await expect(chat.message).toHaveValue("");
    await its.begin.click();
    await its.cancel.click();
    await expect(its.finish).toHaveCount(0);
    await expect(its.begin).toBeEnabled();
  });
});

test.describe("where the microphone is blocked", { tag: "@own-server" }, () => {
  test("a sentence says so", async ({ page, visit, scan, signedIn: _ }) => {
    await visit("/chat");
    await dictation(page).begin.click();
    await expect(page.getByRole("alert")).toHaveText(/^The microphone is blocked\./);
    await scan("the microphone is blocked");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
});
