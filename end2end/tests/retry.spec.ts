// An answer that is written again: where the reader is, and what moves.

import type { Page } from "@playwright/test";

import { ASK_BREAK } from "../fixtures/model.mjs";
import { chatPage } from "../fixtures/pages.ts";
import { GOOD_SHIFTS, shifts, watchShifts } from "../fixtures/shifts.ts";
import { expect, test } from "../fixtures/test.ts";

const LINES = Array.from({ length: 30 }, (_, n) => `Line ${n} of a message that its answer repeats.`).join("\n\n");

/** What is between the end of the conversation and the lower edge of its window, in pixels. */
const toEnd = (page: Page) =>
  chatPage(page).conversation.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);

test("it ends at the end, and nothing jumps", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await page.setViewportSize({ width: 1000, height: 600 });
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill(LINES);
  await chat.message.press("Enter");
  await expect(chat.answers).toContainText("Line 29 of");
  await expect(chat.send).toBeVisible();
  await watchShifts(page);

  // Ada has it written again, twice.
  for (const version of ["2 / 2", "3 / 3"]) {
    await chat.answerAgain.click();
    await expect(chat.answers.getByRole("group")).toHaveText(version);
    await expect(chat.answers).toHaveCount(1);
    await expect(chat.send).toBeVisible();

    // She sees its very end, with what can be done with it.
    await expect.poll(() => toEnd(page)).toBeLessThanOrEqual(1);
    await expect(page.getByRole("button", { name: "Jump to latest" })).toBeHidden();
    await expect(chat.answerAgain).toBeInViewport({ ratio: 1 });
  }
  expect(await shifts(page)).toBeLessThan(GOOD_SHIFTS);
});

test("what broke off is said once", { tag: "@own-server" }, async ({ page, visit, ready, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);

  // The model's connection ends in the middle: one notice says so.
  await chat.message.fill(ASK_BREAK);
  await chat.message.press("Enter");
  await expect(chat.alert).toBeVisible();
  await expect(chat.answers).toContainText("These words arrive");
  await expect(chat.interrupted).toBeHidden();

  // Without it, the answer itself says what it is.
  await page.reload();
  await ready();
  await expect(chat.alert).toHaveCount(0);
  await expect(chat.interrupted).toBeVisible();
});
